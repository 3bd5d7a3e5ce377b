"""Threads with people: what volunteers do, and the bot's silence while one owns the thread."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, SIGN_UP, asking, thread, words

from bot.engine.decision import (
    AskYesNo,
    Board,
    Forget,
    HandOff,
    Note,
    PassOn,
    Purpose,
    Relay,
    Remind,
    ReturnToQueue,
    Say,
    Silent,
)
from bot.engine.desk import FACT_CHANGED, LEASE, with_volunteer
from bot.engine.heard import Acted, Due, Result
from bot.engine.replies import CHOICE_LIVES
from bot.engine.thread import Choosing, Stop
from bot.message import ActKind

OPEN = asking(FIND, "address")
OWNED = thread(owner="maria", epoch=4, relayed=1)
LEASED = Remind(LEASE, NOW + timedelta(minutes=10))
BACK = Say("desk_back", purpose=Purpose.NOTICE)
LEFT = Say("desk_released", purpose=Purpose.NOTICE)
RESOLVED = (Forget(LEASE), Board("resolved", "maria"))
RELEASED = (Forget(LEASE), Board("released", "maria"))


def act(kind: ActKind, text: str = "") -> Acted:
    return Acted(kind, "maria", "Maria", text, NOW - MINUTE)


def decided(one, heard):
    step = with_volunteer(one, heard, BOOK, NOW)
    return step and step.decisions


def test_while_a_person_owns_the_thread_the_voter_s_words_go_to_the_person_only():
    step = with_volunteer(OWNED, words("where do i vote", "polling_place"), BOOK, NOW)
    assert (step.thread, step.decisions) == (OWNED, (PassOn(), Silent("a person owns the thread")))


@pytest.mark.parametrize("heard", [words("hello", "greet"), Result("look", 0, "found", {}), Due("other", 0)])
def test_without_an_owner_these_rules_have_nothing_to_say(heard):
    assert with_volunteer(thread(), heard, BOOK, NOW) is None


def test_a_claim_puts_the_form_aside_lifts_a_mute_and_begins_the_lease():
    muted = thread(owner="maria", epoch=1, question=OPEN, muted_until=NOW + MINUTE, misses=1)
    step = with_volunteer(muted, act(ActKind.CLAIM), BOOK, NOW)
    assert step.decisions == (Board("claimed", "maria"), LEASED)
    assert step.thread == replace(muted, question=None, aside=(OPEN,), muted_until=None, misses=0)


def test_c30_the_first_words_of_a_person_say_who_writes_and_later_ones_do_not():
    first = with_volunteer(replace(OWNED, relayed=0), act(ActKind.SAY, "Hi!"), BOOK, NOW)
    later = with_volunteer(first.thread, act(ActKind.SAY, "Go on."), BOOK, NOW)
    held_until = NOW - MINUTE + timedelta(seconds=5)
    said = Board("said", "maria")
    assert first.decisions == (Relay("Hi!", "maria", "Maria", True, held_until), said, LEASED)
    assert later.decisions == (Relay("Go on.", "maria", "Maria", False, held_until), said, LEASED)


def test_c30_the_next_person_says_who_writes_too():
    claimed = with_volunteer(OWNED, act(ActKind.CLAIM), BOOK, NOW).thread
    relay, *_ = decided(claimed, act(ActKind.SAY, "Hi!"))
    assert relay.introduce


def test_c30_first_words_that_were_taken_back_leave_the_introduction_to_the_next_ones():
    said = with_volunteer(replace(OWNED, relayed=0), act(ActKind.SAY, "Hi!"), BOOK, NOW).thread
    undone = with_volunteer(said, act(ActKind.UNDO), BOOK, NOW)
    relay, *_ = decided(undone.thread, act(ActKind.SAY, "Hello!"))
    assert undone.decisions == (Board("taken_back", "maria"),)
    assert relay.introduce
    assert not decided(replace(undone.thread, owner=None), act(ActKind.RELEASE))[2:]  # no farewell without words


def test_a_note_stays_with_the_desk():
    assert decided(OWNED, act(ActKind.NOTE, "calls back")) == (Note("calls back", "maria"), Board("noted", "maria"))


FREED = replace(OWNED, owner=None, epoch=5)


@pytest.mark.parametrize(
    "one, kind, decisions",
    [
        pytest.param(FREED, ActKind.RELEASE, (*RELEASED, LEFT), id="the voter is told that the person has left"),
        pytest.param(FREED, ActKind.RESOLVE, (*RESOLVED, BACK), id="the voter is told that the bot is back"),
        pytest.param(replace(FREED, relayed=0), ActKind.RELEASE, RELEASED, id="not if no person has written: left"),
        pytest.param(replace(FREED, relayed=0), ActKind.RESOLVE, RESOLVED, id="not if no person has written: back"),
        pytest.param(replace(FREED, relayed=0, met=True), ActKind.RESOLVE, (*RESOLVED, BACK), id="one before has"),
        pytest.param(replace(FREED, stopped=Stop(NOW)), ActKind.RELEASE, RELEASED, id="not after a stop: left"),
        pytest.param(replace(FREED, stopped=Stop(NOW)), ActKind.RESOLVE, RESOLVED, id="not after a stop: back"),
        pytest.param(
            replace(FREED, owner="joe"), ActKind.RELEASE, RELEASED, id="not if the next person is there: left"
        ),
        pytest.param(
            replace(FREED, owner="joe"), ActKind.RESOLVE, RESOLVED, id="not if the next person is there: back"
        ),
    ],
)
def test_a_voter_who_has_talked_with_a_person_hears_how_it_goes_on(one, kind, decisions):
    assert decided(one, act(kind)) == decisions


def test_a_later_case_that_nobody_has_written_in_ends_without_a_word():
    over = with_volunteer(FREED, act(ActKind.RESOLVE), BOOK, NOW).thread
    assert decided(over, act(ActKind.RESOLVE)) == RESOLVED


WITH_FORM = replace(FREED, aside=(asking(SIGN_UP, "zip"), OPEN))


def test_after_the_person_the_bot_asks_whether_to_go_on_with_the_form():
    step = with_volunteer(WITH_FORM, act(ActKind.RESOLVE), BOOK, NOW)
    assert step.decisions == (*RESOLVED, BACK, AskYesNo("resume", {"slot": "address"}))
    assert (step.thread.question, step.thread.aside) == (
        Choosing("resume", ("find_place",), NOW + CHOICE_LIVES),
        WITH_FORM.aside,
    )


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(replace(WITH_FORM, stopped=Stop(NOW)), id="the voter has stopped us"),
        pytest.param(replace(WITH_FORM, owner="joe"), id="the next person is there"),
        pytest.param(replace(WITH_FORM, question=asking(SIGN_UP, "name")), id="another form is being asked"),
    ],
)
def test_nobody_is_asked_to_go_on_where_that_would_interrupt(one):
    step = with_volunteer(one, act(ActKind.RESOLVE), BOOK, NOW)
    assert not any(isinstance(decision, AskYesNo) for decision in step.decisions)
    assert (step.thread.question, step.thread.aside) == (one.question, one.aside)


def test_a_lease_that_runs_out_puts_the_thread_back_into_the_queue():
    step = with_volunteer(OWNED, Due(LEASE, 4), BOOK, NOW)
    assert step.decisions == (ReturnToQueue(), Board("released", who="maria"))
    assert (step.thread.owner, step.thread.waiting_since) == (None, NOW)


@pytest.mark.parametrize(
    "one", [replace(OWNED, epoch=5), replace(OWNED, owner=None)], ids=["another claim", "nobody owns it"]
)
def test_a_lease_of_an_earlier_claim_takes_the_thread_from_nobody(one):
    assert decided(one, Due(LEASE, 4)) == (Silent("this lease is over"),)


# --- a fact that changed before it was told -----------------------------------------------------------------------------

SAID = thread(epoch=4, disclosed_at=NOW - MINUTE)


@pytest.mark.parametrize(
    "one, due, decisions",
    [
        (SAID, Due(FACT_CHANGED, 4, "greet"), (Say("greet"),)),
        (SAID, Due(FACT_CHANGED, 3, "greet"), (Silent("somebody else goes on here"),)),
        (replace(SAID, owner="maria"), Due(FACT_CHANGED, 4, "greet"), (Silent("somebody else goes on here"),)),
        (SAID, Due(FACT_CHANGED, 4, "gone"), (HandOff("general", "a fact changed before it was told"),)),
        (SAID, Due(FACT_CHANGED, 4, FIND.name), (HandOff("general", "a fact changed before it was told"),)),
    ],
    ids=["the same entry", "a thread that moved on", "a person's thread", "an entry that is gone", "a form's question"],
)
def test_what_a_changed_fact_kept_from_leaving_is_said_anew_or_handed_over(one, due, decisions):
    assert decided(one, due) == decisions


def test_what_is_said_anew_says_again_that_it_is_automated():
    assert with_volunteer(SAID, Due(FACT_CHANGED, 4, "greet"), BOOK, NOW).thread.disclosed_at is None
