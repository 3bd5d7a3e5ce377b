"""Texts as thumbs type them: always the same way, still the same words, and never an error."""

import pytest

from bot.understanding.thumbs import thumbed

TEXT = "Where is my polling place, please? I don't know because the people here moved."


def test_the_same_text_is_always_typed_alike_and_not_as_it_was() -> None:
    typed = thumbed(TEXT)
    assert typed == thumbed(TEXT) != TEXT
    assert typed.islower()
    assert not set("?,.'") & set(typed)
    assert len(typed.split()) == len(TEXT.split())


def test_slips_are_some_and_not_all() -> None:
    words = [
        f"{one}{two}" for one in ("register", "polling", "voting", "candidate") for two in ("s", "ed", "ing", "er")
    ]
    changed = sum(thumbed(word) != word for word in words)
    assert len(words) / 4 < changed < len(words)


@pytest.mark.parametrize("text", ["", "??", "🙏🏽", "62704", "投票所はどこ", "a\ud83d b", "\u202ewhere"])
def test_whatever_comes_is_typed_somehow(text: str) -> None:
    assert isinstance(thumbed(text), str)


def test_numbers_and_short_words_come_out_right() -> None:
    assert thumbed("zip 62704 ok") == "zip 62704 ok"
