"""Two requests in one message: taken apart, and both answered; or offered, where it says "or"."""

import pytest
from support.playbooks import BOOK, FIND, NOW, asking, thread, words

from bot.engine.decision import acts
from bot.engine.parts import parts, two_requests
from bot.engine.rules import decide
from bot.message import Reading

AND = "when do polls close and who endorses her"
OR = "hours or endorsements"


def half(intent: str, sure: float = 0.95, *, in_scope: bool = True) -> Reading:
    return Reading(intent, sure, "", 0.0, in_scope)


def heard(text, intent="voting_hours", sure=0.6, second=("rumor_check", 0.3), halves=("voting_hours", "rumor_check")):
    pair = tuple(half(one) if isinstance(one, str) else one for one in halves)
    return words(text, intent, sure, second=second, halves=pair)


@pytest.mark.parametrize(
    "text, joint, halves",
    [
        ("where do i vote and what id do i bring", "and", ("where do i vote", "what id do i bring")),
        ("Where do I vote? What ID do I bring?", "and", ("Where do I vote?", "What ID do I bring?")),
        ("donde voto y a que hora cierran", "and", ("donde voto", "a que hora cierran")),
        ("my mom and dad want to vote, and also need a ride", "and", ("my mom and dad want to vote", "need a ride")),
        ("volunteer or donate", "or", ("volunteer", "donate")),
        ("donar/ser voluntario", "or", ("donar", "ser voluntario")),
    ],
)
def test_a_message_is_taken_apart(text, joint, halves):
    found = parts(text)
    assert (found.joint, found.texts) == (joint, halves)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "where do i vote",
        "and",
        "or",
        "mom and dad",
        "One thing. Two things. Three things.",
        "where do i vote and what id do i bring " * 20,
    ],
)
def test_what_says_one_thing_or_too_much_stays_whole(text):
    assert parts(text) is None


def test_both_are_answered_with_a_list_before_the_first():
    step = decide(thread(), heard(AND), BOOK, NOW)
    assert acts(step) == ["answers:voting_hours", "answers:rumor_check"]
    assert type(step.decisions[0]).__name__ == "List"


def test_what_asks_something_comes_last():
    step = two_requests(
        thread(), heard(AND, halves=("polling_place", "voting_hours"), second=("polling_place", 0.3)), BOOK, NOW
    )
    assert acts(step) == ["answers:voting_hours", "asks_for:address"]
    assert step.thread.question.form == FIND.name


def test_or_is_asked_back():
    step = decide(thread(), heard(OR, halves=("voting_hours", "polling_place")), BOOK, NOW)
    assert acts(step) == ["offers_choice"]
    assert step.thread.question.options == ("voting_hours", "polling_place")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"halves": ()}, id="never read apart"),
        pytest.param({"halves": ("voting_hours", "voting_hours")}, id="one wish said twice"),
        pytest.param({"halves": ("voting_hours", half("rumor_check", 0.5))}, id="a half that is not sure"),
        pytest.param(
            {"halves": ("voting_hours", half("rumor_check", in_scope=False))}, id="a half like nothing taught"
        ),
        pytest.param({"halves": ("voting_hours", "thanks")}, id="courtesy"),
        pytest.param({"halves": ("voting_hours", "no_entry_has_this_name")}, id="nothing to say"),
        pytest.param({"text": "i saw her there and it was good", "second": ("", 0.0)}, id="halves that ask nothing"),
    ],
)
def test_otherwise_the_whole_message_counts(changed):
    assert two_requests(thread(), heard(**{"text": AND, **changed}), BOOK, NOW) is None


@pytest.mark.parametrize("state", [{"owner": "maria"}, {"question": asking(FIND, "address")}])
def test_nothing_is_taken_apart_under_an_open_question_or_a_person(state):
    assert two_requests(thread(**state), heard(AND), BOOK, NOW) is None
