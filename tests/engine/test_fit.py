"""What is said, brought into a channel's form."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel import Capabilities
from bot.engine.fit import Draft, fit, split
from bot.message import Button

SMS = Capabilities(max_chars=1600, segments=True)
WEB = Capabilities(max_chars=4000, buttons=True)
EMAIL = Capabilities(max_chars=50_000)
HOURS, PLACE = Button("Hours", "go:voting_hours"), Button("Polling place", "go:polling_place")
PLAN = Button("My plan", url="https://example.org/plan")


@pytest.mark.parametrize(
    "draft, can, text, buttons",
    [
        pytest.param(Draft("Hi", buttons=(HOURS,)), WEB, "Hi", (HOURS,), id="real buttons stay buttons"),
        pytest.param(
            Draft("Hi", buttons=(HOURS, PLACE)),
            SMS,
            "Hi\nReply 1 for Hours, 2 for Polling place",
            (),
            id="without buttons choices are numbered",
        ),
        pytest.param(
            Draft("Hola", buttons=(HOURS,), language="es"),
            SMS,
            "Hola\nResponda 1 para Hours",
            (),
            id="numbered in Spanish",
        ),
        pytest.param(
            Draft("Salut", buttons=(HOURS,), language="fr"),
            SMS,
            "Salut\nReply 1 for Hours",
            (),
            id="numbered in another language",
        ),
        pytest.param(
            Draft("Hi", buttons=(PLAN, HOURS)),
            EMAIL,
            "Hi\nMy plan: https://example.org/plan\nReply 1 for Hours",
            (),
            id="a link is written out and takes no number",
        ),
        pytest.param(
            Draft("Right? YES or NO", buttons=(HOURS,), numbered=False), SMS, "Right? YES or NO", (), id="yes and no"
        ),
        pytest.param(Draft("“Hi”", short=""), SMS, '"Hi"', (), id="typographic signs are folded where segments cost"),
        pytest.param(Draft("“Hi”"), EMAIL, "“Hi”", (), id="and stay elsewhere"),
        pytest.param(Draft("A long text", short="Short"), SMS, "Short", (), id="the shorter text where segments cost"),
        pytest.param(Draft("A long text", short="Short"), WEB, "A long text", (), id="the long text elsewhere"),
    ],
)
def test_a_draft_takes_the_form_of_its_channel(draft, can, text, buttons):
    assert [(part.text, part.buttons) for part in fit(draft, can)] == [(text, buttons)]


def test_a_long_text_becomes_several_messages_and_the_buttons_stay_with_the_last():
    parts = fit(Draft("First sentence. Second one.", buttons=(HOURS,)), Capabilities(max_chars=20, buttons=True))
    assert [(part.text, part.buttons) for part in parts] == [("First sentence.", ()), ("Second one.", (HOURS,))]


@pytest.mark.parametrize(
    "text, max_chars, parts",
    [
        pytest.param("one two", 7, ["one two"], id="what fits stays whole"),
        pytest.param("aaa bbb\n\nccc ddd", 12, ["aaa bbb", "ccc ddd"], id="at a paragraph"),
        pytest.param("aaa bbb\nccc ddd", 12, ["aaa bbb", "ccc ddd"], id="at a line"),
        pytest.param("Aaa b. Ccc ddd", 10, ["Aaa b.", "Ccc ddd"], id="at a sentence"),
        pytest.param("aaaa bbbb cccc", 10, ["aaaa bbbb", "cccc"], id="at a word"),
        pytest.param("a. bbbbbbbbbbbb", 10, ["a. bbbbbbb", "bbbbb"], id="not so early that a message is nearly empty"),
        pytest.param("x" * 25, 10, ["x" * 10, "x" * 10, "x" * 5], id="one long word is cut"),
        pytest.param("👍" * 6, 9, ["👍" * 4, "👍" * 2], id="an emoji counts two and is not torn apart"),
        pytest.param("hi" + " " * 4000 + "you", 160, ["hi", "you"], id="a heap of spaces makes no empty message"),
        pytest.param("", 10, [""], id="nothing"),
    ],
)
def test_a_text_is_cut_where_it_hurts_least(text, max_chars, parts):
    assert split(text, max_chars) == parts


@given(st.text(st.sampled_from("ab .\n👍é"), max_size=300), st.integers(4, 60))
def test_no_part_is_too_long_or_empty_and_no_letter_is_lost(text, max_chars):
    parts = split(text, max_chars)
    assert all(len(part.encode("utf-16-le")) // 2 <= max_chars for part in parts)
    assert all(parts) or parts == [""]
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)
