"""The fact store: the only door to anything official that a voter is told, and the only reader of the state file.

A link may always be said. A fact only while a person's check of its very value holds; a date only out of an election that
staff have entered, and never once it has passed. No clock in here: the moment is handed in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from bot.civic.states import FileFact, State, state_file
from bot.official import (
    ELECTION_FIELDS,
    NATION,
    Check,
    Election,
    Fact,
    FactRecords,
    LinkOnly,
    Why,
    kind_of,
)

_CHAINS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    # key -> the state's own pages in order of choice, then the national one
    "ballot_tracking": (("ballot_tracking", "election_office"), "election_offices"),
    "check_registration": (("check_registration", "election_office"), "election_offices"),
    "civil_rights_report": ((), "civil_rights_report"),
    "deadlines": ((), "deadlines"),
    "election_office": (("election_office",), "election_offices"),
    "felony": ((), "felony"),
    "mail_ballot": ((), "absentee"),
    "military_overseas": ((), "military_overseas"),
    "no_fixed_address": ((), "no_fixed_address"),
    "polling_place": (("polling_place", "election_office"), "polling_place"),
    "register": (("register_online", "how_to_register"), "register"),
}
BROKEN_AFTER: Final = 3
"""A page that failed so often in a row gives way to the next one of its chain."""
_NOBODY: Final = FactRecords()


@dataclass(frozen=True, slots=True)
class OfficialFacts:
    """What may be said, by the state file and by what staff have recorded up to now."""

    practice: bool
    """Hotlines are shown unchecked: only test addresses hear them."""
    records: FactRecords = field(default_factory=lambda: _NOBODY)

    def link(self, key: str, state: str | None) -> Fact:
        """Return the state's own page for `key`, or the national one; always https."""
        own, national = _CHAINS[key]
        pages = state_file().states[state].links if state in state_file().states else {}
        for name in own:
            if name in pages and not self._is_broken(str(state), name):
                return Fact(f"link:{state}.{name}", pages[name].url, pages[name].languages)
        page = state_file().links[national]
        return Fact(f"link:{NATION}.{national}", page.url, page.languages)

    def say(self, state: str | None, key: str, at: datetime) -> Fact | LinkOnly:
        """Return the fact `key` of `state` if it may be said at `at`; otherwise why not.

        `key` is a kind of `FACT_KINDS`, `election.FIELD` of the state's next election, or `hotline.LANG`, which holds in
        every state.
        """
        root, _, name = key.partition(".")
        place = NATION if root == "hotline" else state
        if place is None or (place != NATION and place not in state_file().states):
            return LinkOnly(Why.MISSING)
        if self._is_frozen(place, key, at):
            return LinkOnly(Why.FROZEN)
        if root == "election":
            return self._election(place, name, at)
        return self._checked(place, key, at)

    def still(self, ids: Iterable[str], at: datetime) -> bool:
        """Return whether everything that a message says may be said at `at` with the same value; links always may."""
        for one in ids:
            kind, _, rest = one.partition(":")
            if kind != "fact":
                continue
            state, _, key = rest.partition("@")[0].partition(".")
            said = self.say(state, key, at)
            if not (isinstance(said, Fact) and said.id == one):
                return False
        return True

    def election_today(self, state: str | None, at: datetime) -> Fact | LinkOnly:
        """Return the day of the state's election if it is that day in all of the state; otherwise why not."""
        said = self.say(state, "election.day", at)
        if isinstance(said, LinkOnly) or state is None:
            return said
        if {earliest_day(state, at), latest_day(state, at)} != {date.fromisoformat(said.value)}:
            return LinkOnly(Why.EARLY)
        return said

    def state_name(self, state: str) -> str:
        """Return the name of the state with this two-letter code."""
        known = state_file().states.get(state)
        return known.name if known else state

    # --- facts --------------------------------------------------------------------------------------------------------

    def _checked(self, place: str, key: str, at: datetime) -> Fact | LinkOnly:
        kind, found, check = kind_of(key), in_file(place, key), self.records.checks.get((place, key))
        if kind is None:
            return LinkOnly(Why.MISSING)
        holds = check is not None and check.file_hash == file_hash(found)
        if check is None or not holds:
            return self._unchecked(place, key, found)
        if at >= check.at + kind.lasts:
            return LinkOnly(Why.EXPIRED)
        first, last = _window(check, found)
        if first is not None and latest_day(place, at) < first:
            return LinkOnly(Why.EARLY)
        if last is not None and earliest_day(place, at) > last:
            return LinkOnly(Why.LATE)
        page = (
            "" if place == NATION else check.page
        )  # a hotline is no word of the state's, and whoever calls it needs no source
        return _fact(place, key, check.value, check.at.astimezone(zones(place)[0]).date(), page)

    def _unchecked(self, place: str, key: str, found: FileFact | None) -> Fact | LinkOnly:
        if found is not None and self.practice and place == NATION:
            return _fact(place, key, found.value, None, "")
        if found is not None or (place, key) in self.records.checks:
            return LinkOnly(Why.UNCHECKED)
        hinted = place != NATION and key in state_file().states[place].unconfirmed
        return LinkOnly(Why.UNCONFIRMED if hinted else Why.MISSING)

    def _election(self, place: str, name: str, at: datetime) -> Fact | LinkOnly:
        election = self.next_election(place, at)
        if election is None or name not in ELECTION_FIELDS:
            return LinkOnly(Why.MISSING)
        kind, lasts = ELECTION_FIELDS[name]
        fields = {"day": election.day.isoformat(), **election.fields}
        shown = dict(election.name) if name == "name" else {"": fields[name]} if name in fields else None
        if shown is None:
            return LinkOnly(Why.MISSING)
        if earliest_day(place, at) >= election.checked_on + lasts:
            return LinkOnly(Why.EXPIRED)
        if latest_day(place, at) < election.checked_on:
            return LinkOnly(Why.EARLY)
        if kind in ("day", "deadline") and has_passed(place, shown[""], at):
            return LinkOnly(Why.LATE)
        said = {**shown, "of": election.day.isoformat()}
        return _fact(place, f"election.{name}", said, election.checked_on, election.page)

    def next_election(self, place: str, at: datetime) -> Election | None:
        """Return the state's next election in the records; one that is today still counts."""
        today = earliest_day(place, at)
        return next((one for one in self.records.elections.get(place, ()) if one.day >= today), None)

    def _is_frozen(self, place: str, key: str, at: datetime) -> bool:
        for name in (key, key.partition(".")[0]):  # "election" holds back every date of it
            freeze = self.records.freezes.get((place, name))
            if freeze is not None and (freeze.until is None or at < freeze.until):
                return True
        return False

    def _is_broken(self, place: str, name: str) -> bool:
        health = self.records.links.get((place, name))
        return health is not None and health.failures >= BROKEN_AFTER


# --- the file ---------------------------------------------------------------------------------------------------------


def states() -> Mapping[str, State]:
    """Return every state, district and territory of the file by its code."""
    return state_file().states


def in_file(place: str, key: str) -> FileFact | None:
    """Return what the file holds under `key`, which nobody may say yet."""
    if place == NATION:
        return state_file().hotlines.get(key.removeprefix("hotline."))
    return state_file().states[place].facts.get(key)


def file_hash(found: FileFact | None) -> str:
    """Return the hash of the file's value, empty where it has none; a check that was made of another one does not hold."""
    return value_hash(found.value) if found is not None else ""


def value_hash(value: Mapping[str, str]) -> str:
    """Return eight hexadecimal digits that change with the value."""
    return sha256("\x1f".join(f"{name}={value[name]}" for name in sorted(value)).encode()).hexdigest()[:8]


def _fact(place: str, key: str, value: Mapping[str, str], checked_on: date | None, page: str) -> Fact:
    languages = languages_of(page)
    shown = next(iter(value.values()))
    return Fact(f"fact:{place}.{key}@{value_hash(value)}", shown, languages, dict(value), checked_on, page)


def languages_of(url: str) -> tuple[str, ...]:
    """Return the languages of a page that the file names; English for any other."""
    return _languages().get(url, ("en",))


@cache
def _languages() -> Mapping[str, tuple[str, ...]]:
    pages = (page for state in state_file().states.values() for page in state.links.values())
    return {page.url: page.languages for page in pages}


def _window(check: Check, found: FileFact | None) -> tuple[date | None, date | None]:
    firsts = [one for one in (check.valid_from, found.valid_from if found else None) if one is not None]
    lasts = [one for one in (check.valid_until, found.valid_until if found else None) if one is not None]
    return max(firsts, default=None), min(lasts, default=None)


# --- days -------------------------------------------------------------------------------------------------------------


@cache
def zones(place: str) -> tuple[ZoneInfo, ...]:
    """Return the zones of a state, the one with the most people first."""
    names = ("America/New_York",) if place == NATION else state_file().states[place].zones
    return tuple(ZoneInfo(name) for name in names)


def earliest_day(place: str, at: datetime) -> date:
    """Return the day in that zone of the state where a day ends first: what has passed there has passed."""
    return max(at.astimezone(zone).date() for zone in zones(place))


def latest_day(place: str, at: datetime) -> date:
    """Return the day in that zone of the state where a day begins last."""
    return min(at.astimezone(zone).date() for zone in zones(place))


def has_passed(place: str, deadline: str, at: datetime) -> bool:
    """Return whether a day (2026-10-05), or a moment of it (2026-10-05 17:00), is over in the first zone of the state."""
    day, _, hour = deadline.partition(" ")
    ends = datetime.combine(date.fromisoformat(day), time.fromisoformat(hour) if hour else time())
    if not hour:
        ends += timedelta(days=1)
    return any(at >= ends.replace(tzinfo=zone) for zone in zones(place))
