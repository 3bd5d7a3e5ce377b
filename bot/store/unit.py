"""The unit of work: the only transaction of the product."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection

from bot.message import Event, Outcome
from bot.ports import Claimed, EffectRow, FaultPoint, Settled, Thought, Waiting
from bot.store.database import Database
from bot.store.effects import Effects
from bot.store.intake import Intake
from bot.store.keeping import erase
from bot.store.outbox import Outbox
from bot.store.thoughts import Thoughts
from bot.store.threads import Threads


class SqlUnit:
    """A transaction that begins with the first thing that needs one and commits when its block ends well.

    On SQLite, conversations are read before it begins (there is one thinker), so that texts are understood while others
    may write; `record` then checks that nothing has overtaken them.
    """

    def __init__(
        self,
        database: Database,
        parts: tuple[Intake, Threads, Thoughts, Outbox, Effects],
        point: FaultPoint,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._intake, self._threads, self._thoughts, self._outbox, self._effects = parts
        self._point = point
        self._clock = clock
        self._stack = ExitStack()
        self._begun: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._begun = None
        self._stack.__exit__(kind, error, trace)

    @property
    def connection(self) -> Connection:
        """The transaction's connection; the first use begins it."""
        if self._begun is None:
            self._begun = self._stack.enter_context(self._database.writing(self._point))
        return self._begun

    def accept(self, events: Sequence[Event]) -> list[Outcome]:
        return self._intake.accept(self.connection, events, self._clock())

    def introduce(self, channel: str, sender: str, value: str) -> int:
        """Return the conversation with an address; it is made where it is new."""
        return self._intake.introduce(self.connection, channel, sender, value, self._clock())

    def claim_threads(self, limit: int, only: int | None = None) -> list[Waiting]:
        if self._database.is_sqlite and self._begun is None:
            with self._database.reading() as connection:
                return self._threads.claim(connection, limit, self._clock(), only)
        return self._threads.claim(self.connection, limit, self._clock(), only)

    def cases_of(self, threads: Sequence[int]) -> Mapping[int, Mapping[int, str]]:
        if self._database.is_sqlite and self._begun is None:
            with self._database.reading() as connection:
                return self._threads.cases(connection, threads)
        return self._threads.cases(self.connection, threads)

    def record(self, thoughts: Sequence[Thought]) -> int:
        return self._thoughts.record(self.connection, thoughts, self._clock()) if thoughts else 0

    def give_up(self, waiting: Waiting, error: str) -> bool:
        return self._threads.give_up(self.connection, waiting, error, self._clock())

    def claim(self, limit: int, calls: int | None = None, held: Collection[str] = ()) -> list[Claimed]:
        most = limit if calls is None else min(calls, limit)
        return self._outbox.claim(self.connection, limit, self._clock(), most, held)

    def settle(self, settled: Sequence[Settled]) -> None:
        if settled:
            self._outbox.settle(self.connection, settled, self._clock())

    def sweep(self, alone: timedelta | None = None) -> int:
        swept = self._outbox.sweep(self.connection, self._clock(), alone)
        return swept + (self._effects.sweep(self.connection) if alone is not None else 0)

    def claim_effects(self, limit: int) -> list[EffectRow]:
        return self._effects.claim(self.connection, limit, self._clock())

    def settle_effect(self, row: EffectRow, result: Mapping[str, Any] | None, error: str = "") -> None:
        self._effects.settle(self.connection, row, result, error, self._clock())

    def fire_timers(self, limit: int) -> int:
        return self._effects.fire(self.connection, limit, self._clock())

    def erase(self, limit: int) -> int:
        return erase(self.connection, self._clock(), limit)

    def standing(self, kind: str, ref: str, payload: Mapping[str, Any], due_at: datetime) -> None:
        self._effects.standing(self.connection, kind, ref, payload, due_at)
