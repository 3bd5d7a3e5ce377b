"""How an entry is answered with: its text, its form, its people."""

from dataclasses import replace

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, SIGN_UP, asking, thread

from bot.engine.decision import Ask, Complete, HandOff, Record, Say
from bot.engine.playbook import Entry
from bot.engine.replies import answered, hand_off
from bot.engine.thread import Asking, Topic

LATER = NOW + 5 * MINUTE


def decided(one, name, intent=None, values=None):
    return answered(one, name, intent or name, BOOK, LATER, values).decisions


def test_an_entry_with_a_text_is_said_and_becomes_the_topic():
    step = answered(thread(misses=1), "voting_hours", "voting_hours", BOOK, NOW)
    assert step.decisions == (Say("voting_hours", "voting_hours"),)
    assert step.thread == thread(topic=Topic("voting_hours", "voting_hours", NOW))


def test_an_entry_that_leads_elsewhere_is_said_from_there():
    assert decided(thread(), "poll_hours") == (Say("voting_hours", "poll_hours"),)


def test_an_entry_that_nobody_has_written_has_no_answer():
    assert answered(thread(), "weather", "weather", BOOK, NOW) is None


def test_a_question_in_mid_form_is_answered_once_and_the_same_slot_asked_again():
    one = thread(question=asking(FIND, "address", tries=1))
    step = answered(one, "voting_hours", "voting_hours", BOOK, LATER)
    assert step.decisions == (Say("voting_hours", "voting_hours"), Ask("find_place", "address", {}, how="back"))
    assert step.thread.question == replace(one.question, since=LATER)


@pytest.mark.parametrize(
    "known, values, decision",
    [
        pytest.param({}, {}, Ask("find_place", "address", {}), id="from the start"),
        pytest.param({"state": "IL"}, {}, Complete("find_place", {"state": "IL"}), id="with what is known"),
        pytest.param(
            {"state": "IL"}, {"state": "TX"}, Complete("find_place", {"state": "TX"}), id="or with what was said now"
        ),
        pytest.param({"stance": "support"}, {}, Ask("find_place", "address", {}), id="not with anything else"),
    ],
)
def test_an_entry_with_a_form_begins_the_form(known, values, decision):
    assert decided(thread(known=known), "polling_place", values=values)[0] == decision


def test_the_form_that_is_open_is_not_begun_anew_but_asked_on():
    one = thread(question=asking(SIGN_UP, "zip", name="Maria"))
    step = answered(one, "volunteer", "volunteer", BOOK, LATER)
    assert step.decisions == (Ask("sign_up", "zip", {"name": "Maria"}, how="back"),)
    assert step.thread.question == one.question


@pytest.mark.parametrize(
    "intent, stance", [("express_support", "support"), ("express_opposition", "oppose"), ("undecided", "undecided")]
)
def test_a_stance_is_recorded_and_remembered(intent, stance):
    book = replace(BOOK, entries={**BOOK.entries, intent: Entry(intent)})
    step = answered(thread(), intent, intent, book, NOW)
    assert step.decisions == (Record("stance", stance), Say(intent, intent))
    assert step.thread.known == {"stance": stance}


def test_an_entry_with_people_is_said_and_hands_over_and_the_form_waits():
    step = answered(thread(question=asking(FIND, "address")), "yard_sign", "yard_sign", BOOK, NOW)
    assert step.decisions == (Say("yard_sign", "yard_sign"), HandOff("volunteers", "yard_sign"))
    assert (step.thread.waiting_since, step.thread.question, step.thread.aside) == (
        NOW,
        None,
        (asking(FIND, "address"),),
    )


@pytest.mark.parametrize(
    "name, said",
    [("speak_to_human", "already_waiting"), ("yard_sign", "yard_sign"), ("voting_problem", "voting_problem")],
)
def test_who_waits_for_a_person_already_is_told_so(name, said):
    assert decided(thread(waiting_since=NOW), name)[0] == Say(said, name)


@pytest.mark.parametrize("say, said", [(None, ()), ("handed_off", (Say("handed_off"),))])
def test_a_hand_over_may_say_something_first(say, said):
    step = hand_off(thread(misses=1, question=asking(FIND, "address")), "general", "loop", NOW, "urgent", say)
    assert step.decisions == (*said, HandOff("general", "loop", "urgent"))
    assert step.thread == thread(aside=(Asking("find_place", "address", {}, NOW),), waiting_since=NOW)


def test_a_second_hand_over_does_not_begin_the_wait_anew():
    assert hand_off(thread(waiting_since=NOW), "general", "loop", LATER).thread.waiting_since == NOW
