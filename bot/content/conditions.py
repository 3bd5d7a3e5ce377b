"""When an entry, and which of its wordings, is said: windows of time, the state, the day, the channel, the desk's hours."""

from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from bot.content.entries import ConditionSpec, EntrySpec, WhenSpec
from bot.engine.playbook import Window
from bot.official import Fact

ALWAYS = Window()


def window(spec: EntrySpec, zone: tzinfo) -> Window:
    """Return when the entry is said; what staff write is local to `zone`."""
    valid = spec.valid
    if valid is None:
        return ALWAYS
    return Window(_at(valid.since, zone), _at(valid.until, zone), valid.then)


def _at(local: datetime | None, zone: tzinfo) -> datetime | None:
    return None if local is None else local.replace(tzinfo=zone)


def last_moment(window: Window) -> datetime | None:
    """Return the last moment at which what was said in `window` may still leave."""
    return None if window.closes is None else window.closes - timedelta(microseconds=1)


class Circumstances(Protocol):
    """What conditions are asked about."""

    state: str | None
    channel: str

    def is_open(self) -> bool:
        """Return whether people answer now."""

    def asked(self, key: str) -> Fact | None:
        """Return the fact `key` if it may be said now."""

    def election_today(self) -> Fact | None:
        """Return the day of the election that is held in the voter's state today."""

    def has(self, need: str) -> bool:
        """Return whether what a text needs may be said now."""


def fits(when: WhenSpec, now: Circumstances) -> tuple[Fact, ...] | None:
    """Return the facts that decided for a wording; None where one of its conditions or needs does not hold."""
    decisive: list[Fact] = []
    if not _holds(when.condition, now):
        return None
    if when.condition.day is not None:
        if (today := now.election_today()) is None:
            return None
        decisive.append(today)
    for name, wanted in when.condition.fact.items():
        key, _, part = name.rpartition(".")
        found = now.asked(key)
        if found is None or found.fields.get(part) != wanted:
            return None
        decisive.append(found)
    return tuple(decisive) if all(now.has(need) for need in when.needs) else None


def _holds(condition: ConditionSpec, now: Circumstances) -> bool:
    if condition.knows_state and now.state is None:
        return False
    return (
        condition.state in (None, "known", now.state)
        and condition.channel in (None, now.channel)
        and (condition.hours is None or (condition.hours == "open") == now.is_open())
    )


def covers(wider: WhenSpec, when: WhenSpec) -> bool:
    """Return whether a wording is said wherever another below it would be."""
    above, below = wider.condition, when.condition
    state = above.state is None or above.state == below.state or (above.state == "known" and below.knows_state)
    return (
        state
        and above.day in (None, below.day)
        and above.channel in (None, below.channel)
        and above.hours in (None, below.hours)
        and above.fact.items() <= below.fact.items()
        and set(wider.needs) <= {*when.needs, *(name.rpartition(".")[0] for name in below.fact)}
    )
