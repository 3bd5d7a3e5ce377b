"""`bot run` as a process: what keeps it from starting, what it lives through, and how it ends."""

import http.client
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from providers.twilio import FakeTwilio
from support.commands import run_bot
from support.processes import ROOT, Desk
from support.proxy import Proxy

HOURS = "what time do polls close"
BROKEN = "\nno_such_intent_anywhere:\n  text: {en: Hello}\n"
WHERE = r"responses/voting\.yml:\d+:9: error V120  'no_such_intent_anywhere' has no text in 'es'"


@contextmanager
def open_desk(folder: Path, model: Path, twilio: FakeTwilio, **environment: str) -> Iterator[Desk]:
    """Yield a desk with SMS that is not started yet."""
    one = Desk(folder, model)
    twilio.product = one.url
    one.env = {**twilio.environment(), "PUBLIC_BASE_URL": one.url} | environment
    yield one
    one.kill()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with settings and staff's files of its own."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(ROOT / "config.yaml", folder)
    shutil.copytree(ROOT / "responses", folder / "responses")
    (folder / "intents").symlink_to(ROOT / "intents")
    return folder


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Desk]:
    """Yield a desk that is in the way of others."""
    one = Desk(tmp_path_factory.mktemp("desk") / "var", model).start()
    yield one
    one.kill()


# --- what keeps it from starting --------------------------------------------------------------------------------------

REFUSALS = {
    # name: (settings of a second desk, what it says), where the first is at {port} over {folder}
    "the port is in use": ({"PORT": "{port}"}, r"Port {port} is in use by another program\. .* bot run --port \d+"),
    "the database is in use": (
        {"BOT_STORE__FOLDER": "{folder}", "PORT": "0"},
        r"Another 'bot run' uses the database in {folder}\. Stop it first, or .*BOT_STORE__FOLDER=",
    ),
    "the database's server is away": (
        {"DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk", "PORT": "0"},
        r"The database cannot be used: .*refused\. Is it running, and is DATABASE_URL .*right\?",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_it_says_in_one_sentence_why_it_does_not_start(running, tmp_path, name):
    settings, says = REFUSALS[name]
    places = {"port": str(running.port), "folder": str(running.folder)}
    second = Desk(tmp_path / "var")
    second.env = {key: value.format(**places) for key, value in settings.items()}
    done = second.run("run", wait_s=20)
    says = says.replace("{port}", places["port"]).replace("{folder}", re.escape(places["folder"]))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
    assert re.match(says, done.stderr)
    running.wait_for("/health", 2)


def test_an_unknown_setting_is_named_with_its_file_and_line(home, tmp_path):
    settings = (home / "config.yaml").read_text().splitlines()
    at = settings.index("web:") + 1
    (home / "config.yaml").write_text("\n".join([*settings[:at], "  prot: 8001", *settings[at:], "colour: blue"]))
    environment = {"BOT_CONFIG": str(home / "config.yaml"), "BOT_WEB__THREDS": "9"}
    done = run_bot("run", folder=tmp_path / "var", **environment)
    assert (done.code, done.out) == (2, "")
    assert [line.split(": ")[0] for line in done.err.splitlines()] == [
        "BOT_WEB__THREDS",
        f"config.yaml:{at + 1}:3",
        f"config.yaml:{len(settings) + 2}:1",
    ]
    assert "Did you mean 'port'?" in done.err
    assert "Did you mean 'BOT_WEB__THREADS'?" in done.err


def test_half_set_secrets_stop_the_start_and_name_what_is_missing(tmp_path):
    done = run_bot("run", folder=tmp_path / "var", TWILIO_ACCOUNT_SID="AC1", TWILIO_FROM="+15550100001")
    said = (
        "Twilio is half set up: TWILIO_ACCOUNT_SID and TWILIO_FROM given, but missing: TWILIO_AUTH_TOKEN, PUBLIC_BASE"
    )
    assert (done.code, done.out, len(done.err.splitlines()), done.err.startswith(said)) == (2, "", 1, True)
    assert not (tmp_path / "var").exists()


# --- broken files, a graceful end, another organisation ---------------------------------------------------------------


def stream(desk: Desk) -> http.client.HTTPResponse:
    """Return an open stream of a new chat."""
    line = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)
    line.request("POST", "/chat/session")
    token = line.getresponse().read().decode().split('"')[3]
    line.request("GET", "/chat/events", headers={"Authorization": f"Bearer {token}"})
    answer = line.getresponse()
    assert answer.readline() == b"retry: 2000\n"
    return answer


def test_a_life_with_broken_files_and_a_graceful_end(home, tmp_path, model):
    """One desk, started three times; each start is seconds of a machine's time."""
    entries = home / "responses" / "voting.yml"
    whole = entries.read_text()
    with (
        FakeTwilio() as twilio,
        open_desk(tmp_path / "var", model, twilio, BOT_CONFIG=str(home / "config.yaml")) as desk,
    ):
        # Broken at the very first start: there is nothing to serve.
        entries.write_text(whole + BROKEN)
        done = desk.run("run", wait_s=20)
        assert (done.returncode, done.stdout) == (2, "")
        assert re.match(WHERE, done.stderr)
        assert "No earlier version to serve. Mend the files; 'bot check' names all." in done.stderr

        # Mended: it serves. What staff break while it runs changes nothing until the next start.
        entries.write_text(whole)
        desk.start()
        entries.write_text(whole + BROKEN)
        twilio.text("+15550100401", HOURS)
        (answer,) = twilio.wait_for(1, "+15550100401")

        # TERM: streams end, and what was acknowledged is answered, before or after.
        open_stream = stream(desk)
        voters = [f"+155501004{number:02}" for number in range(2, 12)]
        assert {twilio.text(voter, HOURS).status for voter in voters} == {204}
        began = time.monotonic()
        assert desk.stop() == 0
        assert time.monotonic() - began < 12
        assert open_stream.read().strip() == b""

        # Broken at a later start: the last good version serves, and the desk says so.
        desk.start()
        assert "version 1, the last good one, is in service" in desk.output
        assert re.search(WHERE, desk.output)
        for voter in voters:
            assert twilio.wait_for(1, voter) == [answer]
        time.sleep(1.2)  # a poll
        assert {voter: len(twilio.texts_to(voter)) for voter in voters} == dict.fromkeys(voters, 1)
        assert desk.stop() == 0

        # The database is this organisation's from now on, once it has a name of its own.
        settings = (home / "config.yaml").read_text()
        entries.write_text(whole)
        for name, code in (("Ana for Akron", 0), ("Ben for Boise", 2), ("Rivera for Riverton", 2)):
            (home / "config.yaml").write_text(settings.replace("name: Rivera for Riverton", f"name: {name}"))
            said = run_bot("threads", "list", folder=desk.folder, BOT_CONFIG=str(home / "config.yaml"))
            assert (said.code, len(said.err.splitlines())) == (code, code // 2), said.err
        done = desk.run("run", wait_s=20)
        assert done.returncode == 2
        assert "this database belongs to 'Ana for Akron', but config.yaml says 'Rivera for Riverton'" in done.stderr
        assert "Traceback" not in desk.output + done.stderr


# --- the database goes away and comes back ----------------------------------------------------------------------------


def test_while_the_database_is_away_twilio_is_asked_to_come_again(tmp_path, model, postgres_url):
    """Redis is away from the start on: its work is done by the clock."""
    host, port = re.search(r"@([^:/]+):?(\d*)/", postgres_url).groups()
    with FakeTwilio() as twilio, Proxy(host, int(port or 5432)) as line:
        url = re.sub(r"@[^/]+/", f"@127.0.0.1:{line.port}/", postgres_url)
        with open_desk(tmp_path / "var", model, twilio, DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0") as desk:
            desk.start()
            twilio.text("+15550100501", HOURS)
            (answer,) = twilio.wait_for(1, "+15550100501")

            line.cut()
            sid = twilio.new_sid()
            refused = [twilio.text("+15550100502", HOURS, sid=sid, keep=False) for _ in range(3)]
            assert [(one.status, int(one.headers["retry-after"]) > 0) for one in refused] == [(503, True)] * 3
            assert max(one.seconds for one in refused) < 12
            desk.wait_for("/health", 2)
            with pytest.raises(AssertionError):
                desk.wait_for("/ready", 0.5)

            line.mend()
            desk.wait_for("/ready", 20)
            assert [twilio.text("+15550100502", HOURS, sid=sid, keep=False).status for _ in range(2)] == [204, 204]
            assert twilio.wait_for(1, "+15550100502") == [answer]
            time.sleep(1.2)  # a poll
            assert len(twilio.sent) == 2
            assert desk.stop() == 0
            assert "Traceback" not in desk.output
