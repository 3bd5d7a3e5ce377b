"""`bot chat`: talk to the bot in the terminal, or line by line as JSON."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from bot.app import now, open_lookup, reader
from bot.channel import CAPABILITIES
from bot.cli.shared import WrongUse, built_in, input_lines, json_line, right_files, settings
from bot.config import Config
from bot.engine.segments import segments
from bot.engine.thread import Asking
from bot.logs import set_up
from bot.message import ActKind
from bot.stage.stage import Stage, Turn

_ACTS = {"claim": ActKind.CLAIM, "release": ActKind.RELEASE, "resolve": ActKind.RESOLVE, "!bot": ActKind.RESOLVE}
_YOU = "you"
_MOST_MEDIA = 10
_YEARS = range(2000, 2100)


@click.command("chat")
@click.option(
    "--channel", default="sms", show_default=True, type=click.Choice(list(CAPABILITIES)), help="As on this channel."
)
@click.option("--language", help="The language that the voter's app is set to.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line in, one out; see docs/chat-json.md.")
def chat_command(channel: str, language: str | None, as_json: bool) -> None:
    """Talk to the bot as a voter would; nothing is kept.

    \b
    Examples:
      bot chat
      bot chat --channel web --language es
      echo '{"thread": "t1", "voter": "where do i vote"}' | bot chat --json
    """
    config = settings()
    set_up("warning", config.settings.logs.format)
    stage = open_stage(config)
    try:
        if as_json:
            _json_lines(stage)
        else:
            _talk(stage, channel, language)
    finally:
        stage.close()


def open_stage(config: Config) -> Stage:
    """Return a stage with the staff's files as they are, or end with what is wrong with them."""
    stage = Stage(config, right_files(config), reader(config, built_in(config)))
    stage.lookup = open_lookup(config, stage.store, stage.now)
    return stage


# --- in the terminal --------------------------------------------------------------------------------------------------


def _talk(stage: Stage, channel: str, language: str | None) -> None:
    click.echo(
        f"You write on {channel}. Empty line or Ctrl-D ends. /claim, /say WORDS, /resolve act as a volunteer.", err=True
    )
    while True:
        try:
            text = input("you> ").strip()
        except EOFError:
            return
        if not text:
            return
        stage.at = max(stage.at + timedelta(seconds=1), now())
        turn = _in_terminal(stage, channel, language, text)
        for reply in turn.replies:
            click.echo(f"{'bot' if reply.who == 'bot' else reply.name}> {reply.text}")
            for button in reply.buttons:
                click.echo(f"     [{button.label}]{' ' + button.url if button.url else ''}")
        if not turn.replies:
            click.echo(f"     ({turn.outcome.why or 'silent'})")


def _in_terminal(stage: Stage, channel: str, language: str | None, text: str) -> Turn:
    command, _, words = text.partition(" ")
    if command == "/say":
        stage.volunteer(_YOU, "volunteer", ActKind.SAY, words, channel=channel)
        return stage.after_hold(_YOU, channel=channel)
    if command.startswith("/") and command[1:] in _ACTS:
        return stage.volunteer(_YOU, "volunteer", _ACTS[command[1:]], channel=channel)
    return stage.voter(_YOU, text, channel=channel, language=language)


# --- as JSON ----------------------------------------------------------------------------------------------------------


def _json_lines(stage: Stage) -> None:
    channels: dict[str, str] = {}
    for number, line in input_lines():
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict) or not isinstance(asked.get("thread"), str):
                raise WrongUse('"thread" is missing')
            json_line(_answered(stage, asked, channels))
        except (ValueError, RecursionError) as error:
            raise WrongUse(f"line {number} is no JSON: {error}") from error
        except WrongUse as error:
            raise WrongUse(f"line {number}: {error}") from error
        sys.stdout.flush()


def _answered(stage: Stage, asked: Mapping[str, Any], channels: dict[str, str]) -> dict[str, Any]:
    thread = asked["thread"]
    channel = channels.setdefault(thread, _text(asked, "channel", "sms"))
    if channel not in CAPABILITIES:
        raise WrongUse(f"no channel is called '{channel}'; known are {', '.join(CAPABILITIES)}")
    stage.at = _moment(asked["at"]) if "at" in asked else max(stage.at + timedelta(seconds=1), now())
    if "voter" in asked:
        turn = stage.voter(
            thread,
            _text(asked, "voter"),
            channel=channel,
            media=_media(asked),
            choice=_text(asked, "choice") or None,
            language=_text(asked, "language") or None,
        )
    elif "broadcast" in asked:
        turn = stage.broadcast(thread, _text(asked, "broadcast"), channel=channel)
    elif isinstance(asked.get("desk"), dict) and len(asked["desk"]) == 1:
        (who,) = asked["desk"]
        turn = _desk(stage, thread, channel, who, _text(asked["desk"], who))
    else:
        raise WrongUse('one of "voter", "desk" or "broadcast" is expected')
    return {"thread": thread, **_shown(turn)}


def _text(asked: Mapping[str, Any], key: str, default: str = "") -> str:
    found = asked.get(key, default)
    if not isinstance(found, str):
        raise WrongUse(f'"{key}" is {found!r}; a text is expected')
    return found.encode("utf-8", "replace").decode()


def _media(asked: Mapping[str, Any]) -> int:
    count = asked.get("media", 0)
    if not isinstance(count, int) or not 0 <= count <= _MOST_MEDIA:
        raise WrongUse(f'"media" is {count!r}; a number of pictures from 0 to {_MOST_MEDIA} is expected')
    return count


def _desk(stage: Stage, thread: str, channel: str, who: str, what: str) -> Turn:
    kind = _ACTS.get(what, ActKind.SAY)
    turn = stage.volunteer(thread, who, kind, what if kind is ActKind.SAY else "", channel=channel)
    if kind is ActKind.SAY and turn.outcome.kind == "applied":
        return stage.after_hold(thread, channel=channel)
    return turn


def _shown(turn: Turn) -> dict[str, Any]:
    reading, thread, head = turn.reading, turn.thread, turn.head
    asking = thread.question if thread and isinstance(thread.question, Asking) else None
    heard = reading and {
        "intent": reading.intent,
        "confidence": round(reading.confidence, 4),
        "fallback": not reading.in_scope,
        "language": reading.language or (head.language if head else None),
    }
    shown: dict[str, Any] = {
        "heard": heard,
        "replies": [
            {
                "text": line.text,
                "entry": line.entry or None,
                "asks": line.asks or None,
                "language": line.language,
                "buttons": [button.label for button in line.buttons],
                "segments": segments(line.text).count,
            }
            for line in turn.replies
        ],
        "state": {
            "mode": head.mode if head else None,
            "form": asking.form if asking else None,
            "slots": dict(asking.slots) if asking else {},
            "language": head.language if head else None,
            "stopped": bool(head and head.stopped_at),
            "owner": (head.owner or None) if head else None,
        },
        "acts": list(turn.acts),
    }
    if turn.outcome.kind in ("refused", "unknown"):
        shown["refused"] = turn.outcome.why
    return shown


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise WrongUse(f'"at" is {text!r}; a moment like 2026-10-30T14:00:00Z is expected') from None
    if moment.year not in _YEARS:
        raise WrongUse(f'"at" is {text!r}; that is not in our time')
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
