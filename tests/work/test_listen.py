"""Listening: one process at a time, through every kind of trouble, and ended soon."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.channel import Reason, SendError
from bot.message import Outcome
from bot.work.listen import Listener, _pause_s


class Leases:
    """Leases of one process, without a clock."""

    def __init__(self):
        self.holder, self.is_away = "", False

    def take(self, name, holder):
        if self.is_away:
            raise OSError
        self.holder = self.holder or holder
        return self.holder == holder

    def give_back(self, name, holder):
        self.holder = "" if self.holder == holder else self.holder


class Line:
    """Does what it is told at each call: raises, or hands in what is left and waits for the end."""

    def __init__(self, *script):
        self.script, self.calls, self.ended = list(script), 0, 0

    def listen(self, accept, stop):
        self.calls += 1
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        if step is not None:
            accept(step)
        stop.wait(20)
        self.ended += 1


@contextmanager
def listening(line, accept=lambda events: [], leases=None, name="telegram", renew_s=0.02):
    leases = leases or Leases()
    one = Listener(name, line, accept, leases, f"holder of {id(line)}", renew_s)
    one.start()
    try:
        yield leases
    finally:
        one.stop()
        one.join()


def until(is_so, wait_s=5.0):
    ends = time.monotonic() + wait_s
    while not is_so():
        assert time.monotonic() < ends, "it did not become so"
        time.sleep(0.005)


def test_what_comes_is_handed_on_and_the_end_is_quick():
    came = []
    line = Line(["an event"])
    began = time.monotonic()
    with listening(line, lambda events: came.extend(events) or [Outcome("stored")]) as leases:
        until(lambda: came == ["an event"])
    assert (line.ended, leases.holder, time.monotonic() - began < 2) == (1, "", True)


def test_of_two_one_listens_and_the_other_takes_over():
    first, second, leases = Line(), Line(), Leases()
    with listening(first, leases=leases):
        until(lambda: first.calls == 1)
        with listening(second, leases=leases):
            time.sleep(0.2)
            assert second.calls == 0
            leases.holder = "somebody else"  # the first was frozen, and its lease has lapsed
            until(lambda: first.ended == 1)
            leases.holder = ""
            until(lambda: first.calls + second.calls == 2)


def test_a_lease_that_cannot_be_renewed_for_a_moment_is_kept():
    line = Line()
    with listening(line) as leases:
        until(lambda: line.calls == 1)
        leases.is_away = True
        time.sleep(0.2)
        assert (line.calls, line.ended) == (1, 0)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SendError(Reason.WAIT, "409: x", timedelta(seconds=0)), ("warning", "wait", "409: x")),
        (SendError(Reason.ALARM, "401 or 404: the token"), ("error", "alarm", "401 or 404: the token")),
        (ValueError("a voter's words"), ("warning", "wait", "ValueError")),
    ],
    ids=["conflict", "token", "the database"],
)
def test_what_breaks_the_line_is_said_once(error, told):
    line = Line(*[error] * 2)
    with capture_logs() as logs, listening(line):
        until(lambda: line.calls >= (1 if told[0] == "error" else 3), 10)
    said = [(one["log_level"], one["reason"], one["detail"]) for one in logs if one["event"] == "listening_failed"]
    assert said == [told]


def test_the_same_batch_comes_again_after_a_commit_that_failed():
    tries = []

    def accept(events):
        tries.append(events)
        if len(tries) == 1:
            raise OSError("the database is away")
        return [Outcome("stored")]

    with listening(Line([1, 2], [1, 2]), accept):
        until(lambda: tries == [[1, 2], [1, 2]])


def test_the_pauses_grow_to_a_minute():
    assert [_pause_s(n, Reason.WAIT) <= 2 ** (n - 1) for n in range(1, 7)] == [True] * 6
    assert 30 <= _pause_s(50, Reason.UNSURE) <= 60
    assert _pause_s(1, Reason.ALARM) == 60


def test_a_pause_ends_when_the_process_does():
    line = Line(SendError(Reason.ALARM, "the token"))
    with listening(line):
        until(lambda: line.calls == 1)
        began = time.monotonic()
    assert time.monotonic() - began < 1
    assert [one.name for one in threading.enumerate() if one.name.startswith("listen-")] == []
