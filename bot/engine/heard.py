"""What can happen in a thread: the voter's words, a volunteer's act, the result of an effect, a timer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.engine.words import carrier_word
from bot.message import ActKind, Reading, Word


@dataclass(frozen=True, slots=True)
class Words:
    """What the voter wrote, understood. `carrier` is what the whole message says to the carrier."""

    text: str
    reading: Reading
    at: datetime
    answered_by_provider: Word | None = None
    choice: str | None = None
    media: int = 0
    voice: bool = False
    """All the media are speech."""
    app_language: str | None = None
    halves: tuple[Reading, ...] = ()
    """Where the text may hold two requests (`parts`): what each of its halves says by itself."""
    cases: Mapping[int, str] = field(default_factory=dict)
    """Where the text asks about a case (`case_asked`): the thread's own cases, number -> state."""

    @property
    def carrier(self) -> Word | None:
        return self.answered_by_provider or carrier_word(self.text)

    def value(self, slot_type: str) -> str | None:
        """Return what the text holds of this type; a pressed YES or NO counts like the word."""
        if slot_type == "yes_no" and self.choice in ("yes", "no"):
            return self.choice
        return self.reading.values.get(slot_type)


@dataclass(frozen=True, slots=True)
class Acted:
    """What a volunteer did. `name` is the first name that voters see."""

    kind: ActKind
    who: str
    name: str
    text: str
    at: datetime
    case: int | None = None
    """The number of the case that was resolved."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an effect that was asked for in `epoch`."""

    effect: str
    epoch: int
    outcome: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that ran out. `epoch` is the one in which it was set."""

    kind: str
    epoch: int
    entry: str = ""
    """What was to be said, where a changed fact kept it from leaving."""


Heard = Words | Acted | Result | Due
