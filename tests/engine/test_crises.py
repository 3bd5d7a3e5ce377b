"""Danger to a life, by the rules alone: nearly all of it is heard, and figures of speech are not.

The halves are made as in `test_opt_outs.py`.
"""

import zlib
from pathlib import Path

import pytest
import yaml

from bot.engine.danger import danger_to_life, is_figure_of_speech

TEXTS = {
    kind: lines.splitlines()
    for kind, lines in yaml.safe_load(Path(__file__).with_name("crises.yml").read_text(encoding="utf-8")).items()
}
HALVES = {"tuned": 0, "kept aside": 1}


def half(kind: str, which: int) -> list[str]:
    return [text for text in TEXTS[kind] if zlib.crc32(text.encode()) % 2 == which]


@pytest.mark.parametrize("which", HALVES.values(), ids=HALVES)
def test_danger_to_a_life_is_heard(which):
    texts = half("crises", which)
    missed = [text for text in texts if not danger_to_life(text)]
    assert len(missed) <= 0.05 * len(texts), missed


@pytest.mark.parametrize("which", HALVES.values(), ids=HALVES)
def test_what_only_sounds_like_it_is_hardly_ever_taken_for_danger(which):
    texts = half("look_alikes", which)
    alarms = [text for text in texts if danger_to_life(text)]
    assert len(alarms) <= 0.05 * len(texts), alarms


def test_no_text_of_danger_is_called_a_figure_of_speech():
    assert [text for text in TEXTS["crises"] if is_figure_of_speech(text)] == []


def test_there_are_enough_texts_in_both_halves():
    counts = [len(half(kind, which)) for kind in TEXTS for which in HALVES.values()]
    assert min(counts) >= 60


@pytest.mark.parametrize(
    "text, figure",
    [
        ("i am dying laughing", True),
        ("this campaign is killing me", True),
        ("suicide prevention policy?", True),
        ("me muero de ganas de votar", True),
        ("there is a man with a gun outside the polling place", True),
        ("a man with a gun is shooting at the polling place", False),
        ("hay unos hombres con pistola afuera de la casilla", True),
        ("goodbye world", False),
        ("i want to kill myself, these lines are killing me", False),
    ],
)
def test_figures_of_speech(text, figure):
    assert is_figure_of_speech(text) is figure
