"""Think: answer what waits in the inbox, a batch of conversations in one transaction."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import structlog

from bot import metrics
from bot.channel import Capabilities
from bot.content.desk import DeskReply
from bot.engine.decision import Look, Step
from bot.engine.detectors import settled
from bot.engine.heard import Acted, Due, Heard, Result, Words
from bot.engine.parts import parts
from bot.engine.playbook import Playbook, expected_types
from bot.engine.rules import decide, given_up
from bot.engine.turns import together
from bot.engine.words import case_asked
from bot.message import NOTHING_READ, ActKind, Reading, Word
from bot.ports import Classifier, Facts, FaultPoint, Incoming, Query, Said, Store, Thought, Unit, Waiting, Work

BATCH = 32
GATHER_S = 0.020
"""Between two batches: under load the next one is larger for it, and each message cheaper."""
log = structlog.get_logger()


class Speaker(Protocol):
    """Turns a step into words."""

    def say(self, step: Step, facts: Facts, can: Capabilities, now: datetime) -> tuple[Said, ...]:
        """Return the messages of `step`, fitted to a channel."""

    def phrase(self, name: str, language: str, slots: Mapping[str, str], facts: Facts, now: datetime) -> str:
        """Return the text of the entry `name` outside of any thread."""


@dataclass(frozen=True, slots=True)
class Content:
    """One published version: what the engine knows of it, and its voice."""

    book: Playbook
    voice: Speaker
    replies: Mapping[str, DeskReply] = field(default_factory=dict)
    """Those of the volunteers, by name."""


@dataclass(frozen=True, slots=True)
class Mind:
    """The parts that thinking needs. `content` is asked anew for each batch: a publish takes effect at once."""

    store: Store
    classifier: Classifier
    content: Callable[[], Content]
    facts: Callable[[], Facts]
    """Asked once for each batch: what staff have recorded by then holds for all of it."""
    can: Mapping[str, Capabilities]
    now: Callable[[], datetime]
    wake: Callable[[Work], None] = lambda work: None
    watch: Callable[[Thought], None] = lambda thought: None
    """Sees every thought that is recorded; `bot chat` reads its acts."""


@dataclass(frozen=True, slots=True)
class _Turn:
    waiting: Waiting
    taken: int
    text: str


def think(mind: Mind, limit: int = BATCH) -> int:
    """Answer the waiting messages of up to `limit` conversations; return how many were handled.

    A batch that raises is rolled back and repeated one conversation at a time, so that a single bad one names itself.
    """
    try:
        return _think(mind, limit)
    except Exception as error:  # noqa: BLE001 -- the worker's edge: what raised is repeated alone
        log.warning("batch_failed", error=type(error).__name__)
        return _one_by_one(mind, limit)


def _think(mind: Mind, limit: int, only: int | None = None) -> int:
    content = mind.content()
    with mind.store.unit(FaultPoint.THINK) as unit:
        turns = [_turn(waiting, content.book) for waiting in unit.claim_threads(limit, only)]
        thoughts = _thoughts(mind, content, turns, unit)
        handled = unit.record(thoughts)
    for thought in thoughts:
        mind.watch(thought)
    if thoughts:
        mind.wake("send")
    if any(isinstance(decision, Look) for thought in thoughts for decision in thought.step.decisions):
        mind.wake("effects")
    metrics.thought.inc(handled)
    return len(turns)


def _one_by_one(mind: Mind, limit: int) -> int:
    with mind.store.unit(FaultPoint.THINK) as unit:
        waiting = unit.claim_threads(limit)
    for one in waiting:
        try:
            _think(mind, 1, only=one.thread.id)
        except Exception as error:  # noqa: BLE001 -- counted, told to people, and the others go on
            log.error("thread_failed", thread=one.thread.id, inbox=one.rows[0].id, error=_told(error))
            _failed(mind, one, error)
    return len(waiting)


def _failed(mind: Mind, waiting: Waiting, error: Exception) -> None:
    """Count the failure; the last one says sorry to the voter and hands the thread to people."""
    with mind.store.unit(FaultPoint.THINK_FAILED) as unit:
        dead = unit.give_up(waiting, _told(error))
        if dead:
            _hand_over(mind, waiting, unit)
    metrics.think_failed.labels(str(dead).lower()).inc()


def _hand_over(mind: Mind, waiting: Waiting, unit: Unit) -> None:
    content = mind.content()
    step = given_up(waiting.thread, content.book, mind.now())
    try:
        said = content.voice.say(step, mind.facts(), mind.can[waiting.thread.channel], mind.now())
    except Exception as error:  # noqa: BLE001 -- the apology itself cannot be said: people are still called
        log.error("apology_failed", thread=waiting.thread.id, error=_told(error))
        said = ()
    unit.record([Thought(waiting, 0, step, said, NOTHING_READ)])


def _turn(waiting: Waiting, book: Playbook) -> _Turn:
    """Return what is read together. A picture without words is never read with words: it would be lost beside them."""
    alike = _is_wordless(waiting.rows[0])
    texts = [_text_of(row) if _is_wordless(row) == alike else None for row in waiting.rows]
    taken = together(texts, waiting.thread, book)
    return _Turn(waiting, taken, "\n".join(text or "" for text in texts[:taken]).strip())


def _text_of(row: Incoming) -> str | None:
    """Return a voter's plain words; None for anything that must be heard alone."""
    special = row.kind != "message" or row.payload.keys() & {"choice", "answered"}
    return None if special else str(row.payload.get("text", ""))


def _is_wordless(row: Incoming) -> bool:
    return bool(row.payload.get("media")) and not str(row.payload.get("text", "")).strip()


def _is_spoken(media: Sequence[Any]) -> bool:
    """Return whether a medium, as the inbox keeps it, is speech."""
    return len(media) > 2 or str(media[1]).startswith("audio/")


def _thoughts(mind: Mind, content: Content, turns: list[_Turn], unit: Unit) -> list[Thought]:
    words = [turn for turn in turns if turn.waiting.rows[0].kind == "message"]
    began = time.thread_time()
    asking = [turn.waiting.thread.id for turn in words if case_asked(_words_text(turn)) is not None]
    cases = unit.cases_of(asking) if asking else {}
    read = dict(zip((id(turn) for turn in words), _readings(mind.classifier, words, content.book), strict=True))
    metrics.understanding.inc(time.thread_time() - began)
    now, facts = mind.now(), mind.facts()
    return [_thought(mind, content, facts, turn, read.get(id(turn), (NOTHING_READ,)), cases, now) for turn in turns]


def _readings(classifier: Classifier, words: Sequence[_Turn], book: Playbook) -> list[tuple[Reading, ...]]:
    """Return the reading of each turn's text, with those of its halves behind it where it may hold two requests."""
    queries: list[list[Query]] = []
    for turn in words:
        thread, text = turn.waiting.thread, _words_text(turn)
        halves = parts(text) if thread.owner is None and thread.question is None else None
        whole = Query(text, expected_types(thread.question, book), thread.language)
        queries.append([whole, *(Query(half, language=thread.language) for half in (halves.texts if halves else ()))])
    found = iter(classifier.read_all([query for asked in queries for query in asked]))
    return [tuple(next(found) for _ in asked) for asked in queries]


def _words_text(turn: _Turn) -> str:
    return turn.text or str(turn.waiting.rows[0].payload.get("text", ""))


def _thought(
    mind: Mind,
    content: Content,
    facts: Facts,
    turn: _Turn,
    read: tuple[Reading, ...],
    cases: Mapping[int, Mapping[int, str]],
    now: datetime,
) -> Thought:
    thread, reading = turn.waiting.thread, read[0]
    if reading.handed_over:
        log.info("reading_handed_over", thread=thread.id, why=reading.handed_over)
    if turn.waiting.rows[0].kind == "message":
        reading = settled(_words_text(turn), reading)
    step = decide(thread, _heard(turn, reading, read[1:], cases.get(thread.id, {})), content.book, now)
    said = content.voice.say(step, facts, mind.can[thread.channel], now)
    return Thought(turn.waiting, turn.taken, step, said, reading)


def _heard(turn: _Turn, reading: Reading, halves: tuple[Reading, ...], cases: Mapping[int, str]) -> Heard:
    first, last = turn.waiting.rows[0], turn.waiting.rows[turn.taken - 1]
    payload: Mapping[str, Any] = first.payload
    media = [one for row in turn.waiting.rows[: turn.taken] for one in row.payload.get("media", ())]
    match first.kind:
        case "message":
            answered = payload.get("answered")
            return Words(
                text=_words_text(turn),
                reading=reading,
                at=last.received_at,
                answered_by_provider=Word(answered) if answered else None,
                choice=payload.get("choice"),
                media=len(media),
                voice=bool(media) and all(_is_spoken(one) for one in media),
                app_language=payload.get("language"),
                halves=halves,
                cases=cases,
            )
        case "effect":
            return Result(payload["effect"], payload["epoch"], payload["outcome"], payload["slots"])
        case "timer":
            return Due(payload["timer"], payload["epoch"], payload.get("entry", ""))
        case kind:
            return Acted(
                ActKind(kind), payload["who"], payload["name"], payload["text"], first.received_at, payload.get("case")
            )


def _told(error: Exception) -> str:
    """Return an error for the record: its kind and place in our code, never a voter's words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" in {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{where}"
