"""The state file `states.json`, typed: official pages, and facts with their sources. `bot.civic.facts` is its only reader.

JSON with a fact a line: it loads in 5 ms, as YAML it took 250. Nothing in it may be said as it stands but the links.
"""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

Grade = Literal["A", "B", "C", "D"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where values come from."""

    title: str
    url: str | None
    as_of: date
    licence: str
    official: bool


class _Sourced(_Part):
    sources: tuple[str, ...]
    as_of: date
    """The date of the source."""
    grade: Grade
    note: str = ""


class Page(_Sourced):
    """An official page. It may always be sent."""

    url: str
    languages: tuple[str, ...] = ("en",)


class FileFact(_Sourced):
    """A value to be checked before it is said: field -> text."""

    value: dict[str, str]
    valid_from: date | None = None
    valid_until: date | None = None


class Hint(_Sourced):
    """What somebody says, in words: never for a voter, only for the person who checks."""

    told: str


class Watch(_Part):
    """A court case, an act or a vote that can change facts."""

    what: str
    affects: tuple[str, ...]
    seen: date
    url: str
    where: tuple[str, ...] = ()
    """States; everywhere where empty."""


class State(_Part):
    """One state, district or territory. The first zone holds the most ZIP codes."""

    name: str
    zones: tuple[str, ...]
    links: dict[str, Page]
    facts: dict[str, FileFact]
    unconfirmed: dict[str, Hint]


class StateFile(_Part):
    """The whole file."""

    built: date
    sources: dict[str, Source]
    links: dict[str, Page]
    hotlines: dict[str, FileFact]
    watch: tuple[Watch, ...]
    states: dict[str, State]


@cache
def state_file() -> StateFile:
    """Return the file, read once."""
    return StateFile.model_validate_json((files("bot.civic") / "states.json").read_bytes())


@cache
def _named_hosts() -> frozenset[str]:
    file = state_file()
    pages = [*file.links.values(), *(page for state in file.states.values() for page in state.links.values())]
    return frozenset(_host(page.url) for page in pages)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_official(url: str) -> bool:
    """Return whether `url` is an https page of a government, or on a host that the file names."""
    host = _host(url)
    return url.startswith("https://") and (host.endswith((".gov", ".us", ".mil")) or host in _named_hosts())
