"""The channel: verify, parse, send, and what Telegram alone can do."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from hmac import compare_digest
from typing import ClassVar, Final

from urllib3.exceptions import HTTPError

from bot.channel import Capabilities, Mended, Presence, Reason, Refused, SendError
from bot.message import Ack, Delivery, Media, Outbound, Parsed, Receipt, Webhook
from channels.shared.pooled import CALL_S, is_loopback
from channels.shared.telegram_http import TelegramHttp, finished
from channels.telegram.calls import errors, keyboard
from channels.telegram.settings import TelegramSettings
from channels.telegram.setup import mend
from channels.telegram.updates import read_body

MAX_MEDIA_BYTES: Final = 20_000_000
"""Telegram hands no larger file to a bot."""
_FILE: Final = re.compile(r"telegram:([A-Za-z0-9_-]{1,200})")
_ACK: Final = Ack(200)
_GONE: Final = (Reason.BLOCKED, Reason.REFUSED, Reason.STOPPED)
"""What leaving a chat fails with where the bot is in it no more."""


class Telegram:
    """Private chats with one bot."""

    name: ClassVar[str] = "telegram"
    can: ClassVar[Capabilities] = Capabilities(max_chars=4096, buttons=True, media=True)

    def __init__(self, settings: TelegramSettings, call_s: float = CALL_S) -> None:
        self._settings = settings
        self._http = TelegramHttp(call_s)
        self._bot = settings.open_bot(self._http)

    @property
    def is_simulated(self) -> bool:
        """Whether the API's base URL is on loopback: then nobody's phone rings."""
        return is_loopback(self._settings.base_url)

    # --- verify -------------------------------------------------------------------------------------------------------

    def verify(self, hook: Webhook) -> None:
        """Check the secret that was given to setWebhook; Telegram signs nothing."""
        if not self._settings.secret:
            raise Refused("this bot is asked for its updates: there is no secret that one could know")
        given = hook.headers.get("x-telegram-bot-api-secret-token", "")
        if not compare_digest(given.encode("utf-8", "replace"), self._settings.secret.encode()):
            raise Refused("the secret token is missing or wrong")

    # --- parse --------------------------------------------------------------------------------------------------------

    def parse(self, hook: Webhook) -> Parsed:
        """Return what a voter did; whatever has come in by the secret is acknowledged, and never malformed.

        The acknowledgement of a press also ends the waiting sign on its button; what becomes of that call does not matter.
        """
        found = read_body(hook.body, self._settings.bot_id, hook.received_at)
        if not found.press:
            return Parsed(found.events, _ACK)
        call = {"method": "answerCallbackQuery", "callback_query_id": found.press}
        return Parsed(found.events, Ack(200, json.dumps(call).encode(), "application/json"))

    # --- send ---------------------------------------------------------------------------------------------------------

    def send(self, message: Outbound) -> Receipt:
        """Hand one plain text to Telegram, with its buttons below it."""
        with errors():
            made = finished(
                self._bot.send_message(message.address, message.text, reply_markup=keyboard(message.buttons))
            )
            if type(made.message_id) is not int or made.message_id >= 2**63:
                raise ValueError("a message without an id")
        return Receipt(Delivery.SENT, provider_id=f"{message.address}:{made.message_id}"[:80])

    def probe(self) -> str:
        """Return which bot the token is for."""
        with errors():
            return f"it is @{finished(self._bot.get_me()).username}"

    def mend(self, presence: Presence, *, change: bool) -> Iterator[Mended]:
        """Look at the webhook, the menu and the descriptions; where `change`, set what differs."""
        return mend(self._bot, self._settings, presence, change=change)

    def leave(self, chat: str, words: Callable[[str], str] | None) -> None:
        """Say why, where the bot may write there at all, and leave."""
        if words is not None:
            self._explain(chat, words)
        try:
            with errors():
                finished(self._bot.leave_chat(chat))
        except SendError as error:
            if error.reason in _GONE:
                return
            if words is not None:
                raise SendError(Reason.UNSURE, error.detail, error.retry_after) from error
            raise

    def _explain(self, chat: str, words: Callable[[str], str]) -> None:
        try:
            with errors():
                username = finished(self._bot.get_me()).username
                finished(self._bot.send_message(chat, words(f"https://t.me/{username}")))
        except SendError as error:
            if error.reason in (Reason.WAIT, Reason.ALARM):
                raise

    def fetch(self, media: Media) -> tuple[bytes, str]:
        """Return a voter's file from Telegram's own host; the token goes nowhere else."""
        file = _FILE.fullmatch(media.url)
        if file is None:
            raise SendError(Reason.REFUSED, "media outside the provider's hosts")
        with errors():
            url = finished(self._bot.get_file(file[1])).file_path
        if not url or not url.startswith(self._settings.files) or ".." in url:
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
