"""What Telegram's Bot API is told, and what its answers mean."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError

from bot.channel import Reason, SendError
from bot.message import Button
from channels.shared.telegram_http import NotTaken
from channels.telegram.settings import PROVIDER

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
MAX_PAYLOAD: Final = 64
ROW: Final = 20
"""Two buttons stand side by side up to this many characters."""


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
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
def errors() -> Iterator[None]:
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
        case Conflict():
            return SendError(Reason.WAIT, "409: a webhook is set, or another program polls")
        case _:
            return SendError(Reason.UNSURE, type(error).__name__)
