"""Example values for a preview: what stands in a text as long as no voter has given it and nobody has checked it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.official import ELECTION_FIELDS, NATION, Fact, LinkOnly, Why, kind_of
from bot.ports import Facts

STATE = "OH"
"""The state of the example where none was asked for."""
_DAYS_AHEAD = 30
_SPOKEN: Mapping[str, Mapping[str, str]] = {
    "en": {
        "label": "your address",
        "opening": "Monday 9:00 AM",
        "wait": "usually within 10 minutes",
        "first": "When to vote",
        "second": "Ride to the polls",
        "election_name": "General Election",
        "elections": "1 General Election\n2 Riverton City Election",
    },
    "es": {
        "label": "su domicilio",
        "opening": "lunes 09:00",
        "wait": "normalmente en 10 minutos",
        "first": "Horario para votar",
        "second": "Transporte para votar",
        "election_name": "General Election",
        "elections": "1 General Election\n2 Riverton City Election",
    },
}
_SCHOOL = "Elm School, 40 Elm St, Riverton\n6:30 am - 7:30 pm"
_SLOTS: Mapping[str, str] = {
    "name": "Maria Lopez",
    "address": "12 Oak St, 62701",
    "zip": "62701",
    "minutes": "10",
    "link": "https://example.org",
    "day": "Oct 3",
    "place": _SCHOOL,
    "places": f"{_SCHOOL}\nTown Hall, 1 Main St, Riverton\n6:30 am - 7:30 pm",
    "dropoff": "Library Box, 7 Main St, Riverton",
    "early": "Town Hall, 1 Main St, Riverton",
}
_FIELDS: Mapping[str, str] = {"open": "06:30", "close": "19:30", "codes": "en es", "number": "8005550100"}


def slot_values(names: list[str], language: str) -> dict[str, str]:
    """Return an example for each of the `names` (`slot.zip`) that a text uses; the state is the thread's own."""
    spoken = _SPOKEN.get(language, _SPOKEN["en"])
    wanted = [name.removeprefix("slot.") for name in names if name.startswith("slot.")]
    wanted += ["name"] if "voter.first_name" in names else []
    return {slot: spoken.get(slot) or _SLOTS.get(slot, f"({slot})") for slot in wanted if slot != "state"}


@dataclass
class Supposed:
    """Facts under which one wording is said: what it rests on is there, as checked or as an example; nothing else is.

    `wanted` are the facts (`poll_hours`, `election.day`) with the fields that they must have. `used` collects the examples.
    """

    real: Facts
    wanted: Mapping[str, Mapping[str, str]]
    withheld: frozenset[str] = frozenset()
    used: list[str] = field(default_factory=list)

    def link(self, key: str, state: str | None) -> Fact:
        return self.real.link(key, state)

    def state_name(self, state: str) -> str:
        return self.real.state_name(state)

    def election_today(self, state: str | None, at: datetime) -> Fact | LinkOnly:
        return self.real.election_today(state, at)

    def say(self, state: str | None, key: str, at: datetime) -> Fact | LinkOnly:
        """Return the fact as staff have checked it if that fits, an example otherwise; nothing that is withheld."""
        fields = self.wanted.get(key)
        if key in self.withheld or fields is None:
            return LinkOnly(Why.MISSING)
        found = self.real.say(state, key, at)
        if isinstance(found, Fact) and all(found.fields.get(name) == value for name, value in fields.items()):
            return found
        if key not in self.used:
            self.used.append(key)
        return self._example(state, key, fields, at)

    def _example(self, state: str | None, key: str, fields: Mapping[str, str], at: datetime) -> Fact:
        root, _, name = key.partition(".")
        if root == "hotline":
            return Fact(f"example:{NATION}.{key}", _FIELDS["number"])
        value = _of_election(name, at) if root == "election" else {**_of_kind(key), **fields}
        page = self.real.link("election_office", state)
        first = next(iter(value.values()), "")
        return Fact(f"example:{state}.{key}", first, page.languages, value, at.date(), page.value)


def _of_kind(key: str) -> dict[str, str]:
    kind = kind_of(key)
    fields = kind.fields if kind else {}
    return {name: what[0] if isinstance(what, tuple) else _FIELDS.get(name, name) for name, what in fields.items()}


def _of_election(name: str, at: datetime) -> dict[str, str]:
    if name == "name":
        return {"en": "General election", "es": "elecciones generales"}
    kind, _ = ELECTION_FIELDS.get(name, ("day", None))
    if kind == "time":
        return {"": _FIELDS["close" if name.endswith("close") else "open"]}
    ahead = _DAYS_AHEAD if name == "day" else _DAYS_AHEAD // 2
    return {"": (at + timedelta(ahead)).date().isoformat()}
