"""What Slack makes of what a person types: the escaped text, and the rich_text block beside it."""

import re
from typing import Any, Final

Json = dict[str, Any]

EMOJI: Final = {
    "👍": "+1",
    "🙏": "pray",
    "❤️": "heart",
    "😄": "smile",
    "🎉": "tada",
    "✅": "white_check_mark",
    "🔒": "lock",
    "🗳️": "ballot_box_with_ballot",
}
"""Typed signs that Slack turns into names; a test may use others, which stay signs."""
_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?)])"
    r"|(?P<user><@[UW]\w+>)|(?P<group><!subteam\^\w+>)|(?P<all><!(?:here|channel|everyone)>)|(?P<room><#C\w+>)"
    r"|(?P<domain>\b(?:[a-z0-9-]+\.)+(?:org|com|gov|net|edu|us)\b(?:/[^\s<>|]*[^\s<>|.,;:!?)])?)"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
    rf"|(?P<sign>{'|'.join(map(re.escape, EMOJI))})"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|`(?P<code>[^`\n]+)`"
)


def escaped(text: str) -> str:
    """Return text as Slack escapes it; rich_text stays as it was typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sent_back(value: Any) -> Any:
    """Return a message's blocks as clicks bring them back: text objects are escaped (slackapi/bolt-python#513)."""
    if isinstance(value, list):
        return [sent_back(one) for one in value]
    if not isinstance(value, dict) or value.get("type") == "rich_text":
        return value
    if value.get("type") in ("plain_text", "mrkdwn"):
        text = re.sub(r"&(?!amp;|lt;|gt;)", "&amp;", value["text"])
        if value["type"] == "plain_text":
            text = text.replace("<", "&lt;").replace(">", "&gt;")
        return {**value, "text": text}
    return {name: sent_back(one) for name, one in value.items()}


def written(typed: str, block_id: str = "rt01") -> tuple[str, list[Json]]:
    """Return the text and the blocks of a message. `<@U…>` and `<!here>` stand for a person picked from Slack's list."""
    text, parts, at = "", [], 0
    for found in _TOKEN.finditer(typed):
        if before := typed[at : found.start()]:
            text, at = text + escaped(before), found.end()
            parts.append({"type": "text", "text": before})
        at = found.end()
        shown, part = _part(found)
        text += shown
        parts.append(part)
    if rest := typed[at:]:
        text += escaped(rest)
        parts.append({"type": "text", "text": rest})
    section = {"type": "rich_text_section", "elements": parts}
    return text, [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def _part(found: re.Match[str]) -> tuple[str, Json]:
    kind, whole = str(found.lastgroup), found.group()
    value = found[kind]
    match kind:
        case "url":
            return f"<{escaped(value)}>", {"type": "link", "url": value}
        case "domain":
            return f"<http://{value}|{value}>", {"type": "link", "url": f"http://{value}", "text": value}
        case "user":
            return whole, {"type": "user", "user_id": value[2:-1]}
        case "group":
            return whole, {"type": "usergroup", "usergroup_id": value.removeprefix("<!subteam^")[:-1]}
        case "all":
            return whole, {"type": "broadcast", "range": value[2:-1]}
        case "room":
            return f"{value[:-1]}|>", {"type": "channel", "channel_id": value[2:-1]}
        case "emoji":
            return whole, _emoji(value)
        case "sign":
            return f":{EMOJI[value]}:", _emoji(EMOJI[value])
    return whole.replace(value, escaped(value)), {"type": "text", "text": value, "style": {kind: True}}


def _emoji(name: str) -> Json:
    """Return an emoji; a workspace's own has no code points."""
    sign = next((sign for sign, known in EMOJI.items() if known == name), "")
    code = {"unicode": "-".join(f"{ord(one):x}" for one in sign)} if sign else {}
    return {"type": "emoji", "name": name, **code}
