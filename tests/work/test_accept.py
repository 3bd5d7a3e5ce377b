"""Accepting many at once: one commit for many callers, each told of its own, none lost with another's trouble."""

import threading
import time
from contextlib import contextmanager

import pytest

from bot.message import Outcome
from bot.work.accept import Acceptor, Backlog, Busy


class Slow:
    """A store whose commits wait for a gate, and which counts them."""

    def __init__(self):
        self.commits, self.gate, self.begun = [], threading.Event(), threading.Event()
        self.refuses = None

    @contextmanager
    def unit(self, point):
        store = self

        class Unit:
            def accept(self, events):
                if store.refuses in events:
                    raise ValueError("this one breaks the batch")
                self.events = list(events)
                return [Outcome("stored", why=str(event)) for event in events]

        self.begun.set()
        one = Unit()
        yield one
        store.gate.wait(5)
        store.commits.append(len(one.events))

    def backlog(self):
        return self.waiting


@pytest.fixture
def slow():
    return Slow()


def call(acceptor, events, found, key):
    try:
        found[key] = acceptor.accept(events)
    except Exception as error:  # noqa: BLE001 (handed to the test)
        found[key] = error


def many(acceptor, slow, batches):
    """Let the first caller's commit begin, the others wait behind it, and then all go on; return what each got."""
    found = {}
    callers = [threading.Thread(target=call, args=(acceptor, batch, found, key)) for key, batch in enumerate(batches)]
    callers[0].start()
    slow.begun.wait(5)
    for one in callers[1:]:
        one.start()
    while acceptor._jobs.qsize() < len(callers) - 1:
        time.sleep(0.005)
    slow.gate.set()
    for one in callers:
        one.join()
    return found


def test_callers_share_commits_and_each_gets_its_own(slow):
    acceptor = Acceptor(slow)
    found = many(acceptor, slow, [[f"a{number}", f"b{number}"] for number in range(20)])
    assert {key: [one.why for one in outcomes] for key, outcomes in found.items()} == {
        number: [f"a{number}", f"b{number}"] for number in range(20)
    }
    assert slow.commits == [2, 38], "the first commit holds one caller, the next all who came meanwhile"
    acceptor.stop()


def test_one_that_breaks_the_batch_fails_alone(slow):
    slow.refuses = "bad"
    acceptor = Acceptor(slow)
    found = many(acceptor, slow, [["good-1"], ["bad"], ["good-2"]])
    assert isinstance(found[1], ValueError)
    assert [found[key][0].why for key in (0, 2)] == ["good-1", "good-2"]
    acceptor.stop()


def test_nothing_is_taken_while_the_backlog_is_full(slow):
    slow.gate.set()
    slow.waiting = (3, 0)
    backlog = Backlog(slow, limit=3)
    acceptor = Acceptor(slow, backlog.is_full)
    assert acceptor.accept(["one"])[0].kind == "stored"
    backlog.count()
    with pytest.raises(Busy):
        acceptor.accept(["two"])
    slow.waiting = (2, 0)
    backlog.count()
    assert acceptor.accept(["three"])[0].kind == "stored"
    acceptor.stop()


def test_after_the_stop_nothing_is_taken_and_what_was_is_committed(slow):
    slow.gate.set()
    acceptor = Acceptor(slow)
    acceptor.accept(["one"])
    acceptor.stop()
    with pytest.raises(Busy):
        acceptor.accept(["two"])
    assert slow.commits == [1]
