"""A Rasa project of the staff's examples: what stands in it, and how its training ends."""

from pathlib import Path

import pytest
import yaml
from support.commands import run_bot
from support.hands import EXAMPLES, staff_folder

from bot.content.files import staff_files
from bot.understanding.rasa_project import NotTrained, surroundings, train, write_project

STRAYS = "version: '3.1'\nnlu:\n- intent: out_of_scope\n  examples: |\n    - what is the weather\n"


@pytest.fixture
def staff(tmp_path: Path) -> Path:
    """Return a staff folder with one file of examples, and one of strays."""
    folder = staff_folder(
        tmp_path / "staff", {name: texts for name, texts in EXAMPLES.items() if name != "out_of_scope"}
    )
    (folder / "intents" / "en" / "strays-ana.yml").write_text(STRAYS)
    return folder


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.yml")}


def test_the_examples_stand_in_it_as_they_are_without_strays(staff: Path, tmp_path: Path) -> None:
    write_project(staff_files(staff), tmp_path / "rasa", epochs=7)
    found = files_in(tmp_path / "rasa")
    config, domain = yaml.safe_load(found.pop("config.yml")), yaml.safe_load(found.pop("domain.yml"))
    name = "intents/en/small-ana.yml"
    assert found == {f"data/{name}": (staff / name).read_bytes()}
    assert domain == {"version": "3.1", "intents": ["polling_place", "thanks", "voting_hours"]}
    assert [one["epochs"] for one in config["pipeline"] if one["name"] == "DIETClassifier"] == [7]


def test_what_is_no_longer_an_example_is_gone_from_it(staff: Path, tmp_path: Path) -> None:
    write_project(staff_files(staff), tmp_path / "rasa")
    (staff / "intents" / "en" / "small-ana.yml").rename(staff / "intents" / "en" / "other-ana.yml")
    write_project(staff_files(staff), tmp_path / "rasa")
    assert sorted(files_in(tmp_path / "rasa")) == ["config.yml", "data/intents/en/other-ana.yml", "domain.yml"]


# --- training, with a Rasa of a few lines -----------------------------------------------------------------------------

LEARNS = "mkdir -p models && echo model > models/nlu.tar.gz"
ENDS = {
    # name: (what Rasa does, how training ends)
    "well": (f"printf 'Epochs: 50%%\\rEpochs: 100%%\\n'; {LEARNS}", None),
    "with an error": ("echo 'no such pipeline' >&2; exit 3", "Rasa ended with 3; its last words: no such pipeline"),
    "without a model": ("echo nothing to learn", "Rasa left no model; its last words: nothing to learn"),
}


@pytest.mark.parametrize("name", ENDS)
def test_training_tells_what_rasa_says_and_how_it_ends(staff: Path, tmp_path: Path, name: str) -> None:
    does, ends = ENDS[name]
    rasa = tmp_path / ".venv-rasa" / "bin" / "rasa"
    rasa.parent.mkdir(parents=True)
    rasa.write_text(f"#!/bin/sh\n{does}\n")
    rasa.chmod(0o755)
    told: list[str] = []
    (tmp_path / "rasa" / "models").mkdir(parents=True)
    (tmp_path / "rasa" / "models" / "nlu.tar.gz").write_text("an older one")
    if ends is None:
        assert train(staff_files(staff), tmp_path / "rasa", rasa, told.append).read_text() == "model\n"
        assert told == ["Epochs: 50%", "Epochs: 100%"]
        return
    with pytest.raises(NotTrained) as error:
        train(staff_files(staff), tmp_path / "rasa", rasa, told.append)
    assert str(error.value) == ends


def test_without_rasa_it_says_what_puts_it_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.rasa.VENV", ".venv-of-nobody")
    said = run_bot("nlu", "train", "--backend", "rasa", folder=tmp_path)
    assert (said.code, "'make rasa' puts it there (it needs Python 3.10)" in said.err) == (1, True)
    assert not (tmp_path / "rasa").exists()


def test_rasa_tells_nobody_of_its_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/of/ours")
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    found = surroundings()
    assert (found["RASA_TELEMETRY_ENABLED"], "PYTHONPATH" in found) == ("false", False)
