"""A mistake in a staff file is told at its place in words of that file, whatever pydantic calls it."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, model_validator

from bot.content.marked import read_text
from bot.content.schema import parsed
from bot.content.types import Count, Language, Name, Span, Spec, Text


class Inner(Spec):
    label: dict[Language, Text]
    go: Name | None = None
    wait: Span | None = None


class Condition(Spec):
    state: Text


class When(Spec):
    condition: Condition = Field(alias="if")


class Outer(Spec):
    text: dict[Language, Text | Annotated[list[Text], Field(min_length=1)]] = Field(default_factory=dict)
    inner: list[Inner] = Field(default_factory=list)
    when: list[When] = Field(default_factory=list)
    does: Literal["help", "ask", "thank"] = "help"
    tries: Count = 2
    deep: Inner | None = None

    @model_validator(mode="after")
    def _not_both(self) -> "Outer":
        if self.inner and self.deep:
            raise ValueError("either 'inner' or 'deep'")
        return self


def told(text: str) -> list[str]:
    document, wrong = read_text(text, "f.yml")
    assert wrong == []
    value, troubles = parsed(Outer, document, ("x",), document.value["x"])
    assert (value is None) == bool(troubles)
    return [str(trouble).removeprefix("f.yml:").replace(" error", "") for trouble in troubles]


WRONG = {
    "an unknown key is told with the nearest one": (
        "x:\n  does: ask\n  txt: {en: A}\n",
        ["3:3: K201  unknown key 'txt'. Did you mean 'text'?"],
    ),
    "an unknown key like no other is told with those there are": (
        "x:\n  qqqq: 1\n",
        ["2:3: K201  unknown key 'qqqq'. Known here: text, inner, when, does, tries or deep"],
    ),
    "an unknown key in a list is held against that list's keys": (
        "x:\n  inner:\n    - label: {en: A}\n      goo: a\n",
        ["4:7: K201  unknown key 'goo'. Did you mean 'go'?"],
    ),
    "an unknown key behind a key with another name inside": (
        "x: {when: [{if: {state: OH, stat: OH}}]}\n",
        ["1:29: K201  unknown key 'stat'. Did you mean 'state'?"],
    ),
    "an unknown key behind a key that may be absent": (
        "x: {deep: {label: {en: A}, gi: a}}\n",
        ["1:28: K201  unknown key 'gi'. Known here: label, go or wait"],
    ),
    "a key that is missing": ("x:\n  inner:\n    - go: a\n", ["3:7: K203  'label' is missing here"]),
    "a word that is none of a few": (
        "x: {does: hlep}\n",
        ["1:11: K204  'does' is 'hlep'; expected help, ask or thank. Did you mean 'help'?"],
    ),
    "a number that is none": (
        "x: {tries: two}\n",
        ["1:12: K205  'tries' is 'two'; a whole number is expected, like 2"],
    ),
    "a language that is none": (
        "x: {text: {English: A}}\n",
        ["1:12: K205  'English' is 'English'; a language is written like en or es"],
    ),
    "a name with a capital": (
        "x: {deep: {label: {en: A}, go: Go On}}\n",
        ["1:32: K206  'go' is 'Go On'; a name has small letters, digits and _ and begins with a letter"],
    ),
    "what two keys say together": (
        "x: {inner: [{label: {en: A}}], deep: {label: {en: A}}}\n",
        ["1:4: K207  either 'inner' or 'deep'"],
    ),
    "an empty text": ('x: {text: {en: ""}}\n', ["1:16: K208  'en' is empty"]),
    "a blank text": ('x: {text: {en: " "}}\n', ["1:16: K205  'en' is ' '; a text is expected"]),
    "no text at all": ("x: {text: {en: , es: B}}\n", ["1:16: K209  'en' is empty; expected a text"]),
    "an empty list of texts": ("x: {text: {en: []}}\n", ["1:16: K208  'en' is empty"]),
    "an empty text in a list": ('x: {text: {en: [A, ""]}}\n', ["1:20: K208  number 2 of 'en' is empty"]),
    "keys where a text is": (
        "x: {text: {en: {a: b}}}\n",
        ["1:16: K209  'en' is keys and values; expected a text"],
    ),
    "keys where a text of a list is": (
        "x: {text: {en: [A, {b: c}]}}\n",
        ["1:20: K209  number 2 of 'en' is keys and values; expected a text"],
    ),
    "a text where keys are": ("x: {text: Hello}\n", ["1:11: K209  'text' is 'Hello'; expected keys below it"]),
    "a text where a list is": ("x: {inner: a}\n", ["1:12: K209  'inner' is 'a'; expected a list"]),
    "a text where keys of their own are": ("x: {deep: a}\n", ["1:11: K209  'deep' is 'a'; expected keys below it"]),
    "a list where keys are": ("x: {deep: [a]}\n", ["1:11: K209  'deep' is a list; expected keys below it"]),
    "a text where a name with keys below it is": ("x: hello\n", ["1:4: K202  'x' needs keys below it"]),
    "nothing below a name": ("x:\n", ["1:3: K202  'x' needs keys below it"]),
}


@pytest.mark.parametrize("text, expected", WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_once_at_its_place(text: str, expected: list[str]) -> None:
    assert told(text) == expected


def test_every_mistake_is_told_at_once() -> None:
    text = (
        "x:\n  txt: 1\n  does: hlep\n  inner:\n    - {label: {en: A}, go: A}\n    - {label: {en: 5, e: B}, wait: 5}\n"
    )
    assert [line.split("  ")[0] for line in told(text)] == [
        "5:28: K206",
        "6:23: K205",
        "6:36: K205",
        "3:9: K204",
        "2:3: K201",
    ]


def test_what_is_right_becomes_the_model() -> None:
    document, _ = read_text("x: {text: {en: [A, B], es: C}, deep: {label: {en: A}, wait: 5m}}\n", "f.yml")
    value, troubles = parsed(Outer, document, ("x",), document.value["x"])
    assert troubles == []
    assert value is not None
    assert value.text == {"en": ["A", "B"], "es": "C"}
