"""Records of facts on both databases: the newest counts, history stays, a queued answer is overtaken by a change."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from support.facts import HOURS, OHIO, PAGE, checked
from support.world import World

from bot.message import ActKind
from bot.official import Election, Freeze
from bot.ports import FaultPoint
from bot.store.facts import FactDesk, told

VOTER = "+15550100777"
KEY = "'0123456789abcdef0123456789abcdef'"
LATER = {**HOURS, "close": "20:00"}


def desk(world: World, who: str = "ana") -> FactDesk:
    return FactDesk(world.database, who, world.now)


def check(world: World, value: dict[str, str] = HOURS, key: str = "poll_hours") -> None:
    at, made = checked("OH", key, value, at=world.at)
    desk(world).check(at, made, None)


def election(world: World, **more: object) -> Election:
    made = replace(OHIO, **more)
    desk(world).enter(made)
    return made


def test_what_is_recorded_is_read_as_it_was_meant(world: World) -> None:
    check(world)
    desk(world, "ben").freeze(("OH", "poll_hours"), "court order", world.at + timedelta(days=1))
    made = election(world)
    desk(world).opened({("OH", "polling_place"): (PAGE, False, "404", "x.gov")})
    read = world.store.facts.records()
    assert read.checks[("OH", "poll_hours")] == replace(checked("OH", "poll_hours", HOURS, at=world.at)[1], who="ana")
    assert read.freezes == {("OH", "poll_hours"): Freeze("court order", world.at + timedelta(days=1))}
    assert read.elections == {"OH": (made,)}
    assert (read.links[("OH", "polling_place")].failures, read.links[("OH", "polling_place")].host) == (1, "x.gov")


def test_the_newest_check_counts_and_the_older_one_stays(world: World) -> None:
    check(world)
    check(world, LATER)
    assert world.store.facts.records().checks[("OH", "poll_hours")].value == LATER
    assert [json.loads(row[0]) for row in world.rows("SELECT value FROM fact_check ORDER BY id")] == [HOURS, LATER]


def test_a_check_is_limited_in_days(world: World) -> None:
    at, made = checked("OH", "poll_hours", HOURS, valid_from=date(2026, 11, 3), valid_until=date(2026, 11, 4))
    desk(world).check(at, made, HOURS)
    found = world.store.facts.records().checks[at]
    assert (found.valid_from, found.valid_until) == (date(2026, 11, 3), date(2026, 11, 4))


def test_a_freeze_is_lifted(world: World) -> None:
    desk(world).freeze(("OH", "poll_hours"), "court order", None)
    assert world.store.facts.records().freezes
    desk(world).unfreeze(("OH", "poll_hours"))
    assert world.store.facts.records().freezes == {}


def test_an_election_that_is_entered_again_replaces_itself(world: World) -> None:
    election(world, day=date(2027, 5, 4))
    election(world)
    again = election(world, fields={"early_end": "2026-11-02"})
    days = [(one.day, dict(one.fields)) for one in world.store.facts.records().elections["OH"]]
    assert days == [(again.day, {"early_end": "2026-11-02"}), (date(2027, 5, 4), dict(OHIO.fields))]


def test_failures_in_a_row_are_counted_and_end_with_a_page_that_opens(world: World) -> None:
    key, counts = ("OH", "polling_place"), []
    for well in (False, False, False, True, False):
        world.later(minutes=1)
        desk(world).opened({key: (PAGE, well, "200" if well else "500", "x.gov")})
        counts.append(world.store.facts.records().links[key].failures)
    assert counts == [1, 2, 3, 0, 1]


def test_a_new_address_begins_without_failures(world: World) -> None:
    key = ("OH", "polling_place")
    for page in (PAGE, PAGE, f"{PAGE}new"):
        world.later(minutes=1)
        desk(world).opened({key: (page, False, "500", "x.gov")})
    assert world.store.facts.records().links[key].failures == 1


def test_what_staff_do_with_facts_stands_in_the_audit(world: World) -> None:
    check(world)
    desk(world, "ben").freeze(("OH", "poll_hours"), "court order", None)
    desk(world).unfreeze(("OH", "poll_hours"))
    election(world)
    assert world.rows("SELECT actor, action, object FROM audit ORDER BY id") == [
        ("ana", "fact_checked", "OH.poll_hours"),
        ("ben", "fact_frozen", "OH.poll_hours"),
        ("ana", "fact_unfrozen", "OH.poll_hours"),
        ("ana", "election_entered", "OH.2026-11-03"),
    ]


# --- the way of an answer ---------------------------------------------------------------------------------------------


@pytest.fixture
def told_world(world: World) -> World:
    """Return a world in which a voter from Ohio has been told the hours, and the answer still waits to be sent."""
    check(world)
    election(world)
    world.script.meanings["hours"] = "voting_hours"
    world.text(VOTER, "hello")
    with world.store.unit(FaultPoint.STAFF) as unit:
        thread = unit.introduce("sms", "+15550100001", VOTER)
        unit.connection.exec_driver_sql(
            f"""UPDATE conversation SET state = '{{"known": {{"state": "OH"}}}}' WHERE id = {thread}"""
        )
    world.think()
    return world


def answers(world: World) -> list[tuple[str, str | None]]:
    return world.rows("SELECT state, error FROM message WHERE direction = 'out' ORDER BY id")


def test_an_answer_keeps_the_facts_that_it_says_with_their_versions(told_world: World) -> None:
    kept = told_world.one("SELECT facts FROM message WHERE direction = 'out'").split()
    assert [one.partition("@")[0] for one in kept] == ["fact:OH.poll_hours", "fact:OH.election.day"]
    told_world.work()
    (text,) = told_world.texts_to(VOTER)
    assert "6:30 am to 7:30 pm local time on Nov 3" in text
    assert text.endswith(f"Checked Sep 20 with the state: {PAGE}")


def frozen(world: World) -> None:
    desk(world).freeze(("OH", "poll_hours"), "court order", None)


def changed(world: World) -> None:
    check(world, LATER)


def expired(world: World) -> None:
    world.later(days=61)


@pytest.mark.parametrize(
    "happens, said",
    [(frozen, "the next election day is Nov 3"), (changed, "6:30 am to 8 pm"), (expired, "the election office has")],
    ids=["frozen", "changed", "expired"],
)
def test_c46_an_answer_whose_fact_does_not_hold_any_more_is_withheld_and_said_anew(
    told_world: World, happens, said: str
) -> None:
    happens(told_world)
    told_world.sender.drain()
    told_world.work()
    assert [row for row in answers(told_world) if row[0] == "withheld"] == [("withheld", "fact_changed")]
    (text,) = told_world.texts_to(VOTER)
    assert said in text
    assert "automated" in text  # the withheld text had said it, and nobody has read that
    assert "7:30" not in text


def test_an_answer_in_two_parts_is_said_anew_once(told_world: World) -> None:
    with told_world.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO message (conversation_id, direction, who, text, inbox_id, n, key, epoch, purpose, asked_at, entry, "
            "language, facts, sender, channel, created_at, state, due_at) SELECT conversation_id, direction, who, text, "
            f"inbox_id, 1, {KEY}, epoch, purpose, asked_at, entry, language, facts, sender, channel, created_at, state, due_at "
            "FROM message WHERE direction = 'out'"
        )
    frozen(told_world)
    told_world.sender.drain()
    told_world.sender.drain()
    told_world.work()
    assert [state for state, _ in answers(told_world)] == ["withheld", "withheld", "sent"]


def test_an_answer_whose_facts_hold_is_sent_once(told_world: World) -> None:
    told_world.later(hours=1)
    told_world.work()
    assert (len(told_world.texts_to(VOTER)), answers(told_world)) == (1, [("sent", None)])


def test_a_thread_that_a_person_has_taken_since_hears_nothing_more_of_it(told_world: World) -> None:
    frozen(told_world)
    told_world.sender.drain()
    told_world.act(ActKind.CLAIM, "Maria", told_world.one("SELECT id FROM conversation"))
    told_world.work()
    assert told_world.texts_to(VOTER) == []


def test_c47_who_was_told_a_fact_is_found_with_the_version(told_world: World) -> None:
    assert told(told_world.database, "OH", "poll_hours", None) == []
    told_world.work()
    (one,) = told(told_world.database, "OH", "poll_hours", None)
    assert (one.channel, one.state, len(one.version), one.stopped) == ("sms", "sent", 8, False)
    assert told(told_world.database, "OH", "poll_hours", datetime(2027, 1, 1, tzinfo=UTC)) == []
    assert told(told_world.database, "OH", "pollxhours", None) == []
    told_world.text(VOTER, "STOP")
    assert [row.stopped for row in told(told_world.database, "OH", "poll_hours", None)] == [True]
