"""The dead: what could not be handled or sent, shown, tried again under the same key, or dropped."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Table, select, update

from bot.ports import FaultPoint
from bot.store.ledger import append_audit
from bot.store.store import SqlStore
from bot.store.tables import desk_call, effect, inbox, message

Kind = Literal["inbox", "message", "desk_call", "effect"]
_TABLES: dict[str, tuple[Table, str]] = {
    # kind -> table, and the state in which it is tried again
    "inbox": (inbox, "new"),
    "message": (message, "queued"),
    "desk_call": (desk_call, "queued"),
    "effect": (effect, "new"),
}


@dataclass(frozen=True, slots=True)
class Dead:
    """One row that nothing more happens to by itself. Its name is `kind:id`."""

    kind: str
    id: int
    thread: int | None
    attempts: int
    error: str
    at: datetime | None
    body: str = ""
    """What came in and could not be read, as it came: it may hold a voter's words and belongs into no log."""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.id}"


def list_dead(store: SqlStore, most: int = 200) -> list[Dead]:
    """Return dead rows, oldest first of each kind."""
    found: list[Dead] = []
    with store.database.reading() as connection:
        for kind, (table, _) in _TABLES.items():
            rows = connection.execute(
                select(table).where(table.c.state == "dead").order_by(table.c.id).limit(most)
            ).all()
            found += [_dead(kind, row) for row in rows]
    return found


def one_dead(store: SqlStore, name: str) -> Dead | None:
    """Return the dead row called `kind:id`, or None."""
    kind, _, number = name.partition(":")
    if kind not in _TABLES or not number.isdigit():
        return None
    table, _ = _TABLES[kind]
    with store.database.reading() as connection:
        row = connection.execute(select(table).where(table.c.id == int(number), table.c.state == "dead")).first()
    return _dead(kind, row) if row else None


def replay(store: SqlStore, dead: Dead, actor: str, now: datetime) -> bool:
    """Try a dead row again; it keeps its key, so that nothing is doubled where the provider can be asked."""
    _, state = _TABLES[dead.kind]
    values: dict[str, Any] = {"state": state, "attempts": 0, "error": None, "due_at": now}
    return _change(store, dead, actor, now, "dead.replay", values)


def drop(store: SqlStore, dead: Dead, actor: str, now: datetime) -> bool:
    """Give a dead row up; it stays in the log as dropped."""
    state = {"inbox": "done", "effect": "done"}.get(dead.kind, "cancelled")
    return _change(store, dead, actor, now, "dead.drop", {"state": state, "error": "dropped"})


def _change(store: SqlStore, dead: Dead, actor: str, now: datetime, action: str, values: dict[str, Any]) -> bool:
    table, _ = _TABLES[dead.kind]
    with store.unit(FaultPoint.STAFF) as unit:
        changed = unit.connection.execute(
            update(table).where(table.c.id == dead.id, table.c.state == "dead").values(values)
        ).rowcount
        if changed:
            _audited(unit.connection, actor, action, dead, now)
    return bool(changed)


def _audited(connection: Connection, actor: str, action: str, dead: Dead, now: datetime) -> None:
    append_audit(connection, actor, action, dead.name, now)


def _dead(kind: str, row: Any) -> Dead:
    at = getattr(row, "received_at", None) or getattr(row, "created_at", None) or getattr(row, "due_at", None)
    body = json.loads(row.payload).get("body", "") if kind == "effect" else ""
    return Dead(kind, row.id, row.conversation_id, row.attempts, row.error or "", at, body)
