"""`bot threads`: every conversation, listed, shown, exported."""

from datetime import UTC, datetime

import click

from bot.cli.shared import Failed, WrongUse, json_line, settings, table, the_store
from bot.store.log import Head, Line, Log


def _log() -> Log:
    store = the_store(settings())
    return Log(store.database, store.hash_key)


@click.group("threads")
def threads_command() -> None:
    """Every conversation with voters."""


@threads_command.command("list")
@click.option("--waiting", is_flag=True, help="Only those that wait for a person.")
@click.option("--most", type=click.IntRange(min=1), default=50, show_default=True, help="How many.")
def listed(waiting: bool, most: int) -> None:
    """List conversations, the newest first.

    \b
    Example:
      bot threads list --waiting
    """
    heads = _log().heads("queue" if waiting else "all", most=most)
    if not heads:
        click.echo("Nobody waits." if waiting else "No voter has written yet.", err=True)
        return
    table([_row(head) for head in heads], ("thread", "channel", "voter", "mode", "language", "owner", "last"))


@threads_command.command("show")
@click.argument("thread", type=click.IntRange(1, 2**63 - 1))
def show(thread: int) -> None:
    """Show a conversation with everything that was decided about it.

    \b
    Example:
      bot threads show 12
    """
    log = _log()
    head = log.head(thread)
    if head is None:
        raise Failed(f"There is no thread {thread}. 'bot threads list' shows those there are.")
    stopped = ", stopped" if head.stopped_at else ""
    click.echo(f"Thread {head.id}: {head.channel} ...{head.address[-4:]}, {head.mode}{stopped}")
    for line in log.lines(thread):
        click.echo(f"{line.at:%Y-%m-%d %H:%M:%S}  {_speaker(line):10}  {line.text}")
        if about := _about(line):
            click.echo(f"{'':33}({about})")


@threads_command.command("export")
@click.option("--format", "style", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--since", help="Only messages since this day, like 2026-10-01.")
def export(style: str, since: str | None) -> None:
    """Write every message as one JSON object a line: thread, at, who, channel, text, intent, confidence, entry and more.

    \b
    Example:
      bot threads export --since 2026-10-01 > threads.jsonl
    """
    del style
    moment = None
    if since:
        try:
            moment = datetime.fromisoformat(since)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            raise WrongUse(f"--since is '{since}'; a day like 2026-10-01 is expected") from None
    for thread, line in _log().export(moment):
        json_line(exported(thread, line))


def exported(thread: int, line: Line) -> dict[str, object]:
    """Return a message as it is exported."""
    return {
        "thread": thread,
        "at": line.at.isoformat(),
        "who": line.who,
        "channel": line.channel,
        "text": line.text,
        "intent": line.intent or None,
        "confidence": line.confidence,
        "entry": line.entry or None,
        "asks": line.asks or None,
        "language": line.language or None,
        "facts": list(line.facts),
        "status": line.state,
        "provider_id": line.provider_id or None,
    }


def _row(head: Head) -> tuple[str, ...]:
    last = head.last_text.replace("\n", " ")[:50]
    owner = head.owner_name or "-"
    return (str(head.id), head.channel, f"...{head.address[-4:]}", head.mode, head.language or "-", owner, last)


def _speaker(line: Line) -> str:
    if line.direction == "note":
        return f"note {line.name or line.who}"
    return line.name or line.who


def _about(line: Line) -> str:
    sure = f" {line.confidence:.2f}" if line.confidence is not None else ""
    parts = [
        f"{line.intent}{sure}" if line.intent else "",
        line.entry,
        f"asks {line.asks}" if line.asks else "",
        line.state if line.direction == "out" else "",
        line.error,
    ]
    return ", ".join(part for part in parts if part)
