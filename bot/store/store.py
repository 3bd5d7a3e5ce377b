"""The database as the rest of the product sees it: units to write with, and a few counts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, text

from bot.ports import Claimed, FaultPoint
from bot.store.database import Database
from bot.store.effects import Effects
from bot.store.facts import FactShelf
from bot.store.intake import Intake
from bot.store.outbox import Outbox
from bot.store.policy import Policy
from bot.store.stops import stopped_by_providers
from bot.store.tables import Moment, inbox, message, organisation
from bot.store.thoughts import Thoughts
from bot.store.threads import Threads
from bot.store.unit import SqlUnit

_DUE = text("""
SELECT
  EXISTS (SELECT 1 FROM inbox WHERE state = 'new' AND (due_at IS NULL OR due_at <= :now)) AS think,
  EXISTS (SELECT 1 FROM message WHERE state = 'queued' AND due_at <= :now)
    OR EXISTS (SELECT 1 FROM message WHERE state = 'unsure' AND due_at <= :now)
    OR EXISTS (SELECT 1 FROM desk_call WHERE state IN ('queued', 'unsure') AND due_at <= :now) AS send,
  EXISTS (SELECT 1 FROM effect WHERE (state = 'new' AND due_at <= :now)
    OR (state = 'running' AND locked_until < :now)) AS effects,
  EXISTS (SELECT 1 FROM timer WHERE due_at <= :now) AS timers,
  EXISTS (SELECT 1 FROM message WHERE state = 'sending' AND locked_until < :now)
    OR EXISTS (SELECT 1 FROM desk_call WHERE state = 'sending' AND locked_until < :now) AS lapsed,
  EXISTS (SELECT 1 FROM message WHERE erase_at <= :now AND state NOT IN ('queued', 'sending', 'unsure')) AS kept
""").bindparams(bindparam("now", type_=Moment))
_COUNTED = 20_000
"""A backlog is counted up to here; beyond it only "too many" matters."""


class SqlStore:
    """One database with the settings that its transactions need."""

    def __init__(self, database: Database, policy: Policy, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.policy = policy
        self.clock = clock
        with database.reading() as connection:
            key = connection.execute(select(organisation.c.hash_key)).scalar_one()
        self.hash_key: bytes = key
        self.facts = FactShelf(database)
        self._parts = (
            Intake(database, key),
            Threads(database, policy),
            Thoughts(database, policy),
            Outbox(database, policy, self.facts),
            Effects(database),
        )

    def unit(self, point: FaultPoint) -> SqlUnit:
        """Return a unit whose commit is the fault point `point`."""
        return SqlUnit(self.database, self._parts, point, self.clock)

    def due(self) -> frozenset[Any]:
        """Return what has something due at this moment: think, send, effects, timers, lapsed, kept."""
        with self.database.reading() as connection:
            row = connection.execute(_DUE, {"now": self.clock()}).one()
        return frozenset(name for name, is_due in row._mapping.items() if is_due)  # noqa: SLF001 -- its documented name

    def taken_ids(self, row: Claimed) -> frozenset[str]:
        """Return the provider's ids that other rows to the same voter hold."""
        of = select(message.c.conversation_id).where(message.c.id == row.id).scalar_subquery()
        with self.database.reading() as connection:
            found = connection.execute(
                select(message.c.provider_id).where(
                    message.c.conversation_id == of, message.c.id != row.id, message.c.provider_id.is_not(None)
                )
            ).scalars()
            return frozenset(one for one in found if one is not None)

    def stopped_by_providers(self, since: datetime) -> int:
        """Return how many voters a provider has told us to be stopped whom we took for active."""
        with self.database.reading() as connection:
            return stopped_by_providers(connection, since)

    def backlog(self) -> tuple[int, int]:
        """Return how many inbox rows are new and how many messages are queued, each counted up to 20,000."""
        with self.database.reading() as connection:
            counts = [
                connection.execute(
                    select(func.count()).select_from(
                        select(table.c.id).where(text(f"state = '{state}'")).limit(_COUNTED).subquery()
                    )
                ).scalar_one()
                for table, state in ((inbox, "new"), (message, "queued"))
            ]
        return counts[0], counts[1]
