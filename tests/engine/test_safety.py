"""Danger and trouble come before what the voter was being asked."""

from dataclasses import replace

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, REPORT, SIGN_UP, asking, thread, words

from bot.engine.decision import HandOff, PassOn, Purpose, Record, Say, StopThem
from bot.engine.heard import Due
from bot.engine.playbook import Entry
from bot.engine.safety import crisis, urgent
from bot.engine.thread import Topic
from bot.message import Word

HELP_NOW = Say("crisis", "crisis", purpose=Purpose.CRISIS)
CALL = HandOff("urgent", "crisis", "urgent")


@pytest.mark.parametrize(
    "heard, shown",
    [
        pytest.param(words("I want to kill myself", "greet"), True, id="danger words, whatever was understood"),
        pytest.param(words("goodbye world", "crisis", 0.15), True, id="a likely reading"),
        pytest.param(words("goodbye world", "crisis", 0.14), False, id="an unlikely reading"),
        pytest.param(
            words("goodbye world", "crisis", 0.15, in_scope=False), True, id="also where it is like nothing known"
        ),
        pytest.param(words("goodbye", "goodbye", 0.5, second=("crisis", 0.15)), True, id="the second meaning"),
        pytest.param(words("goodbye", "goodbye", 0.5, second=("crisis", 0.14)), False, id="an unlikely second meaning"),
        pytest.param(words("no one would miss me", "greet"), True, id="what the rules know"),
        pytest.param(words("this line is killing me", "crisis", 0.9), False, id="a figure of speech, however it reads"),
        pytest.param(words("we were turned away", "voting_problem"), False, id="other danger words"),
        pytest.param(words("end", "crisis", 0.9), False, id="a carrier word says nothing else"),
        pytest.param(
            words("Kill myself", "crisis", answered_by_provider=Word.STOP),
            False,
            id="nor does one that the provider saw",
        ),
    ],
)
def test_crisis_help_is_shown_rather_once_too_often(heard, shown):
    step = crisis(thread(), heard, BOOK, NOW)
    assert (step and step.decisions) == ((HELP_NOW, CALL) if shown else None)


def test_crisis_puts_a_form_aside_and_calls_people():
    step = crisis(thread(question=asking(FIND, "address")), words("i will kill myself"), BOOK, NOW)
    assert (step.thread.question, step.thread.aside, step.thread.waiting_since) == (
        None,
        (asking(FIND, "address"),),
        NOW,
    )


def test_crisis_help_is_shown_also_while_a_person_owns_the_thread():
    owned = thread(owner="maria")
    step = crisis(owned, words("i will kill myself"), BOOK, NOW)
    assert (step.thread, step.decisions) == (owned, (HELP_NOW, CALL, PassOn()))


def test_without_a_team_of_its_own_a_crisis_goes_to_the_fallback_team():
    book = replace(BOOK, entries={**BOOK.entries, "crisis": Entry("crisis")})
    assert crisis(thread(), words("i will kill myself"), book, NOW).decisions == (
        HELP_NOW,
        replace(CALL, team="general"),
    )


TROUBLE = (Say("voting_problem", "voting_problem"), HandOff("protect", "voting_problem", "urgent"))
A_PERSON = (Say("speak_to_human", "speak_to_human"), HandOff("general", "speak_to_human"))
WRONG = (Record("wrong_number"), Say("wrong_number", "wrong_number"))


@pytest.mark.parametrize(
    "heard, decisions",
    [
        pytest.param(words("we were turned away", "greet"), TROUBLE, id="danger words"),
        pytest.param(words("a man with a gun outside the polling place", "crisis"), TROUBLE, id="arms at the polls"),
        pytest.param(words("they wont let us in", "voting_problem", 0.6), TROUBLE, id="a sure reading"),
        pytest.param(words("they wont let us in", "voting_problem", 0.59), None, id="an unsure reading"),
        pytest.param(words("someone real pls", "speak_to_human"), A_PERSON, id="a person is wanted"),
        pytest.param(words("not maria", "wrong_number"), WRONG, id="c27 a wrong number"),
        pytest.param(
            words("what do you have on me", "privacy_request"),
            (Say("privacy_request", "privacy_request"), HandOff("general", "privacy_request")),
            id="a question about data",
        ),
        pytest.param(words("hours", "voting_hours"), None, id="anything else"),
        pytest.param(Due("lease", 0), None, id="a timer"),
    ],
)
def test_trouble_and_wishes_that_never_wait_are_answered_at_once(heard, decisions):
    step = urgent(thread(), heard, BOOK, NOW)
    assert (step and step.decisions) == decisions


def test_while_a_person_owns_the_thread_trouble_is_the_person_s():
    assert urgent(thread(owner="maria"), words("we were turned away"), BOOK, NOW) is None


@pytest.mark.parametrize(
    "text", ["delete my data", "ERASE everything", "forget me", "borren mis datos", "eliminen todo", "quiten mis datos"]
)
def test_delete_my_data_stops_too_and_is_confirmed_in_one_message(text):
    step = urgent(thread(question=asking(FIND, "address")), words(text, "privacy_request"), BOOK, NOW)
    say = Say("privacy_request", "privacy_request", purpose=Purpose.CONFIRM_STOP)
    assert step.decisions == (StopThem("privacy"), say, HandOff("general", "privacy_request"))
    assert (step.thread.question, step.thread.aside, step.thread.stop_told) == (None, (), True)


def test_c27_a_wrong_number_is_remembered_and_drops_every_form():
    step = urgent(
        thread(question=asking(FIND, "address"), aside=(asking(SIGN_UP, "zip"),)),
        words("nope", "wrong_number"),
        BOOK,
        NOW,
    )
    assert (step.thread.known, step.thread.question, step.thread.aside) == ({"wrong_number": "yes"}, None, ())


def test_trouble_told_inside_the_report_of_trouble_is_its_content():
    heard = words("we were turned away", "voting_problem")
    asked = [thread(question=asking(REPORT, "details")), thread(question=asking(SIGN_UP, "name"))]
    assert [urgent(one, heard, BOOK, NOW) is None for one in asked] == [True, False]


def test_a_person_is_called_also_from_inside_the_report_of_trouble():
    step = urgent(thread(question=asking(REPORT, "details")), words("a human please", "speak_to_human"), BOOK, NOW)
    assert step.decisions == A_PERSON


NAME, STATE, RIGHT = asking(SIGN_UP, "name"), asking(FIND, "address"), asking(FIND, "confirmation", address="12 Oak St")
TALKED = thread(topic=Topic("voting_hours", "voting_hours", NOW - 29 * MINUTE))


@pytest.mark.parametrize(
    "one, text, values, wrong",
    [
        pytest.param(
            thread(question=NAME), "Maria Lopez", {"name": "Maria Lopez"}, False, id="the name that was asked for"
        ),
        pytest.param(thread(question=NAME), "this is not maria", {}, True, id="no name"),
        pytest.param(
            thread(question=STATE), "I live in Texas", {"state": "TX"}, False, id="the state that was asked for"
        ),
        pytest.param(
            thread(question=STATE),
            "this isn't her, she moved to Texas",
            {"state": "TX"},
            True,
            id="more than the state",
        ),
        pytest.param(thread(question=RIGHT), "wrong", {"yes_no": "no"}, False, id="no to 'is that right?'"),
        pytest.param(TALKED, "Texas", {"state": "TX"}, False, id="the state for the last topic"),
        pytest.param(TALKED, "not me", {}, True, id="nothing for the last topic"),
        pytest.param(
            thread(topic=replace(TALKED.topic, at=NOW - 31 * MINUTE)),
            "Texas",
            {"state": "TX"},
            True,
            id="no live topic",
        ),
        pytest.param(thread(), "Maria", {"name": "Maria"}, True, id="nothing was asked"),
    ],
)
def test_a_value_that_we_asked_for_is_no_wrong_number(one, text, values, wrong):
    step = urgent(one, words(text, "wrong_number", values=values), BOOK, NOW)
    assert (step and step.decisions) == (WRONG if wrong else None)


@pytest.mark.parametrize("intent", ["speak_to_human", "voting_problem", "privacy_request"])
def test_other_wishes_win_over_a_value_that_we_asked_for(intent):
    heard = words("help human", intent, values={"name": "Help Human"})
    assert urgent(thread(question=NAME), heard, BOOK, NOW).decisions[0] == Say(intent, intent)


@pytest.mark.parametrize("brief, said", [("report_noted", "report_noted"), (None, "stop_confirmed")])
def test_a_wish_to_be_erased_is_confirmed_in_one_text_where_such_requests_have_a_form(brief, said):
    book = replace(
        BOOK,
        entries={**BOOK.entries, "privacy_request": Entry("privacy_request", form="sign_up")},
        forms={**BOOK.forms, "sign_up": replace(BOOK.forms["sign_up"], brief=brief)},
        keywords={**BOOK.keywords, "delete my data": "privacy_request"},
    )
    step = urgent(thread(), words("DELETE MY DATA", "thanks"), book, NOW)
    say = Say(said, "privacy_request", purpose=Purpose.CONFIRM_STOP)
    assert step.decisions == (StopThem("privacy"), say, HandOff("general", "privacy_request"))
