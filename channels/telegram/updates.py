"""One update of Telegram: who did what. Whatever it holds, it is read, let pass, or kept for people."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from telegram import CallbackQuery, Chat, ChatMemberUpdated, Contact, Message, Update, User

from bot.message import Chore, Event, Inbound, Media, Word
from channels.telegram.calls import MAX_PAYLOAD
from channels.telegram.settings import PROVIDER

ALLOWED: Final = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")
"""The kinds that Telegram is asked for."""
MEMBERSHIPS: Final[Mapping[str, Word]] = {"kicked": Word.STOP, "member": Word.START}
"""What a voter's block and its end mean in a private chat; Telegram itself acts on them."""
PUBLIC: Final = (Chat.GROUP, Chat.SUPERGROUP, Chat.CHANNEL)
"""Chats of many, which the bot leaves."""
PRESENT: Final = ("member", "administrator", "restricted")
MEDIA: Final[Mapping[str, str]] = {
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video_note": "video/mp4",
    "video": "video/mp4",
    "animation": "video/mp4",
    "document": "application/octet-stream",
}
"""Fields of a message that hold a file, with the type where Telegram names none; photos come in sizes, apart."""
GREETING: Final = "go:greet"
_START: Final = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
_CHOICE: Final = re.compile(r"[a-z0-9_:]{1,64}")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:-|$)")


@dataclass(frozen=True, slots=True)
class Found:
    """What one update comes to. `press` names the button press that waits to be answered."""

    number: int | None
    events: tuple[Event, ...] = ()
    press: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one update says, whoever's bot it came to."""

    chat_id: int
    text: str = ""
    media: tuple[Media, ...] = ()
    choice: str | None = None
    word: Word | None = None
    language: str | None = None
    ref: str = ""
    is_edit: bool = False


def read_body(body: bytes, bot: str, at: datetime) -> Found:
    """Return what the body of a webhook comes to; what is no JSON is kept as it is."""
    try:
        return read(json.loads(body), bot, at)
    except (ValueError, RecursionError):
        return Found(None, (_kept(body, bot, sha256(body).hexdigest()[:40], "no JSON"),))


def read(update: Any, bot: str, at: datetime) -> Found:
    """Return what an update comes to that Telegram handed to `bot` at this moment; it never raises for what it holds.

    Telegram gives a chat's next update out only after this one: what nobody can read must not stand in the way.
    """
    number = update.get("update_id") if isinstance(update, dict) else None
    if type(number) is not int or not 0 <= number < 2**63:
        raw = _raw(update)
        return Found(None, (_kept(raw, bot, sha256(raw).hexdigest()[:40], "no update"),))
    if not update.keys() & set(ALLOWED):
        return Found(number)
    try:
        known = Update.de_json(update, None)
        press = known.callback_query.id if known.callback_query is not None else ""
        return Found(number, _events(known, bot, number, at), press if isinstance(press, str) else "")
    except Exception as error:  # noqa: BLE001 -- whatever the SDK stumbles over: one update must hold up neither a voter nor all
        return Found(number, (_kept(_raw(update), bot, str(number), type(error).__name__),))


def _raw(update: Any) -> bytes:
    try:
        return json.dumps(update).encode()
    except RecursionError:
        return b"nested too deeply"


def _kept(raw: bytes, bot: str, ref: str, why: str) -> Chore:
    """Return what people find among the dead; a later version of the product may be able to read it."""
    body = raw.decode("utf-8", "replace")
    return Chore(
        PROVIDER, "read_again", f"{bot}:{ref}", {"body": body}, failed=f"an update that could not be read: {why}"
    )


def _events(update: Update, bot: str, number: int, at: datetime) -> tuple[Event, ...]:
    chat = _public(update)
    if chat is not None:
        who = update.effective_user
        payload = {"chat": str(chat.id), "language": _language(who) or ""}
        return (Chore(PROVIDER, "leave", f"{bot}:{chat.id}", payload),)
    found: _Said | None = None
    if update.message is not None:
        found = _message(update.message)
    elif update.edited_message is not None:
        found = _edit(update.edited_message)
    elif update.callback_query is not None:
        found = _press(update.callback_query)
    elif update.my_chat_member is not None:
        found = _membership(update.my_chat_member)
    if found is None:
        return ()
    event = Inbound(
        channel=PROVIDER,
        event_id=f"{bot}:{number}",
        sender=bot,
        address=str(found.chat_id),
        text=found.text.encode("utf-8", "replace").decode(),
        received_at=at,
        media=found.media,
        choice=found.choice,
        answered_by_provider=found.word,
        provider=PROVIDER,
        language=found.language,
        ref=found.ref,
        is_edit=found.is_edit,
        unblocks=found.word is None,
    )
    return (event,)


def _public(update: Update) -> Chat | None:
    """Return the group or channel that the bot has been added to, or in which somebody writes."""
    said = update.message or update.channel_post
    change = update.my_chat_member
    chat = said.chat if said is not None else change.chat if change is not None else None
    is_present = said is not None or (change is not None and change.new_chat_member.status in PRESENT)
    return chat if chat is not None and chat.type in PUBLIC and is_present and type(chat.id) is int else None


def _message(message: Message) -> _Said | None:
    chat_id = _private(message.chat, message.from_user)
    if chat_id is None:
        return None
    text, media = _text(message), tuple(_media(message))
    if not text and not media:  # a sign of life like "pinned", or a kind of next year
        return None
    choice = None
    if (start := _START.fullmatch(text)) and not media:
        text, choice = "/start", _starts_with(start[1] or "")
    return _Said(chat_id, text, media, choice, language=_language(message.from_user), ref=_ref(message))


def _edit(message: Message) -> _Said | None:
    """Return the new words of a message; a live place that moves has none."""
    chat_id, text = _private(message.chat, message.from_user), message.text or message.caption
    if chat_id is None or not text or not isinstance(text, str):
        return None
    return _Said(chat_id, text, language=_language(message.from_user), ref=_ref(message), is_edit=True)


def _ref(message: Message) -> str:
    return str(message.message_id)[:20]


def _press(query: CallbackQuery) -> _Said | None:
    message = query.message
    chat_id = _private(message.chat, query.from_user) if message is not None else None
    if chat_id is None or not isinstance(query.data, str) or not _CHOICE.fullmatch(query.data):
        return None
    label = _label(message, query.data) if isinstance(message, Message) else ""
    return _Said(chat_id, label, choice=query.data, language=_language(query.from_user))


def _membership(change: ChatMemberUpdated) -> _Said | None:
    chat_id = _private(change.chat, change.from_user)
    word = MEMBERSHIPS.get(change.new_chat_member.status)
    return None if chat_id is None or word is None else _Said(chat_id, word=word)


def _private(chat: Chat, who: User | None) -> int | None:
    """Return the id of a voter's own chat with the bot, or None."""
    is_voter = chat.type == Chat.PRIVATE and who is not None and who.is_bot is False
    return chat.id if is_voter and type(chat.id) is int and 0 < chat.id < 2**63 else None


def _starts_with(payload: str) -> str:
    """Return what a link like t.me/BOT?start=go_polling_place leads to; other payloads say where a link hung."""
    wanted = payload.removeprefix("go_")
    is_choice = wanted != payload and _CHOICE.fullmatch(wanted)
    return f"go:{wanted}"[:MAX_PAYLOAD] if is_choice else GREETING


def _text(message: Message) -> str:
    if (text := message.text or message.caption) is not None:
        return text if isinstance(text, str) else ""
    if message.contact is not None:
        return _contact(message.contact, message.from_user)
    if message.venue is not None:
        return f"{message.venue.title}, {message.venue.address}"
    return message.sticker.emoji or "" if message.sticker is not None else ""


def _contact(contact: Contact, who: User | None) -> str:
    """Return a shared phone number, with the name if it is somebody else's."""
    if who is not None and contact.user_id == who.id:
        return contact.phone_number
    names = [name for name in (contact.first_name, contact.last_name, contact.phone_number) if name]
    return " ".join(names)


def _media(message: Message) -> Iterator[Media]:
    """Yield the files of a message, and the place that it shows (a URI of RFC 5870)."""
    if message.photo:
        yield Media(f"telegram:{message.photo[-1].file_id}", "image/jpeg")  # the largest stands last
    for field, usual in MEDIA.items():
        file = getattr(message, field)
        if file is not None:
            yield Media(
                f"telegram:{file.file_id}", getattr(file, "mime_type", None) or usual, spoken=field == "video_note"
            )
            return  # an animation comes a second time as a document
    if message.location is not None:
        yield Media(f"geo:{float(message.location.latitude)},{float(message.location.longitude)}", "")


def _label(message: Message, payload: str) -> str:
    """Return the words on the button that was pressed."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup is not None else ()
    return next((button.text for row in rows for button in row if button.callback_data == payload), "")


def _language(who: User | None) -> str | None:
    found = _LANGUAGE.match(who.language_code) if who is not None and who.language_code else None
    return found[1] if found else None
