"""Chores: leave a chat of many, and read once more what could not be read. Effects of no thread, carried out by a worker."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from bot.channel import CanLeave, Channel, Reason, SendError
from bot.message import Chore, Event, Outcome, Webhook
from bot.ports import EffectRow
from bot.work.effects import Handler

_UNTIL_IT_WORKS = (Reason.WAIT, Reason.UNSURE, Reason.ALARM)
_NOTHING_SAID = (Reason.WAIT, Reason.ALARM)
log = structlog.get_logger()


class StillUnread(Exception):
    """What came in cannot be read by this version either."""


def leaving(channels: Mapping[str, Channel], words: Callable[[str, str], Callable[[str], str] | None]) -> Handler:
    """Return the handler that leaves a chat of many; `words(channel, language)` is what is said there.

    The sentence is said at the first attempt only: one that a dead worker may have said is not said again. While the provider
    is away the chore comes back every five minutes, and remembers whether the sentence has left.
    """

    def handle(row: EffectRow) -> Mapping[str, Any]:
        name: str = row.payload["channel"]
        channel = channels.get(name)
        if channel is None or not isinstance(channel, CanLeave):
            return {"outcome": "the channel is off"}
        was_said = bool(row.payload.get("said")) or row.attempts > 1
        try:
            channel.leave(row.payload["chat"], None if was_said else words(name, row.payload["language"]))
        except SendError as error:
            if error.reason not in _UNTIL_IT_WORKS:
                raise
            log.warning("chat_not_left", channel=name, effect=row.id, detail=error.detail)
            return {"again": {**row.payload, "said": was_said or error.reason not in _NOTHING_SAID}}
        return {"outcome": "left"}

    return handle


def reading_again(
    channels: Mapping[str, Channel],
    accept: Callable[[Sequence[Event]], list[Outcome]],
    now: Callable[[], datetime],
) -> Handler:
    """Return the handler that reads what could not be read, once more: this version of the product may be able to."""

    def handle(row: EffectRow) -> Mapping[str, Any]:
        channel = channels[row.payload["channel"]]
        hook = Webhook("POST", "", {}, row.payload["body"].encode(), now())
        events = channel.parse(hook).events
        if any(isinstance(event, Chore) and event.failed for event in events):
            raise StillUnread
        accept(events)
        return {"outcome": "read"}

    return handle
