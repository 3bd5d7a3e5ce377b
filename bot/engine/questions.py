"""Rules for an open question: options on the table, and a form's fields."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.engine import forms
from bot.engine.decision import Ask, AskYesNo, CancelForm, HandOff, Say, Silent, Step
from bot.engine.fields import mended
from bot.engine.heard import Heard, Result, Words
from bot.engine.playbook import LANGUAGE_CHOICE, Form, Outcome, Playbook, SlotQuestion
from bot.engine.replies import CHOICE_LIVES, answered, hand_off, spoken
from bot.engine.thread import Asking, Choosing, Thread
from bot.engine.words import plain, whole

_ANY_TEXT_FITS = frozenset({"text", "name"})
"""Slot types that almost any text would fit: there a question or the name of a language is no value."""


def choice(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Take "1", a label or a pressed button as the option; anything else is heard as if nothing had been offered."""
    if not isinstance(heard, Words):
        return None
    if heard.choice is not None and heard.choice.startswith(LANGUAGE_CHOICE):
        language = heard.choice.removeprefix(LANGUAGE_CHOICE)
        return spoken(thread, language, now) if language in book.languages else None
    if heard.choice is not None and heard.choice.startswith("go:"):
        picked = heard.choice.removeprefix("go:")
        if not book.offers(picked):
            return None
        return answered(replace(thread, question=_form_only(thread)), picked, picked, book, now, heard.reading.values)
    question = thread.question
    if not isinstance(question, Choosing) or now > question.until:
        return None
    thread = replace(thread, question=None)
    if question.kind == "resume":
        return _resume(thread, heard, now)
    if question.kind == "state":
        return _state_meant(thread, question.options[0], heard, book, now)
    if question.kind != "entry":
        return None
    entry = _picked(question, heard, book)
    return answered(thread, entry, entry, book, now, heard.reading.values) if entry else None


def is_answered(thread: Thread, heard: Words, book: Playbook) -> bool:
    """Return whether the text is an answer to the open question that no other text would be: a label, a ZIP code."""
    question = thread.question
    if isinstance(question, Choosing):
        return question.kind == "entry" and _picked(question, heard, book) is not None
    if question is None or not book.asks(question):
        return False
    wanted = book.forms[question.form].question(question.slot)
    return wanted.type not in _ANY_TEXT_FITS and bool(forms.filled(wanted, _values(wanted, heard)))


def form(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Fill in the open form, or answer a question in the middle of it and come back."""
    if isinstance(heard, Result):
        return _looked_up(thread, heard, book, now)
    question = thread.question
    if not isinstance(heard, Words) or not isinstance(question, Asking) or question.form not in book.forms:
        return None
    open_form = book.forms[question.form]
    wanted = open_form.question(question.slot)
    if book.keywords.get(whole(heard.text)) == "form_cancelled":
        return forms.cancelled(thread)
    if heard.media and not heard.text.strip():
        return None
    if question.slot == "confirmation" and (said := heard.value("yes_no")) == "yes":
        return forms.advance(thread, open_form, {**question.slots, "confirmation": said}, now)
    if corrected := _corrected(thread, question, heard, book, now):
        return corrected
    if question.slot == "confirmation" and heard.value("yes_no") == "no":
        first = open_form.question(open_form.confirm[0])
        wrong = (first.slot, *first.also)  # the state of a wrong address is wrong too
        slots = {slot: value for slot, value in question.slots.items() if slot not in wrong}
        return forms.advance(thread, open_form, slots, now, Ask(open_form.name, first.slot, slots, how="retry"))
    filled = forms.filled(wanted, _values(wanted, heard))
    asks_something_else = _is_a_question(heard, wanted, open_form, book, fits=bool(filled))
    if filled and not (wanted.type in _ANY_TEXT_FITS and asks_something_else):
        return forms.advance(thread, open_form, {**question.slots, **filled}, now)
    if asks_something_else or heard.choice or book.keywords.get(whole(heard.text)):
        return None
    if state := _state_nearly(wanted, heard):
        asked = replace(forms.put_aside(thread), question=Choosing("state", (state,), now + CHOICE_LIVES))
        return Step(asked, (AskYesNo("state", {"state": state}),))
    return _again(thread, question, wanted, book, now)


def _again(thread: Thread, question: Asking, wanted: SlotQuestion, book: Playbook, now: datetime) -> Step:
    tries = question.tries + 1
    if tries >= wanted.tries:
        return hand_off(thread, book.fallback_team, f"could not read {wanted.slot}", now, say="handed_off")
    again = replace(question, tries=tries, since=now)
    return Step(replace(thread, question=again), (Ask(question.form, question.slot, question.slots, how="retry"),))


def _corrected(thread: Thread, question: Asking, heard: Words, book: Playbook, now: datetime) -> Step | None:
    """Replace the latest value that what was heard fits and the open question does not ask for."""
    open_form = book.forms[question.form]
    wanted = open_form.question(question.slot)
    values = heard.reading.values
    if question.slot != "confirmation" and (wanted.type in values or wanted.type in _ANY_TEXT_FITS):
        return None
    for asked in reversed(open_form.ask):
        old = question.slots.get(asked.slot)
        if old is None or asked.type in ("yes_no", "number", "choice", *_ANY_TEXT_FITS):
            continue
        new = mended(old, values, asked.type)
        if new is None or new == old:
            continue
        slots = {**question.slots, asked.slot: new}
        slots.pop("confirmation", None)
        if "state" in values:
            slots["state"] = values["state"]
        how = Ask(open_form.name, asked.slot, slots, how="corrected", corrected=asked.slot)
        return forms.advance(thread, open_form, slots, now, how)
    return None


def _values(wanted: SlotQuestion, heard: Words) -> dict[str, str]:
    values = dict(heard.reading.values)
    if wanted.type == "choice" and (picked := _option(wanted.options, heard)):
        values["choice"] = picked
    if wanted.type == "text" and heard.text.strip():
        values["text"] = heard.text.strip()
    return values


def _option(labels: Mapping[str, Mapping[str, str]], heard: Words) -> str | None:
    if heard.choice in labels:
        return heard.choice
    number = heard.value("number")
    if number is not None and number.isdigit() and 1 <= int(number) <= len(labels):
        return tuple(labels)[int(number) - 1]
    said = plain(heard.text)
    return next(
        (name for name, texts in labels.items() if said in {plain(name), *(plain(text) for text in texts.values())}),
        None,
    )


def _picked(question: Choosing, heard: Words, book: Playbook) -> str | None:
    if picked := _option({name: book.titles.get(name, {}) for name in question.options}, heard):
        return picked
    said = heard.value("yes_no")
    if said == "yes" and len(question.options) == 1:
        return question.options[0]
    return None


def _resume(thread: Thread, heard: Words, now: datetime) -> Step | None:
    said = heard.value("yes_no")
    if said is None or not thread.aside:
        return None
    if said == "yes":
        return forms.ask_back(thread, now)
    dropped = thread.aside[-1].form
    rest = replace(thread, aside=thread.aside[:-1])
    return Step(rest, (CancelForm(dropped), Say("form_cancelled")))


def _state_nearly(wanted: SlotQuestion, heard: Words) -> str | None:
    """Return the state that a misspelt answer may mean: it is asked about, never taken."""
    return heard.value("state_like") if "state" in (wanted.type, *wanted.also) else None


def _state_meant(thread: Thread, state: str, heard: Words, book: Playbook, now: datetime) -> Step | None:
    """Go on with the form: with the state that was meant, or asking again."""
    said = heard.value("yes_no")
    if said is None or not thread.aside:
        return None
    if said == "no":
        return forms.ask_back(thread, now)
    open_form = book.forms[thread.aside[-1].form]
    wanted = open_form.question(thread.aside[-1].slot)
    slots = {**thread.aside[-1].slots, **forms.filled(wanted, {"state": state})}
    meant = replace(thread, aside=thread.aside[:-1]).remembers(state=state)
    return forms.advance(meant, open_form, slots, now)


def _is_a_question(heard: Words, wanted: SlotQuestion, form: Form, book: Playbook, *, fits: bool) -> bool:
    """Return whether a sure reading means something else than an answer to the open question.

    Where any text would do and this one `fits`, only what looks like a question counts, and never what the form itself is
    about: "my check never came" in the middle of a request for help is its content.
    """
    reading = heard.reading
    if heard.value("address_part") and not fits:
        return False
    if heard.value("language") and not (fits and wanted.type not in _ANY_TEXT_FITS):
        return True
    if reading.intent in ("affirm", "deny") or not reading.in_scope or reading.confidence < book.thresholds.answer:
        return False
    if wanted.type not in _ANY_TEXT_FITS:
        return True
    about = book.entry(reading.intent)
    return ("?" in heard.text or not fits) and not (about is not None and about.form == form.name)


def _form_only(thread: Thread) -> Asking | None:
    return thread.question if isinstance(thread.question, Asking) else None


def _looked_up(thread: Thread, result: Result, book: Playbook, now: datetime) -> Step:
    if result.epoch != thread.epoch or thread.owner is not None:
        return Step(thread, (Silent("a look-up that nobody waits for any more"),))
    found = book.forms.get(result.slots.get("form", ""))
    if found is None:
        return Step(thread, (HandOff(book.fallback_team, "look-up"), Say("apology")))
    if isinstance(thread.question, Asking) and thread.question.form == found.name:
        return Step(thread, (Silent("a look-up for a form that has been opened anew"),))
    outcome = _outcome(found, result.outcome)
    if outcome.ask is not None and (asked := forms.ask_again(thread, found, outcome.ask, result.slots, now)):
        return asked
    return forms.closing(thread, found.name, outcome, result.slots, now)


def _outcome(form: Form, came: str) -> Outcome:
    """Return what the form does with what came of its look-up."""
    if came in form.done.outcomes:
        return form.done.outcomes[came]
    return form.done.found if came == "found" else form.done.not_found or form.done.found
