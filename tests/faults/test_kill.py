"""kill -9 right before and right after every commit that a voter's text passes, and around every call of a provider.

One desk lives through them all: it is started, asked to die at the next point, texted until it does, and started again.
What was acknowledged is answered once and in order; what was not is delivered again, as Twilio does.
"""

import sqlite3
import subprocess
import time
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from providers.twilio import FakeTwilio
from support.processes import Desk
from support.told import HELP, HOURS, PLACE, told

from bot.ports import FaultPoint

CALLS = ("sending", "sent")
"""Fault points around a provider's call; the others stand around commits."""
LOOKED_UP = (FaultPoint.EFFECT_CLAIM, FaultPoint.EFFECT_SETTLE)
ELSEWHERE = (
    FaultPoint.THINK_FAILED,
    FaultPoint.SWEEP,
    FaultPoint.TIMER,
    FaultPoint.SESSION,
    FaultPoint.STAFF,
    FaultPoint.PUBLISH,
    FaultPoint.SETTLE,
    FaultPoint.LEASE,
    FaultPoint.LOOK_UP,
)
"""Points that a text message does not pass by itself: `test_kill_inside.py` has them."""
POINTS = [
    *(f"{point}.{side}" for point in FaultPoint if point not in ELSEWHERE for side in ("before", "after")),
    *CALLS,
]


@pytest.mark.parametrize("part", [0, 1], ids=["first half", "second half"])
def test_nothing_acknowledged_is_lost_doubled_or_out_of_order(tmp_path: Path, model: Path, part: int) -> None:
    with FakeTwilio() as twilio:
        desk = Desk(tmp_path / "var", model)
        twilio.product = desk.url
        base = {**twilio.environment(), "PUBLIC_BASE_URL": desk.url, "BOT_SMS__ASK_AFTER": "1s"}
        undelivered: list[tuple[str, str, str]] = []
        wrote: dict[str, list[str]] = {}
        for number, point in enumerate(POINTS[part::2]):
            desk.env = {**base, "BOT_DIE_AT": point}
            with suppress(AssertionError):  # some points are passed before the first text: what was missed is fetched
                desk.start()
            voter = f"+1555{part}20{number:04}"
            wrote[voter] = [PLACE] if point.startswith(LOOKED_UP) else [HOURS, HELP]
            undelivered += [(voter, text, twilio.new_sid()) for text in wrote[voter]]
            undelivered = [one for one in undelivered if not _sent(twilio, *one)]
            assert _died(desk), f"nothing came to {point}"
        desk.env = base
        desk.start()
        assert [one for one in undelivered if not _sent(twilio, *one)] == []
        for voter, texts in wrote.items():
            twilio.wait_for(len(texts), voter, wait_s=30)
        _quiet(desk)
        assert {voter: [told(text) for text in twilio.texts_to(voter)] for voter in wrote} == wrote
        desk.stop()


def _sent(twilio: FakeTwilio, voter: str, text: str, sid: str) -> bool:
    """Deliver a webhook; return whether it was acknowledged."""
    with suppress(OSError, HTTPException):
        return twilio.text(voter, text, sid=sid).status < 300
    return False


def _died(desk: Desk) -> bool:
    try:
        return desk.wait_end(30) == -9
    except subprocess.TimeoutExpired:
        desk.kill()
        return False


def _quiet(desk: Desk) -> None:
    """Wait until nothing is open any more."""
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
            ((open_rows,),) = connection.execute(
                "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') + "
                "(SELECT count(*) FROM message WHERE state IN ('queued', 'sending', 'unsure'))"
            ).fetchall()
        if not open_rows:
            return
        time.sleep(0.1)
    raise AssertionError("rows stay open")
