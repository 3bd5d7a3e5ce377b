"""The rule for threads with people: volunteers' acts, and the bot's silence while a person owns the thread."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot.engine import forms
from bot.engine.decision import (
    Board,
    Decision,
    Forget,
    Note,
    PassOn,
    Purpose,
    Relay,
    Remind,
    ReturnToQueue,
    Say,
    Silent,
    Step,
)
from bot.engine.heard import Acted, Due, Heard, Words
from bot.engine.playbook import Playbook
from bot.engine.replies import CHOICE_LIVES, hand_off
from bot.engine.thread import Asking, Thread
from bot.message import ActKind

LEASE = "lease"
FACT_CHANGED = "fact_changed"


def with_volunteer(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Pass words between the voter and the person who owns the thread."""
    match heard:
        case Acted():
            return _acted(thread, heard, book, now)
        case Due(kind=kind) if kind == LEASE:
            if thread.owner is None or heard.epoch != thread.epoch:
                return Step(thread, (Silent("this lease is over"),))
            back = replace(thread, owner=None, waiting_since=thread.waiting_since or now)
            return Step(back, (ReturnToQueue(), Board("released", who=thread.owner)))
        case Due(kind=kind, entry=entry) if kind == FACT_CHANGED:
            return _said_anew(thread, entry, heard.epoch, book, now)
        case Words() if thread.owner is not None:
            return Step(thread, (PassOn(), Silent("a person owns the thread")))
        case _:
            return None


def _said_anew(thread: Thread, name: str, epoch: int, book: Playbook, now: datetime) -> Step:
    """Say once more what a changed fact kept from leaving, with what holds now; a person is told where that cannot be."""
    if thread.owner is not None or epoch != thread.epoch:
        return Step(thread, (Silent("somebody else goes on here"),))
    if name in book.forms or (entry := book.entry(name, now)) is None or entry.form is not None:
        return hand_off(thread, book.fallback_team, "a fact changed before it was told", now)
    # What was withheld may have been the text that said that it is automated: the new one says it again (C28).
    return Step(replace(thread, disclosed_at=None), (Say(entry.name),))


def _acted(thread: Thread, act: Acted, book: Playbook, now: datetime) -> Step:
    match act.kind:
        case ActKind.CLAIM:
            taken = replace(
                forms.put_aside(thread), muted_until=None, echoes=(), misses=0, met=_has_met(thread), relayed=0
            )
            return Step(taken, (Board("claimed", act.who), Remind(LEASE, now + book.lease)))
        case ActKind.SAY:
            relay = Relay(act.text, act.who, act.name, introduce=thread.relayed == 0, hold_until=act.at + book.hold)
            thread = replace(thread, relayed=thread.relayed + 1)
            return Step(thread, (relay, Board("said", act.who), Remind(LEASE, now + book.lease)))
        case ActKind.NOTE:
            return Step(thread, (Note(act.text, act.who), Board("noted", act.who)))
        case ActKind.UNDO:  # the words were cancelled when it was accepted; whoever writes next may be the first again
            return Step(replace(thread, relayed=max(0, thread.relayed - 1)), (Board("taken_back", act.who),))
        case ActKind.RELEASE:
            decisions = (Forget(LEASE), Board("released", act.who), *_notice(thread, "desk_released"))
            return Step(thread, decisions)
        case ActKind.RESOLVE:
            decisions = (Forget(LEASE), Board("resolved", act.who), *_ended(thread, act.case))
            is_newer_open = thread.waiting_since is not None
            thread = replace(thread, relayed=0, met=False, receipt=thread.receipt and is_newer_open)
            busy = thread.owner is not None or thread.stopped is not None or isinstance(thread.question, Asking)
            if thread.aside and not busy:
                resume = forms.ask_to_resume(thread, now + CHOICE_LIVES)
                return Step(resume.thread, (*decisions, *resume.decisions))
            return Step(thread, decisions)
        case _:
            assert_never(act.kind)


def _ended(thread: Thread, case: int | None) -> tuple[Decision, ...]:
    """Tell the end of a case to a voter who has its number, else that the person has left."""
    if not thread.receipt or case is None:
        return _notice(thread, "desk_back")
    if thread.stopped is not None or thread.owner is not None:
        return ()
    return (Say("case_closed", slots={"case": str(case)}, purpose=Purpose.NOTICE),)


def _notice(thread: Thread, entry: str) -> tuple[Decision, ...]:
    # Only a voter who has heard a person needs to hear that the person has left, and not if the next one is there.
    if thread.stopped is not None or thread.owner is not None or not _has_met(thread):
        return ()
    return (Say(entry, purpose=Purpose.NOTICE),)


def _has_met(thread: Thread) -> bool:
    return thread.met or thread.relayed > 0
