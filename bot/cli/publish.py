"""`bot publish` and `bot rollback`: the staff's files into service, and back."""

import getpass
import sys
import time
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import click
from pydantic import TypeAdapter, ValidationError

from bot.cli.shared import Failed, WrongUse, settings, the_store
from bot.config import Config
from bot.content.trouble import Severity
from bot.content.types import Span
from bot.publish.files import Difference, Judged, difference, judged, remember, remembered
from bot.publish.start import said_of
from bot.store import versions
from bot.store.store import SqlStore
from bot.store.versions import InService, Overtaken

_LONGEST_NAME = 40
_LOOKS_EVERY_S = 0.5
_SOURCE = "bot publish"


def _since(_ctx: click.Context, _option: click.Parameter, text: str) -> timedelta:
    try:
        span: timedelta = TypeAdapter(Span).validate_python(text)
    except ValidationError as error:
        raise click.BadParameter(f"'{text}'; a span is written like 12h or 1d") from error
    if not timedelta() < span <= timedelta(days=366):
        raise click.BadParameter(f"'{text}'; from a minute to a year")
    return span


@click.command("publish")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--replay", is_flag=True, help="Show which of yesterday's questions would now be answered otherwise.")
@click.option("--since", default="1d", show_default=True, callback=_since, help="With --replay: how far back.")
@click.option("--onto", type=click.IntRange(1), help="The version that your files come from and may replace.")
@click.option("--note", default="", help="Why, in a few words, for the history.")
@click.option("--name", default="", help="Who you are; your login name unless told.")
def publish_command(*, dry_run: bool, replay: bool, since: timedelta, onto: int | None, note: str, name: str) -> None:
    """Check the staff's files and put them into service: every process serves them within a second.

    Mistakes are all named and change nothing. If another version went into service since yours, you are told; --onto says
    that you have seen it. Where `content.approval` is on, another person approves in the console.

    \b
    Examples:
      bot publish --dry-run
      bot publish --replay --note "new office hours"
      bot publish --onto 7
    """
    from bot.app import today

    config = settings()
    name, note = _named(name), _note(note)
    if config.settings.content.approval and not name and not dry_run:
        raise WrongUse("Another person than you approves, so say who you are, as the console knows you: --name Maria")
    store: SqlStore = the_store(config)
    try:
        files = judged(config, today(config), whole=True)
        _show_troubles(files)
        if files.errors or files.bundle is None:
            raise Failed(f"Not published: {_count(len(files.errors), 'mistake')}. {_serving(store)}")
        placed = versions.in_service(store.database)
        if placed is not None and files.is_version(placed):
            if not dry_run:
                remember(config, placed)
            click.echo(f"Nothing to publish: the files are those of version {placed.version}, which is in service.")
            return
        found = difference(config, store.database, placed, files)
        _try_to_build(config, files)
        _show(found, placed)
        if replay:
            _replay(config, store, placed, files, since)
        blocked = _not_seen(config, placed, onto)
        if dry_run:
            click.echo(f"Nothing was changed.{f' {blocked}' if blocked else ''}")
            return
        if blocked:
            raise Failed(f"Not published. {blocked}")
        if replay and sys.stdin.isatty():
            click.confirm("Publish?", abort=True)
        _put(config, store, files, placed, found, _who(store, name), note)
    finally:
        store.database.close()


@click.command("rollback")
@click.argument("version", type=click.IntRange(1), required=False)
@click.option("--note", default="", help="Why, in a few words, for the history.")
@click.option("--name", default="", help="Who you are; your login name unless told.")
def rollback_command(version: int | None, note: str, name: str) -> None:
    """Put the version that served before back into service, or the one with this number; nothing is lost.

    Your files stay as they are. No approval is asked for: what comes back has served before.

    \b
    Examples:
      bot rollback
      bot rollback 5 --note "wrong hours in Spanish"
    """
    config = settings()
    name, note = _named(name), _note(note)
    store: SqlStore = the_store(config)
    try:
        placed = versions.in_service(store.database)
        if placed is None:
            raise Failed("Nothing is in service yet: there is nothing to go back to.")
        wanted = version if version is not None else _before(placed)
        if wanted == placed.version:
            raise Failed(f"Version {wanted} is in service already.")
        try:
            made = versions.put_back(store, wanted, placed.id, _who(store, name), note)
        except LookupError as error:
            known = ", ".join(sorted({str(one.version) for one in versions.history(store.database)}, key=int))
            raise Failed(f"Version {wanted} has never served. These have: {known}.") from error
        except Overtaken as error:
            raise Failed(f"Not done. {_overtaken(config, error.now_in)}") from error
        _ring(config)
        click.echo(f"Version {made.version} is back in service, in place of version {placed.version}.")
    finally:
        store.database.close()


# --- publishing -------------------------------------------------------------------------------------------------------


def _put(
    config: Config, store: SqlStore, files: Judged, placed: InService | None, found: Difference, who: str, note: str
) -> None:
    assert files.bundle is not None
    follows = placed.id if placed else 0
    try:
        if config.settings.content.approval and placed is not None:
            number = versions.propose(store, files.bundle, follows, who, note, _SOURCE)
            made = _approved(config, store, number)
        else:
            made = versions.publish(store, files.bundle, follows, "publish", who, note, _SOURCE)
    except Overtaken as error:
        raise Failed(f"Not published. {_overtaken(config, error.now_in)}") from error
    remember(config, made)
    _ring(config)
    click.echo(said_of(made, found))


def _approved(config: Config, store: SqlStore, number: int) -> InService:
    """Wait until somebody else has decided; Ctrl-C leaves the proposal standing."""
    base = config.public_base_url or f"http://127.0.0.1:{config.port}"
    link = f"{base}/console/content/proposals/{number}"
    click.echo(f"Proposed. Somebody else approves it here: {link}")
    click.echo("Waiting; Ctrl-C ends the waiting, and the proposal stands.", err=True)
    try:
        while True:
            found = versions.proposal(store.database, number)
            assert found is not None
            if found.state == "approved":
                made = next(one for one in versions.history(store.database) if one.version == found.version)
                click.echo(f"Approved by {found.decided_by}.")
                return made
            if found.state == "refused":
                why = f": {found.why}" if found.why else ""
                raise Failed(f"Not published: refused by {found.decided_by}{why}. {_serving(store)}")
            if found.is_stale:
                raise Failed(f"Not published. {_overtaken(config, versions.in_service(store.database))}")
            time.sleep(_LOOKS_EVERY_S)
    except KeyboardInterrupt as error:
        click.echo(f"The proposal stands: {link}")
        raise click.Abort from error


def _not_seen(config: Config, placed: InService | None, onto: int | None) -> str:
    """Return why these files may not replace what is in service, or nothing if their author has seen it."""
    if placed is None:
        return ""
    if onto is not None:
        return "" if onto == placed.version else _overtaken(config, placed)
    mark = remembered(config)
    if mark == (placed.version, placed.hash):
        return ""
    if mark is not None:
        return _overtaken(config, placed)
    said = f"{_described(config, placed)} is in service, and nothing here says that your files come from it."
    return f"{said} If the changes above are the ones you mean: bot publish --onto {placed.version}"


def _overtaken(config: Config, placed: InService | None) -> str:
    assert placed is not None
    return (
        f"{_described(config, placed)} went into service since the version that your files come from. "
        "Bring its changes into your files; 'bot publish --dry-run' shows what differs. "
        f"Then: bot publish --onto {placed.version}"
    )


def _described(config: Config, placed: InService) -> str:
    at = placed.at.astimezone(ZoneInfo(config.settings.desk.zone))
    note = f", '{placed.note}'" if placed.note else ""
    return f"Version {placed.version} ({placed.how} by {placed.actor}, {at:%b} {at.day} {at:%H:%M}{note})"


def _serving(store: SqlStore) -> str:
    placed = versions.in_service(store.database)
    return f"Version {placed.version} stays in service." if placed else "Nothing is in service yet."


def _before(placed: InService) -> int:
    if placed.before is None:
        raise Failed(f"Version {placed.version} is the first: there is nothing to go back to.")
    return placed.before


def _try_to_build(config: Config, files: Judged) -> None:
    from bot.app import content_of

    content_of(config, files.library, 0)


def _ring(config: Config) -> None:
    """Wake every process; without Redis they look by themselves within a second."""
    if config.redis_url:
        from bot.work.bell import RedisBell

        bell = RedisBell(config.redis_url, config.settings.store.redis_prefix)
        bell.ring(versions.TOPIC)
        bell.close()


# --- who and why ------------------------------------------------------------------------------------------------------


def _named(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise WrongUse(f"--name is a first name of at most {_LONGEST_NAME} characters")
    return name


def _who(store: SqlStore, name: str) -> str:
    """Return who acts: the volunteer of that name, as the console knows them too, or the login name."""
    from bot.app import now
    from bot.store.staff import volunteer_named

    if name:
        return volunteer_named(store, name, "editor", now())
    try:
        return getpass.getuser()[:_LONGEST_NAME]
    except (OSError, KeyError):  # a container without a name for its user
        return "cli"


def _note(text: str) -> str:
    note = " ".join(text.split())
    if len(note) > versions.LONGEST_NOTE:
        raise WrongUse(f"--note has {len(note)} characters; {versions.LONGEST_NOTE} at most")
    return note


# --- showing ----------------------------------------------------------------------------------------------------------


def _show_troubles(files: Judged) -> None:
    for trouble in files.troubles:
        click.echo(str(trouble), err=trouble.severity is Severity.WARN)


def _show(found: Difference, placed: InService | None) -> None:
    click.echo(f"Against version {placed.version}, which is in service:" if placed else "The first version:")
    if placed is None:
        click.echo(f"  {_count(len(found.changes), 'entry', 'entries')} and forms")
        return
    for change in found.changes:
        click.echo(f"  {change}")
    if found.examples:
        click.echo("  examples changed: they are learned when a process starts")
    if not found.changes and not found.examples:
        click.echo("  no entry changed: comments, order or names of files only")


def _count(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def _replay(config: Config, store: SqlStore, placed: InService | None, files: Judged, since: timedelta) -> None:
    from bot.app import content_of, now
    from bot.channel import CAPABILITIES
    from bot.civic.facts import OfficialFacts
    from bot.publish.replay import Replay
    from bot.publish.shelf import CannotBuild, built
    from bot.store.log import Log

    if placed is None:
        click.echo("Replay: nothing is in service that could be compared.")
        return
    build = partial(content_of, config)
    try:
        before = built(store.database, placed.version, build)
    except CannotBuild as error:
        click.echo(f"Replay: version {placed.version} cannot be compared: {error}")
        return
    told = Log(store.database, store.hash_key).answered(now() - since)
    facts = OfficialFacts(config.is_practice, store.facts.records())
    replay = Replay(before, build(files.library, 0), facts, now(), CAPABILITIES)
    with click.progressbar(told, label=f"Replaying {_count(len(told), 'question')}", file=sys.stderr) as questions:
        for question in questions:
            replay.ask(question)
    for line in replay.lines():
        click.echo(line)
