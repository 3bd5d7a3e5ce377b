"""`bot test --record`: a test out of a thread, in the staff's own folder, never over another."""

import pytest


@pytest.fixture
def record(bot, own_staff):
    return lambda *arguments: bot("test", *arguments, **own_staff.settings)


def test_a_thread_becomes_a_test_and_is_played_at_once(record, own_staff):
    said = record("--record", "1")
    assert (said.code, said.err) == (0, "")
    written = (own_staff.home / "tests" / "conversations" / "thread-1.yml").read_text()
    assert "- test: recorded from thread 1\n  channel: sms\n" in written
    assert "    - voter: what time do polls close?\n    - bot: {reply: voting_hours, language: en}\n" in written
    assert said.out.splitlines()[0] == "tests/conversations/thread-1.yml is written. Masked: nothing was found."
    assert said.out.splitlines()[-1] == "It goes as written."


def test_there_must_be_such_a_thread_and_nothing_is_written(record, own_staff):
    said = record("--record", "999")
    assert (said.code, said.err) == (1, "There is no thread 999. 'bot threads list' shows those there are.\n")
    assert not (own_staff.home / "tests").exists()


def test_what_is_there_stays_as_it_is(record, own_staff):
    there = own_staff.home / "tests" / "conversations" / "mine.yml"
    there.parent.mkdir(parents=True)
    there.write_text("# mine\n")
    said = record("--record", "1", "--to", "mine")
    assert (said.code, there.read_text()) == (1, "# mine\n")
    assert (
        said.err == "tests/conversations/mine.yml is there already and stays as it is. Say another name: --to mine-2\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("a pattern", "--record", "1"),
        ("--to", "x"),
        ("--record", "1", "--to", "../x"),
        ("--record", "1", "--to", "A B"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_two(record, arguments):
    assert record(*arguments).code == 2
