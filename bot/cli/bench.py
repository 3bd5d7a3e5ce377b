"""`bot bench`: the goals, measured."""

import json

import click

from bot.cli.shared import Failed, settings


@click.command("bench")
@click.argument("ids", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of results.")
@click.option("--rounds", default=5, show_default=True, help="How often each pair is measured; the median counts.")
def bench_command(ids: tuple[str, ...], as_json: bool, rounds: int) -> None:
    """Measure the goals G1, G2, G4, G5, G9, G10 and D1: ratios within one run, with the limits of this machine beside them.

    Needs PostgreSQL and Redis (DATABASE_URL and REDIS_URL, else those on this machine) for G1, G4 and G5. Takes some
    minutes; nothing else should run meanwhile.

    \b
    Examples:
      bot bench
      bot bench --json G9 G10
    """
    from bot.bench.goals import GOALS
    from bot.bench.run import run
    from bot.cli.shared import WrongUse
    from bot.content.trouble import did_you_mean

    for name in ids:
        if name not in GOALS:
            raise WrongUse(f"No goal is called '{name}'.{did_you_mean(name, GOALS)} Known: {', '.join(GOALS)}")
    results = run(settings(), ids, lambda text: click.echo(text, err=True), rounds=rounds)
    rows = [result.as_row() for result in results]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        for row in rows:
            mark = "target" if row["reaches"] else "floor " if row["holds"] else "MISSED"
            value = "-" if row["value"] is None else f"{row['value']:.2f}"
            click.echo(
                f"{row['id']:4} {mark}  {value:>8}  (floor {row['floor']}, target {row['target']})  {row['goal']}"
            )
            click.echo(f"{'':23}{row['detail']}")
    if not all(row["holds"] for row in rows):
        raise Failed
