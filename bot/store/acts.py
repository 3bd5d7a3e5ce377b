"""A volunteer's act, applied when it is accepted: who owns a thread has one answer at any moment."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from bot.message import Act, ActKind, Outcome
from bot.store.ledger import append_audit
from bot.store.tables import OPEN_CASES, conversation, desk_call, handoff, inbox, message, volunteer

APPLIED, REPEATED = Outcome("applied"), Outcome("repeated")
_ON_A_CASE = frozenset({ActKind.CLAIM, ActKind.RELEASE, ActKind.RESOLVE, ActKind.SAY})
_TOLD_WITHIN = timedelta(minutes=2)
"""What a volunteer is told about a click is of no use later."""
_UNREAD = Outcome("applied", "the words were taken back before the engine had read them: it need not know")


def apply_act(connection: Connection, act: Act) -> Outcome:
    """Apply `act` if it may be done now; the engine hears of it from the inbox."""
    thread = connection.execute(
        select(conversation.c.owner).where(conversation.c.id == act.conversation_id).with_for_update(key_share=True)
    ).first()
    if thread is None:
        return Outcome("unknown", "there is no such thread")
    known = _known(connection, act)  # asked under the lock: a click that came twice is one act
    if known is not None:
        return known
    closes = _open_case(connection, act) if act.kind is ActKind.RESOLVE else None
    outcome = Outcome("refused", act.barred) if act.barred else _done(connection, act, thread.owner)
    if outcome.kind == "refused" and act.kind is ActKind.SAY and act.or_note and not act.barred:
        _tell(connection, act, f"Kept as a note, not sent: {outcome.why}.")
        act, outcome = replace(act, kind=ActKind.NOTE), APPLIED
    if outcome.kind != "applied":
        if outcome.why:
            _tell(connection, act, f"{outcome.why[0].upper()}{outcome.why[1:]}.")
        if act.barred:
            what = f"thread:{act.conversation_id}"
            append_audit(connection, act.who, f"refused.{act.kind.value}", what, act.received_at, act.barred)
        return outcome
    if act.kind is ActKind.SAY:
        _tell(connection, act, "", undoes=act.event_id)
    payload: dict[str, object] = {"who": act.who, "name": _first_name(connection, act.who), "text": act.text}
    if closes is not None:
        payload["case"] = closes
    connection.execute(
        insert(inbox).values(
            channel=act.desk,
            event_id=act.event_id,
            conversation_id=act.conversation_id,
            kind=act.kind.value,
            payload=json.dumps(payload, ensure_ascii=False),
            received_at=act.received_at,
            state="done" if outcome is _UNREAD else "new",
        )
    )
    append_audit(connection, act.who, f"thread.{act.kind.value}", f"thread:{act.conversation_id}", act.received_at)
    return outcome


def _done(connection: Connection, act: Act, owner: str | None) -> Outcome:
    if act.case is not None and act.kind in _ON_A_CASE and not _is_open(connection, act):
        return Outcome("refused", "this case is closed; what the voter writes next opens a new one")
    match act.kind:
        case ActKind.CLAIM:
            return _claim(connection, act, owner)
        case ActKind.RELEASE:
            return _release(connection, act, owner)
        case ActKind.RESOLVE:
            return _resolve(connection, act, owner)
        case ActKind.SAY:
            return _may_say(connection, act, owner)
        case ActKind.NOTE:
            return APPLIED
        case ActKind.UNDO:
            return _undo(connection, act)


def _open_case(connection: Connection, act: Act) -> int | None:
    """Return the number of the thread's open case; there is one at most."""
    return connection.execute(
        select(handoff.c.id).where(handoff.c.conversation_id == act.conversation_id, handoff.c.state.in_(OPEN_CASES))
    ).scalar()


def _is_open(connection: Connection, act: Act) -> bool:
    found = connection.execute(
        select(handoff.c.id).where(
            handoff.c.id == act.case,
            handoff.c.conversation_id == act.conversation_id,
            handoff.c.state.in_(OPEN_CASES),
        )
    ).first()
    return found is not None


def _tell(connection: Connection, act: Act, text: str, undoes: str | None = None) -> None:
    """Let the desk show something to the one who acted, and to nobody else."""
    if not act.tell:
        return
    payload = {
        "to": act.tell,
        "who": act.who,
        "text": text,
        "undoes": undoes,
        "until": (act.received_at + _TOLD_WITHIN).isoformat(),
    }
    connection.execute(
        insert(desk_call).values(
            conversation_id=act.conversation_id,
            handoff_id=act.case,
            desk=act.desk,
            lane=f"{act.desk}:{act.event_id}"[:80],
            kind="whisper",
            payload=json.dumps(payload, ensure_ascii=False),
            key=uuid4(),
            created_at=act.received_at,
            state="queued",
            due_at=act.received_at,
        )
    )


def _known(connection: Connection, act: Act) -> Outcome | None:
    """Say what an act is whose id was seen before: the same again, or other words that must not pass for said."""
    seen = connection.execute(
        select(inbox.c.kind, inbox.c.conversation_id, inbox.c.payload).where(
            inbox.c.channel == act.desk, inbox.c.event_id == act.event_id
        )
    ).first()
    if seen is None:
        return None
    text = json.loads(seen.payload or "{}").get("text", act.text)  # a purged payload cannot be compared
    kinds = (act.kind.value, ActKind.NOTE.value) if act.or_note else (act.kind.value,)
    if seen.kind in kinds and (seen.conversation_id, text) == (act.conversation_id, act.text):
        return REPEATED
    return Outcome(
        "refused", "this form was sent before with other words. They are in the thread: read them, then send these"
    )


def _claim(connection: Connection, act: Act, owner: str | None) -> Outcome:
    if owner == act.who:
        return Outcome("repeated", "this thread is yours already")
    if owner is not None:
        return Outcome("refused", f"{_name(connection, owner)} has claimed this thread")
    connection.execute(
        update(conversation)
        .where(conversation.c.id == act.conversation_id)
        .values(owner=act.who, mode="human", epoch=conversation.c.epoch + 1, waiting_since=None)
    )
    claimed = connection.execute(
        update(handoff)
        .where(handoff.c.conversation_id == act.conversation_id, handoff.c.state.in_(OPEN_CASES))
        .values(state="claimed")
    )
    if not claimed.rowcount:
        connection.execute(
            insert(handoff).values(
                conversation_id=act.conversation_id,
                team="general",
                why="claimed by a person",
                priority="normal",
                state="claimed",
                created_at=act.received_at,
            )
        )
    return APPLIED


def _release(connection: Connection, act: Act, owner: str | None) -> Outcome:
    if owner != act.who:
        return _not_yours(connection, owner)
    connection.execute(
        update(conversation)
        .where(conversation.c.id == act.conversation_id)
        .values(owner=None, mode="waiting", epoch=conversation.c.epoch + 1, waiting_since=act.received_at)
    )
    connection.execute(
        update(handoff)
        .where(handoff.c.conversation_id == act.conversation_id, handoff.c.state.in_(OPEN_CASES))
        .values(state="waiting")
    )
    return APPLIED


def _resolve(connection: Connection, act: Act, owner: str | None) -> Outcome:
    if owner not in (None, act.who):
        return _not_yours(connection, owner)
    resolved = connection.execute(
        update(handoff)
        .where(handoff.c.conversation_id == act.conversation_id, handoff.c.state.in_(OPEN_CASES))
        .values(state="resolved", resolved_at=act.received_at)
    )
    if not resolved.rowcount:
        return Outcome("refused", "this thread is resolved already")
    connection.execute(
        update(conversation)
        .where(conversation.c.id == act.conversation_id)
        .values(owner=None, mode="bot", epoch=conversation.c.epoch + 1, waiting_since=None)
    )
    return APPLIED


def _may_say(connection: Connection, act: Act, owner: str | None) -> Outcome:
    if owner != act.who:
        return _not_yours(connection, owner)
    connection.execute(
        update(handoff)
        .where(
            handoff.c.conversation_id == act.conversation_id,
            handoff.c.state == "claimed",
            handoff.c.first_reply_at.is_(None),
        )
        .values(first_reply_at=act.received_at)
    )
    return APPLIED


def _undo(connection: Connection, act: Act) -> Outcome:
    words = connection.execute(
        select(inbox.c.id, inbox.c.state).where(
            inbox.c.channel == act.desk,
            inbox.c.event_id == act.undoes,
            inbox.c.conversation_id == act.conversation_id,
            inbox.c.kind == ActKind.SAY.value,
        )
    ).first()
    if words is None:
        return Outcome("unknown", "there is nothing to take back")
    unread = connection.execute(
        update(inbox).where(inbox.c.id == words.id, inbox.c.state == "new").values(state="done", error="taken back")
    )
    held = connection.execute(
        update(message)
        .where(message.c.inbox_id == words.id, message.c.direction == "out", message.c.state == "queued")
        .values(state="cancelled", error="taken back")
    )
    if held.rowcount:
        return APPLIED
    return _UNREAD if unread.rowcount else Outcome("refused", "too late: it has left already")


def _not_yours(connection: Connection, owner: str | None) -> Outcome:
    if owner is None:
        return Outcome("refused", "claim the thread first")
    return Outcome("refused", f"this thread is with {_name(connection, owner)}")


def _first_name(connection: Connection, who: str) -> str:
    """Return the name that the voter sees; nothing where it is not known, never an id."""
    return connection.execute(select(volunteer.c.name).where(volunteer.c.id == who)).scalar() or ""


def _name(connection: Connection, who: str) -> str:
    return connection.execute(select(volunteer.c.name).where(volunteer.c.id == who)).scalar() or who
