"""Filling in a form: the next question, a value, a correction, the end. Used by the rules, no rule itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from bot.engine.decision import Ask, AskYesNo, CancelForm, Complete, Decision, HandOff, Look, Say, Step
from bot.engine.playbook import Form, Outcome, SlotQuestion
from bot.engine.thread import Asking, Choosing, Thread
from bot.engine.told import tells_the_matter

ASKED_AGAIN = "asked_again"
"""Among a form's slots: those that have been asked for once more since they were looked up."""
MAX_ASIDE = 3
"""How many forms may be put aside for another one; the oldest is dropped."""


def open_form(thread: Thread, form: Form, values: Mapping[str, str], at: datetime) -> Step:
    """Start `form`, with what the voter has told already; a form that is open is put aside.

    `values` hold what was read, and under "text" the words themselves where the voter wrote them for this.
    If it was itself put aside it goes on from there: nobody is asked twice for the same form.
    """
    thread = put_aside(thread)
    given = next((aside.slots for aside in reversed(thread.aside) if aside.form == form.name), {})
    others = tuple(aside for aside in thread.aside if aside.form != form.name)
    return advance(replace(thread, aside=others), form, _prefilled(form, given, values), at)


def advance(
    thread: Thread,
    form: Form,
    slots: Mapping[str, str],
    at: datetime,
    ask: Ask | None = None,
) -> Step:
    """Ask the next question of `form`, or end it. `ask` says in which way the question is put."""
    slot = next_slot(form, slots)
    if slot is None:
        return _completed(thread, form, slots, at)
    asked = Ask(form.name, slot, slots) if ask is None else replace(ask, slot=slot, slots=slots)
    question = Asking(form.name, slot, slots, since=at)
    return Step(replace(thread, question=question, misses=0), (asked,))


def next_slot(form: Form, slots: Mapping[str, str]) -> str | None:
    """Return the slot to ask for next: the first that is open, then the confirmation, then None."""
    for question in form.ask:
        if question.on_request or question.slot in slots or any(also in slots for also in question.also):
            continue
        return question.slot
    if form.confirm and "confirmation" not in slots and all(name in slots for name in form.confirm):
        return "confirmation"
    return None


def filled(question: SlotQuestion, values: Mapping[str, str]) -> dict[str, str]:
    """Return the slots that `values` fill when `question` is open; empty if they answer something else."""
    if question.type in values:
        found = {question.slot: values[question.type]}
    else:
        found = {also: values[also] for also in question.also if also in values}
    if found and "state" in values:
        found["state"] = values["state"]
    return found


def ask_again(thread: Thread, form: Form, slot: str, slots: Mapping[str, str], at: datetime) -> Step | None:
    """Ask for `slot` of a filled form because what was looked up needs it; None the second time, or beside another question."""
    asked = slots.get(ASKED_AGAIN, "").split()
    if slot in asked or isinstance(thread.question, Asking) or not form.asks(slot):
        return None
    wanted = form.question(slot)
    gone = {slot, *wanted.also, "form"} | ({"confirmation"} if slot in form.confirm else set())
    kept = {name: value for name, value in slots.items() if name not in gone}
    kept[ASKED_AGAIN] = " ".join((*asked, slot))
    question = Asking(form.name, slot, kept, since=at)
    how: Literal["first", "retry"] = "first" if wanted.on_request else "retry"
    return Step(replace(thread, question=question, misses=0), (Ask(form.name, slot, kept, how=how),))


def put_aside(thread: Thread) -> Thread:
    """Return the thread with its open form set aside, to be offered again later."""
    if not isinstance(thread.question, Asking):
        return replace(thread, question=None)
    return replace(thread, question=None, aside=(*thread.aside, thread.question)[-MAX_ASIDE:])


def ask_back(thread: Thread, at: datetime) -> Step:
    """Go back to the form that was put aside last, with the same question."""
    *rest, form = thread.aside
    thread = replace(thread, question=replace(form, since=at), aside=tuple(rest))
    return Step(thread, (Ask(form.form, form.slot, form.slots, how="back"),))


def ask_to_resume(thread: Thread, until: datetime) -> Step:
    """Ask whether to go on with the form that was put aside last."""
    form = thread.aside[-1]
    question = Choosing("resume", (form.form,), until)
    return Step(replace(thread, question=question), (AskYesNo("resume", {"slot": form.slot}),))


def cancelled(thread: Thread) -> Step:
    """Drop the open form and say so."""
    assert isinstance(thread.question, Asking)
    form = thread.question.form
    return Step(replace(thread, question=None, misses=0), (CancelForm(form), Say("form_cancelled")))


def _prefilled(form: Form, given: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    slots = dict(given)
    for question in form.ask:
        told = values.get("text", "")
        if question.said_first and question.slot not in slots and tells_the_matter(told):
            slots[question.slot] = told
        if question.type in ("text", "name", "yes_no", "number", "choice"):  # any text would do for these
            continue
        if new := filled(question, values):
            slots = {slot: value for slot, value in slots.items() if slot not in (question.slot, *question.also)} | new
    return slots


def _completed(thread: Thread, form: Form, slots: Mapping[str, str], at: datetime) -> Step:
    decisions: list[Decision] = [Complete(form.name, slots)]
    if "state" in slots:
        thread = thread.remembers(state=slots["state"])
    thread = replace(thread, question=None, misses=0)
    if form.done.do is not None:
        decisions.append(Look(form.done.do, {**slots, "form": form.name}))
        return Step(thread, tuple(decisions))
    ended = closing(thread, form.name, form.done.found, slots, at)
    return Step(ended.thread, (*decisions, *ended.decisions))


def closing(thread: Thread, form: str, outcome: Outcome, slots: Mapping[str, str], at: datetime) -> Step:
    """End a form: its reply, its people, then the form that was put aside for it."""
    decisions: list[Decision] = []
    if outcome.reply is not None:
        decisions.append(Say(outcome.reply, slots=slots))
    if outcome.hand_off is not None:
        decisions.append(HandOff(outcome.hand_off.team, why=form, priority=outcome.hand_off.priority))
        told = thread.receipt or outcome.reply is not None
        thread = replace(thread, waiting_since=thread.waiting_since or at, receipt=told)
    if thread.aside and thread.owner is None:
        back = ask_back(thread, at)
        return Step(back.thread, (*decisions, *back.decisions))
    return Step(thread, tuple(decisions))
