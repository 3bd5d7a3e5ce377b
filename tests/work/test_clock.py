"""The clock finds every kind of work that no wake-up has announced."""

from datetime import timedelta

import pytest

from bot.message import ActKind
from bot.ports import FaultPoint, Settled
from bot.work.clock import look

ANA = "+15550100101"


def woken(world):
    found = []
    look(world.store, found.append)
    return found


def test_nothing_due_wakes_nobody(world):
    assert woken(world) == []


def test_a_new_message_wakes_the_thinker(world):
    world.text(ANA, "hello")
    assert woken(world) == ["think"]


def test_a_queued_answer_wakes_the_sender(world):
    world.text(ANA, "hello")
    world.think()
    assert woken(world) == ["send"]


def test_an_answer_that_waits_for_its_time_wakes_nobody_before(world):
    world.text(ANA, "hello")
    world.think()
    with world.store.unit(FaultPoint.CLAIM) as unit:
        (row,) = unit.claim(1)
    with world.store.unit(FaultPoint.SETTLE) as unit:
        unit.settle([Settled(row, "queued", retry_at=world.at + timedelta(minutes=1))])
    assert woken(world) == []
    world.later(minutes=2)
    assert woken(world) == ["send"]


def test_a_dead_workers_lease_is_opened_again(world):
    world.text(ANA, "hello")
    world.think()
    with world.store.unit(FaultPoint.CLAIM) as unit:
        unit.claim(1)
    assert woken(world) == []
    world.later(seconds=61)
    assert woken(world) == ["send"]
    assert world.one("SELECT state FROM message WHERE direction = 'out'") == "unsure"


def test_a_timer_comes_back_into_its_thread_once(world):
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "a person please")
    world.work()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.work()
    world.later(minutes=11)
    assert (woken(world), world.one("SELECT count(*) FROM timer")) == (["think"], 0)
    assert world.rows("SELECT kind, state FROM inbox ORDER BY id DESC LIMIT 1") == [("timer", "new")]


def test_a_look_up_wakes_the_one_who_carries_it_out(world):
    world.script.meanings["where"] = "polling_place"
    world.text(ANA, "where do i vote in Ohio")
    world.think()
    world.text(ANA, "Ohio")
    with world.store.unit(FaultPoint.THINK) as unit:
        assert len(unit.claim_threads(1)) == 1


@pytest.mark.parametrize("minutes", [0, 1])
def test_what_failed_waits_for_its_next_try(world, minutes):
    world.script.breaks_at = "poison"
    world.text(ANA, "poison")
    world.think()
    world.later(minutes=minutes)
    assert woken(world) == (["think"] if minutes else [])
