"""The product as many processes: one `bot web`, two `bot worker`, PostgreSQL, and Redis behind a line that can be cut."""

import http.client
import json
import os
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from providers.slack import BEN, MARIA, FakeSlack
from providers.twilio import FakeTwilio
from support.commands import run_bot
from support.databases import own_database
from support.machine import lacking
from support.processes import Desk
from support.proxy import Proxy

HOURS = "what time do polls close"
SOON_S = 5
"""With Redis away work is found by the one-second poll."""


@dataclass
class Fleet:
    """All processes, and what stands around them."""

    web: Desk
    workers: tuple[Desk, Desk]
    twilio: FakeTwilio
    slack: FakeSlack
    redis: Proxy

    @property
    def output(self) -> str:
        return "".join(one.output for one in (self.web, *self.workers))


@pytest.fixture(scope="module")
def redis_line() -> Iterator[Proxy]:
    """Yield a line to this machine's Redis."""
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
    try:
        redis.Redis.from_url(url, socket_timeout=3).ping()
    except redis.exceptions.ConnectionError:
        lacking("Redis")
    parts = urlsplit(url)
    with Proxy(parts.hostname or "127.0.0.1", parts.port or 6379) as line:
        yield line


@pytest.fixture(scope="module")
def empty_database(postgres: str) -> Iterator[str]:
    """Yield the URL of a PostgreSQL database without a table."""
    with own_database(postgres) as url:
        yield url


@pytest.fixture(scope="module")
def fleet(
    tmp_path_factory: pytest.TempPathFactory, model: Path, empty_database: str, redis_line: Proxy
) -> Iterator[Fleet]:
    """Yield a web and two workers, after `bot db upgrade`; before it they are refused."""
    folder = tmp_path_factory.mktemp("fleet")
    with FakeTwilio() as twilio, FakeSlack(retries=True) as slack, ExitStack() as ends:
        web = Desk(folder / "web", command=("web",))
        twilio.product = slack.product = web.url
        web.env = {
            **twilio.environment(),
            **slack.environment(),
            "BOT_DESK__VOLUNTEERS": json.dumps([MARIA, BEN]),
            "BOT_DESK__HOLD": "1s",
            "BOT_SLACK__MESSAGES_PER_SECOND": "20",
            "PUBLIC_BASE_URL": web.url,
            "DATABASE_URL": empty_database,
            "REDIS_URL": f"redis://127.0.0.1:{redis_line.port}/0",
            "BOT_STORE__REDIS_PREFIX": f"test-{secrets.token_hex(6)}",
        }
        workers = tuple(Desk(folder / name, model, ("worker",), web.env) for name in ("one", "two"))
        all_of_them = (web, *workers)
        for one in all_of_them:
            ends.callback(one.kill)
        for command in ("web", "worker"):
            early = web.run(command, wait_s=20)
            sentence = "the database has schema none, this version needs 0001; run 'bot db upgrade'\n"
            assert (early.returncode, early.stdout, early.stderr) == (2, "", sentence)
        assert web.run("db", "upgrade").returncode == 0
        for one in all_of_them:
            one.start()
        for one in workers:
            until(lambda one=one: "classifier_ready" in one.output, 60)
        yield Fleet(web, workers, twilio, slack, redis_line)


def until(is_so, wait_s: float) -> None:
    ends = time.monotonic() + wait_s
    while not is_so():
        assert time.monotonic() < ends, "it did not become so in time"
        time.sleep(0.02)


def test_a_text_is_answered_once(fleet):
    assert fleet.twilio.text("+15550100600", HOURS).status == 204
    (answer,) = fleet.twilio.wait_for(1, "+15550100600", SOON_S)
    assert "hours of the polls" in answer


def test_two_workers_post_each_card_once_and_each_thread_has_one_owner(fleet):
    voters = [f"+155501008{number:02}" for number in range(10)]
    with ThreadPoolExecutor(10) as many:
        list(many.map(lambda voter: fleet.twilio.text(voter, "I need to talk to a person please"), voters))
        cards = fleet.slack.wait_posts(10)
        clicks = [(who, card["ts"]) for card in cards for who in (MARIA, BEN)]
        done = list(many.map(lambda click: fleet.slack.person(click[0]).clicks(click[1], "claim").status, clicks))
        assert done == [200] * 20
        fleet.slack.wait_for(lambda: all("Claimed by" in one["text"] for one in fleet.slack.posts()))
        says = [fleet.slack.person(who).says(f"Words by {who}", ts, sends=False) for who, ts in clicks]
        list(many.map(lambda said: fleet.slack.event(said.event, event_id=said.event_id), says + says))
    for voter in voters:
        until(lambda voter=voter: any("Words by" in text for text in fleet.twilio.texts_to(voter)), 20)
    assert [sum("Words by" in text for text in fleet.twilio.texts_to(voter)) for voter in voters] == [1] * 10
    assert len(fleet.slack.posts()) == 10


def test_thirty_voters_at_once_are_each_answered_once_and_in_order(fleet):
    voters = [f"+155501006{number:02}" for number in range(1, 31)]

    def write(voter: str) -> list[int]:
        return [fleet.twilio.text(voter, words).status for words in (HOURS, "HELP")]

    with ThreadPoolExecutor(30) as pool:
        assert list(pool.map(write, voters)) == [[204, 204]] * 30
    for voter in voters:
        fleet.twilio.wait_for(2, voter)
    time.sleep(1.2)  # a poll
    got = {voter: ["Contact:" in answer for answer in fleet.twilio.texts_to(voter)] for voter in voters}
    assert got == {voter: [False, True] for voter in voters}


def test_both_halves_share_one_chat(fleet):
    """The worker answers, and the bell on Redis lets the web's open stream tell it at once, not at the next heartbeat."""
    line = http.client.HTTPConnection("127.0.0.1", fleet.web.port, timeout=SOON_S)
    line.request("POST", "/chat/session")
    headers = {"Authorization": f"Bearer {json.load(line.getresponse())['token']}"}
    stream = http.client.HTTPConnection("127.0.0.1", fleet.web.port, timeout=SOON_S)
    stream.request("GET", "/chat/events", headers=headers)
    answer = stream.getresponse()
    time.sleep(0.5)  # the stream listens
    line.request("POST", "/chat/messages", json.dumps({"id": "12345678", "text": HOURS}), headers)
    assert line.getresponse().status == 202
    lines = [answer.readline() for _ in range(4)]
    assert "hours of the polls" in json.loads(lines[3].removeprefix(b"data: "))["text"]
    stream.close()
    line.close()


@pytest.mark.parametrize("words", ["what time do polls\x00 close", "\x00", "\ud83d\ude00 where"], ids=repr)
def test_odd_signs_are_stored_and_answered_on_postgresql_too(fleet, words):
    voter = f"+155501007{len(words):02}"
    words = words.encode("utf-16", "surrogatepass").decode("utf-16")
    assert fleet.twilio.text(voter, words).status == 204
    fleet.twilio.wait_for(1, voter, SOON_S)


def test_with_redis_away_answers_come_within_seconds(fleet):
    fleet.redis.cut()
    try:
        for number in range(3):
            voter = f"+1555010080{number}"
            began = time.monotonic()
            answer = fleet.twilio.text(voter, HOURS)
            assert (answer.status, answer.seconds < 1) == (204, True)
            fleet.twilio.wait_for(1, voter, SOON_S)
            assert time.monotonic() - began < SOON_S
        fleet.web.wait_for("/ready", 2)
    finally:
        fleet.redis.mend()
    fleet.twilio.text("+15550100804", HOURS)
    fleet.twilio.wait_for(1, "+15550100804", SOON_S)


def test_all_of_them_end_gracefully_and_without_a_trace(fleet):
    """The last test of this file: it ends what the others share."""
    line = http.client.HTTPConnection("127.0.0.1", fleet.web.port, timeout=20)
    line.request("POST", "/chat/session")
    token = json.load(line.getresponse())["token"]
    line.request("GET", "/chat/events", headers={"Authorization": f"Bearer {token}"})
    stream = line.getresponse()
    began = time.monotonic()
    assert [one.stop() for one in (*fleet.workers, fleet.web)] == [0, 0, 0]
    assert time.monotonic() - began < 3 * 12
    assert stream.read().replace(b"\n", b"") == b"retry: 2000"
    line.close()
    assert "Traceback" not in fleet.output


@pytest.mark.parametrize("command", ["web", "worker"])
def test_many_processes_on_one_file_are_refused(tmp_path, command):
    done = run_bot(command, folder=tmp_path)
    assert (done.code, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert done.err.startswith(
        f"'bot {command}' is one of many processes and needs a shared database: set DATABASE_URL="
    )
    assert "or use 'bot run'" in done.err
