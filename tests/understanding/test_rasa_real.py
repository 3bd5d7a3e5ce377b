"""A real Rasa, trained on a part of our examples: it takes them as they are, and its answers are read."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from support.machine import lacking
from support.processes import ROOT, free_port

from bot.app import PLACES
from bot.content.files import INTENTS, staff_files
from bot.ports import Query
from bot.understanding.loader import open_classifier
from bot.understanding.rasa import RasaAlone, RasaError, RasaServer, WithRasa
from bot.understanding.rasa_project import VENV, surroundings, train

INTENTS_TAUGHT = frozenset({"polling_place", "voting_hours", "thanks", "donate", "opt_out", "speak_to_human"})
EXAMPLES_EACH = 3
EPOCHS = 8
TOKEN = "sesame-of-rasa"
UP_S = 120
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
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RasaServer]:
    """Yield a client of a running Rasa."""
    if not RASA.is_file():
        lacking("Rasa ('make rasa', which needs Python 3.10)")
    folder = tmp_path_factory.mktemp("rasa")
    told: list[str] = []
    model = train(part_of_ours(), folder, RASA, told.append, epochs=EPOCHS)
    assert any(line.startswith("Epochs: 100%") for line in told)
    port = free_port()
    process = subprocess.Popen(
        [RASA, "run", "--enable-api", "-m", model, "--auth-token", TOKEN, "-i", "127.0.0.1", "-p", str(port)],
        cwd=folder,
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = RasaServer(f"http://127.0.0.1:{port}", TOKEN)
    try:
        wait_for(client, process)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(20)


def wait_for(client: RasaServer, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + UP_S
    while not is_up(client):
        assert process.poll() is None, "Rasa has ended"
        assert time.monotonic() < ends, "Rasa does not come up"
        time.sleep(0.5)


def is_up(client: RasaServer) -> bool:
    try:
        client.probe()
    except RasaError:
        return False
    return True


def test_it_reads_with_what_it_was_taught(server: RasaServer, model: Path) -> None:
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
    alone = RasaAlone(server).read_all([Query(text) for text in texts[:2]])
    assert [(one.intent, one.confidence) for one in alone] == [(one.intent, one.confidence) for one in readings[:2]]
    probed = server.probe()
    assert (probed.version, probed.model) == ("3.6.21", "nlu.tar.gz")
    with pytest.raises(RasaError, match="status_401"):
        RasaServer(url_of(server), "wrong").probe()


def url_of(server: RasaServer) -> str:
    return f"http://{server._pool.host}:{server._pool.port}"
