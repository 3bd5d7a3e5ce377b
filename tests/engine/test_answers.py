"""The last rules: keywords, what was understood for sure, short follow-ups, and what to do with the rest."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, SIGN_UP, asking, thread, words

from bot.engine.answers import answer, keyword, other_language, passed_on, unsure
from bot.engine.decision import Ask, Complete, HandOff, Offer, PassOn, Say, Silent, Speak, Step
from bot.engine.heard import Acted, Due
from bot.engine.thread import Choosing, Topic
from bot.engine.words import spoken_elsewhere
from bot.message import ActKind

CLAIM = Acted(ActKind.CLAIM, "maria", "Maria", "", NOW)
HOURS = Say("voting_hours", "voting_hours")


def first(rule, one, heard, book=BOOK):
    step = rule(one, heard, book, NOW)
    return step and step.decisions[0]


# --- keywords ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, decision",
    [
        ("HOURS", HOURS),
        (" hours! ", HOURS),
        ("Person", Say("speak_to_human", "speak_to_human")),
        ("*", Say("are_you_a_bot", "are_you_a_bot")),
        ("Never mind", Say("form_cancelled", "form_cancelled")),
        ("what are your hours", None),
        ("", None),
        ("?", None),
    ],
)
def test_a_whole_message_that_is_a_keyword_is_answered(text, decision):
    assert first(keyword, thread(), words(text, "greet", 0.1)) == decision


def test_the_name_of_a_language_switches_to_it_for_good():
    step = keyword(
        thread(language_votes=1, language_sure=False), words("español", values={"language": "es"}), BOOK, NOW
    )
    assert step.decisions == (Speak("es"), Say("language_switched", "language_preference"))
    assert step.thread == thread(language="es")


def test_in_mid_form_the_same_question_is_put_in_the_new_language():
    one = thread(question=asking(FIND, "address", tries=1))
    step = keyword(one, words("español", values={"language": "es"}), BOOK, NOW + MINUTE)
    assert step.decisions == (Speak("es"), Ask("find_place", "address", {}))
    assert step.thread == replace(one, language="es", question=replace(one.question, since=NOW + MINUTE))


def test_a_language_that_is_not_offered_is_a_matter_for_people():
    step = keyword(thread(), words("español", values={"language": "es"}), replace(BOOK, languages=("en",)), NOW)
    assert step.decisions == (Say("language_not_offered"), HandOff("general", "speaks es"))


@pytest.mark.parametrize(
    "one, heard, is_told",
    [
        pytest.param(thread(), words("我想投票", language="zh"), True, id="its letters"),
        pytest.param(thread(), words("tiếng việt"), True, id="its words"),
        pytest.param(thread(known={"speaks": "vi"}), words("tiếng việt"), False, id="told before"),
        pytest.param(thread(known={"speaks": "vi"}), words("我想投票", language="zh"), True, id="another one"),
        pytest.param(thread(owner="maria"), words("我想投票", language="zh"), False, id="a person writes with them"),
        pytest.param(thread(), words("quiero votar", language="es"), False, id="one that is offered"),
        pytest.param(thread(), words("退订", language="zh"), False, id="c04 a stop"),
        pytest.param(
            thread(question=asking(SIGN_UP, "name")),
            words("李雷", language="zh", values={"name": "李雷"}),
            False,
            id="the name that was asked for",
        ),
        pytest.param(thread(question=asking(SIGN_UP, "zip")), words("我想投票", language="zh"), True, id="no answer"),
    ],
)
def test_a_language_that_is_not_offered_is_told_once_and_a_person_is_called(one, heard, is_told):
    step = other_language(one, heard, BOOK, NOW)
    language = spoken_elsewhere(heard.text) or heard.reading.language
    said = (Say("language_not_offered"), HandOff("general", f"speaks {language}"))
    assert (step and step.decisions) == (said if is_told else None)


def test_who_waits_for_a_person_because_of_the_language_hears_nothing_in_another_one():
    one = thread(known={"speaks": "vi"}, waiting_since=NOW)
    assert first(other_language, one, words("xin chào", "greet", language="vi")) == Silent("speaks vi, and waits")


# --- answers and follow-ups -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heard, decision",
    [
        pytest.param(words("when", "voting_hours", 0.60), HOURS, id="sure enough"),
        pytest.param(words("when", "voting_hours", 0.59), None, id="not sure"),
        pytest.param(words("when", "voting_hours", in_scope=False), None, id="like nothing known"),
        pytest.param(words("rain?", "weather"), None, id="an intent without an answer"),
        pytest.param(
            words("where in ohio", "polling_place", values={"state": "OH"}),
            Complete("find_place", {"state": "OH"}),
            id="with the values in it",
        ),
        pytest.param(CLAIM, None, id="a volunteer's act"),
    ],
)
def test_what_was_understood_for_sure_is_answered(heard, decision):
    assert first(answer, thread(), heard) == decision


TALKED = thread(topic=Topic("voting_hours", "voting_hours", NOW))
TEXAS, SATURDAY = {"state": "TX"}, {"date": "saturday"}
BALLOT = Say("early_voting", "early_voting")


@pytest.mark.parametrize(
    "heard, decision",
    [
        pytest.param(words("and in Texas?", "early_voting", 0.5, values=TEXAS), HOURS, id="and in a state"),
        pytest.param(words("and Texas", "early_voting", values=TEXAS), HOURS, id="and a state, surely something else"),
        pytest.param(words("what about texas", values=TEXAS), HOURS, id="what about a state"),
        pytest.param(words("¿y en Texas?", values=TEXAS), HOURS, id="and in a state, in Spanish"),
        pytest.param(words("Texas", values=TEXAS), HOURS, id="the bare state"),
        pytest.param(words("Ohio", "greet", values={"state": "OH"}), HOURS, id="a state that sounds like a greeting"),
        pytest.param(words("Texas", "wrong_number", values=TEXAS), HOURS, id="or like a wrong number"),
        pytest.param(words("Texas", "early_voting", 0.59, values=TEXAS), HOURS, id="or unclear"),
        pytest.param(words("early vote texas", "early_voting", values=TEXAS), BALLOT, id="a state and another wish"),
        pytest.param(
            words("i heard it is different in texas", values=TEXAS), None, id="a long text says itself what it is about"
        ),
        pytest.param(words("and on Saturday?", "early_voting", 0.5, values=SATURDAY), HOURS, id="and on a day"),
        pytest.param(words("saturday", values=SATURDAY), HOURS, id="the bare day"),
        pytest.param(
            words("saturday", "voting_hours", 0.4, values=SATURDAY), HOURS, id="the day, likely about the same"
        ),
        pytest.param(words("saturday", "early_voting", values=SATURDAY), BALLOT, id="a day and another wish"),
        pytest.param(
            words("thanks, see you saturday", "thanks", values=SATURDAY), Say("thanks", "thanks"), id="a goodbye"
        ),
        pytest.param(words("and what else", "early_voting", 0.5), None, id="nothing is added"),
    ],
)
def test_a_short_text_with_a_state_or_a_day_adds_it_to_the_last_topic(heard, decision):
    assert first(answer, TALKED, heard) == decision


def test_after_half_an_hour_a_bare_state_says_nothing_by_itself():
    old = thread(topic=replace(TALKED.topic, at=NOW - timedelta(minutes=31)))
    assert answer(old, words("Texas", values=TEXAS), BOOK, NOW) is None


def test_a_follow_up_to_a_form_runs_it_with_the_new_state():
    one = thread(topic=Topic("polling_place", "polling_place", NOW), known={"state": "OH"})
    assert first(answer, one, words("and in Texas?", values=TEXAS)) == Complete("find_place", {"state": "TX"})


# --- not understood ---------------------------------------------------------------------------------------------------

REPHRASE = Offer(BOOK.topics, "rephrase")
CLOSE = Offer(("voting_hours", "early_voting"), "close")
TO_A_PERSON = (Say("handed_off"), HandOff("general", "not understood twice"))


@pytest.mark.parametrize(
    "heard, offer",
    [
        pytest.param(words(), REPHRASE, id="like nothing known"),
        pytest.param(
            words("when", "voting_hours", 0.35, second=("early_voting", 0.1)), CLOSE, id="likely enough to offer"
        ),
        pytest.param(
            words("when", "voting_hours", 0.34, second=("early_voting", 0.1)), REPHRASE, id="not likely enough"
        ),
        pytest.param(
            words("when", "voting_hours", 0.33, second=("early_voting", 0.27)), CLOSE, id="two that are likely together"
        ),
        pytest.param(
            words("when", "voting_hours", 0.5, second=("early_voting", 0.4), in_scope=False),
            REPHRASE,
            id="out of scope",
        ),
        pytest.param(
            words("when", "voting_hours", 0.5, second=("thanks", 0.4)), REPHRASE, id="the second has no title"
        ),
        pytest.param(words("when", "voting_hours", 0.5), REPHRASE, id="there is no second"),
    ],
)
def test_two_close_meanings_are_offered_and_else_other_words_asked_for(heard, offer):
    step = unsure(thread(), heard, BOOK, NOW)
    assert step.decisions == (offer,)
    assert step.thread == thread(misses=1, question=Choosing("entry", offer.options, NOW + timedelta(hours=24)))


def test_the_second_miss_in_a_row_goes_to_a_person():
    step = unsure(thread(misses=1), words("when", "voting_hours", 0.5, second=("early_voting", 0.4)), BOOK, NOW)
    assert (step.decisions, step.thread.misses, step.thread.waiting_since) == (TO_A_PERSON, 0, NOW)


@pytest.mark.parametrize(
    "said_at, decision",
    [
        pytest.param(None, Say("noted"), id="the bot has said nothing yet"),
        pytest.param(NOW - timedelta(minutes=10), Say("noted"), id="the bot has been quiet for ten minutes"),
        pytest.param(NOW - timedelta(minutes=9), Silent("passed on"), id="the bot has just spoken"),
    ],
)
def test_while_a_person_is_awaited_what_was_not_understood_is_noted_now_and_then(said_at, decision):
    waiting = thread(waiting_since=NOW, said_at=said_at, misses=1)
    assert unsure(waiting, words(), BOOK, NOW) == Step(waiting, (decision,))


@pytest.mark.parametrize(
    "one", [thread(), thread(waiting_since=NOW), thread(misses=1)], ids=["at first", "waiting", "a miss"]
)
def test_a_picture_without_words_goes_to_a_person(one):
    assert unsure(one, words("  ", media=1), BOOK, NOW).decisions == (
        Say("media_unread"),
        HandOff("general", "a picture or file"),
    )


@pytest.mark.parametrize("heard", [CLAIM, Due("other", 0)])
def test_there_is_always_a_step(heard):
    assert unsure(thread(), heard, BOOK, NOW) == Step(thread(), (Silent(f"nothing to do for {type(heard).__name__}"),))


# --- shown to people --------------------------------------------------------------------------------------------------

SPOKEN = Step(thread(), (HOURS,))


@pytest.mark.parametrize(
    "before, step, heard, shown",
    [
        pytest.param(thread(), SPOKEN, words(), False, id="nobody is concerned"),
        pytest.param(thread(owner="maria"), SPOKEN, words(), True, id="a person owns the thread"),
        pytest.param(thread(waiting_since=NOW), SPOKEN, words(), True, id="it waits for people"),
        pytest.param(
            thread(), replace(SPOKEN, thread=thread(waiting_since=NOW)), words(), True, id="it waits from now on"
        ),
        pytest.param(thread(owner="maria"), SPOKEN, CLAIM, False, id="an act is no voter's words"),
        pytest.param(thread(owner="maria"), Step(thread(), (PassOn(),)), words(), False, id="they are shown already"),
    ],
)
def test_the_voter_s_words_are_shown_once_to_the_people_concerned(before, step, heard, shown):
    assert passed_on(step, heard, before).decisions == ((*step.decisions, PassOn()) if shown else step.decisions)


# --- pictures and voice -----------------------------------------------------------------------------------------------

RECENTLY = NOW - timedelta(minutes=1)


def test_a_voice_message_is_asked_for_in_words_and_the_second_goes_to_a_person():
    first = unsure(thread(), words("", media=1, voice=True), BOOK, NOW)
    assert first == Step(thread(misses=1), (Say("voice_unheard"),))
    second = unsure(first.thread, words("", media=1, voice=True), BOOK, NOW)
    assert second.decisions == (Say("handed_off"), HandOff("general", "not understood twice"))


@pytest.mark.parametrize("voice", [False, True])
def test_more_pictures_while_a_person_is_awaited_are_passed_on_without_a_word(voice):
    waiting = thread(waiting_since=NOW, said_at=RECENTLY)
    assert unsure(waiting, words("", media=1, voice=voice), BOOK, NOW) == Step(waiting, (Silent("passed on"),))


def test_a_voice_message_with_words_is_heard_by_its_words():
    assert Say("voice_unheard") not in unsure(thread(), words("hm", media=1, voice=True), BOOK, NOW).decisions
