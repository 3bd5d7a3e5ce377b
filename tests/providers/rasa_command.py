"""A command that behaves like `rasa train nlu` and `rasa run`: it learns texts by heart and knows nothing else.

`notes` (a file) hears what was done, a line of JSON each; `hangs` is the command that never comes to its end.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import yaml
from providers.rasa import FakeRasa

LONG_S = 60
UNKNOWN = {"nlu_fallback": 0.7, "thanks": 0.3}


def install(folder: Path, hangs: str = "") -> Path:
    """Put the command where `make rasa` puts Rasa's below `folder`; return the file of its notes."""
    command, notes = folder / ".venv-rasa" / "bin" / "rasa", folder / "notes"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {__file__} {notes} "{hangs}" "$@"\n')
    command.chmod(0o755)
    return notes


def noted(notes: Path) -> list[dict[str, object]]:
    """Return what was done, oldest first."""
    return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("notes", type=Path)
    parser.add_argument("hangs")
    parser.add_argument("does")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    told = parser.parse_args()
    does = {"train": train, "run": run}[told.does]
    with told.notes.open("a") as notes:
        notes.write(
            json.dumps({"does": told.does, "pid": os.getpid(), "folder": str(Path.cwd())} | does(told.rest)) + "\n"
        )
    if told.does == "run" and told.hangs != "run":
        serve(told.rest)
    if told.does == told.hangs:
        time.sleep(LONG_S)


def train(_: list[str]) -> dict[str, object]:
    meanings = {}
    for path in Path("data").rglob("*.yml"):
        for item in yaml.safe_load(path.read_text())["nlu"]:
            meanings |= {line[2:]: {item["intent"]: 0.9, "other": 0.1} for line in item["examples"].splitlines()}
    Path("models").mkdir()
    Path("models/nlu.tar.gz").write_text(json.dumps(meanings))
    pipeline = yaml.safe_load(Path("config.yml").read_text())["pipeline"]
    (epochs,) = [one["epochs"] for one in pipeline if "epochs" in one]
    for done in range(1, epochs + 1):
        bar = f"{100 * done // epochs}%|####| {done}/{epochs} [00:01<00:02,  3.4it/s, t_loss=1.2]"
        sys.stdout.write(f"Epochs: {bar}\r")
    return {"texts": len(meanings), "epochs": epochs}


def run(rest: list[str]) -> dict[str, object]:
    return {"port": int(rest[rest.index("-p") + 1]), "token": rest[rest.index("--auth-token") + 1]}


def serve(rest: list[str]) -> None:
    meanings = json.loads(Path(rest[rest.index("-m") + 1]).read_text())
    told = run(rest)

    class ByHeart(FakeRasa):
        def parsed(self, text: str) -> dict[str, object]:
            self.meanings.setdefault(text, UNKNOWN)
            return super().parsed(text)

    with ByHeart(port=told["port"], token=told["token"], meanings=meanings):
        time.sleep(LONG_S)


if __name__ == "__main__":
    main()
