"""The bell: whoever listens before looking never misses a ring; Redis carries it to every process."""

import threading

import pytest

from bot.work.bell import MemoryBell, RedisBell


@pytest.fixture(params=["memory", "redis"])
def bell(request):
    if request.param == "memory":
        one = MemoryBell()
    else:
        url, prefix = request.getfixturevalue("redis_url")
        one = RedisBell(url, prefix)
        with one.listen("warm") as ear:  # the subscription takes a moment
            ends = threading.Event()
            for _ in range(100):
                one.ring("warm")
                if ear.wait(0.05):
                    break
            ends.set()
    yield one
    one.close()


def test_a_ring_between_listening_and_waiting_is_heard(bell):
    with bell.listen("chat:a") as ear:
        bell.ring("chat:a")
        assert ear.wait(5)


def test_another_topic_is_not_heard(bell):
    with bell.listen("chat:a") as ear, bell.listen("chat:b") as other:
        bell.ring("chat:b")
        assert other.wait(5)
        assert not ear.wait(0.05)


def test_one_ring_wakes_every_listener_of_a_topic(bell):
    with bell.listen("console") as one, bell.listen("console") as two:
        bell.ring("console")
        assert (one.wait(5), two.wait(5)) == (True, True)


def test_a_topic_without_listeners_leaves_nothing_behind():
    bell = MemoryBell()
    with bell.listen("chat:a"):
        pass
    bell.ring("chat:a")
    assert bell._ears == {}


def test_closing_wakes_everybody():
    bell = MemoryBell()
    with bell.listen("chat:a") as ear:
        bell.close()
        assert ear.wait(1)


def test_a_ring_in_one_process_is_heard_in_another(redis_url):
    url, prefix = redis_url
    here, there = RedisBell(url, prefix), RedisBell(url, prefix)
    heard = False
    with there.listen("chat:a") as ear:
        for _ in range(100):
            here.ring("chat:a")
            if heard := ear.wait(0.05):
                break
    here.close()
    there.close()
    assert heard


def test_with_redis_away_the_own_process_still_hears():
    bell = RedisBell("redis://127.0.0.1:1/0", "nobody", timeout_s=0.1)
    with bell.listen("chat:a") as ear:
        bell.ring("chat:a")
        assert ear.wait(2)
    bell.close()
