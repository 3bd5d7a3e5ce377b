"""How long what a form was told is kept: each step is marked, and what lies open or aside is dropped in time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import BOOK, FIND, NOW, REPORT, SIGN_UP, asking, thread, words

from bot.engine.decision import Forget, Keep, Remind
from bot.engine.heard import Due, Result
from bot.engine.keeping import FORM_KEPT
from bot.engine.rules import decide
from bot.engine.thread import Choosing

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
KEEPING = replace(
    BOOK,
    forms={"find_place": replace(FIND, keep=MONTH), "sign_up": replace(SIGN_UP, keep=WEEK), "report": REPORT},
)


def kept(one, heard, at=NOW):
    return [
        decision
        for decision in decide(one, heard, KEEPING, at).decisions
        if isinstance(decision, (Keep, Remind, Forget))
    ]


def due(kind=FORM_KEPT):
    return Due(kind, 0)


SAID = {
    "the words that open a form": (
        thread(),
        words("count me in", "volunteer"),
        [Keep(WEEK), Remind(FORM_KEPT, NOW + WEEK)],
    ),
    "an answer": (
        thread(question=replace(asking(SIGN_UP, "name"), since=NOW - timedelta(hours=1))),
        words("Ana", values={"name": "Ana"}),
        [Keep(WEEK), Remind(FORM_KEPT, NOW + WEEK)],
    ),
    "the last answer": (
        thread(question=asking(SIGN_UP, "what", name="Ana", zip="62704")),
        words("1", values={"number": "1"}),
        [Keep(WEEK), Forget(FORM_KEPT)],
    ),
    "words that drop the form": (
        thread(question=asking(SIGN_UP, "name")),
        words("never mind"),
        [Keep(WEEK), Forget(FORM_KEPT)],
    ),
    "what was looked up": (
        thread(),
        Result("look_up_polling_place", 0, "found", {"form": "find_place", "address": "12 Oak St"}),
        [Keep(MONTH)],
    ),
    "one form in the middle of another: the shorter": (
        thread(question=asking(SIGN_UP, "zip")),
        words("where do i vote", "polling_place"),
        [Keep(WEEK)],
    ),
    "a form that is kept like the thread": (thread(), words("report it", "report_problem"), []),
    "a question beside any form": (thread(), words("when", "voting_hours"), []),
}


@pytest.mark.parametrize("one, heard, decisions", SAID.values(), ids=SAID.keys())
def test_words_of_a_form_are_kept_as_long_as_it_says(one, heard, decisions) -> None:
    assert kept(one, heard) == decisions


def test_a_form_that_lies_open_is_dropped_when_its_time_is_over() -> None:
    one = thread(question=asking(SIGN_UP, "zip", name="Ana"))
    early, late = (decide(one, due(), KEEPING, NOW + span).thread for span in (WEEK - timedelta(seconds=1), WEEK))
    assert (early.question, late.question) == (one.question, None)


def test_of_the_forms_aside_only_those_whose_time_is_over_are_dropped() -> None:
    aside = (asking(SIGN_UP, "zip", name="Ana"), asking(FIND, "address"), asking(REPORT, "where"))
    one = thread(aside=aside, question=Choosing("resume", ("report",), NOW + MONTH))
    step = decide(one, due(), KEEPING, NOW + WEEK)
    assert (step.thread.aside, step.thread.question) == (aside[1:], None)
    assert Remind(FORM_KEPT, NOW + MONTH) in step.decisions
    assert not step.speaks


def test_a_timer_that_comes_early_is_set_again() -> None:
    assert kept(thread(question=asking(SIGN_UP, "zip")), due()) == [Keep(WEEK), Remind(FORM_KEPT, NOW + WEEK)]
