"""Telegram without a public URL: one process of all asks for the updates, and another takes over when it ends."""

import time
from contextlib import ExitStack

import pytest
from providers.telegram import TOKEN, FakeTelegram
from support.databases import own_database
from support.processes import Desk

VOTER = 5550100501
GROUP = -1001234567899


@pytest.fixture
def telegram():
    with FakeTelegram(is_asked=True) as one:
        yield one


def environment(telegram, **extra):
    return {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": telegram.url, "BOT_TELEGRAM__POLLING": "yes", **extra}


def called(telegram, method):
    return [known for name, known in telegram.asked if name == method]


def test_everything_that_a_voter_does_works_without_a_public_url(tmp_path, model, telegram):
    desk = Desk(tmp_path / "var", model, env=environment(telegram))
    telegram.troubles["getUpdates"].extend(["503", "cut_after"])
    try:
        desk.start()
        telegram.text(VOTER, "/start")
        hello = telegram.wait_for(1, VOTER, 30)[0]
        telegram.press(VOTER, hello, "go:polling_place")
        assert "state" in telegram.wait_for(2, VOTER)[1]["text"]
        assert len(telegram.wait_until(lambda: called(telegram, "answerCallbackQuery"))) == 1
        telegram.update({"message": {"text": 5}})
        telegram.group(GROUP, "where do i vote", "channel")
        telegram.wait_until(lambda: telegram.left == [GROUP])
        assert [one["text"] for one in telegram.messages_to(GROUP)] == [
            "I only talk one to one: write to me at https://t.me/rivera_desk_bot"
        ]
        telegram.text(VOTER, "/language")
        (english, spanish) = telegram.wait_for(3, VOTER)[2]["reply_markup"]["inline_keyboard"][0]
        assert (english["text"], spanish["text"]) == ("English", "Español")
        telegram.press(VOTER, telegram.messages_to(VOTER)[2], spanish["callback_data"])
        assert "¿En qué estado" in telegram.wait_for(5, VOTER)[4]["text"]
        telegram.membership(VOTER, "kicked")
        telegram.wait_until(lambda: not telegram.waiting)
        began = time.monotonic()
        assert desk.stop() == 0
        assert time.monotonic() - began < 8
        (dead,) = [line.split()[0] for line in desk.run("dead", "list").stdout.splitlines() if "not be read" in line]
        assert '"message": {"text": 5}' in desk.run("dead", "show", dead).stdout
        assert [word for word in ("where do i vote", str(VOTER), TOKEN) if word in desk.output] == []
    finally:
        desk.kill()


def test_of_two_workers_one_asks_and_the_other_takes_over(tmp_path, model, postgres, telegram):
    with own_database(postgres) as url, ExitStack() as ends:
        env = environment(telegram, DATABASE_URL=url)
        workers = [Desk(tmp_path / name, model, ("worker",), env) for name in ("one", "two")]
        assert workers[0].run("db", "upgrade").returncode == 0
        for one in workers:
            ends.callback(one.kill)
            one.start()
        telegram.text(VOTER, "what time do polls close")
        telegram.wait_for(1, VOTER, 60)
        (asking,) = [one for one in workers if "listening_began" in one.output]
        (other,) = [one for one in workers if one is not asking]
        assert "409" not in asking.output + other.output
        assert asking.stop() == 0
        telegram.text(VOTER, "HELP")
        telegram.wait_for(2, VOTER, 30)
        assert "listening_began" in other.output
        assert len(telegram.messages_to(VOTER)) == 2
