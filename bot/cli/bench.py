"""`bot bench`: the goals, measured."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.shared import Failed, WrongUse, settings

if TYPE_CHECKING:
    from bot.bench.goals import Result


@click.command("bench")
@click.argument("ids", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of results.")
@click.option("--rounds", default=5, show_default=True, help="How often each pair is measured; the median counts.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="BENCH_DATA",
    help="For `understanding`: the folder with clinc150/ and banking77/ (or BENCH_DATA).",
)
@click.option("--rasa", is_flag=True, help="For `understanding`: U13 too, which trains a Rasa for some minutes.")
def bench_command(ids: tuple[str, ...], as_json: bool, rounds: int, data: Path | None, rasa: bool) -> None:
    """Measure the goals G1, G2, G4, G5, G9, G10 and D1: ratios within one run, with the limits of this machine beside them.

    Needs PostgreSQL and Redis (DATABASE_URL and REDIS_URL, else those on this machine) for G1, G4 and G5. Takes some
    minutes; nothing else should run meanwhile.

    `bot bench understanding` instead measures reading on public data, which you download yourself (see
    docs/understanding.md): accuracy with and without SMS noise, out of scope, Spanish, calibration, times.

    \b
    Examples:
      bot bench
      bot bench --json G9 G10
      bot bench understanding --data ~/nlu-data
      bot bench understanding --data ~/nlu-data --rasa
    """
    if rasa and ids != ("understanding",):
        raise WrongUse("--rasa belongs to 'bot bench understanding'.")
    results = _understanding(data, rasa=rasa) if ids == ("understanding",) else _goals(ids, rounds)
    rows = [result.as_row() for result in results]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        for row, result in zip(rows, results, strict=True):
            mark = "target" if row["reaches"] else "floor " if row["holds"] else "MISSED" if result.asked else "-     "
            value = "-" if row["value"] is None else f"{row['value']:.2f}"
            click.echo(
                f"{row['id']:4} {mark}  {value:>8}  (floor {row['floor']}, target {row['target']})  {row['goal']}"
            )
            click.echo(f"{'':23}{row['detail']}")
    if any(result.failed for result in results):
        raise Failed


def _goals(ids: tuple[str, ...], rounds: int) -> "list[Result]":
    from bot.bench.goals import GOALS
    from bot.bench.run import run
    from bot.content.trouble import did_you_mean

    for name in ids:
        if name not in GOALS:
            known = (*GOALS, "understanding")
            raise WrongUse(f"No goal is called '{name}'.{did_you_mean(name, known)} Known: {', '.join(known)}")
    return run(settings(), ids, _said, rounds=rounds)


def _understanding(data: Path | None, *, rasa: bool) -> "list[Result]":
    from bot.app import PLACES
    from bot.bench.understanding import NoData, measure
    from bot.cli.rasa import ending_well, rasa_at
    from bot.content.examples import read_examples
    from bot.content.files import staff_files
    from bot.understanding.encoder import open_encoder
    from bot.understanding.rasa_project import NotTrained

    if data is None:
        raise WrongUse("Say where the public data are: --data FOLDER, or BENCH_DATA (see docs/understanding.md).")
    examples, _ = read_examples(staff_files(settings().staff))
    try:
        with ending_well():
            return measure(data, examples, open_encoder(), PLACES, _said, rasa_at() if rasa else None)
    except NoData as error:
        raise WrongUse(str(error)) from error
    except NotTrained as error:
        raise Failed(str(error)) from error


def _said(text: str) -> None:
    click.echo(text, err=True)
