"""Replies for volunteers: found by words, filled in, and refused where a blank is not filled rightly."""

import pytest
from support.staff import told, troubles
from support.voices import ORGANISATION

from bot.content.compare import changes
from bot.content.desk import NotFilled, desk_replies
from bot.content.library import read_library

FILE = "responses/desk.yml"
TEXT = """\
county:
  title: Ask the county
  text:
    en: "{{ fill.county }} knows, {{ fill.who }}. {{ org.name }}"
    es: "{{ fill.county }} sabe, {{ fill.who }}."
  fill:
    county: {ask: Which county?, one_of: [Travis, Hays]}
    who: {ask: What is their name?}
bye: {text: {en: Good bye., es: Que le vaya bien.}}
"""
GIVEN = {"county": "Hays", "who": "  Ana\n Ruiz "}


@pytest.fixture
def replies():
    library, found = read_library({FILE: TEXT.encode(), "responses/x.yml": b"x: {text: {en: A, es: B}}"})
    assert ([str(one) for one in found], set(library.entries)) == ([], {"x"})
    return desk_replies(library, ORGANISATION)


@pytest.mark.parametrize(
    "wanted, found",
    [
        ("", ["county", "bye"]),
        ("county", ["county"]),
        ("ASK THE", ["county"]),
        ("vaya", ["bye"]),
        ("county bye", []),
    ],
)
def test_a_reply_is_found_by_its_name_title_and_words(replies, wanted: str, found: list[str]) -> None:
    assert [name for name, one in replies.items() if one.is_like(wanted)] == found


def test_a_reply_is_filled_in_the_threads_language(replies) -> None:
    texts = [replies["county"].text(language, GIVEN) for language in ("en", "es", "fr")]
    assert texts == ["Hays knows, Ana Ruiz. Rivera", "Hays sabe, Ana Ruiz.", "Hays knows, Ana Ruiz. Rivera"]


def test_what_is_typed_into_a_blank_is_text_and_nothing_else(replies) -> None:
    assert replies["county"].text("es", {**GIVEN, "who": "{{ org.phone }}"}) == "Hays sabe, {{ org.phone }}."


@pytest.mark.parametrize(
    "given, why",
    [
        ({"who": "Ana"}, "'Which county?' is still to be filled in."),
        ({**GIVEN, "who": " "}, "'What is their name?' is still to be filled in."),
        ({**GIVEN, "county": "Dallas"}, "'Which county?' takes one of these: Travis, Hays."),
        ({**GIVEN, "who": "x" * 201}, "'What is their name?' takes 200 characters at most."),
    ],
    ids=["missing", "blank", "none of the options", "too long"],
)
def test_a_blank_that_is_not_filled_rightly_is_refused(replies, given: dict[str, str], why: str) -> None:
    with pytest.raises(NotFilled) as refused:
        replies["county"].text("en", given)
    assert str(refused.value) == why


def test_before_it_is_filled_in_a_reply_shows_its_questions(replies) -> None:
    assert replies["county"].preview("es") == "[Which county?] sabe, [What is their name?]."
    assert replies["bye"].preview("en") == "Good bye."


MISTAKES = {
    "a language is missing": ("x: {text: {en: A}}", ["V120 1:11"]),
    "a language that is not offered": ("x: {text: {en: A, es: B, fr: C}}", ["V121 1:30"]),
    "an unknown blank": ("x: {text: {en: '{{ fill.a }}', es: B}}", ["V102 1:16"]),
    "a name that only the bot's own texts may hold": ("x: {text: {en: '{{ link.register }}', es: B}}", ["V102 1:16"]),
    "an unknown filter": ("x: {text: {en: '{{ org.name | bold }}', es: B}}", ["V103 1:16"]),
    "code between the braces": ("x: {text: {en: '{{ 1 + 1 }}', es: B}}", ["V101 1:16"]),
    "no options": (
        "x: {text: {en: '{{ fill.a }}', es: '{{ fill.a }}'}, fill: {a: {ask: A, one_of: []}}}",
        ["K208 1:80"],
    ),
    "no question": ("x: {text: {en: '{{ fill.a }}', es: '{{ fill.a }}'}, fill: {a: {one_of: [B]}}}", ["K203 1:63"]),
    "a key of an entry": ("x: {text: {en: A, es: B}, keywords: [X]}", ["K201 1:27"]),
    "one language lacks a blank": ("x: {text: {en: '{{ fill.a }}', es: B}, fill: {a: {ask: A}}}", ["V124 1:50"]),
    "a sign that costs": ("x: {text: {en: “A”, es: B}}", ["S201 1:16"]),
    "as it should be": ("x: {text: {en: '{{ org.name | title }}', es: B}}", []),
}


@pytest.mark.parametrize("text, expected", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_in_a_volunteers_reply_is_told(text: str, expected: list[str]) -> None:
    assert told(troubles({FILE: text})) == expected


def test_a_changed_reply_is_told_before_it_is_published() -> None:
    before, after = (read_library({FILE: text.encode()})[0] for text in (TEXT, TEXT.replace("Good bye.", "Bye.")))
    assert [str(change) for change in changes(before, after, ("en", "es"))] == ["desk.yml: bye changed: text (en)"]
