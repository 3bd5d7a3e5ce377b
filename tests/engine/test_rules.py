"""The order of the rules, and what goes with every step: language, disclosure, lapsed forms, options, memory."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, REPORT, SIGN_UP, asking, thread, words

from bot.engine.decision import (
    Ask,
    AskYesNo,
    CancelForm,
    Disclose,
    HandOff,
    Offer,
    PassOn,
    Purpose,
    Record,
    Say,
    Silent,
    Speak,
    StopThem,
)
from bot.engine.heard import Acted, Due, Words
from bot.engine.replies import CHOICE_LIVES
from bot.engine.rules import RULES, decide, given_up
from bot.engine.thread import Asking, Choosing, Stop, Thread
from bot.message import ActKind, Reading

HOURS = Say("voting_hours", "voting_hours")
HELP_NOW = Say("crisis", "crisis", purpose=Purpose.CRISIS)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def first(one, heard, now=NOW):
    return decide(one, heard, BOOK, now).decisions[0]


# --- the order is the policy ------------------------------------------------------------------------------------------


def test_the_order_is_the_one_that_was_agreed():
    order = "crisis consent stopped loop case urgent other_language with_volunteer choice form keyword two_requests"
    assert [rule.__name__ for rule in RULES] == [*order.split(), "answer", "unsure"]


STOPPED = thread(stopped=Stop(NOW - HOUR), stop_told=True)
IN_FORM = thread(question=asking(SIGN_UP, "zip"))
WITH_OPTIONS = thread(question=Choosing("entry", ("polling_place", "voting_hours"), NOW + HOUR))
ONE = {"number": "1"}


@pytest.mark.parametrize(
    "one, heard, decision",
    [
        pytest.param(STOPPED, words("kill myself, stop texting"), HELP_NOW, id="crisis before consent"),
        pytest.param(
            replace(STOPPED, owner="maria"), words("i will kill myself"), HELP_NOW, id="crisis before a person"
        ),
        pytest.param(
            thread(muted_until=NOW + HOUR),
            words("please stop texting"),
            StopThem("phrase"),
            id="consent before the loop guard",
        ),
        pytest.param(thread(), words("turned away. stop texting me"), StopThem("phrase"), id="consent before trouble"),
        pytest.param(
            thread(owner="maria"),
            words("please stop texting"),
            StopThem("phrase"),
            id="consent also while a person owns the thread",
        ),
        pytest.param(
            STOPPED,
            words("turned away", "voting_problem"),
            HandOff("general", "stopped, and asks"),
            id="who has stopped us is answered directly or by people",
        ),
        pytest.param(
            thread(muted_until=NOW + HOUR), words("turned away"), PassOn(), id="the loop guard before trouble"
        ),
        pytest.param(
            IN_FORM,
            words("turned away 62701", values={"zip": "62701"}),
            Say("voting_problem", "voting_problem"),
            id="trouble before the open form",
        ),
        pytest.param(
            replace(WITH_OPTIONS, owner="maria"),
            words("1", values=ONE),
            PassOn(),
            id="a person before options on the table",
        ),
        pytest.param(thread(owner="maria"), words("turned away"), PassOn(), id="a person before trouble"),
        pytest.param(
            replace(IN_FORM, question=asking(REPORT, "details")),
            words("Hours", choice="go:voting_hours"),
            HOURS,
            id="a button before the open form",
        ),
        pytest.param(IN_FORM, words("Person"), Say("speak_to_human", "speak_to_human"), id="a keyword in mid-form"),
        pytest.param(
            thread(question=asking(SIGN_UP, "name")),
            words("Hours", values={"name": "Hours"}),
            Ask("sign_up", "zip", {"name": "Hours"}),
            id="the open form before a keyword",
        ),
        pytest.param(thread(), words("hours", "thanks"), HOURS, id="a keyword before what was understood"),
        pytest.param(thread(), words("when", "voting_hours"), HOURS, id="what was understood before what was not"),
        pytest.param(thread(), words("when"), Offer(BOOK.topics, "rephrase"), id="there is always an answer"),
    ],
)
def test_the_weightier_rule_answers(one, heard, decision):
    assert first(one, heard) == decision


# --- disclosure -------------------------------------------------------------------------------------------------------

NEW = Thread(1, "sms", "en")


def disclosed(step) -> tuple:
    return step.decisions[0] == Disclose(), step.thread.disclosed_at


@pytest.mark.parametrize(
    "heard",
    [
        pytest.param(words("when", "voting_hours"), id="an answer"),
        pytest.param(words("where", "polling_place"), id="a question of a form"),
        pytest.param(words(), id="not understood"),
        pytest.param(words("help"), id="help"),
        pytest.param(words("start"), id="start"),
        pytest.param(words("less texts", "opt_out", 0.4), id="shall we stop"),
    ],
)
def test_c28_the_first_automated_text_says_that_it_is_automated(heard):
    step = decide(NEW, heard, BOOK, NOW)
    assert (disclosed(step), disclosed(decide(step.thread, heard, BOOK, NOW + DAY))) == ((True, NOW), (False, NOW))


@pytest.mark.parametrize("age, again", [(7 * DAY - MINUTE, False), (7 * DAY, True)])
def test_c28_once_a_week_it_is_said_again(age, again):
    step = decide(thread(disclosed_at=NOW - age), words("when", "voting_hours"), BOOK, NOW)
    assert disclosed(step) == ((True, NOW) if again else (False, NOW - age))


def test_c29_are_you_a_bot_says_it_without_being_told():
    step = decide(NEW, words("bot?", "are_you_a_bot"), BOOK, NOW)
    assert (step.decisions, step.thread.disclosed_at) == ((Say("are_you_a_bot", "are_you_a_bot"),), NOW)


@pytest.mark.parametrize("text", ["STOP", "stop texting me"])
def test_c11_a_confirmation_of_a_stop_holds_nothing_else_and_the_next_text_discloses(text):
    step = decide(NEW, words(text), BOOK, NOW)
    assert (Disclose() in step.decisions, step.thread.disclosed_at) == (False, None)


def test_c28_only_what_the_bot_itself_says_discloses():
    silent = decide(replace(NEW, owner="maria"), words("hello", "greet"), BOOK, NOW)
    said = decide(replace(NEW, owner="maria"), Acted(ActKind.SAY, "maria", "Maria", "Hi", NOW), BOOK, NOW)
    assert [disclosed(step) for step in (silent, said)] == [(False, None), (False, None)]


def test_c28_it_stands_before_the_first_text_and_behind_what_is_only_done():
    step = decide(replace(NEW, language="es"), words("not maria", "wrong_number"), BOOK, NOW)
    assert step.decisions == (Record("wrong_number"), Disclose(), Say("wrong_number", "wrong_number"))


# --- language ---------------------------------------------------------------------------------------------------------


def languages(one: Thread, *seen: str | None) -> list[str]:
    spoken = []
    for language in seen:
        one = decide(one, words("hola", "greet", language=language), BOOK, NOW).thread
        spoken.append(one.language)
    return spoken


@pytest.mark.parametrize(
    "one, seen, spoken",
    [
        pytest.param(NEW, ["es"], ["es"], id="the first clear message sets it"),
        pytest.param(NEW, [None, "es"], ["en", "es"], id="an unclear one does not"),
        pytest.param(NEW, ["es", "en"], ["es", "es"], id="one in another does not unset it"),
        pytest.param(NEW, ["en", "es"], ["en", "en"], id="nor where it was the right one from the start"),
        pytest.param(thread(), ["en", "es"], ["en", "en"], id="the thread's own language is no vote"),
        pytest.param(thread(), ["es", "es"], ["en", "es"], id="then two in a row switch"),
        pytest.param(thread(), ["es", "en", "es"], ["en", "en", "en"], id="not two with another between"),
        pytest.param(thread(), ["es", None, "es"], ["en", "en", "es"], id="an unclear one between does not matter"),
        pytest.param(thread(), ["fr", "fr"], ["en", "en"], id="a language that is not offered"),
        pytest.param(thread(), ["es", "es", "en", "es"], ["en", "es", "es", "es"], id="and one does not switch back"),
    ],
)
def test_the_language_is_sticky(one, seen, spoken):
    assert languages(one, *seen) == spoken


@pytest.mark.parametrize(
    "one, app, seen, spoken",
    [
        pytest.param(NEW, "es", None, "es", id="the page's language at first"),
        pytest.param(NEW, "es", "en", "en", id="unless the text shows another"),
        pytest.param(NEW, "fr", None, "en", id="a page in a language that is not offered"),
        pytest.param(replace(NEW, heard_at=NOW), "es", None, "en", id="not in the middle of a conversation"),
        pytest.param(thread(), "es", None, "en", id="not where it is known"),
    ],
)
def test_the_page_s_language_is_a_hint(one, app, seen, spoken):
    assert decide(one, words("ok", "greet", language=seen, app_language=app), BOOK, NOW).thread.language == spoken


def test_a_switch_is_said_once_and_a_first_choice_is_none():
    switched = decide(thread(language_votes=1), words("hola", "greet", language="es"), BOOK, NOW)
    asked = decide(thread(), words("español", values={"language": "es"}), BOOK, NOW)
    chosen = decide(NEW, words("hola", "greet", language="es"), BOOK, NOW)
    assert [step.decisions.count(Speak("es")) for step in (switched, asked, chosen)] == [1, 1, 0]


@pytest.mark.parametrize("certain, spoken", [(False, "en"), (True, "es")])
def test_one_text_beyond_doubt_is_enough_to_go_over_to_its_language(certain, spoken):
    reading = Reading("greet", 0.9, language="es", language_certain=certain)
    assert decide(thread(), Words("hola", reading, NOW), BOOK, NOW).thread.language == spoken


# --- forms whose time has run out -------------------------------------------------------------------------------------

OPEN = thread(question=asking(FIND, "address", tries=1), said_at=NOW)
GO_ON = AskYesNo("resume", {"slot": "address"})
ASIDE = (OPEN.question,)


def resumable(now) -> Choosing:
    return Choosing("resume", ("find_place",), now + CHOICE_LIVES)


@pytest.mark.parametrize(
    "channel, late, lapsed",
    [("sms", DAY, False), ("sms", DAY + MINUTE, True), ("web", HOUR / 2, False), ("web", HOUR, True)],
)
def test_a_form_lapses_after_a_day_and_in_a_web_chat_after_half_an_hour(channel, late, lapsed):
    step = decide(replace(OPEN, channel=channel), words("when", "voting_hours"), BOOK, NOW + late)
    assert step.decisions == (HOURS, GO_ON if lapsed else BACK)
    assert (step.thread.aside, step.thread.question == resumable(NOW + late)) == (
        (ASIDE, True) if lapsed else ((), False)
    )


LATE = NOW + 2 * DAY
BACK = Ask("find_place", "address", {}, how="back")
DROPPED = (CancelForm("find_place"), Say("form_cancelled"))


@pytest.mark.parametrize(
    "heard, decisions",
    [
        pytest.param(words("blorp"), (GO_ON,), id="asked instead of for other words"),
        pytest.param(
            words("yes", values={"yes_no": "yes"}), (Ask("find_place", "address", {}, how="back"),), id="a yes goes on"
        ),
        pytest.param(
            words("no", values={"yes_no": "no"}), (CancelForm("find_place"), Say("form_cancelled")), id="a no drops it"
        ),
        pytest.param(words("where", "polling_place"), (Ask("find_place", "address", {}),), id="the same wish goes on"),
        pytest.param(
            words("when", "voting_hours", 0.4, second=("early_voting", 0.3)),
            (Offer(("voting_hours", "early_voting"), "close"),),
            id="two close meanings are asked about first",
        ),
        pytest.param(
            words("9 elm st 62704", values={"us_address": "9 Elm St, 62704"}),
            (Ask("find_place", "confirmation", {"address": "9 Elm St, 62704"}),),
            id="a late address is still the answer",
        ),
    ],
)
def test_who_comes_back_to_a_lapsed_form_is_asked_whether_to_go_on(heard, decisions):
    assert decide(OPEN, heard, BOOK, LATE).decisions == decisions


def test_the_form_is_kept_with_its_values_until_then():
    step = decide(OPEN, words("blorp"), BOOK, LATE)
    assert (step.thread.question, step.thread.aside) == (resumable(LATE), ASIDE)


def test_who_has_stopped_us_elsewhere_is_not_asked_to_go_on():
    assert decide(replace(OPEN, stopped=Stop(NOW)), words("when", "voting_hours"), BOOK, LATE).decisions == (HOURS,)


@pytest.mark.parametrize(
    "one, kept",
    [
        pytest.param(thread(question=Asking("gone", "x", {}, NOW)), thread(), id="the open form"),
        pytest.param(thread(question=asking(SIGN_UP, "gone")), thread(), id="the open slot"),
        pytest.param(thread(aside=(asking(FIND, "gone"), ASIDE[0])), thread(aside=ASIDE), id="a form put aside"),
        pytest.param(
            thread(question=resumable(NOW), aside=(asking(SIGN_UP, "gone"),)),
            thread(),
            id="the form that was asked about",
        ),
    ],
)
@pytest.mark.parametrize(
    "heard", [words("when"), Acted(ActKind.NOTE, "maria", "Maria", "n", NOW)], ids=["words", "an act"]
)
def test_what_staff_have_taken_out_is_forgotten(one, kept, heard):
    step = decide(one, heard, BOOK, NOW)
    question = step.thread.question if isinstance(heard, Acted) else None
    assert (question, step.thread.aside) == (kept.question, kept.aside)


# --- options, variants, memory ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [None, WITH_OPTIONS.question, replace(WITH_OPTIONS.question, until=NOW - HOUR)],
    ids=["nothing open", "older options", "lapsed options"],
)
def test_one_means_the_first_button_of_what_was_said_last(question):
    step = decide(thread(question=question), words("when", "voting_hours"), BOOK, NOW)
    assert step.thread.question == Choosing("entry", ("polling_place", "early_voting"), NOW + CHOICE_LIVES)


def test_older_options_stay_while_nothing_new_is_offered():
    assert decide(WITH_OPTIONS, words("thx", "thanks"), BOOK, NOW).thread.question == WITH_OPTIONS.question


def test_buttons_do_not_replace_the_open_question_of_a_form():
    step = decide(IN_FORM, words("when?", "voting_hours"), BOOK, NOW)
    assert step.thread.question == IN_FORM.question


def test_wordings_are_taken_in_turn_and_only_counted_where_there_are_several():
    one = thread()
    for intent in ("thanks", "greet", "thanks"):
        one = decide(one, words(f"{intent} a", intent), BOOK, NOW).thread
    assert one.said == {"thanks": 2}


def test_every_message_leaves_its_state_and_its_moments_behind():
    later = NOW + MINUTE
    silent = decide(thread(owner="maria"), words("in ohio", values={"state": "OH"}, at=NOW), BOOK, later)
    spoken = decide(thread(), words("in ohio", values={"state": "OH"}, at=NOW), BOOK, later)
    told = [(step.thread.known, step.thread.heard_at, step.thread.said_at) for step in (silent, spoken)]
    assert told == [({"state": "OH"}, NOW, None), ({"state": "OH"}, NOW, later)]


def test_a_timer_for_nothing_changes_nothing():
    assert decide(thread(), Due("other", 0), BOOK, NOW).thread == thread()


# --- what could not be handled ----------------------------------------------------------------------------------------


def test_c28_who_could_not_be_answered_hears_an_apology_from_the_machine_and_gets_a_person():
    step = given_up(Thread(1, "sms", "en"), BOOK, NOW)
    assert step.decisions == (Disclose(), Say("apology"), HandOff("general", "could not be handled", "urgent"))
    assert step.thread.waiting_since == NOW


def test_beside_a_person_nobody_apologises():
    owned = thread(owner="maria")
    step = given_up(owned, BOOK, NOW)
    assert (step.thread, step.decisions) == (
        owned,
        (PassOn(), Silent("could not be handled, and a person owns the thread")),
    )
