"""Mistakes in staff's files: where, what was found, what was expected, and the way out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import process

from bot.content.codes import BY_CODE

MAX_ALIKE = 70
"""From this likeness on (of 100) a known name is suggested."""


class Severity(StrEnum):
    """An error keeps the files from serving; a warning does not."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """One mistake. `code` names its kind for programs and never changes; `bot/content/codes.py` has them all."""

    mark: Mark
    code: str
    message: str

    @property
    def severity(self) -> Severity:
        return Severity(BY_CODE[self.code].severity)

    def __str__(self) -> str:
        at = f":{self.mark.line}:{self.mark.column}" if self.mark.line else ""  # a variable has no lines
        place = f"{self.mark.file}{at}:"
        return f"{place} {self.severity.value} {self.code}  {self.message}"


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the nearest known name, or nothing."""
    best = process.extractOne(found, list(known), score_cutoff=MAX_ALIKE)
    return f" Did you mean '{best[0]}'?" if best else ""


def listed(names: Iterable[str]) -> str:
    """Return names as a list that people read: a, b or c."""
    *first, last = list(names) or [""]
    return f"{', '.join(first)} or {last}" if first else last


def has_errors(troubles: Iterable[Trouble]) -> bool:
    """Return whether any of `troubles` keeps the files from serving."""
    return any(trouble.severity is Severity.ERROR for trouble in troubles)


def as_json(troubles: Iterable[Trouble]) -> str:
    """Return the mistakes as a JSON list, for other programs."""
    rows = [
        {
            "file": trouble.mark.file,
            "line": trouble.mark.line,
            "column": trouble.mark.column,
            "severity": trouble.severity.value,
            "code": trouble.code,
            "message": trouble.message,
        }
        for trouble in troubles
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_github(troubles: Iterable[Trouble]) -> str:
    """Return the mistakes as GitHub Actions annotations, one a line."""
    kinds = {Severity.ERROR: "error", Severity.WARN: "warning"}
    return "\n".join(
        f"::{kinds[trouble.severity]} file={_property(trouble.mark.file)},line={trouble.mark.line},"
        f"col={trouble.mark.column},title={trouble.code}::{_data(trouble.message)}"
        for trouble in troubles
    )


def _data(text: str) -> str:
    """Return `text` as a workflow command takes it: a line end would begin the next command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
