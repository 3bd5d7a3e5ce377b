"""The product's own parts over a real database, with a clock that is set, a scripted classifier and scripted channels."""

import itertools
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import text as sql

from bot.app import content_of
from bot.channel import Capabilities, SendError
from bot.civic.facts import OfficialFacts
from bot.civic.lookup import LinkOnlyLookup
from bot.config import EXAMPLE_NAME, load
from bot.content.files import staff_files
from bot.content.library import read_library
from bot.message import (
    NOTHING_READ,
    Act,
    ActKind,
    Delivery,
    DeskCall,
    Inbound,
    Outbound,
    Outcome,
    Parsed,
    Reading,
    Receipt,
    Webhook,
)
from bot.ports import LOOK_UP, FaultPoint, Lookup, Query
from bot.store.database import Database
from bot.store.leases import SqlLeases
from bot.store.policy import Policy
from bot.store.schema import settle_owner, upgrade
from bot.store.staff import volunteer_named
from bot.store.store import SqlStore
from bot.work.effects import looking_up, run_effects
from bot.work.pace import Paces
from bot.work.send import Outlets, Sender
from bot.work.think import Content, Mind, think

NOON = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)  # a Friday, noon in New York
NUMBER = "+15550100001"


@cache
def shipped() -> Content:
    """Return the shipped content, read once."""
    config = load({})
    library, _ = read_library(staff_files(config.staff))
    return content_of(config, library, 1)


class Script:
    """A classifier that reads what a test says, and understands everything else as the hours of the polls."""

    def __init__(self, **meanings: str) -> None:
        self.meanings = {key.replace("_", " "): intent for key, intent in meanings.items()}
        self.breaks_at: str | None = None

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        if any(self.breaks_at is not None and self.breaks_at in query.text for query in queries):
            raise RuntimeError("a text that breaks the classifier")
        return [self._read(query.text) for query in queries]

    def _read(self, text: str) -> Reading:
        if not text.strip():
            return NOTHING_READ
        intent = next((intent for words, intent in self.meanings.items() if words in text.casefold()), "voting_hours")
        said = {"yes": "yes", "no": "no"}.get(text.casefold())
        return Reading(intent, 0.99, values={"yes_no": said} if said else {})


class Line:
    """A channel that does as it is told: one entry of `script` for each call, then it takes everything."""

    name: ClassVar[str] = "sms"
    can: ClassVar[Capabilities] = Capabilities(max_chars=1600, segments=True)
    is_simulated: ClassVar[bool] = False

    def __init__(self) -> None:
        self.script: deque[SendError | Callable[[], Receipt]] = deque()
        self.taken: list[Outbound] = []
        self.numbers = itertools.count(1)

    def verify(self, hook: Webhook) -> None: ...

    def parse(self, hook: Webhook) -> Parsed:
        return Parsed(())

    def send(self, message: Outbound) -> Receipt:
        step = self.script.popleft() if self.script else None
        if isinstance(step, SendError):
            raise step
        self.taken.append(message)
        return step() if step else Receipt(Delivery.SENT, provider_id=f"SM{next(self.numbers)}")


class AskableLine(Line):
    """A channel whose provider can be asked what it took; `knows` is what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.knows: Callable[[Outbound], Receipt | None] = lambda message: None

    def find(self, message: Outbound, claimed_at: datetime, taken: frozenset[str]) -> Receipt | None:
        return self.knows(message)


class Board:
    """A desk that keeps what it is shown."""

    name: ClassVar[str] = "console"

    def __init__(self) -> None:
        self.shown: list[DeskCall] = []

    def verify(self, hook: Webhook) -> None: ...

    def parse(self, hook: Webhook) -> Parsed:
        return Parsed(())

    def post(self, call: DeskCall) -> Receipt:
        self.shown.append(call)
        return Receipt(Delivery.SENT)


class World:
    """Everything between a webhook and a provider's call, in one thread, at the moment `at`."""

    def __init__(
        self,
        url: str,
        *,
        line: Line | None = None,
        script: Script | None = None,
        policy: Mapping[str, Any] | None = None,
    ) -> None:
        self.at = NOON
        self.database = Database(url, pool_size=5)
        upgrade(self.database)
        with self.database.writing(FaultPoint.STAFF) as connection:
            settle_owner(connection, "campaign", EXAMPLE_NAME, EXAMPLE_NAME, self.at)
        self.line = line or Line()
        self.board = Board()
        self.script = script or Script()
        options = {
            "reaches_people": lambda name: not self.line.is_simulated,
            "still": lambda records, ids, at: OfficialFacts(practice=True, records=records).still(ids, at),
            **(policy or {}),
        }
        self.store = SqlStore(self.database, Policy(**options), self.now)
        self.mind = Mind(
            store=self.store,
            classifier=self.script,
            content=shipped,
            facts=lambda: OfficialFacts(practice=True, records=self.store.facts.records()),
            can={
                "sms": self.line.can,
                "telegram": Capabilities(max_chars=4096, buttons=True),
                "web": Capabilities(max_chars=4000, buttons=True),
            },
            now=self.now,
        )
        channels = {"sms": self.line, "telegram": self.line, "web": self.line}
        outlets = Outlets(channels, {"console": self.board}, Paces({}, self.mind.can, self.now))
        self.sender = Sender(self.store, outlets, self.now, threads=2)
        self.leases = SqlLeases(self.store)
        self.lookup: Lookup = LinkOnlyLookup()
        self._numbers = itertools.count(1)

    def now(self) -> datetime:
        return self.at

    def close(self) -> None:
        self.sender.close()
        self.database.close()

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)

    # --- what happens -------------------------------------------------------------------------------------------------

    def inbound(self, voter: str, text: str, event_id: str | None = None, **extra: Any) -> Inbound:
        return Inbound(
            channel=extra.pop("channel", "sms"),
            event_id=event_id or f"SM-in-{next(self._numbers)}",
            sender=NUMBER,
            address=voter,
            text=text,
            received_at=self.at,
            **extra,
        )

    def accept(self, *events: Any) -> list[Outcome]:
        with self.store.unit(FaultPoint.ACCEPT) as unit:
            return unit.accept(events)

    def text(self, voter: str, text: str, **extra: Any) -> Outcome:
        """Let a voter's message be accepted; a second later than the one before."""
        self.later(seconds=1)
        return self.accept(self.inbound(voter, text, **extra))[0]

    def act(self, kind: ActKind, who: str, thread: int, text: str = "", **extra: Any) -> Outcome:
        self.later(seconds=1)
        volunteer_named(self.store, who, "volunteer", self.at)
        event_id = extra.pop("event_id", None) or f"act-{next(self._numbers)}"
        return self.accept(Act("console", event_id, kind, thread, who.casefold(), self.at, text, **extra))[0]

    def think(self) -> int:
        return think(self.mind)

    def work(self, rounds: int = 20) -> None:
        """Think, carry out and send until nothing is due."""
        handlers = {LOOK_UP: looking_up(self.lookup)}
        for _ in range(rounds):
            with self.store.unit(FaultPoint.TIMER) as unit:
                unit.fire_timers(100)
            if not (think(self.mind) + run_effects(self.store, handlers) + self.sender.drain()):
                return

    # --- what there is ------------------------------------------------------------------------------------------------

    def rows(self, question: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(sql(question), values)]

    def one(self, question: str, **values: Any) -> Any:
        ((found,),) = self.rows(question, **values)
        return found

    def outgoing(self) -> list[tuple[str, str]]:
        """Return (state, entry or speaker) of every message of ours, oldest first."""
        return self.rows("SELECT state, coalesce(entry, who) FROM message WHERE direction = 'out' ORDER BY id")

    def texts_to(self, voter: str) -> list[str]:
        return [message.text for message in self.line.taken if message.address == voter]
