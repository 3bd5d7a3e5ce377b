"""Text both ways: what a volunteer writes in Slack as a voter reads it, and a voter's words as Slack may show them.

Slack sends text escaped, with links and mentions in angle brackets, and again as blocks that say the same without doubt.
https://docs.slack.dev/messaging/formatting-message-text (read 2026-11).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_PRIVATE: Final = ("//", "note:", "nota:", "\N{LOCK}")
"""Words that begin so are for the team."""
_IN_BRACKETS: Final = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")
_STYLED: Final = tuple(
    re.compile(
        rf"(?<![\w{re.escape(sign)}]){re.escape(sign)}(\S(?:[^{re.escape(sign)}\n]*\S)?){re.escape(sign)}(?![\w{re.escape(sign)}])"
    )
    for sign in "*_~`"
)
_EMOJI: Final = re.compile(
    "[\u200d\ufe0f\u20e3\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\U0001f000-\U0001faff\U000e0020-\U000e007f\\s]*"
)
_UNKEPT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Signs that no database keeps, and half ones."""


@dataclass(frozen=True, slots=True)
class Written:
    """A volunteer's words in plain text. `calls_people`: they mention a colleague, a group or everybody."""

    text: str
    calls_people: bool = False

    @property
    def is_private(self) -> bool:
        """Whether the words are meant for the team, whoever owns the thread."""
        return self.calls_people or self.text.casefold().startswith(_PRIVATE) or _EMOJI.fullmatch(self.text) is not None


def escaped(text: str) -> str:
    """Return a voter's words for Slack: no `<!channel>` pings, no link is made of them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def written(event: Mapping[str, Any]) -> Written:
    """Return what a message event says in plain text: from its rich text where it has one, else from its markup."""
    blocks = event.get("blocks")
    rich = _dicts(blocks) if isinstance(blocks, list) else []
    if rich and all(block.get("type") == "rich_text" for block in rich):
        return _from_blocks(rich)
    text = event.get("text")
    return _from_markup(text if isinstance(text, str) else "")


# --- rich text --------------------------------------------------------------------------------------------------------


def _from_blocks(blocks: Sequence[Mapping[str, Any]]) -> Written:
    calls: list[bool] = []
    parts = [_part(part, calls) for block in blocks for part in _dicts(block.get("elements"))]
    return Written(cleaned("".join(parts)), any(calls))


def _part(part: Mapping[str, Any], calls: list[bool]) -> str:
    elements = _dicts(part.get("elements"))
    match part.get("type"):
        case "rich_text_list":
            ordered = part.get("style") == "ordered"
            marks = (f"{number}. " if ordered else "- " for number in range(1, len(elements) + 1))
            return "".join(
                f"{mark}{_line(_dicts(one.get('elements')), calls)}\n"
                for mark, one in zip(marks, elements, strict=True)
            )
        case "rich_text_quote" | "rich_text_preformatted":
            return f"{_line(elements, calls)}\n"
        case _:
            return _line(elements, calls)


def _line(elements: Sequence[Mapping[str, Any]], calls: list[bool]) -> str:
    return "".join(_piece(one, calls) for one in elements)


def _piece(one: Mapping[str, Any], calls: list[bool]) -> str:
    match one.get("type"):
        case "text":
            return str(one.get("text", ""))
        case "link":
            return _link(str(one.get("url", "")), str(one.get("text", "")))
        case "emoji":
            return _sign(str(one.get("unicode", "")))
        case "user" | "usergroup" | "team" | "broadcast":
            calls.append(True)
            return ""
        case "channel":
            return ""
        case "date":
            return str(one.get("fallback", ""))
        case "color":
            return str(one.get("value", ""))
        case _:
            return ""


def _sign(code: str) -> str:
    """Return an emoji by its code points; a workspace's own emoji has none and is left out."""
    try:
        return "".join(chr(int(point, 16)) for point in code.split("-")) if code else ""
    except (ValueError, OverflowError):
        return ""


# --- markup -----------------------------------------------------------------------------------------------------------


def _from_markup(text: str) -> Written:
    calls: list[bool] = []

    def replaced(found: re.Match[str]) -> str:
        what, label = found.group(1), found.group(2) or ""
        if what.startswith("!date"):
            return label
        if what.startswith(("@", "!")):
            calls.append(True)
            return ""
        if what.startswith("#"):
            return f"#{label}" if label else ""
        return _link(_unescaped(what), _unescaped(label))

    plain = _unescaped(_IN_BRACKETS.sub(replaced, text))
    for style in _STYLED:
        plain = style.sub(r"\1", plain)
    return Written(cleaned(plain), any(calls))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _link(url: str, label: str) -> str:
    """Return a link as people read it: its label where that says something else than the address."""
    bare = url.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in (url, bare) or url.partition("://")[2].rstrip("/") == label.rstrip("/"):
        return bare
    return f"{label}: {bare}"


def cleaned(text: str) -> str:
    """Return text as it is kept: one kind of line end, nothing invisible around it."""
    return _UNKEPT.sub("", text.replace("\r\n", "\n").replace("\xa0", " ")).strip()


def _dicts(found: Any) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
