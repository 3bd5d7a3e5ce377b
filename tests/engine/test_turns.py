"""Which messages that wait together are read as one."""

import pytest
from support.playbooks import BOOK, NOW, SIGN_UP, asking, thread

from bot.engine.thread import Choosing
from bot.engine.turns import together

FREE = thread()


@pytest.mark.parametrize(
    "texts, taken",
    [
        pytest.param(["hey"], 1, id="one text is one turn"),
        pytest.param(["hey", "where do i vote"], 2, id="two texts sent together are one wish"),
        pytest.param(["a", "b", "c", "d", "e", "f"], 5, id="at most five"),
        pytest.param(["hey", "STOP", "wait"], 1, id="a carrier word is heard alone"),
        pytest.param(["STOP", "hey"], 1, id="a carrier word takes nothing with it"),
        pytest.param(["hey", "i was turned away", "hello"], 1, id="danger words are heard alone"),
        pytest.param(["i was turned away", "hello"], 1, id="danger words take nothing with them"),
        pytest.param(["hey", None, "you"], 1, id="an act or a pressed button ends the turn"),
        pytest.param([None, "hey"], 1, id="an act or a pressed button is heard alone"),
        pytest.param(["", "", ""], 3, id="pictures without words sent together are one turn"),
        pytest.param(["", None], 1, id="and end where words begin"),
        pytest.param(["x" * 999, "y"], 2, id="a thousand letters are still one turn"),
        pytest.param(["x" * 1000, "y"], 1, id="a longer one is cut between messages"),
        pytest.param(["x" * 5000], 1, id="a huge text is taken whole"),
    ],
)
def test_texts_that_wait_together_are_one_turn_unless_one_must_be_heard_alone(texts, taken):
    assert together(texts, FREE, BOOK) == taken


@pytest.mark.parametrize(
    "busy",
    [
        pytest.param(thread(question=asking(SIGN_UP, "name")), id="a form asks"),
        pytest.param(thread(question=Choosing("stop", (), NOW)), id="a choice is open"),
        pytest.param(thread(owner="maria"), id="a person owns the thread"),
    ],
)
def test_each_text_is_heard_alone_while_somebody_waits_for_an_answer(busy):
    assert together(["Maria", "62701"], busy, BOOK) == 1
