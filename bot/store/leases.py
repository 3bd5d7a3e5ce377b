"""Leases: what one of all processes may do at a time. One that has died loses its lease within half a minute."""

from datetime import timedelta

from sqlalchemy import delete

from bot.ports import FaultPoint
from bot.store.store import SqlStore
from bot.store.tables import lease

LASTS = timedelta(seconds=30)
"""Longer than the clocks of two machines differ; a process that dies is replaced after it."""


class SqlLeases:
    """Leases in the table `lease`, by the clock of whoever asks."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._insert = store.database.insert(lease)

    def take(self, name: str, holder: str) -> bool:
        """Take or renew `name`; one statement, so that of two who ask at the same instant one gets it."""
        now = self._store.clock()
        row = self._insert.values(name=name, holder=holder, until=now + LASTS)
        taken = row.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": row.excluded.holder, "until": row.excluded.until},
            where=(lease.c.holder == holder) | (lease.c.until <= now),
        ).returning(lease.c.name)
        with self._store.unit(FaultPoint.LEASE) as unit:
            return unit.connection.execute(taken).first() is not None

    def give_back(self, name: str, holder: str) -> None:
        """Drop `name` if it is still `holder`'s."""
        with self._store.unit(FaultPoint.LEASE) as unit:
            unit.connection.execute(delete(lease).where(lease.c.name == name, lease.c.holder == holder))

    def clear(self) -> None:
        """Drop every lease: only for a process that is alone with its database, which one before it may have left behind."""
        with self._store.unit(FaultPoint.LEASE) as unit:
            unit.connection.execute(delete(lease))
