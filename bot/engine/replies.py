"""Ways to answer that several rules share: say an entry, hand over, choose. No rule itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from bot.engine import forms
from bot.engine.decision import Ask, Decision, HandOff, Record, Say, Speak, Step
from bot.engine.playbook import LANGUAGE_QUESTION, Playbook
from bot.engine.thread import Asking, Thread, Topic

CHOICE_LIVES = timedelta(hours=24)
"""How long "1" still means the first option (the widest time-out among the channels)."""

_STANCES: Mapping[str, str] = {
    "express_support": "support",
    "express_opposition": "oppose",
    "undecided": "undecided",
}


def answered(
    thread: Thread,
    name: str,
    intent: str,
    book: Playbook,
    at: datetime,
    values: Mapping[str, str] | None = None,
) -> Step | None:
    """Return the step that answers with the entry `name`: its text, its form, its people; None if there is no such entry."""
    entry = book.entry(name, at)
    if entry is None:
        return None
    values = values or {}
    thread = replace(thread, misses=0, topic=Topic(name, intent, at))
    if entry.form is not None:
        if isinstance(thread.question, Asking) and thread.question.form == entry.form:
            again = thread.question
            return Step(thread, (Ask(again.form, again.slot, again.slots, how="back"),))
        return forms.open_form(thread, book.forms[entry.form], {**_known(thread), **values}, at)
    decisions: list[Decision] = []
    if intent in _STANCES:
        thread = thread.remembers(stance=_STANCES[intent])
        decisions.append(Record("stance", _STANCES[intent]))
    if entry.hand_off is not None:
        said = "already_waiting" if name == "speak_to_human" and thread.waiting_since else entry.name
        decisions.append(Say(said, intent))
        handed = hand_off(thread, entry.hand_off.team, why=intent or name, at=at, priority=entry.hand_off.priority)
        return Step(handed.thread, (*decisions, *handed.decisions))
    decisions.append(Say(entry.name, intent))
    if isinstance(thread.question, Asking):
        form = thread.question
        thread = replace(thread, question=replace(form, since=at))
        decisions.append(Ask(form.form, form.slot, form.slots, how="back"))
    return Step(thread, tuple(decisions))


def spoken(thread: Thread, language: str, at: datetime) -> Step:
    """Return the step that goes on in an offered language; an open question is asked again in it."""
    thread = replace(thread, language=language, language_sure=True, language_votes=0)
    if isinstance(thread.question, Asking):
        form = replace(thread.question, since=at)
        return Step(replace(thread, question=form), (Speak(language), Ask(form.form, form.slot, form.slots)))
    return Step(thread, (Speak(language), Say("language_switched", LANGUAGE_QUESTION)))


def _known(thread: Thread) -> dict[str, str]:
    """Return what the voter has told before and need not tell a form again."""
    return {"state": thread.known["state"]} if "state" in thread.known else {}


def hand_off(
    thread: Thread,
    team: str,
    why: str,
    at: datetime,
    priority: Literal["normal", "urgent"] = "normal",
    say: str | None = None,
) -> Step:
    """Return the step that puts the thread into `team`'s queue; an open form is put aside."""
    decisions: list[Decision] = [Say(say)] if say else []
    decisions.append(HandOff(team, why, priority))
    thread = replace(forms.put_aside(thread), waiting_since=thread.waiting_since or at, misses=0)
    return Step(thread, tuple(decisions))
