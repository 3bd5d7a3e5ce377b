"""Stages: the shipped content, a fresh database for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.processes import ROOT

from bot.app import PLACES
from bot.config import Config, load
from bot.content.files import staff_files
from bot.content.library import Library, read_library
from bot.content.trouble import Trouble
from bot.ports import Classifier
from bot.stage.dialogue import Dialogue, read_dialogues
from bot.stage.stage import Stage
from bot.understanding.loader import open_classifier


@pytest.fixture(scope="session")
def shipped() -> tuple[Config, Library]:
    """Return the settings and the content as they are shipped, read once."""
    config = load({})
    return config, read_library(staff_files(config.staff))[0]


@pytest.fixture(scope="session")
def classifier(model: Path) -> Classifier:
    """Return the classifier of the shipped examples, loaded once."""
    return open_classifier(ROOT, model.parent, PLACES)


@pytest.fixture
def open_stage(shipped: tuple[Config, Library]) -> Iterator[Callable[[Classifier], Stage]]:
    """Yield what makes stages; they are closed afterwards."""
    opened = []

    def make(reader: Classifier) -> Stage:
        opened.append(Stage(*shipped, reader))
        return opened[-1]

    yield make
    for stage in opened:
        stage.close()


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], tuple[list[Dialogue], list[Trouble]]]:
    """Return what reads a file of dialogues with this text."""

    def read(text: str) -> tuple[list[Dialogue], list[Trouble]]:
        (tmp_path / "talk.yml").write_text(text, encoding="utf-8")
        return read_dialogues(tmp_path / "talk.yml", "talk.yml")

    return read
