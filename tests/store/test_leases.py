"""A lease has one holder, and a dead one loses it."""

import threading


def test_who_comes_first_has_it_until_it_lapses(world):
    assert [world.leases.take("x", who) for who in ("one", "two", "one")] == [True, False, True]
    world.later(seconds=29)
    assert not world.leases.take("x", "two")
    world.later(seconds=1)
    assert [world.leases.take("x", who) for who in ("two", "one")] == [True, False]


def test_renewing_lets_it_last(world):
    world.leases.take("x", "one")
    for _ in range(5):
        world.later(seconds=20)
        assert world.leases.take("x", "one")
        assert not world.leases.take("x", "two")


def test_what_is_given_back_is_free_at_once(world):
    world.leases.take("x", "one")
    world.leases.give_back("x", "one")
    assert world.leases.take("x", "two")


def test_only_the_holder_gives_back(world):
    world.leases.take("x", "one")
    world.leases.give_back("x", "two")
    assert not world.leases.take("x", "two")


def test_two_leases_have_nothing_to_do_with_each_other(world):
    assert world.leases.take("x", "one")
    assert world.leases.take("y", "two")


def test_a_process_alone_with_its_database_begins_with_none(world):
    world.leases.take("x", "one")
    world.leases.clear()
    assert world.leases.take("x", "two")


def test_of_two_at_the_same_instant_one_gets_it(world):
    barrier, got = threading.Barrier(2), []

    def ask(who):
        barrier.wait()
        got.append(world.leases.take("x", who))

    threads = [threading.Thread(target=ask, args=(who,)) for who in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, True]
