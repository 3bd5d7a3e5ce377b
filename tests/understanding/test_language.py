"""Which language a short text shows; where it does not show, nobody's language is changed."""

from pathlib import Path

import pytest
import yaml
from support.processes import ROOT

from bot.content.examples import OUT_OF_SCOPE, read_examples
from bot.content.files import staff_files
from bot.understanding.language import language_of

SHORT = {
    language: lines.splitlines()
    for language, lines in yaml.safe_load(Path(__file__).with_name("languages.yml").read_text(encoding="utf-8")).items()
}
TEXTS = {
    "en": [
        "where do i vote",
        "hi",
        "Thanks!",
        "can i vote in la",
        "I don't speak Spanish",
        "ain't no line",
        "poll hours",
    ],
    "es": [
        *("dónde voto", "donde voto", "hola", "gracias", "¿?", "mañana", "no me dejan votar", "no hablo inglés", "sí"),
        *(
            "me quiero morir",
            "ya no me escriban",
            "déjenme en paz",
            "me cobraron doble",
            "ola",
            "no me he decidido todavía",
        ),
        *(
            "quien va ganando",
            "esa persona ya murio",
            "ninguna opción",
            "no entiendo",
            "que tal",
            "dnd voto",
            "quiero votar",
            "soy de texas",
            "lo siento",
        ),
    ],
    None: [
        *("", "   ", "👍", "62701", "ok", "no", "a", "y", "Ohio", "12 oak st", "maria lopez", "Los Angeles", "El Paso"),
        *(
            "Las Vegas",
            "yo",
            "José Pérez",
            "wepa",
            "The Dalles",
            "where is la casilla",
            "vote",
            "me",
            "son",
            "12345",
        ),
    ],
}


@pytest.mark.parametrize(
    "text, language",
    [(text, language) for language, texts in TEXTS.items() for text in texts],
    ids=repr,
)
def test_a_text_shows_its_language_or_none(text: str, language: str | None) -> None:
    assert language_of(text).language == language


def test_case_and_typographic_apostrophes_do_not_matter() -> None:
    assert language_of("I DON\u2019T WANT IT").language == language_of("i don't want it").language == "en"


@pytest.mark.parametrize(
    "text, certain",
    [
        ("¿dónde voto?", True),
        ("I need a person", True),
        ("quiero hablar con alguien", True),
        ("gracias, muy bien", False),
        ("hola, buenos días", False),
        ("thank you", False),
        ("Los Angeles", False),
    ],
)
def test_courtesies_and_names_of_places_make_nobody_certain(text: str, certain: bool) -> None:
    assert language_of(text).certain == certain


def test_a_text_in_both_languages_shows_none() -> None:
    assert language_of("where do I vote? ¿dónde voto?").language is None


@pytest.mark.parametrize("language", [name for name in SHORT if name not in ("unclear", "mixed")])
def test_nine_in_ten_short_texts_show_their_language(language: str) -> None:
    found = [(text, language_of(text).language) for text in SHORT[language]]
    wrong = [(text, shown) for text, shown in found if shown != language]
    assert len(wrong) <= 0.2 * len(found), wrong


def test_names_places_and_numbers_show_no_language() -> None:
    assert [(text, language_of(text).language) for text in SHORT["unclear"] if language_of(text).language] == []


def test_english_and_spanish_mixed_are_never_a_third_language() -> None:
    assert [text for text in SHORT["mixed"] if language_of(text).language not in (None, "en", "es")] == []


def test_what_voters_write_in_english_and_spanish_is_hardly_ever_taken_for_a_third_language() -> None:
    examples, _ = read_examples(staff_files(ROOT))
    others = [one.text for one in examples if language_of(one.text).language not in (None, "en", "es")]
    assert len(others) <= 5, others


@pytest.mark.parametrize("language, shown, wrong", [("en", 0.94, 0.002), ("es", 0.91, 0.02)])
def test_what_voters_write_shows_its_language_and_hardly_ever_the_other(
    language: str, shown: float, wrong: float
) -> None:
    examples, _ = read_examples(staff_files(ROOT))
    written = [one.text for one in examples if one.language == language and one.intent != OUT_OF_SCOPE]  # no bare names
    found = [language_of(text).language for text in written]
    right = sum(one == language for one in found) / len(found)
    other = sum(one not in (language, None) for one in found) / len(found)
    assert (right >= shown, other <= wrong) == (True, True), (right, other)
