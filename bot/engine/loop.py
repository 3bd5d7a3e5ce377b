"""The rule that keeps two machines from talking to each other for ever.

A thread is muted for an hour, and one card goes to people, after the same message three times within five minutes, or
after four answers in a row that came within two seconds of ours and brought nothing new. Quick answers that do bring
something new are people (or tests) in a hurry: see `docs/decisions/0006-loop-guard.md`.
"""

import re
from dataclasses import replace
from datetime import datetime
from zlib import crc32

from bot.engine.decision import Offer, PassOn, Say, Silent, Step
from bot.engine.heard import Heard, Words
from bot.engine.playbook import LoopLimits, Playbook
from bot.engine.replies import hand_off
from bot.engine.thread import Asking, Echo, Thread
from bot.engine.words import plain

_NUMBERS = re.compile(r"\d+")
_KEPT = 4
_SHORTEST = 4
"""Shorter texts ("1", "yes") are answers that people do repeat."""


def loop(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Mute a thread in which a machine seems to answer."""
    if not isinstance(heard, Words) or thread.owner is not None or heard.carrier:
        return None
    if thread.muted_until is not None:
        return Step(thread, (PassOn(), Silent("muted")))
    limits = book.loop
    if not (_repeats(thread, heard, limits) or _idles(thread, limits)):
        return None
    handed = hand_off(replace(thread, echoes=()), book.fallback_team, "loop", now)
    muted = replace(handed.thread, muted_until=now + limits.mute)
    return Step(muted, (*handed.decisions, Silent("loop")))


def unmuted(thread: Thread, now: datetime) -> Thread:
    """Return the thread with a mute that has run out lifted."""
    if thread.muted_until is not None and now >= thread.muted_until:
        return replace(thread, muted_until=None)
    return thread


def echoed(before: Thread, step: Step, heard: Words, book: Playbook) -> Thread:
    """Return the step's thread with what was heard added for the next time this rule is asked."""
    if before.owner is not None:
        return step.thread  # a person hears these
    quick = before.said_at is not None and heard.at - before.said_at < book.loop.quick
    empty = any(
        isinstance(decision, Offer) or (isinstance(decision, Say) and decision.entry == "rephrase")
        for decision in step.decisions
    )
    same_topic = (
        before.topic is not None and step.thread.topic is not None and before.topic.entry == step.thread.topic.entry
    )
    idle = quick and (empty or same_topic)
    echo = Echo(_digest(before, heard), heard.at, idle)
    return replace(step.thread, echoes=(*step.thread.echoes, echo)[-_KEPT:])


def _repeats(thread: Thread, heard: Words, limits: LoopLimits) -> bool:
    digest = _digest(thread, heard)
    before = [echo for echo in thread.echoes if echo.digest == digest and heard.at - echo.at <= limits.window]
    return digest != "" and len(before) + 1 >= limits.same


def _idles(thread: Thread, limits: LoopLimits) -> bool:
    return len(thread.echoes) >= limits.idle and all(echo.idle for echo in thread.echoes[-limits.idle :])


def _digest(thread: Thread, heard: Words) -> str:
    said = _NUMBERS.sub("#", plain(heard.text))
    if isinstance(thread.question, Asking) or len(said) < _SHORTEST:
        return ""
    return f"{crc32(said.encode()):08x}"
