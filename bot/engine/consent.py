"""Rules of consent: stop, start again, help, and what a voter who has stopped us may still hear.

Exact carrier words were applied when the message was accepted; here they get their answer. Stops in free words are
applied by the step.
"""

import re
from dataclasses import replace
from datetime import datetime

from bot.engine import forms
from bot.engine.cases import case
from bot.engine.decision import (
    AskYesNo,
    HandOff,
    Purpose,
    Say,
    Silent,
    StartAgain,
    Step,
    StopThem,
)
from bot.engine.detectors import surely_something_else
from bot.engine.heard import Heard, Words
from bot.engine.playbook import Playbook
from bot.engine.questions import is_answered
from bot.engine.replies import CHOICE_LIVES
from bot.engine.stops import stop_wish, wants_something_else
from bot.engine.thread import Choosing, Thread
from bot.message import Word

_ASKS_NOTHING = ("thanks", "goodbye", "opt_out", "affirm", "deny", "abuse")
"""What a voter who has stopped us may say without asking for an answer."""
_MAYBE = re.compile(r"\b(?:texts?|messages?|mensajes?|textos?|list|lista|number|n[úu]mero|me)\b", re.IGNORECASE)


def consent(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Answer carrier words; hear a stop in any words, also while a person owns the thread."""
    if not isinstance(heard, Words):
        return None
    match heard.carrier:
        case Word.STOP:
            return _stopped(thread, told_by_provider=heard.answered_by_provider is Word.STOP)
        case Word.START:
            if heard.choice is not None and thread.stopped is None and not thread.stop_told:
                return None  # nothing was stopped: the choice says what they start with
            return _started(thread, told_by_provider=heard.answered_by_provider is Word.START)
        case Word.HELP:
            if heard.answered_by_provider is Word.HELP:
                return Step(thread, (Silent("the provider answers HELP"),))
            return Step(thread, (Say("help", "help"),))
    question = thread.question if isinstance(thread.question, Choosing) else None
    if question and question.kind == "stop" and (said := heard.value("yes_no")):
        if said == "yes":
            return stop(thread, "answer")
        if thread.owner is None and thread.stopped is None:
            thread = replace(thread, question=None)
            back = forms.ask_back(thread, now) if thread.aside else Step(thread, ())
            return Step(back.thread, (Say("noted"), *back.decisions))
    if thread.stopped is not None:
        return None
    return _free_words(thread, heard, book, now)


def stopped(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """A voter who has stopped us and asks gets one direct answer, where the setting and the provider allow it."""
    if not isinstance(heard, Words) or thread.stopped is None or thread.owner is not None:
        return None
    if told := case(thread, heard, book, now):
        return told
    reading = heard.reading
    named = book.danger_in(heard.text)  # "are you a bot?" is no matter of thresholds (C29)
    intent = named or reading.intent
    sure = named is not None or (reading.in_scope and reading.confidence >= book.thresholds.answer)
    question = thread.question if isinstance(thread.question, Choosing) else None
    is_ours = thread.stopped.held_by is None
    if is_ours and question and question.kind == "again" and heard.value("yes_no") == "yes":
        return _start(thread, StartAgain("answer"))
    if (sure and intent in _ASKS_NOTHING) or stop_wish(heard.text) == "stop":
        return Step(thread, (Silent("stopped"),))
    if is_ours:
        if sure and intent == "opt_in":
            return _start(thread, StartAgain("words"))
        if sure and intent == "subscribe_updates":
            asked = replace(thread, question=Choosing("again", (), now + CHOICE_LIVES))
            return Step(asked, (AskYesNo("again"),))
        if sure and book.answer_stopped and (entry := book.entry(intent, now)):
            if entry.form is not None:
                entry = book.entry(book.forms[entry.form].brief or "", now)
            if entry is not None and entry.hand_off is None:
                return Step(thread, (Say(entry.name, intent),))
    waiting = replace(thread, waiting_since=thread.waiting_since or now)
    return Step(waiting, (HandOff(book.fallback_team, "stopped, and asks"), Silent("stopped")))


def stop(thread: Thread, how: str) -> Step:
    """Stop writing to the voter for a reason other than an exact carrier word, and confirm it once."""
    assert how in ("phrase", "answer")
    thread = replace(thread, question=None, aside=(), stop_told=True, misses=0)
    decision = StopThem("phrase") if how == "phrase" else StopThem("answer")
    return Step(thread, (decision, Say("stop_confirmed", purpose=Purpose.CONFIRM_STOP)))


def _free_words(thread: Thread, heard: Words, book: Playbook, now: datetime) -> Step | None:
    """Stop where the rules are sure, or the reading is and no words speak against it; ask once where it is likely."""
    reading, limits = heard.reading, book.thresholds
    wish, doubtful = stop_wish(heard.text), wants_something_else(heard.text)
    if wish == "stop" and surely_something_else(heard.text, heard.reading):
        wish = "maybe"
    if wish is None and is_answered(thread, heard, book):
        return None
    top = reading.intent == "opt_out" and reading.confidence >= limits.opt_out_asks
    second = reading.runner_up == "opt_out" and reading.runner_up_confidence >= limits.opt_out_asks
    known = top and reading.in_scope
    read_surely = known and reading.confidence >= limits.opt_out
    if wish == "stop" or (read_surely and wish is None and not doubtful):
        return stop(thread, "phrase")
    asked = isinstance(thread.question, Choosing) and thread.question.kind == "stop"
    likely = known and reading.confidence >= limits.answer
    hinted = (top or second) and not doubtful and _MAYBE.search(heard.text)
    if (wish == "maybe" or likely or hinted) and not asked and thread.owner is None:
        question = Choosing("stop", (), now + CHOICE_LIVES)
        return Step(replace(forms.put_aside(thread), question=question), (AskYesNo("stop"),))
    return None


def _stopped(thread: Thread, *, told_by_provider: bool) -> Step:
    told = thread.stop_told
    thread = replace(thread, question=None, aside=(), stop_told=True, misses=0)
    if told_by_provider:
        return Step(thread, (Silent("the provider confirms the stop"),))
    if told:
        return Step(thread, (Silent("this stop was confirmed before"),))
    return Step(thread, (Say("stop_confirmed", purpose=Purpose.CONFIRM_STOP),))


def _started(thread: Thread, *, told_by_provider: bool) -> Step:
    if thread.stopped is not None:
        return Step(thread, (Silent("the stop is held elsewhere and stays"),))
    thread = replace(thread, stop_told=False)
    if told_by_provider:
        return Step(thread, (Silent("the provider confirms the start"),))
    return Step(thread, (_say_started(),))


def _start(thread: Thread, decision: StartAgain) -> Step:
    return Step(replace(thread, question=None, stop_told=False), (decision, _say_started()))


def _say_started() -> Say:
    return Say("start_confirmed", purpose=Purpose.CONFIRM_START)
