"""What staff type becomes a value only where the whole text fits; nothing is guessed."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.content.types import (
    Count,
    DangerWords,
    Day,
    Language,
    LocalTime,
    Moment,
    Name,
    Positive,
    Share,
    Span,
    StateCode,
    Text,
    YesNo,
)

TAKEN = [
    (Span, "90s", timedelta(seconds=90)),
    (Span, "30m", timedelta(minutes=30)),
    (Span, "24 h", timedelta(hours=24)),
    (Span, "7d", timedelta(days=7)),
    (Count, "0", 0),
    (Count, "20000", 20000),
    (Positive, "1", 1),
    (Share, "0", 0.0),
    (Share, "0.75", 0.75),
    (Share, "1.0", 1.0),
    (YesNo, "no", False),
    (YesNo, "Yes", True),
    (YesNo, "false", False),
    (Day, "2026-11-03", date(2026, 11, 3)),
    (LocalTime, "9:00", time(9)),
    (LocalTime, "20:30", time(20, 30)),
    (Moment, "2026-11-03 20:00", datetime(2026, 11, 3, 20)),
    (Moment, "2026-11-03T9:05", datetime(2026, 11, 3, 9, 5)),
    (Moment, "2026-11-03", datetime(2026, 11, 3)),
    (Name, "polling_place2", "polling_place2"),
    (Language, "es", "es"),
    (StateCode, "OH", "OH"),
    (StateCode, "known", "known"),
    (Text, " x", " x"),
    (DangerWords, "not let * vote", "not let * vote"),
    (DangerWords, "intimidat*", "intimidat*"),
    (DangerWords, "no respira", "no respira"),
]


@pytest.mark.parametrize("kind, text, value", TAKEN, ids=[f"{text!r}" for _, text, _ in TAKEN])
def test_a_text_that_fits_becomes_its_value(kind: Any, text: str, value: object) -> None:
    found = TypeAdapter(kind).validate_python(text)
    assert (found, type(found)) == (value, type(value))


REFUSED = [
    (Span, "5", "30m, 24h or 7d"),
    (Span, "5 weeks", "30m, 24h or 7d"),
    (Span, "-5m", "30m, 24h or 7d"),
    (Span, "999999d", "30m, 24h or 7d"),
    (Count, "1.5", "a whole number"),
    (Count, "-1", "a whole number"),
    (Count, "ten", "a whole number"),
    (Count, True, "a whole number"),
    (Positive, "0", "at least 1"),
    (Share, "60", "from 0 to 1"),
    (Share, "1.1", "from 0 to 1"),
    (Share, 1.5, "from 0 to 1"),
    (Share, "nan", "from 0 to 1"),
    (YesNo, "1", "yes or no"),
    (YesNo, "", "yes or no"),
    (YesNo, None, "yes or no"),
    (Day, "2026", "2026-11-03"),
    (Day, "11/3/2026", "2026-11-03"),
    (Day, "2026-02-30", "no such day"),
    (LocalTime, "9", "09:00"),
    (LocalTime, "9pm", "09:00"),
    (LocalTime, "24:00", "no such time"),
    (LocalTime, "750", "09:00"),
    (Moment, "tomorrow", "2026-11-03 20:00"),
    (Moment, "2026-11-31 20:00", "no such moment"),
    (Moment, "1793000000", "2026-11-03 20:00"),
    (Name, "Polling Place", "pattern"),
    (Name, "2nd", "pattern"),
    (Name, "a\n", "pattern"),
    (Language, "english", "en or es"),
    (Language, "EN", "en or es"),
    (StateCode, "oh", "like OH"),
    (StateCode, "Ohio", "like OH"),
    (Text, "", "at least 1"),
    (Text, " \n ", "a text is expected"),
    (Text, 5, "string"),
    (DangerWords, "*", "danger words"),
    (DangerWords, "* vote", "danger words"),
    (DangerWords, "let *", "danger words"),
    (DangerWords, "intim*dat", "danger words"),
    (DangerWords, "no", "danger words"),
]


@pytest.mark.parametrize("kind, text, said", REFUSED, ids=[f"{text!r} {said}" for _, text, said in REFUSED])
def test_a_text_that_does_not_fit_is_refused_with_an_example(kind: Any, text: object, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(text, strict=True)
    assert said in caught.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "kind, value",
    [(Span, timedelta(1)), (Count, 5), (Share, 0.5), (YesNo, False), (Day, date(2026, 1, 2)), (LocalTime, time(9))],
    ids=["span", "count", "share", "yes or no", "day", "time of day"],
)
def test_a_value_that_is_one_already_stays(kind: Any, value: object) -> None:
    assert TypeAdapter(kind).validate_python(value) == value
