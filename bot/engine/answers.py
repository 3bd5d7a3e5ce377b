"""The last rules: keywords, answers to what was understood, and what to do when it was not."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.engine.asks import offered
from bot.engine.decision import Offer, PassOn, Say, Silent, Step
from bot.engine.heard import Heard, Words
from bot.engine.playbook import Playbook
from bot.engine.replies import CHOICE_LIVES, answered, hand_off, spoken
from bot.engine.thread import Asking, Choosing, Thread
from bot.engine.words import plain, spoken_elsewhere, whole

_FOLLOW_UP_WORDS = 6
"""A longer text says itself what it is about."""
_SMALL_TALK = ("greet", "thanks", "goodbye", "affirm", "deny", "wrong_number")
"""What the mere name of a state is sometimes taken for."""
_FOLLOW_UPS = ("and ", "what about", "how about", "y ", "qué tal", "que tal", "ok and", "also ")
_MISSES_BEFORE_A_PERSON = 2
_PASSED_ON_EVERY = timedelta(minutes=10)


def keyword(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Answer a whole message that is a keyword, or the name of a language."""
    if not isinstance(heard, Words):
        return None
    if language := heard.value("language"):
        return (
            spoken(thread, language, now) if language in book.languages else _not_offered(thread, language, book, now)
        )
    entry = book.keywords.get(whole(heard.text))
    return answered(thread, entry, entry, book, now, heard.reading.values) if entry else None


def other_language(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Say once that a language is not offered, and call a person; a name in its letters that was asked for is an answer."""
    if not isinstance(heard, Words) or thread.owner is not None or heard.carrier is not None:
        return None
    language = spoken_elsewhere(heard.text) or heard.reading.language
    if language is None or language in book.languages:
        return None
    if thread.known.get("speaks") == language:
        return Step(thread, (Silent(f"speaks {language}, and waits"),)) if thread.waiting_since is not None else None
    if isinstance(thread.question, Asking) and book.asks(thread.question):
        wanted = book.forms[thread.question.form].question(thread.question.slot)
        if wanted.type in heard.reading.values:
            return None
    return _not_offered(thread, language, book, now)


def _not_offered(thread: Thread, language: str, book: Playbook, now: datetime) -> Step:
    told = thread.remembers(speaks=language)
    return hand_off(told, book.fallback_team, f"speaks {language}", now, say="language_not_offered")


def answer(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Answer what was understood for sure, or what a short question adds to the last topic."""
    if not isinstance(heard, Words):
        return None
    reading = heard.reading
    topic = thread.live_topic(now)
    if topic is not None and _follows_up(heard, topic.intent, book):
        return answered(thread, topic.entry, topic.intent, book, now, reading.values)
    if not (reading.in_scope and reading.confidence >= book.thresholds.answer):
        return None
    return answered(thread, reading.intent, reading.intent, book, now, {**reading.values, "text": heard.text})


def unsure(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step:
    """Ask which of two was meant, or for other words once; the second time a person takes over. Always has a step."""
    if not isinstance(heard, Words):
        return Step(thread, (Silent(f"nothing to do for {type(heard).__name__}"),))
    wordless = heard.media > 0 and not heard.text.strip()
    waits = thread.waiting_since is not None
    if waits and thread.said_at is not None and now - thread.said_at < _PASSED_ON_EVERY:
        return Step(thread, (Silent("passed on"),))
    if wordless and not heard.voice:
        return hand_off(thread, book.fallback_team, "a picture or file", now, say="media_unread")
    if waits:
        return Step(thread, (Say("noted"),))
    if thread.misses + 1 >= _MISSES_BEFORE_A_PERSON:
        return hand_off(thread, book.fallback_team, "not understood twice", now, say="handed_off")
    thread = replace(thread, misses=thread.misses + 1)
    if wordless:
        return Step(thread, (Say("voice_unheard"),))
    reading, limits = heard.reading, book.thresholds
    pair = reading.confidence + reading.runner_up_confidence
    if reading.in_scope and (reading.confidence >= limits.offer or pair >= limits.answer):
        meant = tuple(name for name in (reading.intent, reading.runner_up) if name in book.titles and book.entry(name))
        if len(meant) == 2:
            return _offer(thread, meant, "close", now)
    return _offer(thread, offered(book.topics, thread, book, now), "rephrase", now)


def _offer(thread: Thread, options: tuple[str, ...], why: str, now: datetime) -> Step:
    question = Choosing("entry", options, now + CHOICE_LIVES)
    return Step(replace(thread, question=question), (Offer(options, "close" if why == "close" else "rephrase"),))


def _follows_up(heard: Words, intent: str, book: Playbook) -> bool:
    """Return whether a short text with a state or a day adds it to the last topic and wants nothing else."""
    said, reading = plain(heard.text), heard.reading
    if len(said.split()) > _FOLLOW_UP_WORDS:
        return False
    opens = said.startswith(_FOLLOW_UPS)
    sure = reading.in_scope and reading.confidence >= book.thresholds.answer
    if "state" in reading.values:
        return opens or not sure or reading.intent in (intent, *_SMALL_TALK)
    if "date" not in reading.values or reading.intent in _SMALL_TALK:
        return False
    return opens or reading.intent in ("", intent) or not reading.in_scope


def passed_on(step: Step, heard: Heard, before: Thread) -> Step:
    """Return the step with the voter's words shown to those who own the thread or for whom it waits."""
    people = before.owner is not None or before.waiting_since is not None or step.thread.waiting_since is not None
    shown = any(isinstance(decision, PassOn) for decision in step.decisions)
    if isinstance(heard, Words) and people and not shown:
        return replace(step, decisions=(*step.decisions, PassOn()))
    return step
