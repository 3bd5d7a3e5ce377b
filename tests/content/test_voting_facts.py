"""Every state, every voting intent, both languages: a live fact or a link, never what is past, expired or unchecked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from support.facts import NOW
from support.sweep import CHECKED, LANGUAGES, changes, entries, everything, said, wrong_answers

from bot.civic.facts import OfficialFacts
from bot.civic.states import state_file
from bot.engine.segments import segments
from bot.official import FactRecords, Freeze

LIVE = OfficialFacts(practice=False, records=everything())
DAYS = changes()


@pytest.mark.parametrize("name", entries()[0])
def test_c45_c46_on_each_day_on_which_something_changes_nothing_false_is_said(name: str) -> None:
    assert list(wrong_answers(LIVE, [name], DAYS)) == []


@pytest.mark.parametrize("name", entries()[1])
def test_what_tells_no_fact_tells_none_on_any_day(name: str) -> None:
    assert list(wrong_answers(LIVE, [name], [CHECKED.date(), CHECKED.date() + timedelta(30)])) == []


def test_while_nothing_is_checked_every_answer_is_a_link() -> None:
    nothing = OfficialFacts(practice=False)
    for name in entries()[0]:
        assert list(wrong_answers(nothing, [name], [NOW.date()])) == []
        for state in state_file().states:
            assert not [fact for fact in said(nothing, name, state, "en", NOW).facts if fact.startswith("fact:")]


def test_while_all_is_checked_facts_are_told_at_all() -> None:
    for name in entries()[0]:
        told = {state for state in state_file().states if "Checked Sep" in said(LIVE, name, state, "en", CHECKED).text}
        assert len(told) > 5, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", entries()[0])
def test_the_longest_dates_and_pages_fit_two_segments(name: str, language: str) -> None:
    at = datetime(2026, 9, 12, 16, tzinfo=UTC)
    dates = {
        "registration_online": "2026-09-21 23:30",
        "registration_mail": "2026-09-22",
        "registration_in_person": "2026-09-23",
        "early_start": "2026-09-22",
        "early_end": "2026-09-26 17:30",
        "mail_request": "2026-09-25 17:30",
        "mail_arrives": "2026-09-29 20:30",
    }
    facts = OfficialFacts(practice=False, records=everything(date(2026, 9, 12), date(2026, 9, 29), dates))
    for state in state_file().states:
        text = said(facts, name, state, language, at).text
        assert (segments(text).count <= 2, segments(text).unit) == (True, "GSM-7"), text


def test_a_frozen_fact_gives_the_link_and_says_that_it_may_change() -> None:
    frozen = {("OH", "poll_hours"): Freeze("court", None), ("OH", "election"): Freeze("court", None)}
    facts = OfficialFacts(practice=False, records=replace(everything(), freezes=frozen))
    text = said(facts, "voting_hours", "OH", "en", CHECKED).text
    assert "may be changing right now" in text
    assert "https://" in text
    assert "may be changing" not in said(facts, "voting_hours", "TX", "en", CHECKED).text


def test_a_page_in_another_language_says_so_once() -> None:
    facts = OfficialFacts(practice=False, records=FactRecords())
    assert said(facts, "voter_eligibility", "OH", "es", NOW).text.count("(en inglés)") == 1
    assert "(in" not in said(facts, "voter_eligibility", "OH", "en", NOW).text
    assert "(in Spanish)" in said(facts, "register_to_vote", "PR", "en", NOW).text
    assert "(en" not in said(facts, "register_to_vote", "PR", "es", NOW).text
