"""The commands that read lines and write lines: `bot chat --json`, `bot nlu predict`; and `bot test`. As processes."""

import json
import shutil

import pytest
from support.processes import Desk


@pytest.fixture
def bot(tmp_path, model):
    """Return what runs a command with the learned model at hand."""
    (tmp_path / "var").mkdir()
    shutil.copy(model, tmp_path / "var" / "model.npz")
    return Desk(tmp_path / "var").run


HEARD = {"intent", "confidence", "fallback", "language"}
REPLY = {"text", "entry", "asks", "language", "buttons", "segments"}
STATE = {"mode", "form", "slots", "language", "stopped", "owner"}


def test_a_conversation_line_by_line(bot, tmp_path):
    """The last line makes no sense: it is named, and all before it were answered."""
    asked = [
        {"thread": "t1", "voter": "where do i vote", "at": "2026-10-30T14:00:00Z", "channel": "sms"},
        {"thread": "t1", "voter": "Ohio"},
        {"thread": "t2", "voter": "STOP", "channel": "sms"},
        {"thread": "t1", "desk": {"maria": "claim"}},
        {"thread": "t1", "desk": {"maria": "Hello there"}},
        {"thread": "t3", "voter": "½ \ud800 \x00 hi", "channel": "web", "language": "es", "media": 1},
    ]
    lines = [*map(json.dumps, asked), "", '{"thread": "t1", "voter": 5}']
    done = bot("chat", "--json", stdin="\n".join(lines))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    said = f'line {len(lines)}: "voter" is 5; a text is expected\n'
    assert (done.returncode, done.stderr, len(rows)) == (2, said, len(asked))
    assert [set(row) - {"refused"} for row in rows] == [{"thread", "heard", "replies", "state", "acts"}] * len(rows)
    assert {frozenset(row["heard"]) for row in rows if row["heard"]} == {frozenset(HEARD)}
    assert {frozenset(reply) for row in rows for reply in row["replies"]} == {frozenset(REPLY)}
    assert {frozenset(row["state"]) for row in rows} == {frozenset(STATE)}
    assert (rows[0]["heard"]["intent"], "asks_for:address" in rows[0]["acts"]) == ("polling_place", True)
    assert (rows[2]["state"]["stopped"], "confirms_opt_out" in rows[2]["acts"]) == (True, True)
    assert rows[4]["state"]["owner"] == "maria"
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["model.npz"], "nothing is kept"


def test_predict_reads_lines_and_writes_lines(bot):
    asked = [{"text": "where do i vote"}, {"text": "¿dónde voto?", "lang": "es"}, {"text": ""}, {"text": "½\ud800"}]
    asked += [{"text": "hi"}] * 60  # a whole batch is answered before the line that makes no sense is read
    done = bot("nlu", "predict", stdin="\n".join(map(json.dumps, asked)) + '\n\n{"lang": "en"}')
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    said = 'line 66: an object with "text" is expected'
    assert (done.returncode, done.stderr.splitlines()[-1], len(rows)) == (2, said, 64)
    assert [sorted(row) for row in rows] == [
        ["confidence", "fallback", "intent", "language", "ranking", "text"],
    ] * 64
    assert [row["intent"] for row in rows[:2]] == ["polling_place", "polling_place"]
    assert rows[0]["ranking"][0] == {"intent": "polling_place", "confidence": rows[0]["confidence"]}


def test_conversations_are_played_by_name(bot):
    played = bot("test", "a question in the middle")
    assert (played.returncode, played.stdout) == (0, "")
    assert played.stderr.endswith(" 0 failed\n")
