"""The fact store: the only reader of `links.yml`, the only door to anything official that a voter is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from bot.ports import Fact, LinkOnly

_CHAINS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    # key -> the state's own pages in order of choice, then the national one
    "ballot_tracking": (("ballot_tracking", "election_office"), "election_offices"),
    "check_registration": (("check_registration", "election_office"), "election_offices"),
    "civil_rights_report": ((), "civil_rights_report"),
    "deadlines": ((), "deadlines"),
    "election_office": (("election_office",), "election_offices"),
    "felony": ((), "felony"),
    "mail_ballot": ((), "absentee"),
    "military_overseas": ((), "military_overseas"),
    "no_fixed_address": ((), "no_fixed_address"),
    "polling_place": (("polling_place", "election_office"), "polling_place"),
    "register": (("register_online", "how_to_register"), "register"),
}


@cache
def official_pages() -> Mapping[str, Any]:
    """Return `links.yml`: the keys national, hotlines and states."""
    text = (files("bot.civic") / "links.yml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are the safe ones
    return loaded


@dataclass(frozen=True, slots=True)
class OfficialFacts:
    """Official links always; hotlines only in practice, until staff have a way to check them."""

    practice: bool

    def link(self, key: str, state: str | None) -> Fact:
        """Return the state's own page for `key`, or the national one; always https."""
        own, national = _CHAINS[key]
        pages = official_pages()["states"].get(state, {}) if state else {}
        for name in own:
            if name in pages:
                return Fact(f"link:{state}.{name}", pages[name])
        return Fact(f"link:US.{national}", official_pages()["national"][national])

    def hotline(self, language: str) -> Fact | LinkOnly:
        """Return the voters' hotline in `language`."""
        if not self.practice:
            return LinkOnly("unchecked")
        number = official_pages()["hotlines"].get(language)
        return Fact(f"hotline:{language}", number, (language,)) if number else LinkOnly("missing")

    def state_name(self, state: str) -> str:
        """Return the name of the state with this two-letter code."""
        name: str = official_pages()["states"].get(state, {}).get("name", state)
        return name
