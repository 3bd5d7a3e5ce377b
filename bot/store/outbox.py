"""Sending: which rows leave now, and what became of them. Messages and desk calls share one claim and one settlement."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection, Row, String, Table, bindparam, case, or_, select, text, true, update

from bot.engine.decision import Purpose
from bot.engine.gate import Leaving, Verdict, may_leave
from bot.message import Button, DeskCall, Outbound
from bot.ports import Claimed, Settled
from bot.store.database import Database
from bot.store.facts import FactShelf
from bot.store.intake import media_of
from bot.store.policy import Policy
from bot.store.stops import stop
from bot.store.tables import OPEN_CASES, Moment, address, conversation, desk_call, handoff, inbox, message

LEASE = timedelta(seconds=60)
_FACT = "fact:"
"""How the id of anything begins that a check, a freeze or an expiry may overtake; a link's does not."""

_CLAIM_MESSAGES = """
SELECT m.id, m.conversation_id, m.key, m.sender, m.channel, m.text, m.media, m.buttons, m.language, m.purpose, m.epoch,
       m.asked_at, m.leaves_by, m.attempts, m.created_at, m.state, m.who, m.facts, m.entry, m.inbox_id,
       c.epoch AS now_epoch, c.owner, c.address_id
FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id
WHERE m.state = 'queued' AND m.due_at <= :now AND m.id = (
  SELECT min(o.id) FROM message AS o
  WHERE o.conversation_id = m.conversation_id AND o.state IN ('queued', 'sending', 'unsure')
)
ORDER BY m.priority, m.due_at, m.id LIMIT :most
"""
_CLAIM_CALLS = """
SELECT m.id, m.conversation_id, m.handoff_id, m.key, m.desk, m.kind, m.payload, m.attempts, m.created_at, m.state
FROM desk_call AS m
WHERE m.state IN ('queued', 'unsure') AND m.due_at <= :now AND m.desk || ':' || m.kind NOT IN :held AND m.id = (
  SELECT min(o.id) FROM desk_call AS o WHERE o.lane = m.lane AND o.state IN ('queued', 'sending', 'unsure')
)
ORDER BY m.priority, m.id LIMIT :most
"""
# Oldest first, whenever each was last tried: after an outage the cards come in the order in which the voters asked.
_CLAIM_UNSURE = """
SELECT m.id, m.conversation_id, m.key, m.sender, m.channel, m.text, m.media, m.buttons, m.language, m.attempts,
       m.created_at, m.state, m.who, a.address
FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id JOIN address AS a ON a.id = c.address_id
WHERE m.state = 'unsure' AND m.due_at <= :now
ORDER BY m.due_at, m.id LIMIT :most
"""
# A lane is asked for its oldest open row, one by one in the order of the queue, so that a claim ends after `most` rows: a
# join of everything that waits with everything that is open cost 10 ms a claim at a thousand rows, this one 1 ms at any.
_OF_ROW = " FOR UPDATE OF m SKIP LOCKED"
_OF_MESSAGE = _OF_ROW + " FOR SHARE OF c SKIP LOCKED"
# The share lock on the conversation makes a stop or a claim wait for this short transaction: nothing is claimed after it.


_ADDRESSES = select(address.c.id, address.c.address, address.c.stopped_at, address.c.held_by).where(
    address.c.id.in_(bindparam("ids", expanding=True))
)
_MARKS = {
    table.name: update(table)
    .where(table.c.id.in_(bindparam("ids", expanding=True)))
    .values(state="sending", attempts=table.c.attempts + 1, locked_until=bindparam("until", type_=Moment))
    for table in (message, desk_call)
}


@dataclass(frozen=True, slots=True)
class _Ruled:
    row: Row[Any]
    state: str
    rule: str = ""


class Outbox:
    """Hands rows to the sending side and takes back what came of them."""

    def __init__(self, database: Database, policy: Policy, facts: FactShelf) -> None:
        self._database = database
        self._policy = policy
        self._facts = facts
        lock = database.locking(_OF_MESSAGE)
        now = bindparam("now", type_=Moment)
        self._messages = _typed(_CLAIM_MESSAGES + lock, message).bindparams(now)
        row_lock = database.locking(_OF_ROW)
        self._unsure = _typed(_CLAIM_UNSURE + row_lock, message).bindparams(now)
        self._settlements = {"message": _settlement(message), "desk_call": _settlement(desk_call)}
        held: Any = bindparam("held", expanding=True, type_=String)
        self._calls = _typed(_CLAIM_CALLS + row_lock, desk_call).bindparams(now, held)

    def claim(
        self, connection: Connection, limit: int, now: datetime, calls: int, held: Collection[str] = ()
    ) -> list[Claimed]:
        """Return rows to send or to ask the provider about, marked `sending`: up to `limit` of each kind, `calls` of desks.

        Calls of a kind that is `held` back stay where they are.
        """
        rows = connection.execute(self._messages, {"now": now, "most": limit}).all()
        doubted = connection.execute(self._unsure, {"now": now, "most": limit}).all()
        shown = self._claimed_calls(connection, now, calls, held) if calls else []
        claimed = self._ruled(connection, rows, now) if rows else []
        claimed += [self._message(row, row.address, now) for row in doubted]
        self._mark(connection, message, [row.id for row in claimed], now)
        return claimed + [_call(row, now) for row in shown]

    def _claimed_calls(
        self, connection: Connection, now: datetime, most: int, held: Collection[str]
    ) -> Sequence[Row[Any]]:
        """Return calls to desks, marked; a changed card is shown once, as it is by then."""
        rows = connection.execute(self._calls, {"now": now, "most": most, "held": list(held)}).all()
        self._mark(connection, desk_call, [row.id for row in rows], now)
        updates = [row for row in rows if row.kind == "update"]
        if updates:
            connection.execute(
                update(desk_call)
                .where(
                    desk_call.c.lane.in_([row.desk + ":" + str(row.conversation_id) for row in updates]),
                    desk_call.c.handoff_id.in_([row.handoff_id for row in updates]),
                    desk_call.c.kind == "update",
                    desk_call.c.state == "queued",
                )
                .values(state="cancelled", error="the card is shown anew anyway")
            )
        return rows

    def _ruled(self, connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Claimed]:
        """Ask the gate about each row; write down what may not leave."""
        # Read after the rows are locked: a stop that was committed before that is seen here.
        ids = {row.address_id for row in rows}
        addresses = {row.id: row for row in connection.execute(_ADDRESSES, {"ids": list(ids)})}
        ruled = [self._ruling(row, addresses[row.address_id], now) for row in rows]
        for one in ruled:
            if one.rule == "too_late" and one.row.purpose == Purpose.ANSWER.value:
                self._think_again(connection, one.row, now)  # its days are over: what holds now is said
        ruled = self._facts_hold(connection, ruled, now)
        stays = [one for one in ruled if one.state != "sending"]
        for one in stays:
            if one.row.who != "bot":
                self._mark_words(connection, one.row.conversation_id, one.row.key, one.state, one.rule, now)
        if stays:
            connection.execute(
                update(message)
                .where(message.c.id == bindparam("row_id"))
                .values(state=bindparam("state"), error=bindparam("error")),
                [{"row_id": one.row.id, "state": one.state, "error": one.rule} for one in stays],
            )
        return [
            self._message(one.row, addresses[one.row.address_id].address, now)
            for one in ruled
            if one.state == "sending"
        ]

    def _facts_hold(self, connection: Connection, ruled: list[_Ruled], now: datetime) -> list[_Ruled]:
        """Hold back what says a fact that has changed, expired or been frozen since; its thread is thought about anew."""
        if not any(one.state == "sending" and _FACT in (one.row.facts or "") for one in ruled):
            return ruled
        records = self._facts.within(connection)
        found = []
        for one in ruled:
            if one.state == "sending" and not self._policy.still(records, (one.row.facts or "").split(), now):
                found.append(_Ruled(one.row, "withheld", "fact_changed"))
                self._think_again(connection, one.row, now)
            else:
                found.append(one)
        return found

    def _think_again(self, connection: Connection, row: Row[Any], now: datetime) -> None:
        """Let the thread hear that this answer is not sent: it says it anew with what holds now."""
        connection.execute(
            self._database.insert(inbox)
            .values(
                channel="timer",
                event_id=f"fact_changed:{row.inbox_id}:{row.entry}",  # two parts of one answer are said anew once
                conversation_id=row.conversation_id,
                kind="timer",
                payload=json.dumps({"timer": "fact_changed", "epoch": row.epoch, "entry": row.entry or ""}),
                received_at=now,
                state="new",
            )
            .on_conflict_do_nothing()
        )

    def _ruling(self, row: Row[Any], voter: Any, now: datetime) -> _Ruled:
        standing = self._policy.standing(
            channel=row.channel,
            address=voter.address,
            epoch=row.now_epoch,
            owner=row.owner,
            stopped_at=voter.stopped_at,
            held_by=voter.held_by,
        )
        ruling = may_leave(Leaving(Purpose(row.purpose), row.epoch, row.asked_at, row.leaves_by), standing, now)
        match ruling.verdict:
            case Verdict.LEAVE:
                return _Ruled(row, "sending")
            case Verdict.WITHHOLD:
                return _Ruled(row, "withheld", ruling.rule)
            case Verdict.CANCEL:
                return _Ruled(row, "cancelled", ruling.rule)

    def _message(self, row: Row[Any], value: str, now: datetime) -> Claimed:
        outbound = Outbound(
            key=row.key,
            sender=row.sender,
            address=value,
            text=row.text,
            buttons=tuple(Button(*button) for button in json.loads(row.buttons or "[]")),
            media=media_of(json.loads(row.media or "[]")),
            language=row.language or "en",
        )
        return Claimed(
            "message",
            row.id,
            row.channel,
            outbound,
            row.attempts + 1,
            row.created_at,
            now,
            unsure=row.state == "unsure",
            by_person=row.who != "bot",
        )

    def _mark(self, connection: Connection, table: Table, ids: Sequence[int], now: datetime) -> None:
        if ids:
            connection.execute(_MARKS[table.name], {"ids": ids, "until": now + LEASE})

    # --- settling -----------------------------------------------------------------------------------------------------

    def settle(self, connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
        """Write what came of rows, in the order of their keys (receipts lock in that order too)."""
        for name in ("message", "desk_call"):
            rows = sorted((one for one in settled if one.row.table == name), key=lambda one: str(one.row.call.key))
            if rows:
                connection.execute(self._settlements[name], [_values(one, now) for one in rows])
        for one in settled:
            if one.stopped_by is not None:
                self._stopped(connection, one, now)
            ended = one.state in ("failed", "dead") or (one.row.by_person and one.state == "sent")
            if one.row.table == "message" and ended:
                self._marked(connection, one, now)
            if one.row.table == "desk_call" and one.provider_id and one.row.is_card:
                self._placed(connection, one)

    def _stopped(self, connection: Connection, one: Settled, now: datetime) -> None:
        """The provider says that the voter has stopped us there: believe it."""
        address_id = connection.execute(
            select(conversation.c.address_id)
            .join(message, message.c.conversation_id == conversation.c.id)
            .where(message.c.id == one.row.id)
        ).scalar_one()
        stop(
            connection,
            address_id,
            words=one.error or "",
            source="provider",
            actor="provider",
            at=now,
            held_by=one.stopped_by,
        )

    def _placed(self, connection: Connection, one: Settled) -> None:
        """Remember where a case's card stands: what is written there comes back under this name."""
        case_id = select(desk_call.c.handoff_id).where(desk_call.c.id == one.row.id).scalar_subquery()
        connection.execute(update(handoff).where(handoff.c.id == case_id).values(desk_ref=one.provider_id))

    def _marked(self, connection: Connection, one: Settled, now: datetime) -> None:
        """Show at the desks what became of a volunteer's words, and of any message that failed in an open case."""
        thread = connection.execute(select(message.c.conversation_id).where(message.c.id == one.row.id)).scalar_one()
        self._mark_words(connection, thread, one.row.call.key, one.state, one.error or "", now)

    def _mark_words(
        self, connection: Connection, thread: int, key: UUID, state: str, error: str, now: datetime
    ) -> None:
        calls = mark_calls(connection, self._policy, thread, [(key, state, error)], now)
        if calls:
            connection.execute(self._database.insert(desk_call).values(calls).on_conflict_do_nothing())

    def sweep(self, connection: Connection, now: datetime, alone: timedelta | None) -> int:
        """Doubt what a worker claimed and never settled: it may have left, or not."""
        lapsed = 0
        for table in (message, desk_call):
            swept = connection.execute(
                update(table)
                .where(table.c.state == "sending", table.c.locked_until < now if alone is None else true())
                .values(
                    state="unsure",
                    due_at=now + (alone or timedelta()) if table is message else now,
                    locked_until=None,
                )
            )
            lapsed += swept.rowcount
        return lapsed


def _typed(statement: str, table: Table) -> Any:
    """Return the textual statement with the types that its columns have in `table`."""
    named = ("key", "asked_at", "leaves_by", "created_at")
    return text(statement).columns(**{name: table.c[name].type for name in named if name in table.c})


def _call(row: Row[Any], now: datetime) -> Claimed:
    call = DeskCall(row.key, row.desk, row.kind, row.conversation_id, row.handoff_id, json.loads(row.payload))
    unsure = row.state == "unsure"
    return Claimed("desk_call", row.id, row.desk, call, row.attempts + 1, row.created_at, now, unsure=unsure)


def _settlement(table: Table) -> Any:
    """Return the statement that settles one row; a receipt that was faster keeps what it said."""
    is_open = or_(table.c.state == "sending", table.c.state == "unsure")  # an IN list cannot go into executemany
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(
            state=case((is_open, bindparam("to")), else_=table.c.state),
            provider_id=case((table.c.provider_id.is_(None), bindparam("pid")), else_=table.c.provider_id),
            error=case((is_open, bindparam("why")), else_=table.c.error),
            due_at=case((is_open, bindparam("due", type_=Moment)), else_=table.c.due_at),
            attempts=table.c.attempts - bindparam("back"),
            sent_at=case((table.c.sent_at.is_(None), bindparam("at", type_=Moment)), else_=table.c.sent_at),
            locked_until=None,
        )
    )


def _values(one: Settled, now: datetime) -> dict[str, Any]:
    return {
        "row_id": one.row.id,
        "to": one.state,
        "pid": one.provider_id,
        "why": one.error[:200] if one.error else None,
        "due": one.retry_at or now,
        "back": 0 if one.counts else 1,
        "at": now if one.state in ("sent", "delivered") else None,
    }


def mark_calls(
    connection: Connection, policy: Policy, thread: int, marks: Sequence[tuple[UUID, str, str]], now: datetime
) -> list[dict[str, Any]]:
    """Return the calls that show at each desk what became of messages: key, state, reason. None where no case is open."""
    case_id = connection.execute(
        select(handoff.c.id).where(handoff.c.conversation_id == thread, handoff.c.state.in_(OPEN_CASES))
    ).scalar()
    if case_id is None:
        return []
    return [
        {
            "conversation_id": thread,
            "handoff_id": case_id,
            "desk": desk,
            "lane": f"{desk}:{thread}",
            "kind": "mark",
            "payload": json.dumps({"message": str(key), "state": state, "error": error}),
            "key": uuid5(key, f"{desk}:{state}"),
            "priority": 4,
            "created_at": now,
            "state": "queued",
            "due_at": now,
        }
        for desk in policy.desks
        for key, state, error in marks
    ]
