"""What could not be handled or sent: shown, tried again under the same key, or dropped."""

import pytest

from bot.channel import Reason, SendError
from bot.store.dead import drop, list_dead, one_dead, replay
from bot.work.send import MAX_ATTEMPTS

ANA = "+15550100101"


@pytest.fixture
def dead(world):
    """Return the one message that could not be sent after all tries."""
    world.line.script.extend(SendError(Reason.WAIT, "20500") for _ in range(MAX_ATTEMPTS))
    world.text(ANA, "when do the polls close?")
    for _ in range(MAX_ATTEMPTS):
        world.work()
        world.later(minutes=16)
    (found,) = list_dead(world.store)
    return found


def test_it_is_listed_with_its_reason(dead):
    assert (dead.kind, dead.attempts, dead.error, dead.thread) == ("message", 8, "20500", 1)


def test_replay_keeps_the_key_and_sends_once(world, dead):
    key = world.one("SELECT key FROM message WHERE direction = 'out'")
    assert replay(world.store, dead, "maria", world.at)
    world.work()
    assert world.rows("SELECT key, state FROM message WHERE direction = 'out'") == [(key, "sent")]
    assert len(world.texts_to(ANA)) == 1


def test_a_dropped_row_stays_dropped(world, dead):
    assert drop(world.store, dead, "maria", world.at)
    assert not replay(world.store, dead, "maria", world.at)
    world.work()
    assert (world.texts_to(ANA), list_dead(world.store)) == ([], [])


def test_both_are_audited(world, dead):
    replay(world.store, dead, "maria", world.at)
    assert world.rows("SELECT actor, action, object FROM audit") == [("maria", "dead.replay", dead.name)]


@pytest.mark.parametrize("name", ["message:999", "nonsense", "message:x", "table:1", ""])
def test_a_name_of_nothing_finds_nothing(world, name):
    assert one_dead(world.store, name) is None
