"""`bot doctor` on Rasa: off, on, and what a running desk would see of it."""

import pytest
from providers.rasa import TOKEN, FakeRasa


@pytest.fixture
def rasa():
    with FakeRasa() as one:
        yield one


@pytest.fixture
def doctor(bot, rasa):
    """Return the doctor with the local Rasa; it returns the lines about it."""

    def run(*options, **environment):
        said = bot("doctor", *options, **{**rasa.environment(), **environment})
        assert TOKEN not in said.out + said.err
        return [" ".join(line.split()) for line in said.out.splitlines() if line[7:].startswith("rasa")]

    return run


def host(rasa):
    return rasa.url.removeprefix("http://")


def test_it_says_whether_rasa_reads_and_where(bot, doctor, rasa):
    assert doctor() == [f"ok rasa on: {host(rasa)}; the built-in classifier stands behind it"]
    off = doctor(BOT_UNDERSTANDING__BACKEND="builtin")
    assert off == [f"note rasa off: {host(rasa)} is set, but understanding.backend is builtin"]
    assert "rasa           off: understanding.backend is builtin" in bot("doctor").out
    assert rasa.paths == []


def test_online_it_says_what_serves(doctor, rasa):
    _, line = doctor("--online")
    assert line.startswith("ok rasa online version 3.6.21, model nlu.tar.gz, a text read in ")
    assert rasa.paths == ["/version", "/status", "/model/parse"]


FAULTS = {
    "away": ("no_line: the built-in classifier reads instead; is it running", {"RASA_URL": "http://127.0.0.1:1"}),
    "a wrong token": ("status_401: the built-in classifier reads instead; RASA_TOKEN is not", {"RASA_TOKEN": "wrong"}),
    "broken": ("status_500: the built-in classifier reads instead; docs/understanding.md", {}),
    "unreadable": ("no_json: the built-in classifier reads instead; docs/understanding.md", {}),
    "of another bot": ("; it knows none of our intents: 'bot nlu train --backend rasa'", {}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_online_a_rasa_that_does_not_serve_is_a_line_with_the_way_out(doctor, rasa, name):
    says, environment = FAULTS[name]
    rasa.faults.extend({"broken": ["500"], "unreadable": ["malformed"]}.get(name, []))
    if name == "of another bot":
        rasa.meanings["where do i vote"] = {"chitchat": 1.0}
    _, line = doctor("--online", **environment)
    assert (line.startswith("WRONG rasa online"), says in line) == (True, True), line
