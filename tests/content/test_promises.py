"""Asks and footers: never where there is trouble, never from an office, and with other words for bad days."""

import pytest
from support.staff import LANGUAGES, entry, sound, told, troubles

from bot.content.check import check

FILE = "responses/x.yml"
ASK = "text: {en: A, es: B}\nfallback: {en: C, es: D}\ndoes: ask"

OFFICE = {
    "an ask": (ASK, ["C812 4:9"]),
    "a footer": ("text: {en: A, es: B}\nfooter: welcome", ["C812 3:11"]),
    "both": (f"{ASK}\nfooter: welcome", ["C812 4:9", "C812 5:11"]),
    "a thank you": ("text: {en: A, es: B}\ndoes: thank", []),
}


@pytest.mark.parametrize("body, expected", OFFICE.values(), ids=OFFICE.keys())
def test_an_office_asks_nothing_of_its_voters(body: str, expected: list[str]) -> None:
    files = sound() | {FILE: entry(body).encode()}
    assert told(check(files, LANGUAGES, kind="office").troubles) == expected
    assert told(check(files, LANGUAGES, kind="campaign").troubles) == []


TROUBLE = {
    "a footer below bad news": "complaint: {text: {en: A, es: B}, keywords: [Z], footer: welcome}\n",
    "a footer where people are called at once": (
        "x: {text: {en: A, es: B}, keywords: [Z], footer: welcome, hand_off: {team: general, priority: urgent}}\n"
    ),
    "an ask": "complaint: {text: {en: A, es: B}, keywords: [Z], fallback: {en: C, es: D}, does: ask}\n",
}


@pytest.mark.parametrize("text", TROUBLE.values(), ids=TROUBLE.keys())
def test_nothing_is_asked_under_bad_news(text: str) -> None:
    assert [trouble.code for trouble in troubles({FILE: text})] == ["C809"]


def test_a_form_that_asks_needs_no_other_words() -> None:
    assert troubles({FILE: entry("form: joining\ndoes: ask")}) == []
