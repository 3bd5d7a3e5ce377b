"""The product with a service of polling places: what a voter hears, also when it is away or the process dies in between."""

import sqlite3
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from providers.civic import ADDRESS, KEY, FakeCivic
from providers.twilio import FakeTwilio
from support.processes import Desk, rows, wait_until

FOUND, DOWN = "the polling place for that address is", "I cannot look that up right now"


@pytest.fixture(scope="module")
def civic() -> Iterator[FakeCivic]:
    with FakeCivic(day=(datetime.now(UTC) + timedelta(days=30)).date().isoformat()) as one:
        yield one


@pytest.fixture(scope="module")
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as one:
        yield one


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, model: Path, civic: FakeCivic, twilio: FakeTwilio
) -> Iterator[Desk]:
    """Yield a running desk with SMS that looks polling places up at the local server."""
    one = Desk(tmp_path_factory.mktemp("desk") / "var", model)
    twilio.product = one.url
    one.env = {
        **twilio.environment(),
        "PUBLIC_BASE_URL": one.url,
        **civic.environment(),
        "BOT_METRICS__TOKEN": "sesame",
    }
    yield one.start()
    one.kill()


def asks(twilio: FakeTwilio, voter: str, address: str = ADDRESS) -> str:
    """Let a voter ask by address; return the last answer."""
    for said, heard in (("where do i vote", 1), (address, 2), ("yes", 3)):
        twilio.text(voter, said)
        twilio.wait_for(heard, voter, wait_s=30)
    return twilio.texts_to(voter)[-1]


def test_the_place_is_told_with_the_official_page_and_the_address_stays_out_of_logs_and_jobs(
    running: Desk, civic: FakeCivic, twilio: FakeTwilio
) -> None:
    said = asks(twilio, "+15550100601")
    assert (FOUND in said, "Elm School, 40 Elm St, Riverton" in said) == (True, True), said
    assert civic.asked[-1][1]["address"] == "12 OAK ST, RIVERTON, OH 43001"
    kept = rows(running, "SELECT payload, result FROM effect WHERE kind = 'look_up_polling_place'")
    assert kept == [("{}", '{"outcome": "found"}')]
    with sqlite3.connect(running.folder / "desk.sqlite3", timeout=5) as connection:
        ((answer,),) = connection.execute("SELECT answer FROM look_up").fetchall()
    told = (answer + running.output).casefold()
    assert [word for word in ("oak st", KEY, "/voterinfo") if word in told] == []


def test_a_service_that_is_down_leaves_the_page_and_the_next_voter_asks_anew(
    running: Desk, civic: FakeCivic, twilio: FakeTwilio
) -> None:
    civic.script.extend(["500", "500"])
    assert DOWN in asks(twilio, "+15550100602", "14 Oak St, Riverton, OH 43001")
    assert FOUND in asks(twilio, "+15550100603", "14 Oak St, Riverton, OH 43001")


def test_metrics_count_what_came(running: Desk) -> None:
    asked = urllib.request.Request(f"{running.url}/metrics", headers={"Authorization": "Bearer sesame"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        told = answer.read().decode()
    assert 'bot_look_ups_total{by="google",outcome="found"} 2.0' in told
    assert 'bot_look_ups_total{by="google",outcome="down"} 1.0' in told
    assert 'bot_look_up_left_alone{by="google"} 0.0' in told


def test_a_process_that_dies_between_call_and_result_tells_it_once(
    running: Desk, civic: FakeCivic, twilio: FakeTwilio
) -> None:
    running.stop()
    alive = dict(running.env)
    running.env = {**alive, "BOT_DIE_AT": "look_up.before:2"}  # the first one is the job that drops what has lapsed
    running.start()
    voter, before = "+15550100604", len(civic.asked)
    for said, heard in (("where do i vote", 1), ("16 Oak St, Riverton, OH 43001", 2)):
        twilio.text(voter, said)
        twilio.wait_for(heard, voter, wait_s=30)
    twilio.text(voter, "yes")
    assert running.wait_end(30) == -9
    running.env = alive
    running.start()
    twilio.wait_for(3, voter, wait_s=30)
    wait_until(lambda: rows(running, "SELECT count(*) FROM effect WHERE state = 'running'") == [(0,)])
    assert (FOUND in twilio.texts_to(voter)[-1], len(twilio.texts_to(voter)), len(civic.asked) - before) == (True, 3, 2)
