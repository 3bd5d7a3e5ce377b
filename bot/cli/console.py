"""`bot console link`: the way into the built-in desk."""

import click

from bot.app import now
from bot.cli.shared import WrongUse, settings, the_store
from bot.store.sessions import SqlSessions
from bot.store.staff import volunteer_named

_LONGEST_NAME = 40


@click.group("console")
def console_command() -> None:
    """The volunteers' desk in the browser."""


@console_command.command("link")
@click.option("--name", default="Desk", show_default=True, help="The first name that voters see.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port that `bot run` listens on, if not the one of the settings."
)
def link(name: str, port: int | None) -> None:
    """Print a one-time link that signs you in: good for ten minutes, once, on this machine.

    \b
    Example:
      bot console link --name Maria
    """
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise WrongUse(f"--name is what voters see: a first name of at most {_LONGEST_NAME} characters")
    config = settings()
    store = the_store(config)
    who = volunteer_named(store, name, "admin", now())
    token = SqlSessions(store).open("link", who)
    store.database.close()
    click.echo(f"http://127.0.0.1:{port or config.port}/console/sign-in?token={token}")
