"""`bot nlu`: learn the examples, and read texts with what was learned."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bot.app import PLACES
from bot.cli.rasa import against_rasa, train_rasa
from bot.cli.shared import Failed, WrongUse, input_lines, json_line, settings
from bot.content.examples import OUT_OF_SCOPE, read_examples
from bot.content.files import staff_files
from bot.content.trouble import did_you_mean
from bot.engine.detectors import settled
from bot.logs import set_up
from bot.ports import Query
from bot.understanding.loader import SHIPPED, NotLearned, learn, open_classifier

_AT_ONCE = 256


@click.group("nlu")
def nlu_command() -> None:
    """Understanding: what voters' words mean."""


@nlu_command.command("train")
@click.option("--backend", type=click.Choice(["builtin", "rasa"]), default="builtin", help="What learns them.")
@click.option("--shipped", is_flag=True, help="Write the model that comes with the product (for its makers).")
def train(backend: str, shipped: bool) -> None:
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
        about = json.loads(
            learn(
                config.staff,
                SHIPPED if shipped else config.folder / "model.npz",
                lambda step: click.echo(f"  {step}", err=True),
            )
        )
    except NotLearned as error:
        raise Failed(str(error)) from error
    click.echo(
        f"{about['examples']} examples of {about['intents']} intents in {about['seconds']} s; of people kept out while "
        f"learning, {about['accuracy_kept_out']:.1%} are read right. A running desk takes the model at its next start."
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
        queries = [Query(text, language=language) for text, language in batch]
        ranked = classifier.read_and_rank(queries)
        for (text, language), (read, others) in zip(batch, ranked, strict=True):
            reading = settled(text, read)
            first = [(reading.intent, reading.confidence)] if reading.intent else []
            ranking = [*first, *(row for row in others if row[0] != reading.intent)]
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


@nlu_command.command("evaluate")
@click.option("--hand", help="Keep out this hand only (the file's name behind the dash).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--picture", type=click.Path(file_okay=False, path_type=Path), help="Draw confusions and calibration into a folder."
)
@click.option(
    "--against", type=click.Choice(["rasa"]), help="With --hand: ours and a Rasa taught the same, side by side."
)
@click.option(
    "--epochs", type=click.IntRange(min=1), help="With --against: how often Rasa goes through the examples [100]."
)
@click.option(
    "--per-intent", type=click.IntRange(min=5), help="With --against: teach both so many of each intent only."
)
def evaluate(
    hand: str | None,
    as_json: bool,
    picture: Path | None,
    against: str | None,
    epochs: int | None,
    per_intent: int | None,
) -> None:
    """Keep out one hand after the other, learn from the rest, and see how the kept-out ones are read.

    A hand is everything that one person wrote. Takes two minutes for the shipped examples; one hand a fifth of that.
    Against Rasa ('make rasa' installs it) it takes a quarter of an hour with 40 of an intent, an hour or two with all.

    \b
    Examples:
      bot nlu evaluate
      bot nlu evaluate --hand ruth
      bot nlu evaluate --json --picture var/pictures
      bot nlu evaluate --hand ruth --against rasa --per-intent 40
    """
    from bot.understanding.encoder import open_encoder
    from bot.understanding.evaluate import figures, kept_out, latency
    from bot.understanding.picture import draw

    _check_use(hand, picture, against, epochs, per_intent)
    config = settings()
    set_up("warning", config.settings.logs.format)
    examples, troubles = read_examples(staff_files(config.staff))
    if troubles:
        raise Failed("\n".join(str(trouble) for trouble in troubles))
    hands = sorted({one.hand for one in examples if one.intent != OUT_OF_SCOPE})
    if hand is not None and hand not in hands:
        raise WrongUse(f"No hand is called '{hand}'.{did_you_mean(hand, hands)} Known: {', '.join(hands)}")
    if against is not None and hand is not None:
        against_rasa(config, examples, hand, epochs, per_intent, as_json=as_json)
        return
    encoder = open_encoder()
    with click.progressbar(length=100, label="Learning without them", file=sys.stderr) as bar:
        cases = kept_out(examples, encoder, PLACES, hand, lambda done, of: bar.update(100 * done // of - bar.pos))
    found = figures(cases, config.thresholds.answer)
    try:
        classifier = open_classifier(config.staff, config.folder, PLACES, lambda text: click.echo(text, err=True))
    except NotLearned as error:
        raise Failed(str(error)) from error
    found["latency"] = latency(classifier, [case.example.text for case in cases[:: max(1, len(cases) // 1000)]])
    if picture is not None:
        found["pictures"] = [
            str(path) for path in draw([c for c in cases if c.example.intent != OUT_OF_SCOPE], picture)
        ]
    if as_json:
        json_line(found)
    else:
        click.echo("\n".join(_told(found)))


def _check_use(
    hand: str | None, picture: Path | None, against: str | None, epochs: int | None, per_intent: int | None
) -> None:
    if against is None and (epochs or per_intent):
        raise WrongUse("--epochs and --per-intent belong to --against rasa; ours learns from all, in one go.")
    if against is not None and hand is None:
        raise WrongUse("Rasa takes long to train, so it is compared on one hand: say which with --hand NAME.")
    if against is not None and picture is not None:
        raise WrongUse("--picture draws our own readings; leave it out, or leave --against out.")


def _told(found: dict[str, Any]) -> Iterator[str]:
    """Yield the figures as lines for people."""
    yield f"{'':16}{'examples':>9}{'right':>8}{'answered':>10}{'answered wrongly':>18}"
    rows = {"all": found, **{f"all {name}": row for name, row in found["languages"].items()}}
    rows |= {f"plain {name}": row for name, row in found["plain"].items()}
    rows |= {f"hard {name}": row for name, row in found["hard"].items()}
    rows |= found["hands"]
    for name, row in rows.items():
        yield (
            f"{name:16}{row['examples']:>9}{row['accuracy']:>8.1%}{row['answered']:>10.1%}{row['wrong_answers']:>18.1%}"
        )
    worst = min(found["hands"], key=lambda name: found["hands"][name]["accuracy"])
    yield f"\nWorst hand {worst}; macro F1 {found['macro_f1']:.3f}; calibration error {found['calibration_error']:.3f}"
    strays = found["strays"]
    yield (
        f"Strays: {strays['examples']}, seen to be out of scope {strays['seen_out_of_scope']:.1%}, not answered "
        f"{strays['not_answered']:.1%}, while {strays['in_scope_kept']:.1%} of the others are kept"
    )
    time = found["latency"]
    yield f"One message {time['p50_ms']} ms, p99 {time['p99_ms']} ms; in batches {time['batch_per_s']} a second"
    yield f"\n{'intent, worst first':28}{'examples':>9}{'precision':>11}{'recall':>8}{'F1':>7}"
    for row in found["intents"]:
        yield f"{row['intent']:28}{row['examples']:>9}{row['precision']:>11.1%}{row['recall']:>8.1%}{row['f1']:>7.3f}"
    yield "\nConfused most:"
    for pair in found["confusions"]:
        yield f"{pair['count']:>5}  {pair['wanted']} read as {pair['read']}"
        for case in pair["examples"]:
            yield f"{'':9}{case['confidence']:.2f}  {case['where']}  {case['text'][:90]}"
    for path in found.get("pictures", []):
        yield f"Drawn: {path}"


def _batches() -> Iterator[list[tuple[str, str | None]]]:
    batch: list[tuple[str, str | None]] = []
    for number, line in input_lines():
        try:
            batch.append(_query(number, line))
        except WrongUse:
            if batch:
                yield batch  # what stands before the mistake is answered
            raise
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
