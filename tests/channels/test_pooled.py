"""One call over the pool: its deadline holds for the whole answer, and a broken line serves no second call."""

import time

import pytest
from support.answers import Answer, Answers

from bot.channel import Reason, SendError
from channels.shared.pooled import answer_of, open_pool

CALL_S = 0.5


@pytest.fixture
def provider():
    with Answers() as one:
        yield one


def ask(pool, provider):
    return answer_of(pool, CALL_S, "POST", provider.url, "a=b", {})


def test_an_answer_is_read_to_its_end_and_the_line_is_kept(provider):
    provider.give(Answer(200, b"x" * 200_000, {"Retry-After": "3"}))
    pool = open_pool(CALL_S)
    for _ in range(3):
        answer = ask(pool, provider)
        assert (answer.status, len(answer.data), answer.headers.get("Retry-After")) == (200, 200_000, "3")
    assert [line.num_connections for line in (pool.connection_from_url(provider.url),)] == [1]


def test_a_provider_that_drips_its_answer_does_not_hold_the_caller(provider):
    provider.give(Answer(200, b"x" * 100, drip_s=0.1), Answer(200, b"next"))
    pool, began = open_pool(CALL_S), time.monotonic()
    with pytest.raises(SendError) as caught:
        ask(pool, provider)
    assert (caught.value.reason, caught.value.detail) == (Reason.UNSURE, "the answer never ends")
    assert time.monotonic() - began < 10 * CALL_S, "ten seconds of dripping are not waited for"
    assert ask(pool, provider).data == b"next", "what is left of the old answer is not taken for the next one"


def test_half_an_answer_is_none(provider):
    provider.give(Answer(200, b"half and half", cut="inside"))
    with pytest.raises(SendError) as caught:
        ask(open_pool(CALL_S), provider)
    assert caught.value.reason is Reason.UNSURE
