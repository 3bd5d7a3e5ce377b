"""`bot nlu`: learn the examples, and read texts with what was learned."""

import json
from collections.abc import Iterator

import click

from bot.app import PLACES
from bot.cli.rasa import train_rasa
from bot.cli.shared import Failed, WrongUse, input_lines, json_line, settings
from bot.content.examples import read_examples
from bot.content.files import staff_files
from bot.logs import set_up
from bot.ports import Query
from bot.understanding.loader import NotLearned, learn, open_classifier

_AT_ONCE = 64


@click.group("nlu")
def nlu_command() -> None:
    """Understanding: what voters' words mean."""


@nlu_command.command("train")
@click.option("--backend", type=click.Choice(["builtin", "rasa"]), default="builtin", help="What learns them.")
def train(backend: str) -> None:
    """Learn the examples in intents/ and say how well they hold together.

    \b
    Examples:
      bot nlu train
      bot nlu train --backend rasa
    """
    config = settings()
    _, troubles = read_examples(staff_files(config.staff))
    if troubles:
        raise Failed("\n".join(str(trouble) for trouble in troubles))
    if backend == "rasa":
        train_rasa(config)
        return
    click.echo("Learning ...", err=True)
    try:
        about = json.loads(learn(config.staff, config.folder / "model.npz"))
    except NotLearned as error:
        raise Failed(str(error)) from error
    click.echo(
        f"{about['examples']} examples of {about['intents']} intents in {about['seconds']} s; each left out in turn, "
        f"{about['accuracy_left_out']:.1%} are still read right. A running desk takes the model at its next start."
    )


@nlu_command.command("predict")
def predict() -> None:
    """Read JSON lines {"text", "lang"?} from standard input; write intent, confidence, ranking for each.

    \b
    Example:
      echo '{"text": "donde voto"}' | bot nlu predict
    """
    config = settings()
    set_up("warning", config.settings.logs.format)
    try:
        classifier = open_classifier(config.staff, config.folder, PLACES, lambda text: click.echo(text, err=True))
    except NotLearned as error:
        raise Failed(str(error)) from error
    for batch in _batches():
        readings = classifier.read_all([Query(text, language=language) for text, language in batch])
        rankings = classifier.rankings([text for text, _ in batch])
        for (text, language), reading, ranking in zip(batch, readings, rankings, strict=True):
            json_line(
                {
                    "text": text,
                    "intent": reading.intent or None,
                    "confidence": round(reading.confidence, 4),
                    "fallback": not reading.in_scope or reading.confidence < config.thresholds.offer,
                    "language": reading.language or language,
                    "ranking": [{"intent": name, "confidence": round(share, 4)} for name, share in ranking],
                }
            )


def _batches() -> Iterator[list[tuple[str, str | None]]]:
    batch: list[tuple[str, str | None]] = []
    for number, line in input_lines():
        batch.append(_query(number, line))
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _query(number: int, line: str) -> tuple[str, str | None]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WrongUse(f"line {number} is no JSON: {error}") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise WrongUse(f'line {number}: an object with "text" is expected')
    language = asked.get("lang")
    return asked["text"], language if isinstance(language, str) else None
