"""When people answer: opening hours, closed days, and the Sundays on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.hours import Hours

NEW_YORK = ZoneInfo("America/New_York")
HOURS = Hours(
    NEW_YORK,
    {
        **{day: (time(9), time(21)) for day in ("mon", "tue", "wed", "thu", "fri")},
        "sun": (time(12), time(18)),
    },
    closed=frozenset({date(2026, 11, 26), date(2026, 12, 25)}),
)


def local(text: str) -> datetime:
    """Return a New York moment, as the store keeps it: in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    "at, is_open",
    [
        pytest.param("2026-10-30 08:59", False, id="a minute before opening"),
        pytest.param("2026-10-30 09:00", True, id="at opening"),
        pytest.param("2026-10-30 20:59", True, id="the last minute"),
        pytest.param("2026-10-30 21:00", False, id="at closing"),
        pytest.param("2026-10-31 12:00", False, id="a day that is left out"),
        pytest.param("2026-11-01 11:59", False, id="clocks back: a minute before opening"),
        pytest.param("2026-11-01 12:00", True, id="clocks back: at opening"),
        pytest.param("2027-03-14 12:00", True, id="clocks forward: at opening"),
        pytest.param("2027-03-14 18:00", False, id="clocks forward: at closing"),
        pytest.param("2026-11-26 12:00", False, id="a closed day"),
    ],
)
def test_the_desk_is_open_within_its_hours(at, is_open):
    assert HOURS.is_open(local(at)) is is_open


@pytest.mark.parametrize(
    "at, opening",
    [
        pytest.param("2026-10-30 08:00", "2026-10-30 09:00", id="the same morning"),
        pytest.param("2026-10-30 09:00", "2026-11-01 12:00", id="not the opening that is now"),
        pytest.param("2026-10-30 22:00", "2026-11-01 12:00", id="over a day that is left out and clocks back"),
        pytest.param("2027-03-13 23:30", "2027-03-14 12:00", id="over clocks forward"),
        pytest.param("2026-11-25 23:00", "2026-11-27 09:00", id="over a closed day"),
        pytest.param("2026-12-31 23:59", "2027-01-01 09:00", id="over the year's end"),
    ],
)
def test_the_next_opening_is_told_in_the_campaign_s_own_time(at, opening):
    assert HOURS.next_opening(local(at)) == local(opening)


def test_another_zone_has_other_hours():
    assert Hours(ZoneInfo("America/Phoenix"), HOURS.week).is_open(local("2026-11-02 22:59"))


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param(Hours(NEW_YORK, {}), id="no hours at all"),
        pytest.param(
            Hours(NEW_YORK, HOURS.week, frozenset(date(2026, 10, 30) + timedelta(days=n) for n in range(20))),
            id="a long break",
        ),
    ],
)
def test_a_desk_that_stays_closed_has_no_next_opening(hours):
    assert (hours.is_open(local("2026-10-30 12:00")), hours.next_opening(local("2026-10-30 12:00"))) == (False, None)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)))
def test_the_next_opening_is_ahead_and_the_desk_is_open_then_and_closed_a_minute_before(now):
    opening = HOURS.next_opening(now)
    assert opening is not None
    assert (opening > now, HOURS.is_open(opening), HOURS.is_open(opening - timedelta(minutes=1))) == (True, True, False)
