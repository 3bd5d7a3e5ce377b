"""The parts of `bot nlu` that have a Rasa model trained: for service, and to see how ours compares with it."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bot.app import PLACES
from bot.cli.shared import Failed, json_line
from bot.config import Config, packaged_files
from bot.content.examples import Example
from bot.content.files import staff_files
from bot.understanding.rasa_project import EPOCHS, VENV, NotTrained, files_of, there, train

_ROWS = {
    # name: (what people read, how it is written)
    "accuracy": ("right", ".1%"),
    "plain": ("plain wordings, right", ".1%"),
    "hard": ("hard wordings, right", ".1%"),
    "macro_f1": ("macro F1", ".3f"),
    "answered": ("answered", ".1%"),
    "wrong_answers": ("answered wrongly", ".1%"),
    "strays_seen": ("strays seen to be out of scope", ".1%"),
    "in_scope_kept": ("others kept in scope", ".1%"),
    "calibration_error": ("calibration error", ".3f"),
    "p50_ms": ("one message, p50, ms", ".2f"),
    "p99_ms": ("one message, p99, ms", ".2f"),
    "batch_per_s": ("messages a second", ",.0f"),
    "learned_s": ("learning, s", ",.0f"),
    "not_read": ("not read: no answer", ",.0f"),
}


def train_rasa(config: Config) -> None:
    """Train Rasa on the staff's examples in the folder `rasa` beside the built-in model, and say how it is started."""
    folder = config.folder / "rasa"
    click.echo(f"Training Rasa in {folder} (an hour or two for 8,000 examples on two cores) ...", err=True)
    try:
        model = train(staff_files(config.staff), folder, rasa_at(), _said)
    except NotTrained as error:
        raise Failed(str(error)) from error
    click.echo(f"{model}; 'rasa run --enable-api -m {model} --auth-token ...' serves it: docs/understanding.md.")


def against_rasa(
    config: Config, examples: Sequence[Example], hand: str, epochs: int | None, per_intent: int | None, *, as_json: bool
) -> None:
    """Teach ours and a Rasa the same examples without `hand`'s, ask both what `hand` wrote, and print both columns."""
    from bot.understanding.classifier import BuiltIn
    from bot.understanding.encoder import open_encoder
    from bot.understanding.rasa_served import served
    from bot.understanding.side_by_side import asked_of, side, taught_without
    from bot.understanding.train import learn

    taught, asked = taught_without(examples, hand, per_intent), asked_of(examples, hand)
    try:
        there(rasa_at())  # before anything takes time
        encoder = open_encoder()
        _said(f"Learning {len(taught)} examples without {hand}'s ...")
        learned = learn(taught, encoder)
        ours = side(BuiltIn(learned.model, encoder, PLACES), asked, config.thresholds.answer)
        _said("Training Rasa on the same (six minutes for each 1,000 examples and 100 epochs on two cores) ...")
        with ending_well(), served(files_of(taught), rasa_at(), _said, epochs=epochs or EPOCHS) as other:
            _said("Rasa reads ...")
            theirs = side(other.reader, asked, config.thresholds.answer)
    except NotTrained as error:
        raise Failed(str(error)) from error
    found = {
        "hand": hand,
        "taught": len(taught),
        "intents": len(learned.model.intents),
        "epochs": epochs or EPOCHS,
        "ours": ours | {"learned_s": round(learned.seconds, 1)},
        "rasa": theirs | {"learned_s": round(other.learned_s, 1)},
    }
    if as_json:
        json_line(found)
    else:
        click.echo("\n".join(_columns(found)))


def _columns(found: dict[str, Any]) -> Iterator[str]:
    ours, theirs = found["ours"], found["rasa"]
    yield (
        f"Both learned {found['taught']} examples of {found['intents']} intents (Rasa in {found['epochs']} epochs) and read "
        f"{ours['examples']} of {found['hand']} and {ours['strays']} strays."
    )
    yield f"\n{'':32}{'ours':>10}{'Rasa':>10}"
    for name, (label, form) in _ROWS.items():
        yield f"{label:32}{ours[name]:>10{form}}{theirs[name]:>10{form}}"


def rasa_at() -> Path:
    """Return where `make rasa` puts Rasa: in the folder at hand, else in the checkout."""
    here = Path.cwd() / VENV / "bin" / "rasa"
    return here if here.is_file() else packaged_files() / VENV / "bin" / "rasa"


@contextmanager
def ending_well() -> Iterator[None]:
    """Have TERM and HUP leave the block as Ctrl-C does, so that what was started within is ended."""

    def leave(number: int, _: object) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _said(line: str) -> None:
    click.echo(line, err=True)
