"""Bring what is said into a channel's form: its length, its buttons or numbers, its alphabet."""

from dataclasses import dataclass, replace

from bot.channel import Capabilities
from bot.engine.segments import folded
from bot.message import Button

_BASIC_PLANE = 0xFFFF
"""Characters above it take two UTF-16 units."""
_NUMBERED = {
    "en": ("Reply ", " for "),
    "es": ("Responda ", " para "),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A text before it is fitted. `short` is the staff's shorter text for channels that charge by segment."""

    text: str
    short: str = ""
    buttons: tuple[Button, ...] = ()
    numbered: bool = True
    """Without real buttons the choices are numbered; the words YES and NO need no numbers."""
    language: str = "en"


def fit(draft: Draft, can: Capabilities) -> tuple[Draft, ...]:
    """Return `draft` as one or more messages that the channel takes; buttons stay with the last."""
    text = draft.short if can.segments and draft.short else draft.text
    buttons = draft.buttons
    if not can.buttons:
        text = _with_numbers(text, buttons, draft)
        buttons = ()
    if can.segments:
        text = folded(text)
    *parts, last = split(text, can.max_chars)
    return (
        *(replace(draft, text=part, short="", buttons=()) for part in parts),
        replace(draft, text=last, short="", buttons=buttons),
    )


def split(text: str, max_chars: int) -> list[str]:
    """Cut `text` into parts of at most `max_chars` UTF-16 units, at paragraphs, sentences or words where it can."""
    parts, text = [], text.strip()
    while _length(text) > max_chars:
        at = _cut(text, max_chars)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*parts, text]


def _with_numbers(text: str, buttons: tuple[Button, ...], draft: Draft) -> str:
    picks = [button for button in buttons if not button.url] if draft.numbered else []
    links = [f"{button.label}: {button.url}" for button in buttons if button.url]
    lines = [text, *links]
    if picks:
        before, after = _NUMBERED.get(draft.language, _NUMBERED["en"])
        lines.append(before + ", ".join(f"{n}{after}{pick.label}" for n, pick in enumerate(picks, 1)))
    return "\n".join(lines)


def _width(char: str) -> int:
    return 2 if ord(char) > _BASIC_PLANE else 1


def _length(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_width, text))


def _cut(text: str, max_chars: int) -> int:
    end, room = 0, max_chars
    while room >= _width(text[end]):
        room -= _width(text[end])
        end += 1
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, end // 2, end)
        if at > 0:
            return at + len(mark)
    return end
