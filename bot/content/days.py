"""Check dates and times that stand in a text: they must exist, fall on the day that is named, and not be over."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from bot.content.entries import EntrySpec, FormSpec
from bot.content.library import Placed
from bot.content.spoken import Spoken
from bot.content.trouble import Trouble
from bot.engine.playbook import REPLIES

_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), 1)
} | {"sept": 9}
_WEEKDAYS = {
    name: number
    for names in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lunes martes miércoles jueves viernes sábado domingo",
    )
    for number, name in enumerate(names.split())
}
_LEAP_YEAR = 2028
_DIGIT = re.compile(r"\d")
_HINTS = ("/", "20", *sorted({month[:3] for month in _MONTHS}))
"""A text without any of these holds no date; looking for them is quicker by far than the patterns."""
_month = "|".join(sorted(_MONTHS, key=len, reverse=True))
_weekday = rf"(?:\b(?P<weekday>{'|'.join(_WEEKDAYS)}),?\s+(?:the\s+|el\s+)?)?"
_DATES = (
    re.compile(
        rf"{_weekday}\b(?P<month>{_month})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>20\d\d)\b)?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_weekday}\b(?P<day>\d{{1,2}})\s+de\s+(?P<month>{_month})\b(?:\s+(?:de|del)\s+(?P<year>20\d\d)\b)?",
        re.IGNORECASE,
    ),
    re.compile(rf"{_weekday}\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b", re.IGNORECASE),
    re.compile(rf"{_weekday}\b(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})/(?P<year>20\d\d)\b", re.IGNORECASE),
)
_TIMES = (
    re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])"),
    re.compile(r"\b(\d{1,2})(?::(\d{2}))?\s?[ap]\.?\s?m\b", re.IGNORECASE),
)


def check_days(said: Spoken, today: date | None) -> Iterator[Trouble]:
    """Yield what is wrong with the dates and times in `said`; whether one is over only where `today` is given."""
    if not _DIGIT.search(said.text):
        return
    small = said.text.casefold()
    if any(hint in small for hint in _HINTS):
        for pattern in _DATES:
            for found in pattern.finditer(said.text):
                yield from _date(said, found, today)
    for pattern in _TIMES:
        for found in pattern.finditer(said.text):
            hour, minute = int(found[1]), int(found[2] or 0)
            if hour > (12 if found[0][-1] in "mM" else 24) or minute > 59:
                message = f"there is no such time of day: '{found[0]}'; write it like 8 pm or 20:30"
                yield Trouble(said.mark, "D603", message)


def _date(said: Spoken, found: re.Match[str], today: date | None) -> Iterator[Trouble]:
    if found["month"] == "may":
        return  # "you may 3 times" is no date
    month = int(found["month"]) if found["month"].isdigit() else _MONTHS[found["month"].casefold()]
    try:
        day = date(int(found["year"] or _LEAP_YEAR), month, int(found["day"]))
    except ValueError:
        yield Trouble(said.mark, "D601", f"there is no such day: '{found[0]}'. Look at a calendar")
        return
    if not found["year"]:
        return
    named = found["weekday"]
    if named and _WEEKDAYS[named.casefold()] != day.weekday():
        right = next(name for name, number in _WEEKDAYS.items() if number == day.weekday())
        message = f"'{found[0]}': that day is a {right.capitalize()}, not a {named.capitalize()}"
        yield Trouble(said.mark, "D602", message)
    elif today is not None and day < today:
        yield Trouble(said.mark, "D604", f"'{found[0]}' is over (today is {today}); take it out, or write the new day")


def check_windows(name: str, entry: Placed[EntrySpec], today: date | None) -> Iterator[Trouble]:
    """Yield what is wrong with the time in which an entry is said; whether that is over only where `today` is given."""
    valid, spec = entry.spec.valid, entry.spec
    if valid is None:
        return
    if valid.since is not None and valid.until is not None and valid.until <= valid.since:
        message = f"'until' ({_moment(valid.until)}) does not come after 'from' ({_moment(valid.since)}): never said"
        yield Trouble(entry.mark("valid", "until"), "D607", message)
    elif valid.until is not None and today is not None and valid.until <= datetime.combine(today, time()):
        message = f"over since {_moment(valid.until)} (today is {today}); write the new days, or take the entry out"
        yield Trouble(entry.mark("valid", "until"), "D608", message)
    if valid.then is None and not spec.fallback:
        message = f"nothing is said outside of these days: name an entry under 'then', or give '{name}' a 'fallback'"
        yield Trouble(entry.document.key_mark((*entry.path, "valid")), "D609", message)
    if name in REPLIES or spec.always:
        why = "the bot itself needs this reply" if name in REPLIES else "danger words lead here"
        yield Trouble(entry.document.key_mark((*entry.path, "valid")), "D610", f"{why}: it is said at any time")


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def check_spans(form: Placed[FormSpec]) -> Iterator[Trouble]:
    """Yield what is wrong with how long a form waits and keeps."""
    spans = [(("expires", channel), span) for channel, span in form.spec.expires.items()]
    for keys, span in [*spans, (("keep",), form.spec.keep)]:
        if span == timedelta(0):
            yield Trouble(form.mark(*keys), "D605", f"'{keys[-1]}' is no time at all; write it like 30m, 24h or 7d")
    for keys, span in spans:
        if form.spec.keep and span > form.spec.keep:
            message = f"a form that waits for {_told(span)} is forgotten after {_told(form.spec.keep)} ('keep')"
            yield Trouble(form.mark(*keys), "D606", message)


def _told(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3600)
    return f"{hours // 24} days" if hours >= 48 else "an hour" if hours == 1 else f"{hours} hours"
