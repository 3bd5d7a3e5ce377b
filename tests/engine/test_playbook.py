"""What the engine asks its playbook."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, NOW, REPORT, SIGN_UP, asking

from bot.engine.playbook import Entry, expected_types
from bot.engine.thread import Choosing


@pytest.mark.parametrize(
    "name, found", [("voting_hours", "voting_hours"), ("poll_hours", "voting_hours"), ("nonsense", None)]
)
def test_an_entry_is_found_where_it_leads_to(name, found):
    entry = BOOK.entry(name)
    assert (entry and entry.name) == found


def test_an_entry_may_lead_over_another_one():
    book = replace(BOOK, entries={**BOOK.entries, "hours": Entry("hours", go="poll_hours")})
    assert book.entry("hours") == BOOK.entries["voting_hours"]


@pytest.mark.parametrize(
    "text, entry",
    [
        ("I will KILL MYSELF", "crisis"),
        ("they turned away my mother and I want to kill myself", "crisis"),
        ("we were turned away", "voting_problem"),
        ("this line kills me", None),
    ],
)
def test_the_weightier_danger_words_name_the_entry(text, entry):
    assert BOOK.danger_in(text) == entry


@pytest.mark.parametrize(
    "form, channel, life", [("find_place", "sms", 24 * 60), ("find_place", "web", 30), ("quick", "sms", 5)]
)
def test_a_question_stays_open_a_day_or_half_an_hour_unless_staff_say_otherwise(form, channel, life):
    forms = {"find_place": FIND, "quick": replace(FIND, expires={"sms": timedelta(minutes=5)})}
    assert forms[form].life(channel).total_seconds() == life * 60


@pytest.mark.parametrize(
    "question, types",
    [
        pytest.param(None, (), id="nothing is open"),
        pytest.param(Choosing("stop", (), NOW), ("yes_no", "number"), id="a choice"),
        pytest.param(
            asking(FIND, "address"), ("us_address", "state", "zip", "zip"), id="a slot and what may be given instead"
        ),
        pytest.param(
            asking(FIND, "confirmation", address="x"),
            ("yes_no", "us_address", "zip"),
            id="a confirmation may be a correction",
        ),
        pytest.param(
            asking(SIGN_UP, "what", name="Maria", zip="62701"),
            ("choice", "name", "zip", "zip"),
            id="given slots may be corrected",
        ),
        pytest.param(asking(SIGN_UP, "shoe_size"), (), id="a slot that staff have removed"),
        pytest.param(replace(asking(SIGN_UP, "zip"), form="gone"), (), id="a form that staff have removed"),
        pytest.param(asking(REPORT, "confirmation"), (), id="a confirmation that staff have removed"),
    ],
)
def test_the_open_question_expects_these_types(question, types):
    assert expected_types(question, BOOK) == types


@pytest.mark.parametrize(
    "name, offered",
    [
        ("polling_place", True),
        ("report_problem", True),
        ("greet", True),
        ("stop_confirmed", False),
        ("desk_introduction", False),
        ("", False),
    ],
)
def test_only_entries_with_a_title_or_behind_a_button_are_offered(name, offered):
    assert BOOK.offers(name) is offered
