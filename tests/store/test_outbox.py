"""Sending's side of the database: lanes, leases, the gate asked again, settlement that never goes back."""

import threading
from datetime import timedelta

import pytest
from support.world import Line, World

from bot.channel import Reason, SendError
from bot.message import ActKind, Delivery, Receipt, Word
from bot.ports import FaultPoint, Settled

ANA, BEN = "+15550100101", "+15550100102"


def asked(world, *voters):
    """Let voters ask, and answers wait in the queue."""
    for voter in voters:
        world.text(voter, "when do the polls close?")
        world.think()


def claim(world, limit=10):
    with world.store.unit(FaultPoint.CLAIM) as unit:
        return unit.claim(limit)


def settle(world, *settled):
    with world.store.unit(FaultPoint.SETTLE) as unit:
        unit.settle(settled)


def test_only_the_oldest_open_row_of_a_lane_is_claimed(world):
    asked(world, ANA, ANA, BEN)
    first = claim(world)
    assert [row.call.address for row in first] == [ANA, BEN]
    assert claim(world) == []
    settle(world, Settled(first[0], "sent", provider_id="SM1"))
    assert [row.call.address for row in claim(world)] == [ANA]


def test_a_row_that_waits_for_another_try_holds_its_own_lane_only(world):
    asked(world, ANA, ANA, BEN)
    first = claim(world)
    settle(world, Settled(first[0], "queued", retry_at=world.at + timedelta(minutes=1)), Settled(first[1], "sent"))
    asked(world, BEN)
    assert [row.call.address for row in claim(world)] == [BEN]


def test_two_workers_never_claim_the_same_row(world):
    asked(world, *(f"+1555010{number:04}" for number in range(40)))
    found, barrier = [], threading.Barrier(4)

    def worker():
        barrier.wait()
        for _ in range(10):
            found.extend(row.id for row in claim(world, 3))

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(found) == sorted(set(found))
    assert len(found) == 40


def test_a_lapsed_lease_is_doubted_and_not_sent_blindly(world):
    asked(world, ANA)
    claim(world)
    world.later(seconds=61)
    assert world.store.due() >= {"lapsed"}
    with world.store.unit(FaultPoint.SWEEP) as unit:
        assert unit.sweep() == 1
    (row,) = claim(world)
    assert (row.unsure, row.attempts) == (True, 2)


def test_a_receipt_that_was_faster_than_the_answer_is_kept(world):
    asked(world, ANA)
    (row,) = claim(world)
    world.accept(Receipt(Delivery.DELIVERED, provider_id="SM1", key=row.call.key))
    settle(world, Settled(row, "sent", provider_id="SM1"))
    assert world.rows("SELECT state, provider_id FROM message WHERE direction = 'out'") == [("delivered", "SM1")]


def test_a_receipt_settles_what_was_doubted(world):
    asked(world, ANA)
    (row,) = claim(world)
    settle(world, Settled(row, "unsure", retry_at=world.at + timedelta(seconds=10)))
    world.accept(Receipt(Delivery.SENT, provider_id="SM1", key=row.call.key))
    world.later(seconds=11)
    assert claim(world) == []
    assert world.rows("SELECT state, provider_id FROM message WHERE direction = 'out'") == [("sent", "SM1")]


def test_an_attempt_that_was_none_is_given_back(world):
    asked(world, ANA)
    (row,) = claim(world)
    settle(world, Settled(row, "queued", retry_at=world.at, counts=False))
    assert world.one("SELECT attempts FROM message WHERE direction = 'out'") == 0


def test_c15_the_providers_word_that_the_voter_has_stopped_is_believed(world):
    """C15: 21610 for a V we think active: V marked stopped, reason provider."""
    world.line.script.append(SendError(Reason.STOPPED, "21610", held_by="twilio"))
    world.text(ANA, "when do the polls close?")
    world.work()
    assert world.rows("SELECT stopped_at IS NOT NULL, held_by FROM address") == [(True, "twilio")]
    assert world.rows("SELECT event, source, actor FROM consent") == [("stop", "provider", "provider")]
    assert world.rows("SELECT state, error FROM message WHERE direction = 'out'") == [("failed", "21610")]


def test_c19_a_stop_waits_for_a_claim_in_hand_and_everything_after_it_is_withheld(world):
    """C19: STOP in one worker, sends in another: nothing is claimed after the stop's commit."""
    asked(world, ANA, ANA)
    stop = threading.Thread(target=world.accept, args=(world.inbound(ANA, "STOP"),))
    with world.store.unit(FaultPoint.CLAIM) as unit:
        assert len(unit.claim(10)) == 1
        stop.start()
        stop.join(0.3)
        assert stop.is_alive(), "the stop is committed while a row is being claimed"
    stop.join(5)
    assert claim(world) == []
    assert world.rows("SELECT state FROM message WHERE direction = 'out' ORDER BY id") == [("sending",), ("withheld",)]


def test_c19_no_row_is_ever_claimed_from_a_voter_who_has_stopped(world):
    """C19, raced: inside each claim's own transaction no claimed voter is stopped."""
    voters = [f"+1555011{number:04}" for number in range(30)]
    asked(world, *voters)
    were_stopped, begun, done = [], threading.Event(), threading.Event()

    def sender():
        while not done.is_set():
            with world.store.unit(FaultPoint.CLAIM) as unit:
                were_stopped.extend(_is_stopped(unit, row.call.address) for row in unit.claim(1))
            begun.set()

    worker = threading.Thread(target=sender)
    worker.start()
    assert begun.wait(10), "the sender claims before the first stop: without a race nothing is shown"
    for voter in reversed(voters):
        world.accept(world.inbound(voter, "STOP"))
    done.set()
    worker.join()
    assert were_stopped
    assert not any(were_stopped), "a row was claimed of a voter who had stopped"
    states = {state for (state,) in world.rows("SELECT state FROM message WHERE direction = 'out'")}
    assert states <= {"sending", "withheld"}


def _is_stopped(unit, voter):
    found = unit.connection.exec_driver_sql(f"SELECT stopped_at FROM address WHERE address = '{voter}'")
    return found.scalar_one() is not None


def test_what_a_volunteer_said_before_a_stop_is_withheld(world):
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "a person please")
    world.work()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.act(ActKind.SAY, "Maria", 1, "hello there")
    world.think()
    world.think()
    before = len(world.line.taken)
    world.text(ANA, "STOP", answered_by_provider=Word.STOP, provider="twilio")
    world.later(seconds=10)
    world.work()
    assert len(world.line.taken) == before
    assert world.rows("SELECT state, error FROM message WHERE who = 'maria'") == [("withheld", "stopped")]


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        ({"practice": True}, "withheld"),
        ({"practice": True, "test_addresses": frozenset({ANA})}, "sent"),
        ({"practice": False}, "sent"),
    ],
    ids=["practice", "a test address", "live"],
)
def test_practice_reaches_test_addresses_only(database_url, policy, state):

    world = World(database_url, policy=policy)
    world.text(ANA, "when do the polls close?")
    world.work()
    assert world.rows("SELECT state, error FROM message WHERE direction = 'out'") == [
        (state, "practice" if state == "withheld" else None)
    ]
    world.close()


def test_a_simulated_provider_may_get_anything_in_practice(database_url):

    class Simulated(Line):
        is_simulated = True

    world = World(database_url, line=Simulated(), policy={"practice": True})
    world.text(ANA, "when do the polls close?")
    world.work()
    assert len(world.texts_to(ANA)) == 1
    world.close()
