"""Every state's answers about voting over a span of days, held against records of which the test knows everything."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from support.facts import HOURS, checked, records

from bot.app import content_of
from bot.channel import CAPABILITIES
from bot.civic.facts import OfficialFacts
from bot.civic.states import is_official, state_file
from bot.config import load
from bot.content.files import staff_files
from bot.content.library import read_library
from bot.content.texts import VOTING
from bot.content.voice import Voice
from bot.engine.decision import Say, Step
from bot.engine.segments import segments
from bot.engine.thread import Thread
from bot.official import FACT_KINDS, Election, FactRecords
from bot.ports import Said

CHECKED = datetime(2026, 9, 10, 15, tzinfo=UTC)
READ_ON = CHECKED.date()
DAY = date(2026, 11, 3)
DATES = {
    "registration_online": "2026-10-05",
    "registration_mail": "2026-09-30",
    "registration_in_person": "2026-10-24",
    "early_start": "2026-10-14",
    "early_end": "2026-11-01",
    "mail_request": "2026-10-27",
    "mail_arrives": "2026-11-03",
}
NEXT = date(2028, 11, 7)
"""Entered as well, never looked at again: nothing of it may be said."""
TWO_MONTHS, THREE_MONTHS = timedelta(60), timedelta(90)
LANGUAGES = ("en", "es")
MONTHS = {
    name: number
    for names in (
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), 1)
}
_DATE = re.compile(
    rf"\b(?:({'|'.join(list(MONTHS)[:12])}) (\d+)|(\d+) de ({'|'.join(list(MONTHS)[12:])}))(?:(?:, | de )(\d{{4}}))?"
)
_TIME = re.compile(r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m\.|p\.m\.|noon)")
_URL = re.compile(r"https?://\S+")
_SOURCE = re.compile(r"\n(?:Checked|Verificado)[^\n]*")


@cache
def voice() -> Voice:
    root = Path(__file__).parents[2]
    config = load({}, root)
    return content_of(config, read_library(staff_files(root))[0], 1).voice


@cache
def entries() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the voting entries that say facts, and the others."""
    library = voice().library
    texts = [name for name in sorted(VOTING) if library.entry(name).text is not None] + ["polling_place_link"]
    telling = {name for name in texts if any(when.needs or when.condition.fact for when in library.entry(name).when)}
    return tuple(sorted(telling)), tuple(name for name in texts if name not in telling)


def everything(read_on: date = READ_ON, day: date = DAY, dates: dict[str, str] | None = None) -> FactRecords:
    """Return every fact of every state as checked on one day, and an election entered."""
    checks = []
    elections = []
    for code, state in state_file().states.items():
        page = state.links["election_office"].url
        for key in FACT_KINDS:
            found = state.facts.get(key)
            value = found.value if found else {"poll_hours": HOURS, "in_line": {"may_vote": "yes"}}.get(key)
            if value is not None:
                checks.append(checked(code, key, value, at=CHECKED, page=page))
        name = {"en": "General election"}
        elections.append(Election(code, day, name, DATES if dates is None else dates, page, read_on))
        elections.append(Election(code, NEXT, name, {"registration_mail": "2028-10-09"}, page, read_on))
    for language in LANGUAGES:
        number = state_file().hotlines[language].value
        checks.append(checked("US", f"hotline.{language}", number, at=CHECKED, page="https://example.org/"))
    return records(checks, elections=elections)


def changes() -> list[date]:
    """Return each day on which something above begins or ends, with both its neighbours."""
    ends = [READ_ON, date(2026, 12, 8), DAY, NEXT]  # the eighth: the file's languages are good until then
    ends += [READ_ON + timedelta(days) for days in (30, 60, 90, 365)]
    ends += [date.fromisoformat(day) for day in DATES.values()]
    return sorted({day + timedelta(near) for day in ends for near in (-1, 0, 1)})


@dataclass(frozen=True)
class Wrong:
    """An answer that should not have been given."""

    state: str
    entry: str
    language: str
    at: datetime
    why: str
    text: str


def wrong_answers(facts: OfficialFacts, names: Iterable[str], days: Iterable[date]) -> Iterator[Wrong]:
    """Yield every answer to `names`, in every state and language, at noon UTC of `days`, that says what it must not."""
    states = state_file().states
    for day in days:
        at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
        for state, here in states.items():
            today = max(at.astimezone(ZoneInfo(zone)).date() for zone in here.zones)
            for name in names:
                for language in LANGUAGES:
                    one = said(facts, name, state, language, at)
                    if why := _wrong(one, today, at):
                        yield Wrong(state, name, language, at, why, one.text)


def said(facts: OfficialFacts, name: str, state: str, language: str, at: datetime) -> Said:
    thread = Thread(1, "sms", language, known={"state": state})
    (one,) = voice().say(Step(thread, (Say(name),)), facts, CAPABILITIES["sms"], at)
    return one


def _wrong(one: Said, today: date, at: datetime) -> str:
    links = _URL.findall(one.text)
    hotline = any(".hotline." in fact for fact in one.facts)
    text = _URL.sub("", _SOURCE.sub("", one.text))
    dates = [_date(found, today.year) for found in _DATE.finditer(text)]
    told = {fact.split(".", 1)[1].partition("@")[0] for fact in one.facts if fact.startswith("fact:")}
    told_dates = {name for name in told if name.startswith("election.")}
    expired = [key for key in told - told_dates if at >= CHECKED + _lasts(key)]
    expired += [name for name in told_dates if today >= READ_ON + _lasts(name)]
    match one.entry:
        case "not_voting" | "ride_to_polls":
            return "" if not told and not links else "says more than it should"
        case _ if not links and not hotline:
            return "neither a link nor a hotline"
    if not all(is_official(link) and urlsplit(link).scheme == "https" for link in links):
        return "a link that is not official"
    if (cost := segments(one.text).count) > 2:
        return f"{cost} segments"
    if expired:
        return f"checks that have ended: {expired}"
    if late := [day for day in dates if day < today]:
        return f"a date that is over: {late}"
    if dates and not told_dates:
        return "a date without an election"
    if _TIME.search(text) and "poll_hours" not in told:
        return "an hour that nobody checked"
    if told - {"hotline.en", "hotline.es"} and not _SOURCE.search(one.text):
        return "a fact without its source"
    if not told and _SOURCE.search(one.text):
        return "a source without a fact"
    return ""


def _date(found: re.Match[str], year: int) -> date:
    month, number = (found[1], found[2]) if found[1] else (found[4], found[3])
    return date(int(found[5] or year), MONTHS[month], int(number))


def _lasts(key: str) -> timedelta:
    """Return how long a check lasts, as `docs/staff.md` says: written down once more, so that the product cannot forget it."""
    if key.startswith("hotline"):
        return timedelta(30)
    if key == "languages":
        return timedelta(365)
    soon = ("registration", "registration_online", "same_day", "election.day", "election.name")
    return THREE_MONTHS if key in soon or key.startswith("election.registration") else TWO_MONTHS
