"""A look-up beside the conversation: asked outside transactions, answered once, and nothing of the address stays behind."""

import threading
from datetime import UTC, datetime

import pytest
from support.facts import OHIO

from bot.app import open_lookup
from bot.config import load
from bot.message import ActKind
from bot.ports import LOOK_UP, FaultPoint, LookedUp
from bot.store.facts import FactDesk
from bot.store.look_ups import SqlLookUps
from bot.work.effects import forgetting, looking_up, run_effects

ANA, EVE = "+15550100101", "+15550100103"
EMPTY = dict.fromkeys(("place", "places", "dropoff", "early", "election_name", "elections"), "")
WHERE = "where do i vote"


class Places:
    """Finds Elm School for everybody, and remembers who asked."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes) or ["found"]
        self.asked = []

    def look_up(self, slots):
        self.asked.append(dict(slots))
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        return LookedUp(outcome, {**slots, **EMPTY, "place": "Elm School, 40 Elm St", "election_name": "General"})


@pytest.fixture
def asked(world):
    """Return a world in which Ana has asked where she votes, in Ohio, and nobody has looked yet."""
    world.script.meanings["where"] = "polling_place"
    world.lookup = Places()
    told(world, ANA)
    return world


def told(world, voter):
    """Let a voter whose state is known ask; the look-up is then due."""
    world.text(voter, WHERE)
    world.think()
    thread = world.one("SELECT max(id) FROM conversation")
    slots = '{"slots": {"address": "12 Oak St, 43001", "state": "OH", "form": "find_polling_place"}, "epoch": 0}'
    with world.store.unit(FaultPoint.STAFF) as unit:
        unit.connection.exec_driver_sql('UPDATE conversation SET state = \'{"language": "en"}\'')
        unit.connection.exec_driver_sql(
            "INSERT INTO effect (conversation_id, kind, ref, payload, state, due_at) "
            f"SELECT {thread}, '{LOOK_UP}', 'test-{thread}', '{slots}', 'new', min(due_at) FROM message"
        )


def said(world):
    return [entry for _, entry in world.outgoing()][1:]


def test_what_was_found_is_said_and_the_address_is_gone_from_the_job(asked):
    asked.work()
    assert said(asked) == ["polling_place_found"]
    assert asked.rows("SELECT payload, result, state FROM effect WHERE conversation_id IS NOT NULL") == [
        ("{}", '{"outcome": "found"}', "done")
    ]


def test_a_worker_that_dies_after_the_call_asks_again_and_the_voter_hears_it_once(asked):
    with asked.store.unit(FaultPoint.EFFECT_CLAIM) as unit:
        (row,) = unit.claim_effects(8)
    looking_up(asked.lookup)(row)  # and here it dies
    asked.work()
    assert (said(asked), len(asked.lookup.asked)) == ([], 1)
    asked.later(seconds=61)
    asked.work()
    assert (said(asked), len(asked.lookup.asked)) == (["polling_place_found"], 2)


def test_a_result_that_is_settled_twice_is_told_once(asked):
    with asked.store.unit(FaultPoint.EFFECT_CLAIM) as unit:
        (row,) = unit.claim_effects(8)
    result = looking_up(asked.lookup)(row)
    for _ in range(2):
        with asked.store.unit(FaultPoint.EFFECT_SETTLE) as unit:
            unit.settle_effect(row, result)
    asked.work()
    assert said(asked) == ["polling_place_found"]


def test_a_result_for_a_thread_that_a_person_has_claimed_is_dropped(asked):
    with asked.store.unit(FaultPoint.EFFECT_CLAIM) as unit:
        (row,) = unit.claim_effects(8)
    asked.act(ActKind.CLAIM, "Maria", 1)
    with asked.store.unit(FaultPoint.EFFECT_SETTLE) as unit:
        unit.settle_effect(row, looking_up(asked.lookup)(row))
    asked.work()
    assert "polling_place_found" not in said(asked)


def test_on_election_day_a_failure_is_an_urgent_case(asked):
    asked.lookup = Places("election_day")
    asked.work()
    assert said(asked) == ["polling_place_urgent"]
    assert asked.rows("SELECT team, priority, state FROM handoff") == [("protect", "urgent", "waiting")]


def test_a_look_up_that_breaks_every_time_ends_in_the_link(asked):
    class Broken:
        def look_up(self, slots):
            raise RuntimeError(slots["address"])

    asked.lookup = Broken()
    for _ in range(8):
        asked.work()
        asked.later(minutes=1)
    assert said(asked) == ["polling_place_link"]
    assert asked.rows("SELECT error FROM effect WHERE conversation_id IS NOT NULL") == [("RuntimeError",)]


def test_one_slow_look_up_keeps_nobody_else_waiting(asked):
    told(asked, EVE)
    both = threading.Barrier(2, timeout=10)

    class Slow(Places):
        def look_up(self, slots):
            both.wait()  # each waits for the other: one after the other this never ends
            return super().look_up(slots)

    asked.lookup = Slow()
    assert run_effects(asked.store, {LOOK_UP: looking_up(asked.lookup)}) == 2
    asked.work()
    assert said(asked).count("polling_place_found") == 2


def test_the_day_of_an_election_that_staff_have_entered_makes_a_failure_urgent(world):
    lookup = open_lookup(
        load({"GOOGLE_CIVIC_KEY": "x", "GOOGLE_CIVIC_BASE_URL": "http://127.0.0.1:1"}), world.store, world.now
    )
    slots = {"address": "12 Oak St, Riverton, OH 43001", "state": "OH"}
    FactDesk(world.database, "ana", world.now).enter(OHIO)
    assert lookup.look_up(slots).outcome == "down"
    world.at = datetime(2026, 11, 4, 4, 59, tzinfo=UTC)  # one minute before midnight in Ohio
    assert lookup.look_up(slots).outcome == "election_day"
    assert lookup.look_up({**slots, "address": "12 Oak St, Gary, IN 46402", "state": "IN"}).outcome == "down"
    world.later(minutes=1)
    assert lookup.look_up(slots).outcome == "down"


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_until_it_lapses_and_then_dropped(world):
    kept = SqlLookUps(world.store)
    kept.put(b"one", "old", world.at.replace(hour=17))
    kept.put(b"one", "new", world.at.replace(hour=18))
    assert (kept.get(b"one"), kept.get(b"two"), kept.forget()) == ("new", None, 0)
    world.later(hours=2)
    assert (kept.get(b"one"), world.one("SELECT count(*) FROM look_up")) == (None, 1)
    with world.store.unit(FaultPoint.STAFF) as unit:
        unit.standing("forget_look_ups", "all", {}, world.at)
    assert run_effects(world.store, {"forget_look_ups": forgetting(kept.forget)}) == 1
    assert world.one("SELECT count(*) FROM look_up") == 0
    assert world.rows("SELECT state, payload FROM effect") == [("new", "{}")]
