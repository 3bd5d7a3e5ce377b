"""Open questions: options on the table, and whether to go on with a form."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, SIGN_UP, asking, thread, words

from bot.engine.decision import Ask, CancelForm, Say
from bot.engine.heard import Acted
from bot.engine.questions import choice, form
from bot.engine.thread import Choosing
from bot.message import ActKind

OFFERED = thread(question=Choosing("entry", ("polling_place", "voting_hours"), NOW + MINUTE), misses=1)
HOURS, PLACE = Say("voting_hours", "voting_hours"), Ask("find_place", "address", {})
YES, NO = words("yes", "affirm", values={"yes_no": "yes"}), words("no", "deny", values={"yes_no": "no"})


def first(one, heard, now=NOW):
    step = choice(one, heard, BOOK, now)
    return step and step.decisions[0]


# --- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heard, picked",
    [
        pytest.param(words("2", values={"number": "2"}), HOURS, id="a number"),
        pytest.param(words("the first", values={"number": "1"}), PLACE, id="a number in words"),
        pytest.param(words("voting HOURS!", "greet"), HOURS, id="a label, whatever was understood"),
        pytest.param(words("voting_hours"), HOURS, id="the entry's own name"),
        pytest.param(words("Voting hours", choice="voting_hours"), HOURS, id="an option's payload"),
        pytest.param(words("Voting hours", choice="go:voting_hours"), HOURS, id="a button"),
        pytest.param(words("3", values={"number": "3"}), None, id="a number that was not offered"),
        pytest.param(words("0", values={"number": "0"}), None, id="zero"),
        pytest.param(words("-1", values={"number": "-1"}), None, id="no number"),
        pytest.param(YES, None, id="a yes to two options"),
        pytest.param(words("where do i vote", "polling_place"), None, id="free words are heard as always"),
    ],
)
def test_an_option_is_picked_by_number_label_or_button(heard, picked):
    assert first(OFFERED, heard) == picked


def test_a_yes_picks_the_only_option():
    only = replace(OFFERED, question=Choosing("entry", ("voting_hours",), NOW + MINUTE))
    assert [first(only, heard) for heard in (YES, NO)] == [HOURS, None]


def test_a_picked_option_closes_the_choice_and_the_misses():
    step = choice(OFFERED, words("2", values={"number": "2"}), BOOK, NOW)
    assert (step.thread.question, step.thread.misses) == (None, 0)


@pytest.mark.parametrize("late, picked", [(timedelta(0), HOURS), (timedelta(seconds=1), None)])
def test_options_lapse(late, picked):
    assert first(OFFERED, words("2", values={"number": "2"}), OFFERED.question.until + late) == picked


@pytest.mark.parametrize(
    "payload", ["go:stop_confirmed", "go:desk_introduction", "go:weather", "go:", "resolve", "../etc"]
)
def test_a_button_that_was_never_shown_is_heard_as_its_words(payload):
    assert choice(thread(), words("x", choice=payload), BOOK, NOW) is None


def test_an_old_button_works_also_while_a_form_asks():
    step = choice(thread(question=asking(SIGN_UP, "name")), words("Hours", choice="go:voting_hours"), BOOK, NOW)
    assert step.decisions == (HOURS, Ask("sign_up", "name", {}, how="back"))


@pytest.mark.parametrize("kind", ["stop", "again"])
def test_yes_to_other_questions_is_no_option(kind):
    assert choice(thread(question=Choosing(kind, (), NOW + MINUTE)), YES, BOOK, NOW) is None


TO_RESUME = thread(
    question=Choosing("resume", ("sign_up",), NOW + MINUTE),
    aside=(asking(FIND, "address"), asking(SIGN_UP, "zip", name="Ana")),
)


def test_yes_goes_on_with_the_form_that_was_put_aside():
    step = choice(TO_RESUME, YES, BOOK, NOW)
    assert step.decisions == (Ask("sign_up", "zip", {"name": "Ana"}, how="back"),)
    assert (step.thread.question, step.thread.aside) == (asking(SIGN_UP, "zip", name="Ana"), (asking(FIND, "address"),))


def test_no_drops_that_form_only():
    step = choice(TO_RESUME, NO, BOOK, NOW)
    assert step.decisions == (CancelForm("sign_up"), Say("form_cancelled"))
    assert (step.thread.question, step.thread.aside) == (None, (asking(FIND, "address"),))


@pytest.mark.parametrize(
    "one", [replace(TO_RESUME, aside=()), thread()], ids=["nothing lies aside", "nothing was asked"]
)
def test_a_yes_without_a_question_is_heard_by_the_other_rules(one):
    assert choice(one, YES, BOOK, NOW) is None


def test_a_volunteer_s_act_answers_no_question():
    act = Acted(ActKind.SAY, "maria", "Maria", "1", NOW)
    assert (choice(OFFERED, act, BOOK, NOW), form(thread(question=asking(FIND, "address")), act, BOOK, NOW)) == (
        None,
        None,
    )
