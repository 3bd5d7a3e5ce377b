"""The contracts of doors and channels, and the errors that leave them.

Exception
+-- Refused      a stranger knocked: 401 or 403, nothing is stored
+-- Malformed    a friend said nonsense: 400
+-- NotYet       a friend is ahead of us: 503, and the provider comes again
+-- SendError    a message was not taken; its `reason` decides whether to try again
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import ClassVar, Literal, Protocol, runtime_checkable

from bot.message import DeskCall, Event, Inbound, Media, Outbound, Parsed, Receipt, Webhook


class Refused(Exception):
    """The request was not sent by the provider. `status` is 401 or 403."""

    def __init__(self, why: str, status: int = 403) -> None:
        super().__init__(why)
        self.why = why
        self.status = status


class Malformed(Exception):
    """The provider sent the request, but it makes no sense."""


class NotYet(Exception):
    """The request is about something whose fate is not settled here yet: the provider is asked to come again."""


class Reason(Enum):
    """Why a message was not taken."""

    WAIT = "wait"
    """The provider is slow, full or down: try again later."""
    UNSURE = "unsure"
    """The line broke after the request had left: ask before trying again."""
    STOPPED = "stopped"
    """The voter has stopped us at the provider."""
    BLOCKED = "blocked"
    """This voter cannot be reached there, now or later."""
    REFUSED = "refused"
    """The provider refuses this message; another try changes nothing."""
    ALARM = "alarm"
    """Our credentials, number or registration are wrong: nothing can leave until staff have mended it."""


class SendError(Exception):
    """A provider did not take a message.

    `detail` is the provider's code or words, kept with the message; it never holds the voter's address or text.
    `held_by` names the provider that holds the stop, where `reason` is STOPPED.
    """

    def __init__(
        self, reason: Reason, detail: str, retry_after: timedelta | None = None, held_by: str | None = None
    ) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after
        self.held_by = held_by


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show, and what it keeps."""

    max_chars: int
    buttons: bool = False
    """Real buttons; without them choices are numbered in the text."""
    media: bool = False
    segments: bool = False
    """Texts are charged by GSM-7 or UCS-2 segments."""
    asks_provider: bool = False
    """A repeat can be avoided: the provider can be asked what it took."""
    resend_is_harmless: bool = False
    """Handing over the same message twice shows it once."""


CAPABILITIES: Mapping[str, Capabilities] = {
    "sms": Capabilities(max_chars=1600, media=True, segments=True),
    "web": Capabilities(max_chars=4000, buttons=True),
    "telegram": Capabilities(max_chars=4096, buttons=True, media=True),
    "whatsapp": Capabilities(max_chars=4096, buttons=True),
    "messenger": Capabilities(max_chars=2000, buttons=True),
    "email": Capabilities(max_chars=50_000),
}
"""What each kind of channel can do, whether there is an adapter for it or not: conversations are played and shown on them."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the product lends to a channel."""

    sessions: Callable[[str], str | None] = lambda token: None
    """Whose session a token is."""
    ring: Callable[[str], None] = lambda topic: None
    """A bell that wakes open streams."""
    now: Callable[[], datetime] = lambda: datetime(1970, 1, 1, tzinfo=UTC)
    """The clock; without one nothing is received."""
    count: Callable[[str], None] = lambda what: None
    """Counts by its name what went wrong and harms nobody."""


class Door(Protocol):
    """Where one provider's requests come in."""

    name: ClassVar[str]

    def verify(self, hook: Webhook) -> None:
        """Return if the provider sent `hook`; raise `Refused` otherwise."""

    def parse(self, hook: Webhook) -> Parsed:
        """Read a verified `hook`; raise `Malformed` if it makes no sense."""


class Channel(Door, Protocol):
    """One way of reaching a voter."""

    can: ClassVar[Capabilities]

    @property
    def is_simulated(self) -> bool:
        """Whether what leaves here reaches no real person (our own page, or a provider on loopback)."""

    def send(self, message: Outbound) -> Receipt:
        """Hand `message` to the provider; raise `SendError` if it was not taken."""


class Desk(Door, Protocol):
    """Where volunteers answer."""

    def post(self, call: DeskCall) -> Receipt:
        """Show `call` at the desk; raise `SendError` if it was not taken."""


class Ambiguous(Exception):
    """The provider holds more than one message that could be ours: a person must look."""


@runtime_checkable
class CanFind(Protocol):
    """A channel whose provider can be asked whether it got a message."""

    def find(self, message: Outbound, claimed_at: datetime, taken: frozenset[str]) -> Receipt | None:
        """Return the receipt of `message`, or None if the provider never got it.

        `taken` are the provider's ids that belong to other rows of ours. Raise `Ambiguous` if two could be meant,
        `SendError` if the provider cannot say now.
        """


@runtime_checkable
class CanFindCall(Protocol):
    """A desk that can be asked whether it shows a call already."""

    def find_call(self, call: DeskCall, since: datetime) -> Receipt | None:
        """Return the receipt of `call`, first tried at `since`; None if it is not there. `SendError` if nobody can say."""


@runtime_checkable
class CanRecover(Protocol):
    """A channel whose provider keeps what we missed."""

    def missed(self, since: datetime) -> Iterator[Inbound]:
        """Yield the voters' messages that came after `since`, stored here already or not."""


@runtime_checkable
class CanLeave(Protocol):
    """A channel whose bot can be put into chats of many, where it has no business."""

    def leave(self, chat: str, words: Callable[[str], str] | None) -> None:
        """Say one sentence in `chat` and leave it; one that is left already is no error.

        `words` makes the sentence, given the link to a private chat; None: leave in silence. Raise `SendError`: with WAIT or
        ALARM nothing was said, with any other reason it may have been.
        """


class Stop(Protocol):
    """Says when to end; an event of `threading` is one."""

    def is_set(self) -> bool:
        """Return whether the end has come."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end for so many seconds; return whether it has come."""


@runtime_checkable
class CanListen(Protocol):
    """A channel or desk that fetches its events itself, over a line of its own."""

    def listen(self, accept: Callable[[Sequence[Event]], object], stop: Stop) -> None:
        """Hand all that comes to `accept`, which returns once it is committed; return within seconds once `stop` is set.

        Only then may the provider hear that it has arrived. Raise `SendError` where the line is broken, and let through what
        `accept` raises: the caller waits a little and calls again. One process at a time listens.
        """


@runtime_checkable
class CanAnnounce(Protocol):
    """A channel whose readers look for themselves: they are told once there is something to see."""

    def announce(self, message: Outbound) -> None:
        """Say that `message` can be read. Called after its receipt is committed; a lost call costs time, no message."""


@runtime_checkable
class CanProbe(Protocol):
    """A channel whose provider can say how it sees us."""

    def probe(self) -> str:
        """Return one line about our account; raise `SendError` if the provider does not know us or is away."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a bot says of itself in one language, and its menu: (command, what it does)."""

    about: str
    short: str
    commands: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """How we are to stand at a provider: where it calls (None: not known), and our profile by language, the usual one first."""

    url: str | None
    profiles: Mapping[str, Profile]


@dataclass(frozen=True, slots=True)
class Mended:
    """One thing of our set-up at a provider: how it was found, or that it was changed."""

    about: str
    state: Literal["right", "differs", "wrong", "changed"]
    """wrong: nothing comes in like that."""
    says: str


@runtime_checkable
class CanMend(Protocol):
    """A channel whose set-up at the provider is ours to look at and to change."""

    def mend(self, presence: Presence, *, change: bool) -> Iterator[Mended]:
        """Compare what the provider holds with `presence`, thing by thing; where `change`, set what differs.

        Doing it again changes nothing. Raise `SendError` where the provider does not answer.
        """


@runtime_checkable
class CanCheck(Protocol):
    """A desk that learns from its provider, now and then, whose it is and who may act there."""

    def check(self) -> None:
        """Ask and keep what is said; raise `SendError` if the provider does not say."""


@runtime_checkable
class CanFetch(Protocol):
    """A channel whose media lie with the provider."""

    def fetch(self, media: Media) -> tuple[bytes, str]:
        """Return the content of `media` and its type; raise `SendError` if it cannot be had."""
