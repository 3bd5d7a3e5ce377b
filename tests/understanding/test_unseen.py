"""Texts of eight voices that nothing is ever learned from (`unseen/`): wishes plain and hard, stops, danger, look-alikes.

What stands word for word among the examples all the same ("where do i vote") does not count here.
The texts whose checksum is even were looked at when the rules of stops and danger were last changed; the others were not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from support.processes import ROOT

from bot.app import PLACES, content_of
from bot.config import load
from bot.content.examples import OUT_OF_SCOPE, read_examples
from bot.content.files import staff_files
from bot.content.library import read_library
from bot.engine.decision import AskYesNo, Purpose, Say, StopThem
from bot.engine.heard import Words
from bot.engine.playbook import Playbook
from bot.engine.rules import decide
from bot.engine.thread import Thread
from bot.engine.words import plain
from bot.message import Reading, Word
from bot.ports import Query
from bot.understanding.loader import open_classifier

NOW = datetime(2026, 10, 20, 15, tzinfo=UTC)
PLAIN = {"opt_out": 12, "crisis": 12}
"""So many of a block are plain; of the others four."""


@dataclass(frozen=True)
class Unseen:
    text: str
    intent: str
    kind: str
    reading: Reading
    acts: frozenset[str]


def texts(language: str) -> list[tuple[str, str, str]]:
    """Return text, intent and kind (plain, hard, or look-alike: a second block of an intent)."""
    known = yaml.safe_load((Path(__file__).parent / "unseen" / f"{language}.yml").read_text(encoding="utf-8"))
    found, blocks = [], set()
    for block in known["nlu"]:
        intent = block["intent"]
        for at, line in enumerate(block["examples"].splitlines()):
            kind = "look-alike" if intent in blocks else "plain" if at < PLAIN.get(intent, 4) else "hard"
            found.append((line.removeprefix("- "), intent, kind))
        blocks.add(intent)
    return found


def acts(book: Playbook, text: str, reading: Reading, language: str) -> frozenset[str]:
    """Return what a new voter gets for `text`: a stop, the question whether to stop, help in danger."""
    words = Words(text, reading, NOW)
    step = decide(Thread(1, "sms", language), words, book, NOW)
    found = {"stop"} if words.carrier is Word.STOP else set()
    for decision in step.decisions:
        match decision:
            case StopThem(how="privacy"):
                found.add("erase")
            case StopThem():
                found.add("stop")
            case AskYesNo(kind="stop"):
                found.add("ask")
            case Say(purpose=Purpose.CRISIS):
                found.add("help")
    return frozenset(found)


@pytest.fixture(scope="module", params=["en", "es"])
def unseen(request: pytest.FixtureRequest, model: Path) -> tuple[str, list[Unseen]]:
    """Return a language and its texts, each with its reading and what follows from it."""
    reader = open_classifier(ROOT, model.parent, PLACES)
    library, _ = read_library(staff_files(ROOT))
    book = content_of(load({}, ROOT), library, 1).book
    examples, _ = read_examples(staff_files(ROOT))
    taught = {plain(one.text) for one in examples}
    rows = [row for row in texts(request.param) if plain(row[0]) not in taught]
    assert len(rows) > 600
    readings = reader.read_all([Query(text) for text, _, _ in rows])
    return request.param, [
        Unseen(*row, reading, acts(book, row[0], reading, request.param))
        for row, reading in zip(rows, readings, strict=True)
    ]


def share(of: Sequence[bool]) -> float:
    return sum(of) / len(of)


def of_kind(rows: Sequence[Unseen], kind: str) -> list[Unseen]:
    return [one for one in rows if one.kind == kind and one.intent != OUT_OF_SCOPE]


@pytest.mark.parametrize("kind, floors", [("plain", {"en": 0.95, "es": 0.93}), ("hard", {"en": 0.78, "es": 0.72})])
def test_wishes_are_read(unseen: tuple[str, list[Unseen]], kind: str, floors: dict[str, float]) -> None:
    language, rows = unseen
    assert share([one.reading.intent == one.intent for one in of_kind(rows, kind)]) >= floors[language]


@pytest.mark.parametrize("kind", ["plain", "hard"])
def test_few_are_answered_wrongly(unseen: tuple[str, list[Unseen]], kind: str) -> None:
    _, rows = unseen
    wrong = [
        one.reading.in_scope and one.reading.confidence >= 0.6 and one.reading.intent != one.intent
        for one in of_kind(rows, kind)
    ]
    assert share(wrong) < 0.08


def test_stops_are_heard_and_nearly_all_who_are_stopped_wanted_it(unseen: tuple[str, list[Unseen]]) -> None:
    _, rows = unseen
    heard = [bool(one.acts & {"stop", "ask"}) for one in rows if one.intent == "opt_out"]
    stopped = [one.intent == "opt_out" for one in rows if "stop" in one.acts]
    assert share(heard) >= 0.9  # 0.97 is asked for, see docs/understanding.md
    assert share(stopped) >= 0.9  # 0.95 is asked for, and a tenth of these texts are meant to mislead


def test_danger_is_heard(unseen: tuple[str, list[Unseen]]) -> None:
    _, rows = unseen
    assert share(["help" in one.acts for one in rows if one.intent == "crisis"]) >= 0.95
    assert share(["help" in one.acts for one in rows if one.intent != "crisis"]) < 0.03
