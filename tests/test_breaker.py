"""The circuit breaker: opens after failures in a row, lets one try through after a rest."""

import pytest

from bot.breaker import IN_A_ROW, REST_S, Breaker


class Clock:
    at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_breaker(clock: Clock) -> Breaker:
    """Return one that has just opened."""
    breaker = Breaker(clock)
    assert [breaker.failed() for _ in range(IN_A_ROW)] == [False] * (IN_A_ROW - 1) + [True]
    return breaker


def test_it_opens_after_failures_in_a_row_only(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(3):
        assert [breaker.failed() for _ in range(IN_A_ROW - 1)] == [False] * (IN_A_ROW - 1)
        assert (breaker.worked(), breaker.is_open) == (False, False)


def test_one_try_goes_through_after_each_rest(open_breaker: Breaker, clock: Clock) -> None:
    clock.at += REST_S - 0.1
    assert open_breaker.may_try() is False
    clock.at += 0.1
    assert (open_breaker.may_try(), open_breaker.may_try(), open_breaker.is_open) == (True, False, True)
    clock.at += REST_S
    assert open_breaker.may_try() is True


def test_a_try_that_fails_leaves_it_open_and_says_so_once(open_breaker: Breaker, clock: Clock) -> None:
    clock.at += REST_S
    assert (open_breaker.may_try(), open_breaker.failed(), open_breaker.is_open) == (True, False, True)
    clock.at += REST_S - 0.1
    assert open_breaker.may_try() is False


def test_a_try_that_works_closes_it(open_breaker: Breaker, clock: Clock) -> None:
    clock.at += REST_S
    assert (open_breaker.may_try(), open_breaker.worked(), open_breaker.is_open) == (True, True, False)
    assert [open_breaker.failed() for _ in range(IN_A_ROW)][-1] is True


def test_a_closed_one_needs_no_try(clock: Clock) -> None:
    assert Breaker(clock).may_try() is False
