"""What every desk says alike: channels, languages, states, times, and an address as a list may show it."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bot.store.log import Head, Line

MAX_TEXT: Final = 1500
"""The longest text of a volunteer, in characters."""
CHANNELS: Final[Mapping[str, str]] = {"web": "Web chat", "sms": "Text message", "telegram": "Telegram"}
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "es": "Español"}
_STATES: Final[Mapping[str, str]] = {
    "queued": "Waiting to be sent",
    "sending": "Sending",
    "unsure": "Sent, perhaps: the provider is being asked",
    "sent": "Sent",
    "delivered": "Delivered",
    "read": "Read",
    "undelivered": "Not delivered",
    "failed": "Failed",
    "dead": "Failed",
    "withheld": "Withheld",
    "cancelled": "Not sent",
}
_WHY: Final[Mapping[str, str]] = {
    "speak_to_human": "asked for a person",
    "crisis": "danger to life",
    "voting_problem": "trouble with voting, now",
    "privacy_request": "asks about their data",
    "event_signup": "wants to come to an event",
    "media_inquiry": "press",
    "share_opinion": "has an opinion to pass on",
    "yard_sign": "wants a sign",
}
_RULES: Final[Mapping[str, str]] = {
    # what the gate calls its rules, for people
    "epoch": "somebody took or left the thread first",
    "practice": "in practice only test addresses are reached",
    "stopped": "the voter has stopped messages",
    "too_late": "its time had passed",
}


def masked(head: Head) -> str:
    """Return an address as a list may show it: its last four characters."""
    return f"•••• {head.address[-4:]}"


def ago(at: datetime | None, now: datetime) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    if at is None:
        return ""
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def clock(at: datetime, zone: tzinfo) -> str:
    """Return the time of day where the desk is: 2:26 PM."""
    return f"{at.astimezone(zone):%I:%M %p}".lstrip("0")


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return the day where the desk is: Today, Yesterday, or Tue, Nov 3."""
    there, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if today - there <= timedelta(days=1):
        return "Today" if there == today else "Yesterday"
    return f"{there:%a, %b} {there.day}"


def state_in_words(line: Line) -> str:
    """Return what became of a message of ours, with the reason where it did not reach the voter."""
    words = _STATES.get(line.state, line.state)
    if line.state not in ("failed", "dead", "undelivered", "withheld", "cancelled") or not line.error:
        return words
    return f"{words}: {why_not(line.state, line.error)}"


def why_not(state: str, error: str) -> str:
    """Return why a message did not reach the voter: the gate's rule in words, or what the provider says."""
    if not error:
        return _STATES.get(state, state).lower()
    provider = error.removeprefix("held_by_")
    reason = f"the voter has stopped messages at {provider.capitalize()}" if provider != error else error
    return _RULES.get(error, reason)


def why_in_words(why: str) -> str:
    """Return why a person is wanted, for people: the program's own names are put into words."""
    return _WHY.get(why, why.replace("_", " "))
