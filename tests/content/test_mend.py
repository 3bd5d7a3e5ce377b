"""What `bot check --fix` changes, and what it leaves alone because it could mean something else."""

# ruff: noqa: RUF001 -- curly signs are what is mended

import pytest
from support.processes import ROOT

from bot.content.files import staff_files
from bot.content.marked import read_bytes
from bot.content.mend import mended

FILE = "responses/x.yml"
MENDED = {
    # what: (before, after, what is said of which line)
    "blanks at the ends of lines": ("a:  \n  b: c \t\n", "a:\n  b: c\n", ["1 no blanks", "2 no blanks"]),
    "blanks behind a comment": ("a: b # why  \n", "a: b # why\n", ["1 no blanks"]),
    "no last line end": ("a: b", "a: b\n", ["1 a line end"]),
    "no last line end, in Windows": ("a: b\r\nc: d", "a: b\r\nc: d\r\n", ["2 a line end"]),
    "a tab that indents": ("a:\n\tb: c\n", "a:\n  b: c\n", ["2 spaces instead of a tab"]),
    "tabs on two levels": ("a:\n\tb:\n\t\tc: d\n", "a:\n  b:\n    c: d\n", ["2 spaces", "3 spaces"]),
    "a tab before a comment": ("a:\n\tb: c\n\t# why\n", "a:\n  b: c\n  # why\n", ["2 spaces", "3 spaces"]),
    "a colon in a text": ("a:\n  en: Hours: all day\n", "a:\n  en: 'Hours: all day'\n", ["2 quotes"]),
    "a colon and an apostrophe": ("en: Note: it's on\n", 'en: "Note: it\'s on"\n', ["1 quotes"]),
    "two colons in two texts": ("en: Hi: a\nes: Ve: b\n", "en: 'Hi: a'\nes: 'Ve: b'\n", ["1 quotes", "2 quotes"]),
    "a text that begins with @": ("en: @rivera\n", "en: '@rivera'\n", ["1 quotes"]),
    "a text that begins with %": ("en: %x\n", "en: '%x'\n", ["1 quotes"]),
    "a curly apostrophe": ("a: {text: {en: It’s on}}\n", "a: {text: {en: It's on}}\n", ["1 plain signs instead of ’"]),
    "one between single quotes": ("a: {text: {en: 'It’s'}}\n", "a: {text: {en: 'It''s'}}\n", ["1 plain"]),
    "two between double quotes": ('a: {sms: {en: "a “b” c"}}\n', 'a: {sms: {en: "a \\"b\\" c"}}\n', ["1 plain"]),
    "one in a block": ("a:\n  text:\n    en: |-\n      It’s on…\n", "a:\n  text:\n    en: |-\n      It's on...\n", ["4 plain"]),
    "a blank that never breaks": ("a: {text: {en: 8\u00a0cars}}\n", "a: {text: {en: 8 cars}}\n", ["1 plain"]),
    "one beside a comment with one": ("a: {text: {en: It’s}} # it’s\n", "a: {text: {en: It's}} # it’s\n", ["1 plain"]),
}  # fmt: skip
LEFT = {
    "nothing to mend": "a: b\n",
    "an empty file": "",
    "a blank that stands in a text": "a:\n  text:\n    en: |\n      one \n      two\n",
    "a text that ends with its line or not": "a:\n  text:\n    en: |\n      one",
    "a language below a key on one line": "text: en: Hello\n",
    "a key below a key on one line": "a: text: Hello\n",
    "a small word before a colon": "en: polls: open\n",
    "a comment behind a colon": "en: Polls: open # why\n",
    "a quote that is never closed": 'a: "b\n',
    "an alias": "a: *b\n",
    "an anchor": "a: &b c\n",
    "a tab and spaces that do not agree": "a:\n\tb: c\n  d: e\n   f: g\n",
    "a merge conflict": "<<<<<<< a\nb: c  \n",
    "a duplicate key": "a: b  \na: c\n",
    "a curly sign in danger words": "a: {always: [isn’t breathing]}\n",
    "a curly sign in a keyword": "a: {keywords: [“A”]}\n",
    "a curly sign in a comment": "# it’s\na: b\n",
    "a dash": "a: {text: {en: one — two}}\n",
    "an accent": "a: {text: {es: votación}}\n",
}


@pytest.mark.parametrize("before, after, told", MENDED.values(), ids=MENDED.keys())
def test_what_has_one_right_answer_is_mended_and_told(before: str, after: str, told: list[str]) -> None:
    result = mended(FILE, before.encode())
    assert result.raw.decode() == after
    assert [
        f"{change.line} {change.what}"[: len(start)] for change, start in zip(result.changes, told, strict=True)
    ] == told


@pytest.mark.parametrize("before, after, told", MENDED.values(), ids=MENDED.keys())
def test_what_is_mended_stays_as_it_is(before: str, after: str, told: list[str]) -> None:
    assert mended(FILE, after.encode()).changes == ()


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT.keys())
def test_what_could_mean_something_else_is_left_alone(text: str) -> None:
    result = mended(FILE, text.encode())
    assert (result.raw.decode(), result.changes) == (text, ())


def test_a_tab_whose_width_decides_what_it_means_is_left_alone() -> None:
    text = "a:\n  b: 1\n\tc: 2\n"
    assert read_bytes(text.replace("\t", "  ").encode(), FILE)[0].value == {"a": {"b": "1", "c": "2"}}
    assert mended(FILE, text.encode()).raw.decode() in (text, text.replace("\t", "  "))  # no other width can be read
    deep = "a:\n    b:\n\tc: 2\n"
    assert mended(FILE, deep.encode()).changes == ()  # beside b with 4, below it with 8


def test_bytes_that_are_no_text_and_files_too_large_are_left_alone() -> None:
    for raw in (b"a: caf\xe9  \n", b"a: b  \n" + b"\n" * 1_000_001, b"\xff\xfea\x00"):
        assert mended(FILE, raw).raw is raw


def test_a_byte_order_mark_and_windows_line_ends_stay() -> None:
    result = mended(FILE, b"\xef\xbb\xbfa: b  \r\nc: d\r\n")
    assert result.raw == b"\xef\xbb\xbfa: b\r\nc: d\r\n"


def test_blanks_behind_an_example_go_and_curly_signs_in_one_stay() -> None:
    before = "nlu:\n- intent: greet\n  examples: |\n    - it’s me  \n    - hi\n"
    assert mended("intents/en/x.yml", before.encode()).raw.decode() == before.replace("me  ", "me")


def test_the_shipped_files_need_nothing() -> None:
    assert [name for name, raw in staff_files(ROOT).items() if mended(name, raw).changes] == []
