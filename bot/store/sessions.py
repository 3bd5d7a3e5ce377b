"""Session tokens of web chats, of the console and of one-time links. Only their hashes are stored."""

import secrets
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, insert, select, update

from bot.ports import FaultPoint
from bot.store.store import SqlStore
from bot.store.tables import session

IDLE = {"chat": timedelta(hours=24), "console": timedelta(hours=12), "link": timedelta(minutes=10)}
_SEEN_EVERY = timedelta(minutes=5)
"""How exact the idle time is: not every request is a write."""


def token_hash(token: str) -> bytes:
    """Return what is stored of a token: it has 256 random bits, so a plain hash cannot be guessed back."""
    return sha256(token.encode()).digest()


class SqlSessions:
    """Opens, recognises and ends sessions."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def open(self, kind: str, subject: str) -> str:
        """Return a new token for `subject`."""
        token = secrets.token_urlsafe(32)
        now = self._store.clock()
        with self._store.unit(FaultPoint.SESSION) as unit:
            unit.connection.execute(
                insert(session).values(
                    token_hash=token_hash(token),
                    kind=kind,
                    subject=subject,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + IDLE[kind],
                )
            )
        return token

    def subject_of(self, kind: str, token: str) -> str | None:
        """Return whom a token that is still good belongs to; its idle time begins anew."""
        now = self._store.clock()
        hashed = token_hash(token)
        with self._store.database.reading() as connection:
            row = connection.execute(
                select(session.c.subject, session.c.seen_at, session.c.expires_at).where(
                    session.c.token_hash == hashed, session.c.kind == kind
                )
            ).first()
        if row is None or row.expires_at <= now:
            return None
        if kind != "link" and now - row.seen_at > _SEEN_EVERY:
            with self._store.unit(FaultPoint.SESSION) as unit:
                unit.connection.execute(
                    update(session)
                    .where(session.c.token_hash == hashed)
                    .values(seen_at=now, expires_at=now + IDLE[kind])
                )
        subject: str = row.subject
        return subject

    def redeem(self, kind: str, token: str) -> str | None:
        """Return whom a token belongs to and end it in the same moment: of two who try, one gets it."""
        with self._store.unit(FaultPoint.SESSION) as unit:
            subject: str | None = unit.connection.execute(
                delete(session)
                .where(
                    session.c.token_hash == token_hash(token),
                    session.c.kind == kind,
                    session.c.expires_at > self._store.clock(),
                )
                .returning(session.c.subject)
            ).scalar()
        return subject

    def end(self, token: str) -> None:
        """End a session."""
        with self._store.unit(FaultPoint.SESSION) as unit:
            unit.connection.execute(delete(session).where(session.c.token_hash == token_hash(token)))

    def forget_old(self) -> int:
        """Remove sessions that have run out; return how many."""
        with self._store.unit(FaultPoint.SESSION) as unit:
            gone = unit.connection.execute(delete(session).where(session.c.expires_at <= self._store.clock()))
        return gone.rowcount
