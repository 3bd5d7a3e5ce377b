"""`bot db`: the database over time."""

import shutil
import sqlite3
import subprocess
from pathlib import Path

import click
from sqlalchemy.exc import DatabaseError

from bot.app import now
from bot.cli.shared import Failed, WrongUse, settings, the_database, unreachable
from bot.config import Config
from bot.store.schema import SchemaError, check, copy_sqlite, newest, restore_sqlite, upgrade


@click.group("db")
def db_command() -> None:
    """The database: its schema, its health, its copies."""


@db_command.command("upgrade")
def upgraded() -> None:
    """Bring the database to the newest schema; an embedded one is copied first and put back if a step fails.

    \b
    Example:
      bot db upgrade
    """
    config = settings()
    database = the_database(config)
    try:
        upgrade(database, said=lambda text: click.echo(text, err=True))
    except SchemaError as error:
        raise Failed(str(error)) from error
    except DatabaseError as error:
        raise Failed(unreachable(error)) from error
    click.echo(f"The database has schema {newest()}.")


@db_command.command("check")
def checked() -> None:
    """Look whether schema, triggers and file are as they should be.

    \b
    Example:
      bot db check
    """
    wrong = check(the_database(settings()))
    for line in wrong:
        click.echo(line)
    if wrong:
        raise Failed
    click.echo("The database is well.")


@db_command.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def backup(file: Path | None) -> None:
    """Write a whole copy, also while the desk is running.

    \b
    Examples:
      bot db backup
      bot db backup /backups/desk.sqlite3
    """
    config = settings()
    if file is not None and file.exists():
        raise WrongUse(f"{file} is there already; a copy never overwrites anything. Choose another name.")
    if file is not None and not file.parent.is_dir():
        raise WrongUse(f"There is no folder {file.parent}.")
    if config.is_embedded:
        target = file or config.folder / f"backup-{now():%Y%m%d-%H%M%S}.sqlite3"
        source = _file(config)
        if not source.exists():
            raise Failed(f"There is no database in {config.folder} yet.")
        try:
            copy_sqlite(source, target)
        except sqlite3.Error as error:
            target.unlink(missing_ok=True)
            raise Failed(f"{source} cannot be copied to {target}: {error}.") from error
    else:
        target = file or Path(f"backup-{now():%Y%m%d-%H%M%S}.dump")
        try:
            _run_tool(["pg_dump", "--format=custom", f"--file={target}", _plain_url(config)])
        except Failed:
            target.unlink(missing_ok=True)  # pg_dump leaves an empty file, which looks like a copy
            raise
    click.echo(f"Copied to {target} ({target.stat().st_size / 1e6:.1f} MB).")


@db_command.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="The database as it is now is replaced. Go on?")
def restore(file: Path) -> None:
    """Put a copy back in the place of the database. Stop the desk first.

    \b
    Example:
      bot db restore /backups/desk.sqlite3
    """
    config = settings()
    if config.is_embedded:
        from bot.cli.serve import take_lock

        lock = take_lock(config)  # refuses while `bot run` is using it
        try:
            restore_sqlite(file, _file(config))
        except SchemaError as error:
            raise Failed(str(error)) from error
        finally:
            lock.close()
    else:
        _run_tool(["pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={_plain_url(config)}", str(file)])
    wrong = check(the_database(config))
    if wrong:
        raise Failed("\n".join(["The copy is back, but:", *wrong]))
    click.echo(f"{file} is back in its place.")


def _file(config: Config) -> Path:
    return Path(the_database(config).url.database or "")


def _plain_url(config: Config) -> str:
    return config.database_url.replace("postgresql+psycopg://", "postgresql://")


def _run_tool(command: list[str]) -> None:
    tool = shutil.which(command[0])
    if tool is None:
        raise WrongUse(f"'{command[0]}' is not installed here; it comes with PostgreSQL's client programs.")
    done = subprocess.run([tool, *command[1:]], capture_output=True, text=True, check=False)  # noqa: S603 -- PostgreSQL's own tool
    if done.returncode != 0:
        raise Failed(f"{command[0]} failed: {done.stderr.strip()}")
