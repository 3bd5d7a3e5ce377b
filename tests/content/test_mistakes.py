"""The mistakes that people make in YAML: each is named, or means what was typed; and the file stays as it is."""

from dataclasses import dataclass

import pytest
from support.staff import entry, told, troubles

from bot.content.library import read_library
from bot.content.mend import mended

FILE, FORM = "responses/x.yml", "responses/forms/x.yml"
ASK = "{slot: n, type: name, label: {en: a, es: b}, prompt: {en: A, es: B}"


@dataclass(frozen=True)
class Typed:
    """What somebody typed, and what the check says of it first."""

    text: str | bytes
    told: str
    says: str
    file: str = FILE


def form(ask: str = "", more: str = "") -> str:
    return f"x:\n  ask:\n    - {ASK}{ask}}}\n  done: {{}}\n{more}"


NAMED = {
    "a tab": Typed("x:\n\tgo: welcome\n", "Y105 2:1", "spaces only"),
    "a quote never closed": Typed(entry('text: {en: "A, es: B}'), "Y103 2:14", "never closed"),
    "a quote inside quotes": Typed(entry("text: {en: 'it's', es: B}"), "Y103 2:9", "this { is never closed"),
    "a colon in a text": Typed(entry("text:\n  en: polls: open\n  es: B"), "Y103 3:14", "needs quotes"),
    "a date where a span belongs": Typed(form(more="  keep: 2026-11-03\n"), "K205 5:9", "written like 30m, 24h or 7d"),
    "no where a number belongs": Typed(form(", tries: no"), "K205 3:83", "a whole number is expected"),
    "a time where a span belongs": Typed(form(more="  keep: 12:30\n"), "K205 5:9", "written like 30m"),
    "a year where a span belongs": Typed(form(more="  keep: 2026\n"), "K205 5:9", "written like 30m"),
    "octal where a number belongs": Typed(form(", tries: 0o2"), "K205 3:83", "a whole number is expected"),
    "a duplicate key": Typed(entry("text: {en: A, es: B}\ntext: {en: C, es: D}"), "Y106 3:3", "first in line 2"),
    "merge-conflict marks": Typed("<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> b\n", "Y104 1:1", "delete the marks"),
    "Windows' own encoding": Typed("x: {text: {en: café}}\n".encode("cp1252"), "Y102 1:19", "(é in Windows' own encoding)"),
    "UTF-16": Typed("x: {}\n".encode("utf-16"), "Y102 1:1", "Notepad calls Unicode"),
    "UTF-16 the other way round": Typed(b"\xfe\xff\x00x", "Y102 1:1", "Notepad calls Unicode"),
    "ten megabytes": Typed("# x\n" * 2_600_000, "Y107 1:1", "larger than 1 MB"),
    "aliases that explode": Typed(
        "a: &a [x,x]\n" + "".join(f"{new}: &{new} [*{old},*{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)),
        "Y109 1:4",
        "anchors and aliases",
    ),
    "a merge key": Typed(entry("<<: {go: welcome}"), "Y109 2:3", "write the lines out"),
    "no space behind a colon": Typed(entry("go:welcome"), "Y103 2:5", "a blank is missing behind this ':'"),
    "a text for a list": Typed("x: {go: welcome, keywords: A}\n", "K209 1:28", "expected a list"),
    "a list for a text": Typed("x: {go: [welcome], keywords: [ZEBRA]}\n", "K209 1:9", "expected a text"),
    "capitals in a language": Typed(entry("text: {EN: A, es: B}"), "K205 2:10", "written like en or es"),
}  # fmt: skip


@pytest.mark.parametrize("typed", NAMED.values(), ids=NAMED.keys())
def test_a_mistake_is_named_and_changes_nothing(typed: Typed) -> None:
    files = {typed.file if isinstance(typed.text, bytes) or "ask:" not in typed.text else FORM: typed.text}
    if FORM in files:
        files[FILE] = "way: {form: x, keywords: [ZEBRA]}\n"
    found = troubles(dict(files))
    assert told(found)[0] == typed.told, [str(trouble) for trouble in found]
    assert typed.says in found[0].message


@pytest.mark.parametrize("name", ["a duplicate key", "merge-conflict marks", "aliases that explode", "a merge key"])
def test_what_has_two_meanings_is_never_mended(name: str) -> None:
    raw = str(NAMED[name].text).encode()
    assert mended(FILE, raw).raw is raw


TYPED = [
    "no",
    "No",
    "yes",
    "on",
    "off",
    "~",
    "null",
    "02134",
    "12:30",
    "2026-11-03",
    "1e3",
    "0x1F",
    "0b1",
    "1_000",
    ".5",
]


@pytest.mark.parametrize("typed", TYPED)
def test_what_yaml_would_take_for_something_else_is_the_text_that_was_typed(typed: str) -> None:
    raw = f"x: {{text: {{en: {typed}, es: {typed}}}, keywords: [{typed}]}}\n".encode()
    library, found = read_library({FILE: raw})
    assert (found, library.entry("x").text, library.entry("x").keywords) == ([], {"en": typed, "es": typed}, [typed])


def test_the_language_of_norway_is_a_key_like_any_other() -> None:
    library, found = read_library({FILE: b"x: {text: {en: A, no: B}}\n"})
    assert (found, library.entry("x").text) == ([], {"en": "A", "no": "B"})


def test_windows_notepad_may_write_the_files() -> None:
    text = entry("text: {en: A, es: ñ}").replace("\n", "\r\n")
    assert troubles({FILE: b"\xef\xbb\xbf" + text.encode()}) == []


def test_a_broken_file_is_told_without_all_that_only_follows_from_it() -> None:
    found = troubles({"responses/system.yml": "x: {\n"})
    assert told(found) == ["Y103 2:1"]
    found = troubles(
        {"responses/topics.yml": "sign_up: {title: {en: Join, es: Unirse}, from: joining}\nwelcome: {go: sign_up}\n"}
    )
    assert "R401" not in {trouble.code for trouble in found}
