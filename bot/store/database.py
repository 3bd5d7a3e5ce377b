"""The connection to the database, and the one way to write to it.

SQLite: WAL with `synchronous=FULL`, one writer at a time; writers queue on a lock of ours, because SQLite's own busy loop
starves the thinker. PostgreSQL: a pool, READ COMMITTED, row locks.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

from bot.ports import FaultPoint

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
)
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A server that has vanished without a word is noticed within half a minute (libpq's parameters, seconds and ms)."""
_PLANS = ("enable_seqscan = off", "jit = off")
"""A statement is planned once for a connection. Planned while its tables were small it would read them whole for ever after:
a burst of 1,200 texts into a fresh database took 34 s instead of 5."""
_BARE = "no_transaction"
Fault = Callable[[str], None]


def no_fault(where: str) -> None:
    """Do nothing at a fault point."""


class Database:
    """An engine with its dialect's ways of beginning, inserting and locking."""

    def __init__(self, url: str, *, pool_size: int = 20, fault: Fault = no_fault) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.fault = fault
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url, pool_size)
        self.insert = sqlite.insert if self.is_sqlite else postgresql.insert
        # Reads begin no transaction: on SQLite we simply do not say BEGIN, on PostgreSQL the driver is told so.
        options = {_BARE: True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        self._reader = self.engine.execution_options(**options)
        self._writer: Any = threading.RLock() if self.is_sqlite else nullcontext()

    @contextmanager
    def writing(self, point: FaultPoint) -> Iterator[Connection]:
        """Yield a connection inside a transaction that commits at the end; `point` names the commit for the fault tests."""
        with self._writer, self.engine.connect() as connection:
            try:
                connection.begin()
                yield connection
            except BaseException:
                connection.rollback()
                raise
            self.fault(f"{point}.before")
            connection.commit()
            self.fault(f"{point}.after")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for reads, each statement by itself: no transaction is left open."""
        with self._reader.connect() as connection:
            yield connection

    def locking(self, clause: str) -> str:
        """Return `clause` where rows can be locked; SQLite has one writer and needs none."""
        return "" if self.is_sqlite else clause

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _postgresql_engine(url: str, pool_size: int) -> Engine:
    at = make_url(url)
    if at.get_driver_name() != "psycopg":
        at = at.set(drivername="postgresql+psycopg")  # platforms hand out postgres:// or postgresql://
    engine = create_engine(at, pool_size=pool_size, max_overflow=4, pool_timeout=5, connect_args=_PATIENCE)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.autocommit = True
        for setting in _PLANS:
            connection.execute(f"SET {setting}")
        connection.autocommit = False

    return engine


def _sqlite_engine(url: str) -> Engine:
    options: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 5}}
    if make_url(url).database in (None, "", ":memory:"):
        options["poolclass"] = StaticPool
    else:
        options |= {"pool_size": 20, "max_overflow": 80}
    engine = create_engine(url, **options)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(_BARE):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
