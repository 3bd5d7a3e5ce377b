"""The conversations of tests/conversations/, each played on a fresh stage with the classifier that is shipped."""

import pytest
from support.processes import ROOT

from bot.stage.dialogue import Dialogue, files_in, play, read_dialogues

FILES = {name: read_dialogues(path, name) for path, name in files_in(ROOT)}
DIALOGUES = [dialogue for dialogues, _ in FILES.values() for dialogue in dialogues]


def test_every_file_is_written_as_it_should_be():
    assert [str(trouble) for _, troubles in FILES.values() for trouble in troubles] == []


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda one: f"{one.mark.file}:{one.mark.line}")
def test_the_conversation_goes_as_written(dialogue: Dialogue, classifier, open_stage):
    played = play(dialogue, open_stage(classifier))
    assert not played.failure, f"\n{played}"
