"""Effects and timers: work that leaves a transaction, and moments that come back into a thread."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, text, update

from bot.ports import RECOVER, EffectRow
from bot.store.database import Database
from bot.store.tables import Moment, effect, inbox, timer

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
EVERY = timedelta(minutes=5)
"""How often a standing job runs."""

_CLAIM = """
SELECT e.id, e.kind, e.conversation_id, e.payload, e.attempts FROM effect AS e
WHERE (e.state = 'new' AND e.due_at <= :now) OR (e.state = 'running' AND e.locked_until < :now)
ORDER BY e.due_at, e.id LIMIT :most
"""
_DUE = "SELECT t.id, t.conversation_id, t.kind, t.payload FROM timer AS t WHERE t.due_at <= :now ORDER BY t.due_at LIMIT :most"


class Effects:
    """Hands effects to workers and brings results and due timers back as inbox rows."""

    def __init__(self, database: Database) -> None:
        self._database = database
        now = bindparam("now", type_=Moment)
        self._claim = text(_CLAIM + database.locking(" FOR UPDATE OF e SKIP LOCKED")).bindparams(now)
        self._due = text(_DUE + database.locking(" FOR UPDATE OF t SKIP LOCKED")).bindparams(now)

    def claim(self, connection: Connection, limit: int, now: datetime) -> list[EffectRow]:
        """Return effects that are due, leased for a minute; an effect is done at least once."""
        rows = connection.execute(self._claim, {"now": now, "most": limit}).all()
        if rows:
            connection.execute(
                update(effect)
                .where(effect.c.id.in_([row.id for row in rows]))
                .values(state="running", attempts=effect.c.attempts + 1, locked_until=now + LEASE)
            )
        return [
            EffectRow(row.id, row.kind, row.conversation_id, json.loads(row.payload), row.attempts + 1) for row in rows
        ]

    def settle(
        self, connection: Connection, row: EffectRow, result: Mapping[str, Any] | None, error: str, now: datetime
    ) -> None:
        """Write the result, and bring it into the conversation; an error waits and is tried again, five times."""
        if result is None and (row.attempts < MAX_ATTEMPTS or row.kind == RECOVER):
            wait = min(EVERY, timedelta(seconds=2**row.attempts))
            values: dict[str, Any] = {
                "state": "new",
                "error": error[:400],
                "due_at": now + wait,
            }
            connection.execute(update(effect).where(effect.c.id == row.id).values(**values, locked_until=None))
            return
        if result is not None and "again" in result:  # a standing job sets its own next time
            values = {"state": "new", "attempts": 0, "due_at": now + EVERY, "payload": json.dumps(result["again"])}
            connection.execute(
                update(effect).where(effect.c.id == row.id).values(**values, error=None, locked_until=None)
            )
            return
        state = "dead" if result is None else "done"
        result = result or {"outcome": "missing", "slots": row.payload.get("slots", {})}
        values = {"state": state, "result": json.dumps(result)}
        if state == "done" and row.conversation_id is not None:
            # A voter's address was in it: what came of it goes back to the thread, and is kept only there.
            values |= {"payload": "{}", "result": json.dumps({"outcome": result["outcome"]})}
        connection.execute(
            update(effect).where(effect.c.id == row.id).values(**values, error=error[:400] or None, locked_until=None)
        )
        if row.conversation_id is not None:
            payload = {"effect": row.kind, "epoch": row.payload.get("epoch", 0), **result}
            self._return(connection, row.conversation_id, "effect", str(row.id), payload, now)

    def sweep(self, connection: Connection) -> int:
        """Let what a dead worker had begun begin anew at once; `claim` finds lapsed leases by itself."""
        swept = connection.execute(
            update(effect).where(effect.c.state == "running").values(state="new", locked_until=None)
        )
        return swept.rowcount

    def fire(self, connection: Connection, limit: int, now: datetime) -> int:
        """Turn timers that are due into inbox rows, each once."""
        rows = connection.execute(self._due, {"now": now, "most": limit}).all()
        for row in rows:
            payload = {"timer": row.kind, **json.loads(row.payload)}
            self._return(connection, row.conversation_id, "timer", str(row.id), payload, now)
        if rows:
            connection.execute(delete(timer).where(timer.c.id.in_([row.id for row in rows])))
        return len(rows)

    def standing(
        self, connection: Connection, kind: str, ref: str, payload: Mapping[str, Any], due_at: datetime
    ) -> None:
        """Let a standing job run at `due_at`; one that exists keeps what it remembers."""
        row = {"kind": kind, "ref": ref, "payload": json.dumps(payload), "state": "new", "due_at": due_at}
        made = self._database.insert(effect).values(row)
        connection.execute(
            made.on_conflict_do_update(
                index_elements=["kind", "ref"], set_={"state": "new", "due_at": due_at, "attempts": 0}
            )
        )

    def _return(
        self,
        connection: Connection,
        conversation_id: int,
        kind: str,
        event_id: str,
        payload: Mapping[str, Any],
        now: datetime,
    ) -> None:
        row = {
            "channel": kind,
            "event_id": event_id,
            "conversation_id": conversation_id,
            "kind": kind,
            "payload": json.dumps(payload, ensure_ascii=False),
            "received_at": now,
            "state": "new",
        }
        connection.execute(self._database.insert(inbox).values(row).on_conflict_do_nothing())
