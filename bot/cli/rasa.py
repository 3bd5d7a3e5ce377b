"""The part of `bot nlu train` that has a Rasa model trained."""

from pathlib import Path

import click

from bot.cli.shared import Failed
from bot.config import Config, packaged_files
from bot.content.files import staff_files
from bot.understanding.rasa_project import VENV, NotTrained, train


def train_rasa(config: Config) -> None:
    """Train Rasa on the staff's examples in the folder `rasa` beside the built-in model, and say how it is started."""
    folder = config.folder / "rasa"
    click.echo(f"Training Rasa in {folder} (an hour or two for 8,000 examples on two cores) ...", err=True)
    try:
        model = train(staff_files(config.staff), folder, _rasa(), lambda line: click.echo(line, err=True))
    except NotTrained as error:
        raise Failed(str(error)) from error
    click.echo(f"{model}; 'rasa run --enable-api -m {model} --auth-token ...' serves it: docs/understanding.md.")


def _rasa() -> Path:
    """Return where `make rasa` puts Rasa: in the folder at hand, else in the checkout."""
    here = Path.cwd() / VENV / "bin" / "rasa"
    return here if here.is_file() else packaged_files() / VENV / "bin" / "rasa"
