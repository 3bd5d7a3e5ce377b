"""`bot facts`: look at facts, say that they are true, take them out of service."""

import getpass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bot.app import now
from bot.civic.due import due, looked_after, watched
from bot.civic.facts import BROKEN_AFTER, OfficialFacts, in_file, zones
from bot.civic.opening import open_all, pages_of, seems_offline
from bot.civic.states import state_file
from bot.civic.typed import (
    ELECTION_KEYS,
    NotRead,
    day_typed,
    key_named,
    keys_of,
    moment_typed,
    place_named,
    told_value,
)
from bot.cli.confirming import answered, asked, name_of
from bot.cli.shared import Failed, WrongUse, json_line, settings, table, the_store
from bot.official import NATION, Fact, Key
from bot.store.facts import FactDesk, told
from bot.store.store import SqlStore

_SKIP, _STOP = ("s", "skip"), ("q", "quit", "stop")
_TRUE = ("", "ok", "true", "still true")


def by_option(command: Any) -> Any:
    """Add who does it; the name of the account otherwise."""
    return click.option("--by", default=None, metavar="NAME", help="Who does it; otherwise your account's name.")(
        command
    )


def whoever(by: str | None) -> str:
    """Return the name under which an act is recorded."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "cli"


def the_desk(store: SqlStore, by: str | None) -> FactDesk:
    """Return what records acts of this person."""
    return FactDesk(store.database, whoever(by), now)


def the_place(text: str) -> str:
    """Return the code of a state that was typed, or end with what is wrong with it."""
    try:
        return place_named(text)
    except NotRead as error:
        raise WrongUse(f"{error}") from error


@click.group("facts")
def facts_command() -> None:
    """What is true about voting: check it, freeze it, see who was told. Unchecked facts are never said: voters get the link."""


# --- confirm ----------------------------------------------------------------------------------------------------------


@facts_command.command("confirm")
@click.argument("state")
@click.option("--answers", type=click.Path(path_type=Path), help="A YAML file instead of questions.")
@by_option
def confirm(state: str, answers: Path | None, by: str | None) -> None:
    """Walk through a state's facts and say what is still true. US has the hotlines.

    Each is shown with its value, its source and a page to look at. Enter: still true; a new value; s: skip; q: stop. What
    you have answered stays, whenever you stop.

    \b
    Examples:
      bot facts confirm OH
      bot facts confirm OH --answers ohio.yml --by ana

    \b
    ohio.yml:
      voter_id: ok
      poll_hours: {value: 06:30-19:30, page: "https://www.ohiosos.gov/elections/", valid_until: 2026-11-03}
    """
    place = the_place(state)
    store = the_store(settings())
    desk, keys, done = the_desk(store, by), keys_of(place), 0
    walked = answered(answers, place, store) if answers else asked(place, store)
    for key, check in walked:
        before, found = store.facts.records().checks.get((place, key)), in_file(place, key)
        desk.check((place, key), check, before.value if before else found.value if found else None)
        done += 1
        click.echo(f"{place} {key}: {told_value(check.value)}, checked on {check.page}")
    click.echo(f"{done} of {len(keys)} facts of {name_of(place)} checked.")


# --- due --------------------------------------------------------------------------------------------------------------


@facts_command.command("due")
@click.option("--days", default=14, show_default=True, type=click.IntRange(0, 400), help="How far to look ahead.")
@click.option(
    "--state", "states", multiple=True, help="Only this state; may be given again. Otherwise all that you began with."
)
def falls_due(days: int, states: tuple[str, ...]) -> None:
    """Name what needs a look soon: checks that end, elections without checked facts, pages that fail. Exit 1 if anything does.

    \b
    Example:
      bot facts due --days 14
    """
    config = settings()
    store = the_store(config)
    facts = OfficialFacts(config.is_practice, store.facts.records())
    wanted = tuple(the_place(one) for one in states) or looked_after(facts)
    found = due(facts, [one for one in wanted if one != NATION], now(), timedelta(days))
    for watch in watched(wanted) if wanted else []:
        click.echo(f"watch: {watch.what} ({watch.url})", err=True)
    if not wanted:
        click.echo("No state has a checked fact or an election yet: 'bot facts confirm OH' begins one.", err=True)
    if found:
        table([(one.state, one.key, one.why) for one in found], ("state", "what", "why"))
        raise Failed(f"{len(found)} to look at: 'bot facts confirm STATE'.")
    click.echo("Nothing is due.")


# --- freeze -----------------------------------------------------------------------------------------------------------


def _frozen_key(place: str, key: str) -> Key:
    try:
        return place, key_named(place, key, () if place == NATION else ELECTION_KEYS)
    except NotRead as error:
        raise WrongUse(f"{error}") from error


@facts_command.command("freeze")
@click.argument("state")
@click.argument("key")
@click.argument("words")
@click.option(
    "--until", metavar="MOMENT", help="Until when, in the state's time: '2026-11-03 20:00'. Otherwise until unfreeze."
)
@by_option
def freeze(state: str, key: str, words: str, until: str | None, by: str | None) -> None:
    """Say a fact no more from now on: voters get the link, and that it may be changing. 'election' holds back all its dates.

    \b
    Examples:
      bot facts freeze OH poll_hours "court order"
      bot facts freeze OH election "moved by the governor" --until "2026-11-03 20:00"
    """
    place = the_place(state)
    at = _frozen_key(place, key)
    try:
        ends = moment_typed(until).replace(tzinfo=zones(place)[0]) if until else None
    except NotRead as error:
        raise WrongUse(f"--until: {error}") from error
    if ends is not None and ends <= now():
        raise WrongUse(f"--until {until} is over already.")
    the_desk(the_store(settings()), by).freeze(at, words, ends)
    click.echo(
        f"{place} {at[1]} is frozen {f'until {until}' if until else 'until you unfreeze it'}. "
        f"Who was told: bot facts told {place} {at[1]}"
    )


@facts_command.command("unfreeze")
@click.argument("state")
@click.argument("key")
@by_option
def unfreeze(state: str, key: str, by: str | None) -> None:
    """Let a frozen fact be said again, if its check still holds.

    \b
    Example:
      bot facts unfreeze OH poll_hours
    """
    place = the_place(state)
    at, store = _frozen_key(place, key), the_store(settings())
    if at not in store.facts.records().freezes:
        frozen = ", ".join(f"{one} {name}" for one, name in sorted(store.facts.records().freezes)) or "nothing"
        raise Failed(f"{place} {at[1]} is not frozen. Frozen: {frozen}.")
    the_desk(store, by).unfreeze(at)
    said = OfficialFacts(practice=False, records=store.facts.records()).say(place, at[1], now())
    now_said = "it is said" if isinstance(said, Fact) else f"voters get the link: {said.reason}"
    click.echo(f"{place} {at[1]} is frozen no more; {now_said}.")


# --- links ------------------------------------------------------------------------------------------------------------


@facts_command.command("links")
@click.argument("states", nargs=-1)
@click.option(
    "--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1, 60), help="Seconds for one page."
)
def links(states: tuple[str, ...], timeout: float) -> None:
    """Open each official page and record how it went. Exit 1 if any fails.

    One that fails three times in a row gives way to the next: the election office, then the nation's page.

    \b
    Examples:
      bot facts links
      bot facts links OH TX
    """
    # The nation's pages are opened with any state's: if none of all answers, it is our own line that is broken.
    places = dict.fromkeys([NATION, *(the_place(one) for one in states or state_file().states)])
    pages = {key: url for place in places for key, url in pages_of(place).items()}
    store, found = the_store(settings()), dict(open_all(pages, wait_s=timeout))
    if seems_offline(found.values()):
        raise Failed("Not one page could be opened: is this machine online? Nothing was recorded.")
    bad = {key: page for key, page in found.items() if not page.well}
    for key, page in bad.items():
        click.echo(f"{key[0]} {key[1]}: {page.status}: {page.url}")
    the_desk(store, None).opened({key: (page.url, page.well, page.status, page.host) for key, page in found.items()})
    health = store.facts.records().links
    broken = sorted(f"{place} {name}" for (place, name), one in health.items() if one.failures >= BROKEN_AFTER)
    if broken:
        click.echo(f"Not sent any more, after three failures in a row: {', '.join(broken)}")
    if bad:
        raise Failed(f"{len(bad)} of {len(pages)} pages could not be opened.")
    click.echo(f"{len(pages)} pages opened.")


# --- told -------------------------------------------------------------------------------------------------------------


@facts_command.command("told")
@click.argument("state")
@click.argument("key")
@click.option("--since", metavar="DAY", help="Only from this day on (UTC), like 2026-10-01.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def who_was_told(state: str, key: str, since: str | None, as_json: bool) -> None:
    """Name the threads that were told a fact, and which value; those that have stopped us need a person.

    \b
    Examples:
      bot facts told OH poll_hours --since 2026-10-01
      bot facts told OH election.day --json > told.jsonl
    """
    place = the_place(state)
    at = _frozen_key(place, key)
    try:
        begins = datetime.combine(day_typed(since), datetime.min.time(), UTC) if since else None
    except NotRead as error:
        raise WrongUse(f"--since: {error}") from error
    rows = told(the_store(settings()).database, *at, begins)
    if as_json:
        for row in rows:
            json_line(
                {
                    name: getattr(row, name)
                    for name in ("thread", "channel", "at", "state", "language", "version", "stopped")
                }
            )
        return
    if not rows:
        click.echo("Nobody was told.", err=True)
        return
    table(
        [
            (
                str(row.thread),
                row.channel,
                f"{row.at:%Y-%m-%d %H:%M}",
                row.state,
                row.language,
                row.version,
                "stopped" if row.stopped else "",
            )
            for row in rows
        ],
        ("thread", "channel", "told", "state", "language", "version", ""),
    )
    stopped = len({row.thread for row in rows if row.stopped})
    click.echo(f"{len({row.thread for row in rows})} threads, {stopped} of them have stopped us.")
