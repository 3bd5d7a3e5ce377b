"""The shape that both services share (the Voting Information Project's): JSON into typed values, cleaned and cut short."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from bot.civic.places import state_in
from bot.civic.polling.answers import Election, Found, Place
from bot.civic.polling.wire import Got

TEST_ELECTION: Final = "2000"
"""Google's election for developers, which nobody votes in."""
_LONGEST: Final = 60
_LONGEST_NAME: Final = 50
_LONGEST_HOURS: Final = 40
_MOST_PLACES: Final = 50
_LEADS_ELSEWHERE: Final = re.compile(r"https?:|www\.|\S+@\S+|\d{3}\D{0,2}\d{3}\D?\d{4}", re.IGNORECASE)
"""An address on the web or a phone number: nobody has checked those, so a text that holds one is not said."""
_OFFICIAL_DIVISION: Final = re.compile(r"/(?:state|district|territory):([a-z]{2})\b")


class NotRead(Exception):
    """An answer is not of the shape that was agreed."""


def found(source: str, got: Got, at: datetime, places: str) -> Found:
    """Return what an answer holds; raise `NotRead`. `places` is the service's key for places on election day."""
    value = got.value
    if not got.is_json:
        raise NotRead
    states = _states(value)
    return Found(
        source=source,
        fetched_at=at,
        election=_election(value["election"]) if isinstance(value.get("election"), dict) else None,
        others=tuple(one for raw in _list(value, "otherElections") if (one := _election(raw)) is not None),
        states=states,
        places=tuple(_places(value, places)),
        early=tuple(_places(value, "earlyVoteSites")),
        dropoff=tuple(_places(value, "dropOffLocations")),
        mail_only=value.get("mailOnly") is True,
        notice=any(_said(body, "electionNoticeText") for body in _offices(value)),
        keep_s=got.max_age_s,
    )


def _list(value: Mapping[str, Any], key: str) -> list[Any]:
    raw = value.get(key, [])
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise NotRead
    return raw[:_MOST_PLACES]


def _election(raw: Any) -> Election | None:
    if not isinstance(raw, dict):
        raise NotRead
    number, day = str(raw.get("id") or raw.get("ocdId") or ""), _day(raw.get("electionDay") or raw.get("date"))
    if day is None or number == TEST_ELECTION:
        return None
    name = _clean(raw.get("name") or raw.get("description"), _LONGEST_NAME)
    return Election(number, name, day)


def _states(value: Mapping[str, Any]) -> frozenset[str]:
    """Return the states that the answer says it is about: in the address as it was read, and in its election office."""
    said = [value["normalizedInput"].get("state")] if isinstance(value.get("normalizedInput"), dict) else []
    said += [state.get("name") for state in _state_rows(value)]
    codes = {code for name in said if isinstance(name, str) and name.strip() and (code := _code(name))}
    if isinstance(value.get("election"), dict):
        division = _OFFICIAL_DIVISION.search(str(value["election"].get("ocdDivisionId") or ""))
        codes |= {division[1].upper()} if division else set()
    return frozenset(codes)


def _code(name: str) -> str:
    return state_in(name.strip().upper() if len(name.strip()) == 2 else name, expected=True) or name.strip()


def _state_rows(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    raw = value.get("state")
    rows = raw if isinstance(raw, list) else [raw]
    return [row for row in rows if isinstance(row, dict)]


def _offices(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the election offices of the answer: the state's, and those of the county or town."""
    for row in _state_rows(value):
        for one in (row, row.get("local_jurisdiction")):
            office = one.get("electionAdministrationBody") if isinstance(one, dict) else None
            if isinstance(office, dict):
                yield office


def _places(value: Mapping[str, Any], key: str) -> Iterator[Place]:
    for raw in _list(value, key):
        address = raw.get("address") if isinstance(raw, dict) else None
        if not isinstance(address, dict):
            continue
        sources = [one for one in _list(raw, "sources") if isinstance(one, dict)]
        lines = (_clean(address.get(name)) for name in ("line1", "line2", "line3"))
        line, *more = lines
        yield Place(
            name=_clean(address.get("locationName") or raw.get("name")),
            line=" ".join(part for part in (line, *more) if part) if line else "",
            town=_clean(address.get("city")),
            state=_code(said) if (said := _clean(address.get("state"))) else "",
            zip=_clean(address.get("zip")),
            hours=_clean(raw.get("pollingHours"), _LONGEST_HOURS),
            notice=_said(raw, "notes"),
            starts=_day(raw.get("startDate")),
            ends=_day(raw.get("endDate")),
            official=not sources or any(one.get("official") is not False for one in sources),
        )


def _said(raw: Mapping[str, Any], key: str) -> bool:
    return isinstance(raw.get(key), str) and bool(raw[key].strip())


def _day(raw: Any) -> date | None:
    try:
        return date.fromisoformat(raw[:10]) if isinstance(raw, str) else None
    except ValueError:
        return None


def _clean(raw: Any, most: int = _LONGEST) -> str:
    """Return a text in one line; empty where it is too long to be said, or leads where nobody has looked."""
    text = (
        " ".join("".join(char if char.isprintable() else " " for char in raw).split()) if isinstance(raw, str) else ""
    )
    return "" if len(text) > most or _LEADS_ELSEWHERE.search(text) else text
