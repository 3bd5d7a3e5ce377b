"""The rule for "CASE 4821": how a case stands, told to the voter whose case it is and to nobody else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.engine.decision import Ask, Decision, Say, Step
from bot.engine.heard import Heard, Words
from bot.engine.playbook import Playbook
from bot.engine.thread import Asking, Thread
from bot.engine.words import case_asked

UNKNOWN: Final = "case_unknown"
"""Said of a number that is nobody's and of one that is somebody else's alike."""
_TOLD: Mapping[str, str] = {
    "claimed": "case_with_person",
    "resolved": "case_resolved",
    "spam": "case_resolved",
}


def case(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Tell how one of the thread's own cases stands, also while a person owns the thread; an open form goes on."""
    if not isinstance(heard, Words) or (number := case_asked(heard.text)) is None:
        return None
    if thread.stopped is not None and not (book.answer_stopped and thread.stopped.held_by is None):
        return None
    state = heard.cases.get(number)
    entry = UNKNOWN if state is None else _TOLD.get(state, "case_waiting")
    decisions: tuple[Decision, ...] = (Say(entry, slots={"case": str(number)}),)
    if isinstance(thread.question, Asking) and thread.owner is None and thread.stopped is None:
        form = thread.question
        thread = replace(thread, question=replace(form, since=now))
        decisions = (*decisions, Ask(form.form, form.slot, form.slots, how="back"))
    return Step(thread, decisions)
