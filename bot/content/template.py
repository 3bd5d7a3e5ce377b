"""The small language inside a text: names and five filters, nothing that runs.

The parsed tree may hold only text, names, attributes and filters; all else is refused before Jinja compiles it, because
`{{ 'a' * 10**9 }}` exhausts memory while compiling. Jinja's sandbox with StrictUndefined is the second lock.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = ("date", "time", "phone", "title", "default")
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Filter, nodes.Const)
_SIMPLE = re.compile(r"\{\{ *([a-z_]+(?:\.[a-z_]+)+) *\}\}")
_RESERVED = frozenset("and else false if in is none not or true".split())
"""Words that are no names to Jinja."""


@dataclass(frozen=True, slots=True)
class Misuse:
    """Something in a template that may not stand there: `what` is found, `name` where it is a name."""

    what: str
    name: str = ""


class _Names(ImmutableSandboxedEnvironment):
    """A dot leads to a key and to nothing else: `slot.items` is an answer to a question, never a method of Python's."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        try:
            return obj[attribute]
        except (TypeError, LookupError):
            return self.undefined(obj=obj, name=attribute)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = _Names(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False, finalize=_known)
    environment.globals.clear()
    environment.filters = {
        "default": environment.filters["default"],
        "title": environment.filters["title"],
        "phone": _phone,
        "date": _date,
        "time": _time,
    }
    return environment


def _known(value: Any) -> Any:
    if value is None:
        raise UndefinedError("a value is missing")  # else a voter reads "None"
    return value


def _phone(number: str) -> str:
    digits = "".join(char for char in str(number) if char.isdigit())[-10:]
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else str(number)


@pass_context
def _date(names: Context, value: str) -> str:
    return spoken_date(str(value), names.get("_language", "en"), names.get("_year", 0))


@pass_context
def _time(names: Context, value: str) -> str:
    return spoken_time(str(value), names.get("_language", "en"))


def spoken_date(value: str, language: str, year: int = 0) -> str:
    """Return a day (2026-10-05, or with a time behind it) in words; with its year only where that is not `year`.

    No day of the week: "sábado" and "miércoles" would make a text message cost twice as much.
    """
    day, _, hour = value.partition(" ")
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return value
    pattern = {"en": "MMM d", "es": "d 'de' MMMM"}.get(language, "d MMM")
    if year not in (0, at.year):
        pattern += {"en": ", y", "es": " 'de' y"}.get(language, " y")
    said = format_date(at, pattern, locale=language)
    return f"{said}, {spoken_time(hour, language)}" if hour else said


def spoken_time(value: str, language: str) -> str:
    """Return a time of day (19:30) as people write it: 7:30 pm, without dots, which would double at the end of a sentence."""
    try:
        at = time.fromisoformat(value)
    except ValueError:
        return value
    if (at.hour, at.minute) == (12, 0) and language == "en":
        return "12 noon"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{(at.hour - 1) % 12 + 1}{minutes} {'pm' if at.hour >= 12 else 'am'}"


_ENVIRONMENT = _environment()


@lru_cache(maxsize=4096)
def names_in(text: str) -> tuple[list[str], list[Misuse]]:
    """Return the dotted names that `text` uses, and what in it may not be there."""
    if (simple := _simple_names(text)) is not None:
        return simple, []
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        return [], [Misuse(f"the braces do not make sense: {error.message}")]
    except RecursionError:
        return [], [Misuse("the braces do not make sense: there are braces in braces in braces")]
    names: list[str] = []
    misuses: list[Misuse] = []
    for node in _walk(tree):
        if isinstance(node, nodes.Getattr | nodes.Name):
            names.append(_dotted(node))
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            misuses.append(Misuse("unknown filter", node.name))
        elif not isinstance(node, _ALLOWED):
            misuses.append(Misuse(f"only names and filters may stand between the braces, not '{_kind(node)}'"))
    return names, misuses


@lru_cache(maxsize=4096)
def needed_in(text: str) -> set[str]:
    """Return the names in a sound `text` that must have a value: all but those with the filter `default` behind them."""
    if (simple := _simple_names(text)) is not None:
        return set(simple)
    tree = _ENVIRONMENT.parse(text)
    guarded = [node.node for node in tree.find_all(nodes.Filter) if node.name == "default"]
    return {_dotted(node) for node in _walk(tree) if isinstance(node, nodes.Getattr) and node not in guarded}


def _simple_names(text: str) -> list[str] | None:
    """Return the dotted names of a text that holds nothing but such between its braces; None if Jinja must look.

    Most texts are so, and Jinja's parser takes most of the time of a check.
    """
    if "{" not in text:
        return []
    if "{" in _SIMPLE.sub("", text):
        return None
    names = _SIMPLE.findall(text)
    return None if any(_RESERVED.intersection(name.split(".")) for name in names) else names


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    if isinstance(node, nodes.Getattr):
        return  # a dotted name is one thing
    if isinstance(node, _ALLOWED):
        for child in node.iter_child_nodes():
            yield from _walk(child)


def _dotted(node: nodes.Node) -> str:
    match node:
        case nodes.Getattr():
            return f"{_dotted(node.node)}.{node.attr}"
        case nodes.Name():
            return node.name
        case _:
            return "?"


def _kind(node: nodes.Node) -> str:
    return type(node).__name__.lower()


@lru_cache(maxsize=4096)
def _compiled(text: str) -> Callable[[Mapping[str, Any]], str]:
    return _ENVIRONMENT.from_string(text).render


def rendered(text: str, names: Mapping[str, Any]) -> str:
    """Return `text` with its names filled in; raise `jinja2.UndefinedError` if one has no value."""
    return _compiled(text)(names) if "{" in text else text
