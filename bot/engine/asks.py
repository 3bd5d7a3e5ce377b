"""Whether a voter may be asked for something: money, time, a word to friends. Never where there is trouble."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.engine.decision import SPEAKS, Decision, HandOff, Purpose, Say, StartAgain, Step, StopThem
from bot.engine.heard import Heard, Words
from bot.engine.playbook import Entry, Playbook
from bot.engine.thread import Choosing, Thread
from bot.message import Word

QUIET: Final = timedelta(hours=24)
"""So long after trouble nothing is asked (design of compliance: "whose last 24 hours hold trouble")."""
FOOTER_EVERY: Final = timedelta(hours=24)
_ENDS: Final = (HandOff, StopThem, StartAgain)
"""A step with one of these is about something else than what a footer asks."""


def in_trouble(thread: Thread, now: datetime) -> bool:
    """Return whether not even what the voter names may ask for anything: a stop, a case with people, a bad day."""
    return (
        thread.stopped is not None
        or thread.owner is not None
        or thread.waiting_since is not None
        or (thread.trouble_at is not None and now - thread.trouble_at < QUIET)
    )


def may_ask(thread: Thread, now: datetime) -> bool:
    """Return whether the bot may ask by itself: no trouble, no form open or put aside, nothing left unanswered."""
    question = thread.question
    at_leisure = question is None or (isinstance(question, Choosing) and question.kind == "entry")
    return at_leisure and not thread.aside and thread.misses == 0 and not in_trouble(thread, now)


def with_asks(step: Step, heard: Heard, book: Playbook, now: datetime) -> Step:
    """Remember trouble, take asks out where they have no place, and put a footer where it has one."""
    step = _remembered(step, heard, book, now)
    step = replace(step, decisions=tuple(_fit(one, step.thread, book, now) for one in step.decisions))
    return _with_footer(step, book, now) if isinstance(heard, Words) else step


def offered(names: tuple[str, ...], thread: Thread, book: Playbook, now: datetime) -> tuple[str, ...]:
    """Return those of `names` that may be offered unasked."""
    return names if may_ask(thread, now) else tuple(name for name in names if not _asks(name, book, now))


def _remembered(step: Step, heard: Heard, book: Playbook, now: datetime) -> Step:
    stopped = isinstance(heard, Words) and heard.carrier is Word.STOP
    if stopped or any(_is_trouble(decision, book) for decision in step.decisions):
        return replace(step, thread=replace(step.thread, trouble_at=now))
    return step


def _is_trouble(decision: Decision, book: Playbook) -> bool:
    match decision:
        case StopThem() | HandOff(priority="urgent"):
            return True
        case Say(entry=name, intent=intent):
            return any((one := book.entries.get(key)) is not None and one.is_trouble for key in (name, intent))
        case _:
            return False


def _fit(decision: Decision, thread: Thread, book: Playbook, now: datetime) -> Decision:
    entry = book.entry(decision.entry, now) if isinstance(decision, Say) else None
    if entry is None or not isinstance(decision, Say):
        return decision
    withheld = entry.asks and in_trouble(thread, now)
    unasked = any(_asks(name, book, now) for name in entry.choices) and not may_ask(thread, now)
    return replace(decision, asks=False) if withheld or unasked else decision


def _with_footer(step: Step, book: Playbook, now: datetime) -> Step:
    if any(isinstance(decision, _ENDS) for decision in step.decisions):
        return step
    spoken = [number for number, decision in enumerate(step.decisions) if isinstance(decision, SPEAKS)]
    last = step.decisions[spoken[-1]] if spoken else None
    if not isinstance(last, Say) or last.purpose is not Purpose.ANSWER:
        return step
    entry, told = book.entry(last.entry, now), step.thread.footer_at
    recently = told is not None and now - told < FOOTER_EVERY
    if entry is None or entry.footer is None or recently or not may_ask(step.thread, now):
        return step
    if not _is_said(book.entry(entry.footer, now), now):
        return step
    below = replace(last, footer=entry.footer)
    decisions = (*step.decisions[: spoken[-1]], below, *step.decisions[spoken[-1] + 1 :])
    return Step(replace(step.thread, footer_at=now), decisions)


def _is_said(footer: Entry | None, now: datetime) -> bool:
    return footer is not None and footer.window.is_open(now)


def _asks(name: str, book: Playbook, now: datetime) -> bool:
    entry = book.entry(name, now)
    return entry is not None and entry.asks
