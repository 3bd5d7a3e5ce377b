"""Entries and forms of many files become one whole, each with its place."""

from bot.content.library import read_library
from bot.content.trouble import Mark

RULE = "a name has small letters, digits and _ and begins with a letter"
GREET = b"greet:\n  text: {en: Hello, es: Hola}\n"
FORM = (
    b"joining:\n  ask: [{slot: name, type: name, label: {en: a}, prompt: {en: A}}]\n  expires: {sms: 24h}\n  done: {}\n"
)


def told(files: dict[str, bytes]) -> list[str]:
    return [str(trouble) for trouble in read_library(files)[1]]


def test_files_under_forms_hold_forms_and_the_others_entries() -> None:
    library, troubles = read_library(
        {"intents/en/a.yml": b"nlu: []", "responses/a.yml": GREET, "responses/forms/j.yml": FORM}
    )
    assert (troubles, list(library.entries), list(library.forms)) == ([], ["greet"], ["joining"])
    assert library.entry("greet").text == {"en": "Hello", "es": "Hola"}
    assert library.entries["greet"].mark("text", "es") == Mark("responses/a.yml", 2, 25)


def test_a_name_that_stands_in_two_files_is_told_with_both_places() -> None:
    assert told({"responses/a.yml": GREET, "responses/b.yml": b"\n" + GREET}) == [
        "responses/b.yml:2:1: error Y106  'greet' stands also in responses/a.yml:1"
    ]


def test_an_entry_and_a_form_may_have_the_same_name() -> None:
    files = {"responses/a.yml": b"joining: {form: joining}\n", "responses/forms/j.yml": FORM}
    assert told(files) == []


def test_a_broken_file_does_not_hide_the_mistakes_of_the_others() -> None:
    assert told({"responses/a.yml": b"a: [b", "responses/b.yml": b"Bad: {txt: 1}\n"}) == [
        "responses/a.yml:1:4: error Y103  this [ is never closed, or a comma is missing behind it",
        "responses/b.yml:1:7: error K201  unknown key 'txt'. Did you mean 'text'?",
        f"responses/b.yml:1:1: error K206  'Bad' is no name: {RULE}",
    ]


def test_a_file_that_holds_no_names_is_told() -> None:
    expected = "responses/a.yml:1:1: error K202  a name with keys below it is expected, like 'greet:'"
    assert told({"responses/a.yml": b"- greet\n"}) == [expected]
    assert told({"responses/a.yml": b"greet\n"}) == [expected]


def test_no_entry_at_all_is_told() -> None:
    assert told({}) == ["responses:1:1: error Y101  holds no .yml file with an entry in it"]
    assert told({"responses/a.yml": b"# nothing yet\n"}) == [
        "responses:1:1: error Y101  holds no .yml file with an entry in it"
    ]
