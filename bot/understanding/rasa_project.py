"""A Rasa project made of the staff's examples, and its training in Rasa's own Python."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from bot.content.examples import OUT_OF_SCOPE, Example, read_examples
from bot.content.files import INTENTS

EPOCHS: Final = 100
"""What Rasa's own template asks for."""
VENV: Final = ".venv-rasa"
_MODEL: Final = "nlu"
_TOLD_LINES: Final = 5
_END_S: Final = 10
"""What a process of Rasa has to end by itself."""


class NotTrained(Exception):
    """Rasa could not be trained; the message says what to do."""


def train(
    files: Mapping[str, bytes], folder: Path, rasa: Path, said: Callable[[str], None], *, epochs: int = EPOCHS
) -> Path:
    """Train Rasa on `files` in `folder`, line by line `said` as Rasa says it; return the model's file."""
    there(rasa)
    write_project(files, folder, epochs=epochs)
    model = folder / "models" / f"{_MODEL}.tar.gz"
    model.unlink(missing_ok=True)
    last = _run(rasa, folder, said)
    if not model.is_file():
        raise NotTrained("Rasa left no model; its last words: " + " / ".join(last))
    return model


def there(rasa: Path) -> None:
    """Raise `NotTrained` where Rasa is not installed."""
    if not rasa.is_file():
        raise NotTrained(f"Rasa is not in {rasa.parents[1]}; 'make rasa' puts it there (it needs Python 3.10)")


def files_of(examples: Sequence[Example]) -> dict[str, bytes]:
    """Return `examples` as files of a staff's folder, one a language; each text stands once in its intent."""
    texts: dict[str, dict[str, dict[str, None]]] = {}
    for one in examples:
        of_intent = texts.setdefault(one.language, {}).setdefault(one.intent, {})
        of_intent[" ".join(one.text.split())] = None
    return {
        f"{INTENTS}{language}/part.yml": _dumped(
            {
                "version": "3.1",
                "nlu": [
                    {"intent": intent, "examples": "".join(f"- {text}\n" for text in found)}
                    for intent, found in sorted(intents.items())
                ],
            }
        )
        for language, intents in sorted(texts.items())
    }


def write_project(files: Mapping[str, bytes], folder: Path, *, epochs: int = EPOCHS) -> None:
    """Write domain.yml, config.yml and data/ into `folder`: the examples as they are, but for those that are no intent's."""
    taught = {}
    intents: set[str] = set()
    for name, raw in files.items():
        if not name.startswith(INTENTS):
            continue
        found = {example.intent for example in read_examples({name: raw})[0]}
        if found != {OUT_OF_SCOPE}:
            taught[name] = raw
            intents |= found
    shutil.rmtree(folder / "data", ignore_errors=True)
    for name, raw in taught.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "domain.yml", {"version": "3.1", "intents": sorted(intents)})
    _write(folder / "config.yml", {"recipe": "default.v1", "language": "en", "pipeline": _pipeline(epochs)})


def _pipeline(epochs: int) -> list[dict[str, Any]]:
    """Return the pipeline of Rasa's template (`rasa init`, 3.6): it cuts at spaces, so one model reads all languages."""
    return [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ]


def _write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_bytes(_dumped(value))


def _dumped(value: Mapping[str, Any]) -> bytes:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True).encode()


def _run(rasa: Path, folder: Path, said: Callable[[str], None]) -> list[str]:
    """Run `rasa train nlu`; a bar of progress, which rewrites its line, is said once for each state. Return the last lines."""
    command = [
        *(str(rasa), "train", "nlu", "--nlu", "data", "--domain", "domain.yml", "--config", "config.yml"),
        *("--out", "models", "--fixed-model-name", _MODEL),
    ]
    last: list[str] = []
    process = subprocess.Popen(  # noqa: S603 -- from our own environment, with our own words
        command,
        cwd=folder,
        env=surroundings() | {"TMPDIR": str(folder)},  # what it leaves where it is ended goes with the folder
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    with process, ended(process):
        assert process.stdout is not None
        for line in process.stdout:  # universal newlines: a carriage return ends a line too
            if text := line.strip():
                said(text)
                last = [*last, text][-_TOLD_LINES:]
        process.wait()
    if process.returncode != 0:
        raise NotTrained(f"Rasa ended with {process.returncode}; its last words: " + " / ".join(last))
    return last


@contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Have `process` ended when the block is left, also by Ctrl-C, which may have reached this process alone."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def surroundings() -> dict[str, str]:
    """Return the environment for a process of Rasa: it tells nobody of its use, and sees none of our packages."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore"}
    return kept | quiet | {"RASA_TELEMETRY_ENABLED": "false"}
