"""The types that staff's texts become. Each is anchored: the whole text must fit, and nothing is guessed.

pydantic's own reading of text is never used for these (`2026` would become 1970, `1` a yes).
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NAME = r"^[a-z][a-z0-9_]*$"


class Spec(BaseModel):
    """A part of a staff file: an unknown key is a mistake, a text is a text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _expected(what: str) -> PydanticCustomError:
    return PydanticCustomError("expected", what)


def _span(text: Any) -> Any:
    if isinstance(text, str) and (match := re.fullmatch(r"(\d{1,5})\s*([smhd])", text)):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    if isinstance(text, timedelta):
        return text
    raise _expected("a span of time is written like 30m, 24h or 7d")


def _count(text: Any) -> Any:
    if isinstance(text, str) and re.fullmatch(r"\d{1,9}", text):
        return int(text)
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    raise _expected("a whole number is expected, like 2")


def _at_least_one(number: int) -> int:
    if number < 1:
        raise _expected("at least 1 is expected")
    return number


def _share(text: Any) -> Any:
    if isinstance(text, str) and re.fullmatch(r"0(\.\d+)?|1(\.0+)?|\.\d+", text):
        return float(text)
    if isinstance(text, float) and 0 <= text <= 1:
        return text
    raise _expected("a number from 0 to 1 is expected, like 0.75")


def _yes_no(text: Any) -> Any:
    if isinstance(text, bool):
        return text
    said = {"yes": True, "true": True, "no": False, "false": False}.get(str(text).lower())
    if said is None:
        raise _expected("yes or no is expected")
    return said


def _day(text: Any) -> Any:
    if isinstance(text, date):
        return text
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _expected("there is no such day") from None
    raise _expected("a day is written like 2026-11-03")


def _local_time(text: Any) -> Any:
    if isinstance(text, time):
        return text
    if isinstance(text, str) and (match := re.fullmatch(r"(\d{1,2}):(\d{2})", text)):
        try:
            return time(int(match[1]), int(match[2]))
        except ValueError:
            raise _expected("there is no such time of day") from None
    raise _expected("a time of day is written like 09:00 or 20:30")


def _moment(text: Any) -> Any:
    if isinstance(text, datetime):
        return text
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}([ T]\d{1,2}:\d{2}(:\d{2})?)?", text):
        try:
            day, _, hour = text.replace("T", " ").partition(" ")
            return datetime.fromisoformat(f"{day} {'0' if hour[1:2] == ':' else ''}{hour or '00:00'}")
        except ValueError:
            raise _expected("there is no such moment") from None
    raise _expected("a moment is written like 2026-11-03 20:00")


def _until(text: Any) -> Any:
    """Return a moment; a day without a time counts to its end, as everybody reads "until November 3"."""
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _moment(text) + timedelta(days=1)
    return _moment(text)


def _language(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise _expected("a language is written like en or es")
    return text


def _state(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}|known", text):
        raise _expected("a state is written like OH, or 'known' for whichever it is")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise _expected("a text is expected")
    return text


def _danger(text: str) -> str:
    wide = len(re.findall(r"\w", text)) < 3 or re.search(r"\*\S|(?:^|\s)\*$|^\*", text)
    if wide:  # "*" alone would find danger in every message
        raise _expected(
            "danger words are written like turned away, not let * vote, or intimidat* for all that begin so"
        )
    return text


def _file(text: str) -> str:
    if not re.fullmatch(r"(?:[A-Za-z0-9][\w-]*/)*[A-Za-z0-9][\w-]*\.(?:pdf|png|jpe?g|gif)", text):
        raise _expected("a file below responses/files/ is written like maps/precincts.pdf: a pdf, png, jpg or gif")
    return text


Span = Annotated[timedelta, BeforeValidator(_span)]
Count = Annotated[int, BeforeValidator(_count)]
Positive = Annotated[Count, AfterValidator(_at_least_one)]
Share = Annotated[float, BeforeValidator(_share)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Day = Annotated[date, BeforeValidator(_day)]
LocalTime = Annotated[time, BeforeValidator(_local_time)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Until = Annotated[datetime, BeforeValidator(_until)]
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Language = Annotated[str, AfterValidator(_language)]
StateCode = Annotated[str, AfterValidator(_state)]
Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_not_blank)]
FileName = Annotated[str, AfterValidator(_file)]
DangerWords = Annotated[Text, AfterValidator(_danger)]
