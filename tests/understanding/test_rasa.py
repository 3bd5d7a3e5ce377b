"""Rasa as the reader: what it says is taken as it is meant; whatever it fails in, the built-in classifier has read in time."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from providers.rasa import TOKEN, FakeRasa
from support.processes import free_port

from bot.breaker import IN_A_ROW, Breaker
from bot.message import NOTHING_READ, Reading
from bot.ports import Query
from bot.understanding.rasa import (
    CALL_S,
    CONNECTIONS,
    OPEN,
    UNKNOWN,
    RasaAlone,
    RasaError,
    RasaServer,
    WithRasa,
    open_alone,
)

KNOWN = ("polling_place", "voting_hours", "thanks", "opt_out")
OWN = Reading(
    "thanks", 0.5, "opt_out", 0.4, in_scope=False, language="es", values={"zip": "62701"}, language_certain=True
)
IN_TIME_S = 2.5
"""A voter never waits longer for a reading."""
SOON_S = 0.3
"""The time-out of tests that wait for it."""


class Own:
    """The built-in one, in a line: it has nothing to read where there is no letter."""

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        return [OWN if any(map(str.isalpha, query.text)) else NOTHING_READ for query in queries]


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with FakeRasa() as one:
        yield one


Opened = Callable[..., WithRasa]


@pytest.fixture
def opened(rasa: FakeRasa) -> Iterator[Opened]:
    """Return what opens a reader over the local server, or over another one."""
    servers = []

    def opened(url: str = "", token: str = TOKEN, call_s: float = CALL_S, breaker: Breaker | None = None) -> WithRasa:
        servers.append(RasaServer(url or rasa.url, token, call_s))
        return WithRasa(servers[-1], Own(), KNOWN, breaker)

    yield opened
    for server in servers:
        server.close()


def read(reader: WithRasa, *texts: str) -> list[Reading]:
    return reader.read_all([Query(text) for text in texts or ("where do i vote",)])


def two(reading: Reading) -> tuple[str, float, str, float]:
    return reading.intent, reading.confidence, reading.runner_up, reading.runner_up_confidence


# --- what Rasa says ---------------------------------------------------------------------------------------------------

MEANINGS = {
    # name: (what Rasa ranks, what is read of it)
    "as it is": ({"opt_out": 0.8, "thanks": 0.1}, ("opt_out", 0.8, "thanks", 0.1)),
    "only one": ({"opt_out": 1.0}, ("opt_out", 1.0, "", 0.0)),
    "unsure": ({"nlu_fallback": 0.7, "thanks": 0.25, "opt_out": 0.2}, ("thanks", 0.25, "opt_out", 0.2)),
    "unknown first": ({"chitchat": 0.6, "thanks": 0.3, "weather": 0.05, "opt_out": 0.01}, ("thanks", 0.3, "opt_out", 0.01)),
    "unknown second": ({"thanks": 0.6, "chitchat": 0.3, "opt_out": 0.1}, ("thanks", 0.6, "opt_out", 0.1)),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANINGS)
def test_an_intent_that_is_ours_and_its_runner_up_are_taken(rasa: FakeRasa, opened: Opened, name: str) -> None:
    rasa.meanings["hm hm"], expected = MEANINGS[name]
    (reading,) = read(opened(), "hm hm")
    assert two(reading) == expected
    same = replace(reading, intent=OWN.intent, confidence=0.5, runner_up="opt_out", runner_up_confidence=0.4)
    assert same == OWN  # language, values and whether it is like anything taught are our own


@pytest.mark.parametrize("ranking", [{"nlu_fallback": 1.0}, {"chitchat": 0.9, "nlu_fallback": 0.1}, {}])
def test_where_nothing_of_ours_is_left_our_own_reading_stands(rasa: FakeRasa, opened: Opened, ranking) -> None:
    rasa.meanings["hm hm"] = ranking
    reader = opened()
    for _ in range(IN_A_ROW + 1):  # and Rasa is not to blame
        assert read(reader, "hm hm") == [replace(OWN, handed_over=UNKNOWN)]


def test_what_has_nothing_to_read_is_not_sent(rasa: FakeRasa, opened: Opened) -> None:
    readings = read(opened(), "", "12345", "where do i vote", "?")
    assert [reading.intent for reading in readings] == ["", "", "polling_place", ""]
    assert rasa.texts == ["where do i vote"]


@pytest.mark.parametrize(
    "text, sent",
    [("/opt_out", "opt_out"), (' \n//thanks{"a":"b"}', 'thanks{"a":"b"}'), ("and/or", "and/or"), ("hm \ud83d", "hm ?")],
)
def test_a_voter_cannot_name_an_intent_to_rasa(rasa: FakeRasa, opened: Opened, text: str, sent: str) -> None:
    (reading,) = read(opened(), text)
    assert (rasa.texts, reading.intent) == ([sent], "polling_place")


def test_a_batch_goes_over_four_kept_lines_and_comes_back_in_order(rasa: FakeRasa, opened: Opened) -> None:
    texts = [f"text {letter}" for letter in "abcdefghijklmnop"]
    names = [KNOWN[at % len(KNOWN)] for at in range(len(texts))]
    rasa.meanings, rasa.wait_s = {text: {name: 0.9} for text, name in zip(texts, names, strict=True)}, 0.02
    reader = opened()
    for _ in range(3):
        assert [reading.intent for reading in read(reader, *texts)] == names
    assert (rasa.most_at_once, len(rasa.connections)) == (CONNECTIONS, CONNECTIONS)


def test_a_server_may_stand_below_a_path(rasa: FakeRasa, opened: Opened) -> None:
    (reading,) = read(opened(f"{rasa.url}/rasa"))
    assert (reading.handed_over, rasa.paths) == ("status_404", ["/rasa/model/parse"])


# --- what it fails in -------------------------------------------------------------------------------------------------

FAULTS = {
    "500": "status_500",
    "503": "status_503",
    "404": "status_404",
    "redirect": "status_302",
    "cut": "no_line",
    "malformed": "no_json",
    "deep": "no_json",
    "list": "no_json",
    "huge": "answer_too_long",
    "no intent": "no_intent",
    "no ranking": "no_intent",
    "no name": "no_intent",
    "no number": "no_intent",
}
LATE = ("slow", "drip headers", "drip body")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_handed_over_at_once_and_the_next_text_is_rasas(rasa: FakeRasa, opened: Opened, fault: str) -> None:
    reader, began = opened(), time.monotonic()
    rasa.faults.append(fault)
    assert read(reader) == [replace(OWN, handed_over=FAULTS[fault])]
    assert two(read(reader)[0])[0] == "polling_place"
    assert time.monotonic() - began < 1
    assert "/elsewhere" not in rasa.paths


@pytest.mark.parametrize("fault", LATE)
def test_a_slow_answer_is_cut_off_in_time_and_leaves_no_line_behind(rasa: FakeRasa, opened: Opened, fault: str) -> None:
    reader = opened(call_s=SOON_S)
    for _ in range(IN_A_ROW - 1):
        rasa.faults.append(fault)
        began = time.monotonic()
        assert read(reader) == [replace(OWN, handed_over="time_out")]
        assert time.monotonic() - began < SOON_S + 0.3
    rasa.faults.clear()
    assert [reading.intent for reading in read(reader, *["where do i vote"] * 8)] == ["polling_place"] * 8


@pytest.mark.parametrize("fault", LATE)
def test_a_batch_waits_no_longer_than_one_text(rasa: FakeRasa, opened: Opened, fault: str) -> None:
    rasa.always, began = fault, time.monotonic()
    assert read(opened(), *["where do i vote"] * 32) == [replace(OWN, handed_over="time_out")] * 32
    assert CALL_S <= time.monotonic() - began < IN_TIME_S


def test_in_a_batch_only_what_failed_is_handed_over(rasa: FakeRasa, opened: Opened) -> None:
    rasa.faults.extend(["500", "malformed"])
    readings = read(opened(), *["where do i vote"] * 6)
    assert sorted(reading.handed_over for reading in readings) == ["", "", "", "", "no_json", "status_500"]


def test_a_server_that_is_away_is_handed_over_at_once(opened: Opened) -> None:
    began = time.monotonic()
    assert read(opened(f"http://127.0.0.1:{free_port()}")) == [replace(OWN, handed_over="no_line")]
    assert time.monotonic() - began < 1


def test_a_wrong_token_is_handed_over_and_nobody_reads_it_in_the_log(
    rasa: FakeRasa, opened: Opened, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.WARNING, "urllib3")
    reader = opened(token="open-says-me")
    assert read(reader, *["something private"] * IN_A_ROW) == [replace(OWN, handed_over="status_401")] * IN_A_ROW
    said = caplog.text + "".join(capsys.readouterr())
    assert ("rasa_left_alone" in said, "open-says-me" in said, "private" in said) == (True, False, False)


def test_a_server_without_a_model_is_handed_over(rasa: FakeRasa, opened: Opened) -> None:
    rasa.has_model = False
    assert read(opened()) == [replace(OWN, handed_over="status_409")]


# --- the breaker ------------------------------------------------------------------------------------------------------


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def until(is_so: Callable[[], bool]) -> None:
    ends = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_after_failures_in_a_row_nobody_waits_for_rasa_until_a_try_beside_has_worked(
    rasa: FakeRasa, opened: Opened
) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    reader = opened(breaker=breaker)
    rasa.always = "500"
    for _ in range(IN_A_ROW):
        read(reader)
    assert read(reader, "a", "b") == [replace(OWN, handed_over=OPEN)] * 2
    assert len(rasa.texts) == IN_A_ROW
    rasa.always = "slow"
    clock.at += 10
    began = time.monotonic()
    assert read(reader, "a", "b") == [replace(OWN, handed_over=OPEN)] * 2
    assert time.monotonic() - began < 0.2
    until(lambda: len(rasa.texts) == IN_A_ROW + 1)
    rasa.always = ""
    clock.at += 10
    assert read(reader) == [replace(OWN, handed_over=OPEN)]
    until(lambda: not breaker.is_open)
    assert [reading.intent for reading in read(reader, "a", "b")] == ["polling_place"] * 2


# --- alone, and looked at ---------------------------------------------------------------------------------------------


def test_alone_it_says_what_rasa_says(rasa: FakeRasa) -> None:
    rasa.meanings = {
        "hm": {"nlu_fallback": 0.6, "chitchat": 0.3},
        "ah": {"nlu_fallback": 1.0},
        "¿dónde voto?": {"x": 1},
    }
    rasa.faults.extend([""] * 40)
    server = RasaServer(rasa.url, TOKEN)
    found = RasaAlone(server).read_all([Query(text) for text in ("hm", "ah", "¿dónde voto?", *["?"] * 40)])
    server.close()
    assert found[:3] == [
        Reading("chitchat", 0.3, in_scope=False),
        NOTHING_READ,
        Reading("x", 1.0, language="es", language_certain=found[2].language_certain),
    ]
    assert [one.intent for one in found[3:]] == ["polling_place"] * 40


def test_alone_a_fault_is_no_reading(rasa: FakeRasa) -> None:
    rasa.faults.append("500")
    assert open_alone(rasa.url, TOKEN).read_all([Query("hm")]) == [replace(NOTHING_READ, handed_over="status_500")]


def test_a_probe_says_what_serves(rasa: FakeRasa) -> None:
    server = RasaServer(rasa.url, TOKEN)
    probed = server.probe()
    assert (probed.version, probed.model, probed.intents) == (
        "3.6.21",
        "nlu.tar.gz",
        {"polling_place", "voting_hours"},
    )
    rasa.has_model = False
    with pytest.raises(RasaError, match="status_409"):
        server.probe()
    server.close()


@pytest.mark.parametrize("fault", LATE)
def test_a_probe_ends_in_time(rasa: FakeRasa, fault: str) -> None:
    rasa.always, server, began = fault, RasaServer(rasa.url, TOKEN, SOON_S), time.monotonic()
    with pytest.raises(RasaError, match="time_out"):
        server.probe()
    assert time.monotonic() - began < 2 * SOON_S + 0.5
    server.close()
