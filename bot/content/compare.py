"""What is different between two versions of the staff's files: by entry, by language, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.content.library import Library
from bot.content.types import Spec

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One text, or one other thing, that is different. `language` is empty for what all languages share."""

    where: str
    language: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One entry or form that is different."""

    kind: Literal["added", "removed", "changed"]
    name: str
    is_form: bool
    rows: tuple[Row, ...]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(sorted({row.language for row in self.rows if row.language}))

    def __str__(self) -> str:
        name = f"the form {self.name}" if self.is_form else self.name
        if self.kind != "changed":
            return f"{name} {self.kind}"
        parts = [f"{where} ({', '.join(found)})" if found else where for where, found in _places(self.rows)]
        return f"{name} changed: {', '.join(parts)}"


def changes(before: Library | None, after: Library, languages: tuple[str, ...]) -> tuple[Change, ...]:
    """Return what differs, by name; against nothing, everything is added."""
    old = before or Library()
    found = [*_of(old.entries, after.entries, languages, is_form=False)]
    found += _of(old.forms, after.forms, languages, is_form=True)
    found += _of(_of_the_desk(old), _of_the_desk(after), languages, is_form=False)
    return tuple(found)


def _of_the_desk(library: Library) -> dict[str, object]:
    """Return the volunteers' replies under names that no entry has."""
    return {f"desk.yml: {name}": reply for name, reply in library.desk.items()}


def in_short(found: tuple[Change, ...]) -> str:
    """Return `found` in one line, like "voting_hours changed, greet added"."""
    if not found:
        return "no entry changed"
    named = [f"{change.name} {change.kind}" for change in found[:_SHOWN]]
    rest = len(found) - _SHOWN
    return ", ".join(named) + (f" and {rest} more" if rest > 0 else "")


def _of(
    before: Mapping[str, object], after: Mapping[str, object], languages: tuple[str, ...], *, is_form: bool
) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = _said(before.get(name), languages), _said(after.get(name), languages)
        if old == new:
            continue
        kind: Literal["added", "removed", "changed"] = (
            "added" if name not in before else "removed" if name not in after else "changed"
        )
        places = dict.fromkeys((*new, *old))
        rows = [Row(*place, old.get(place, ""), new.get(place, "")) for place in places]
        yield Change(kind, name, is_form, tuple(row for row in rows if row.before != row.after))


def _said(placed: object, languages: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Return everything that an entry or a form says, by where it stands and in which language."""
    spec: Spec | None = getattr(placed, "spec", None)
    if spec is None:
        return {}
    dump = spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return dict(_leaves(dump, languages, "", ""))


def _leaves(
    value: object, languages: tuple[str, ...], where: str, language: str
) -> Iterator[tuple[tuple[str, str], str]]:
    if isinstance(value, Mapping):
        by_language = bool(value) and value.keys() <= set(languages) and not language
        for key, below in value.items():
            if by_language:
                yield from _leaves(below, languages, where, key)
            else:
                yield from _leaves(below, languages, f"{where} {key}".strip(), language)
    elif isinstance(value, list):
        for number, below in enumerate(value, 1):
            yield from _leaves(below, languages, f"{where} {number}", language)
    else:
        yield (where, language), str(value)


def _places(rows: tuple[Row, ...]) -> list[tuple[str, list[str]]]:
    """Return the first words of where things differ, each with its languages."""
    found: dict[str, list[str]] = {}
    for row in rows:
        seen = found.setdefault(row.where.partition(" ")[0], [])
        if row.language and row.language not in seen:
            seen.append(row.language)
    return list(found.items())
