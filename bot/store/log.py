"""Reading the log: what a page, a command or a report shows. No writes."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, true

from bot.message import Button, Media
from bot.store.database import Database
from bot.store.intake import media_of
from bot.store.seal import address_hash
from bot.store.tables import OPEN_CASES, address, conversation, handoff, inbox, message, volunteer

SHOWN = ("sent", "delivered", "read", "undelivered")
"""States in which a message is the voter's to see."""
CHAT_PAGE = 100
_SHOWN_TO_VOTER = and_(message.c.direction == "out", message.c.state.in_(SHOWN))


@dataclass(frozen=True, slots=True)
class Line:
    """One message as it is shown. `who` is voter, bot or a volunteer's id; `name` the volunteer's first name."""

    id: int
    direction: str
    who: str
    name: str
    text: str
    at: datetime
    language: str
    state: str
    buttons: tuple[Button, ...]
    media: tuple[Media, ...]
    entry: str
    asks: str
    intent: str
    confidence: float | None
    facts: tuple[str, ...]
    error: str
    due_at: datetime
    event_id: str
    channel: str
    provider_id: str
    content_version: int


@dataclass(frozen=True, slots=True)
class Head:
    """One conversation in a list."""

    id: int
    channel: str
    sender: str
    address: str
    mode: str
    owner: str
    owner_name: str
    waiting_since: datetime | None
    stopped_at: datetime | None
    language: str
    last_at: datetime | None
    """When the voter last wrote, and what."""
    last_text: str
    team: str
    why: str
    priority: str
    handoff_state: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One message of a voter with how it was read and which entries answered it, in order."""

    text: str
    intent: str
    confidence: float
    language: str
    channel: str
    state: str
    entries: tuple[str, ...]


class Log:
    """Reads threads and messages."""

    def __init__(self, database: Database, hash_key: bytes) -> None:
        self._database = database
        self._hash_key = hash_key

    # --- one thread ---------------------------------------------------------------------------------------------------

    def lines(self, thread: int, after: int = 0, most: int = 500) -> list[Line]:
        """Return the last `most` messages of a thread behind the id `after`, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                _lines()
                .where(message.c.conversation_id == thread, message.c.id > after)
                .order_by(message.c.id.desc())
                .limit(most)
            ).all()
        return [_line(row) for row in reversed(rows)]

    def export(self, since: datetime | None = None) -> Iterator[tuple[int, Line]]:
        """Yield every message with its thread, oldest first, a thousand at a time."""
        after = 0
        while True:
            with self._database.reading() as connection:
                found = _lines().add_columns(message.c.conversation_id).where(message.c.id > after)
                if since is not None:
                    found = found.where(message.c.created_at >= since)
                rows = connection.execute(found.order_by(message.c.id).limit(1000)).all()
            if not rows:
                return
            for row in rows:
                yield row.conversation_id, _line(row)
            after = rows[-1].id

    def unread(self, thread: int) -> list[tuple[str, str]]:
        """Return (event id, text) of the voter's messages that wait to be thought about."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(inbox.c.event_id, inbox.c.payload)
                .where(inbox.c.conversation_id == thread, inbox.c.state == "new", inbox.c.kind == "message")
                .order_by(inbox.c.id)
            )
            return [(row.event_id, str(json.loads(row.payload or "{}").get("text", ""))) for row in rows]

    # --- web chat -----------------------------------------------------------------------------------------------------

    def chat(self, value: str, after: int = 0) -> list[Line]:
        """Return our messages to a chat behind the id `after`, the oldest hundred of them.

        They appear in the order of their ids, because one lane sends them: the greatest id seen is a safe place to resume.
        """
        return self._chat(value, message.c.id > after, _SHOWN_TO_VOTER, message.c.id)

    def history(self, value: str) -> list[Line]:
        """Return both sides of a chat, the newest hundred messages, oldest first."""
        which = or_(_SHOWN_TO_VOTER, message.c.direction == "in")
        return self._chat(value, true(), which, message.c.id.desc())[::-1]

    def _chat(self, value: str, *of: Any) -> list[Line]:
        *conditions, order = of
        with self._database.reading() as connection:
            rows = connection.execute(
                _lines()
                .join(conversation, message.c.conversation_id == conversation.c.id)
                .join(address, conversation.c.address_id == address.c.id)
                .where(self._is("web", value), *conditions)
                .order_by(order)
                .limit(CHAT_PAGE)
            ).all()
        return [_line(row) for row in rows]

    def thread_of(self, channel: str, value: str) -> int | None:
        """Return the thread of an address."""
        with self._database.reading() as connection:
            return connection.execute(
                select(conversation.c.id)
                .join(address, conversation.c.address_id == address.c.id)
                .where(self._is(channel, value))
            ).scalar()

    def _is(self, channel: str, value: str) -> Any:
        return and_(
            address.c.channel == channel, address.c.address_hash == address_hash(self._hash_key, channel, value)
        )

    def answered(self, since: datetime) -> list[Answered]:
        """Return what voters have asked since, and what the bot has answered with; what a person answered is left out."""
        reply = message.alias("reply")
        query = (
            select(
                message.c.id,
                message.c.text,
                message.c.intent,
                message.c.confidence,
                message.c.channel,
                conversation.c.state,
                reply.c.language,
                reply.c.entry,
            )
            .join(reply, and_(reply.c.inbox_id == message.c.inbox_id, reply.c.direction == "out"))
            .join(conversation, message.c.conversation_id == conversation.c.id)
            .where(
                message.c.created_at >= since,
                message.c.direction == "in",
                message.c.intent.is_not(None),
                reply.c.who == "bot",
                reply.c.entry.is_not(None),
            )
            .order_by(message.c.id, reply.c.n)
        )
        found: dict[int, Answered] = {}
        with self._database.reading() as connection:
            for row in connection.execute(query):
                one = found.get(row.id)
                if one is None:
                    found[row.id] = _answered(row)
                elif row.entry not in one.entries:
                    found[row.id] = replace(one, entries=(*one.entries, row.entry))
        return list(found.values())

    # --- lists --------------------------------------------------------------------------------------------------------

    def heads(self, which: str = "all", who: str = "", most: int = 100) -> list[Head]:
        """Return threads for a list: queue (waiting, urgent and oldest first), mine, or all (newest first)."""
        query = _heads()
        match which:
            case "queue":
                query = query.where(conversation.c.waiting_since.is_not(None)).order_by(
                    handoff.c.priority.desc(), conversation.c.waiting_since
                )
            case "mine":
                query = query.where(conversation.c.owner == who).order_by(conversation.c.id.desc())
            case _:
                query = query.order_by(conversation.c.id.desc())
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(most)).all()
            return self._with_last(connection, rows)

    def waiting(self) -> int:
        """Return how many threads wait for a person."""
        query = select(func.count()).select_from(conversation).where(conversation.c.waiting_since.is_not(None))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def head(self, thread: int) -> Head | None:
        """Return one thread, or None."""
        with self._database.reading() as connection:
            rows = connection.execute(_heads().where(conversation.c.id == thread)).all()
            found = self._with_last(connection, rows)
        return found[0] if found else None

    def _with_last(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Head]:
        newest = (
            select(func.max(message.c.id))
            .where(message.c.conversation_id.in_([row.id for row in rows]), message.c.direction == "in")
            .group_by(message.c.conversation_id)
        )
        last = {
            row.conversation_id: row
            for row in connection.execute(
                select(message.c.conversation_id, message.c.text, message.c.created_at).where(message.c.id.in_(newest))
            )
        }
        return [_head(row, last.get(row.id)) for row in rows]


def _lines() -> Any:
    return (
        select(
            message.c.id,
            message.c.direction,
            message.c.who,
            volunteer.c.name,
            message.c.text,
            message.c.created_at,
            message.c.language,
            message.c.state,
            message.c.buttons,
            message.c.media,
            message.c.entry,
            message.c.asks,
            message.c.intent,
            message.c.confidence,
            message.c.facts,
            message.c.error,
            message.c.due_at,
            message.c.channel,
            message.c.provider_id,
            message.c.content_version,
            inbox.c.event_id,
        )
        .outerjoin(inbox, message.c.inbox_id == inbox.c.id)
        .outerjoin(volunteer, message.c.who == volunteer.c.id)
    )


def _line(row: Row[Any]) -> Line:
    return Line(
        id=row.id,
        direction=row.direction,
        who=row.who,
        name=row.name or "",
        text=row.text,
        at=row.created_at,
        language=row.language or "",
        state=row.state,
        buttons=tuple(Button(*button) for button in json.loads(row.buttons or "[]")),
        media=media_of(json.loads(row.media or "[]")),
        entry=row.entry or "",
        asks=row.asks or "",
        intent=row.intent or "",
        confidence=row.confidence / 1000 if row.confidence is not None else None,
        facts=tuple((row.facts or "").split()),
        error=row.error or "",
        due_at=row.due_at,
        event_id=row.event_id or "",
        channel=row.channel,
        provider_id=row.provider_id or "",
        content_version=row.content_version,
    )


def _answered(row: Any) -> Answered:
    return Answered(
        text=row.text,
        intent=row.intent,
        confidence=row.confidence / 1000,
        language=row.language or "",
        channel=row.channel,
        state=json.loads(row.state).get("known", {}).get("state", ""),
        entries=(row.entry,),
    )


def _heads() -> Any:
    opened = and_(handoff.c.conversation_id == conversation.c.id, handoff.c.state.in_(OPEN_CASES))
    return (
        select(
            conversation.c.id,
            address.c.channel,
            conversation.c.sender,
            address.c.address,
            conversation.c.mode,
            conversation.c.owner,
            volunteer.c.name.label("owner_name"),
            conversation.c.waiting_since,
            address.c.stopped_at,
            conversation.c.state,
            handoff.c.team,
            handoff.c.why,
            handoff.c.priority,
            handoff.c.state.label("handoff_state"),
        )
        .join(address, conversation.c.address_id == address.c.id)
        .outerjoin(handoff, opened)
        .outerjoin(volunteer, conversation.c.owner == volunteer.c.id)
    )


def _head(row: Row[Any], last: Any) -> Head:
    return Head(
        id=row.id,
        channel=row.channel,
        sender=row.sender,
        address=row.address,
        mode=row.mode,
        owner=row.owner or "",
        owner_name=row.owner_name or row.owner or "",
        waiting_since=row.waiting_since,
        stopped_at=row.stopped_at,
        language=json.loads(row.state).get("language", ""),
        last_at=last.created_at if last else None,
        last_text=last.text if last else "",
        team=row.team or "",
        why=row.why or "",
        priority=row.priority or "",
        handoff_state=row.handoff_state or "",
    )
