"""A stage: the real way of a message over a database in memory, with a clock that is set and channels that record."""

import itertools
import sqlite3
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar
from uuid import uuid4

from sqlalchemy import insert

from bot.app import content_of, now
from bot.channel import CAPABILITIES, Capabilities, Channel
from bot.civic.facts import OfficialFacts
from bot.civic.lookup import LinkOnlyLookup
from bot.config import EXAMPLE_NAME, Config
from bot.content.library import Library
from bot.engine.decision import acts
from bot.engine.thread import Thread
from bot.message import (
    Act,
    ActKind,
    Delivery,
    DeskCall,
    Event,
    Inbound,
    Media,
    Outbound,
    Outcome,
    Parsed,
    Reading,
    Receipt,
    Webhook,
)
from bot.ports import LOOK_UP, Classifier, FaultPoint, Lookup, Thought
from bot.store.database import Database
from bot.store.log import Head, Line, Log
from bot.store.policy import Policy
from bot.store.schema import settle_owner, upgrade
from bot.store.staff import volunteer_named
from bot.store.store import SqlStore
from bot.store.tables import message
from bot.work.effects import looking_up, run_effects
from bot.work.pace import Paces
from bot.work.send import Outlets, Sender
from bot.work.think import Mind, think

_SENDER = "desk"
_MOST_ROUNDS = 20


class Recorder:
    """A channel, or a desk, that takes everything and keeps nothing: the log has it."""

    name: ClassVar[str] = "console"
    can: ClassVar[Capabilities] = Capabilities(max_chars=1600)
    is_simulated: ClassVar[bool] = True

    def verify(self, hook: Webhook) -> None:
        """Take everything."""

    def parse(self, hook: Webhook) -> Parsed:
        """Return nothing: the stage hands its events in itself."""
        return Parsed(())

    def send(self, message: Outbound) -> Receipt:
        return Receipt(Delivery.DELIVERED)

    def post(self, call: DeskCall) -> Receipt:
        return Receipt(Delivery.SENT)


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one thing said or done: what was understood, what the voter got, what the engine did."""

    reading: Reading | None
    replies: tuple[Line, ...]
    acts: tuple[str, ...]
    outcome: Outcome
    thread: Thread | None
    head: Head | None


class Stage:
    """Plays conversations. `at` is the moment that everything happens at; it only moves when told."""

    def __init__(
        self,
        config: Config,
        library: Library,
        classifier: Classifier,
        at: datetime | None = None,
    ) -> None:
        self.at = at or now()
        self.zone = config.hours.zone
        database = _free.pop() if _free else Database("sqlite://")
        _driver(_blank()).backup(_driver(database))
        with database.writing(FaultPoint.STAFF) as connection:
            about = config.settings.organisation
            settle_owner(connection, about.kind, about.name, EXAMPLE_NAME, self.at)
        self._empty = sqlite3.connect(":memory:", check_same_thread=False)
        _driver(database).backup(self._empty)
        policy = Policy(
            language=config.languages[0],
            answer_stopped=config.settings.conversation.answer_stopped,
            desks=("console",),
            fallback_team=config.settings.desk.fallback_team,
            still=lambda records, ids, at: OfficialFacts(practice=True, records=records).still(ids, at),
        )
        self.store = SqlStore(database, policy, self.now)
        self.log = Log(database, self.store.hash_key)
        content = content_of(config, library, 1)
        self._thoughts: list[Thought] = []
        self._mind = Mind(
            store=self.store,
            classifier=classifier,
            content=lambda: content,
            facts=lambda: OfficialFacts(practice=True, records=self.store.facts.records()),
            can=CAPABILITIES,
            now=self.now,
            watch=self._thoughts.append,
        )
        channels: dict[str, Channel] = {name: _recorder(name, can) for name, can in CAPABILITIES.items()}
        outlets = Outlets(channels, {"console": Recorder()}, Paces({}, CAPABILITIES, self.now))
        self._sender = Sender(self.store, outlets, self.now, threads=1)
        self.lookup: Lookup = LinkOnlyLookup()
        """What finds polling places; it may be changed at any time."""
        self._numbers = itertools.count(1)
        self._told: set[int] = set()
        self._hold = config.hold

    def clear(self) -> None:
        """Forget everybody: the stage is as it was when it was set, which takes a tenth of the time of setting another."""
        self._empty.backup(_driver(self.store.database))
        self.at = now()
        self.lookup = LinkOnlyLookup()
        self._thoughts.clear()
        self._told.clear()

    def close(self) -> None:
        """End the stage's thread, and leave its database to the next stage."""
        self._sender.close()
        self._empty.close()
        _free.append(self.store.database)

    # --- what can happen ----------------------------------------------------------------------------------------------

    def voter(
        self,
        name: str,
        text: str,
        *,
        channel: str = "sms",
        media: int = 0,
        choice: str | None = None,
        language: str | None = None,
    ) -> Turn:
        """Let the voter `name` write."""
        event = self._inbound(name, text, channel=channel, media=media, choice=choice, language=language)
        return self._happens(name, channel, event)

    def voter_at_once(
        self, name: str, texts: Sequence[str], *, channel: str = "sms", language: str | None = None
    ) -> Turn:
        """Let the voter `name` write several messages before the bot gets to the first."""
        events = [self._inbound(name, text, channel=channel, language=language) for text in texts]
        return self._happens(name, channel, *events)

    def volunteer(self, name: str, who: str, kind: ActKind, text: str = "", *, channel: str = "sms") -> Turn:
        """Let a volunteer act on the voter's thread; one who is new is written down first."""
        thread = self.log.thread_of(channel, name)
        if thread is None:
            return Turn(None, (), (), Outcome("unknown", "there is no such thread"), None, None)
        act = Act(
            desk="console",
            event_id=f"act-{next(self._numbers)}",
            kind=kind,
            conversation_id=thread,
            who=volunteer_named(self.store, who.title(), "volunteer", self.at),
            received_at=self.at,
            text=text,
        )
        return self._happens(name, channel, act)

    def broadcast(self, name: str, text: str, *, channel: str = "sms") -> Turn:
        """Note in the thread that the campaign has sent everybody this text; who has stopped us does not get it."""
        self._thoughts.clear()
        with self.store.unit(FaultPoint.STAFF) as unit:
            thread = unit.introduce(channel, _SENDER, name)
        head = self.log.head(thread)
        if head is not None and head.stopped_at is not None:
            return self._turn(name, channel, Outcome("refused", "the voter has stopped us"))
        with self.store.unit(FaultPoint.STAFF) as unit:
            row = unit.connection.execute(
                insert(message).values(_broadcast_row(thread, channel, text, self.at)).returning(message.c.id)
            )
            self._told.add(row.scalar_one())
        return self._turn(name, channel, Outcome("applied"))

    def wait(self, name: str, span: timedelta, *, channel: str = "sms") -> Turn:
        """Let time pass, and everything that falls due in it."""
        self._thoughts.clear()
        ends = self.at + span
        while self.at < ends:
            self.at = min(ends, self.at + timedelta(seconds=max(1.0, span.total_seconds() / _MOST_ROUNDS)))
            self._work()
        return self._turn(name, channel, Outcome("applied"))

    def after_hold(self, name: str, *, channel: str = "sms") -> Turn:
        """Let the hold on a volunteer's words run out."""
        return self.wait(name, self._hold, channel=channel)

    # --- how it goes on -----------------------------------------------------------------------------------------------

    def _inbound(
        self, name: str, text: str, *, channel: str, media: int = 0, choice: str | None = None, language: str | None
    ) -> Inbound:
        return Inbound(
            channel=channel,
            event_id=f"{next(self._numbers)}",
            sender=_SENDER,
            address=name,
            text=text,
            received_at=self.at,
            media=tuple(Media(f"https://example.org/{at}.jpg", "image/jpeg") for at in range(media)),
            choice=choice,
            language=language,
        )

    def _happens(self, name: str, channel: str, *events: Event) -> Turn:
        self._thoughts.clear()
        with self.store.unit(FaultPoint.ACCEPT) as unit:
            *_, outcome = unit.accept(events)
        self._work()
        return self._turn(name, channel, outcome)

    def _work(self) -> None:
        """Work until nothing is due any more."""
        for _ in range(_MOST_ROUNDS):
            due = self.store.due()
            if not due:
                return
            if due & {"timers", "kept"}:
                with self.store.unit(FaultPoint.TIMER) as unit:
                    unit.fire_timers(100)
                    unit.erase(100)
            if due & {"think", "timers"}:
                think(self._mind)
            if "effects" in due:
                run_effects(self.store, {LOOK_UP: looking_up(self.lookup)})
            self._sender.drain()

    def _turn(self, name: str, channel: str, outcome: Outcome) -> Turn:
        thread = self.log.thread_of(channel, name)
        if thread is None:
            return Turn(None, (), (), outcome, None, None)
        replies = tuple(
            line
            for line in self.log.lines(thread)
            if line.direction == "out" and line.state in ("sent", "delivered") and line.id not in self._told
        )
        self._told |= {line.id for line in replies}
        thoughts = [thought for thought in self._thoughts if thought.waiting.thread.id == thread]
        found = [act for thought in thoughts for act in acts(thought.step)]
        found += [f"replies_in:{line.language}" for line in replies]
        reading = next((thought.reading for thought in thoughts if thought.reading.intent), None)
        head = self.log.head(thread)
        last = thoughts[-1].step.thread if thoughts else None
        return Turn(reading, replies, tuple(dict.fromkeys(found)), outcome, last, head)

    def now(self) -> datetime:
        """Return the moment that everything happens at."""
        return self.at


_free: deque[Database] = deque()
"""Databases of stages that are closed. The next stage writes a blank one over it and keeps what SQLAlchemy has compiled
for it, which is a third of the time that a conversation takes."""


@cache
def _blank() -> Database:
    """Return an empty database of the newest schema, migrated once: a stage copies it in 2 ms instead of 70."""
    database = Database("sqlite://")
    upgrade(database)
    return database


def _driver(database: Database) -> sqlite3.Connection:
    with database.reading() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver  # the one connection of a database in memory, which stays open


def _recorder(name: str, can: Capabilities) -> Recorder:
    kind: type[Recorder] = type("Recorder", (Recorder,), {"name": name, "can": can})
    return kind()


def _broadcast_row(thread: int, channel: str, text: str, at: datetime) -> dict[str, object]:
    return {
        "conversation_id": thread,
        "direction": "out",
        "who": "campaign",
        "text": text,
        "key": uuid4(),
        "sender": _SENDER,
        "channel": channel,
        "created_at": at,
        "due_at": at,
        "state": "sent",
    }
