"""How long what a form was told is kept: marked when it is heard, dropped from the thread when its time is over."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.engine.decision import Ask, Complete, Forget, Keep, Remind, Silent, Step
from bot.engine.heard import Due, Heard, Result
from bot.engine.playbook import Form, Playbook
from bot.engine.thread import Asking, Choosing, Thread

FORM_KEPT: Final = "form_kept"


def kept(before: Thread, step: Step, heard: Heard, book: Playbook, now: datetime) -> Step:
    """Say how long the words of this step are kept, and come back for a form that lies open or aside."""
    named = [form.name for form in _told(before, step, heard, book)]
    spans = [span for name in named if (span := book.forms[name].keep) is not None]
    decisions = (*step.decisions, Keep(min(spans))) if spans else step.decisions
    left, was = _first(step.thread, book), _first(before, book)
    if left is not None and (left != was or isinstance(heard, Due)):
        decisions = (*decisions, Remind(FORM_KEPT, max(left, now)))
    elif left is None and was is not None:
        decisions = (*decisions, Forget(FORM_KEPT))
    return replace(step, decisions=decisions)


def outlived(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Drop the forms whose time is over; their words in the log are erased by the store."""
    if not isinstance(heard, Due) or heard.kind != FORM_KEPT:
        return None
    aside = tuple(form for form in thread.aside if not _is_over(form, book, now))
    question = thread.question
    if isinstance(question, Asking) and _is_over(question, book, now):
        question = None
    if isinstance(question, Choosing) and question.kind == "resume" and aside != thread.aside:
        question = None
    return Step(replace(thread, question=question, aside=aside), (Silent("what a form was told is kept no longer"),))


def _told(before: Thread, step: Step, heard: Heard, book: Playbook) -> list[Form]:
    """Return the forms that the words of this step belong to."""
    names = {one.form for one in (before.question, step.thread.question) if isinstance(one, Asking)}
    names |= {decision.form for decision in step.decisions if isinstance(decision, (Ask, Complete))}
    if isinstance(heard, Result):
        names.add(heard.slots.get("form", ""))
    return [book.forms[name] for name in sorted(names & book.forms.keys())]


def _lying(thread: Thread) -> tuple[Asking, ...]:
    return (*thread.aside, thread.question) if isinstance(thread.question, Asking) else thread.aside


def _first(thread: Thread, book: Playbook) -> datetime | None:
    """Return when the first of the forms that lie open or aside is kept no longer."""
    spans = [(form.since, found.keep) for form in _lying(thread) if (found := book.forms.get(form.form)) is not None]
    return min((since + keep for since, keep in spans if keep is not None), default=None)


def _is_over(form: Asking, book: Playbook, now: datetime) -> bool:
    found = book.forms.get(form.form)
    return found is None or (found.keep is not None and now >= form.since + found.keep)
