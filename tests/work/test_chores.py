"""Chores: a chat of many is told once why, and left; what could not be read is read again when a person says so."""

import json

import pytest
from providers.telegram import BOT_ID, SECRET, TOKEN, FakeTelegram
from support.hooks import telegram_hook

from bot.channel import Tools
from bot.ports import FaultPoint
from bot.store.dead import list_dead, replay
from bot.work.chores import leaving, reading_again
from bot.work.effects import run_effects
from channels import open_channel

GROUP = -1001234567890
MINUTES = 6


@pytest.fixture
def server():
    with FakeTelegram() as one:
        yield one


@pytest.fixture
def work(world, server):
    """Return what carries out the chores that are due; `says` is what a chat of many is told."""
    channel = open_channel("telegram", {"token": TOKEN, "secret": SECRET, "base_url": server.url}, Tools())

    def run(*, silent=False):
        def words(name, language):
            return None if silent else lambda link: f"{language}: write to me at {link}"

        handlers = {
            "leave": leaving({"telegram": channel}, words),
            "read_again": reading_again({"telegram": channel}, lambda events: world.accept(*events), world.now),
        }
        return run_effects(world.store, handlers)

    run.channel = channel
    return run


def post(world, work, **update):
    body = json.dumps({"update_id": update.pop("number", 1), **update}).encode()
    parsed = work.channel.parse(telegram_hook(body))
    return [outcome.kind for outcome in world.accept(*parsed.events)]


def written(chat=GROUP):
    ana = {"id": 5550100101, "first_name": "Ana", "is_bot": False, "language_code": "es"}
    return {"message_id": 1, "date": 1793376000, "from": ana, "chat": {"id": chat, "type": "group"}, "text": "hi"}


def said(server):
    return [one["text"] for one in server.messages_to(GROUP)]


SENTENCE = "es: write to me at https://t.me/rivera_desk_bot"


def test_a_group_is_told_where_to_write_and_left(world, server, work):
    assert post(world, work, message=written()) == ["kept"]
    assert work() == 1
    assert (said(server), server.left) == ([SENTENCE], [GROUP])
    assert world.rows("SELECT count(*) FROM inbox") == world.rows("SELECT count(*) FROM address") == [(0,)]


def test_however_much_is_written_there_it_is_told_once(world, server, work):
    for number in range(5):
        post(world, work, number=number, message=written())
    work()
    post(world, work, number=9, message=written())
    while work():
        world.later(minutes=MINUTES)
    assert said(server) == [SENTENCE]
    assert server.left == [GROUP] * 2, "put in again it leaves again, without a word"


@pytest.mark.parametrize("trouble", ["no_rights", "kicked", "cut_before", "503"])
def test_where_nothing_can_be_said_it_leaves_all_the_same(world, server, work, trouble):
    server.faults[str(GROUP)].append(trouble)
    post(world, work, message=written())
    work()
    assert (said(server), server.left) == ([], [GROUP])


@pytest.mark.parametrize(
    ("method", "trouble"),
    [("leaveChat", "503"), ("leaveChat", "429"), ("leaveChat", "401"), ("leaveChat", "cut_before")],
)
def test_while_the_provider_is_away_leaving_waits_and_the_sentence_is_not_said_twice(
    world, server, work, method, trouble
):
    server.troubles[method].extend([trouble] * 7)
    post(world, work, message=written())
    for _ in range(8):
        work()
        world.later(minutes=MINUTES)
    assert (said(server), server.left, list_dead(world.store)) == ([SENTENCE], [GROUP], [])


def test_a_sentence_that_surely_was_not_said_is_said_later(world, server, work):
    server.faults[str(GROUP)].append("429")
    post(world, work, message=written())
    work()
    assert (said(server), server.left) == ([], [])
    world.later(minutes=MINUTES)
    work()
    assert (said(server), server.left) == ([SENTENCE], [GROUP])


def test_a_chat_that_the_bot_is_in_no_more_is_left(world, server, work):
    server.troubles["leaveChat"].append("not_there")
    post(world, work, message=written())
    assert work() == 1
    assert world.rows("SELECT state FROM effect") == [("done",)]


def test_what_a_dead_worker_may_have_said_is_not_said_again(world, server, work):
    post(world, work, message=written())
    with world.store.unit(FaultPoint.EFFECT_CLAIM) as unit:
        assert len(unit.claim_effects(8)) == 1
    world.later(seconds=61)
    work()
    assert (said(server), server.left) == ([], [GROUP])


def test_in_practice_it_leaves_without_a_word(world, server, work):
    post(world, work, message=written())
    work(silent=True)
    assert (said(server), server.left) == ([], [GROUP])


# --- what could not be read -------------------------------------------------------------------------------------------

ODD = {"message": {"text": 5}}


def test_what_nobody_can_read_is_shown_among_the_dead_with_its_body(world, work):
    assert [post(world, work, **ODD) for _ in range(3)] == [["kept"], ["repeated"], ["repeated"]]
    (dead,) = list_dead(world.store)
    assert (dead.name, dead.thread, dead.error) == ("effect:1", None, "an update that could not be read: KeyError")
    assert json.loads(dead.body) == {"update_id": 1, **ODD}
    assert work() == 0


def test_read_again_in_vain_it_is_dead_again(world, work):
    post(world, work, **ODD)
    (dead,) = list_dead(world.store)
    assert replay(world.store, dead, "maria", world.at)
    for _ in range(6):
        work()
        world.later(minutes=MINUTES)
    (dead,) = list_dead(world.store)
    assert (dead.attempts, dead.error) == (5, "StillUnread")


def test_a_version_that_can_read_it_stores_it_as_what_it_was(world, work):
    post(world, work, **ODD)
    private = {**written(), "chat": {"id": 5550100101, "type": "private"}}
    readable = json.dumps({"channel": "telegram", "body": json.dumps({"update_id": 1, "message": private})})
    with world.store.unit(
        FaultPoint.STAFF
    ) as unit:  # the body stays, the reader gets better: here it is the other way round
        unit.connection.exec_driver_sql(f"UPDATE effect SET payload = '{readable}'")
    (dead,) = list_dead(world.store)
    replay(world.store, dead, "maria", world.at)
    work()
    assert list_dead(world.store) == []
    assert world.rows("SELECT event_id, state FROM inbox") == [(f"{BOT_ID}:1", "new")]
