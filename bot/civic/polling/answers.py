"""What a service of polling places is asked and answers, whichever it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Address:
    """A street address as the gate leaves it: a line is there, and a town with its state, or a ZIP code."""

    line: str
    unit: str
    town: str
    state: str
    """Two letters: the state in which the voter is registered."""
    zip: str

    @property
    def text(self) -> str:
        """The address in one line."""
        street = " ".join(part for part in (self.line, self.unit) if part)
        last = " ".join(part for part in (self.state, self.zip) if part)
        return ", ".join(part for part in (street, self.town, last) if part)


@dataclass(frozen=True, slots=True)
class Election:
    """An election by the service's own number."""

    id: str
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Place:
    """A place to vote or to drop a ballot off; every text is cleaned and short, and any may be empty."""

    name: str
    line: str
    town: str
    state: str
    zip: str
    hours: str
    notice: bool
    """There is a note about it."""
    starts: date | None = None
    ends: date | None = None
    official: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What the service has for an address, unjudged: `PollingPlaces` decides what of it may be said."""

    source: str
    fetched_at: datetime
    election: Election | None
    others: tuple[Election, ...]
    states: frozenset[str]
    """Every state that the answer itself says it is about."""
    places: tuple[Place, ...]
    early: tuple[Place, ...]
    dropoff: tuple[Place, ...]
    mail_only: bool
    notice: bool
    """There is an official notice about the election."""
    keep_s: int | None = None
    """How long the service lets its answer be kept; None where it does not say."""

    @property
    def election_day(self) -> date | None:
        return self.election.day if self.election else None


Reason = Literal["no_address", "not_posted", "unread", "nothing"]


@dataclass(frozen=True, slots=True)
class Missing:
    """The service, or the gate before it, has nothing: why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Down:
    """No answer could be had. `reason` is a word for logs and metrics; `wait_s` is what the service asks to be left alone."""

    reason: str
    wait_s: int = 0


Answer = Found | Missing | Down


class Source(Protocol):
    """One service."""

    name: ClassVar[str]
    can_choose: ClassVar[bool]
    """Whether it can be asked about one of several elections."""

    def lookup(self, address: Address, election: str | None = None) -> Answer:
        """Return what there is for `address` in the next election, or in the one with that number; never raises."""

    def probe(self) -> str:
        """Return an empty text if the service takes the key, else the reason why not; sends no address."""
