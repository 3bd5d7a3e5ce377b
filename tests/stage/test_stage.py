"""The stage: the real way of a message, in memory, at a moment that only moves when told."""

from datetime import timedelta

import pytest
from support.readers import Reader

from bot.message import ActKind


@pytest.fixture
def stage(open_stage):
    return open_stage(Reader())


def test_a_turn_tells_what_was_understood_said_and_done(stage):
    turn = stage.voter("ana", "when")
    assert (turn.reading.intent, [line.entry for line in turn.replies], turn.acts) == (
        "voting_hours",
        ["voting_hours"],
        ("discloses_bot", "answers:voting_hours", "replies_in:en"),
    )


def test_messages_at_once_are_all_there_before_the_first_is_thought_about(stage):
    turn = stage.voter_at_once("ana", ["when", "STOP", "hi"])
    written = [line.text for line in stage.log.lines(stage.log.thread_of("sms", "ana")) if line.direction == "in"]
    assert (written, turn.head.stopped_at is not None) == (["when", "STOP", "hi"], True)


def test_a_turn_tells_nothing_of_the_one_before(stage):
    stage.voter("ana", "when")
    turn = stage.wait("ana", timedelta(minutes=1))
    assert (turn.reading, turn.replies, turn.acts) == (None, (), ())


def test_voters_and_channels_do_not_mix(stage):
    stage.voter("ana", "a person")
    turns = [stage.voter("joe", "hi"), stage.voter("ana", "hi", channel="web"), stage.voter("ana", "hi")]
    assert [turn.head.mode for turn in turns] == ["choosing", "choosing", "waiting"]


def test_stages_do_not_mix(open_stage):
    first, second = open_stage(Reader()), open_stage(Reader())
    first.voter("ana", "a person")
    assert second.voter("ana", "hi").head.mode == "choosing"


def test_time_only_moves_when_told(stage):
    before = stage.at
    stage.voter("ana", "when")
    after = stage.at
    stage.wait("ana", timedelta(hours=3))
    assert (after, stage.at) == (before, before + timedelta(hours=3))


def test_what_falls_due_on_the_way_happens_on_the_way(stage):
    stage.voter("ana", "a person")
    stage.volunteer("ana", "maria", ActKind.CLAIM)
    stage.volunteer("ana", "maria", ActKind.SAY, "Hello")
    turn = stage.wait("ana", timedelta(hours=1))  # the hold of five seconds, then the lease of ten minutes
    assert ([line.who for line in turn.replies], turn.head.mode) == (["maria"], "waiting")


def test_a_volunteer_s_words_are_held_back_a_moment(stage):
    stage.voter("ana", "a person")
    stage.volunteer("ana", "maria", ActKind.CLAIM)
    said = stage.volunteer("ana", "maria", ActKind.SAY, "Hello")
    assert (said.replies, [line.text.endswith("Hello") for line in stage.after_hold("ana").replies]) == ((), [True])


@pytest.mark.parametrize(
    "voter, kind, outcome",
    [("nobody", ActKind.CLAIM, "unknown"), ("ana", ActKind.SAY, "refused"), ("ana", ActKind.CLAIM, "applied")],
)
def test_an_act_tells_what_became_of_it(stage, voter, kind, outcome):
    stage.voter("ana", "when")
    assert stage.volunteer(voter, "maria", kind, "Hello").outcome.kind == outcome


def test_a_broadcast_is_in_the_log_and_no_reply(stage):
    turn = stage.broadcast("ana", "Vote on Tuesday!")
    thread = stage.log.thread_of("sms", "ana")
    assert (turn.replies, [line.text for line in stage.log.lines(thread)]) == ((), ["Vote on Tuesday!"])


def test_c08_who_has_stopped_us_gets_no_broadcast(stage):
    stage.voter("ana", "STOP")
    turn = stage.broadcast("ana", "Vote on Tuesday!")
    written = [line.text for line in stage.log.lines(stage.log.thread_of("sms", "ana"))]
    assert (turn.outcome.kind, "Vote on Tuesday!" in written) == ("refused", False)


@pytest.mark.parametrize(
    "channel, shown", [("web", (["Find where to vote", "Register to vote", "Talk to a person"])), ("sms", [])]
)
def test_a_channel_shows_what_it_can(stage, channel, shown):
    (reply,) = stage.voter("ana", "hi", channel=channel).replies
    assert [button.label for button in reply.buttons] == shown


def test_a_stage_that_was_cleared_knows_nobody(stage):
    stage.voter("ana", "a person")
    stage.volunteer("ana", "maria", ActKind.CLAIM)
    stage.clear()
    turn = stage.voter("ana", "when")
    assert ([line.entry for line in turn.replies], turn.head.mode, turn.head.owner) == (["voting_hours"], "bot", "")
    assert (len(stage.log.lines(stage.log.thread_of("sms", "ana"))), "discloses_bot" in turn.acts) == (2, True)
