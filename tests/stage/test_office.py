"""The conversations of the office that is shipped as an example, played with its own settings and texts."""

from functools import cache

import pytest
from support.processes import ROOT

from bot.config import Config, load
from bot.content.check import check
from bot.content.files import conversation_files, staff_files
from bot.content.library import Library
from bot.stage.dialogue import Dialogue, files_in, play, read_dialogues
from bot.stage.stage import Stage

OFFICE = ROOT / "docs" / "examples" / "office"
DIALOGUES = [dialogue for path, name in files_in(OFFICE) for dialogue in read_dialogues(path, name)[0]]


@cache
def office() -> tuple[Config, Library]:
    config = load({}, OFFICE)
    found = check(staff_files(config.staff) | conversation_files(config.staff), config.languages)
    assert [str(trouble) for trouble in found.troubles] == []
    return config, found.library


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: f"{one.mark.file}:{one.mark.line}")
def test_the_conversation_goes_as_written(dialogue: Dialogue, classifier) -> None:
    stage = Stage(*office(), classifier)
    played = play(dialogue, stage)
    stage.close()
    assert not played.failure, f"\n{played}"
