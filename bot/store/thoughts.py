"""Recording: everything that the steps of a batch of conversations leave behind, a table at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.engine.decision import (
    Board,
    Decision,
    Forget,
    HandOff,
    Keep,
    Look,
    Note,
    PassOn,
    Purpose,
    Remind,
    ReturnToQueue,
    StartAgain,
    StopThem,
)
from bot.engine.gate import Leaving, Standing, Verdict, may_leave
from bot.engine.thread import to_json
from bot.ports import CASE_NUMBER, Incoming, Said, Thought, Waiting
from bot.store.database import Database
from bot.store.outbox import mark_calls
from bot.store.policy import Policy
from bot.store.stops import start, stop
from bot.store.tables import OPEN_CASES, conversation, desk_call, effect, handoff, inbox, message, timer

_PRIORITIES = {Purpose.NOTICE: 1}
"""Replies go first; what nobody asked for waits behind them."""
_CALL_PRIORITIES = {"card": 1, "post": 2, "update": 3}
"""What a desk is told first: whispers (0), new cards, voters' words, changed cards, marks (4)."""
_WRITTEN = ("said", "noted", "taken_back")


# Statements are made once: building one costs more than running it.
_DONE = update(inbox).where(inbox.c.id.in_(bindparam("rows", expanding=True))).values(state="done", error=None)
_REMEMBER = (
    update(conversation)
    .where(conversation.c.id == bindparam("thread_id"))
    .values(state=bindparam("state"), mode=bindparam("mode"), waiting_since=bindparam("waiting_since"))
)
_OPEN_CASES = select(handoff.c.id, handoff.c.conversation_id, handoff.c.priority).where(
    handoff.c.conversation_id.in_(bindparam("threads", expanding=True)), handoff.c.state.in_(OPEN_CASES)
)
_NEWEST_CASES = (
    select(handoff.c.conversation_id, func.max(handoff.c.id).label("id"))
    .where(handoff.c.conversation_id.in_(bindparam("threads", expanding=True)))
    .group_by(handoff.c.conversation_id)
)
_NEW_CASES = insert(handoff).returning(handoff.c.id, handoff.c.conversation_id)
_URGENT = (
    update(handoff)
    .where(handoff.c.id == bindparam("case_id"), handoff.c.priority != "urgent")
    .values(priority="urgent", why=bindparam("reason"), team=bindparam("of"))
)
_FORGET = delete(timer).where(timer.c.kind == bindparam("of"), timer.c.ref == bindparam("thread"))


@dataclass(slots=True)
class _Batch:
    """Rows to write, gathered over all thoughts of a unit and written a table at a time."""

    done: list[int] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    numbered: list[dict[str, Any]] = field(default_factory=list)
    """Those of `said` whose texts name the thread's case."""
    threads: list[dict[str, Any]] = field(default_factory=list)
    cases: dict[int, HandOff] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    timers: dict[tuple[str, int], dict[str, Any] | None] = field(default_factory=dict)
    """By kind and thread: what is to be set; None where it is to be dropped."""


class Thoughts:
    """Writes what the engine decided, and the words for it."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy
        self._insert_log, self._insert_calls = insert(message), insert(desk_call)
        self._insert_effects = database.insert(effect).on_conflict_do_nothing()
        timers = database.insert(timer)
        self._set_timers = timers.on_conflict_do_update(
            index_elements=["kind", "ref"],
            set_={"due_at": timers.excluded.due_at, "payload": timers.excluded.payload},
        )

    def record(self, connection: Connection, thoughts: Sequence[Thought], now: datetime) -> int:
        """Write every thought whose conversation is still as it was read."""
        fresh = self._unchanged(connection, thoughts)
        batch = _Batch()
        for thought in fresh:
            self._one(connection, thought, batch, now)
        self._write(connection, batch, now)
        return len(fresh)

    def _unchanged(self, connection: Connection, thoughts: Sequence[Thought]) -> list[Thought]:
        """Drop thoughts that a claim or a stop has overtaken; on PostgreSQL the rows were locked, nothing could."""
        if not self._database.is_sqlite:
            return list(thoughts)
        ids = [thought.waiting.thread.id for thought in thoughts]
        found = connection.execute(select(conversation.c.id, conversation.c.epoch).where(conversation.c.id.in_(ids)))
        epochs = {row.id: row.epoch for row in found}
        rows = [row.id for thought in thoughts for row in thought.waiting.rows[: thought.taken]]
        new = set(connection.execute(select(inbox.c.id).where(inbox.c.id.in_(rows), inbox.c.state == "new")).scalars())
        return [
            thought
            for thought in thoughts
            if epochs.get(thought.waiting.thread.id) == thought.waiting.thread.epoch
            and all(row.id in new for row in thought.waiting.rows[: thought.taken])
        ]

    def _one(self, connection: Connection, thought: Thought, batch: _Batch, now: datetime) -> None:
        waiting, step = thought.waiting, thought.step
        taken = waiting.rows[: thought.taken]
        batch.done += [row.id for row in taken]
        batch.heard += [_heard_row(waiting, row, thought, now) for row in taken if row.kind == "message"]
        standing = self._standing(connection, thought, now)
        for decision in step.decisions:
            self._decided(connection, decision, thought, batch, now)
        for n, said in enumerate(thought.said):
            row = self._said_row(thought, n, said, standing, now)
            batch.said.append(row)
            if said.has_case:
                batch.numbered.append(row)
            if (
                row["state"] != "queued" and said.purpose is Purpose.PERSON
            ):  # a volunteer learns that the words stay here
                mark = (row["key"], row["state"], row["error"] or "")
                batch.calls += mark_calls(connection, self._policy, waiting.thread.id, [mark], now)
        batch.threads.append(
            {
                "thread_id": waiting.thread.id,
                "state": json.dumps(to_json(step.thread), ensure_ascii=False),
                "mode": step.thread.mode,
                "waiting_since": step.thread.waiting_since,
            }
        )

    def _standing(self, connection: Connection, thought: Thought, now: datetime) -> Standing:
        """Apply a stop or a start of this step, then say how things stand with the address."""
        thread = thought.waiting.thread
        stopped_at = thread.stopped.at if thread.stopped else None
        held_by = thread.stopped.held_by if thread.stopped else None
        epoch = thread.epoch
        words = " / ".join(str(row.payload.get("text", "")) for row in thought.waiting.rows[: thought.taken])
        for decision in thought.step.decisions:
            if isinstance(decision, StopThem):
                stop(connection, thought.waiting.address_id, words=words, source=decision.how, actor="voter", at=now)
                stopped_at, epoch = stopped_at or now, epoch + 1
            elif isinstance(decision, StartAgain) and start(
                connection, thought.waiting.address_id, words=words, source=decision.how, provider=None, at=now
            ):
                epoch += 1 if stopped_at else 0
                stopped_at = held_by = None
        return self._policy.standing(
            channel=thread.channel,
            address=thought.waiting.address,
            epoch=epoch,
            owner=thought.step.thread.owner,
            stopped_at=stopped_at,
            held_by=held_by,
        )

    def _said_row(self, thought: Thought, n: int, said: Said, standing: Standing, now: datetime) -> dict[str, Any]:
        waiting, thread = thought.waiting, thought.step.thread
        asked_at = thread.heard_at if said.purpose is not Purpose.NOTICE else None
        ruling = may_leave(Leaving(said.purpose, standing.epoch, asked_at, said.leaves_by), standing, now)
        state = {Verdict.LEAVE: "queued", Verdict.WITHHOLD: "withheld", Verdict.CANCEL: "cancelled"}[ruling.verdict]
        return {
            "conversation_id": waiting.thread.id,
            "direction": "out",
            "who": said.who,
            "text": said.text,
            "media": None,
            "buttons": json.dumps([[b.label, b.payload, b.url] for b in said.buttons]) if said.buttons else None,
            "inbox_id": _row_of(thought).id,
            "n": n,
            "key": uuid4(),
            "epoch": standing.epoch,
            "purpose": said.purpose.value,
            "asked_at": asked_at,
            "leaves_by": said.leaves_by,
            "content_version": said.content_version,
            "entry": said.entry or None,
            "asks": said.asks or None,
            "language": said.language,
            "intent": None,
            "confidence": None,
            "facts": " ".join(said.facts) or None,
            "sender": waiting.sender,
            "channel": waiting.thread.channel,
            "priority": _PRIORITIES.get(said.purpose, 0),
            "created_at": now,
            "erase_at": _erase_at(thought, now),
            "state": state,
            "due_at": said.hold_until or now,
            "error": ruling.rule or None,
        }

    def _decided(
        self, connection: Connection, decision: Decision, thought: Thought, batch: _Batch, now: datetime
    ) -> None:
        thread = thought.waiting.thread
        match decision:
            case HandOff():
                batch.cases[thread.id] = _more_urgent(batch.cases.get(thread.id), decision)
            case PassOn():
                words = [row.id for row in thought.waiting.rows[: thought.taken]] or [_row_of(thought).id]
                batch.calls += self._calls(thread.id, "post", {"inbox": words}, now)
            case Board(change=change) if change in _WRITTEN:
                row = _row_of(thought)
                payload: dict[str, Any] = {"inbox": [row.id], "change": change}
                batch.calls += [one for one in self._calls(thread.id, "post", payload, now) if self._shows(one, row)]
            case Board():
                batch.calls += self._calls(thread.id, "update", {"change": decision.change, "who": decision.who}, now)
            case Note():
                batch.heard.append(_note_row(thought, decision, now))
            case ReturnToQueue():
                connection.execute(
                    update(conversation)
                    .where(conversation.c.id == thread.id)
                    .values(owner=None, epoch=conversation.c.epoch + 1)
                )
                connection.execute(
                    update(handoff)
                    .where(handoff.c.conversation_id == thread.id, handoff.c.state == "claimed")
                    .values(state="waiting")
                )
            case Look():
                payload = {"slots": dict(decision.slots), "epoch": thread.epoch}
                batch.effects.append(
                    {
                        "conversation_id": thread.id,
                        "kind": decision.effect,
                        "ref": str(_row_of(thought).id),
                        "payload": json.dumps(payload),
                        "state": "new",
                        "due_at": now,
                    }
                )
            case Remind():
                batch.timers[decision.kind, thread.id] = {
                    "conversation_id": thread.id,
                    "kind": decision.kind,
                    "ref": str(thread.id),
                    "due_at": decision.due_at,
                    "payload": json.dumps({"epoch": thread.epoch}),
                }
            case Forget():
                batch.timers[decision.kind, thread.id] = None
            case _:
                pass  # the rest speaks, or is remembered in the thread's own state

    def _handed_off(self, connection: Connection, batch: _Batch, now: datetime) -> None:
        """Open a case for each thread that needs a person; one that has a case already only gains urgency."""
        if not batch.cases:
            return
        rows = connection.execute(_OPEN_CASES, {"threads": list(batch.cases)})
        known = {row.conversation_id: row.id for row in rows}
        urgent = [
            {"case_id": known[thread], "reason": case.why[:80], "of": case.team}
            for thread, case in batch.cases.items()
            if thread in known and case.priority == "urgent"
        ]
        if urgent:
            connection.execute(_URGENT, urgent)
        calls: list[dict[str, Any]] = []
        for thread, case_id in known.items():
            calls += self._calls(thread, "update", {"change": "again", "who": ""}, now, case_id)
        made = [_case_row(thread, case, now) for thread, case in batch.cases.items() if thread not in known]
        if made:
            for row in connection.execute(_NEW_CASES, made):
                why = batch.cases[row.conversation_id].why
                calls += self._calls(row.conversation_id, "card", {"why": why}, now, row.id)
        # A new case's card shows the words that opened it: they are not posted under it once more.
        opened = {row["conversation_id"] for row in made}
        batch.calls = calls + [
            one for one in batch.calls if one["kind"] != "post" or one["conversation_id"] not in opened
        ]

    def _shows(self, call: Mapping[str, Any], row: Incoming) -> bool:
        """Return whether a desk must be told of words: at the desk they come from they may stand already."""
        return call["desk"] != row.source or row.source in self._policy.echoes

    def _calls(
        self,
        thread_id: int,
        kind: str,
        payload: Mapping[str, Any],
        now: datetime,
        handoff_id: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        for desk in self._policy.desks:
            yield {
                "conversation_id": thread_id,
                "handoff_id": handoff_id,
                "desk": desk,
                "lane": f"{desk}:{thread_id}",
                "kind": kind,
                "payload": json.dumps(payload),
                "key": uuid4(),
                "priority": _CALL_PRIORITIES[kind],
                "created_at": now,
                "state": "queued",
                "due_at": now,
            }

    def _named(self, connection: Connection, calls: Sequence[dict[str, Any]]) -> None:
        """Let each call name its case: the thread's newest at this moment, for a later one has a card of its own."""
        threads = {call["conversation_id"] for call in calls if call["handoff_id"] is None}
        if threads:
            rows = connection.execute(_NEWEST_CASES, {"threads": list(threads)})
            newest = {row.conversation_id: row.id for row in rows}
            for call in calls:
                call["handoff_id"] = call["handoff_id"] or newest.get(call["conversation_id"])

    def _with_numbers(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Write the number of the thread's case, which has one by now, into the texts that name it."""
        if rows:
            threads = sorted({row["conversation_id"] for row in rows})
            found = connection.execute(_NEWEST_CASES, {"threads": threads})
            newest = {row.conversation_id: row.id for row in found}
            for row in rows:
                row["text"] = row["text"].replace(CASE_NUMBER, str(newest[row["conversation_id"]]))

    def _write(self, connection: Connection, batch: _Batch, now: datetime) -> None:
        self._handed_off(connection, batch, now)
        self._with_numbers(connection, batch.numbered)
        self._named(connection, batch.calls)
        dropped = [{"of": kind, "thread": str(thread)} for (kind, thread), row in batch.timers.items() if row is None]
        begun = [row for row in batch.timers.values() if row is not None]
        for statement, rows in (
            (self._insert_log, [*batch.heard, *batch.said]),
            (_REMEMBER, batch.threads),
            (self._insert_calls, batch.calls),
            (self._insert_effects, batch.effects),
            (_FORGET, dropped),
            (self._set_timers, begun),
        ):
            if rows:
                connection.execute(statement, rows)
        if batch.done:
            connection.execute(_DONE, {"rows": batch.done})


def _heard_row(waiting: Waiting, row: Incoming, thought: Thought, now: datetime) -> dict[str, Any]:
    media = row.payload.get("media")
    reading = thought.reading
    return _log_row(waiting, row.id, now) | {
        "direction": "in",
        "who": "voter",
        "text": row.payload.get("text", ""),
        "media": json.dumps(media) if media else None,
        "language": thought.step.thread.language,
        "intent": reading.intent[:40] or None,
        "confidence": round(reading.confidence * 1000) if reading.intent else None,
        "created_at": row.received_at,
        "erase_at": _erase_at(thought, now),
        "state": "received",
        "due_at": row.received_at,
    }


def _erase_at(thought: Thought, now: datetime) -> datetime | None:
    """Return until when what was typed and said in a thought is kept; None for what belongs to no form."""
    return next((now + one.span for one in thought.step.decisions if isinstance(one, Keep)), None)


def _more_urgent(one: HandOff | None, other: HandOff) -> HandOff:
    return one if one is not None and (one.priority == "urgent" or other.priority != "urgent") else other


def _case_row(thread: int, case: HandOff, now: datetime) -> dict[str, Any]:
    return {
        "conversation_id": thread,
        "team": case.team,
        "why": case.why[:80],
        "priority": case.priority,
        "state": "waiting",
        "created_at": now,
    }


def _row_of(thought: Thought) -> Incoming:
    """Return the row that a thought answers: the last one taken; the one that failed where none was."""
    return thought.waiting.rows[max(thought.taken, 1) - 1]


def _note_row(thought: Thought, note: Note, now: datetime) -> dict[str, Any]:
    return _log_row(thought.waiting, _row_of(thought).id, now) | {
        "direction": "note",
        "who": note.who,
        "text": note.text,
        "state": "noted",
    }


def _log_row(waiting: Waiting, inbox_id: int, now: datetime) -> dict[str, Any]:
    """Return a message row that is not sent; every row of one insert needs the same columns."""
    return {
        "conversation_id": waiting.thread.id,
        "media": None,
        "buttons": None,
        "inbox_id": inbox_id,
        "n": 0,
        "key": uuid4(),
        "epoch": waiting.thread.epoch,
        "purpose": None,
        "asked_at": None,
        "leaves_by": None,
        "content_version": 0,
        "entry": None,
        "asks": None,
        "language": None,
        "intent": None,
        "confidence": None,
        "facts": None,
        "sender": waiting.sender,
        "channel": waiting.thread.channel,
        "priority": 0,
        "created_at": now,
        "erase_at": None,
        "due_at": now,
        "error": None,
    }
