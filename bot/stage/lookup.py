"""A look-up for rehearsals: what comes of it is written down beforehand."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.ports import LOOK_UP_SLOTS, LookedUp

_SCHOOL: Final = "Elm School, 40 Elm St, Riverton\n6:30 am - 7:30 pm"
EXAMPLE: Final[Mapping[str, str]] = {
    "place": _SCHOOL,
    "places": f"{_SCHOOL}\nTown Hall, 1 Main St, Riverton\n6:30 am - 7:30 pm",
    "dropoff": "Library Box, 7 Main St, Riverton",
    "early": "Town Hall, 1 Main St, Riverton",
    "election_name": "General Election",
    "elections": "1 General Election\n2 Riverton City Election",
}
"""A town that is made up."""
assert EXAMPLE.keys() == set(LOOK_UP_SLOTS)


class Rehearsed:
    """Answers with one outcome after the other; the last one stays."""

    def __init__(self, outcomes: Sequence[str]) -> None:
        self._outcomes = list(outcomes)

    def look_up(self, slots: Mapping[str, str]) -> LookedUp:
        """Return the next outcome, with places that are made up."""
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        return LookedUp(outcome, {**slots, **EXAMPLE})
