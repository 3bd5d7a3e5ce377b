"""The contracts between the parts: what understands, what knows facts, what keeps, what wakes."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal, Protocol

from bot.engine.decision import Purpose, Step
from bot.engine.thread import Thread
from bot.message import Button, DeskCall, Event, Outbound, Outcome, Reading
from bot.official import Fact, LinkOnly

# --- understanding ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Query:
    """A text to read. `expects` are the types of value that the thread's open question asks for, the wanted first."""

    text: str
    expects: tuple[str, ...] = ()
    language: str | None = None
    """The thread's language, which decides where the text itself does not show one."""


class Classifier(Protocol):
    """Says what texts mean."""

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        """Return one reading for each query, in order; never raises for any text."""


# --- facts ------------------------------------------------------------------------------------------------------------

LINK_KEYS: Final = (
    "ballot_tracking",
    "check_registration",
    "civil_rights_report",
    "deadlines",
    "election_office",
    "felony",
    "mail_ballot",
    "military_overseas",
    "no_fixed_address",
    "polling_place",
    "register",
)


class Facts(Protocol):
    """The one door to what is official."""

    def link(self, key: str, state: str | None) -> Fact:
        """Return the state's own page for `key`, or the national one; always https."""

    def say(self, state: str | None, key: str, at: datetime) -> Fact | LinkOnly:
        """Return the fact `key` of `state` if it may be said at `at`; otherwise why not."""

    def election_today(self, state: str | None, at: datetime) -> Fact | LinkOnly:
        """Return the day of the state's election if it is that day in all of the state; otherwise why not."""

    def state_name(self, state: str) -> str:
        """Return the name of the state with this two-letter code."""


LOOK_UP_OUTCOMES: Final = (
    "found",
    "found_many",
    "found_notice",
    "mail_only",
    "mail_only_dropoff",
    "early_only",
    "several",
    "several_listed",
    "no_address",
    "not_posted",
    "unread",
    "nothing",
    "down",
    "election_day",
    "missing",
)
"""What can come of looking a polling place up; a form says what is answered to each. The last one: no service is set up."""
LOOK_UP_SLOTS: Final = ("place", "places", "dropoff", "early", "election_name", "elections")
"""What a look-up fills in for the reply; empty where it has no such thing."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What came of looking a polling place up: one of `LOOK_UP_OUTCOMES`, and what the reply names."""

    outcome: str
    slots: Mapping[str, str] = field(default_factory=dict)


class Lookup(Protocol):
    """Finds polling places."""

    def look_up(self, slots: Mapping[str, str]) -> LookedUp:
        """Return what is known for the address or state in `slots`; never raises."""


class Kept(Protocol):
    """Keeps answers for a while under a key that nobody can guess back to an address."""

    def get(self, key: bytes) -> str | None:
        """Return what was kept under `key` and has not lapsed."""

    def put(self, key: bytes, answer: str, until: datetime) -> None:
        """Keep `answer` until then; what has lapsed is dropped."""


# --- the organisation -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who answers: the fields that texts may name as `org.FIELD`."""

    kind: Literal["campaign", "office", "party", "nonprofit"]
    name: str
    candidate: str
    """The candidate or office holder."""
    seat: str
    """The office that it is about: "mayor of Riverton"."""
    signature: str
    """How a person signs, behind "with": "the Rivera campaign"."""
    sponsor: str
    """Who pays and is responsible, as the law wants it said."""
    phone: str
    email: str
    address: str
    office_hours: str
    website: str
    donate: str
    volunteer: str
    events: str
    issues: str
    privacy: str


ORG_FIELDS: Final = tuple(Organisation.__dataclass_fields__)


# --- the store --------------------------------------------------------------------------------------------------------


class FaultPoint(StrEnum):
    """Every commit of the product, by name. Tests end the process right before and right after each of them."""

    ACCEPT = "accept"
    THINK = "think"
    THINK_FAILED = "think_failed"
    CLAIM = "claim"
    SETTLE = "settle"
    SWEEP = "sweep"
    EFFECT_CLAIM = "effect_claim"
    EFFECT_SETTLE = "effect_settle"
    TIMER = "timer"
    LEASE = "lease"
    SESSION = "session"
    STAFF = "staff"
    PUBLISH = "publish"
    LOOK_UP = "look_up"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One row of the inbox that waits to be thought about. `kind` is message, an act's kind, effect or timer."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    attempts: int = 0
    source: str = ""
    """The channel or desk that it came from."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation with what waits in it, oldest first."""

    thread: Thread
    address_id: int
    address: str
    sender: str
    rows: tuple[Incoming, ...]


CASE_NUMBER: Final = "\u00a4" * 6
"""What stands in a text for a case number until its row is written: as wide as most numbers, in the alphabet of text
messages, and a sign that nobody types (the currency sign)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message to be written: rendered, fitted to its channel, with all that the log keeps about it."""

    text: str
    who: str
    purpose: Purpose
    buttons: tuple[Button, ...] = ()
    entry: str = ""
    asks: str = ""
    language: str = "en"
    facts: tuple[str, ...] = ()
    content_version: int = 0
    hold_until: datetime | None = None
    leaves_by: datetime | None = None
    has_case: bool = False
    """`CASE_NUMBER` stands in the text for the number of the thread's case."""


@dataclass(frozen=True, slots=True)
class Thought:
    """What was decided about the first `taken` rows of one conversation, and the words for it."""

    waiting: Waiting
    taken: int
    step: Step
    said: tuple[Said, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that one worker sends now. `unsure`: the line broke last time, so the provider is asked first."""

    table: Literal["message", "desk_call"]
    id: int
    channel: str
    """The channel, or the desk."""
    call: Outbound | DeskCall
    attempts: int
    created_at: datetime
    claimed_at: datetime
    unsure: bool = False
    by_person: bool = False
    """A volunteer's words: the desk is shown what becomes of them."""

    @property
    def is_card(self) -> bool:
        """Whether the desk answers with a place where this call has put the case's card: any does that finds none yet."""
        return isinstance(self.call, DeskCall) and self.call.kind in ("card", "post", "update")


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a claimed row: `state` is where it goes; `retry_at` when it is open again."""

    row: Claimed
    state: Literal["sent", "delivered", "queued", "unsure", "failed", "dead"]
    provider_id: str | None = None
    error: str | None = None
    retry_at: datetime | None = None
    counts: bool = True
    """False where nothing was tried (a rate limit): the attempt is given back."""
    stopped_by: str | None = None
    """The provider that says that the voter has stopped us."""


LOOK_UP: Final = "look_up_polling_place"
FORGET_LOOK_UPS: Final = "forget_look_ups"
RECOVER: Final = "recover_missed"
"""The one standing job: it never gives up."""


@dataclass(frozen=True, slots=True)
class EffectRow:
    """Something that a worker carries out outside every transaction."""

    id: int
    kind: str
    conversation_id: int | None
    payload: Mapping[str, Any]
    attempts: int


class Unit(Protocol):
    """One transaction; nothing that it did lasts unless the block ends well."""

    def accept(self, events: Sequence[Event]) -> list[Outcome]:
        """Store events and apply what may not wait; return what became of each, in order."""

    def claim_threads(self, limit: int, only: int | None = None) -> list[Waiting]:
        """Return up to `limit` conversations with new rows that no other worker has, the longest waiting first."""

    def cases_of(self, threads: Sequence[int]) -> Mapping[int, Mapping[int, str]]:
        """Return the cases of each of these conversations: number -> state."""

    def record(self, thoughts: Sequence[Thought]) -> int:
        """Write what was decided; return how many threads were written (one that changed meanwhile waits again)."""

    def give_up(self, waiting: Waiting, error: str) -> bool:
        """Count a failed attempt at the first row; return whether that was the last and the row is dead."""

    def claim(self, limit: int, calls: int | None = None, held: Collection[str] = ()) -> list[Claimed]:
        """Return up to `limit` rows to send now, each the oldest of its lane and let through by the gate.

        Of calls to desks at most `calls`, and none of a kind that is `held` back: "slack:card".
        """

    def settle(self, settled: Sequence[Settled]) -> None:
        """Write what came of claimed rows; a receipt that was faster is never undone."""

    def sweep(self, alone: timedelta | None = None) -> int:
        """Open again what a dead worker had claimed; return how many rows.

        Leases that have lapsed; or, where this process is `alone` with the database, all of them, and what is in doubt is
        asked about after that span.
        """

    def claim_effects(self, limit: int) -> list[EffectRow]:
        """Return effects that are due, leased to this worker."""

    def settle_effect(self, row: EffectRow, result: Mapping[str, Any] | None, error: str = "") -> None:
        """Write an effect's result, which comes back into its conversation; or its error, and try later."""

    def fire_timers(self, limit: int) -> int:
        """Turn timers that are due into inbox rows; return how many."""

    def erase(self, limit: int) -> int:
        """Erase up to `limit` messages of forms that are kept no longer; return how many."""

    def standing(self, kind: str, ref: str, payload: Mapping[str, Any], due_at: datetime) -> None:
        """Let a standing effect run at `due_at`; one that exists keeps what it remembers."""


class Store(Protocol):
    """What `work` needs of the database."""

    def unit(self, point: FaultPoint) -> AbstractContextManager[Unit]:
        """Return a unit whose commit is the fault point `point`."""

    def due(self) -> frozenset[Literal["think", "send", "effects", "timers", "lapsed", "kept"]]:
        """Return what has something due at this moment."""

    def taken_ids(self, row: Claimed) -> frozenset[str]:
        """Return the provider's ids that other rows to the same voter hold."""

    def stopped_by_providers(self, since: datetime) -> int:
        """Return how many voters a provider has told us to be stopped whom we took for active."""

    def backlog(self) -> tuple[int, int]:
        """Return how many inbox rows are new and how many messages are queued, each counted up to a limit."""


# --- wake-ups ---------------------------------------------------------------------------------------------------------

Work = Literal["think", "send", "effects"]


class Pace(Protocol):
    """How fast a channel's senders may go."""

    def wait(self, channel: str, call: Outbound | DeskCall) -> timedelta | None:
        """Return None if `call` may leave now, and count it; otherwise how long to wait."""

    def pause(self, channel: str, sender: str, wait: timedelta) -> None:
        """Hold everything of `sender` back for `wait`; a desk's only sender is the desk itself."""

    def held(self) -> Collection[str]:
        """Return the kinds of desk calls that may not leave now: "slack:card"."""


class Queue(Protocol):
    """Carries wake-ups only; a lost or doubled one is harmless, because the database says what to do."""

    def wake(self, work: Work) -> None:
        """Say that there is work; returns within 100 ms and never raises."""


class Bell(Protocol):
    """Tells open streams (web chat, console) that there is something new."""

    def ring(self, topic: str) -> None:
        """Wake those who listen to `topic`; never raises."""


class Leases(Protocol):
    """What one process at a time may do."""

    def take(self, name: str, holder: str) -> bool:
        """Return whether `holder` has the lease `name` from now on for half a minute; taking it again renews it."""

    def give_back(self, name: str, holder: str) -> None:
        """Let others take at once what `holder` holds."""


class Sessions(Protocol):
    """Who a session token belongs to. Only the token's hash is stored."""

    def subject_of(self, kind: str, token: str) -> str | None:
        """Return whom a token that is still good belongs to: an address, a volunteer's id."""
