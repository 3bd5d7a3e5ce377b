"""Mend in a staff file what has one right answer, and prove each change by reading the file before and after.

Lines are never added, taken away or moved, so comments and order stay. What cannot be proven is left for people.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from bot.content.entries import AskSpec, EntrySpec, FormSpec
from bot.content.files import INTENTS, RESPONSES
from bot.content.marked import MAX_BYTES, read_text

_BOM: Final = b"\xef\xbb\xbf"
_STRAIGHT: Final = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u2026": "...",
    "\u00a0": " ",
    "\u202f": " ",
}
"""What costs a text message and says the same. Dashes stay: a word-dash-word would read otherwise."""
_CURLY = re.compile(f"[{''.join(_STRAIGHT)}]")
_TEXTS = frozenset({"text", "sms", "fallback", "prompt", "retry", "confirm"})
_WIDTHS = (2, 4, 8)
_LINE = re.compile(r"^(?P<before>\s*(?:- )*[\w-]+:[ ]+)(?P<text>[^\s\"'\[{|>&*!#].*?)(?P<behind>\s*)$")
_NAME_AND_COLON = re.compile(r"^[a-z][a-z0-9_]*:(?:\s|$)")
_KEYS = frozenset(
    field.alias or name for spec in (EntrySpec, FormSpec, AskSpec) for name, field in spec.model_fields.items()
)
_MOST_QUOTES = 200
Same = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True)
class Change:
    """What was changed in one line."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A file as it may stand now, and what is different in it."""

    raw: bytes
    changes: tuple[Change, ...]


def mended(name: str, raw: bytes) -> Mended:
    """Return the file called `name` with all mended that can be proven; the same bytes where there is nothing."""
    if len(raw) > MAX_BYTES:
        return Mended(raw, ())
    try:
        text = raw.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        return Mended(raw, ())
    lines = text.splitlines(keepends=True) if "\u2028" not in text and "\x85" not in text else [text]
    bench = _Bench(name, lines)
    if not bench.is_sound:
        bench.tabs()
        bench.quotes()
    if bench.is_sound:
        bench.signs()
        bench.blanks()
        bench.last_line_end()
    if not bench.changes:
        return Mended(raw, ())
    begin = _BOM if raw.startswith(_BOM) else b""
    return Mended(begin + "".join(bench.lines).encode(), tuple(sorted(bench.changes, key=lambda one: one.line)))


class _Bench:
    """The lines of a file while they are mended, with what they mean."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.lines, self.changes = lines, list[Change]()
        self._name = name
        self._value, self._error = self._read(lines)

    @property
    def is_sound(self) -> bool:
        return not self._error

    def tabs(self) -> None:
        """Replace tabs that indent, if every width with which the file can be read gives it the same meaning."""
        tabbed = [number for number, line in enumerate(self.lines) if "\t" in _indent(line)]
        if not tabbed:
            return
        tries = [[_spaced(line, width) for line in self.lines] for width in _WIDTHS]
        read = [(lines, *self._read(lines)) for lines in tries]
        sound = [(lines, value) for lines, value, error in read if not error]
        if sound and all(value == sound[0][1] for _, value in sound):
            self._take(sound[0][0], sound[0][1])
            self.changes += [Change(number + 1, "spaces instead of a tab") for number in tabbed]

    def quotes(self) -> None:
        """Put quotes around texts that YAML takes for something else, if the whole file can be read then."""
        lines, changes, error = list(self.lines), list[Change](), self._error
        for _ in range(_MOST_QUOTES):
            if error == 0:
                break
            quoted = _quoted(lines[error - 1]) if error <= len(lines) else None
            if quoted is None:
                return
            lines[error - 1] = quoted
            changes.append(Change(error, "quotes around a text that needs them"))
            value, after = self._read(lines)
            if after and after <= error:
                return
            error = after
        if error == 0 and changes:
            self._take(lines, value)
            self.changes += changes

    def signs(self) -> None:
        """Replace curly quotes in texts, which make every segment of a text message shorter."""
        if not self._name.startswith(RESPONSES):
            return
        for number, line in enumerate(self.lines):
            if line.lstrip().startswith("#"):
                continue
            if found := _CURLY.findall(line.partition(" #")[0]):
                for plain in _straightened(line):
                    if self._try(number, plain, _is_straightened):
                        shown = " ".join(dict.fromkeys(sign.strip() or "a fixed blank" for sign in found))
                        self.changes.append(Change(number + 1, f"plain signs instead of {shown}"))
                        break

    def blanks(self) -> None:
        """Take away blanks at the ends of lines."""
        for number, line in enumerate(self.lines):
            body = line.rstrip("\r\n")
            bare = body.rstrip(" \t") + line[len(body) :]
            if bare != line and self._try(number, bare, self._same):
                self.changes.append(Change(number + 1, "no blanks at the end of the line"))

    def last_line_end(self) -> None:
        """End the last line."""
        if not self.lines or self.lines[-1].endswith("\n"):
            return
        end = "\r\n" if self.lines[0].endswith("\r\n") else "\n"
        if self._try(len(self.lines) - 1, self.lines[-1] + end, self._same):
            self.changes.append(Change(len(self.lines), "a line end behind the last line"))

    def _read(self, lines: list[str]) -> tuple[Any, int]:
        """Return what `lines` mean and 0, or nothing and the line of the first mistake."""
        document, troubles = read_text("".join(lines), self._name)
        return document.value, min((trouble.mark.line for trouble in troubles), default=0)

    def _take(self, lines: list[str], value: Any) -> None:
        self.lines, self._value, self._error = lines, value, 0

    def _try(self, number: int, line: str, same: Same) -> bool:
        """Put `line` in the place of that `number` if the file then means the same; return whether it does."""
        lines = [*self.lines[:number], line, *self.lines[number + 1 :]]
        value, error = self._read(lines)
        if error or not same(self._value, value):
            return False
        self._take(lines, value)
        return True

    def _same(self, before: Any, after: Any) -> bool:
        if self._name.startswith(INTENTS):  # blanks around an example are never read
            return bool(_stripped(before) == _stripped(after))
        return bool(before == after)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _spaced(line: str, width: int) -> str:
    indent = _indent(line)
    return indent.replace("\t", " " * width) + line[len(indent) :]


def _quoted(line: str) -> str | None:
    """Return `line` with quotes around its text; None where something else may have been meant."""
    body = line.rstrip("\r\n")
    found = _LINE.match(body)
    if found is None or " #" in found["text"] or "\t" in found["text"]:
        return None
    text = found["text"]
    key = text.partition(":")[0]
    if _NAME_AND_COLON.match(text) or key in _KEYS or key.casefold() in ("en", "es"):
        return None  # `text: en: Hello` lacks a line end, not quotes
    if not (": " in text or text.endswith(":") or text[0] in "@`%"):
        return None
    inside = text.replace("\\", "\\\\").replace('"', '\\"')
    quoted = f'"{inside}"' if "'" in text else f"'{text}'"
    document, troubles = read_text(f"x: {quoted}", "")
    if troubles or document.value != {"x": text}:
        return None
    return f"{found['before']}{quoted}{found['behind']}{line[len(body) :]}"


def _straightened(line: str) -> Iterator[str]:
    """Yield the ways to write `line` with straight signs: as it is, or inside single or double quotes."""
    text, mark, comment = line.partition(" #")
    for single, double in (("'", '"'), ("''", '"'), ("'", '\\"'), ("''", '\\"')):
        written = str.maketrans({sign: {"'": single, '"': double}.get(to, to) for sign, to in _STRAIGHT.items()})
        yield text.translate(written) + mark + comment


def _is_straightened(before: Any, after: Any, *, is_text: bool = False) -> bool:
    """Return whether `after` is `before` but for straight signs in texts that voters read."""
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after) and all(
            _is_straightened(before[key], after[key], is_text=is_text or key in _TEXTS) for key in before
        )
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(
            _is_straightened(*pair, is_text=is_text) for pair in zip(before, after, strict=True)
        )
    if before == after or not is_text:
        return bool(before == after)
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    either = "|".join
    pattern = "".join(
        f"(?:{either(map(re.escape, (sign, _STRAIGHT[sign])))})" if sign in _STRAIGHT else re.escape(sign)
        for sign in before
    )
    return bool(re.fullmatch(pattern, after))


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_stripped(item) for item in value]
    return [line.strip() for line in value.strip().splitlines()] if isinstance(value, str) else value
