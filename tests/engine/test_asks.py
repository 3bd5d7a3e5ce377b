"""When a voter may be asked for something, and where a footer goes: never in a thread with trouble."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, NOW, SIGN_UP, asking, thread, words

from bot.engine.decision import Ask, Disclose, HandOff, Offer, Say
from bot.engine.playbook import Entry, Team, Window
from bot.engine.rules import decide
from bot.engine.thread import Asking, Choosing, Stop, Thread
from bot.message import Word

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MORE = (
    Entry("early_voting", footer="share"),
    Entry("share"),
    Entry("donate", asks=True),
    Entry("greet", choices=("polling_place", "donate")),
    Entry("complaint", hand_off=Team("general"), is_trouble=True),
    Entry("crisis", hand_off=Team("urgent", "urgent"), is_trouble=True),
)
ASKING = replace(
    BOOK, entries={**BOOK.entries, **{entry.name: entry for entry in _MORE}}, topics=("polling_place", "donate")
)
EARLY, DONATE = words("early voting", "early_voting"), words("how do i give", "donate")
TROUBLE = {
    "it has stopped us": thread(stopped=Stop(NOW - HOUR), stop_told=True),
    "a case is open": thread(waiting_since=NOW - HOUR),
    "a person has it": thread(owner="maria"),
    "there was trouble today": thread(trouble_at=NOW - DAY + timedelta(seconds=1)),
}
UNANSWERED = {
    "a form is open": thread(question=asking(SIGN_UP, "zip")),
    "a form was put aside": thread(aside=(asking(SIGN_UP, "zip"),)),
    "a yes or no is open": thread(question=Choosing("stop", (), NOW + HOUR)),
}


def says(one: Thread, heard=EARLY, book=ASKING):
    return [decision for decision in decide(one, heard, book, NOW).decisions if isinstance(decision, Say)]


def test_a_footer_goes_below_an_answer_once_a_day() -> None:
    step = decide(thread(), EARLY, ASKING, NOW)
    assert (step.decisions, step.thread.footer_at) == ((Say("early_voting", "early_voting", footer="share"),), NOW)
    late, next_noon = (replace(EARLY, at=NOW + span) for span in (DAY - timedelta(seconds=1), DAY))
    again = decide(step.thread, late, ASKING, late.at)
    assert [one.footer for one in again.decisions if isinstance(one, Say)] == [""]
    next_day = decide(again.thread, next_noon, ASKING, next_noon.at)
    assert [one.footer for one in next_day.decisions if isinstance(one, Say)] == ["share"]


@pytest.mark.parametrize("one", [*TROUBLE.values(), *UNANSWERED.values()], ids=[*TROUBLE, *UNANSWERED])
def test_no_footer_where_there_is_trouble_or_a_question_is_open(one: Thread) -> None:
    step = decide(one, EARLY, ASKING, NOW)
    assert [said.footer for said in step.decisions if isinstance(said, Say) and said.footer] == []
    assert step.thread.footer_at is None


@pytest.mark.parametrize(
    "heard",
    [
        words("i will kill myself", "voting_hours"),
        words("STOP"),
        words("your ad is a lie", "complaint"),
        words("i was turned away", "voting_hours"),
        words("delete my data", "privacy_request"),
    ],
    ids=["a crisis", "a stop", "a complaint", "voting trouble", "privacy"],
)
def test_trouble_is_remembered_for_a_day(heard) -> None:
    after = decide(thread(), heard, ASKING, NOW).thread
    assert after.trouble_at == NOW
    settled = replace(after, waiting_since=None, stopped=None, question=None)
    heard_late = [replace(EARLY, at=NOW + span) for span in (DAY - timedelta(seconds=1), DAY)]
    said = [decide(settled, one, ASKING, one.at).decisions[0] for one in heard_late]
    assert [getattr(one, "footer", None) for one in said] == ["", "share"]


def test_a_provider_that_answers_the_stop_itself_is_trouble_too() -> None:
    assert decide(thread(), words("stop", answered_by_provider=Word.STOP), ASKING, NOW).thread.trouble_at == NOW


def test_no_footer_below_a_question_or_where_people_are_called() -> None:
    book = replace(
        ASKING, entries={**ASKING.entries, "yard_sign": Entry("yard_sign", hand_off=Team("v"), footer="share")}
    )
    step = decide(thread(), words("a sign", "yard_sign"), book, NOW)
    assert step.decisions[:2] == (Say("yard_sign", "yard_sign"), HandOff("v", "yard_sign"))


def test_a_footer_outside_of_its_days_is_not_said() -> None:
    over = replace(ASKING, entries={**ASKING.entries, "share": Entry("share", window=Window(closes=NOW))})
    assert says(thread(), book=over) == [Say("early_voting", "early_voting")]


@pytest.mark.parametrize(
    "one", [TROUBLE["a case is open"], TROUBLE["there was trouble today"]], ids=["case", "trouble"]
)
def test_an_ask_in_trouble_says_its_other_words(one: Thread) -> None:
    assert says(one, DONATE)[0] == Say("donate", "donate", asks=False)


@pytest.mark.parametrize("one", [thread(), UNANSWERED["a form is open"]], ids=["at leisure", "in a form"])
def test_who_asks_how_to_give_is_told(one: Thread) -> None:
    assert says(one, DONATE)[0] == Say("donate", "donate")


def test_buttons_that_ask_are_offered_at_leisure_only() -> None:
    greeted, troubled = (
        decide(one, words("hi", "greet"), ASKING, NOW) for one in (thread(), TROUBLE["a case is open"])
    )
    assert (greeted.decisions, greeted.thread.question) == (
        (Say("greet", "greet"),),
        Choosing("entry", ("polling_place", "donate"), NOW + DAY),
    )
    assert (troubled.decisions[0], troubled.thread.question) == (
        Say("greet", "greet", asks=False),
        Choosing("entry", ("polling_place",), NOW + DAY),
    )


def test_topics_that_ask_are_not_offered_to_who_was_not_understood() -> None:
    step = decide(thread(), words("?!"), ASKING, NOW)
    assert (step.decisions, step.thread.question) == (
        (Offer(("polling_place",), "rephrase"),),
        Choosing("entry", ("polling_place",), NOW + DAY),
    )


# --- windows ----------------------------------------------------------------------------------------------------------

WINDOWED = replace(
    BOOK,
    entries={
        **BOOK.entries,
        "volunteer": Entry("volunteer", form="sign_up", window=Window(closes=NOW + HOUR, then="early_voting")),
        "yard_sign": Entry("yard_sign", hand_off=Team("v"), window=Window(opens=NOW + HOUR)),
    },
)


def test_a_form_outside_of_its_days_is_not_opened() -> None:
    wanted = words("count me in", "volunteer")
    open_step, shut_step = (decide(thread(), wanted, WINDOWED, at) for at in (NOW, NOW + HOUR))
    assert isinstance(open_step.decisions[0], Ask)
    assert (shut_step.decisions, shut_step.thread.question) == ((Say("early_voting", "volunteer"),), None)


def test_nobody_is_called_for_what_has_only_its_fallback_to_say() -> None:
    wanted = words("a sign please", "yard_sign")
    early, open_step = (decide(thread(), wanted, WINDOWED, at).decisions for at in (NOW, NOW + HOUR))
    assert early == (Say("yard_sign", "yard_sign"),)
    assert HandOff("v", "yard_sign") in open_step


def test_a_form_that_was_open_when_its_entry_ran_out_goes_on() -> None:
    one = thread(question=asking(SIGN_UP, "zip"))
    step = decide(one, words("43215", values={"zip": "43215"}), WINDOWED, NOW + HOUR)
    assert isinstance(step.thread.question, Asking)


def test_the_disclosure_stands_before_an_answer_with_a_footer() -> None:
    step = decide(thread(disclosed_at=None), EARLY, ASKING, NOW)
    assert step.decisions == (Disclose(), Say("early_voting", "early_voting", footer="share"))
