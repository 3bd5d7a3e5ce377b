"""What several commands share: settings, the store, and how they fail."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import click

from bot.config import Config, ConfigError, load


class WrongUse(Exception):
    """Wrong use or wrong settings: exit 2."""


class Failed(Exception):
    """What was asked failed, or was found wrong: exit 1."""


def settings() -> Config:
    """Return the settings in force, or end with what is wrong with them."""
    try:
        return load()
    except ConfigError as error:
        raise WrongUse(str(error)) from error


def right_files(config: Config, *, examples: bool = True) -> Any:
    """Return the library of the staff's files as they are, or end with what is wrong with them.

    The `examples` in intents/ may be left out: they take most of the time.
    """
    from bot.content.check import check
    from bot.content.files import RESPONSES, staff_files
    from bot.content.trouble import has_errors

    files = {name: raw for name, raw in staff_files(config.staff).items() if examples or name.startswith(RESPONSES)}
    found = check(files, config.languages, tuple(config.settings.conversation.topics))
    troubles = [one for one in found.troubles if examples or one.mark.file != "intents"]  # which holds none then
    if has_errors(troubles):
        raise Failed("\n".join(str(trouble) for trouble in troubles))
    return found.library


def built_in(config: Config) -> Any:
    """Return the classifier in this process, learned where the examples are new, or end with why it cannot be had."""
    from bot.app import PLACES
    from bot.understanding.loader import NotLearned, open_classifier

    try:
        return open_classifier(config.staff, config.folder, PLACES, lambda text: click.echo(text, err=True))
    except NotLearned as error:
        raise Failed(str(error)) from error


def the_database(config: Config) -> Any:
    """Return the database, not looked at yet, or end with why it has no place."""
    from bot.app import StartError, open_database

    try:
        return open_database(config)
    except StartError as error:
        raise WrongUse(str(error)) from error


def the_store(config: Config) -> Any:
    """Return the store, or end with why it cannot be had."""
    from sqlalchemy.exc import DatabaseError

    from bot.app import open_store
    from bot.store.schema import SchemaError

    try:
        return open_store(config, the_database(config))
    except SchemaError as error:
        raise WrongUse(str(error)) from error
    except DatabaseError as error:
        raise Failed(unreachable(error)) from error


def unreachable(error: Any) -> str:
    """Return in one line why a database could not be used; drivers write several."""
    why = str(error.orig).strip().partition("\n")[0].rstrip(".")
    return f"The database cannot be used: {why}. Is it running, and is DATABASE_URL or store.folder right?"


def input_lines() -> Iterator[tuple[int, str]]:
    """Yield the lines of standard input with their numbers, without empty ones; what is no UTF-8 is replaced."""
    for number, raw in enumerate(sys.stdin.buffer, 1):
        if line := raw.decode("utf-8", "replace").strip():
            yield number, line


def table(rows: list[tuple[str, ...]], head: tuple[str, ...]) -> None:
    """Print rows in columns."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    for row in [head, *rows]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def json_line(value: object) -> None:
    """Print one JSON line."""
    line = json.dumps(value, ensure_ascii=False, default=str)
    click.echo(line.encode("utf-8", "replace").decode())  # half a character has no place in a stream of UTF-8
