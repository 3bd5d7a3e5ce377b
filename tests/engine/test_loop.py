"""Two machines must not talk for ever: what mutes a thread, and what does not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, MINUTE, NOW, asking, thread, words

from bot.engine.decision import HandOff, PassOn, Silent
from bot.engine.heard import Due
from bot.engine.loop import loop, unmuted
from bot.engine.rules import decide
from bot.engine.thread import Thread

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def played(one: Thread, texts: list[str], apart: timedelta, intent: str = "voting_hours") -> list[bool]:
    """Hear `texts` one after the other; return for each whether the bot still spoke."""
    spoke = []
    for number, text in enumerate(texts):
        at = NOW + number * apart
        step = decide(one, words(text, intent, at=at), BOOK, at)
        spoke.append(step.speaks)
        one = step.thread
    return spoke


@pytest.mark.parametrize(
    "texts, apart, spoke",
    [
        pytest.param(
            ["Thank you for your message."] * 4, MINUTE, [True, True, False, False], id="the same three times"
        ),
        pytest.param(
            ["It is 10:41 now", "it is 10:42 NOW!", "It is 10:43 now."],
            MINUTE,
            [True, True, False],
            id="but for its numbers",
        ),
        pytest.param(["Out of office"] * 3, 3 * MINUTE, [True, True, True], id="not within five minutes"),
        pytest.param(["Out of office"] * 3, 2.5 * MINUTE, [True, True, False], id="just within five minutes"),
        pytest.param(
            ["hello there", "anyone?", "hello there", "anyone?", "hello there"],
            MINUTE,
            [True] * 4 + [False],
            id="in turns",
        ),
        pytest.param(["1"] * 5, MINUTE, [True] * 5, id="short answers are repeated by people"),
        pytest.param(["hi there", "who is it", "and now?", "why"], MINUTE, [True] * 4, id="four different texts"),
        pytest.param(
            [f"answer {word}" for word in "abcdefg"],
            SECOND,
            [True] * 5 + [False] * 2,
            id="quick and always about the same",
        ),
        pytest.param([f"answer {word}" for word in "abcdefg"], 2 * SECOND, [True] * 7, id="two seconds are not quick"),
    ],
)
def test_a_thread_in_which_a_machine_seems_to_answer_is_muted(texts, apart, spoke):
    assert played(thread(), texts, apart) == spoke


def test_quick_messages_about_different_things_are_a_person_in_a_hurry():
    one, spoke = thread(), []
    for number, intent in enumerate(["voting_hours", "thanks", "early_voting", "greet", "voting_hours", "rumor_check"]):
        step = decide(one, words(f"text {intent}", intent, at=NOW + number * SECOND), BOOK, NOW + number * SECOND)
        one = step.thread
        spoke.append(step.speaks)
    assert spoke == [True] * 6


def test_muting_calls_people_once_and_ends_after_an_hour():
    one = thread()
    for _ in range(3):
        step = decide(one, words("Out of office", "greet"), BOOK, NOW)
        one = step.thread
    assert step.decisions == (HandOff("general", "loop"), Silent("loop"), PassOn())
    assert (one.muted_until, one.echoes[:-1]) == (NOW + HOUR, ())
    later = [decide(one, words("where do i vote", "polling_place"), BOOK, NOW + wait) for wait in (HOUR - SECOND, HOUR)]
    assert [(step.speaks, step.thread.muted_until) for step in later] == [(False, NOW + HOUR), (True, None)]


MUTED = thread(muted_until=NOW + HOUR)


def test_what_is_written_to_a_muted_thread_reaches_people():
    assert loop(MUTED, words("hello"), BOOK, NOW).decisions == (PassOn(), Silent("muted"))


@pytest.mark.parametrize(
    "one, heard",
    [
        pytest.param(MUTED, words("STOP"), id="a carrier word"),
        pytest.param(replace(MUTED, owner="maria"), words("hello"), id="while a person owns the thread"),
        pytest.param(MUTED, Due("lease", 0), id="a timer"),
    ],
)
def test_the_guard_stands_in_nobody_s_way_who_is_no_machine(one, heard):
    assert loop(one, heard, BOOK, NOW) is None


def test_answers_to_a_form_are_not_counted():
    one = thread(question=asking(FIND, "address"))
    assert decide(one, words("the same answer"), BOOK, NOW).thread.echoes[-1].digest == ""


def test_only_the_last_four_messages_are_remembered():
    one = thread()
    times = [NOW + number * MINUTE for number in range(9)]
    for at in times:
        one = decide(one, words(f"text {chr(97 + at.minute)}", "greet", at=at), BOOK, at).thread
    assert [echo.at for echo in one.echoes] == times[5:]


@pytest.mark.parametrize("late, muted", [(-SECOND, True), (timedelta(0), False)])
def test_a_mute_runs_out(late, muted):
    assert (unmuted(MUTED, NOW + HOUR + late).muted_until is not None) is muted
