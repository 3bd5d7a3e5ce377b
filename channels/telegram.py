"""Telegram: one bot, private chats with voters.

The facts about Telegram are those of its Bot API 10.0 and SDK (python-telegram-bot 22.8) as of November 2026.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any, ClassVar, Final

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Contact,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
    User,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError
from urllib3.exceptions import HTTPError

from bot.channel import Capabilities, Malformed, Reason, Refused, SendError
from bot.message import Ack, Button, Delivery, Inbound, Media, Outbound, Parsed, Receipt, Webhook, Word
from channels.shared.pooled import CALL_S, is_loopback
from channels.shared.telegram_http import NotTaken, TelegramHttp, finished

# --- names and tables -------------------------------------------------------------------------------------------------

PROVIDER: Final = "telegram"
API: Final = "https://api.telegram.org"
MEMBERSHIPS: Final[Mapping[str, Word]] = {"kicked": Word.STOP, "member": Word.START}
"""What a voter's block and its end mean in a private chat; Telegram itself acts on them."""
MEDIA: Final[Mapping[str, str]] = {
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video_note": "video/mp4",
    "video": "video/mp4",
    "animation": "video/mp4",
    "document": "application/octet-stream",
}
"""Fields of a message that hold a file, with the type where Telegram names none; photos come in sizes, apart."""
REASONS: Final[Mapping[str, Reason]] = {
    "bot was blocked by the user": Reason.STOPPED,
    "user is deactivated": Reason.BLOCKED,
    "bot can't initiate conversation": Reason.BLOCKED,
    "bot was kicked": Reason.BLOCKED,
    "chat not found": Reason.BLOCKED,
    "peer_id_invalid": Reason.BLOCKED,
}
"""Words in Telegram's description, which has no codes; other 403 are blocked, other 400 are refused."""
ODD: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError)
"""What the SDK stumbles over in an odd update or answer (OSError: a date far away)."""
MAX_MEDIA_BYTES: Final = 20_000_000
"""Telegram hands no larger file to a bot."""
MAX_PAYLOAD: Final = 64
ROW: Final = 20
"""Two buttons stand side by side up to this many characters."""
GREETING: Final = "go:greet"
_START: Final = re.compile(r"/start(?:@\w+)?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
_CHOICE: Final = re.compile(r"[a-z0-9_:]{1,64}")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:-|$)")
_FILE: Final = re.compile(r"telegram:([A-Za-z0-9_-]{1,200})")
_ACK: Final = Ack(200)


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot, and the secret that Telegram repeats with each update. `base_url` is an origin."""

    token: str
    secret: str
    base_url: str = ""


class Telegram:
    """Private chats with one bot."""

    name: ClassVar[str] = "telegram"
    can: ClassVar[Capabilities] = Capabilities(max_chars=4096, buttons=True, media=True)

    def __init__(self, settings: TelegramSettings, call_s: float = CALL_S) -> None:
        self._settings = settings
        self._sender = settings.token.partition(":")[0]
        origin = settings.base_url.rstrip("/") or API
        self._files = f"{origin}/file/bot{settings.token}/"
        self._http = TelegramHttp(call_s)
        self._bot = Bot(
            settings.token,
            base_url=f"{origin}/bot",
            base_file_url=f"{origin}/file/bot",
            request=self._http,
            get_updates_request=self._http,
        )

    @property
    def is_simulated(self) -> bool:
        """Whether the API's base URL is on loopback: then nobody's phone rings."""
        return is_loopback(self._settings.base_url)

    # --- verify -------------------------------------------------------------------------------------------------------

    def verify(self, hook: Webhook) -> None:
        """Check the secret that was given to setWebhook; Telegram signs nothing."""
        given = hook.headers.get("x-telegram-bot-api-secret-token", "")
        if not compare_digest(given.encode("utf-8", "replace"), self._settings.secret.encode()):
            raise Refused("the secret token is missing or wrong")

    # --- parse --------------------------------------------------------------------------------------------------------

    def parse(self, hook: Webhook) -> Parsed:
        """Return what a voter did.

        A private chat's next update comes only after a 2xx for this one: whatever is an update at all gets it.
        """
        try:
            body: Any = json.loads(hook.body)
        except (ValueError, RecursionError) as error:
            raise Malformed("the body is no JSON") from error
        number = body.get("update_id") if isinstance(body, dict) else None
        if type(number) is not int or not 0 <= number < 2**63:
            raise Malformed("the body is no update")
        try:
            update = Update.de_json(body, None)
            return self._parsed(update, f"{self._sender}:{number}", hook.received_at)
        except ODD:
            return Parsed((), _ACK)

    def _parsed(self, update: Update, event_id: str, at: datetime) -> Parsed:
        found: _Said | None = None
        ack = _ACK
        if update.message is not None:  # edited messages, groups and channels are let pass
            found = _message(update.message)
        elif update.callback_query is not None:
            found = _press(update.callback_query)
            ack = _answered(update.callback_query)
        elif update.my_chat_member is not None:
            found = _membership(update.my_chat_member)
        if found is None:
            return Parsed((), ack)
        event = Inbound(
            channel=self.name,
            event_id=event_id,
            sender=self._sender,
            address=str(found.chat_id),
            text=found.text.encode("utf-8", "replace").decode(),
            received_at=at,
            media=found.media,
            choice=found.choice,
            answered_by_provider=found.word,
            provider=PROVIDER,
            language=found.language,
        )
        return Parsed((event,), ack)

    # --- send ---------------------------------------------------------------------------------------------------------

    def send(self, message: Outbound) -> Receipt:
        """Hand one plain text to Telegram, with its buttons below it."""
        with _errors():
            made = finished(
                self._bot.send_message(message.address, message.text, reply_markup=_keyboard(message.buttons))
            )
            if type(made.message_id) is not int or made.message_id >= 2**63:
                raise ValueError("a message without an id")
        return Receipt(Delivery.SENT, provider_id=f"{message.address}:{made.message_id}"[:80])

    def probe(self) -> str:
        """Return which bot the token is for."""
        with _errors():
            return f"it is @{finished(self._bot.get_me()).username}"

    def fetch(self, media: Media) -> tuple[bytes, str]:
        """Return a voter's file from Telegram's own host; the token goes nowhere else."""
        file = _FILE.fullmatch(media.url)
        if file is None:
            raise SendError(Reason.REFUSED, "media outside the provider's hosts")
        with _errors():
            url = finished(self._bot.get_file(file[1])).file_path
        if not url or not url.startswith(self._files) or ".." in url:
            raise SendError(Reason.REFUSED, "media outside the provider's hosts")
        try:
            answer = self._http.pool.request("GET", url, redirect=False, preload_content=False)
            with closing(answer):
                content = answer.read(MAX_MEDIA_BYTES + 1)
        except (HTTPError, ValueError) as error:
            raise SendError(Reason.WAIT, f"media: {type(error).__name__}") from error
        if answer.status != 200 or len(content) > MAX_MEDIA_BYTES:
            raise SendError(Reason.REFUSED, f"media: {answer.status}")
        return content, media.content_type


# --- what a voter did -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """What one update says, whoever's bot it came to."""

    chat_id: int
    text: str = ""
    media: tuple[Media, ...] = ()
    choice: str | None = None
    word: Word | None = None
    language: str | None = None


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
    return _Said(chat_id, text, media, choice, language=_language(message.from_user))


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
            yield Media(f"telegram:{file.file_id}", getattr(file, "mime_type", None) or usual)
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


def _answered(query: CallbackQuery) -> Ack:
    """Return the acknowledgement that also ends the waiting sign on the button; what becomes of it does not matter."""
    call = {"method": "answerCallbackQuery", "callback_query_id": query.id}
    return Ack(200, json.dumps(call).encode(), "application/json")


# --- what we say ------------------------------------------------------------------------------------------------------


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Return the buttons, two in a row where all are short."""
    shown = [
        InlineKeyboardButton(one.label, url=one.url)
        if one.url
        else InlineKeyboardButton(one.label, callback_data=one.payload)
        for one in buttons
        if one.url or 0 < len(one.payload.encode()) <= MAX_PAYLOAD
    ]
    wide = 1 if any(len(one.text) > ROW for one in shown) else 2
    rows = [shown[at : at + wide] for at in range(0, len(shown), wide)]
    return InlineKeyboardMarkup(rows) if rows else None


@contextmanager
def _errors() -> Iterator[None]:
    """Turn Telegram's errors, and what the SDK stumbles over in an odd answer, into `SendError`."""
    try:
        yield
    except NotTaken as error:
        raise error.error from error
    except TelegramError as error:
        raise _send_error(error) from error
    except ODD as error:
        raise SendError(Reason.UNSURE, "an answer that could not be read") from error


def _send_error(error: TelegramError) -> SendError:
    """Return what Telegram's answer means for the message; of its words only those that we know are kept."""
    said = error.message.casefold()
    known = next((words for words in REASONS if words in said), None)
    match error:
        case Forbidden() | BadRequest() if known is not None:
            reason = REASONS[known]
            return SendError(reason, known, held_by=PROVIDER if reason is Reason.STOPPED else None)
        case Forbidden():
            return SendError(Reason.BLOCKED, "403")
        case ChatMigrated():
            return SendError(Reason.BLOCKED, "the chat has become another")
        case BadRequest():
            return SendError(Reason.REFUSED, "400")
        case InvalidToken():
            return SendError(Reason.ALARM, "401 or 404: the token")
        case _:
            return SendError(Reason.UNSURE, type(error).__name__)
