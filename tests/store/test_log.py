"""Reading the log: what the console's lists and the commands show, on both databases."""

from bot.message import ActKind
from bot.store.log import Log

ANA, BEN, CLEO = "+15550100101", "+15550100102", "+15550100103"
KEY = bytes(32)


def log_of(world):
    world.script.meanings.update({"person": "speak_to_human", "human": "speak_to_human", "kill myself": "crisis"})
    return Log(world.database, KEY)


def test_the_queue_has_the_urgent_first_and_then_the_longest_waiting(world):
    log = log_of(world)
    for voter, text in ((ANA, "I need a person"), (BEN, "can I speak to a human"), (CLEO, "i want to kill myself")):
        world.text(voter, text)
        world.work()
    assert [head.address for head in log.heads("queue")] == [CLEO, ANA, BEN]


def test_all_who_wait_are_counted_even_where_the_list_ends(world):
    log = log_of(world)
    for n in range(5):
        world.text(f"+1555010020{n}", "I need a person")
    world.work()
    assert (log.waiting(), len(log.heads("queue", most=3))) == (5, 3)


def test_a_list_shows_what_the_voter_said_last_and_not_what_we_answered(world):
    log = log_of(world)
    world.text(ANA, "I need a person")
    world.work()
    (head,) = log.heads("queue")
    assert head.last_text == "I need a person"
    assert head.last_at == world.at


def test_mine_are_the_threads_that_i_have_claimed(world):
    log = log_of(world)
    for voter in (ANA, BEN):
        world.text(voter, "I need a person")
    world.work()
    mine = log.heads("queue")[1].id
    world.act(ActKind.CLAIM, "Maria", mine)
    assert [head.id for head in log.heads("mine", "maria")] == [mine]
    assert [head.owner_name for head in log.heads("mine", "maria")] == ["Maria"]
    assert log.waiting() == 1


def test_a_thread_is_read_in_order_and_from_where_one_was(world):
    for text in ("when do the polls close?", "I need a person"):
        world.text(ANA, text)
        world.work()
    log = log_of(world)
    lines = log.lines(1)
    assert [line.text for line in lines if line.direction == "in"] == ["when do the polls close?", "I need a person"]
    assert log.lines(1, after=lines[1].id) == lines[2:]
    assert [line for _, line in log.export()] == lines
    assert list(log.export(since=world.at.replace(year=2031))) == []


def test_words_that_are_not_thought_about_yet_are_shown_as_unread(world):
    world.text(ANA, "hello?", event_id="SM1")
    log = log_of(world)
    assert log.unread(1) == [("SM1", "hello?")]
    world.work()
    assert log.unread(1) == []
