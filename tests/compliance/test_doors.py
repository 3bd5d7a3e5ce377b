"""Who is let in, and that nothing happens twice: statements C60 and C61 of docs/compliance.md."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from support.hooks import FORGED
from support.sites import Web, open_web

ANA = "+15550100101"
STRANGERS = [(name, label) for name, labels in FORGED.items() for label in labels]


# --- C60 --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Web]:
    """Yield the product's web half, whole."""
    one = open_web(tmp_path_factory.mktemp("doors"), sqlite_template)
    yield one
    one.app.stop()


def everything(web):
    """Return how many rows each table has that anything a voter says could reach."""
    tables = "inbox message conversation address person consent audit handoff session desk_call effect timer".split()
    return {table: web.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def refused(name):
    return REGISTRY.get_sample_value("bot_webhooks_refused_total", {"door": name}) or 0


@pytest.mark.parametrize(("name", "label"), STRANGERS, ids=[f"{name}-{label}" for name, label in STRANGERS])
def test_c60_a_stranger_leaves_nothing_but_a_count(web, name, label):
    """C60: a webhook with a wrong or missing signature: 403 (401 for a session), nothing stored but a count."""
    hook, status, _ = FORGED[name][label]
    before, counted = everything(web), refused(name)
    path = hook.url.removeprefix("https://bot.example.org")
    headers = {key: value.encode("latin-1", "replace").decode("latin-1") for key, value in hook.headers.items()}
    answer = web.client().post(path, data=hook.body, headers={**headers, "Content-Type": "text/plain"})
    assert (answer.status_code, everything(web), refused(name) - counted) == (status, before, 1)


# --- C61 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True], ids=["a new voter", "a known one"])
def test_c61_the_same_message_in_two_workers_at_the_same_instant_gets_one_reply(open_world, known):
    """C61: the same MessageSid twice, at the same instant, in two workers: one message, one reply."""
    workers = [open_world(), open_world()]
    if known:
        workers[0].text(ANA, "hello")
        workers[0].work()
    earlier = len(workers[0].line.taken)
    event = workers[0].inbound(ANA, "when do the polls close?", "SM-twice")
    barrier, outcomes, failures = threading.Barrier(2), [], []

    def work(world):
        try:
            barrier.wait()
            outcomes.extend(outcome.kind for outcome in world.accept(event))
            barrier.wait()
            world.work()
        except Exception as error:  # noqa: BLE001 (handed to the test)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(world,)) for world in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workers[0].work()
    assert failures == []
    assert sorted(outcomes) == ["repeated", "stored"]
    stored = workers[0].one("SELECT count(*) FROM message WHERE direction = 'in' AND text LIKE 'when%'")
    assert (stored, len(workers[0].line.taken) - earlier) == (1, 1)


def test_c61_a_repeat_long_after_its_answer_is_no_new_message(world):
    """C61: the signature has no date, so an old request can come again for ever."""
    event = world.inbound(ANA, "when do the polls close?", "SM-old")
    world.accept(event)
    world.work()
    world.later(days=400)
    assert [outcome.kind for outcome in world.accept(event)] == ["repeated"]
    world.work()
    assert len(world.line.taken) == 1
