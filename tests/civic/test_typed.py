"""What staff type about facts and elections: read as they write it, and every mistake has a way out."""

from datetime import date, datetime

import pytest

from bot.civic.typed import (
    MAX_PAGE,
    NotRead,
    day_typed,
    election_typed,
    example,
    key_named,
    keys_of,
    moment_typed,
    page_typed,
    place_named,
    told_value,
    value_typed,
)
from bot.official import FACT_KINDS, HOTLINE


@pytest.mark.parametrize(
    "text, place",
    [("OH", "OH"), ("oh", "OH"), (" Ohio ", "OH"), ("ohio", "OH"), ("us", "US"), ("washington dc", "DC"), ("pr", "PR")],
)
def test_a_place_is_named_by_its_code_or_name(text: str, place: str) -> None:
    assert place_named(text) == place


@pytest.mark.parametrize(
    "text, hint", [("Pensylvania", "Did you mean PA"), ("ZZ", "Write it like OH"), ("", "like OH")]
)
def test_a_place_that_is_none_says_which_is_near(text: str, hint: str) -> None:
    with pytest.raises(NotRead, match=hint):
        place_named(text)


@pytest.mark.parametrize(
    "key, text, value",
    [
        ("poll_hours", "06:30-19:30", "06:30-19:30"),
        ("poll_hours", "6:30 to 19:30", "06:30-19:30"),
        ("poll_hours", "6:30am - 7:30 pm", "06:30-19:30"),
        ("poll_hours", "7 a.m. to 8 p.m.", "07:00-20:00"),
        ("voter_id", "Yes", "yes"),
        ("voter_id", "n", "no"),
        ("mail_ballot", "no excuse", "no_excuse"),
        ("same_day", "election-day", "election_day"),
        ("languages", "es, zh", "es zh"),
    ],
)
def test_a_value_is_read_as_people_write_it(key: str, text: str, value: str) -> None:
    assert told_value(value_typed(FACT_KINDS[key], text)) == value


@pytest.mark.parametrize("key", FACT_KINDS)
def test_the_example_of_a_kind_is_one(key: str) -> None:
    kind = FACT_KINDS[key]
    first = example(kind).split(" or ")[0].split(",")[0]
    assert value_typed(kind, first).keys() == kind.fields.keys()


def test_a_phone_number_is_written_in_one_way() -> None:
    assert value_typed(HOTLINE, "1 (866) 687-8683") == {"number": "866-687-8683"}


@pytest.mark.parametrize(
    "key, text, says",
    [
        ("poll_hours", "7:30", "06:30-19:30"),
        ("poll_hours", "19:30-06:30", "opens at 19:30"),
        ("poll_hours", "25:00-26:00", "no time of day"),
        ("poll_hours", "7-8", "no time of day"),
        ("voter_id", "maybe", "yes or no"),
        ("mail_ballot", "no_excus", "Did you mean 'no_excuse'"),
        ("languages", "Spanish!", "no codes"),
    ],
)
def test_a_value_that_makes_no_sense_says_what_does(key: str, text: str, says: str) -> None:
    with pytest.raises(NotRead, match=says):
        value_typed(FACT_KINDS[key], text)


@pytest.mark.parametrize("text, key", [("poll_hours", "poll_hours"), ("fact.poll_hours", "poll_hours")])
def test_a_key_is_named(text: str, key: str) -> None:
    assert key_named("OH", text) == key


def test_a_key_that_is_none_says_which_is_near() -> None:
    with pytest.raises(NotRead, match="Did you mean 'poll_hours'"):
        key_named("OH", "poll_hour")
    with pytest.raises(NotRead, match=r"hotline\.en"):
        key_named("US", "poll_hours")
    assert keys_of("US") == ("hotline.en", "hotline.es")


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("early_end", "2026-11-01", "2026-11-01"),
        ("early_end", "2026-11-01 5 pm", "2026-11-01 17:00"),
        ("polls_open", "6:30 am", "06:30"),
    ],
)
def test_a_field_of_an_election_is_read(name: str, text: str, value: str) -> None:
    assert election_typed(name, text) == (name, value)


@pytest.mark.parametrize(
    "name, text, says",
    [
        ("early_ends", "2026-11-01", "Did you mean 'early_end'"),
        ("day", "2026-11-01", "has no 'day'"),
        ("early_end", "Nov 1", "2026-11-03"),
        ("early_end", "2026-02-30", "no day 2026-02-30"),
    ],
)
def test_a_field_that_makes_no_sense_says_what_does(name: str, text: str, says: str) -> None:
    with pytest.raises(NotRead, match=says):
        election_typed(name, text)


def test_a_moment_may_be_a_day() -> None:
    assert (moment_typed("2026-11-03 20:00"), moment_typed("2026-11-03")) == (
        datetime(2026, 11, 3, 20),
        datetime(2026, 11, 3),
    )
    assert day_typed(" 2026-11-03") == date(2026, 11, 3)


@pytest.mark.parametrize(
    "page, place",
    [
        ("https://www.ohiosos.gov/elections/", "OH"),
        ("https://dcboe.org/elections", "DC"),  # the state file names it
        ("https://866ourvote.org/", "US"),
    ],
)
def test_a_page_of_a_government_is_taken(page: str, place: str) -> None:
    assert page_typed(f" {page} ", place) == page


@pytest.mark.parametrize(
    "page, says",
    [
        ("www.ohiosos.gov", "whole address"),
        ("http://www.ohiosos.gov/", "whole address"),
        ("https://ohio.gov.example.com/", "no host of a government"),
        ("https://ohiosos.gov/a b", "whole address"),
        (f"https://ohiosos.gov/{'a' * MAX_PAGE}", "characters"),
    ],
)
def test_any_other_page_is_refused_with_the_way_out(page: str, says: str) -> None:
    with pytest.raises(NotRead, match=says):
        page_typed(page, "OH")
