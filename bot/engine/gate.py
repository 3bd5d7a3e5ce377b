"""May this message leave? Asked when a row is written and again when it is claimed for sending.

Rules in the order of their weight; the first that objects names itself. The statements (C01 ...) are those of
`docs/compliance.md`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.engine.decision import Purpose

CONFIRM_WITHIN = timedelta(minutes=5)
"""A stop may be confirmed once, within five minutes (47 CFR 64.1200(a)(12))."""


class Verdict(Enum):
    """What the gate says of a row."""

    LEAVE = "leave"
    WITHHOLD = "withhold"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Leaving:
    """One row that wants to leave. `asked_at` is when the voter wrote what it answers; None for what nobody asked."""

    purpose: Purpose
    epoch: int
    asked_at: datetime | None
    leaves_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with the address and its thread at this moment."""

    epoch: int
    owner: str | None
    stopped_at: datetime | None
    held_by: str | None
    practice: bool
    """The organisation is still the shipped example."""
    reaches_people: bool
    """The channel leads to a real provider."""
    is_test_address: bool
    answer_stopped: bool
    """A stopped voter who asks may get one direct answer."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict and the rule behind it, in a word that staff can look up."""

    verdict: Verdict
    rule: str = ""


_LEAVE = Ruling(Verdict.LEAVE)


def may_leave(row: Leaving, standing: Standing, now: datetime) -> Ruling:
    """Return whether `row` may leave now, and if not, which rule says so."""
    if row.leaves_by is not None and now > row.leaves_by:
        return Ruling(Verdict.WITHHOLD, "too_late")
    if standing.practice and standing.reaches_people and not standing.is_test_address:
        return Ruling(Verdict.WITHHOLD, "practice")
    if standing.stopped_at is not None and (rule := _objection_after_stop(row, standing)):
        return Ruling(Verdict.WITHHOLD, rule)
    if row.purpose in (Purpose.ANSWER, Purpose.NOTICE) and row.epoch != standing.epoch:
        # Somebody has taken, left or stopped the thread since the bot decided: what it wanted to say is stale.
        return Ruling(Verdict.CANCEL, "epoch")
    return _LEAVE


def _objection_after_stop(row: Leaving, standing: Standing) -> str | None:
    assert standing.stopped_at is not None
    if standing.held_by is not None:
        return f"held_by_{standing.held_by}"
    match row.purpose:
        case Purpose.CONFIRM_STOP | Purpose.CRISIS:
            return None
        case Purpose.ANSWER | Purpose.PERSON:
            asked_since = row.asked_at is not None and row.asked_at > standing.stopped_at
            return None if asked_since and standing.answer_stopped else "stopped"
        case Purpose.NOTICE | Purpose.CONFIRM_START:
            return "stopped"
