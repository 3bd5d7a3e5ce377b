"""Stop, start again, help, and what somebody who has stopped us may still hear."""
# ruff: noqa: RUF001 -- phones send curly quotes

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, NOW, SIGN_UP, asking, thread, words

from bot.engine.consent import consent, stopped
from bot.engine.decision import Ask, AskYesNo, HandOff, Purpose, Say, Silent, StartAgain, StopThem
from bot.engine.heard import Acted
from bot.engine.replies import CHOICE_LIVES
from bot.engine.thread import Choosing, Stop
from bot.message import ActKind, Word

STOPPED = thread(stopped=Stop(NOW - timedelta(hours=1)), stop_told=True)
HELD = replace(STOPPED, stopped=Stop(NOW - timedelta(hours=1), "twilio"))
ASKED_TO_STOP = thread(question=Choosing("stop", (), NOW + CHOICE_LIVES))
CONFIRMED = Say("stop_confirmed", purpose=Purpose.CONFIRM_STOP)
STARTED = Say("start_confirmed", purpose=Purpose.CONFIRM_START)


def decided(rule, one, heard, book=BOOK):
    step = rule(one, heard, book, NOW)
    return step and step.decisions


# --- exact words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "one, decisions",
    [
        pytest.param(thread(), None, id="nothing was stopped: the choice says what they start with"),
        pytest.param(thread(stop_told=True), (STARTED,), id="c14 after a stop"),
        pytest.param(HELD, (Silent("the stop is held elsewhere and stays"),), id="c14 while the provider holds a stop"),
    ],
)
def test_a_start_by_a_button_or_a_link(one, decisions):
    assert decided(consent, one, words("/start", choice="go:greet")) == decisions


def test_c11_a_stop_is_confirmed_and_drops_every_question():
    told = thread(stopped=Stop(NOW), question=asking(FIND, "address"), aside=(asking(FIND, "address"),), misses=1)
    step = consent(told, words("STOP"), BOOK, NOW)
    assert step.decisions == (CONFIRMED,)
    assert step.thread == replace(told, question=None, aside=(), misses=0, stop_told=True)


@pytest.mark.parametrize(
    "one, heard, decisions",
    [
        pytest.param(STOPPED, words("STOP"), (Silent("this stop was confirmed before"),), id="c09 a second STOP"),
        pytest.param(
            thread(),
            words("STOP", answered_by_provider=Word.STOP),
            (Silent("the provider confirms the stop"),),
            id="c10 a STOP that the provider answers",
        ),
        pytest.param(
            replace(STOPPED, owner="maria", stop_told=False),
            words("alto"),
            (CONFIRMED,),
            id="c11 also while a person owns the thread",
        ),
        pytest.param(thread(), words("START"), (STARTED,), id="c14 START once the stop is lifted"),
        pytest.param(
            thread(),
            words("START", answered_by_provider=Word.START),
            (Silent("the provider confirms the start"),),
            id="its START",
        ),
        pytest.param(
            HELD, words("START"), (Silent("the stop is held elsewhere and stays"),), id="START that lifts nothing"
        ),
        pytest.param(thread(), words("HELP"), (Say("help", "help"),), id="c25 HELP"),
        pytest.param(
            replace(STOPPED, owner="maria"), words("ayuda"), (Say("help", "help"),), id="c25 HELP at any time"
        ),
        pytest.param(
            thread(),
            words("HELP", answered_by_provider=Word.HELP),
            (Silent("the provider answers HELP"),),
            id="HELP is answered once",
        ),
    ],
)
def test_exact_words_are_answered_once_by_us_or_by_the_provider(one, heard, decisions):
    assert decided(consent, one, heard) == decisions


def test_c09_a_stop_in_other_words_after_a_stop_is_not_confirmed_again():
    assert consent(STOPPED, words("I said stop texting me"), BOOK, NOW) is None


def test_c11_after_a_start_the_next_stop_is_confirmed_again():
    started = consent(replace(STOPPED, stopped=None), words("START"), BOOK, NOW).thread
    assert decided(consent, replace(started, stopped=Stop(NOW)), words("STOP")) == (CONFIRMED,)


def test_a_volunteer_s_act_is_nothing_for_these_rules():
    act = Acted(ActKind.SAY, "maria", "Maria", "STOP", NOW)
    assert (consent(thread(), act, BOOK, NOW), stopped(STOPPED, act, BOOK, NOW)) == (None, None)


# --- free words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Please stop texting me",
        "take me off your list",
        "get me off this damn list",
        "don’t text me",
        "lose my number",
        "no more texts from you people",
        "quit bothering me",
        "stop sending me these",
        "stop all the texts",
        "pls remove me",
        "delete my cell number",
        "dont ever text me again",
        "do not contact this number",
        "please opt me out of this",
        "ya no me escriban",
        "por favor no me manden nada",
        "dejen de mandarme cosas",
        "quítenme de su lista",
        "no quiero recibir más mensajes",
        "Hi. STOP TEXTING ME!!",
        "don't text me before i call a lawyer",
        "stop texting me after this",
        "dont text me at 7am. just dont text me",
        "no me escriban a este número",
    ],
)
def test_c03_a_stop_in_free_words_stops_and_is_confirmed_once(text):
    step = consent(thread(question=asking(FIND, "address"), owner="maria"), words(text, "abuse"), BOOK, NOW)
    assert step.decisions == (StopThem("phrase"), CONFIRMED)
    assert (step.thread.question, step.thread.stop_told) == (None, True)


@pytest.mark.parametrize(
    "text",
    [
        "Stop by the office tomorrow?",
        "STOP the ballot measure, count me in",
        "Cancel my absentee ballot request",
        "When does early voting end?",
        "stop sending me so many texts",
        "no more texts about donations",
        "stop the texts from the other guy",
        "can you text me the address",
        "they stopped sending me my ballot",
        "is this the list of polling places",
        "I lost my voter card",
        "don't stop texting me!",
        "dont stop the texts",
        "no dejen de escribirme",
        "can they take me off the voter list",
        "will the county remove me from the voter rolls if i move",
        "where is the bus stop",
        "no me deja votar",
        "dont text me before 9am",
        "Please don't text me so early",
        "do not message me on Sundays",
        "stop texting me at night",
        "don’t text me while i'm at work",
        "no me escriban tan temprano",
        "ya no me manden tantos mensajes",
        "no me escriban después de las 9",
    ],
)
def test_c05_what_only_looks_like_a_stop_is_heard_by_the_other_rules(text):
    assert consent(thread(), words(text, "voting_hours"), BOOK, NOW) is None


@pytest.mark.parametrize(
    "heard, decisions",
    [
        pytest.param(
            words("enough already", "opt_out", 0.75), (StopThem("phrase"), CONFIRMED), id="sure enough: stopped"
        ),
        pytest.param(words("enough already", "opt_out", 0.74), (AskYesNo("stop"),), id="not sure: asked"),
        pytest.param(words("your messages", "opt_out", 0.59), (AskYesNo("stop"),), id="less sure: asked"),
        pytest.param(words("less messages", "opt_out", 0.59), None, id="another wish, and not sure: not asked"),
        pytest.param(words("less messages", "opt_out", 0.9), (AskYesNo("stop"),), id="another wish, but sure: asked"),
        pytest.param(words("unsubscribe my mom", "greet"), (AskYesNo("stop"),), id="unclear words: asked"),
        pytest.param(
            words("unsubscribe my mom", "opt_out", 0.9),
            (AskYesNo("stop"),),
            id="unclear words, however they read: asked",
        ),
        pytest.param(words("these texts", "opt_out", 0.2), (AskYesNo("stop"),), id="hardly sure: asked"),
        pytest.param(words("these texts", "opt_out", 0.19), None, id="unlikely: not asked"),
        pytest.param(
            words("me again?", "complaint", second=("opt_out", 0.2)),
            (AskYesNo("stop"),),
            id="the second meaning: asked",
        ),
        pytest.param(words("me again?", "complaint", second=("opt_out", 0.19)), None, id="an unlikely second meaning"),
        pytest.param(words("sunset boulevard", "opt_out", 0.5), None, id="no word about messages: not asked"),
        pytest.param(
            words("the texts", "opt_out", 0.9, in_scope=False), (AskYesNo("stop"),), id="like nothing known: asked"
        ),
    ],
)
def test_a_likely_stop_is_asked_about_and_a_sure_one_obeyed(heard, decisions):
    assert decided(consent, thread(), heard) == decisions


@pytest.mark.parametrize(
    "one", [ASKED_TO_STOP, thread(owner="maria")], ids=["asked before", "a person owns the thread"]
)
def test_nobody_is_asked_twice_or_beside_a_person_whether_to_stop(one):
    assert consent(one, words("these texts", "opt_out", 0.5), BOOK, NOW) is None


def test_an_answer_to_the_open_question_is_no_stop_however_it_reads():
    one = thread(question=asking(SIGN_UP, "what", name="Jo", zip="62701"))
    assert consent(one, words("Make calls", "opt_out", 0.9), BOOK, NOW) is None


def test_a_form_waits_while_we_ask_whether_to_stop_and_goes_on_after_a_no():
    asked = consent(thread(question=asking(FIND, "address")), words("stop calling me"), BOOK, NOW).thread
    step = consent(asked, words("no", "deny", values={"yes_no": "no"}), BOOK, NOW)
    assert step.decisions == (Say("noted"), Ask("find_place", "address", {}, how="back"))


def test_the_question_whether_to_stop_lives_a_day():
    step = consent(thread(), words("your messages", "opt_out", 0.5), BOOK, NOW)
    assert step.thread.question == Choosing("stop", (), NOW + timedelta(hours=24))


YES, NO = words("yes", "affirm", values={"yes_no": "yes"}), words("no", "deny", values={"yes_no": "no"})


@pytest.mark.parametrize(
    "one, heard, decisions",
    [
        pytest.param(ASKED_TO_STOP, YES, (StopThem("answer"), CONFIRMED), id="yes"),
        pytest.param(ASKED_TO_STOP, words("Yes", choice="yes"), (StopThem("answer"), CONFIRMED), id="the button Yes"),
        pytest.param(ASKED_TO_STOP, NO, (Say("noted"),), id="no"),
        pytest.param(ASKED_TO_STOP, words("where do i vote", "polling_place"), None, id="a question"),
        pytest.param(
            replace(ASKED_TO_STOP, owner="maria"), YES, (StopThem("answer"), CONFIRMED), id="yes, a person just came"
        ),
        pytest.param(replace(ASKED_TO_STOP, owner="maria"), NO, None, id="no, a person just came"),
        pytest.param(replace(ASKED_TO_STOP, stopped=STOPPED.stopped), NO, None, id="no, stopped elsewhere meanwhile"),
        pytest.param(thread(), YES, None, id="a yes to nothing"),
    ],
)
def test_the_answer_to_whether_to_stop_is_obeyed(one, heard, decisions):
    assert decided(consent, one, heard) == decisions


def test_the_answer_closes_the_question():
    assert [consent(ASKED_TO_STOP, heard, BOOK, NOW).thread.question for heard in (YES, NO)] == [None, None]


# --- after a stop -----------------------------------------------------------------------------------------------------

TO_PEOPLE = (HandOff("general", "stopped, and asks"), Silent("stopped"))
ANSWERED = (Say("voting_hours", "voting_hours"),)
CHOOSING = replace(STOPPED, question=Choosing("entry", ("voting_hours",), NOW + CHOICE_LIVES))
RESUME = replace(STOPPED, question=Choosing("again", (), NOW + CHOICE_LIVES))


@pytest.mark.parametrize(
    "one, heard, decisions",
    [
        pytest.param(
            STOPPED, words("hours?", "voting_hours"), (Say("voting_hours", "voting_hours"),), id="c13 one direct answer"
        ),
        pytest.param(
            STOPPED, words("where?", "polling_place"), (Say("place_link", "polling_place"),), id="c13 a link, no form"
        ),
        pytest.param(STOPPED, words("help me", "volunteer"), TO_PEOPLE, id="a form without a short answer: people"),
        pytest.param(STOPPED, words("a sign", "yard_sign"), TO_PEOPLE, id="what people must do: people"),
        pytest.param(STOPPED, words("hours?", "voting_hours", 0.59), TO_PEOPLE, id="not understood: people"),
        pytest.param(STOPPED, words("hours?", "voting_hours", 0.6), ANSWERED, id="c13 just sure enough"),
        pytest.param(
            STOPPED, words("hours?", "voting_hours", in_scope=False), TO_PEOPLE, id="like nothing known: people"
        ),
        pytest.param(HELD, words("hours?", "voting_hours"), TO_PEOPLE, id="held by the provider: people"),
        pytest.param(STOPPED, words("thanks", "thanks"), (Silent("stopped"),), id="thanks are no question"),
        pytest.param(STOPPED, words("bye", "goodbye"), (Silent("stopped"),), id="nor is a goodbye"),
        pytest.param(STOPPED, words("i said stop", "opt_out"), (Silent("stopped"),), id="nor a stop in other words"),
        pytest.param(STOPPED, words("idiots", "abuse"), (Silent("stopped"),), id="nor an insult"),
        pytest.param(STOPPED, YES, (Silent("stopped"),), id="c14 a yes to nothing does not start again"),
        pytest.param(CHOOSING, YES, (Silent("stopped"),), id="c14 nor does a yes to another question"),
        pytest.param(HELD, NO, (Silent("stopped"),), id="a no, held by the provider"),
        pytest.param(
            STOPPED, words("text me again", "opt_in"), (StartAgain("words"), STARTED), id="c14 a wish in free words"
        ),
        pytest.param(STOPPED, words("text me again", "opt_in", 0.5), TO_PEOPLE, id="c14 an unclear wish"),
        pytest.param(
            HELD, words("text me again", "opt_in"), TO_PEOPLE, id="our word does not lift the provider's stop"
        ),
        pytest.param(
            STOPPED,
            words("send news", "subscribe_updates"),
            (AskYesNo("again"),),
            id="c14 a wish for news is asked about",
        ),
        pytest.param(RESUME, YES, (StartAgain("answer"), STARTED), id="c14 a yes to that question starts again"),
        pytest.param(
            replace(HELD, question=RESUME.question), YES, (Silent("stopped"),), id="but not past the provider"
        ),
        pytest.param(thread(), words("hours?", "voting_hours"), None, id="nobody has stopped us"),
        pytest.param(
            replace(STOPPED, owner="maria"), words("hours?", "voting_hours"), None, id="a person owns the thread"
        ),
    ],
)
def test_c13_somebody_who_has_stopped_us_hears_little(one, heard, decisions):
    assert decided(stopped, one, heard) == decisions


def test_c13_the_setting_sends_every_question_to_people():
    silent = replace(BOOK, answer_stopped=False)
    assert decided(stopped, STOPPED, words("hours?", "voting_hours"), silent) == TO_PEOPLE


@pytest.mark.parametrize("heard", [words("text me again", "opt_in"), YES], ids=["wish", "yes"])
def test_c11_a_start_in_free_words_lets_the_next_stop_be_confirmed_again(heard):
    step = stopped(RESUME, heard, BOOK, NOW)
    assert (step.thread.stop_told, step.thread.question) == (False, None)


def test_people_are_called_once_and_the_wait_goes_on():
    first = stopped(STOPPED, words(), BOOK, NOW).thread
    later = stopped(first, words(), BOOK, NOW + timedelta(minutes=9)).thread
    assert (first.waiting_since, later.waiting_since) == (NOW, NOW)
