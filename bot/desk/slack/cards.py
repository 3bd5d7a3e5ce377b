"""What Slack shows of a case: the card in its state, the voter's words under it, the form for a reply.

Limits of Block Kit: header 150, section 3,000, button value 2,000, modal title 24 (docs.slack.dev, 2026-11). A voter's words
stand in plain-text objects only: nothing in them is a link, a mention or markup.
"""

import json
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

from bot.desk.slack.text import escaped
from bot.desk.words import CHANNELS, LANGUAGES, MAX_TEXT, clock, masked, why_in_words
from bot.store.cases import Case, Written
from bot.store.log import Line

CLAIM, CLAIM_AND_REPLY, RELEASE, RESOLVE, UNDO = "claim", "claim_and_reply", "release", "resolve", "undo"
REPLY_FORM: Final = "reply"
WORDS_BLOCK, WORDS_FIELD = "words", "text"
_STATES: Final = {
    "waiting": "\N{LARGE ORANGE CIRCLE} Waiting",
    "claimed": "\N{LARGE GREEN CIRCLE} Claimed by {owner}",
    "snoozed": "\N{LARGE BLUE CIRCLE} Snoozed",
    "resolved": "\N{WHITE HEAVY CHECK MARK} Resolved",
}
_URGENT: Final = "\N{LARGE RED CIRCLE} URGENT. "
_HEADER, _SECTION, _LINE, _NOTIFIED = 150, 3000, 400, 200
_BUTTONS: Final = {
    "waiting": ((CLAIM, "Claim"), (CLAIM_AND_REPLY, "Claim & reply…"), (RESOLVE, "Resolve")),
    "claimed": ((CLAIM_AND_REPLY, "Reply…"), (RELEASE, "Release"), (RESOLVE, "Resolve")),
}
Blocks = list[dict[str, Any]]


def card(case: Case, zone: tzinfo, console: str) -> dict[str, Any]:
    """Return a case's card as it is now: blocks, and the text for notifications and screen readers."""
    head = case.head
    title = _title(case)
    about = [
        f"Case {case.id}",
        masked(head),
        *([case.home_state] if case.home_state else []),
        f"since {clock(case.created_at, zone)}",
        f"team {case.team}",
    ]
    why = [f"Why: {why_in_words(case.why)}"]
    if guess := _guess(case.lines):
        why.append(f"Read as: {guess}")
    if head.stopped_at is not None:
        why.append("The voter has stopped messages: no words of ours reach them.")
    blocks: Blocks = [
        {"type": "header", "text": _plain(title, _HEADER)},
        {"type": "context", "elements": [_plain(" · ".join(about), _SECTION)]},
        _section("\n".join(why)),
        _section("\n".join(_said(line, zone) for line in case.lines) or "Nothing said yet."),
    ]
    if buttons := _BUTTONS.get(case.state):
        blocks.append(_actions(buttons, value(head.id, case.id)))
    if console:
        link = f"<{console}/console/threads/{head.id}|Open in the console>"
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": link}]})
    last = next((line.text for line in reversed(case.lines) if line.direction == "in"), "")
    return {"blocks": blocks, "text": escaped(f"{title}. {last}"[:_NOTIFIED])}


def voters_words(words: Sequence[Written], owner: str) -> dict[str, Any]:
    """Return what a voter has written since, for the thread; `owner` is the Slack id of the one who answers, if any."""
    texts = [one.text or ("(a picture or file)" if one.media else "(nothing)") for one in words]
    media = sum(one.media for one in words)
    from_whom = "Voter" + (f" · <@{owner}>" if owner else "") + (" · pictures: see the console" if media else "")
    blocks: Blocks = [{"type": "context", "elements": [{"type": "mrkdwn", "text": from_whom}]}]
    blocks += _sections("\n".join(texts))
    return {"blocks": blocks, "text": escaped(f"Voter: {' '.join(texts)}"[:_NOTIFIED])}


def colleagues_words(one: Written) -> dict[str, Any]:
    """Return what a colleague has done at another desk, for the thread."""
    did = {"say": "writes to the voter", "note": "notes for the team", "undo": "took back the last words"}[one.kind]
    said = f"{one.name or one.who} (console) {did}" + (":" if one.text else ".")
    blocks: Blocks = [{"type": "context", "elements": [_plain(said, _SECTION)]}]
    if one.text:
        blocks += _sections(one.text)
    return {"blocks": blocks, "text": escaped(f"{said} {one.text}"[:_NOTIFIED])}


def failed(reason: str) -> dict[str, Any]:
    """Return that words did not reach the voter, for the thread."""
    text = f"\N{WARNING SIGN} Not delivered to the voter: {reason}"
    return {"blocks": [_section(text)], "text": escaped(text)}


def whisper(text: str, thread: int, case: int | None, undoes: str | None, hold_s: int) -> dict[str, Any]:
    """Return what only the one who acted sees: why something was not done, or that words leave soon."""
    if not undoes:
        return {"text": escaped(text), "blocks": [_section(text)]}
    soon = f"Sending to the voter in {hold_s} s."
    return {"text": soon, "blocks": [_section(soon), _actions(((UNDO, "Undo"),), value(thread, case, undoes))]}


def form(case: Case) -> dict[str, Any]:
    """Return the form for a reply: the voter's last words over a field."""
    last = next((line.text for line in reversed(case.lines) if line.direction == "in"), "")
    return {
        "type": "modal",
        "callback_id": REPLY_FORM,
        "private_metadata": value(case.head.id, case.id),
        "title": {"type": "plain_text", "text": "Reply to the voter"},
        "submit": {"type": "plain_text", "text": "Send"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            *([_section(last)] if last else []),
            {
                "type": "input",
                "block_id": WORDS_BLOCK,
                "label": {"type": "plain_text", "text": "Your words"},
                "hint": {
                    "type": "plain_text",
                    "text": "Send claims the thread too. The first words say your first name.",
                },
                "element": {
                    "type": "plain_text_input",
                    "action_id": WORDS_FIELD,
                    "multiline": True,
                    "max_length": MAX_TEXT,
                    "focus_on_load": True,
                },
            },
        ],
    }


def value(thread: int, case: int | None, undoes: str | None = None) -> str:
    """Return what a button brings back: which thread, which case, which words to take back."""
    return json.dumps({"thread": thread, "case": case} | ({"undoes": undoes} if undoes else {}))


def _title(case: Case) -> str:
    state = _STATES.get(case.state, case.state).format(owner=case.head.owner_name)
    urgent = _URGENT if case.priority == "urgent" and case.state == "waiting" else ""
    channel = CHANNELS.get(case.head.channel, case.head.channel)
    language = LANGUAGES.get(case.head.language, case.head.language)
    return " · ".join(part for part in (f"{urgent}{state}", channel, language) if part)


def _guess(lines: Sequence[Line]) -> str:
    read = next((line for line in reversed(lines) if line.direction == "in" and line.intent), None)
    if read is None:
        return ""
    sure = f" ({read.confidence:.0%})" if read.confidence is not None else ""
    return f"{read.intent.replace('_', ' ')}{sure}"


def _said(line: Line, zone: tzinfo) -> str:
    who = {"in": "Voter", "note": f"\N{LOCK} {line.name or line.who}"}.get(line.direction)
    who = who or ("Assistant" if line.who == "bot" else line.name or line.who)
    text = line.text or ("(a picture or file)" if line.media else "")
    return f"{clock(line.at, zone)} {who}: {text}"[:_LINE]


def _plain(text: str, most: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text if len(text) <= most else text[: most - 1] + "…", "emoji": False}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(text, _SECTION)}


def _sections(text: str) -> Blocks:
    return [_section(text[start : start + _SECTION]) for start in range(0, max(1, len(text)), _SECTION)]


def _actions(buttons: Sequence[tuple[str, str]], brings: str) -> dict[str, Any]:
    made = [
        {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": label}, "value": brings}
        | ({"style": "primary"} if name == CLAIM else {})
        for name, label in buttons
    ]
    return {"type": "actions", "elements": made}
