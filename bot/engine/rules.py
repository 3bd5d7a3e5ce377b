"""What the engine does with what it hears. The order of the rules is the policy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.engine import forms
from bot.engine.answers import answer, keyword, other_language, passed_on, unsure
from bot.engine.asks import offered, with_asks
from bot.engine.cases import case
from bot.engine.consent import consent, stopped
from bot.engine.decision import (
    SPEAKS,
    AskYesNo,
    Decision,
    Disclose,
    Offer,
    PassOn,
    Purpose,
    Say,
    Silent,
    Speak,
    Step,
)
from bot.engine.desk import with_volunteer
from bot.engine.fields import STRONG_TYPES
from bot.engine.heard import Heard, Words
from bot.engine.keeping import kept, outlived
from bot.engine.loop import echoed, loop, unmuted
from bot.engine.parts import two_requests
from bot.engine.playbook import Playbook
from bot.engine.questions import choice, form
from bot.engine.replies import CHOICE_LIVES, hand_off
from bot.engine.safety import crisis, urgent
from bot.engine.thread import Asking, Choosing, Thread

Rule = Callable[[Thread, Heard, Playbook, datetime], Step | None]

RULES: tuple[Rule, ...] = (
    crisis,
    consent,
    stopped,
    loop,
    case,
    urgent,
    other_language,
    with_volunteer,
    choice,
    form,
    keyword,
    two_requests,
    answer,
    unsure,
)


def decide(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step:
    """Return the step of the first rule that has one; `unsure` always has."""
    entered = _enter(thread, heard, book, now)
    step = outlived(entered, heard, book, now) or next(
        step for rule in RULES if (step := rule(entered, heard, book, now))
    )
    return kept(thread, _leave(thread, _with_lapsed_form(thread, entered, step), heard, book, now), heard, book, now)


def given_up(thread: Thread, book: Playbook, now: datetime) -> Step:
    """Return the step for a thread whose message could not be handled: sorry, and a person."""
    if thread.owner is not None:
        return Step(thread, (PassOn(), Silent("could not be handled, and a person owns the thread")))
    apology = hand_off(thread, book.fallback_team, "could not be handled", now, "urgent", say="apology")
    return _disclosed(apology, book, now)


def _enter(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Thread:
    """Let run out what has run out, and learn what every message tells: its language, the voter's state."""
    thread = _still_asked(unmuted(thread, now), book)
    if not isinstance(heard, Words):
        return thread
    thread = _lapsed(_in_language(thread, heard, book), heard, book, now)
    if state := heard.value("state"):
        thread = thread.remembers(state=state)
    return thread


def _leave(before: Thread, step: Step, heard: Heard, book: Playbook, now: datetime) -> Step:
    """Add what goes with every step: the disclosure, a changed language, the memory."""
    step = with_asks(passed_on(step, heard, before), heard, book, now)
    if isinstance(heard, Words):
        step = replace(step, thread=replace(echoed(before, step, heard, book), heard_at=heard.at))
        if before.language_sure and step.thread.language != before.language:
            step = _with_language(step)
    if step.speaks:
        step = _disclosed(_counted(_with_choices(step, book, now), book), book, now)
        step = replace(step, thread=replace(step.thread, said_at=now))
    return step


def _in_language(thread: Thread, heard: Words, book: Playbook) -> Thread:
    if not thread.language_sure and heard.app_language in book.languages and thread.heard_at is None:
        thread = replace(thread, language=heard.app_language)
    seen = heard.reading.language
    if seen is None or seen not in book.languages:
        return thread
    if seen == thread.language:
        return replace(thread, language_sure=True, language_votes=0)
    if not thread.language_sure:
        return replace(thread, language=seen, language_sure=True, language_votes=0)
    if not heard.reading.language_certain and thread.language_votes + 1 < 2:
        return replace(thread, language_votes=thread.language_votes + 1)
    return replace(thread, language=seen, language_votes=0)


def _still_asked(thread: Thread, book: Playbook) -> Thread:
    """Return the thread without the questions that the staff have taken out of their files meanwhile."""
    question = thread.question
    if isinstance(question, Asking) and not book.asks(question):
        question = None
    aside = tuple(form for form in thread.aside if book.asks(form))
    if isinstance(question, Choosing) and question.kind == "resume" and aside != thread.aside:
        question = None
    return replace(thread, question=question, aside=aside)


def _lapsed(thread: Thread, heard: Words, book: Playbook, now: datetime) -> Thread:
    question = thread.question
    if isinstance(question, Choosing) and now > question.until:
        return replace(thread, question=None)
    if isinstance(question, Choosing) and question.kind == "state" and not heard.value("yes_no") and thread.aside:
        return replace(thread, question=replace(thread.aside[-1], since=now), aside=thread.aside[:-1])
    if not isinstance(question, Asking):
        return thread
    open_form = book.forms[question.form]
    answers = heard.reading.values.keys() & STRONG_TYPES & {open_form.question(question.slot).type}
    if now - question.since <= open_form.life(thread.channel) or answers:
        return thread
    aside = forms.put_aside(thread)
    return replace(aside, question=Choosing("resume", (question.form,), now + CHOICE_LIVES))


def _with_lapsed_form(before: Thread, entered: Thread, step: Step) -> Step:
    """Ask whether to go on with a form whose time had run out; instead of a rephrase, after an answer."""
    lapsed = isinstance(before.question, Asking) and isinstance(entered.question, Choosing) and before.stopped is None
    not_understood = any(isinstance(decision, Offer) and decision.why == "rephrase" for decision in step.decisions)
    if not (lapsed and step.speaks and (not_understood or step.thread.question == entered.question)):
        return step
    asked = AskYesNo("resume", {"slot": entered.aside[-1].slot})
    said = tuple(decision for decision in step.decisions if not isinstance(decision, Offer))
    return Step(replace(step.thread, question=entered.question), (*said, asked))


def _with_language(step: Step) -> Step:
    if any(isinstance(decision, Speak) for decision in step.decisions):
        return step
    return replace(step, decisions=(Speak(step.thread.language), *step.decisions))


def _with_choices(step: Step, book: Playbook, now: datetime) -> Step:
    """Let "1" mean the first button of what is said last, unless a form or a yes-or-no question is open."""
    spoken = [decision for decision in step.decisions if isinstance(decision, SPEAKS)]
    last = spoken[-1]
    entry = book.entry(last.entry, now) if isinstance(last, Say) else None
    open_one = step.thread.question
    older = open_one is None or (isinstance(open_one, Choosing) and open_one.kind == "entry")
    choices = entry.choices if entry is not None else ()
    if isinstance(last, Say) and not last.asks:
        choices = offered(choices, step.thread, book, now)
    if not choices or not older:
        return step
    question = Choosing("entry", choices, now + CHOICE_LIVES)
    return replace(step, thread=replace(step.thread, question=question))


def _counted(step: Step, book: Playbook) -> Step:
    said = [
        decision.entry for decision in step.decisions if isinstance(decision, Say) and decision.entry in book.varied
    ]
    if not said:
        return step
    counts = {**step.thread.said, **{entry: step.thread.said.get(entry, 0) + 1 for entry in said}}
    return replace(step, thread=replace(step.thread, said=counts))


def _disclosed(step: Step, book: Playbook, now: datetime) -> Step:
    """Let the first automated text of a thread, and one a week, say that it is automated (C28)."""
    last = step.thread.disclosed_at
    if last is not None and now - last < book.disclose_every:
        return step
    first = next(index for index, decision in enumerate(step.decisions) if isinstance(decision, SPEAKS))
    spoken = step.decisions[first]
    if isinstance(spoken, Say) and spoken.purpose in (Purpose.CONFIRM_STOP, Purpose.NOTICE):
        return step  # its own text says so, and a confirmation holds nothing else
    thread = replace(step.thread, disclosed_at=now)
    decisions: tuple[Decision, ...] = step.decisions
    if not (isinstance(spoken, Say) and spoken.entry == "are_you_a_bot"):
        decisions = (*decisions[:first], Disclose(), *decisions[first:])
    return Step(thread, decisions)
