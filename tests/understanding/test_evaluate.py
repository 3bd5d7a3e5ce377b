"""An evaluation: any classifier is judged the same way, and what is drawn can be opened."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from support.hands import Letters, small_examples

from bot.app import PLACES
from bot.content.examples import OUT_OF_SCOPE, Example
from bot.content.trouble import Mark
from bot.message import NOTHING_READ, Reading
from bot.ports import Query
from bot.understanding.evaluate import Case, calibration_error, figures, judged, kept_out, latency
from bot.understanding.picture import draw


class Always:
    """Reads everything as thanks."""

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        sure = replace(NOTHING_READ, intent="thanks", confidence=0.9, in_scope=True)
        return [sure for _ in queries]


def examples() -> list[Example]:
    rows = [
        ("ty", "thanks", "ruth"),
        ("thx", "thanks", "dee"),
        ("bye", "goodbye", "ruth"),
        ("pizza", OUT_OF_SCOPE, "desk"),
    ]
    return [Example(text, intent, "en", hand, Mark(f"{hand}.yml", at)) for at, (text, intent, hand) in enumerate(rows)]


def test_any_classifier_is_judged() -> None:
    found = figures(judged(Always(), examples()), answer_from=0.6)
    assert (found["examples"], found["accuracy"], found["wrong_answers"]) == (3, 0.6667, 0.3333)
    assert found["hands"]["en/ruth"]["accuracy"] == 0.5
    assert found["strays"] == {"examples": 1, "seen_out_of_scope": 0.0, "not_answered": 0.0, "in_scope_kept": 1.0}
    assert [(row["intent"], row["f1"]) for row in found["intents"]] == [("goodbye", 0.0), ("thanks", 0.8)]
    (pair,) = found["confusions"]
    assert (pair["wanted"], pair["read"], pair["examples"][0]["where"]) == ("goodbye", "thanks", "ruth.yml:2")
    assert found["macro_f1"] == 0.4


def test_the_calibration_error_is_the_distance_of_confidence_and_truth() -> None:
    cases = [case for case in judged(Always(), examples()) if case.example.intent != OUT_OF_SCOPE]
    assert calibration_error(cases) == pytest.approx(0.9 - 2 / 3, abs=1e-3)
    assert calibration_error([]) == 0


def test_each_hand_is_read_by_a_model_that_has_not_seen_it(tmp_path: Path) -> None:
    small = small_examples(tmp_path)
    two = [replace(one, hand=hand, text=f"{one.text} {hand}") for hand in ("ana", "bob") for one in small]
    steps: list[tuple[int, int]] = []
    cases = kept_out(two, Letters(), PLACES, said=lambda done, of: steps.append((done, of)))
    assert sorted(case.example.text for case in cases) == sorted(one.text for one in two)
    assert steps == [(0, 2), (1, 2), (2, 2)]
    one = kept_out(two, None, PLACES, hand="bob")
    assert {case.example.hand for case in one if case.example.intent != OUT_OF_SCOPE} == {"bob"}


def test_the_pictures_can_be_opened(tmp_path: Path) -> None:
    cases: list[Case] = [case for case in judged(Always(), examples()) if case.example.intent != OUT_OF_SCOPE]
    matrix, grid, reliability = draw(cases, tmp_path / "new")
    for path in (matrix, reliability):
        assert ET.parse(path).getroot().tag.endswith("svg")
    raw = grid.read_bytes()
    width, height = struct.unpack(">II", raw[16:24])
    start = raw.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", raw[start - 8 : start - 4])
    assert len(zlib.decompress(raw[start : start + length])) == height * (3 * width + 1)


def test_times_are_told_for_one_and_for_many() -> None:
    found = latency(Always(), ["a", "b"])
    assert sorted(found) == ["batch_per_s", "p50_ms", "p99_ms"]
