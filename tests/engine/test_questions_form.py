"""A form's fields: values, other wishes in between, corrections, the confirmation, and what was looked up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, REPORT, SIGN_UP, asking, thread, words

from bot.engine.decision import Ask, AskYesNo, CancelForm, Complete, HandOff, Look, Say, Silent
from bot.engine.heard import Acted, Result
from bot.engine.playbook import Outcome, SlotQuestion
from bot.engine.questions import form
from bot.engine.rules import decide
from bot.engine.thread import Asking, Choosing
from bot.message import ActKind

YES, NO = words("yes", "affirm", values={"yes_no": "yes"}), words("no", "deny", values={"yes_no": "no"})


def first(one, heard):
    step = form(one, heard, BOOK, NOW)
    return step and step.decisions[0]


WANTS_ADDRESS, WANTS_NAME = thread(question=asking(FIND, "address")), thread(question=asking(SIGN_UP, "name"))
WANTS_ZIP, WANTS_WHAT = (thread(question=asking(SIGN_UP, slot, name="Ana", zip="62701")) for slot in ("zip", "what"))
WANTS_DETAILS = thread(question=asking(REPORT, "details", where="Lincoln School"))
OAK = {"us_address": "12 Oak St, 62701", "zip": "62701", "state": "IL"}
CONFIRM = {"address": "12 Oak St, 62701", "state": "IL"}
ANA, WHERE = {"name": "Ana", "zip": "62701"}, {"where": "Lincoln School"}
ZIP_AGAIN, WHAT_AGAIN = (Ask("sign_up", slot, ANA, how="retry") for slot in ("zip", "what"))
CALLS = Complete("sign_up", {**ANA, "what": "calls"})


def details(text: str) -> Complete:
    return Complete("report", {**WHERE, "details": text})


@pytest.mark.parametrize(
    "one, heard, decision",
    [
        pytest.param(
            WANTS_ADDRESS,
            words("12 oak st 62701", "voting_hours", values=OAK),
            Ask("find_place", "confirmation", CONFIRM),
            id="a value wins over an intent",
        ),
        pytest.param(
            WANTS_ADDRESS,
            words("ohio", "greet", values={"state": "OH"}),
            Complete("find_place", {"state": "OH"}),
            id="so does one that may be given instead",
        ),
        pytest.param(
            WANTS_NAME,
            words("Ana", "greet", values={"name": "Ana"}),
            Ask("sign_up", "zip", {"name": "Ana"}),
            id="a name is a name, whatever it is read as",
        ),
        pytest.param(WANTS_NAME, words("Ana?", "voting_hours", values={"name": "Ana"}), None, id="a question, no name"),
        pytest.param(WANTS_NAME, words("where do i vote", "polling_place"), None, id="clearly something else, no name"),
        pytest.param(
            WANTS_NAME, words("hmm", "affirm"), Ask("sign_up", "name", {}, how="retry"), id="a yes is no name"
        ),
        pytest.param(WANTS_ZIP, words("what for?", "rumor_check"), None, id="a question in the place of a ZIP"),
        pytest.param(WANTS_ZIP, words("dunno", "rumor_check", 0.59), ZIP_AGAIN, id="not understood"),
        pytest.param(WANTS_ZIP, words("dunno", "rumor_check", in_scope=False), ZIP_AGAIN, id="like nothing known"),
        pytest.param(WANTS_ZIP, words("hours", "greet", 0.1), None, id="a keyword"),
        pytest.param(WANTS_ZIP, words("x", choice="nonsense"), None, id="an unknown button"),
        pytest.param(WANTS_ZIP, words("", media=1), None, id="a picture"),
        pytest.param(
            WANTS_ZIP,
            words("see 62704", media=1, values={"zip": "62704"}),
            Ask("sign_up", "what", {**ANA, "zip": "62704"}),
            id="a picture with words",
        ),
        pytest.param(
            WANTS_DETAILS, words("it closed", "voting_problem"), details("it closed"), id="any text is a detail"
        ),
        pytest.param(
            WANTS_DETAILS, words("illegal?", "report_problem"), details("illegal?"), id="also what the form is about"
        ),
        pytest.param(WANTS_DETAILS, words("when do you close?", "voting_hours"), None, id="but no other question"),
        pytest.param(
            WANTS_DETAILS, words("en español", values={"language": "es"}), None, id="nor the wish for a language"
        ),
        pytest.param(
            WANTS_NAME, words("español", values={"language": "es", "name": "Español"}), None, id="no name either"
        ),
        pytest.param(
            WANTS_DETAILS, words(" "), Ask("report", "details", WHERE, how="retry"), id="blanks are no detail"
        ),
        pytest.param(WANTS_WHAT, words("2", values={"number": "2"}), CALLS, id="an option by number"),
        pytest.param(WANTS_WHAT, words("make calls!", "volunteer"), CALLS, id="an option by label"),
        pytest.param(WANTS_WHAT, words("Make calls", choice="calls"), CALLS, id="an option by button"),
        pytest.param(WANTS_WHAT, words("9", values={"number": "9"}), WHAT_AGAIN, id="no such option"),
        pytest.param(
            thread(question=Asking("gone", "x", {}, NOW)), words("62701"), None, id="a form that staff removed"
        ),
        pytest.param(thread(), words("62701", values={"zip": "62701"}), None, id="no form is open"),
    ],
)
def test_a_field_takes_its_value_and_other_questions_are_heard(one, heard, decision):
    assert first(one, heard) == decision


def test_a_volunteer_s_act_fills_no_field():
    assert form(WANTS_DETAILS, Acted(ActKind.SAY, "maria", "Maria", "1", NOW), BOOK, NOW) is None


def test_cancel_drops_the_form():
    assert form(WANTS_DETAILS, words("Never mind!"), BOOK, NOW).decisions == (
        CancelForm("report"),
        Say("form_cancelled"),
    )


def test_after_two_texts_that_could_not_be_read_a_person_takes_over():
    again = form(WANTS_ADDRESS, words("dunno"), BOOK, NOW + MINUTE)
    assert again.thread.question == replace(WANTS_ADDRESS.question, tries=1, since=NOW + MINUTE)
    last = form(again.thread, words("dunno"), BOOK, NOW + MINUTE)
    assert last.decisions == (Say("handed_off"), HandOff("general", "could not read address"))
    assert (last.thread.question, last.thread.aside) == (None, (again.thread.question,))


# --- confirmation and correction --------------------------------------------------------------------------------------

TO_CONFIRM = thread(question=asking(FIND, "confirmation", **CONFIRM))
ELM = {"us_address": "9 Elm St, 62704", "zip": "62704", "state": "IL"}


def corrected(address: str, state: str) -> Ask:
    return Ask("find_place", "confirmation", {"address": address, "state": state}, "corrected", "address")


@pytest.mark.parametrize(
    "heard, decision",
    [
        pytest.param(YES, Complete("find_place", {**CONFIRM, "confirmation": "yes"}), id="yes"),
        pytest.param(
            words("Yes", choice="yes"), Complete("find_place", {**CONFIRM, "confirmation": "yes"}), id="the button YES"
        ),
        pytest.param(NO, Ask("find_place", "address", {}, how="retry"), id="no asks anew for what was repeated"),
        pytest.param(
            words("no, 62704", values={"zip": "62704", "state": "IL"}),
            corrected("12 Oak St, 62704", "IL"),
            id="a new ZIP mends the address",
        ),
        pytest.param(
            words("no 90210", values={"zip": "90210", "state": "CA"}),
            corrected("12 Oak St, 90210", "CA"),
            id="and brings its state",
        ),
        pytest.param(words("9 elm", values=ELM), corrected("9 Elm St, 62704", "IL"), id="a new address replaces it"),
        pytest.param(
            words("12 oak st 62701", values=OAK),
            Ask("find_place", "confirmation", CONFIRM, "retry"),
            id="the same again is no correction",
        ),
        pytest.param(words("what time do polls close", "voting_hours"), None, id="a question"),
    ],
)
def test_a_confirmation_is_answered_corrected_or_asked_again(heard, decision):
    assert first(TO_CONFIRM, heard) == decision


@pytest.mark.parametrize(
    "one, values, decision",
    [
        pytest.param(
            WANTS_WHAT,
            {"zip": "62704"},
            Ask("sign_up", "what", {**ANA, "zip": "62704"}, "corrected", "zip"),
            id="of a slot given before",
        ),
        pytest.param(
            WANTS_ZIP, {"zip": "62704"}, Ask("sign_up", "what", {**ANA, "zip": "62704"}), id="not of what is asked"
        ),
        pytest.param(WANTS_DETAILS, {"zip": "62704"}, details("hm"), id="not where any text fits"),
        pytest.param(WANTS_WHAT, {"zip": "62701"}, WHAT_AGAIN, id="not by the same value"),
        pytest.param(WANTS_WHAT, {"name": "Eva"}, WHAT_AGAIN, id="not of a name"),
    ],
)
def test_a_correction_in_mid_form_replaces_the_latest_slot_that_it_fits(one, values, decision):
    assert first(one, words("hm", values=values)) == decision


# --- what was looked up -----------------------------------------------------------------------------------------------

LOOKED = Result("look_up_polling_place", 3, "found", {"form": "find_place", "state": "IL"})
WAITS = thread(epoch=3)


@pytest.mark.parametrize(
    "one, result, decisions",
    [
        pytest.param(WAITS, LOOKED, (Say("place_link", slots=LOOKED.slots),), id="found"),
        pytest.param(WAITS, replace(LOOKED, outcome="missing"), (HandOff("general", "find_place"),), id="not found"),
        pytest.param(
            WAITS,
            replace(LOOKED, slots={"form": "gone"}),
            (HandOff("general", "look-up"), Say("apology")),
            id="its form is gone",
        ),
        pytest.param(
            thread(epoch=4), LOOKED, (Silent("a look-up that nobody waits for any more"),), id="an epoch later"
        ),
        pytest.param(
            thread(epoch=3, owner="maria"),
            LOOKED,
            (Silent("a look-up that nobody waits for any more"),),
            id="a person owns the thread",
        ),
    ],
)
def test_what_was_looked_up_is_told_to_who_still_waits_for_it(one, result, decisions):
    assert form(one, result, BOOK, NOW).decisions == decisions


def test_a_form_without_a_way_for_nothing_found_says_its_reply():
    book = replace(BOOK, forms={**BOOK.forms, "find_place": replace(FIND, done=replace(FIND.done, not_found=None))})
    assert form(WAITS, replace(LOOKED, outcome="missing"), book, NOW).decisions == (
        Say("place_link", slots=LOOKED.slots),
    )


PICKY = replace(
    FIND,
    ask=(*FIND.ask, SlotQuestion("election", "number", on_request=True)),
    done=replace(
        FIND.done,
        outcomes={
            "down": Outcome("place_down"),
            "unread": Outcome("place_link", ask="address"),
            "several": Outcome("elections", ask="election"),
        },
    ),
)
PICKY_BOOK = replace(BOOK, forms={**BOOK.forms, "find_place": PICKY})
KNOWN = {"form": "find_place", "address": "12 Oak St, 62701", "state": "IL", "confirmation": "yes"}


def looked(outcome, one=WAITS, **slots):
    return form(one, Result("look_up_polling_place", one.epoch, outcome, {**KNOWN, **slots}), PICKY_BOOK, NOW)


def test_an_outcome_may_have_an_answer_of_its_own():
    assert looked("down").decisions == (Say("place_down", slots=KNOWN),)
    assert looked("found").decisions == (Say("place_link", slots=KNOWN),)
    assert looked("of a later version").decisions == (HandOff("general", "find_place"),)


def test_an_outcome_may_ask_again_for_what_could_not_be_read_and_for_its_confirmation():
    step = looked("unread")
    assert step.decisions == (Ask("find_place", "address", {"asked_again": "address"}, how="retry"),)
    answered = decide(step.thread, words("12 oak st 62701", values=OAK), PICKY_BOOK, NOW)
    assert answered.decisions[-1] == Ask("find_place", "confirmation", {**CONFIRM, "asked_again": "address"})
    assert looked("unread", asked_again="address").decisions == (
        Say("place_link", slots={**KNOWN, "asked_again": "address"}),
    )


def test_a_question_on_request_is_asked_only_then_and_leads_back_to_the_look_up():
    assert form(TO_CONFIRM, YES, PICKY_BOOK, NOW).decisions[-1] == Look(
        "look_up_polling_place", {**CONFIRM, "confirmation": "yes", "form": "find_place"}
    )
    step = looked("several", elections="1 A\n2 B")
    kept = {**CONFIRM, "confirmation": "yes", "elections": "1 A\n2 B", "asked_again": "election"}
    assert step.decisions == (Ask("find_place", "election", kept),)
    answered = form(step.thread, words("2", values={"number": "2"}), PICKY_BOOK, NOW)
    assert answered.decisions[-1] == Look("look_up_polling_place", {**kept, "election": "2", "form": "find_place"})


def test_nothing_is_asked_beside_another_open_question():
    busy = replace(WAITS, question=asking(SIGN_UP, "name"))
    assert looked("unread", busy).decisions == (Say("place_link", slots=KNOWN),)


def test_a_form_that_was_opened_anew_waits_for_its_own_look_up():
    again = replace(WAITS, question=asking(PICKY, "address"))
    assert looked("found", again).decisions == (Silent("a look-up for a form that has been opened anew"),)


def test_part_of_an_address_is_asked_for_again_whatever_it_is_read_as():
    heard = words("po box 12", "contact_campaign", values={"address_part": "yes"})
    assert first(WANTS_ADDRESS, heard) == Ask("find_place", "address", {}, how="retry")


def test_the_look_up_itself_asks_with_all_that_is_known():
    step = form(TO_CONFIRM, YES, BOOK, NOW)
    slots = {**CONFIRM, "confirmation": "yes"}
    assert step.decisions == (
        Complete("find_place", slots),
        Look("look_up_polling_place", {**slots, "form": "find_place"}),
    )


# --- a state with a mistake in it -------------------------------------------------------------------------------------

ASKED_FOR_STATE = thread(
    question=Choosing("state", ("PA",), NOW + timedelta(hours=24)), aside=(asking(FIND, "address"),)
)


def test_a_misspelt_state_is_asked_about():
    one = thread(question=asking(FIND, "address"))
    step = decide(one, words("Pensylvania", values={"state_like": "PA"}), BOOK, NOW)
    assert step.decisions == (AskYesNo("state", {"state": "PA"}),)
    assert (step.thread.question.kind, step.thread.aside, step.thread.known) == ("state", (one.question,), {})


@pytest.mark.parametrize(
    "heard, decision, known",
    [
        pytest.param(
            words("yes", "affirm", values={"yes_no": "yes"}),
            Complete("find_place", {"state": "PA"}),
            {"state": "PA"},
            id="yes: taken",
        ),
        pytest.param(
            words("no", "deny", values={"yes_no": "no"}),
            Ask("find_place", "address", {}, how="back"),
            {},
            id="no: asked again",
        ),
        pytest.param(
            words("Ohio", values={"state": "OH"}),
            Complete("find_place", {"state": "OH"}),
            {"state": "OH"},
            id="another state: taken instead",
        ),
    ],
)
def test_the_answer_to_which_state_was_meant(heard, decision, known):
    step = decide(ASKED_FOR_STATE, heard, BOOK, NOW)
    assert (step.decisions[0], step.thread.known) == (decision, known)
