"""`bot dead`: what could not be handled or sent."""

import click

from bot.app import now
from bot.cli.shared import Failed, settings, table, the_store
from bot.store.dead import Dead, drop, list_dead, one_dead, replay
from bot.store.log import Log
from bot.store.store import SqlStore

_ACTOR = "cli"
_MOST_DIGITS = 18
"""A database takes no greater number."""
_ALL = 1_000_000


@click.group("dead")
def dead_command() -> None:
    """Messages that could not be handled or sent, after all tries. People decide what becomes of them."""


@dead_command.command("list")
def listed() -> None:
    """List them.

    \b
    Example:
      bot dead list
    """
    rows = list_dead(the_store(settings()))
    if not rows:
        click.echo("Nothing is dead.", err=True)
        return
    table(
        [(row.name, str(row.thread or "-"), str(row.attempts), f"{row.at:%Y-%m-%d %H:%M}", row.error) for row in rows],
        ("name", "thread", "tries", "since", "why"),
    )


@dead_command.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show one with its thread.

    \b
    Example:
      bot dead show message:17
    """
    store = the_store(settings())
    row = _found(store, name)
    click.echo(f"{row.name}: {row.error or 'no reason kept'} ({row.attempts} tries)")
    if row.body:
        click.echo(row.body)
    if row.thread is not None:
        for line in Log(store.database, store.hash_key).lines(row.thread, most=10):
            click.echo(f"{line.at:%Y-%m-%d %H:%M:%S}  {line.who:8}  {line.state:10}  {line.text}")


@dead_command.command("replay")
@click.argument("names", nargs=-1, required=True)
def replayed(names: tuple[str, ...]) -> None:
    """Try again, under the same key; 'all' for every one.

    \b
    Examples:
      bot dead replay message:17
      bot dead replay all
    """
    store = the_store(settings())
    for row in _all(store, names):
        tried = replay(store, row, _ACTOR, now())
        click.echo(f"{row.name} is tried again" if tried else f"{row.name} is dead no more")


@dead_command.command("drop")
@click.argument("names", nargs=-1, required=True)
@click.confirmation_option(prompt="The voter gets nothing more for these. Drop them?")
def given_up(names: tuple[str, ...]) -> None:
    """Give them up.

    \b
    Example:
      bot dead drop message:17
    """
    store = the_store(settings())
    for row in _all(store, names):
        dropped = drop(store, row, _ACTOR, now())
        click.echo(f"{row.name} is dropped" if dropped else f"{row.name} is dead no more")


def _all(store: SqlStore, names: tuple[str, ...]) -> list[Dead]:
    if names != ("all",):
        return [_found(store, name) for name in names]
    if not (rows := list_dead(store, _ALL)):
        click.echo("Nothing is dead.", err=True)
    return rows


def _found(store: SqlStore, name: str) -> Dead:
    number = name.partition(":")[2]
    row = one_dead(store, name) if number.isascii() and len(number) <= _MOST_DIGITS else None
    if row is None:
        raise Failed(f"Nothing dead is called '{name}'. 'bot dead list' shows what there is.")
    return row
