"""`bot check`: the staff's files."""

import shutil
import time
from pathlib import Path

import click

from bot.cli.shared import Failed, settings
from bot.content.check import check
from bot.content.files import attached_files, conversation_files, overlooked_files, staff_files
from bot.content.mend import mended
from bot.content.trouble import Severity, as_github, as_json, has_errors


@click.command("check")
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
@click.option("--fix", is_flag=True, help="Mend what has one right answer, and show each change.")
def check_command(style: str, *, fix: bool) -> None:
    """Look for mistakes in intents/, responses/ and tests/conversations/, all at once, with file, line and the way out.

    \b
    Examples:
      bot check
      bot check --format github
      bot check --fix
    """
    from bot.app import today

    config = settings()
    if fix:
        _mend(config.staff, to_stderr=style != "text")
    began = time.perf_counter()
    found = check(
        staff_files(config.staff) | conversation_files(config.staff),
        config.languages,
        tuple(config.settings.conversation.topics),
        kind=config.organisation.kind,
        today=today(config),
        overlooked=overlooked_files(config.staff),
        attached=attached_files(config.staff),
    )
    spent = time.perf_counter() - began
    if style == "json":
        click.echo(as_json(found.troubles))
    elif style == "github":
        click.echo(as_github(found.troubles), nl=bool(found.troubles))
    else:
        for trouble in found.troubles:
            click.echo(str(trouble))
        errors = sum(trouble.severity is Severity.ERROR for trouble in found.troubles)
        warnings = len(found.troubles) - errors
        library = found.library
        click.echo(
            f"{len(library.entries)} entries, {len(library.forms)} forms, {len(found.examples)} examples: "
            f"{errors} errors, {warnings} warnings ({spent * 1000:.0f} ms)",
            err=True,
        )
    if has_errors(found.troubles):
        raise Failed


def _mend(folder: Path, *, to_stderr: bool) -> None:
    """Mend the staff's files in `folder`, one whole file after the other, and show what is different."""
    for name, raw in (staff_files(folder) | conversation_files(folder)).items():
        result = mended(name, raw)
        if not result.changes:
            continue
        try:
            _replace((folder / name).resolve(), result.raw)
        except OSError as error:
            raise Failed(f"{name} cannot be written: {error.strerror}") from error
        for change in result.changes:
            click.echo(f"{name}:{change.line}: fixed  {change.what}", err=to_stderr)


def _replace(path: Path, raw: bytes) -> None:
    """Put `raw` in the place of the file at once: whoever reads it meanwhile gets the one or the other, whole."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(raw)
    shutil.copymode(path, new)
    new.replace(path)
