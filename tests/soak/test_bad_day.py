"""Voters who text all the time, a provider that fails at random, and processes that are killed: nothing is lost or doubled."""

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException

import pytest
from providers.twilio import FakeTwilio
from support.processes import Desk
from support.told import HELP, HOURS, told

pytestmark = pytest.mark.soak
SECONDS = 90
SEEDS = range(4)
WRITERS = 3
FAULTS = ("429", "500", "503", "cut_before", "cut_after", "garbage")


@dataclass
class Voters:
    """Those who text, each two messages in order, and what became of the webhooks."""

    twilio: FakeTwilio
    chance: random.Random
    ended: threading.Event = field(default_factory=threading.Event)
    wrote: dict[str, list[str]] = field(default_factory=dict)
    undelivered: list[tuple[str, str, str]] = field(default_factory=list)
    cut_off: set[str] = field(default_factory=set)
    """Ids of the webhooks that were not taken the first time."""
    faults: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def text(self) -> None:
        """Text until the day ends; Twilio comes again with what nobody took."""
        while not self.ended.wait(self.chance.uniform(0.05, 0.3)):
            with self._lock:
                voter = f"+1555{len(self.wrote):07}"
                self.wrote[voter] = [HOURS, HELP]
                waiting, self.undelivered = self.undelivered, []
                if self.chance.random() < 0.2:
                    self.faults += 1
                    self.twilio.faults[voter].append(self.chance.choice(FAULTS))
            for one in [*waiting, *((voter, text, self.twilio.new_sid()) for text in self.wrote[voter])]:
                self._deliver(*one)

    def deliver_what_is_left(self) -> None:
        waiting, self.undelivered = self.undelivered, []
        for one in waiting:
            self._deliver(*one)

    def _deliver(self, voter: str, text: str, sid: str) -> None:
        with self._lock:
            blocked = any(who == voter for who, _, _ in self.undelivered)
        if not blocked:  # a text behind one that waits would overtake it, which no product could mend
            with suppress(OSError, HTTPException):
                if self.twilio.text(voter, text, sid=sid).status < 300:
                    return
        with self._lock:
            self.cut_off.add(sid)
            self.undelivered.append((voter, text, sid))


def day(shape, seed, desks, twilio, table):
    """Let the day pass and hold what voters got against what they wrote."""
    chance = random.Random(seed)
    voters = Voters(twilio, random.Random(seed + 1000))
    writers = [threading.Thread(target=voters.text) for _ in range(WRITERS)]
    for desk in desks:
        desk.start(ready=False)
    for writer in writers:
        writer.start()
    began, kills = time.monotonic(), 0
    while time.monotonic() - began < SECONDS:
        time.sleep(chance.uniform(1, 6))
        desk = chance.choice(desks)
        desk.kill()
        kills += 1
        time.sleep(chance.uniform(0, 1))
        desk.start(ready=False)
    voters.ended.set()
    for writer in writers:
        writer.join()
    voters.deliver_what_is_left()
    assert voters.undelivered == []
    got = settled(voters, twilio)
    lost = sum(1 for voter, texts in voters.wrote.items() for text in texts if text not in got[voter])
    doubled = sum(len(answers) - len(set(answers)) for answers in got.values())
    swapped = sum(1 for voter, texts in voters.wrote.items() if set(got[voter]) == set(texts) and got[voter] != texts)
    texts = sum(len(texts) for texts in voters.wrote.values())
    answers = sum(map(len, got.values()))
    seconds = round(time.monotonic() - began)
    table.add(shape, seed, seconds, texts, len(voters.cut_off), kills, voters.faults, answers, lost, doubled, swapped)
    for desk in desks:
        desk.stop()
    assert (lost, doubled, swapped) == (0, 0, 0), {v: got[v] for v, texts in voters.wrote.items() if got[v] != texts}


def settled(voters, twilio, wait_s=120):
    """Wait until every voter has as many answers as texts, or long enough; return what each was told."""
    ends = time.monotonic() + wait_s
    while True:
        got = {voter: [told(text) for text in twilio.texts_to(voter)] for voter in voters.wrote}
        if time.monotonic() > ends or all(len(got[voter]) >= len(texts) for voter, texts in voters.wrote.items()):
            time.sleep(3)  # whatever is doubled has the time to come
            return {voter: [told(text) for text in twilio.texts_to(voter)] for voter in voters.wrote}
        time.sleep(0.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_process_on_sqlite(tmp_path, model, table, seed):
    with FakeTwilio() as twilio:
        desk = Desk(tmp_path / "var", model)
        twilio.product = desk.url
        desk.env = {**twilio.environment(), "PUBLIC_BASE_URL": desk.url, "BOT_SMS__ASK_AFTER": "1s"}
        day("`bot run`, SQLite", seed, [desk], twilio, table)


@pytest.mark.parametrize("seed", SEEDS)
def test_web_and_two_workers_on_postgresql(tmp_path, model, postgres_url, redis_url, table, seed):
    url, prefix = redis_url
    with FakeTwilio() as twilio:
        web = Desk(tmp_path / "web", model, ("web",))
        workers = [Desk(tmp_path / f"worker{n}", model, ("worker",)) for n in range(2)]
        twilio.product = web.url
        for desk in (web, *workers):
            desk.env = {
                **twilio.environment(),
                "PUBLIC_BASE_URL": web.url,
                "BOT_SMS__ASK_AFTER": "1s",
                "DATABASE_URL": postgres_url,
                "REDIS_URL": url,
                "BOT_STORE__REDIS_PREFIX": prefix,
            }
        day("web + 2 workers, PostgreSQL", seed, [web, *workers], twilio, table)
