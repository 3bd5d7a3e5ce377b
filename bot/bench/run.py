"""Run the measurements: the product's shapes and the yardsticks in turn, medians of several rounds."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from bot.app import PLACES
from bot.bench.goals import GOALS, Result
from bot.bench.machine import commits_per_s, cpu_s, memory_mb, p99, signature_s, understanding_s
from bot.bench.processes import (
    TOKEN,
    Bench,
    Provider,
    bench,
    desk_environment,
    free_port,
    inbound,
    pids_of,
    product_environment,
    start_provider,
    texts,
    wait_ready,
)
from bot.bench.wire import signed_form
from bot.config import Config
from bot.content.examples import read_examples
from bot.content.files import staff_files
from bot.understanding.loader import learned_in, open_classifier

ROUNDS = 5
MESSAGES = 1200
STORED = 3000
CARDS, CARDS_PER_S = 60, 0.9
Said = Callable[[str], None]


@dataclass
class Lab:
    """What all measurements share."""

    config: Config
    bench: Bench
    model: Path
    texts: Sequence[str]
    database: str | None
    redis: str | None
    rounds: int
    said: Said
    rates: dict[str, list[float]] = field(default_factory=dict)

    def voters(self, count: int, tag: int) -> list[tuple[str, str]]:
        """Return `count` messages: half of the voters write twice, with texts as voters write them."""
        half = count * 2 // 3
        return [
            (f"+1555{tag:02}{at % half:05}", self.texts[(at * 7919 + tag) % len(self.texts)]) for at in range(count)
        ]


def run(config: Config, wanted: Sequence[str], said: Said, *, rounds: int = ROUNDS) -> list[Result]:
    """Measure the goals named in `wanted`, all of them where it is empty."""
    ids = [goal for goal in GOALS if not wanted or goal in wanted or goal.rstrip("a") in wanted]
    with bench({}) as one:
        lab = _lab(config, one, said, rounds)
        results: dict[str, Result] = {}
        if {"G1", "G4", "G4a", "G5"} & set(ids):
            results |= _on_postgresql(lab)
        if "G2" in ids:
            results["G2"] = _embedded(lab)
        if "G9" in ids:
            results["G9"] = _three_times(lab)
        if "D1" in ids:
            results["D1"] = _cards(lab)
        if "G10" in ids:
            results["G10"] = _memory(lab)
        return [results[goal] for goal in ids]


def _lab(config: Config, one: Bench, said: Said, rounds: int) -> Lab:
    classifier_folder = one.folder / "model"
    classifier_folder.mkdir()
    known = config.folder / "model.npz"
    if known.exists():
        shutil.copy(known, classifier_folder / "model.npz")
    open_classifier(config.staff, classifier_folder, PLACES, said)
    model = learned_in(config.staff, classifier_folder)
    assert model is not None
    examples, _ = read_examples(staff_files(config.staff))
    return Lab(
        config=config,
        bench=one,
        model=model,
        texts=[example.text for example in examples],
        database=_reachable(config),
        redis=config.redis_url or _local_redis(),
        rounds=rounds,
        said=said,
    )


def _reachable(config: Config) -> str | None:
    """Return the URL of a PostgreSQL server to measure on: DATABASE_URL's, else the one on this machine."""
    url = config.database_url if not config.is_embedded else "postgresql+psycopg://127.0.0.1:5432/postgres"
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return str(engine.url.render_as_string(hide_password=False))
    except OperationalError:
        return None
    finally:
        engine.dispose()


def _local_redis() -> str | None:

    url = "redis://127.0.0.1:6379/0"
    try:
        Redis.from_url(url, socket_timeout=1).ping()
    except RedisError:
        return None
    return url


@contextmanager
def _database(lab: Lab, name: str) -> Iterator[str]:
    """Yield the URL of a fresh PostgreSQL database, dropped afterwards."""
    assert lab.database is not None
    engine = create_engine(lab.database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield lab.database.rpartition("/")[0] + f"/{name}"
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


# --- shapes of the product --------------------------------------------------------------------------------------------


@dataclass
class Running:
    """The product as processes, with its provider."""

    port: int
    provider: Provider
    processes: list[Popen[bytes]]
    metrics_port: int = 0
    """Where the worker shows its counters."""

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def _scaled(lab: Lab, url: str, webs: int = 1, workers: int = 1) -> Iterator[Running]:
    """Yield the product as `bot web` and `bot worker` on PostgreSQL and Redis."""
    provider = start_provider(lab.bench)
    folder = lab.bench.folder / "scaled"
    folder.mkdir(exist_ok=True)
    shutil.copy(lab.model, folder / "model.npz")
    port = free_port()
    environment = {
        **product_environment(port, provider, folder),
        "DATABASE_URL": url,
        "BOT_STORE__REDIS_PREFIX": f"bench-{port}",
        **({"REDIS_URL": lab.redis} if lab.redis else {}),
    }
    upgrade = lab.bench.start("bot", "db", "upgrade", **environment)
    if upgrade.wait(60) != 0:
        raise RuntimeError(lab.bench.words())
    lab.bench.started.remove(upgrade)
    counted = free_port()
    running = [lab.bench.start("bot", "worker", **environment, BOT_METRICS__PORT=str(counted))]
    running += [lab.bench.start("bot", "worker", **environment) for _ in range(workers - 1)]
    running += [lab.bench.start("bot", "web", **environment) for _ in range(webs)]
    wait_ready(lab.bench, port, "/health")
    time.sleep(4)  # the worker loads the classifier; nothing tells when from outside
    yield Running(port, provider, running, counted)
    for process in [*running, provider.process]:
        lab.bench.stop(process)


@contextmanager
def _embedded_product(lab: Lab, name: str, *, desk: bool = False) -> Iterator[Running]:
    """Yield the product as one `bot run`, with volunteers in Slack where there is a `desk`."""
    provider = start_provider(lab.bench)
    folder = lab.bench.folder / name
    folder.mkdir(exist_ok=True)
    shutil.copy(lab.model, folder / "model.npz")
    port = free_port()
    slack = desk_environment(provider) if desk else {}
    process = lab.bench.start("bot", "run", **product_environment(port, provider, folder), **slack)
    wait_ready(lab.bench, port, "/ready")
    yield Running(port, provider, [process])
    lab.bench.stop(process)
    lab.bench.stop(provider.process)


def _through(
    lab: Lab, running: Running, messages: Sequence[tuple[str, str]], rate: float, tag: str
) -> tuple[float, list[float], list[float]]:
    """Send messages through the product; return messages a second, and the waits to the call and to the answer."""
    before = running.provider.read()
    fired = lab.bench.fire(texts(running.public, messages, tag=tag), running.port, rate)
    if fired.count(204) != len(messages):
        raise RuntimeError(f"{len(messages) - fired.count(204)} webhooks were not acknowledged:\n{lab.bench.words()}")
    answered = len({voter for voter, _ in messages})
    found = _until_quiet(running.provider, len(before["created"]) + answered)
    created = found["created"][len(before["created"]) :]
    first: dict[str, float] = {}
    for voter, at in created:
        first.setdefault(voter, at)
    began: dict[str, float] = {}
    for (voter, _), (started, _, _) in zip(messages, fired.results, strict=True):
        began.setdefault(voter, started)
    waits = [first[voter] - began[voter] for voter in first if voter in began]
    last = max(at for _, at in created)
    return len(messages) / (last - fired.began), waits, fired.waits


def _until_quiet(provider: Provider, at_least: int) -> dict[str, list[tuple[str, float]]]:
    """Wait until no more messages come and every callback has been answered."""
    found = provider.wait_for(at_least, 0)
    while True:
        time.sleep(0.5)
        again = provider.wait_for(len(found["created"]), 2 * len(found["created"]))
        if len(again["created"]) == len(found["created"]):
            return again
        found = again


# --- measurements -----------------------------------------------------------------------------------------------------


def _on_postgresql(lab: Lab) -> dict[str, Result]:
    """Measure G1, G4 and G5 with the yardstick in turn."""
    ids = ("G1", "G4", "G4a", "G5")
    if lab.database is None:
        return {goal: Result(GOALS[goal], None, "no PostgreSQL server is reachable") for goal in ids}
    check = signature_s()
    rates, stores, calls, acks, store_p99s, cpus, readings = [], [], [], [], [], [], []
    for number in range(lab.rounds):
        with _database(lab, "desk_bench_store") as url:
            store, store_waits = _store(lab, url, 0)
            stores.append(store)
            lab.said(f"round {number + 1}: /store {store:.0f}/s")
        with _database(lab, "desk_bench") as url, _scaled(lab, url) as running:
            _through(lab, running, lab.voters(100, 90), 0, "a")  # warm: caches, prepared statements
            before, pids = cpu_s(found := pids_of(*running.processes)), found
            read_before = understanding_s(running.metrics_port)
            rate, _, _ = _through(lab, running, lab.voters(MESSAGES, number), 0, f"b{number}")
            cpus.append((cpu_s(pids) - before) / MESSAGES)
            readings.append((understanding_s(running.metrics_port) - read_before) / MESSAGES)
            rates.append(rate)
            half = rate / 2
            _, to_call, to_ack = _through(lab, running, lab.voters(MESSAGES // 2, 50 + number), half, f"c{number}")
            calls.append(p99(to_call))
            acks.append(p99(to_ack))
            lab.said(
                f"round {number + 1}: {rate:.0f} messages/s, half load p99 {p99(to_call) * 1000:.0f} ms to the call"
            )
        with _database(lab, "desk_bench_store") as url:
            _, store_waits = _store(lab, url, half)
            store_p99s.append(p99(store_waits))
    ratio = statistics.median(rate / store for rate, store in zip(rates, stores, strict=True))
    own = [(cpu - reading) / check for cpu, reading in zip(cpus, readings, strict=True)]
    to_call = [call / wait for call, wait in zip(calls, store_p99s, strict=True)]
    to_ack = [ack / wait for ack, wait in zip(acks, store_p99s, strict=True)]
    return {
        "G1": Result(
            GOALS["G1"],
            ratio,
            f"{statistics.median(rates):.0f} messages/s, /store {statistics.median(stores):.0f}/s; "
            f"one web, one worker, {MESSAGES} messages, two callbacks each",
        ),
        "G4": Result(
            GOALS["G4"],
            statistics.median(to_call),
            f"p99 {statistics.median(calls) * 1000:.1f} ms, "
            f"/store {statistics.median(store_p99s) * 1000:.1f} ms at the same rate",
        ),
        "G4a": Result(GOALS["G4a"], statistics.median(to_ack), f"p99 {statistics.median(acks) * 1000:.1f} ms"),
        "G5": Result(
            GOALS["G5"],
            statistics.median(own),
            f"{statistics.median(cpus) * 1e6:.0f} us a message, "
            f"of which understanding {statistics.median(readings) * 1e6:.0f}; "
            f"a signature check {check * 1e6:.0f} us",
        ),
    }


def _store(lab: Lab, url: str, rate: float) -> tuple[float, list[float]]:
    """Measure the yardstick: requests a second, and how long each waited."""
    port = free_port()
    process = lab.bench.start("bot.bench.reference", url, str(port), "0123456789abcdef0123456789abcdef")
    wait_ready(lab.bench, port, "/")
    public = f"http://127.0.0.1:{port}"
    count = STORED if not rate else min(STORED, int(rate * 6) + 50)

    forms = [
        signed_form(TOKEN, f"{public}/store", inbound(f"+1555{at:07}", "where do i vote", f"SM{at:032d}"))
        for at in range(count)
    ]
    lab.bench.fire(forms[:200], port)
    fired = lab.bench.fire(forms, port, rate)
    lab.bench.stop(process)
    if fired.count(204) != count:
        raise RuntimeError(f"/store refused {count - fired.count(204)} of {count}:\n{lab.bench.words()}")
    return count / (fired.ended - fired.began), fired.waits


def _embedded(lab: Lab) -> Result:
    """Measure G2: one process on SQLite with synchronous=FULL."""
    values, rates, commits = [], [], []
    check = signature_s()
    for number in range(lab.rounds):
        per_s = commits_per_s(lab.bench.folder)
        with _embedded_product(lab, f"embedded{number}") as running:
            _through(lab, running, lab.voters(100, 91), 0, "d")
            rate, _, _ = _through(lab, running, lab.voters(MESSAGES, 20 + number), 0, f"e{number}")
        per_s = (per_s + commits_per_s(lab.bench.folder)) / 2
        values.append(rate * (1 / per_s + 10 * check))
        rates.append(rate)
        commits.append(per_s)
        lab.said(f"round {number + 1}: {rate:.0f} messages/s embedded, {per_s:.0f} commits/s")
    detail = f"{statistics.median(rates):.0f} messages/s, C {statistics.median(commits):.0f} commits/s, S {check * 1e6:.0f} us"
    return Result(GOALS["G2"], statistics.median(values), detail)


def _three_times(lab: Lab) -> Result:
    """Measure G9: every webhook three times at once; whatever is more than one answer to each voter is extra."""
    messages = [(f"+155570{at:05}", "what time do polls close") for at in range(300)]
    with _embedded_product(lab, "thrice") as running:
        once = texts(running.public, messages, tag="f")
        lab.bench.fire([form for form in once for _ in range(3)], running.port)
        found = _until_quiet(running.provider, len(messages))
    extra = len(found["created"]) - len(messages)
    return Result(GOALS["G9"], float(extra), f"{len(messages)} messages, {3 * len(messages)} webhooks")


def _cards(lab: Lab) -> Result:
    """Measure D1: a case a second, as fast as Slack lets an app post; from the webhook's first byte to the card's call."""
    messages = [(f"+155571{at:05}", "I need to talk to a person please") for at in range(CARDS)]
    with _embedded_product(lab, "cards", desk=True) as running:
        warm = [(f"+155572{at:05}", "what time do polls close") for at in range(30)]  # of these none waits for a person
        _through(lab, running, warm, 0, "h")
        fired = lab.bench.fire(texts(running.public, messages, tag="i"), running.port, CARDS_PER_S)
        began = {voter[-4:]: started for (voter, _), (started, _, _) in zip(messages, fired.results, strict=True)}
        ends = time.monotonic() + 60
        while len(found := _first_cards(running.provider, began)) < len(messages) and time.monotonic() < ends:
            time.sleep(0.2)
    if len(found) < len(messages):
        raise RuntimeError(f"{len(found)} of {len(messages)} cards came:\n{lab.bench.words()}")
    waits = sorted(found[voter] - began[voter] for voter in began)
    p95 = waits[int(len(waits) * 0.95)]
    middle = statistics.median(waits) * 1000
    return Result(
        GOALS["D1"], p95, f"{CARDS} cases at {CARDS_PER_S} a second; median {middle:.0f} ms, longest {waits[-1]:.2f} s"
    )


def _first_cards(provider: Provider, of: Mapping[str, float]) -> dict[str, float]:
    cards: dict[str, float] = {}
    for voter, at in provider.read()["cards"]:
        if voter in of and at >= of[voter]:
            cards.setdefault(voter, at)
    return cards


def _memory(lab: Lab) -> Result:
    """Measure G10: `bot run` idle, its classifier loaded and used once."""
    with _embedded_product(lab, "idle") as running:
        _through(lab, running, lab.voters(30, 92), 0, "g")
        time.sleep(2)
        value = memory_mb(pids_of(*running.processes))
    return Result(GOALS["G10"], value, "PSS of all its processes")
