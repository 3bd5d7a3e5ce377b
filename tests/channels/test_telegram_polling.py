"""Telegram asked for its updates: nothing is confirmed that is not stored, and nothing odd holds the rest back."""

import threading
import time

import pytest
from providers.telegram import BOT_ID, TOKEN, FakeTelegram
from support.hooks import AT, TELEGRAM_VOTER

from bot.channel import CanListen, Reason, Refused, SendError, Tools
from bot.message import Chore, Inbound, Webhook
from channels import open_channel
from channels.telegram.updates import read

VOTER = int(TELEGRAM_VOTER)


@pytest.fixture
def server():
    with FakeTelegram(is_asked=True) as one:
        yield one


@pytest.fixture
def odd():
    return []


@pytest.fixture
def telegram(server, odd):
    return opened(server.url, odd)


def opened(url, odd=None):
    settings = {"token": TOKEN, "base_url": url, "polling": True}
    return open_channel("telegram", settings, Tools(now=lambda: AT, count=(odd if odd is not None else []).append))


class Store:
    """Keeps what is accepted, and sets `stop` once so many batches came; raises where it is told to."""

    def __init__(self, batches=1, fails=0):
        self.stop, self.batches, self.fails, self.came = threading.Event(), batches, fails, []

    def __call__(self, events):
        if self.fails:
            self.fails -= 1
            raise OSError("the database is away")
        self.came.append(list(events))
        if len(self.came) >= self.batches:
            self.stop.set()


def words(store):
    return [event.text for batch in store.came for event in batch if isinstance(event, Inbound)]


def test_only_a_bot_that_polls_listens(telegram, server):
    assert isinstance(telegram, CanListen)
    webhook = open_channel("telegram", {"token": TOKEN, "secret": "s", "base_url": server.url}, Tools())
    assert not isinstance(webhook, CanListen)


def test_a_bot_that_polls_lets_nobody_in_by_webhook(telegram):
    for secret in ({}, {"x-telegram-bot-api-secret-token": ""}):
        with pytest.raises(Refused):
            telegram.verify(Webhook("POST", "", secret, b"{}", AT))


def test_updates_are_handed_on_in_their_order(server, telegram):
    numbers = [server.text(VOTER, text) for text in ("one", "two", "three")]
    store = Store()
    telegram.listen(store, store.stop)
    assert numbers == [200] * 3
    assert words(store) == ["one", "two", "three"]
    event = store.came[0][0]
    assert (event.channel, event.sender, event.address, event.received_at) == (
        "telegram",
        str(BOT_ID),
        TELEGRAM_VOTER,
        AT,
    )


def test_nothing_is_confirmed_before_it_is_stored(server, telegram):
    server.text(VOTER, "one", update_id=70)
    store = Store(fails=1)
    with pytest.raises(OSError, match="away"):
        telegram.listen(store, store.stop)
    assert server.offsets == [0]
    threading.Timer(0.3, server.text, (VOTER, "two"), {"update_id": 71}).start()
    again = Store(batches=2)
    telegram.listen(again, again.stop)
    assert (words(again), server.offsets) == (["one", "two"], [0, 0, 71])


def test_an_update_that_nobody_can_read_is_kept_and_confirmed(server, telegram):
    server.update({"message": {"text": 5}}, update_id=1)
    server.update({"message": None}, update_id=2)
    server.update({"hologram": {}}, update_id=3)
    server.text(VOTER, "hello", update_id=4)
    store = Store()
    threading.Timer(0.5, server.text, (VOTER, "two"), {"update_id": 5}).start()
    store.batches = 2
    telegram.listen(store, store.stop)
    (kept, said), _ = store.came
    assert (type(kept), kept.ref, said.text) == (Chore, f"{BOT_ID}:1", "hello")
    assert server.offsets == [0, 5]


def test_a_press_is_answered_by_a_call_once_it_is_stored(server, telegram):
    server.press(VOTER, {"message_id": 1, "date": 1793376000, "chat": {"id": VOTER, "type": "private"}}, "go:x")
    asked_when_stored = []
    store = Store()

    def accept(events):
        asked_when_stored.extend(method for method, _ in server.asked)
        store(events)

    telegram.listen(accept, store.stop)
    (call,) = server.wait_until(lambda: [known for method, known in server.asked if method == "answerCallbackQuery"])
    assert (call["callback_query_id"], asked_when_stored) == ("1", ["getUpdates"])


def test_a_press_that_is_too_old_is_counted_and_harms_nothing(server, telegram, odd):
    server.troubles["answerCallbackQuery"].append("503")
    server.press(VOTER, {"message_id": 1, "date": 1793376000, "chat": {"id": VOTER, "type": "private"}}, "go:x")
    store = Store()
    telegram.listen(store, store.stop)
    server.wait_until(lambda: odd == ["press_not_answered"])
    assert len(store.came) == 1


TROUBLES = {
    "401": (Reason.ALARM, "401 or 404: the token"),
    "503": (Reason.UNSURE, "503"),
    "429": (Reason.WAIT, "429"),
    "cut_before": (Reason.UNSURE, "ProtocolError"),
    "cut_after": (Reason.UNSURE, "ProtocolError"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_line_that_breaks_says_whether_to_try_again(server, telegram, trouble):
    server.text(VOTER, "hello")
    server.troubles["getUpdates"].append(trouble)
    store = Store()
    with pytest.raises(SendError) as caught:
        telegram.listen(store, store.stop)
    assert ((caught.value.reason, caught.value.detail), store.came) == (TROUBLES[trouble], [])
    telegram.listen(store, store.stop)
    assert words(store) == ["hello"]


def test_a_webhook_that_is_set_stands_in_the_way(server, telegram):
    server.webhook["url"] = "https://bot.example.org/webhooks/telegram"
    with pytest.raises(SendError, match="409: a webhook is set, or another program polls") as caught:
        telegram.listen(print, threading.Event())
    assert caught.value.reason is Reason.WAIT


@pytest.mark.parametrize("body", [b'{"ok": true, "result": {}}', b'{"ok": true, "result": [5]}', b"[]", b"{"])
def test_an_answer_that_makes_no_sense_is_tried_again(answers, body):
    from support.answers import Answer  # noqa: PLC0415 -- beside the fixture that takes it

    answers.give(Answer(200, body))
    store = Store()
    with pytest.raises(SendError) as caught:
        opened(answers.url).listen(store, store.stop)
    assert (caught.value.reason, store.came) == (Reason.UNSURE, [])


def test_the_end_comes_within_a_held_call(server, telegram):
    stop = threading.Event()
    line = threading.Thread(target=telegram.listen, args=(print, stop))
    line.start()
    server.wait_until(lambda: server.offsets)
    began = time.monotonic()
    stop.set()
    line.join(10)
    assert time.monotonic() - began < 3


def test_the_calls_ask_for_what_is_read_and_nothing_else(server, telegram):
    server.text(VOTER, "hello")
    store = Store()
    telegram.listen(store, store.stop)
    kinds = ["message", "edited_message", "channel_post", "callback_query", "my_chat_member"]
    assert server.asked[0] == ("getUpdates", {"offset": "0", "limit": "100", "timeout": "2", "allowed_updates": kinds})


def test_an_update_nested_without_end_is_kept_as_far_as_it_can_be():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for update in ({"update_id": 5, "message": deep}, deep):
        found = read(update, "1", AT)
        assert [type(event) for event in found.events] == [Chore]


def test_of_two_that_ask_at_once_one_is_sent_away(server, telegram):
    other, raised = opened(server.url), []
    stop = threading.Event()

    def ask(channel):
        try:
            channel.listen(lambda events: None, stop)
        except SendError as error:
            raised.append(error.detail)

    lines = [threading.Thread(target=ask, args=(channel,)) for channel in (telegram, other)]
    for line in lines:
        line.start()
        time.sleep(0.3)
    server.wait_until(lambda: raised)
    stop.set()
    for line in lines:
        line.join(5)
    assert raised[0] == "409: a webhook is set, or another program polls"
