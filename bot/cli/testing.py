"""`bot test`: the conversations that must go as written, and one more of them out of a thread."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.shared import Failed, WrongUse, built_in, right_files, settings, the_store
from bot.config import Config
from bot.logs import set_up

if TYPE_CHECKING:
    from bot.ports import Classifier
    from bot.stage.dialogue import Dialogue


@click.command("test")
@click.argument("pattern", required=False)
@click.option("--record", type=click.IntRange(1, 2**63 - 1), metavar="THREAD", help="Write a test from this thread.")
@click.option("--to", "name", help="With --record: the file's name, thread-12 if you say none.")
def test_command(pattern: str | None, record: int | None, name: str | None) -> None:
    """Play the conversation tests in tests/conversations/ and show what did not go as written.

    With --record a test is written from a thread of the log. Names, numbers, addresses and the like are masked in it, and
    you are told which: read the file before you share it.

    \b
    Examples:
      bot test
      bot test "polling place"
      bot test --record 12
      bot test --record 12 --to late-address
    """
    config = settings()
    if record is not None:
        if pattern is not None:
            raise WrongUse("--record writes a test and plays none: leave the pattern out.")
        _record(config, record, name or f"thread-{record}")
        return
    if name is not None:
        raise WrongUse("--to belongs to --record: bot test --record 12 --to late-address")
    try:
        wanted = re.compile(pattern or "", re.IGNORECASE)
    except re.error as error:
        raise WrongUse(f"'{pattern}' is no pattern: {error}. Letters and spaces are fine as they are.") from error
    set_up("error", config.settings.logs.format)
    _play(config, wanted, pattern)


# --- playing ----------------------------------------------------------------------------------------------------------


def _play(config: Config, wanted: re.Pattern[str], pattern: str | None) -> None:
    from bot.stage.dialogue import files_in, play, read_dialogues
    from bot.stage.stage import Stage

    dialogues: list[Dialogue] = []
    failed = 0
    for path, name in files_in(config.staff):
        found, troubles = read_dialogues(path, name)
        for trouble in troubles:
            click.echo(str(trouble))
            failed += 1
        dialogues += [one for one in found if wanted.search(f"{one.name} {name}")]
    if dialogues:
        stage = Stage(config, right_files(config, examples=False), _reader(config, dialogues))
        for dialogue in dialogues:
            result = play(dialogue, stage)
            stage.clear()
            if result.failure:
                failed += 1
                click.echo(f"{result}\n")
        stage.close()
    click.echo(f"{len(dialogues)} conversations, {failed} failed", err=True)
    if failed:
        raise Failed
    if not dialogues:
        raise Failed(f"No conversation test matches '{pattern}'." if pattern else "There is no conversation test.")


def _reader(config: Config, dialogues: "list[Dialogue]") -> "Classifier":
    """Return the classifier; the built-in one has read everything beforehand, unless a Rasa server is asked."""
    from bot.app import reader
    from bot.stage.dialogue import texts_of
    from bot.understanding.ahead import ReadAhead

    own = built_in(config)
    if config.reads_with_rasa:
        return reader(config, own)
    return ReadAhead(own, (text for one in dialogues for text in texts_of(one)))


# --- recording --------------------------------------------------------------------------------------------------------


def _record(config: Config, thread: int, name: str) -> None:
    """Write `tests/conversations/NAME.yml` from a thread; nothing is ever overwritten."""
    from bot.cli.masking import masks_of
    from bot.stage.recording import recorded
    from bot.store.log import Log

    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}", name):
        raise WrongUse(f"'{name}' is no name for a file: small letters, digits and - are fine, like late-address.")
    shown = f"tests/conversations/{name}.yml"
    path = config.staff / shown
    store = the_store(config)
    log = Log(store.database, store.hash_key)
    head = log.head(thread)
    if head is None:
        raise Failed(f"There is no thread {thread}. 'bot threads list' shows those there are.")
    masks = masks_of(config)
    made = recorded(f"recorded from thread {thread}", head.channel, log.lines(thread), masks, config.hours.zone)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(made.text)
    except FileExistsError:
        raise Failed(f"{shown} is there already and stays as it is. Say another name: --to {name}-2") from None
    click.echo(f"{shown} is written. Masked: {_told(made.masked)}.")
    click.echo(
        "Read it before you share it, give the test a name that says what it shows, and leave out what it need not."
    )
    _try_out(config, path, shown)


def _told(masked: dict[str, int]) -> str:
    found = [f"{count} {kind}" for kind, count in masked.items() if count]
    return ", ".join(found) or "nothing was found"


def _try_out(config: Config, path: Path, name: str) -> None:
    """Play what was recorded: what was masked, or has changed since, may make the bot answer otherwise."""
    from bot.stage.dialogue import play, read_dialogues
    from bot.stage.stage import Stage

    dialogues, troubles = read_dialogues(path, name)
    for trouble in troubles:
        click.echo(str(trouble))
    for dialogue in dialogues:
        stage = Stage(config, right_files(config, examples=False), _reader(config, dialogues))
        result = play(dialogue, stage)
        stage.close()
        click.echo("It goes as written." if not result.failure else f"It does not go as written yet:\n{result}")
