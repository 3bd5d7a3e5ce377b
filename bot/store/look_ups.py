"""Answers about polling places, kept for at most a day under keyed hashes: no address is in them, nor in their keys."""

from datetime import datetime

from sqlalchemy import delete, select

from bot.ports import FaultPoint
from bot.store.store import SqlStore
from bot.store.tables import look_up


class SqlLookUps:
    """Keeps answers until they lapse."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def get(self, key: bytes) -> str | None:
        """Return what was kept under `key` and has not lapsed."""
        with self._store.database.reading() as connection:
            return connection.execute(
                select(look_up.c.answer).where(look_up.c.key == key, look_up.c.expires_at > self._store.clock())
            ).scalar()

    def put(self, key: bytes, answer: str, until: datetime) -> None:
        """Keep `answer` until then; two workers may keep the same one."""
        row = {"key": key, "answer": answer, "expires_at": until}
        made = self._store.database.insert(look_up).values(row)
        with self._store.unit(FaultPoint.LOOK_UP) as unit:
            unit.connection.execute(
                made.on_conflict_do_update(
                    index_elements=["key"],
                    set_={"answer": made.excluded.answer, "expires_at": made.excluded.expires_at},
                )
            )

    def forget(self) -> int:
        """Drop what has lapsed; return how many answers."""
        with self._store.unit(FaultPoint.LOOK_UP) as unit:
            gone = unit.connection.execute(delete(look_up).where(look_up.c.expires_at <= self._store.clock()))
            return gone.rowcount
