"""Rules for danger and trouble: they come before what the voter was being asked."""

from dataclasses import replace
from datetime import datetime

from bot.engine.danger import armed_at_the_polls, danger_to_life, is_figure_of_speech
from bot.engine.decision import HandOff, PassOn, Purpose, Record, Say, Step, StopThem
from bot.engine.heard import Heard, Words
from bot.engine.playbook import Playbook, Team
from bot.engine.replies import answered, hand_off
from bot.engine.thread import Asking, Thread
from bot.engine.words import plain, whole

URGENT_INTENTS = ("voting_problem", "wrong_number", "privacy_request", "speak_to_human")
"""In the order of precedence of the intents."""
PRIVACY = "privacy_request"
_VALUE_WORDS = 5
"""A text with the state or name that was asked for and more words than these says something else too."""
_ERASE = ("delete", "erase", "remove", "forget", "borr", "elimin", "quit", "olvid")


def crisis(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Show help and call people at once, rather once too often than once too little; a person may own the thread."""
    if not isinstance(heard, Words) or heard.carrier:
        return None
    if not (book.danger_in(heard.text) == "crisis" or danger_to_life(heard.text) or _reads_like_crisis(heard, book)):
        return None
    entry = book.entry("crisis")
    team = (entry and entry.hand_off) or Team(book.fallback_team, "urgent")
    say = Say("crisis", "crisis", purpose=Purpose.CRISIS)
    if thread.owner is not None:
        return Step(thread, (say, HandOff(team.team, "crisis", "urgent"), PassOn()))
    handed = hand_off(thread, team.team, "crisis", now, "urgent")
    return Step(handed.thread, (say, *handed.decisions))


def _reads_like_crisis(heard: Words, book: Playbook) -> bool:
    reading, limit = heard.reading, book.thresholds.crisis
    first = reading.intent == "crisis" and reading.confidence >= limit
    second = reading.runner_up == "crisis" and reading.runner_up_confidence >= limit
    return (first or second) and not is_figure_of_speech(heard.text)


def urgent(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Answer danger words and the intents that never wait for a form."""
    if not isinstance(heard, Words) or thread.owner is not None:
        return None
    reading = heard.reading
    name = book.danger_in(heard.text) or ("voting_problem" if armed_at_the_polls(heard.text) else None)
    if name is None and book.keywords.get(whole(heard.text)) == PRIVACY:
        name = PRIVACY
    if name is None and reading.intent in URGENT_INTENTS and reading.confidence >= book.thresholds.answer:
        name = None if _is_an_answer(thread, heard, book, now) else reading.intent
    if name is None or (name == "voting_problem" and _is_reported(thread, book)):
        return None
    if name == "wrong_number":
        thread = replace(thread.remembers(wrong_number="yes"), question=None, aside=())
        return Step(thread, (Record("wrong_number"), Say(name, name)))
    if name == PRIVACY and any(word in heard.text.casefold() for word in _ERASE):
        handed = hand_off(thread, book.fallback_team, name, now)
        stopped = replace(handed.thread, question=None, aside=(), stop_told=True)
        say = Say(_confirmation(book), name, purpose=Purpose.CONFIRM_STOP)
        return Step(stopped, (StopThem("privacy"), say, *handed.decisions))
    return answered(thread, name, name, book, now)


def _confirmation(book: Playbook) -> str:
    """Return the entry that confirms a wish to be erased: what is said where its form cannot be run, for it asks nothing."""
    entry = book.entry(PRIVACY)
    form = book.forms.get(entry.form or "") if entry is not None else None
    return PRIVACY if form is None else form.brief or "stop_confirmed"


def _is_an_answer(thread: Thread, heard: Words, book: Playbook, now: datetime) -> bool:
    """Return whether what reads like a wrong number is what we asked for: "Maria", "Texas", "wrong" after "is that right?"."""
    if heard.reading.intent != "wrong_number" or len(plain(heard.text).split()) > _VALUE_WORDS:
        return False
    values = heard.reading.values
    if isinstance(thread.question, Asking) and book.asks(thread.question):
        wanted = book.forms[thread.question.form].question(thread.question.slot)
        return bool(values.keys() & {wanted.type, *wanted.also})
    return "state" in values and thread.live_topic(now) is not None


def _is_reported(thread: Thread, book: Playbook) -> bool:
    """Return whether the open form is the report of such trouble: what is said in it is its content."""
    form = book.forms.get(thread.question.form) if isinstance(thread.question, Asking) else None
    team = form.done.found.hand_off if form else None
    return team is not None and team.priority == "urgent"
