"""How fast a sender may go: by segments, a sender at a time, shared where there is Redis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from limits.storage import RedisStorage

from bot.channel import Capabilities
from bot.message import Outbound
from bot.work.pace import Paces

SMS = {"sms": Capabilities(max_chars=1600, segments=True)}
NOW = datetime(2026, 10, 30, tzinfo=UTC)


def message(text="hello", sender="+1"):
    return Outbound(uuid4(), sender, "+15550100101", text)


def paces(per_second=3, now=lambda: NOW, **options):
    return Paces({"sms": per_second}, SMS, now, **options)


def test_within_the_limit_everything_leaves_and_then_waits():
    one = paces()
    assert [one.wait("sms", message()) is None for _ in range(4)] == [True, True, True, False]


def test_the_cost_is_counted_in_segments():
    one = paces()
    assert [one.wait("sms", message("x" * 200)) is None for _ in range(2)] == [True, False]


def test_a_text_larger_than_the_limit_still_leaves():
    assert paces(per_second=1).wait("sms", message("x" * 1600)) is None


def test_each_sender_has_a_window_of_its_own():
    one = paces(per_second=1)
    assert [one.wait("sms", message(sender=sender)) is None for sender in ("+1", "+2", "+1")] == [True, True, False]


def test_each_voter_has_a_window_where_the_channel_asks_for_one():
    one = Paces({"telegram": 3}, {}, lambda: NOW, per_voter={"telegram": 1})
    to = [replace(message(), address=address) for address in ("1", "1", "2", "3", "4", "5")]
    assert [one.wait("telegram", each) is None for each in to] == [True, False, True, True, False, False]


def test_a_pause_holds_back_its_sender_only_and_ends():
    at = [NOW]
    one = paces(now=lambda: at[0])
    one.pause("sms", "+1", timedelta(seconds=30))
    assert one.wait("sms", message()) == timedelta(seconds=30)
    assert one.wait("sms", message(sender="+2")) is None
    at[0] += timedelta(seconds=31)
    assert one.wait("sms", message()) is None


def test_zero_is_no_limit():
    one = paces(per_second=0)
    assert all(one.wait("sms", message()) is None for _ in range(500))


def test_workers_share_a_window_through_redis(redis_url):
    url, prefix = redis_url
    one, two = (paces(per_second=2, shared=RedisStorage(url, key_prefix=prefix)) for _ in range(2))
    assert [each.wait("sms", message()) is None for each in (one, two, one)] == [True, True, False]


def test_with_redis_away_each_worker_counts_for_itself():
    away = RedisStorage("redis://127.0.0.1:1/0", socket_connect_timeout=0.1)
    one = paces(per_second=1, shared=away)
    assert [one.wait("sms", message()) is None for _ in range(2)] == [True, False]
