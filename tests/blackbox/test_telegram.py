"""A voter's message on Telegram travels the whole way and back."""

import sqlite3
import time
from collections.abc import Iterator

import pytest
from providers.telegram import FakeTelegram
from support.processes import Desk

VOTER = 5550100201


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as one:
        yield one


@pytest.fixture
def telegram_desk(tmp_path, model, telegram):
    """Yield the product with one bot of the local Telegram, running."""
    one = Desk(tmp_path / "var", model, env=telegram.environment())
    telegram.product = one.url
    yield one.start()
    one.kill()


def rows(desk, question):
    with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
        return connection.execute(question).fetchall()


def wait_until(is_so, wait_s=15.0):
    ends = time.monotonic() + wait_s
    while not (found := is_so()):
        assert time.monotonic() < ends, "it did not become so in time"
        time.sleep(0.05)
    return found


def buttons(message):
    return [one for row in message["reply_markup"]["inline_keyboard"] for one in row]


def test_from_start_over_a_button_to_a_block_and_back(telegram_desk, telegram):
    assert telegram.update({"message": {}}, secret="") == 403
    assert telegram.update({"message": {}}, secret="another") == 403
    assert rows(telegram_desk, "SELECT count(*) FROM inbox") == [(0,)]

    assert [telegram.text(VOTER, "/start", update_id=1) for _ in range(3)] == [200, 200, 200]
    hello = telegram.wait_for(1, VOTER)[0]
    assert "automated" in hello["text"]
    find = next(one for one in buttons(hello) if one["callback_data"] == "go:polling_place")

    assert telegram.press(VOTER, hello, find["callback_data"]) == 200
    assert telegram.asked[-1][0] == "answerCallbackQuery"
    assert "state" in telegram.wait_for(2, VOTER)[1]["text"]
    telegram.text(VOTER, "Ohio")
    assert "https://www.ohiosos.gov/" in telegram.wait_for(3, VOTER)[2]["text"]

    assert telegram.membership(VOTER, "kicked") == 200
    wait_until(lambda: rows(telegram_desk, "SELECT 1 FROM address WHERE held_by = 'telegram'"))
    assert telegram.membership(VOTER, "member") == 200
    wait_until(lambda: rows(telegram_desk, "SELECT 1 FROM address WHERE stopped_at IS NULL AND held_by IS NULL"))
    telegram.faults[str(VOTER)].extend(["429", "503"])
    telegram.text(VOTER, "what time do polls close")
    telegram.wait_for(4, VOTER)

    telegram.text(VOTER, "STOP")
    assert "no more messages" in telegram.wait_for(5, VOTER)[4]["text"]
    time.sleep(1)
    assert len(telegram.messages_to(VOTER)) == 5, "one answer each, and none to a block"
