"""Wake-ups: they arrive, they may be lost or doubled, and one that comes while work runs makes it look again."""

import threading

import pytest
import redis

from bot.work.wake import _MOST_WAITING, Drain, memory_wakes, redis_wakes


def test_a_drain_works_until_nothing_is_left():
    left = [3]

    def work():
        left[0] -= 1
        return left[0]

    Drain("think", work, threading.Event())()
    assert left == [0]


def test_a_wake_up_while_it_runs_makes_it_look_again():
    looked, inside, go_on = [], threading.Event(), threading.Event()

    def work():
        looked.append(1)
        if len(looked) == 1:
            inside.set()
            go_on.wait(5)
        return 0

    drain = Drain("think", work, threading.Event())
    first = threading.Thread(target=drain)
    first.start()
    inside.wait(5)
    drain()  # leaves at once: the other thread works
    assert len(looked) == 1
    go_on.set()
    first.join(5)
    assert len(looked) == 2


def test_an_error_ends_the_round_and_the_next_wake_up_works_again():
    calls = []

    def work():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        return 0

    drain = Drain("think", work, threading.Event())
    drain()
    drain()
    assert len(calls) == 2


def test_a_stopped_drain_does_nothing():
    stopping = threading.Event()
    stopping.set()
    Drain("think", lambda: pytest.fail("it worked"), stopping)()
    assert stopping.is_set()


@pytest.fixture(params=["memory", "redis"])
def wakes(request):
    if request.param == "memory":
        one = memory_wakes()
    else:
        url, prefix = request.getfixturevalue("redis_url")
        one = redis_wakes(url, prefix)
    yield one
    one.stop()


def test_a_wake_up_runs_its_job(wakes):
    rung = {name: threading.Event() for name in ("think", "send", "effects")}
    wakes.start({name: event.set for name, event in rung.items()})
    for name in rung:
        wakes.wake(name)
    assert [event.wait(5) for event in rung.values()] == [True, True, True]


def test_a_wake_up_crosses_processes_through_redis(redis_url):
    url, prefix = redis_url
    woken, web, worker = threading.Event(), redis_wakes(url, prefix), redis_wakes(url, prefix)
    worker.start({"think": woken.set})
    web.wake("think")
    assert woken.wait(5)
    worker.stop()
    web.stop()


def test_with_redis_away_a_wake_up_fails_quietly_and_at_once():
    wakes = redis_wakes("redis://127.0.0.1:1/0", "nobody", timeout_s=0.1)
    wakes.wake("think")  # an exception here would answer a stored message with 5xx
    assert wakes._consumer is None


def test_wake_ups_do_not_pile_up_while_no_worker_runs(redis_url):

    url, prefix = redis_url
    web = redis_wakes(url, prefix)
    for _ in range(_MOST_WAITING + 50):
        web.wake("think")
    assert redis.Redis.from_url(url).llen(f"huey.redis.{prefix}") == _MOST_WAITING
    web.stop()
