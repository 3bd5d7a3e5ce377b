"""The goals G1 to G10 of the architecture, and D1 of the desk; and a verdict on a measured value."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal. `less` is true where a smaller value is better."""

    id: str
    goal: str
    floor: float
    target: float
    less: bool = False

    def holds(self, value: float) -> bool:
        return value <= self.floor if self.less else value >= self.floor

    def reaches(self, value: float) -> bool:
        return value <= self.target if self.less else value >= self.target


GOALS: Final = {
    goal.id: goal
    for goal in (
        Goal("G1", "messages/s on PostgreSQL against /store", 0.20, 0.33),
        Goal("G2", "messages/s embedded against 1 / (1/C + 10 S)", 0.30, 0.50),
        Goal("G4", "half load: p99 webhook to provider call, in p99 of /store", 15, 8, less=True),
        Goal("G4a", "half load: p99 of the acknowledgement, in p99 of /store", 3, 1.5, less=True),
        Goal("G5", "application CPU a message without understanding, in signature checks", 25, 18, less=True),
        Goal("G9", "extra replies when every webhook comes three times at once", 0, 0, less=True),
        Goal("D1", "p95 seconds from a voter's words to the card in Slack, a case a second", 2, 1, less=True),
        Goal("G10", "MB of `bot run` idle with the classifier loaded", 300, 220, less=True),
    )
}


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured for a goal; `value` is None where this machine lacks what it needs, or nobody `asked`."""

    goal: Goal
    value: float | None
    detail: str
    asked: bool = True

    @property
    def failed(self) -> bool:
        """Whether it was to be measured and does not hold."""
        return self.asked and not self.as_row()["holds"]

    def as_row(self) -> dict[str, object]:
        """Return the result as `bot bench --json` prints it."""
        value = None if self.value is None else round(self.value, 4)
        return {
            "id": self.goal.id,
            "goal": self.goal.goal,
            "value": value,
            "floor": self.goal.floor,
            "target": self.goal.target,
            "holds": value is not None and self.goal.holds(value),
            "reaches": value is not None and self.goal.reaches(value),
            "detail": self.detail,
        }
