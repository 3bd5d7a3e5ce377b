"""YAML as staff really write it: nothing is retyped, nothing kills the process, every mistake has its place."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.content.marked import MAX_BYTES, MAX_DEPTH, Document, read_bytes, read_file, read_text
from bot.content.trouble import Mark

TYPED_BY_PYYAML = """\
no: no
hour: 12:30
zip: 02134
hexadecimal: 0x1F
day: 2026-11-03
float: 1e3
null: ~
yes: Yes
empty:
quoted: ""
"""


def test_every_scalar_stays_the_text_that_was_typed() -> None:
    document, troubles = read_text(TYPED_BY_PYYAML, "f.yml")
    assert (document.value, troubles) == (
        {
            "no": "no",
            "hour": "12:30",
            "zip": "02134",
            "hexadecimal": "0x1F",
            "day": "2026-11-03",
            "float": "1e3",
            "null": "~",
            "yes": "Yes",
            "empty": None,
            "quoted": "",
        },
        [],
    )


@pytest.mark.parametrize("raw", [b"", b"# only a comment\n", b"\xef\xbb\xbf\n"])
def test_a_file_without_content_is_no_mistake(raw: bytes) -> None:
    document, troubles = read_bytes(raw, "f.yml")
    assert (document.value, troubles) == (None, [])


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    document, troubles = read_bytes(b"\xef\xbb\xbfa: caf\xc3\xa9\r\nb:\r\n  - x\r\n", "f.yml")
    assert (document.value, troubles) == ({"a": "café", "b": ["x"]}, [])
    assert document.mark(("b", 0)) == Mark("f.yml", 3, 5)


WRONG = {
    "a tab at the beginning of a line": ("a:\n\tb: 1\n", "Y105 2:1", "spaces only"),
    "a tab behind spaces": ("a:\n  \tb: 1\n", "Y105 2:3", "spaces only"),
    "a duplicate key": ("a: 1\nb: 2\na: 3\n", "Y106 3:1", "'a' stands here a second time (first in line 1)"),
    "a duplicate key further in": ("a:\n  b: 1\n  b: 2\n", "Y106 3:3", "first in line 2"),
    "a duplicate key in braces": ("a: {b: 1, b: 2}\n", "Y106 1:11", "first in line 1"),
    "a merge conflict": ("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n", "Y104 2:1", "delete the marks"),
    "half a merge conflict": ("a: 1\n=======\nb: 2\n", "Y104 2:1", "merge conflict"),
    "a quote never closed": ('a: 1\nb: "x\nc: 2\n', "Y103 2:4", "a quote is opened and never closed"),
    "a single quote never closed": ("a: 'x\n", "Y103 1:4", "a quote is opened and never closed"),
    "an apostrophe inside single quotes": ("a: 'it's'\n", "Y103 1:8", "a quote inside quotes"),
    "a bracket never closed": ("a: [1, 2\nb: 3\n", "Y103 1:4", "this [ is never closed"),
    "a brace never closed": ("a: {b: 1\nc: 2\n", "Y103 1:4", "this { is never closed"),
    "a colon inside a text": ("a: polls: open\n", "Y103 1:9", "needs quotes around it"),
    "a text that begins with @": ("a: @rivera\n", "Y103 1:4", "begins with @"),
    "a text that begins with a backquote": ("a: `x`\n", "Y103 1:4", "needs quotes"),
    "a text that begins with %": ("a: %x\n", "Y103 1:4", "needs quotes"),
    "a text that begins with !": ("a: !Vamos a votar\n", "Y103 1:4", "begins with ! needs quotes"),
    "a Python object": ("a: !!python/object/apply:os.system [ls]\n", "Y103 1:4", "begins with ! needs quotes"),
    "a star by itself": ("keywords: [SPONSOR, *]\n", "Y103 1:21", "begins with & or *"),
    "a backslash in double quotes": ('a: "C:\\qed"\n', "Y103 1:4", "single quotes"),
    "a text that begins with a comma": ("a: ,x\n", "Y103 1:4", "begins with a comma"),
    "a text that begins with a dash": ("a: - x\n", "Y103 1:4", "a list begins in a new line"),
    "a text that begins with >": ("a: >x\n", "Y103 1:4", "begins with | or >"),
    "a key without its colon": ("a: 1\nb\nc: 2\n", "Y103 2:1", "a ':' is missing here"),
    "a line not indented like its neighbours": ("a:\n  b: 1\n c: 2\n", "Y103 3:2", "an indent unlike its neighbours"),
    "a key beside a list": ("- a\nb: 1\n", "Y103 2:1", "a list and a key stand side by side"),
    "a second document": ("a: 1\n---\nb: 2\n", "Y103 2:1", "a second document"),
    "a key in brackets": ("[a]: 1\n", "Y103 1:1", "a key must be a word"),
    "an anchor": ("a: &x 1\n", "Y109 1:4", "anchors and aliases"),
    "an alias": ("a: *x\n", "Y109 1:4", "anchors and aliases"),
    "a merge key": ("a:\n  <<: {b: 1}\n", "Y109 2:3", "merge keys"),
    "a control character": ("a: x\x07y\n", "Y103 1:5", "U+0007"),
    "a zero byte": ("a: \x00\n", "Y103 1:4", "U+0000"),
    "half a character": ("a: \ud800\n", "Y103 1:4", "U+D800"),
}


@pytest.mark.parametrize("text, place, said", WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_with_its_line_and_column(text: str, place: str, said: str) -> None:
    document, troubles = read_text(text, "f.yml")
    (trouble,) = troubles
    assert f"{trouble.code} {trouble.mark.line}:{trouble.mark.column}" == place
    assert said in trouble.message
    assert document.value is None


def test_several_mistakes_are_told_at_once() -> None:
    _, troubles = read_text("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "f.yml")
    assert [(trouble.mark.line, trouble.code) for trouble in troubles] == [(2, "Y106"), (5, "Y106")]


@pytest.mark.parametrize(
    "raw, line, column, byte",
    [
        (b"a: caf\xe9\n", 1, 7, "0xe9"),
        ("a: ñandú\nb: caf".encode() + b"\xe9\n", 2, 7, "0xe9"),
        (b"\xef\xbb\xbfa: caf\xe9\n", 1, 7, "0xe9"),
        (b"\xff\xfea\x00", 1, 1, "0xff"),
    ],
    ids=["latin-1", "behind good letters", "behind a byte order mark", "UTF-16 of Windows"],
)
def test_bytes_that_are_no_utf8_are_told_with_their_place(raw: bytes, line: int, column: int, byte: str) -> None:
    _, (trouble,) = read_bytes(raw, "f.yml")
    assert (trouble.mark, trouble.code) == (Mark("f.yml", line, column), "Y102")
    assert byte in trouble.message


def test_a_file_over_one_megabyte_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.yml"
    path.write_bytes(b"a: " + b"x" * 10_000_000)
    _, (trouble,) = read_file(path, "f.yml")
    assert (trouble.code, trouble.mark) == ("Y107", Mark("f.yml"))
    path.write_bytes(b"a: " + b"x" * (MAX_BYTES - 3))
    assert read_file(path, "f.yml")[1] == []


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    _, (trouble,) = read_file(tmp_path / "nothing.yml", "nothing.yml")
    assert str(trouble) == "nothing.yml:1:1: error Y101  cannot be read: No such file or directory"


def test_an_alias_bomb_is_refused_by_its_first_anchor() -> None:
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    lines += [f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    document, troubles = read_text("\n".join(lines), "f.yml")
    assert (document.value, str(troubles[0])[:22]) == (None, "f.yml:1:4: error Y109 ")


@pytest.mark.parametrize(
    "text",
    ["[" * MAX_DEPTH + "]" * MAX_DEPTH, "\n".join(" " * at + "a:" for at in range(MAX_DEPTH))],
    ids=["brackets", "keys"],
)
def test_thirty_levels_are_taken_and_one_more_is_not(text: str) -> None:
    assert read_text(text, "f.yml")[1] == []
    deeper = f"[{text}]" if text.startswith("[") else text + "\n" + " " * MAX_DEPTH + "a: {b: 1}"
    assert [trouble.code for trouble in read_text(deeper, "f.yml")[1]] == ["Y108"]


# Measured: libyaml's composer ends the process on each of these (or wants all its memory), so they run in one of its own.
HOSTILE = {
    "100,000 open brackets": "'[' * 100_000",
    "100,000 open braces": "'{a: ' * 100_000",
    "100,000 dashes": "'- ' * 100_000",
    "100,000 question marks": "'? ' * 100_000",
    "brackets whose closing ones are quoted": "'[\"]\",' * 100_000",
    "brackets whose closing ones are comments": "'[ # ]\\n' * 100_000",
    "a list in a list, line by line": "''.join(' ' * at + '-\\n' for at in range(1300))",
}


def test_hostile_nesting_is_a_mistake_and_never_the_end_of_the_process() -> None:
    program = "from bot.content.marked import read_text\n" + "".join(
        f"print(read_text({text}, 'f.yml')[1][0].code)\n" for text in HOSTILE.values()
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, ["Y108"] * len(HOSTILE)), done.stderr[-500:]


def test_a_place_that_is_not_in_the_file_is_the_nearest_one_around_it() -> None:
    document, _ = read_text("a:\n  b: 1\n", "f.yml")
    assert document.mark(("a", "b", "c")) == Mark("f.yml", 2, 6)
    assert document.key_mark(("a", "b")) == Mark("f.yml", 2, 3)
    assert document.key_mark(("a", "z")) == Mark("f.yml", 2, 3)
    assert Document("g.yml").mark(("z",)) == Mark("g.yml", 1, 1)
