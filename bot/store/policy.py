"""What the gate must know beside the row itself: practice or live, test addresses, which channels reach people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.engine.gate import Standing
from bot.official import FactRecords


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that decide what may leave, and defaults for new threads."""

    language: str = "en"
    practice: bool = False
    test_addresses: frozenset[str] = frozenset()
    answer_stopped: bool = True
    reaches_people: Callable[[str], bool] = lambda channel: channel != "web"
    """Whether a channel leads to a real provider."""
    desks: tuple[str, ...] = ("console",)
    echoes: frozenset[str] = frozenset({"console"})
    """Desks that are told of what was written at them too; Slack shows that by itself."""
    fallback_team: str = "general"
    still: Callable[[FactRecords, Iterable[str], datetime], bool] = lambda records, ids, at: True
    """Whether what a message says may still be said; `bot.civic` knows."""

    def standing(
        self,
        *,
        channel: str,
        address: str,
        epoch: int,
        owner: str | None,
        stopped_at: datetime | None,
        held_by: str | None,
    ) -> Standing:
        """Return how things stand with an address and its thread."""
        return Standing(
            epoch=epoch,
            owner=owner,
            stopped_at=stopped_at,
            held_by=held_by,
            practice=self.practice,
            reaches_people=self.reaches_people(channel),
            is_test_address=address in self.test_addresses,
            answer_stopped=self.answer_stopped,
        )
