"""The day in a state, for what ends at midnight there."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

_STATES: Final[Mapping[str, str]] = {
    "America/Anchorage": "AK",
    "America/Boise": "ID",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO MT NM UT WY",
    "America/Detroit": "MI",
    "America/Indiana/Indianapolis": "IN",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Phoenix": "AZ",
    "America/Puerto_Rico": "PR",
    "America/St_Thomas": "VI",
    "Pacific/Guam": "GU",
    "Pacific/Honolulu": "HI",
    "Pacific/Pago_Pago": "AS",
    "Pacific/Saipan": "MP",
}
"""The zone in which most people of a state live; all others keep New York's time."""
_ELSEWHERE: Final = "America/New_York"


def zone_of(state: str) -> ZoneInfo:
    """Return the zone in which most people of `state` live."""
    return ZoneInfo(next((zone for zone, states in _STATES.items() if state in states.split()), _ELSEWHERE))


def day_in(state: str, at: datetime) -> date:
    """Return which day it is there."""
    return at.astimezone(zone_of(state)).date()
