"""What staff are told to look at: what ends, what comes, what fails, and nothing else."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from support.facts import HOURS, NOW, OHIO, checked, records

from bot.civic.due import due, looked_after, watched
from bot.civic.facts import OfficialFacts
from bot.civic.states import state_file
from bot.official import FactRecords, Freeze, LinkHealth

FORTNIGHT = timedelta(14)
HOTLINES = [
    checked("US", f"hotline.{language}", state_file().hotlines[language].value, at=NOW) for language in ("en", "es")
]


def told(found: FactRecords, *, practice: bool = True) -> list[tuple[str, str]]:
    facts = OfficialFacts(practice=practice, records=found)
    return [(one.key, one.why) for one in due(facts, looked_after(facts), NOW, FORTNIGHT)]


def hours(**more: object) -> FactRecords:
    return records(checks=[checked("OH", "poll_hours", HOURS, **{"at": NOW, **more})])


def test_states_that_nobody_has_begun_with_are_left_alone() -> None:
    assert (told(records()), told(records(checks=HOTLINES), practice=False)) == ([], [])


def test_a_fresh_check_is_not_due() -> None:
    assert told(hours()) == []


@pytest.mark.parametrize(
    "more, why",
    [
        ({"at": NOW - timedelta(45)}, []),
        ({"at": NOW - timedelta(46)}, ["the check ends on 2026-11-13"]),
        ({"at": NOW - timedelta(60)}, ["the check ended on 2026-10-30"]),
        ({"file_hash": "00000000"}, ["the state file has another value since the check"]),
        ({"valid_until": date(2026, 11, 13)}, ["holds until 2026-11-13"]),
        ({"valid_until": date(2026, 11, 14)}, []),
        ({"valid_until": date(2026, 10, 29)}, ["past valid_until"]),
    ],
)
def test_a_check_that_ends_soon_or_has_ended_is_due(more: dict[str, object], why: list[str]) -> None:
    assert told(hours(**more)) == [("poll_hours", one) for one in why]


def test_a_freeze_is_due_until_somebody_lifts_it() -> None:
    frozen = replace(hours(), freezes={("OH", "poll_hours"): Freeze("court order", None)})
    assert told(frozen) == [("poll_hours", "frozen: court order")]


def test_before_an_election_every_fact_of_its_state_should_be_checked() -> None:
    coming = replace(OHIO, checked_on=NOW.date())
    unchecked = [key for key, why in told(records(elections=[coming])) if why == "not checked yet"]
    assert unchecked == [
        *("early_voting", "in_line", "mail_ballot", "poll_hours", "registration", "registration_online", "same_day"),
        "voter_id",
    ]
    far = replace(coming, day=NOW.date() + timedelta(61))
    assert told(records(elections=[far])) == []


def test_an_election_that_should_be_read_again_is_due() -> None:
    stale = replace(OHIO, day=date(2026, 12, 29), checked_on=NOW.date() - timedelta(50))
    assert ("election 2026-12-29", "read on 2026-09-10; its dates are said until 2026-11-09") in told(
        records(elections=[stale])
    )


def test_pages_that_fail_are_due() -> None:
    broken = replace(hours(), links={("OH", "polling_place"): LinkHealth(2, "404", "", NOW)})
    assert told(broken) == [("link polling_place", "could not be opened 2 times in a row: 404")]


def test_live_the_hotlines_are_due_every_month() -> None:
    assert [key for key, _ in told(records(), practice=False)] == ["hotline.en", "hotline.es"]


def test_laws_that_may_change_are_named_where_they_hold() -> None:
    everywhere = {watch.what for watch in watched(["OH"])}
    assert {watch.what for watch in watched(["NV"])} > everywhere
