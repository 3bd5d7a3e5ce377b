"""Thinking's side of the database: who is claimed, what a step leaves behind, what happens to what cannot be handled."""

from dataclasses import replace

import pytest
from support.world import World

from bot.message import ActKind
from bot.ports import FaultPoint
from bot.store.threads import MAX_ATTEMPTS
from bot.work.think import think

ANA, BEN, EVE = "+15550100101", "+15550100102", "+15550100103"


def claimed(world, limit=32):
    with world.store.unit(FaultPoint.THINK) as unit:
        return [
            (waiting.address, [row.payload["text"] for row in waiting.rows]) for waiting in unit.claim_threads(limit)
        ]


def test_the_longest_waiting_conversation_comes_first_and_keeps_its_order(world):
    for voter, text in ((ANA, "one"), (BEN, "two"), (ANA, "three")):
        world.text(voter, text)
    assert claimed(world) == [(ANA, ["one", "three"]), (BEN, ["two"])]


def test_a_flood_from_one_address_hides_nobody(world):
    for number in range(300):
        world.accept(world.inbound(EVE, f"flood {number}"))
    world.text(ANA, "where do i vote")
    assert [voter for voter, _ in claimed(world, limit=2)] == [EVE, ANA]


def test_two_workers_never_hold_the_same_conversation(postgres_url):
    world = World(postgres_url)  # SQLite has one thinker
    for voter in (ANA, BEN):
        world.text(voter, "hello")
    with world.store.unit(FaultPoint.THINK) as first:
        mine = [waiting.address for waiting in first.claim_threads(1)]
        assert mine == [ANA]
        assert [voter for voter, _ in claimed(world)] == [BEN]
    world.close()


def test_a_step_writes_the_log_the_answer_and_the_threads_state(world):
    world.text(ANA, "when do the polls close?")
    assert world.think() == 1
    assert world.rows("SELECT direction, who, state, intent, confidence FROM message ORDER BY id") == [
        ("in", "voter", "received", "voting_hours", 990),
        ("out", "bot", "queued", None, None),
    ]
    assert world.rows("SELECT state, error FROM inbox") == [("done", None)]
    said = world.rows("SELECT entry, language, facts, purpose, content_version FROM message WHERE direction = 'out'")
    assert said == [("voting_hours", "en", "link:US.election_offices", "answer", 1)]


def test_a_handoff_makes_a_case_that_waits(world):
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "a person please")
    world.work()
    assert world.rows("SELECT team, why, priority, state FROM handoff") == [
        ("general", "speak_to_human", "normal", "waiting")
    ]
    assert world.rows("SELECT mode, owner, waiting_since IS NOT NULL FROM conversation") == [("waiting", None, True)]
    assert [call.kind for call in world.board.shown] == ["card"]  # the card shows the words that opened the case


def test_a_second_reason_raises_the_priority_of_the_same_case(world):
    world.script.meanings |= {"person": "speak_to_human", "locked out": "voting_problem"}
    for text in ("a person please", "they turned us away, locked out"):
        world.text(ANA, text)
        world.work()
    assert world.rows("SELECT team, priority, state FROM handoff") == [("protect", "urgent", "waiting")]


def reported(world, voter):
    """Let a voter fill in a form that calls people: two questions that any text answers."""
    world.script.meanings["report"] = "voting_problem_report"
    for text in ("report it", "the school", "long lines"):
        world.text(voter, text)
        world.work()


def test_a_receipt_names_the_case_that_is_written_in_the_same_commit(world):
    for voter in (ANA, BEN):
        reported(world, voter)
    numbers = dict(world.rows("SELECT conversation_id, id FROM handoff"))
    said = world.rows("SELECT conversation_id, text FROM message WHERE entry = 'voting_problem_noted'")
    assert len(said) == len(set(numbers.values())) == 2
    assert all(f"(case {numbers[thread]})" in text for thread, text in said)
    assert all("\u00a4" not in text for text in world.texts_to(ANA) + world.texts_to(BEN))


def test_a_second_receipt_in_a_thread_names_the_case_that_is_open(world):
    reported(world, ANA)
    world.later(minutes=6)  # quick and alike, they would be a machine's
    reported(world, ANA)
    number = world.one("SELECT id FROM handoff")
    assert [f"(case {number})" in text for text in world.texts_to(ANA) if "your report" in text] == [True, True]


def test_receipts_of_one_batch_name_each_their_own_case(world):
    world.script.meanings["report"] = "voting_problem_report"
    for text in ("report it", "the school", "long lines"):
        for voter in (ANA, BEN, EVE):
            world.text(voter, text)
        world.work()
    rows = world.rows(
        "SELECT h.id, m.text FROM message AS m JOIN handoff AS h ON h.conversation_id = m.conversation_id "
        "WHERE m.entry = 'voting_problem_noted'"
    )
    assert [f"(case {number})" in text for number, text in rows] == [True] * 3


def test_a_case_is_told_in_its_own_thread_only(world):
    reported(world, ANA)
    number = world.one("SELECT id FROM handoff")
    for voter in (ANA, BEN):
        world.text(voter, f"CASE {number}")
        world.work()
    told = world.rows(
        "SELECT a.address, m.entry FROM message AS m JOIN conversation AS c ON c.id = m.conversation_id "
        "JOIN address AS a ON a.id = c.address_id WHERE m.entry LIKE 'case_%' ORDER BY m.id"
    )
    assert told == [(ANA, "case_waiting"), (BEN, "case_unknown")]
    assert f"Case {number} is waiting" in world.texts_to(ANA)[-1]


@pytest.mark.parametrize("is_stopped", [False, True], ids=["told once", "not after a stop"])
def test_the_end_of_a_case_with_a_receipt_is_told(world, is_stopped):
    reported(world, ANA)
    number = world.one("SELECT id FROM handoff")
    if is_stopped:
        world.text(ANA, "STOP")
        world.work()
    for _ in range(2):
        world.act(ActKind.RESOLVE, "Maria", 1)
        world.work()
    closed = [text for text in world.texts_to(ANA) if "is closed" in text]
    assert closed == (
        []
        if is_stopped
        else [
            f"Rivera for Riverton, automated message: your case {number} is closed. If something is still open, reply PERSON."
        ]
    )


def test_an_abandoned_claim_goes_back_to_the_queue_by_itself(world):
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "a person please")
    world.work()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.work()
    world.later(minutes=9)
    world.work()
    assert world.one("SELECT owner FROM conversation") == "maria"
    world.later(minutes=2)
    world.work()
    assert world.rows("SELECT owner, mode, waiting_since IS NOT NULL FROM conversation") == [(None, "waiting", True)]
    assert world.rows("SELECT state FROM handoff") == [("waiting",)]


def test_a_reply_renews_the_claim(world):
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "a person please")
    world.work()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.work()
    world.later(minutes=8)
    world.act(ActKind.SAY, "Maria", 1, "one moment")
    world.work()
    world.later(minutes=8)
    world.work()
    assert world.one("SELECT owner FROM conversation") == "maria"


# --- what cannot be handled -------------------------------------------------------------------------------------------


def test_one_bad_message_does_not_hold_up_the_others(world):
    world.script.breaks_at = "poison"
    world.text(EVE, "poison")
    world.text(ANA, "when do the polls close?")
    world.think()
    assert world.outgoing() == [("queued", "voting_hours")]
    assert world.rows("SELECT state, attempts FROM inbox ORDER BY id") == [("new", 1), ("done", 0)]


def test_after_five_tries_it_is_dead_the_voter_gets_an_apology_and_people_a_case(world):
    world.script.breaks_at = "poison"
    world.text(EVE, "poison")
    for _ in range(MAX_ATTEMPTS):
        world.think()
        world.later(minutes=1)
    assert world.rows("SELECT state, attempts FROM inbox") == [("dead", 5)]
    assert world.one("SELECT error FROM inbox").startswith("RuntimeError in read_all:")
    assert world.outgoing() == [("queued", "apology")]
    assert world.rows("SELECT team, priority FROM handoff") == [("general", "urgent")]


def test_the_messages_behind_a_dead_one_flow(world):
    world.script.breaks_at = "poison"
    world.text(EVE, "poison")
    for _ in range(MAX_ATTEMPTS):
        world.think()
        world.later(minutes=1)
    world.text(EVE, "when do the polls close?")
    world.work()
    assert ("sent", "voting_hours") in world.outgoing()


def test_an_error_that_is_kept_never_holds_the_voters_words(world):
    world.script.breaks_at = "poison"
    world.text(EVE, "poison 555-0100 secret words")
    world.think()
    assert "secret" not in world.one("SELECT error FROM inbox")


# --- overtaken --------------------------------------------------------------------------------------------------------


def test_what_was_decided_before_a_claim_never_reaches_the_voter(world):
    world.text(ANA, "when do the polls close?")
    world.think()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.work()
    assert world.texts_to(ANA) == []
    assert world.outgoing() == [("cancelled", "voting_hours")]


def test_a_claim_in_the_middle_of_a_thought_makes_it_think_again(tmp_path):
    world = World(f"sqlite:///{tmp_path / 'desk.sqlite3'}")  # on PostgreSQL the conversation is locked meanwhile
    world.text(ANA, "when do the polls close?")

    class Late:
        def read_all(self, queries):
            world.act(ActKind.CLAIM, "Maria", 1)
            return world.script.read_all(queries)

    think(replace(world.mind, classifier=Late()))
    assert world.outgoing() == []
    world.work()
    assert (world.outgoing(), world.one("SELECT owner FROM conversation")) == ([], "maria")
    world.close()
