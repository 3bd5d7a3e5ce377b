"""Thinking: which conversations wait, and those whose words cannot be answered."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from bot.engine.thread import Stop, Thread, from_json
from bot.ports import Incoming, Waiting
from bot.store.database import Database
from bot.store.policy import Policy
from bot.store.tables import Moment, handoff, inbox

MAX_ATTEMPTS = 5

_CLAIM = """
SELECT c.id, c.sender, c.state, c.owner, c.epoch, c.waiting_since, c.address_id, a.address, a.channel, a.stopped_at, a.held_by
FROM (
  SELECT conversation_id, min(id) AS first FROM inbox WHERE state = 'new' {only}
  GROUP BY conversation_id HAVING max(due_at) IS NULL OR max(due_at) <= :now
) AS w
JOIN conversation AS c ON c.id = w.conversation_id
JOIN address AS a ON a.id = c.address_id
ORDER BY w.first LIMIT :most
"""
# All new rows are grouped: an index-only scan of a bounded backlog, and a flood from one address hides nobody.


# Statements are made once: building one costs more than running it.
_CASES = select(handoff.c.conversation_id, handoff.c.id, handoff.c.state).where(
    handoff.c.conversation_id.in_(bindparam("threads", expanding=True))
)
_NEW_ROWS = (
    select(
        inbox.c.id,
        inbox.c.conversation_id,
        inbox.c.kind,
        inbox.c.payload,
        inbox.c.received_at,
        inbox.c.attempts,
        inbox.c.channel,
    )
    .where(inbox.c.conversation_id.in_(bindparam("threads", expanding=True)), inbox.c.state == "new")
    .order_by(inbox.c.id)
)


class Threads:
    """Hands conversations to the thinking side and counts its failures."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy
        lock = database.locking(" FOR NO KEY UPDATE OF c SKIP LOCKED")
        self._claim_oldest = _typed(_CLAIM.format(only="") + lock)
        self._claim_only = _typed(_CLAIM.format(only="AND conversation_id = :thread") + lock)

    def claim(self, connection: Connection, limit: int, now: datetime, only: int | None = None) -> list[Waiting]:
        """Return conversations with new rows, locked until the transaction ends where the database can."""
        values = {"now": now, "most": limit} | ({"thread": only} if only is not None else {})
        rows = connection.execute(self._claim_only if only is not None else self._claim_oldest, values).all()
        waiting = self._new_rows(connection, [row.id for row in rows])
        return [
            Waiting(self._thread(row), row.address_id, row.address, row.sender, waiting[row.id])
            for row in rows
            if row.id in waiting
        ]

    def _new_rows(self, connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Incoming, ...]]:
        if not ids:
            return {}
        rows = connection.execute(_NEW_ROWS, {"threads": ids})
        found: dict[int, list[Incoming]] = {}
        for row in rows:
            payload = json.loads(row.payload or "{}")
            one = Incoming(row.id, row.kind, payload, row.received_at, row.attempts, row.channel)
            found.setdefault(row.conversation_id, []).append(one)
        return {key: tuple(value) for key, value in found.items()}

    def _thread(self, row: Any) -> Thread:
        return from_json(
            json.loads(row.state),
            id=row.id,
            channel=row.channel,
            language=self._policy.language,
            owner=row.owner,
            epoch=row.epoch,
            waiting_since=row.waiting_since,
            stopped=Stop(row.stopped_at, row.held_by) if row.stopped_at else None,
        )

    def cases(self, connection: Connection, threads: Sequence[int]) -> dict[int, dict[int, str]]:
        """Return the cases of each of `threads`: number -> state."""
        found: dict[int, dict[int, str]] = {}
        for row in connection.execute(_CASES, {"threads": list(threads)}):
            found.setdefault(row.conversation_id, {})[row.id] = row.state
        return found

    # --- failing ------------------------------------------------------------------------------------------------------

    def give_up(self, connection: Connection, waiting: Waiting, error: str, now: datetime) -> bool:
        """Count a failed attempt at the oldest row; the last one makes it dead and lets later rows flow."""
        row = waiting.rows[0]
        attempts = row.attempts + 1
        dead = attempts >= MAX_ATTEMPTS
        connection.execute(
            update(inbox)
            .where(inbox.c.id == row.id, inbox.c.state == "new")
            .values(
                attempts=attempts,
                error=error[:400],
                state="dead" if dead else "new",
                due_at=None if dead else now + timedelta(seconds=2**attempts),
            )
        )
        return dead


def _typed(statement: str) -> Any:
    moments = dict.fromkeys(("waiting_since", "stopped_at"), Moment)
    return text(statement).columns(**moments).bindparams(bindparam("now", type_=Moment))
