"""Write a conversation test from a thread of the log, with everything personal masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

import yaml

from bot.content.masks import FIRST_NAME, Masks
from bot.store.log import Line

_PAUSE = timedelta(minutes=1)
"""A shorter time between two messages tells nothing."""
_VOLUNTEERS = ("maria", "joe", "ana", "ben")
_CLAIMED = "claim"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A conversation test as text, and how often what was masked in it."""

    text: str
    masked: dict[str, int]


def recorded(name: str, channel: str, lines: Sequence[Line], masks: Masks, zone: tzinfo) -> Recorded:
    """Return the test `name` of a thread's `lines`, oldest first; notes of volunteers are left out."""
    tape = _Tape(masks)
    for line in lines:
        tape.take(line)
    test: dict[str, Any] = {"test": name, "channel": channel}
    if lines:
        test["now"] = f"{_local(lines[0].at, zone):%Y-%m-%d %H:%M}"
    test["steps"] = tape.ended()
    shown = "\n".join(["- " + _one(f"test: {_plain(name)}"), *_indented(test)])
    return Recorded(f"# Recorded, with everything personal masked.\n\n{shown}\n", dict(masks.found))


class _Tape:
    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._steps: list[Any] = []
        self._last: datetime | None = None
        self._asked = ""
        self._waits_for_reply = False
        self._people: dict[str, str] = {}
        self._owner = ""

    def take(self, line: Line) -> None:
        if line.direction == "in":
            self._voter(line)
        elif line.direction == "out" and line.who == "bot":
            self._bot(line)
        elif line.direction == "out" and line.who != "campaign":
            self._person(line)

    def ended(self) -> list[Any]:
        self._silent()
        return self._steps

    def _voter(self, line: Line) -> None:
        self._silent()
        self._pause(line.at)
        text = self._masks.masked(line.text, self._asked)
        self._steps.append({"voter": {"text": text, "media": str(len(line.media))} if line.media else text})
        self._waits_for_reply = True

    def _bot(self, line: Line) -> None:
        self._waits_for_reply = False
        self._owner = ""  # the bot speaks: the thread is its own again
        self._asked = line.asks
        expected = {"asks": line.asks} if line.asks and line.asks != "confirmation" else {}
        if not expected and line.entry:
            expected = {"reply": line.entry} | ({"asks": line.asks} if line.asks else {})
        if line.language:
            expected["language"] = line.language
        self._steps.append({"bot": expected or "*"})

    def _person(self, line: Line) -> None:
        self._silent()
        who = self._people.setdefault(line.who, _VOLUNTEERS[len(self._people) % len(_VOLUNTEERS)])
        said = line.text
        if self._owner != who:
            self._steps.append({"desk": {who: _CLAIMED}})
            self._owner = who
            hello, _, rest = said.partition(". ")
            said = rest if rest and line.name and line.name in hello else said  # the desk says by itself who writes
        if line.name:
            said = said.replace(line.name, FIRST_NAME)
        said = self._masks.masked(said)
        self._steps += [{"desk": {who: said}}, {"wait": "5s"}, {"voter_hears": f"*{said}"}]

    def _silent(self) -> None:
        if self._waits_for_reply:
            self._steps.append({"bot": "silent"})
        self._waits_for_reply = False

    def _pause(self, at: datetime) -> None:
        gap = at - self._last if self._last is not None else timedelta()
        if gap >= _PAUSE:
            self._steps.append({"wait": _span(gap)})
        self._last = at


def _local(at: datetime, zone: tzinfo) -> datetime:
    return at.astimezone(zone)


def _span(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes}m"
    return f"{minutes // 60}h" if minutes < 60 * 48 else f"{minutes // (60 * 24)}d"


# --- YAML as staff write it -------------------------------------------------------------------------------------------


def _indented(test: dict[str, Any]) -> list[str]:
    head = [f"  {key}: {_plain(value)}" for key, value in test.items() if key not in ("test", "steps")]
    return [*head, "  steps:", *(f"    - {_one(_step(step))}" for step in test["steps"])]


def _step(step: dict[str, Any]) -> str:
    ((key, value),) = step.items()
    return f"{key}: {_plain(value)}"


def _plain(value: Any) -> str:
    """Return a value on one line, quoted where YAML wants it."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False)
    return text.removesuffix("\n").removesuffix("...").rstrip("\n")


def _one(text: str) -> str:
    return " ".join(text.splitlines())
