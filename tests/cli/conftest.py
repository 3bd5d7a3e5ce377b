"""A store with a little in it for the commands to look at."""

import shutil
from pathlib import Path

import pytest
from support.commands import Said, run_bot
from support.processes import ROOT
from support.world import World

from bot.channel import Reason, SendError

ANA, BEN = "+15550100101", "+15550100102"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which nothing is yet."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two threads: one answered, one waiting for a person; and one message that died."""
    found = tmp_path_factory.mktemp("store")
    fill(found)
    return found


def fill(folder: Path) -> None:
    world = World(f"sqlite:///{folder / 'desk.sqlite3'}")
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "what time do polls close?", language="en")
    world.work()
    world.line.script.append(SendError(Reason.REFUSED, "30006"))
    world.text(BEN, "a person please")
    world.work()
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'dead' WHERE state = 'failed'")
    world.close()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return the same folder for a test that changes it."""
    fill(tmp_path)
    return tmp_path


@pytest.fixture
def bot(folder: Path):
    """Return what runs a command over the shared folder."""

    def run(*arguments: str, **more: str) -> Said:
        return run_bot(*arguments, folder=folder, **more)

    return run


class Staff:
    """The shipped files in a folder of their own, and one more that a test writes."""

    def __init__(self, home: Path) -> None:
        self.home = home
        shutil.copy(ROOT / "config.yaml", home)
        (home / "intents").symlink_to(ROOT / "intents")
        shutil.copytree(ROOT / "responses", home / "responses")
        self.settings = {"BOT_CONFIG": str(home / "config.yaml")}

    def __call__(self, text: str) -> None:
        (self.home / "responses" / "own.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def own_staff(tmp_path: Path) -> Staff:
    return Staff(tmp_path)
