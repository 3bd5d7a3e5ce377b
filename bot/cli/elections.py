"""`bot elections`: the elections that staff have entered. Dates are said from these, and from nowhere else."""

from datetime import datetime

import click

from bot.app import now
from bot.civic.facts import OfficialFacts, earliest_day
from bot.civic.states import state_file
from bot.civic.typed import NotRead, day_typed, election_typed, page_typed
from bot.cli.facts import by_option, the_desk, the_place
from bot.cli.shared import WrongUse, settings, table, the_store
from bot.official import ELECTION_FIELDS, NATION, Election, LinkOnly

_TYPED = [name for name in ELECTION_FIELDS if name not in ("name", "day")]


@click.group("elections")
def elections_command() -> None:
    """Elections with their dates, each with the page where they stand and the day on which somebody looked."""


@elections_command.command(
    "add",
    epilog=f"Fields: {', '.join(_TYPED)}. Days like 2026-10-05, with a time '2026-10-05 17:00'; times like 06:30.",
)
@click.argument("state")
@click.argument("day")
@click.argument("fields", nargs=-1)
@click.option("--name", required=True, help="What voters call it, in English.")
@click.option("--name-es", default=None, help="The same in Spanish.")
@click.option("--page", required=True, help="The state's page with these dates.")
@click.option("--checked", default=None, metavar="DAY", help="The day on which you looked; today otherwise.")
@by_option
def add(
    state: str,
    day: str,
    fields: tuple[str, ...],
    name: str,
    name_es: str | None,
    page: str,
    checked: str | None,
    by: str | None,
) -> None:
    """Enter an election, or what you have read anew: the newest entry of a state and day counts, whole.

    A deadline is the last day that counts: for mail, the day on which it must have arrived where arrival counts.

    \b
    Example:
      bot elections add OH 2027-11-02 registration_mail=2027-10-04 early_end=2027-10-31 --name "General election" --page https://www.ohiosos.gov/elections/voters/
    """
    place = the_place(state)
    if place == NATION:
        raise WrongUse("an election is entered for each state by itself: bot elections add OH 2027-11-02 ...")
    today = earliest_day(place, now())
    try:
        held = day_typed(day)
        read = day_typed(checked) if checked else today
        entered = dict(election_typed(*_split(one)) for one in fields)
        record = Election(
            place, held, {"en": name, **({"es": name_es} if name_es else {})}, entered, page_typed(page, place), read
        )
        _sensible(record)
    except NotRead as error:
        raise WrongUse(f"{error}") from error
    if held < today:
        raise WrongUse(f"{day} is over.")
    if read > today:
        raise WrongUse(f"--checked {checked} has not come yet.")
    store = the_store(settings())
    known = any(one.day == held for one in store.facts.records().elections.get(place, ()))
    the_desk(store, by).enter(record)
    click.echo(f"{place} {held}: {name}, {len(entered)} dates{', in place of what was there' if known else ''}.")
    for key, hint in state_file().states[place].unconfirmed.items():
        if key.startswith(("registration_deadline", "mail_ballot_", "early_voting_window")):
            click.echo(f"  compare {key}: {hint.told} ({hint.as_of}, grade {hint.grade})", err=True)


def _split(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise NotRead(f"'{text}' is not understood; write FIELD=VALUE, like early_end=2027-10-31")
    return name.strip(), value


def _sensible(record: Election) -> None:
    """Raise where dates cannot be: a deadline behind the election, an end before its start."""
    for name, value in record.fields.items():
        if ELECTION_FIELDS[name][0] == "deadline" and name != "mail_arrives" and day_typed(value[:10]) > record.day:
            raise NotRead(f"{name}={value} is after the election on {record.day}")
    for first, last in (("early_start", "early_end"), ("polls_open", "polls_close")):
        if first in record.fields and last in record.fields and record.fields[first] > record.fields[last]:
            raise NotRead(f"{first}={record.fields[first]} is after {last}={record.fields[last]}")


@elections_command.command("list")
@click.argument("state", required=False)
@click.option("--all", "every", is_flag=True, help="Those that are over too.")
def listed(state: str | None, every: bool) -> None:
    """List them, with what may be said now.

    \b
    Example:
      bot elections list OH
    """
    wanted = the_place(state) if state else None
    records, at = the_store(settings()).facts.records(), now()
    facts = OfficialFacts(practice=False, records=records)
    rows: list[tuple[str, ...]] = [
        (place, str(one.day), one.name["en"], str(one.checked_on), _dates(facts, one, at), one.page)
        for place, some in sorted(records.elections.items())
        for one in some
        if wanted in (None, place) and (every or one.day >= earliest_day(place, at))
    ]
    if not rows:
        click.echo("No election is entered: 'bot elections add --help'.", err=True)
        return
    table(rows, ("state", "day", "name", "checked", "dates", "page"))


def _dates(facts: OfficialFacts, election: Election, at: datetime) -> str:
    found = []
    for name, value in election.fields.items():
        said = facts.say(election.state, f"election.{name}", at)
        is_next = facts.next_election(election.state, at) == election
        found.append(f"{name}={value}" + (f" ({said.reason})" if is_next and isinstance(said, LinkOnly) else ""))
    return ", ".join(found)
