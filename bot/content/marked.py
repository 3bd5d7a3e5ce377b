"""YAML as staff write it: every scalar stays the text that was typed, every node keeps its place in the file.

PyYAML's own typing wrecks such files (`no` becomes False, `12:30` becomes 750, a ZIP code with a leading zero becomes
octal, a duplicate key vanishes), so only its composer is used; the schema gives each text its type.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.content.trouble import Mark, Trouble

MAX_BYTES = 1_000_000
MAX_DEPTH = 30
_SafeLoader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NO_BLANK = re.compile(r"\s*(?:- )*[a-z_]+:(?=[^\s:/])")
_UNSEEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML takes nowhere: control characters, and halves of characters."""


class _Loader(_SafeLoader):  # type: ignore[misc]
    """PyYAML's loader without its guesses at types, which nobody here asks for and which take a fifth of the time."""

    def resolve(self, kind: type[yaml.Node], value: str, implicit: object) -> str:
        return ""


_PROBLEMS = (
    # what libyaml says, what staff are told, whether the mistake lies where the parser began rather than where it gave up
    ("mapping values are not allowed", "a text with ': ' in it needs quotes around it", False),
    ("character that cannot start any token", "a text that begins with @, ` or % needs quotes around it", False),
    ("unknown directive", "a text that begins with @, ` or % needs quotes around it", True),
    ("alphabetic or numeric character", "a text that begins with & or * needs quotes around it", True),
    ("node content", "a text or a closing ] is missing; one that begins with a comma, ] or } needs quotes", False),
    ("comment or line break", "a text that begins with | or > needs quotes around it", True),
    (
        "block sequence entries",
        "a text that begins with '- ' needs quotes around it; a list begins in a new line",
        False,
    ),
    ("unknown escape character", "a text with \\ in it needs single quotes around it", True),
    (
        "could not find expected ':'",
        "a ':' is missing here, or the line before is not indented like its neighbours",
        True,
    ),
    ("unexpected end of stream", "a quote is opened and never closed", True),
    ("',' or ']'", "this [ is never closed, or a comma is missing behind it", True),
    ("',' or '}'", "this { is never closed, or a comma is missing behind it", True),
    ("expected key", "does not fit here: is there a quote inside quotes, or an indent unlike its neighbours?", False),
    ("expected '-' indicator", "a list and a key stand side by side here; indent one of them", False),
    ("another document", "'---' begins a second document here, and a file holds one", False),
)


@dataclass(slots=True)
class Document:
    """A file's content as plain dicts, lists and texts, with the place of each by its path of keys."""

    name: str
    value: Any = None
    marks: dict[tuple[str | int, ...], Mark] = field(default_factory=dict)
    keys: dict[tuple[str | int, ...], Mark] = field(default_factory=dict)
    """Where the key of a mapping's item stands, by the item's path."""

    def mark(self, path: tuple[str | int, ...]) -> Mark:
        """Return the place of `path`, or of the nearest thing around it that has one."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(self.name))

    def key_mark(self, path: tuple[str | int, ...]) -> Mark:
        """Return the place of the key that leads to `path`."""
        return self.keys.get(path) or self.mark(path)


def read_file(path: Path, name: str) -> tuple[Document, list[Trouble]]:
    """Return the document in the file at `path`, called `name` in messages, and what is wrong with its form."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return Document(name), [Trouble(Mark(name), "Y101", f"cannot be read: {error.strerror}")]
    return read_bytes(raw, name)


def read_bytes(raw: bytes, name: str) -> tuple[Document, list[Trouble]]:
    """Return the document in the bytes of a file, and what is wrong with its form."""
    if len(raw) > MAX_BYTES:
        return Document(name), [Trouble(Mark(name), "Y107", "this file is larger than 1 MB; split it by topic")]
    try:
        text = raw.decode("utf-8-sig")  # Windows' Notepad writes a byte order mark
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        where = Mark(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        byte = error.object[error.start : error.start + 1]
        windows = byte.decode("cp1252", "replace")
        shown = f" ({windows} in Windows' own encoding)" if windows.isalpha() and error.start else ""
        is_utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
        shown = " (this is UTF-16, which Notepad calls Unicode)" if is_utf16 else shown
        message = f"byte {byte[0]:#04x}{shown} is not UTF-8; save the file with the encoding UTF-8"
        return Document(name), [Trouble(where, "Y102", message)]
    return read_text(text, name)


def read_text(text: str, name: str) -> tuple[Document, list[Trouble]]:
    """Return the document in `text`, and what is wrong with its form; a document with errors holds no value."""
    document = Document(name)
    if troubles := list(_before_parsing(text, name)):
        return document, troubles
    try:
        if troubles := list(_not_taken(text, name)):
            return document, troubles
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        return document, [_syntax(error, name, text)]
    except yaml.YAMLError as error:
        return document, [Trouble(Mark(name), "Y103", f"is no YAML: {error}")]
    if node is not None:
        document.value = _plain(node, document, (), troubles)
    if troubles:
        document.value = None
    return document, troubles


def _before_parsing(text: str, name: str) -> Iterator[Trouble]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ", "=======\n")) or line == "=======":
            yield Trouble(
                Mark(name, number), "Y104", "a merge conflict is left here; keep one side and delete the marks"
            )
            return
        if unseen := _UNSEEN.search(line):
            message = f"a character that cannot be seen (U+{ord(unseen[0]):04X}) stands here; delete it"
            yield Trouble(Mark(name, number, unseen.start() + 1), "Y103", message)
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            column = indent.index("\t") + 1
            yield Trouble(Mark(name, number, column), "Y105", "a tab indents this line; YAML takes spaces only")


def _not_taken(text: str, name: str) -> Iterator[Trouble]:
    """Yield what is refused before the composer sees it: the stream of events needs neither its stack nor its memory.

    Measured with PyYAML 6.0.3: composing 100,000 open brackets ends the process with a segmentation fault.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            yield Trouble(_mark(event.start_mark, name), "Y108", f"is nested deeper than {MAX_DEPTH} levels")
            return
        if getattr(event, "anchor", None) is not None:  # 271 bytes of aliases can be 9^8 leaves
            message = "anchors and aliases (& and *) are not taken; write the lines out, or put quotes around the text"
            yield Trouble(_mark(event.start_mark, name), "Y109", message)
        if getattr(event, "tag", None) is not None:
            yield Trouble(_mark(event.start_mark, name), "Y103", "a text that begins with ! needs quotes around it")


def _syntax(error: yaml.MarkedYAMLError, name: str, text: str) -> Trouble:
    problem = error.problem or "is no YAML"
    rows = (row for row in _PROBLEMS if row[0] in problem)
    _, said, began = next(rows, ("", problem, False))
    at = (error.context_mark if began else None) or error.problem_mark or error.context_mark
    if at and at.line and "mapping values" in problem:
        above = _NO_BLANK.match(text.splitlines()[at.line - 1])
        if above:
            return Trouble(Mark(name, at.line, above.end()), "Y103", "a blank is missing behind this ':'")
    return Trouble(_mark(at, name), "Y103", said)


def _mark(at: Any, name: str) -> Mark:
    return Mark(name, at.line + 1, at.column + 1) if at else Mark(name)


def _plain(node: yaml.Node, document: Document, path: tuple[str | int, ...], troubles: list[Trouble]) -> Any:
    document.marks[path] = _mark(node.start_mark, document.name)
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.value or node.style else None
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, document, (*path, number), troubles) for number, item in enumerate(node.value)]
    return _mapping(node, document, path, troubles)


def _mapping(
    node: yaml.Node, document: Document, path: tuple[str | int, ...], troubles: list[Trouble]
) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        where = _mark(key.start_mark, document.name)
        if not isinstance(key, yaml.ScalarNode):
            troubles.append(Trouble(where, "Y103", "a key must be a word; quote a text that begins with [ or {"))
        elif key.value == "<<":
            troubles.append(Trouble(where, "Y109", "merge keys (<<) are not taken; write the lines out"))
        elif key.value in found:
            first = document.keys[(*path, key.value)].line
            troubles.append(Trouble(where, "Y106", f"'{key.value}' stands here a second time (first in line {first})"))
        else:
            document.keys[(*path, key.value)] = where
            found[key.value] = _plain(value, document, (*path, key.value), troubles)
    return found
