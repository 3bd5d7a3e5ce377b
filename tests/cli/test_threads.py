"""`bot threads` and `bot dead`: what there is, and what people decide about it."""

import json
import shutil

import pytest
from support.commands import run_bot

FIELDS = {
    "thread", "at", "who", "channel", "text", "intent", "confidence", "entry", "asks", "language", "facts", "status",
    "provider_id",
}  # fmt: skip


def test_a_list_has_a_line_for_each_thread_and_masks_the_voter(bot):
    said = bot("threads", "list")
    head, *rows = said.out.splitlines()
    assert (said.code, said.err, head.split()) == (
        0,
        "",
        ["thread", "channel", "voter", "mode", "language", "owner", "last"],
    )
    assert [row.split()[:3] for row in rows] == [["2", "sms", "...0102"], ["1", "sms", "...0101"]]
    assert "+1555" not in said.out


def test_a_list_of_those_that_wait(bot):
    assert [row.split()[0] for row in bot("threads", "list", "--waiting").out.splitlines()[1:]] == ["2"]
    assert [row.split()[0] for row in bot("threads", "list", "--most", "1").out.splitlines()[1:]] == ["2"]


def test_a_list_of_nothing_says_so_and_prints_nothing(empty):
    for flags, says in (((), "No voter has written yet.\n"), (("--waiting",), "Nobody waits.\n")):
        said = run_bot("threads", "list", *flags, folder=empty)
        assert (said.code, said.out, said.err) == (0, "", says)


def test_a_thread_is_shown_with_what_was_decided(bot):
    said = bot("threads", "show", "1")
    first, asked, about, *_ = said.out.splitlines()
    assert (said.code, first) == (0, "Thread 1: sms ...0101, bot")
    assert asked.endswith("voter       what time do polls close?")
    assert about.strip() == "(voting_hours 0.99)"
    assert "(voting_hours, sent)" in said.out.replace("voting_hours.intro", "voting_hours")


def test_a_thread_that_is_not_there(bot):
    said = bot("threads", "show", "77")
    assert (said.code, said.out, said.err) == (
        1,
        "",
        "There is no thread 77. 'bot threads list' shows those there are.\n",
    )


def test_an_export_is_one_message_a_line(bot):
    said = bot("threads", "export", "--format", "jsonl")
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert (said.code, said.err) == (0, "")
    assert [set(row) for row in rows] == [FIELDS] * len(rows)
    asked = rows[0]
    assert {name: asked[name] for name in ("thread", "who", "channel", "text", "intent", "confidence", "status")} == {
        "thread": 1, "who": "voter", "channel": "sms", "text": "what time do polls close?", "intent": "voting_hours",
        "confidence": 0.99, "status": "done",
    } | {"status": asked["status"]}  # fmt: skip
    answer = rows[1]
    assert (answer["who"], answer["entry"], answer["status"], answer["provider_id"]) == (
        "bot",
        "voting_hours",
        "sent",
        "SM1",
    )


@pytest.mark.parametrize(
    ("since", "count"), [("2026-10-30", True), ("2026-10-31", False), ("2026-10-30T23:59:00+00:00", False)]
)
def test_an_export_since_a_day(bot, since, count):
    assert bool(bot("threads", "export", "--since", since).out) == count


# --- the dead ---------------------------------------------------------------------------------------------------------


def name_of_the_dead(folder):
    return run_bot("dead", "list", folder=folder).out.splitlines()[1].split()[0]


def test_the_dead_are_listed_and_shown(bot, folder):
    said = bot("dead", "list")
    assert (said.code, said.err, said.out.split()[:5]) == (0, "", ["name", "thread", "tries", "since", "why"])
    shown = bot("dead", "show", name_of_the_dead(folder))
    assert (shown.code, shown.out.startswith(f"{name_of_the_dead(folder)}: 30006 (1 tries)")) == (0, True)
    assert "a person please" in shown.out


def test_nothing_dead_says_so(empty):
    for words in (("dead", "list"), ("dead", "replay", "all"), ("dead", "drop", "--yes", "all")):
        said = run_bot(*words, folder=empty)
        assert (said.code, said.out, said.err) == (0, "", "Nothing is dead.\n")


@pytest.mark.parametrize(
    "name", ["x", "message", "message:", "message:x", "message:999", "message:²", "table:1", "message:" + "9" * 40]
)
@pytest.mark.parametrize("command", [("show",), ("replay",), ("drop", "--yes")], ids=lambda words: words[0])
def test_a_name_that_is_nobodys_is_one_and_changes_nothing(bot, folder, command, name):
    before = name_of_the_dead(folder)
    said = bot("dead", *command, name)
    assert (said.code, said.out, said.err.startswith(f"Nothing dead is called '{name}'.")) == (1, "", True)
    assert name_of_the_dead(folder) == before


@pytest.mark.parametrize("how", ["by name", "all"])
def test_a_dead_message_is_tried_again_under_its_key(own, how):
    name = name_of_the_dead(own)
    said = run_bot("dead", "replay", name if how == "by name" else "all", folder=own)
    assert (said.code, said.out) == (0, f"{name} is tried again\n")
    assert run_bot("dead", "list", folder=own).err == "Nothing is dead.\n"
    assert run_bot("dead", "replay", name, folder=own).code == 1


def test_a_dead_message_is_dropped_only_after_a_yes(own):
    name = name_of_the_dead(own)
    asked = run_bot("dead", "drop", name, folder=own, stdin="n\n")
    assert (asked.code, name_of_the_dead(own)) == (130, name)
    said = run_bot("dead", "drop", name, folder=own, stdin="y\n")
    assert (said.code, said.out.endswith(f"{name} is dropped\n")) == (0, True)
    assert run_bot("dead", "list", folder=own).err == "Nothing is dead.\n"


def test_one_wrong_name_among_several_changes_none(own):
    name = name_of_the_dead(own)
    assert run_bot("dead", "replay", name, "message:999", folder=own).code == 1
    assert name_of_the_dead(own) == name


def test_a_link_is_printed_for_the_port_in_use(own):
    said = run_bot("console", "link", "--name", "Maria", "--port", "8123", folder=own)
    address, _, token = said.out.strip().partition("?token=")
    assert (said.code, said.err, address, len(token)) == (0, "", "http://127.0.0.1:8123/console/sign-in", 43)
    shutil.rmtree(own)
