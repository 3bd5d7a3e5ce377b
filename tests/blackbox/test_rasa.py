"""The product with Rasa as its reader: a voter is answered whatever Rasa does, and notices nothing of it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.rasa import TOKEN, FakeRasa
from providers.twilio import FakeTwilio
from support.processes import Desk, rows, wait_until

WHERE = "where do i vote"
FEW_S = 5
"""From a voter's text to the answer at Twilio, with Rasa in whatever state."""


@pytest.fixture(scope="module")
def rasa() -> Iterator[FakeRasa]:
    with FakeRasa() as one:
        yield one


@pytest.fixture(scope="module")
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as one:
        yield one


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, model: Path, rasa: FakeRasa, twilio: FakeTwilio
) -> Iterator[Desk]:
    """Yield a running desk with SMS that reads with the local Rasa."""
    one = Desk(tmp_path_factory.mktemp("desk") / "var", model)
    twilio.product = one.url
    one.env = {**twilio.environment(), "PUBLIC_BASE_URL": one.url, **rasa.environment()}
    yield one.start()
    one.kill()


def answered(desk: Desk, twilio: FakeTwilio, voter: str, text: str = WHERE) -> tuple[str, float]:
    """Let a voter text; return as what it was read and how long the answer took."""
    began = time.monotonic()
    twilio.text(voter, text)
    twilio.wait_for(1, voter)
    took = time.monotonic() - began
    ((intent,),) = rows(desk, "SELECT intent FROM message WHERE direction = 'in' ORDER BY id DESC LIMIT 1")
    return intent, took


def test_rasa_reads_what_voters_write(running: Desk, rasa: FakeRasa, twilio: FakeTwilio) -> None:
    rasa.meanings["frobnicate the ballot"] = {"voting_hours": 0.97, "donate": 0.02}
    intent, _ = answered(running, twilio, "+15550100501", "frobnicate the ballot")
    assert (intent, rasa.texts[-1]) == ("voting_hours", "frobnicate the ballot")


def test_the_terminal_reads_with_it_too(running: Desk, rasa: FakeRasa) -> None:
    rasa.meanings["frobnicate the ballot"] = {"voting_hours": 0.97}
    done = running.run("chat", "--json", stdin='{"thread": "t1", "voter": "frobnicate the ballot"}\n')
    heard = json.loads(done.stdout)["heard"]
    assert (heard["intent"], heard["confidence"]) == ("voting_hours", 0.97)


@pytest.mark.parametrize("number, fault", [*enumerate(["500", "malformed", "slow", "drip body", "huge", "cut"])])
def test_a_voter_is_answered_in_time_by_the_built_in_one(
    running: Desk, rasa: FakeRasa, twilio: FakeTwilio, number: int, fault: str
) -> None:
    rasa.meanings[WHERE] = {"donate": 0.99}  # so that it shows who has read
    rasa.faults.append(fault)
    before = running.output.count("reading_handed_over")
    intent, took = answered(running, twilio, f"+1555010052{number}")
    assert (intent, took < FEW_S) == ("polling_place", True)
    wait_until(lambda: running.output.count("reading_handed_over") == before + 1)
    rasa.meanings.clear()
    assert answered(running, twilio, f"+1555010053{number}")[0] == "polling_place"


def test_the_log_names_neither_token_nor_text(running: Desk) -> None:
    assert [word for word in (TOKEN, WHERE, "/model/parse") if word in running.output] == []


def test_with_rasa_down_from_the_start_the_built_in_one_answers(
    tmp_path: Path, model: Path, twilio: FakeTwilio
) -> None:
    desk = Desk(tmp_path / "var", model)
    away = {"RASA_URL": "http://127.0.0.1:1", "RASA_TOKEN": TOKEN, "BOT_UNDERSTANDING__BACKEND": "rasa"}
    twilio.product = desk.url
    desk.env = {**twilio.environment(), "PUBLIC_BASE_URL": desk.url, **away}
    desk.start()
    try:
        for at in range(7):
            intent, took = answered(desk, twilio, f"+155501005{40 + at}")
            assert (intent, took < FEW_S) == ("polling_place", True)
        assert desk.output.count("rasa_left_alone") == 1
        assert (desk.stop(), "Traceback" in desk.output) == (0, False)
    finally:
        desk.kill()
