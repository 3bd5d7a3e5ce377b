"""kill -9 around the commit of a polled batch: Telegram hands out again what was not confirmed, and nothing is doubled."""

import sqlite3
import time

import pytest
from providers.telegram import TOKEN, FakeTelegram
from support.processes import Desk

VOTER = 5550100401


@pytest.fixture
def telegram():
    with FakeTelegram(is_asked=True) as one:
        yield one


def environment(telegram, **extra):
    return {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "BOT_TELEGRAM__POLLING": "yes",
        **extra,
    }


@pytest.mark.parametrize("point", ["accept.before", "accept.after"])
def test_what_was_not_confirmed_is_lost_or_doubled_by_no_death(tmp_path, model, telegram, point):
    desk = Desk(tmp_path / "var", model, env=environment(telegram, BOT_DIE_AT=point))
    desk.start()
    numbers = [7, 8]
    telegram.text(VOTER, "what time do polls close", update_id=numbers[0])
    assert desk.wait_end(30) == -9
    assert [update["update_id"] for update in telegram.waiting] == [7], "nothing was confirmed"
    telegram.text(VOTER, "HELP", update_id=numbers[1])
    desk.env = environment(telegram)
    desk.start()
    telegram.wait_for(2, VOTER)
    telegram.wait_until(lambda: not telegram.waiting)
    time.sleep(1.5)
    told = [one["text"] for one in telegram.messages_to(VOTER)]
    assert len(told) == 2
    assert "hours of the polls" in told[0]
    assert "Contact:" in told[1]
    with sqlite3.connect(desk.folder / "desk.sqlite3") as connection:
        assert connection.execute("SELECT event_id FROM inbox ORDER BY id").fetchall() == [
            (f"{TOKEN.partition(':')[0]}:{number}",) for number in numbers
        ]
    began = time.monotonic()
    assert desk.stop() == 0
    assert time.monotonic() - began < 8
    with sqlite3.connect(desk.folder / "desk.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM lease").fetchall() == [(0,)], "given back"
