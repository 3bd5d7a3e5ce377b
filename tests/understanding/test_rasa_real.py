"""A real Rasa, trained on a part of our examples: it takes them as they are, and its answers are read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from support.machine import lacking
from support.processes import ROOT

from bot.app import PLACES
from bot.content.examples import read_examples
from bot.content.files import INTENTS, staff_files
from bot.ports import Query
from bot.understanding.loader import open_classifier
from bot.understanding.rasa import RasaError, RasaServer, WithRasa
from bot.understanding.rasa_project import VENV
from bot.understanding.rasa_served import Served, served
from bot.understanding.side_by_side import side

INTENTS_TAUGHT = frozenset({"polling_place", "voting_hours", "thanks", "donate", "opt_out", "speak_to_human"})
EXAMPLES_EACH = 3
EPOCHS = 8
RASA = ROOT / VENV / "bin" / "rasa"


def part_of_ours() -> dict[str, bytes]:
    """Return a few examples of a few intents, every file in its own language and form."""
    found = {}
    for name, raw in staff_files(ROOT).items():
        if name.startswith(INTENTS):
            items = [item for item in yaml.safe_load(raw)["nlu"] if item.get("intent") in INTENTS_TAUGHT]
            for item in items:
                item["examples"] = "".join(item["examples"].splitlines(keepends=True)[:EXAMPLES_EACH])
            if items:
                found[name] = yaml.safe_dump({"version": "3.1", "nlu": items}, allow_unicode=True).encode()
    return found


@pytest.fixture(scope="module")
def rasa() -> Iterator[Served]:
    """Yield a running Rasa."""
    if not RASA.is_file():
        lacking("Rasa ('make rasa', which needs Python 3.10)")
    told: list[str] = []
    with served(part_of_ours(), RASA, told.append, epochs=EPOCHS) as one:
        assert any(line.startswith(f"Rasa learns: {EPOCHS} of {EPOCHS} epochs") for line in told)
        yield one


@pytest.fixture
def server(rasa: Served) -> Iterator[RasaServer]:
    """Yield a client of it."""
    client = RasaServer(rasa.url, rasa.token)
    yield client
    client.close()


def test_it_reads_with_what_it_was_taught(rasa: Served, server: RasaServer, model: Path) -> None:
    """One test for all, since a Rasa takes most of a minute to be taught and to start."""
    own = open_classifier(ROOT, model.parent, PLACES)
    reader = WithRasa(server, own, own.model.intents)
    texts = [
        "where do i vote",
        "thank you so much",
        "¿dónde voto?",
        "/opt_out",
        "stop texting me",
        "",
        "where do i vote " * 200,
    ]
    readings = reader.read_all([Query(text) for text in texts])
    assert [reading.handed_over for reading in readings] == [""] * len(texts)
    assert {reading.intent for reading in readings} - {""} <= INTENTS_TAUGHT
    assert (readings[0].intent, readings[1].intent, readings[5].intent) == ("polling_place", "thanks", "")
    assert readings[3].confidence < 1.0  # it was read as words, not taken for a command
    assert all(0 <= one.runner_up_confidence <= one.confidence <= 1 for one in readings)
    alone = rasa.reader.read_all([Query(text) for text in texts[:2]])
    assert [(one.intent, one.confidence) for one in alone] == [(one.intent, one.confidence) for one in readings[:2]]
    probed = server.probe()
    assert (probed.version, probed.model) == ("3.6.21", "nlu.tar.gz")
    with pytest.raises(RasaError, match="status_401"):
        RasaServer(rasa.url, "wrong").probe()


def test_its_column_stands_beside_ours(rasa: Served) -> None:
    taught = [one for one in read_examples(part_of_ours())[0] if one.language == "en"]
    found = side(rasa.reader, taught, answer_from=0.6)
    assert (found["not_read"], found["examples"], found["accuracy"] > 0.5) == (0, len(taught), True)
    assert 0 < found["p50_ms"] < 1000
