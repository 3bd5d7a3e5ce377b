"""When people answer: opening hours of the desk, and the next opening."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FAR_DAYS = 14


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours by weekday name ("mon": (09:00, 21:00)), closed days, and the zone both are meant in."""

    zone: ZoneInfo
    week: Mapping[str, tuple[time, time]]
    closed: frozenset[date] = frozenset()

    def is_open(self, now: datetime) -> bool:
        """Return whether the desk is open at `now`."""
        local = now.astimezone(self.zone)
        span = self._span(local.date())
        return span is not None and span[0] <= local.replace(tzinfo=None).time() < span[1]

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when the desk opens next after `now`, in its own zone; None if it does not within two weeks."""
        local = now.astimezone(self.zone)
        for days in range(_FAR_DAYS + 1):
            day = local.date() + timedelta(days=days)
            if (span := self._span(day)) is None:
                continue
            opening = datetime.combine(day, span[0], self.zone)
            if opening > local:
                return opening
        return None

    def _span(self, day: date) -> tuple[time, time] | None:
        return None if day in self.closed else self.week.get(WEEKDAYS[day.weekday()])
