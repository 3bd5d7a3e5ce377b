"""The words that every part shares: what comes in, what goes out, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Webhook:
    """One HTTP request of a provider, free of any framework.

    `url` is the public address that the provider was given, with its query; `headers` have lower-case names. `memo` is
    where `verify` leaves for `parse` what it had to read anyway.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Ack:
    """What the provider is answered once the events are stored."""

    status: int = 204
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class Address(NamedTuple):
    """A voter's address on one channel: an opaque string, never "a phone number"."""

    channel: str
    value: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or file of a voter that stays with the provider until somebody looks at it."""

    url: str
    content_type: str
    spoken: bool = False
    """Somebody speaks in it, whatever its type says: a video note."""


class Word(StrEnum):
    """What a whole message says to the carrier: stop, start again, or help."""

    STOP = "stop"
    START = "start"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A voter's message. `(channel, event_id)` is unique for good: a repeat of it is the same message."""

    channel: str
    event_id: str
    sender: str
    """Our number or bot: what the answer is sent from."""
    address: str
    text: str
    received_at: datetime
    media: tuple[Media, ...] = ()
    choice: str | None = None
    """The payload of the button that was pressed."""
    answered_by_provider: Word | None = None
    """Set where the provider has already acted on the word and answered it."""
    provider: str = ""
    """Who that provider is, as `held_by` names it."""
    language: str | None = None
    """The language the voter's app or page is set to."""
    ref: str = ""
    """What the provider calls the message where the voter can change its words later."""
    is_edit: bool = False
    """These are the new words of the message `ref`; they count while it has not been thought about."""
    unblocks: bool = False
    """Who has blocked us at this provider cannot write: the voter has let us in again."""


class Delivery(StrEnum):
    """How far an outgoing message has come, in rising order; the two failures end it."""

    SENT = "sent"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of one message of ours: found by our `key`, or by the provider's own id."""

    status: Delivery
    provider_id: str | None = None
    key: UUID | None = None
    sender: str | None = None
    error: str | None = None
    """The provider's code where the message failed."""


class ActKind(StrEnum):
    """What a volunteer can do with a thread."""

    CLAIM = "claim"
    RELEASE = "release"
    RESOLVE = "resolve"
    SAY = "say"
    NOTE = "note"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Act:
    """A volunteer's act at a desk. `(desk, event_id)` is unique for good."""

    desk: str
    event_id: str
    kind: ActKind
    conversation_id: int
    who: str
    """The volunteer's id."""
    received_at: datetime
    text: str = ""
    undoes: str | None = None
    """UNDO: the event id of the words to take back."""
    case: int | None = None
    """The handoff that was shown where the act was done; nothing is done on one that has ended."""
    or_note: bool = False
    """SAY: words of somebody who does not own the thread are kept as a note."""
    barred: str = ""
    """Why this may not be done, whoever owns the thread: it is refused, written down and told."""
    tell: str = ""
    """Where a refusal is shown, as the desk names the place; empty where the caller sees the outcome itself."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that a worker does once, in no thread. `(kind, ref)` is unique for good.

    One that has `failed` already, and why, waits among the dead until a person has it tried again.
    """

    channel: str
    kind: Literal["leave", "read_again"]
    """leave: a group or channel of many. read_again: what came in and could not be read, in `payload["body"]`."""
    ref: str
    payload: Mapping[str, str]
    failed: str = ""


Event = Inbound | Receipt | Act | Chore


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one event. `why` is for people.

    A message is stored, an act applied: both are then to be thought about. A receipt is noted, and that is all. A chore is
    kept for a worker, or for people.
    """

    kind: Literal["stored", "applied", "noted", "kept", "repeated", "unknown", "refused"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one request held, in the provider's order, and what to answer once it is stored."""

    events: tuple[Event, ...]
    ack: Ack = Ack()
    answer: Callable[[Sequence[Outcome]], Ack] | None = None
    """Set where the answer tells what became of the events: a form that stays open with the reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was understood to mean.

    `confidence` is calibrated: of the readings with 0.8, four in five are right. `in_scope` is false where the text is
    like nothing that the classifier was taught.
    """

    intent: str
    confidence: float
    runner_up: str = ""
    runner_up_confidence: float = 0.0
    in_scope: bool = True
    language: str | None = None
    """Set only where the text shows it clearly."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Values for the thread's open question, by slot type: {"state": "OH"}."""
    language_certain: bool = False
    """The text shows its language beyond doubt: one is enough to go over to it."""
    handed_over: str = ""
    """Why another backend than the one that was asked has read it: "time_out"."""


NOTHING_READ = Reading(intent="", confidence=0.0, in_scope=False)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice shown beside a text: either it sends `payload` back, or it opens `url`."""

    label: str
    payload: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message ready for one channel: already in the channel's form, one element of `texts` per message."""

    key: UUID
    sender: str
    address: str
    text: str
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class DeskCall:
    """Something to show at a desk. `kind` is one of card, post, update, mark, whisper (to one volunteer only)."""

    key: UUID
    desk: str
    kind: str
    conversation_id: int
    handoff_id: int | None
    payload: Mapping[str, object]
