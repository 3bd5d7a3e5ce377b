"""Reading cases for a desk that shows them elsewhere: what a card says, where it stands, whose words go with it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bot.store.log import Head, Line, Log
from bot.store.store import SqlStore
from bot.store.tables import conversation, desk_call, handoff, inbox, message

SHOWN_LINES = 6
"""How many of the last messages a card shows."""


@dataclass(frozen=True, slots=True)
class Case:
    """A handoff with its thread, as it is at this moment. `place` is where its card stands, if it does."""

    id: int
    state: str
    team: str
    why: str
    priority: str
    created_at: datetime
    resolved_at: datetime | None
    place: str | None
    head: Head
    home_state: str
    """The two letters of the voter's state, where they have said it."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """Words from the inbox: who wrote them, at which channel or desk, and what kind of act it was."""

    event_id: str
    source: str
    kind: str
    who: str
    name: str
    text: str
    media: int


class Cases:
    """Reads cases of one database."""

    def __init__(self, store: SqlStore, log: Log) -> None:
        self._database = store.database
        self._log = log

    def case(self, case_id: int) -> Case | None:
        """Return a case with its thread, or None."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(handoff, conversation.c.state.label("memory"))
                .join(conversation, handoff.c.conversation_id == conversation.c.id)
                .where(handoff.c.id == case_id)
            ).first()
        head = self._log.head(row.conversation_id) if row is not None else None
        if row is None or head is None:
            return None
        return Case(
            id=row.id,
            state=row.state,
            team=row.team,
            why=row.why,
            priority=row.priority,
            created_at=row.created_at,
            resolved_at=row.resolved_at,
            place=row.desk_ref,
            head=head,
            home_state=str(json.loads(row.memory).get("known", {}).get("state", "")),
            lines=tuple(self._log.lines(row.conversation_id, most=SHOWN_LINES)),
        )

    def at(self, place: str) -> tuple[int, int] | None:
        """Return the thread and the case whose card stands at `place`."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(handoff.c.conversation_id, handoff.c.id).where(handoff.c.desk_ref == place)
            ).first()
        return (row.conversation_id, row.id) if row is not None else None

    def is_placing(self, desk: str) -> bool:
        """Return whether a card may stand at `desk` already whose place is not written down yet."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(desk_call.c.id)
                .join(handoff, desk_call.c.handoff_id == handoff.c.id)
                .where(
                    desk_call.c.desk == desk,
                    desk_call.c.state.in_(("sending", "unsure")),
                    handoff.c.desk_ref.is_(None),
                )
                .limit(1)
            ).first()
        return row is not None

    def written(self, rows: Sequence[int]) -> list[Written]:
        """Return the words of inbox rows, oldest first; rows whose payload was purged are left out."""
        with self._database.reading() as connection:
            found = connection.execute(
                select(inbox.c.event_id, inbox.c.channel, inbox.c.kind, inbox.c.payload)
                .where(inbox.c.id.in_(list(rows)), inbox.c.payload.is_not(None))
                .order_by(inbox.c.id)
            ).all()
        return [_written(row.event_id, row.channel, row.kind, json.loads(row.payload)) for row in found]

    def words_of(self, key: UUID) -> Written | None:
        """Return the volunteer's words that a message to the voter was made of."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(inbox.c.event_id, inbox.c.channel, inbox.c.kind, inbox.c.payload)
                .join(message, message.c.inbox_id == inbox.c.id)
                .where(message.c.key == key, inbox.c.payload.is_not(None))
            ).first()
        return _written(row.event_id, row.channel, row.kind, json.loads(row.payload)) if row is not None else None


def _written(event_id: str, source: str, kind: str, payload: dict[str, object]) -> Written:
    media = payload.get("media")
    return Written(
        event_id=event_id,
        source=source,
        kind=kind,
        who=str(payload.get("who", "")),
        name=str(payload.get("name", "")),
        text=str(payload.get("text", "")),
        media=len(media) if isinstance(media, list) else 0,
    )
