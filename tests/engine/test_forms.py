"""Filling in a form: the next question, the end, and forms put aside for one another."""

from dataclasses import replace

import pytest
from support.playbooks import FIND, MINUTE, NOW, SIGN_UP, asking, thread

from bot.engine import forms
from bot.engine.decision import Ask, AskYesNo, CancelForm, Complete, HandOff, Look, Say
from bot.engine.playbook import Done, Form, Outcome, SlotQuestion, Team
from bot.engine.thread import Asking, Choosing

LATER = NOW + 5 * MINUTE
ADDRESS = {"address": "12 Oak St, 62701", "state": "IL"}


@pytest.mark.parametrize(
    "form, slots, slot",
    [
        pytest.param(SIGN_UP, {}, "name", id="the first question first"),
        pytest.param(SIGN_UP, {"zip": "62701"}, "name", id="also if a later one is answered"),
        pytest.param(SIGN_UP, {"name": "Maria"}, "zip", id="then the next"),
        pytest.param(SIGN_UP, {"name": "Maria", "zip": "62701", "what": "calls"}, None, id="then it is filled in"),
        pytest.param(FIND, {"state": "IL"}, None, id="what may be given instead needs no confirmation"),
        pytest.param(FIND, ADDRESS, "confirmation", id="what is repeated is confirmed"),
        pytest.param(FIND, {**ADDRESS, "confirmation": "yes"}, None, id="once"),
    ],
)
def test_a_form_asks_what_is_open_then_for_confirmation(form, slots, slot):
    assert forms.next_slot(form, slots) == slot


@pytest.mark.parametrize(
    "values, slots",
    [
        pytest.param(
            {"us_address": "12 Oak St, 62701", "zip": "62701", "state": "IL"}, ADDRESS, id="the wanted type wins"
        ),
        pytest.param({"state": "IL"}, {"state": "IL"}, id="a type that may be given instead"),
        pytest.param({"zip": "62701", "state": "IL"}, {"zip": "62701", "state": "IL"}, id="a ZIP brings its state"),
        pytest.param({"phone": "+15550100"}, {}, id="another type fills nothing"),
        pytest.param({}, {}, id="nothing fills nothing"),
    ],
)
def test_a_question_is_filled_by_values_of_its_types(values, slots):
    assert forms.filled(FIND.ask[0], values) == slots


@pytest.mark.parametrize(
    "values, slot, slots",
    [
        pytest.param({}, "name", {}, id="nothing told yet"),
        pytest.param(
            {"zip": "62701", "name": "Knock", "number": "2"},
            "name",
            {"zip": "62701"},
            id="a name or number is not guessed",
        ),
    ],
)
def test_a_form_begins_with_what_the_voter_has_told_already(values, slot, slots):
    step = forms.open_form(thread(misses=1), SIGN_UP, values, NOW)
    assert step.decisions == (Ask("sign_up", slot, slots),)
    assert step.thread == thread(question=Asking("sign_up", slot, slots, NOW))


def test_a_form_that_is_open_is_put_aside_for_another_one():
    step = forms.open_form(thread(question=asking(FIND, "address", tries=1)), SIGN_UP, {}, LATER)
    assert (step.thread.question, step.thread.aside) == (
        Asking("sign_up", "name", {}, LATER),
        (asking(FIND, "address", tries=1),),
    )


@pytest.mark.parametrize(
    "values, slots",
    [
        pytest.param({}, {"name": "Maria"}, id="as it was"),
        pytest.param({"zip": "62704"}, {"name": "Maria", "zip": "62704"}, id="with what was said now"),
    ],
)
def test_a_form_that_was_put_aside_goes_on_where_it_was_and_is_not_asked_twice(values, slots):
    one = thread(question=asking(FIND, "address"), aside=(asking(SIGN_UP, "zip", name="Maria"),))
    step = forms.open_form(one, SIGN_UP, values, NOW)
    assert step.thread.question == Asking("sign_up", forms.next_slot(SIGN_UP, slots), slots, NOW)
    assert step.thread.aside == (asking(FIND, "address"),)


def test_an_address_given_before_yields_to_a_state_named_now():
    step = forms.open_form(thread(aside=(asking(FIND, "confirmation", **ADDRESS),)), FIND, {"state": "TX"}, NOW)
    assert step.decisions[0] == Complete("find_place", {"state": "TX"})


def test_at_most_three_forms_lie_aside_and_the_oldest_is_dropped():
    one = thread()
    for name in "abcde":
        one = forms.open_form(one, Form(name, (SlotQuestion("s", "zip"),), Done(Outcome())), {}, NOW).thread
    assert (one.question.form, [aside.form for aside in one.aside]) == ("e", ["b", "c", "d"])


@pytest.mark.parametrize("question", [None, Choosing("entry", ("greet",), NOW)])
def test_a_mere_choice_is_not_put_aside(question):
    assert forms.put_aside(thread(question=question)) == thread()


def test_the_way_back_asks_the_same_question_with_what_was_given():
    older, newer = asking(FIND, "address"), asking(SIGN_UP, "zip", tries=1, name="Maria")
    step = forms.ask_back(thread(aside=(older, newer)), LATER)
    assert step.decisions == (Ask("sign_up", "zip", {"name": "Maria"}, how="back"),)
    assert (step.thread.question, step.thread.aside) == (replace(newer, since=LATER), (older,))


def test_the_voter_is_asked_about_the_form_put_aside_last():
    one = thread(aside=(asking(FIND, "address"), asking(SIGN_UP, "zip")))
    step = forms.ask_to_resume(one, LATER)
    assert step.decisions == (AskYesNo("resume", {"slot": "zip"}),)
    assert step.thread == replace(one, question=Choosing("resume", ("sign_up",), LATER))


def test_a_cancelled_form_is_dropped_and_said_so():
    step = forms.cancelled(thread(question=asking(FIND, "address"), misses=1))
    assert (step.thread, step.decisions) == (thread(), (CancelForm("find_place"), Say("form_cancelled")))


def test_a_filled_form_that_needs_a_look_up_says_nothing_yet_and_remembers_the_state():
    step = forms.advance(thread(question=asking(FIND, "address")), FIND, {"state": "IL"}, NOW)
    look = Look("look_up_polling_place", {"state": "IL", "form": "find_place"})
    assert step.decisions == (Complete("find_place", {"state": "IL"}), look)
    assert step.thread == thread(known={"state": "IL"})


FILLED = {"name": "Maria", "zip": "62701", "what": "calls"}
ENDED = (Complete("sign_up", FILLED), Say("volunteer_thanks", slots=FILLED), HandOff("volunteers", "sign_up"))


def test_a_filled_form_is_thanked_for_and_handed_to_its_people():
    step = forms.advance(thread(), SIGN_UP, FILLED, NOW)
    assert (step.thread, step.decisions) == (thread(waiting_since=NOW, receipt=True), ENDED)


def test_a_thread_that_waits_already_keeps_its_place():
    assert forms.advance(thread(waiting_since=NOW), SIGN_UP, FILLED, LATER).thread.waiting_since == NOW


def test_after_a_form_the_one_that_was_put_aside_for_it_goes_on():
    step = forms.advance(thread(aside=(asking(FIND, "address"),)), SIGN_UP, FILLED, NOW)
    assert step.decisions == (*ENDED, Ask("find_place", "address", {}, how="back"))
    assert (step.thread.question, step.thread.aside) == (asking(FIND, "address"), ())


def test_a_result_that_comes_while_a_person_owns_the_thread_asks_for_nothing():
    one = thread(owner="maria", aside=(asking(SIGN_UP, "name"),))
    assert forms.closing(one, "find_place", FIND.done.found, {}, NOW).decisions == (Say("place_link"),)


def test_an_end_may_have_people_only():
    step = forms.closing(thread(), "find_place", Outcome(hand_off=Team("general", "urgent")), {}, NOW)
    assert step.decisions == (HandOff("general", "find_place", "urgent"),)
