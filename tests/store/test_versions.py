"""Versions are numbered for good; what is in service is the newest row of a history; of two at once the second is told."""

import threading

import pytest

from bot.store import versions
from bot.store.versions import Bundle, NotDecided, Overtaken


def bundle(text, intents="examples"):
    return Bundle({"responses/a.yml": text}, intents)


def put(world, text, follows=None, **more):
    placed = versions.in_service(world.database)
    after = follows if follows is not None else placed.id if placed else 0
    return versions.publish(world.store, bundle(text), after, "publish", "maria", **more)


def counts(world):
    return world.rows("SELECT (SELECT count(*) FROM content_version), (SELECT count(*) FROM content_service)")[0]


def test_nothing_is_in_service_at_first(world):
    assert (versions.in_service(world.database), versions.history(world.database)) == (None, [])


def test_versions_count_up_and_keep_their_files(world):
    made = [put(world, text, note=f"note {text}").version for text in ("one", "two", "drei: ñ")]
    assert made == [1, 2, 3]
    assert [versions.files_of(world.database, number) for number in (1, 3, 4)] == [
        {"responses/a.yml": b"one"},
        {"responses/a.yml": "drei: ñ".encode()},
        None,
    ]
    assert [(one.version, one.before, one.note) for one in versions.history(world.database)] == [
        (3, 2, "note drei: ñ"),
        (2, 1, "note two"),
        (1, None, "note one"),
    ]


def test_the_same_files_are_the_same_version_whenever_they_come(world):
    assert [put(world, text).version for text in ("one", "two", "one")] == [1, 2, 1]
    assert versions.number_of(world.database, bundle("two").hash) == 2


def test_other_examples_are_another_version(world):
    put(world, "one")
    assert bundle("one").hash != bundle("one", "other examples").hash
    assert versions.number_of(world.database, bundle("one", "other examples").hash) is None


def test_who_has_not_seen_what_is_in_service_is_told_and_changes_nothing(world):
    first = put(world, "one")
    second = put(world, "two")
    before = counts(world)
    with pytest.raises(Overtaken) as told:
        put(world, "three", follows=first.id)
    assert (told.value.now_in, counts(world)) == (second, before)


def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(world):
    put(world, "one")
    seen = versions.in_service(world.database).id
    gate, ended = threading.Barrier(2), []

    def publish(text):
        gate.wait()
        try:
            ended.append((text, put(world, text, follows=seen).version))
        except Overtaken as error:
            ended.append((text, error.now_in.version))

    threads = [threading.Thread(target=publish, args=(text,)) for text in ("ana", "ben")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len({number for _, number in ended}) == 1  # both name the version that is in service now
    assert counts(world)[1] == 2
    assert len(versions.history(world.database)) == 2


def test_the_database_itself_refuses_a_second_one_after_the_same(world):
    """Whoever has looked before the other's commit is stopped by the unique key."""
    first = put(world, "one")
    put(world, "two")
    with pytest.raises(Exception, match=r"(?i)unique"), world.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO content_service (version, follows, how, actor, at) "
            f"VALUES (1, {first.id}, 'publish', 'ben', '2026-10-30 16:00:00')"
        )


def test_going_back_is_one_more_row_and_forgets_nothing(world):
    put(world, "one")
    second = put(world, "two")
    back = versions.put_back(world.store, 1, second.id, "ben", "too soon")
    assert (back.version, back.before, back.how, back.actor) == (1, 2, "rollback", "ben")
    assert counts(world) == (2, 3)
    with pytest.raises(Overtaken):
        versions.put_back(world.store, 2, second.id, "ben")


def test_one_goes_back_only_to_what_has_served(world):
    placed = put(world, "one")
    versions.propose(world.store, bundle("two"), placed.id, "maria")
    with pytest.raises(LookupError):
        versions.put_back(world.store, 2, placed.id, "ben")


# --- proposals --------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(world):
    """Return the number of a proposal by Maria, on top of version 1."""
    placed = put(world, "one")
    return versions.propose(world.store, bundle("two"), placed.id, "maria", "hours")


def test_a_proposal_serves_nobody_before_another_person_approves_it(world, proposed):
    assert versions.in_service(world.database).version == 1
    assert [one.id for one in versions.waiting(world.database)] == [proposed]
    placed = versions.decide(world.store, proposed, "ben", approve=True)
    assert (placed.version, placed.how, placed.actor, placed.note) == (2, "approval", "ben", "hours")
    assert versions.waiting(world.database) == []
    found = versions.proposal(world.database, proposed)
    assert (found.state, found.decided_by, found.is_stale) == ("approved", "ben", False)


def test_nobody_approves_their_own(world, proposed):
    with pytest.raises(NotDecided, match="Somebody else"):
        versions.decide(world.store, proposed, "maria", approve=True)
    assert versions.proposal(world.database, proposed).state == "waiting"
    assert versions.in_service(world.database).version == 1


def test_who_proposed_may_take_it_back(world, proposed):
    assert versions.decide(world.store, proposed, "maria", approve=False, why="a slip") is None
    found = versions.proposal(world.database, proposed)
    assert (found.state, found.why) == ("refused", "a slip")


def test_what_is_decided_stays_decided(world, proposed):
    versions.decide(world.store, proposed, "ben", approve=False)
    with pytest.raises(NotDecided, match="already"):
        versions.decide(world.store, proposed, "ben", approve=True)
    assert versions.in_service(world.database).version == 1


def test_a_proposal_is_stale_once_something_else_serves(world, proposed):
    put(world, "three")
    assert versions.proposal(world.database, proposed).is_stale
    assert versions.waiting(world.database) == []
    with pytest.raises(NotDecided, match="went into service since"):
        versions.decide(world.store, proposed, "ben", approve=True)
    assert versions.in_service(world.database).version == 3


def test_proposing_the_same_again_finds_the_one_that_waits(world, proposed):
    placed = versions.in_service(world.database)
    assert versions.propose(world.store, bundle("two"), placed.id, "maria") == proposed
    assert versions.propose(world.store, bundle("three"), placed.id, "maria") == proposed + 1


def test_every_step_is_in_the_audit(world, proposed):
    versions.decide(world.store, proposed, "ben", approve=True)
    found = world.rows("SELECT actor, action, object FROM audit WHERE action LIKE 'content.%' ORDER BY id")
    assert found == [
        ("maria", "content.publish", "content:1"),
        ("maria", "content.propose", "content:2"),
        ("ben", "content.approval", "content:2"),
    ]
