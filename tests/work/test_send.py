"""Sending: what each kind of error makes of a message, and that nothing leaves twice where the provider can be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from support.world import AskableLine, World

from bot.channel import Ambiguous, Reason, SendError
from bot.message import Delivery, Receipt
from bot.work.send import MAX_ATTEMPTS

ANA, BEN = "+15550100101", "+15550100102"
STATE = "SELECT state, error FROM message WHERE direction = 'out' ORDER BY id"


def ask(world, voter=ANA):
    world.text(voter, "when do the polls close?")
    world.work()


@pytest.fixture
def askable(database_url):
    one = World(database_url, line=AskableLine())
    yield one
    one.close()


@pytest.mark.parametrize(
    ("reason", "ends"),
    [(Reason.BLOCKED, "failed"), (Reason.REFUSED, "failed"), (Reason.WAIT, "queued"), (Reason.ALARM, "queued")],
    ids=lambda value: getattr(value, "value", value),
)
def test_what_an_error_makes_of_a_message(world, reason, ends):
    world.line.script.append(SendError(reason, "code"))
    ask(world)
    assert world.rows(STATE) == [(ends, "code")]


def test_a_message_that_waited_is_sent_later_once(world):
    world.line.script.append(SendError(Reason.WAIT, "20500"))
    ask(world)
    world.later(seconds=5)
    world.work()
    assert (world.rows(STATE), len(world.texts_to(ANA))) == ([("sent", None)], 1)


def test_waiting_grows_with_each_try_and_is_spread(world):
    world.line.script.extend(SendError(Reason.WAIT, "20500") for _ in range(4))
    ask(world)
    waits = []
    for attempt in range(1, 5):
        due, now = world.rows("SELECT due_at FROM message WHERE direction = 'out'"), world.at
        waits.append((_moment(due[0][0]) - now) / timedelta(seconds=2 * 2**attempt))
        world.later(minutes=5)
        world.work()
    assert all(0.5 <= wait <= 1 for wait in waits)
    assert len(set(waits)) == 4


def test_the_providers_own_wait_is_kept_for_all_of_the_sender(world):
    world.line.script.append(SendError(Reason.WAIT, "20429", retry_after=timedelta(seconds=30)))
    ask(world)
    ask(world, BEN)
    assert world.line.taken == []
    world.later(seconds=25)
    world.work()
    assert world.line.taken == []
    world.later(seconds=10)
    world.work()
    assert (len(world.texts_to(ANA)), len(world.texts_to(BEN))) == (1, 1)


def test_after_eight_tries_a_message_is_dead(world):
    world.line.script.extend(SendError(Reason.WAIT, "20500") for _ in range(MAX_ATTEMPTS))
    ask(world)
    for _ in range(MAX_ATTEMPTS):
        world.later(minutes=16)
        world.work()
    assert world.rows(STATE) == [("dead", "20500")]


def test_after_a_day_a_message_is_dead(world):
    world.line.script.extend(SendError(Reason.ALARM, "20003") for _ in range(200))
    ask(world)
    for _ in range(100):
        world.later(minutes=16)
        world.work()
    assert world.rows(STATE) == [("dead", "20003")]


def test_our_own_trouble_costs_no_message_its_tries(world):
    world.line.script.extend(SendError(Reason.ALARM, "20003") for _ in range(30))
    ask(world)
    for _ in range(35):
        world.later(minutes=16)
        world.work()
    assert world.rows(STATE) == [("sent", None)]


def test_another_voter_does_not_wait_for_one_that_fails(world):
    world.line.script.append(SendError(Reason.WAIT, "20500"))
    ask(world)
    ask(world, BEN)
    assert (world.texts_to(ANA), len(world.texts_to(BEN))) == ([], 1)


# --- the line broke after the request had left ------------------------------------------------------------------------


def test_a_doubted_message_is_asked_about_not_before_ten_seconds(askable):
    askable.line.script.append(SendError(Reason.UNSURE, "ReadTimeout"))
    ask(askable)
    asked = []
    askable.line.knows = lambda message: asked.append(message) or Receipt(Delivery.SENT, provider_id="SM1")
    askable.later(seconds=9)
    askable.work()
    assert asked == []
    askable.later(seconds=2)
    askable.work()
    assert askable.rows("SELECT state, provider_id FROM message WHERE direction = 'out'") == [("sent", "SM1")]
    assert askable.line.taken == []


def test_it_is_sent_again_only_if_the_provider_never_got_it(askable):
    askable.line.script.append(SendError(Reason.UNSURE, "ReadTimeout"))
    ask(askable)
    askable.later(seconds=11)
    askable.work()
    assert (askable.rows(STATE), len(askable.texts_to(ANA))) == ([("sent", None)], 1)


def test_two_that_could_be_ours_are_left_to_a_person(askable):
    def two(message):
        raise Ambiguous

    askable.line.script.append(SendError(Reason.UNSURE, "ReadTimeout"))
    askable.line.knows = two
    ask(askable)
    askable.later(seconds=11)
    askable.work()
    assert askable.rows(STATE) == [("dead", "the provider holds two messages that could be this one")]


def test_a_provider_that_cannot_say_is_asked_again(askable):
    answers = [SendError(Reason.WAIT, "20500"), Receipt(Delivery.SENT, provider_id="SM1")]

    def says(message):
        answer = answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer

    askable.line.script.append(SendError(Reason.UNSURE, "ReadTimeout"))
    askable.line.knows = says
    ask(askable)
    for _ in range(3):
        askable.later(seconds=11)
        askable.work()
    assert (askable.rows(STATE), askable.line.taken) == ([("sent", None)], [])


def test_where_nobody_can_be_asked_a_repeat_beats_silence(world):
    world.line.script.append(SendError(Reason.UNSURE, "ReadTimeout"))
    ask(world)
    world.later(seconds=5)
    world.work()
    assert len(world.texts_to(ANA)) == 1


def test_a_fault_of_ours_in_the_middle_of_a_call_is_doubted_too(askable):
    def breaks():
        raise ZeroDivisionError

    askable.line.script.append(breaks)
    ask(askable)
    assert askable.rows(STATE) == [("unsure", "ZeroDivisionError")]


def test_a_channel_that_was_switched_off_keeps_its_messages(world):
    del world.sender._outlets.channels["sms"]
    ask(world)
    assert world.rows(STATE) == [("queued", "the channel 'sms' is not set up")]


def test_a_stopped_sender_claims_nothing_more(world):
    world.text(ANA, "when do the polls close?")
    world.think()
    world.sender.stop()
    assert (world.sender.drain(), world.rows(STATE)) == (0, [("queued", None)])


def _moment(value):

    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value
