"""Records of facts as staff make them: checks, freezes, an election."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from bot.civic.facts import file_hash, in_file
from bot.official import Check, Election, FactRecords, Freeze, Key

NOW = datetime(2026, 10, 30, 16, tzinfo=UTC)
PAGE = "https://www.ohiosos.gov/elections/voters/"
HOURS = {"open": "06:30", "close": "19:30"}
OHIO = Election(
    state="OH",
    day=date(2026, 11, 3),
    name={"en": "General election", "es": "Elección general"},
    fields={
        "registration_mail": "2026-10-05",
        "registration_in_person": "2026-11-03",
        "early_start": "2026-10-06",
        "early_end": "2026-11-01",
        "polls_close": "19:30",
    },
    page=PAGE,
    checked_on=date(2026, 9, 20),
)


def checked(state: str, key: str, value: Mapping[str, str], **more: Any) -> tuple[Key, Check]:
    """Return a check of what the file holds now, made on the first of October by Ana."""
    given = {"who": "ana", "at": datetime(2026, 10, 1, 16, tzinfo=UTC), "page": PAGE, **more}
    given.setdefault("file_hash", file_hash(in_file(state, key)))
    return (state, key), Check(value=value, **given)


def records(
    checks: Iterable[tuple[Key, Check]] = (),
    freezes: Mapping[Key, Freeze] | None = None,
    elections: Iterable[Election] = (),
) -> FactRecords:
    """Return records as the store reads them."""
    by_state: dict[str, list[Election]] = {}
    for one in sorted(elections, key=lambda one: one.day):
        by_state.setdefault(one.state, []).append(one)
    return FactRecords(dict(checks), freezes or {}, {state: tuple(some) for state, some in by_state.items()})
