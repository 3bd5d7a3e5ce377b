"""The words for what is official: which facts there are, what a check, a freeze and an election record hold.

Pure data, shared by the texts (which name facts), `bot.civic` (which decides on them) and `bot.store` (which keeps them).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

NATION: Final = "US"
"""Stands for the state where a fact holds everywhere: `say("US", "hotline.en", at)`."""
YES_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: its fields with their type (time, phone, codes, or the words it may be), and how long a check lasts."""

    title: str
    fields: Mapping[str, str | tuple[str, ...]]
    lasts: timedelta
    spoken: bool = False
    """Its fields may stand in a text; the others decide between texts (`if: {fact: {voter_id.asked: "no"}}`)."""


FACT_KINDS: Final[Mapping[str, Kind]] = {
    "registration": Kind("must voters register", {"required": YES_NO}, timedelta(90)),
    "registration_online": Kind("can voters register online", {"offered": YES_NO}, timedelta(90)),
    "same_day": Kind(
        "can voters register when they vote", {"when": ("election_day", "early_voting", "none")}, timedelta(90)
    ),
    "early_voting": Kind("is there early voting in person", {"offered": YES_NO}, timedelta(60)),
    "mail_ballot": Kind(
        "who may vote by mail", {"who": ("everyone_gets_one", "no_excuse", "excuse_needed")}, timedelta(60)
    ),
    "voter_id": Kind("are voters asked for ID at the polls", {"asked": YES_NO}, timedelta(60)),
    "poll_hours": Kind(
        "hours of the polls on election day, local time, the same in the whole state",
        {"open": "time", "close": "time"},
        timedelta(60),
        spoken=True,
    ),
    "in_line": Kind("may who is in line at closing time still vote", {"may_vote": YES_NO}, timedelta(60)),
    "languages": Kind("languages of ballots in the whole state, as codes", {"codes": "codes"}, timedelta(365)),
}
"""What can be checked for each state. Who may vote after a conviction is none of them: that is never more than a link."""
HOTLINES: Final = ("en", "es")
HOTLINE: Final = Kind("the voters' hotline", {"number": "phone"}, timedelta(30), spoken=True)
_SOON, _SOONER = timedelta(90), timedelta(60)
ELECTION_FIELDS: Final[Mapping[str, tuple[str, timedelta]]] = {
    # field -> its type (day, deadline: a day with or without a time, time, text) and how long a look at its page lasts
    "name": ("text", _SOON),
    "day": ("day", _SOON),
    "registration_online": ("deadline", _SOON),
    "registration_mail": ("deadline", _SOON),
    "registration_in_person": ("deadline", _SOON),
    "early_start": ("deadline", _SOONER),
    "early_end": ("deadline", _SOONER),
    "mail_request": ("deadline", _SOONER),
    "mail_arrives": ("deadline", _SOONER),
    "polls_open": ("time", _SOONER),
    "polls_close": ("time", _SOONER),
}
"""`mail_request` and `mail_arrives` are the last days on which a request, a ballot must have arrived: no postmark."""
SPOKEN_NAMES: Final = (
    *(f"fact.{key}.{name}" for key, kind in FACT_KINDS.items() if kind.spoken for name in kind.fields),
    *(f"election.{name}" for name in ELECTION_FIELDS),
    *(f"hotline.{language}" for language in HOTLINES),
)
"""Every name of a fact that a text may hold."""


def kind_of(key: str) -> Kind | None:
    """Return the kind of the fact `key`, a hotline's too."""
    root, _, language = key.partition(".")
    return HOTLINE if root == "hotline" and language in HOTLINES else FACT_KINDS.get(key)


class Why(StrEnum):
    """Why a fact may not be said now."""

    MISSING = "missing"
    UNCONFIRMED = "unconfirmed"
    UNCHECKED = "unchecked"
    EXPIRED = "check expired"
    EARLY = "before valid_from"
    LATE = "past valid_until"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something official that may be said now. `id` is stored with every message that says it, with a hash of its value."""

    id: str
    value: str
    languages: tuple[str, ...] = ("en",)
    """Of the page behind it."""
    fields: Mapping[str, str] = field(default_factory=dict)
    checked_on: date | None = None
    """The day in the state on which staff looked at `page`; None for links and for what is only shown in practice."""
    page: str = ""


@dataclass(frozen=True, slots=True)
class LinkOnly:
    """A fact that may not be said now, and why; the link still may."""

    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a person has seen on a page. `file_hash` is of the file's value then: another value there undoes the check."""

    who: str
    at: datetime
    page: str
    value: Mapping[str, str]
    file_hash: str
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Freeze:
    """A fact that is not said for a while: why, and until when; None until it is lifted."""

    words: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Election:
    """One election as staff have entered it. `fields` are days (2026-10-05), deadlines (2026-10-05 17:00) and times (06:30)."""

    state: str
    day: date
    name: Mapping[str, str]
    """By language."""
    fields: Mapping[str, str]
    page: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """How the last openings of a link went; `failures` are those in a row."""

    failures: int
    status: str
    host: str
    at: datetime


Key = tuple[str, str]
"""A state's code, or US, and the key of a fact or a link there."""


@dataclass(frozen=True, slots=True)
class FactRecords:
    """Everything that staff have recorded, as of one reading."""

    checks: Mapping[Key, Check] = field(default_factory=dict)
    freezes: Mapping[Key, Freeze] = field(default_factory=dict)
    elections: Mapping[str, tuple[Election, ...]] = field(default_factory=dict)
    """By state, the earliest first."""
    links: Mapping[Key, LinkHealth] = field(default_factory=dict)
