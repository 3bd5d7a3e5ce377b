"""CASE 4821: what is understood as the question, and what is told to whom."""

from datetime import timedelta

import pytest
from support.playbooks import BOOK, MINUTE, NOW, SIGN_UP, asking, thread, words

from bot.engine.cases import case
from bot.engine.decision import Ask, PassOn, Say, Silent
from bot.engine.desk import with_volunteer
from bot.engine.heard import Acted
from bot.engine.rules import decide
from bot.engine.thread import Stop
from bot.engine.turns import together
from bot.engine.words import case_asked
from bot.message import ActKind

MINE = {7: "waiting", 8: "claimed", 9: "resolved", 10: "escalated", 11: "spam"}


@pytest.mark.parametrize(
    "text, number",
    [
        ("CASE 4821", 4821),
        ("case 4821", 4821),
        ("Caso 4821", 4821),
        ("CASO #4821", 4821),
        ("case#4821.", 4821),
        ("case4821", 4821),
        ("Case no. 4821?", 4821),
        ("caso núm. 4821", 4821),
        ("case number 004821", 4821),
        ("  case\n4821 ", 4821),
        ("CASE", None),
        ("4821", None),
        ("my ssdi case 4821 is still open", None),
        ("in case 2 of us come", None),
        ("casa 4821", None),
        ("case 48-21", None),
        ("case -4821x", None),
        ("case " + "9" * 19, None),
        ("case 1" + " " * 90, None),
    ],
)
def test_only_a_whole_message_asks_about_a_case(text, number):
    assert case_asked(text) == number


@pytest.mark.parametrize(
    "text, entry",
    [
        ("case 7", "case_waiting"),
        ("case 10", "case_waiting"),
        ("case 8", "case_with_person"),
        ("case 9", "case_resolved"),
        ("case 11", "case_resolved"),
        ("case 12", "case_unknown"),
    ],
)
def test_the_state_of_a_case_is_told_and_a_number_that_is_not_theirs_is_unknown(text, entry):
    step = decide(thread(), words(text, cases=MINE), BOOK, NOW)
    assert step.decisions == (Say(entry, slots={"case": text.split()[1]}),)


def test_the_question_is_answered_in_the_middle_of_a_form_which_goes_on():
    step = decide(thread(question=asking(SIGN_UP, "name")), words("case 7", cases=MINE), BOOK, NOW + MINUTE)
    said, asked = step.decisions
    assert said == Say("case_waiting", slots={"case": "7"})
    assert asked == Ask("sign_up", "name", {}, how="back")


def test_it_is_answered_while_a_person_owns_the_thread_who_sees_it_too():
    step = decide(thread(owner="maria"), words("case 8", cases=MINE), BOOK, NOW)
    assert step.decisions == (Say("case_with_person", slots={"case": "8"}), PassOn())


@pytest.mark.parametrize(
    "stop, tells",
    [(Stop(NOW - MINUTE), True), (Stop(NOW - MINUTE, "twilio"), False)],
    ids=["stopped here", "held by the provider"],
)
def test_one_who_has_stopped_us_and_asks_is_answered_where_that_may_be(stop, tells):
    step = decide(thread(stopped=stop), words("case 7", cases=MINE), BOOK, NOW)
    assert (Say("case_waiting", slots={"case": "7"}) in step.decisions) is tells


def test_numbers_tried_one_after_the_other_mute_the_thread():
    one = thread()
    for number in range(3):
        step = decide(one, words(f"case {number}", at=NOW), BOOK, NOW)
        one = step.thread
    assert Silent("loop") in step.decisions


def test_other_words_and_other_things_are_none_of_this_rule():
    assert case(thread(), words("where do i vote"), BOOK, NOW) is None
    assert case(thread(), Acted(ActKind.CLAIM, "maria", "Maria", "case 7", NOW), BOOK, NOW) is None


def test_the_question_is_read_alone():
    assert together(["hello", "case 7"], thread(), BOOK) == 1


@pytest.mark.parametrize(
    "known, case_number, entries",
    [
        ({"receipt": True}, 7, ["case_closed"]),
        ({"receipt": True, "met": True}, 7, ["case_closed"]),
        ({"receipt": False, "met": True}, 7, ["desk_back"]),
        ({"receipt": False}, 7, []),
        ({"receipt": True}, None, []),
        ({"receipt": True, "stopped": Stop(NOW)}, 7, []),
        ({"receipt": True, "owner": "joe"}, 7, []),
    ],
)
def test_the_end_of_a_case_is_told_to_who_has_its_number(known, case_number, entries):
    act = Acted(ActKind.RESOLVE, "maria", "Maria", "", NOW, case_number)
    step = with_volunteer(thread(**known), act, BOOK, NOW)
    assert [one.entry for one in step.decisions if isinstance(one, Say)] == entries
    assert step.thread.receipt is False
    again = with_volunteer(step.thread, act, BOOK, NOW)  # told once
    assert "case_closed" not in [one.entry for one in again.decisions if isinstance(one, Say)]


def test_a_newer_case_keeps_its_receipt():
    act = Acted(ActKind.RESOLVE, "maria", "Maria", "", NOW, 7)
    newer = thread(receipt=True, waiting_since=NOW - timedelta(seconds=1))
    assert with_volunteer(newer, act, BOOK, NOW).thread.receipt is True
