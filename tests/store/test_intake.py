"""Accepting: once for good, in order, with what may not wait applied in the same commit."""

import json
import threading

import pytest

from bot.channel import Reason, SendError
from bot.message import Act, ActKind, Chore, Delivery, Receipt, Word
from bot.ports import FaultPoint

ANA, BEN = "+15550100101", "+15550100102"
STOPPED = "SELECT stopped_at IS NOT NULL, held_by FROM address ORDER BY id"
CONSENT = "SELECT event, source FROM consent ORDER BY id"


def test_a_message_is_stored_once_however_often_it_comes(world):
    event = world.inbound(ANA, "where do i vote", "SM1")
    outcomes = [world.accept(event)[0].kind, *(outcome.kind for outcome in world.accept(event, event))]
    assert outcomes == ["stored", "repeated", "repeated"]
    assert world.rows("SELECT event_id, state FROM inbox") == [("SM1", "new")]


def test_c61_the_same_event_in_two_workers_at_the_same_instant_is_one_message(world):
    """C61: same MessageSid twice, at the same instant, in two workers: one message."""
    event, kinds = world.inbound(ANA, "where do i vote", "SM1"), []
    barrier = threading.Barrier(2)

    def worker():
        barrier.wait()
        kinds.append(world.accept(event)[0].kind)

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(kinds) == ["repeated", "stored"]
    assert world.one("SELECT count(*) FROM inbox") == 1
    assert world.one("SELECT count(*) FROM person") in (1, 2), "a person nobody points to does no harm"
    assert world.one("SELECT count(*) FROM address") == 1


def test_one_voter_on_two_of_our_numbers_has_two_conversations_and_one_address(world):
    world.text(ANA, "hi")
    first = world.inbound(ANA, "hi")
    world.accept(first.__class__(**{**_fields(first), "sender": "+15550100002"}))
    assert world.rows("SELECT count(*) FROM address") == [(1,)]
    assert [sender for (sender,) in world.rows("SELECT sender FROM conversation ORDER BY id")] == [
        "+15550100001",
        "+15550100002",
    ]


@pytest.mark.parametrize("word", ["STOP", "stop", "Stop.", "OPT-OUT", "alto", "no más mensajes", "dừng lại"])
def test_c01_c02_a_carrier_word_stops_in_the_transaction_that_stores_it(world, word):
    """C01, C02, C04: stopped in the same transaction that stores the message."""
    world.text(ANA, word)
    assert world.rows(STOPPED) == [(True, None)]
    assert world.rows(CONSENT) == [("stop", "words")]
    assert world.one("SELECT epoch FROM conversation") == 1


def test_c09_a_repeated_stop_is_one_entry_in_the_ledger(world):
    """C09: STOP arrives twice: one ledger entry."""
    event = world.inbound(ANA, "STOP", "SM1")
    world.accept(event)
    world.accept(event)
    world.text(ANA, "STOP")
    assert world.rows(CONSENT) == [("stop", "words")]


def test_c20a_a_stop_from_a_number_nobody_knows_is_written_down(world):
    """C20a: STOP from a number with no contact, no thread, no campaign: ledger entry for the number."""
    world.text("+15550100999", "STOP")
    assert world.rows(CONSENT) == [("stop", "words")]
    assert world.rows(STOPPED) == [(True, None)]


def test_c08_what_waits_to_leave_is_withheld_by_a_stop(world):
    """C08: STOP while texts to V wait in the queue: none is sent; each ends as withheld: stopped."""
    for text in ("one", "two", "three"):
        world.text(ANA, f"{text}: when do the polls close?")
        world.think()
    assert world.outgoing() == [("queued", "voting_hours")] * 3
    world.text(ANA, "STOP", answered_by_provider=Word.STOP, provider="twilio")
    assert world.rows("SELECT state, error FROM message WHERE direction = 'out'") == [("withheld", "stopped")] * 3
    world.work()
    assert world.texts_to(ANA) == []


def test_a_stop_reaches_every_address_of_the_person(world):
    """C07: STOP on SMS while V is linked elsewhere: all outbound on all channels stopped."""
    world.text(ANA, "hi")
    world.text("chat-1", "hi", channel="web")
    world.accept()
    with world.store.unit(FaultPoint.STAFF) as unit:
        unit.connection.exec_driver_sql("UPDATE address SET person_id = (SELECT min(id) FROM person)")
    world.text(ANA, "STOP", answered_by_provider=Word.STOP, provider="twilio")
    assert world.rows(STOPPED) == [(True, "twilio"), (True, None)]
    assert world.rows(CONSENT) == [("stop", "words"), ("stop", "elsewhere")]


@pytest.mark.parametrize(
    ("stopped", "started", "lifted"),
    [
        ({"text": "STOP"}, {"text": "START"}, True),
        ({"text": "ALTO"}, {"text": "join"}, True),
        ({"text": "STOP", "provider": True}, {"text": "START", "provider": True}, True),
        ({"text": "STOP", "provider": True}, {"text": "JOIN"}, False),
    ],
    ids=["ours by ours", "spanish by join", "the provider's by the provider's", "the provider's not by ours"],
)
def test_c14_a_start_lifts_what_it_may_with_a_new_record(world, stopped, started, lifted):
    """C14: START, UNSTOP or JOIN resume with a new consent record; only the provider's word lifts what it holds."""
    for what, word in ((stopped, Word.STOP), (started, Word.START)):
        known = {"answered_by_provider": word, "provider": "twilio"} if what.get("provider") else {}
        world.text(ANA, what["text"], **known)
    assert world.rows("SELECT stopped_at IS NULL FROM address") == [(lifted,)]
    assert [event for event, _ in world.rows(CONSENT)] == ["stop", "start" if lifted else "wish"]


def test_c14_yes_alone_does_not_lift_a_stop(world):
    """C14: YES alone resumes only if it answers a resume question."""
    world.text(ANA, "STOP")
    world.text(ANA, "yes")
    world.work()
    assert world.rows(STOPPED) == [(True, None)]


def test_a_providers_start_never_lifts_a_stop_from_elsewhere(world):
    world.text(ANA, "hi")
    world.text("chat-1", "hi", channel="web")
    with world.store.unit(FaultPoint.STAFF) as unit:
        unit.connection.exec_driver_sql("UPDATE address SET person_id = (SELECT min(id) FROM person)")
    world.text("chat-1", "STOP", channel="web")
    world.text(ANA, "START", answered_by_provider=Word.START, provider="twilio")
    assert world.rows(STOPPED)[0] == (True, None)


# --- receipts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receipts", "ends"),
    [
        ([Delivery.SENT, Delivery.DELIVERED], "delivered"),
        ([Delivery.DELIVERED, Delivery.SENT], "delivered"),
        ([Delivery.READ, Delivery.DELIVERED, Delivery.SENT], "read"),
        ([Delivery.UNDELIVERED, Delivery.SENT], "undelivered"),
        ([Delivery.UNDELIVERED, Delivery.DELIVERED], "delivered"),
        ([Delivery.FAILED, Delivery.SENT, Delivery.DELIVERED], "failed"),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, list) else value,
)
def test_a_receipt_never_moves_a_message_down(world, receipts, ends):
    world.text(ANA, "when do the polls close?")
    world.work()
    key = world.line.taken[0].key
    for status in receipts:
        world.accept(Receipt(status, provider_id="SM1", key=key))
    assert world.one("SELECT state FROM message WHERE direction = 'out'") == ends


def test_a_receipt_for_nothing_of_ours_changes_nothing(world):
    (outcome,) = world.accept(Receipt(Delivery.DELIVERED, provider_id="SM-other", sender="+15550100001"))
    assert outcome.kind == "unknown"


# --- volunteers -------------------------------------------------------------------------------------------------------


@pytest.fixture
def thread(world):
    """Return a thread in which a voter waits for a person."""
    world.script.meanings["person"] = "speak_to_human"
    world.text(ANA, "a person please")
    world.work()
    return world.one("SELECT id FROM conversation")


def test_a_claim_has_one_winner_and_the_other_is_told_who(world, thread):
    assert world.act(ActKind.CLAIM, "Maria", thread).kind == "applied"
    lost = world.act(ActKind.CLAIM, "Joe", thread)
    assert (lost.kind, lost.why) == ("refused", "Maria has claimed this thread")
    assert world.rows("SELECT owner, mode, waiting_since FROM conversation") == [("maria", "human", None)]
    assert world.rows("SELECT state FROM handoff") == [("claimed",)]


def test_two_claims_at_the_same_instant_make_one_owner(world, thread):
    kinds, barrier = [], threading.Barrier(2)
    for name in ("Maria", "Joe"):
        world.act(ActKind.NOTE, name, thread, "hello")

    def claim(who):
        barrier.wait()
        act = _act_of(world, ActKind.CLAIM, who, thread)
        kinds.append(world.accept(act)[0].kind)

    threads = [threading.Thread(target=claim, args=(who,)) for who in ("maria", "joe")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(kinds) == ["applied", "refused"]


def test_a_click_that_comes_twice_is_one_act(world, thread):
    kinds = [world.act(ActKind.CLAIM, "Maria", thread, event_id="click-1").kind for _ in range(2)]
    assert kinds == ["applied", "repeated"]
    assert world.one("SELECT count(*) FROM audit WHERE action = 'thread.claim'") == 1


@pytest.mark.parametrize(
    ("kind", "who", "outcome"),
    [
        (ActKind.SAY, "Maria", "applied"),
        (ActKind.SAY, "Joe", "refused"),
        (ActKind.RELEASE, "Maria", "applied"),
        (ActKind.RELEASE, "Joe", "refused"),
        (ActKind.RESOLVE, "Maria", "applied"),
        (ActKind.RESOLVE, "Joe", "refused"),
        (ActKind.NOTE, "Joe", "applied"),
    ],
)
def test_only_the_owner_speaks_and_ends(world, thread, kind, who, outcome):
    world.act(ActKind.CLAIM, "Maria", thread)
    assert world.act(kind, who, thread, "words").kind == outcome


@pytest.mark.parametrize("kind", [ActKind.SAY, ActKind.RELEASE])
def test_nobody_speaks_in_a_thread_without_a_claim(world, thread, kind):
    assert world.act(kind, "Maria", thread, "words").why == "claim the thread first"


def test_acts_on_a_thread_that_is_not_there_are_refused(world):
    assert world.act(ActKind.CLAIM, "Maria", 999).kind == "unknown"


@pytest.mark.parametrize("thought", [False, True], ids=["before it was thought about", "while it is held"])
def test_words_can_be_taken_back_while_they_are_held(world, thread, thought):
    world.act(ActKind.CLAIM, "Maria", thread)
    world.work()
    before = len(world.line.taken)
    world.act(ActKind.SAY, "Maria", thread, "oops", event_id="say-1")
    if thought:
        world.think()
    assert world.act(ActKind.UNDO, "Maria", thread, undoes="say-1").kind == "applied"
    world.later(seconds=10)
    world.work()
    assert len(world.line.taken) == before


def test_words_that_have_left_cannot_be_taken_back(world, thread):
    world.act(ActKind.CLAIM, "Maria", thread)
    world.act(ActKind.SAY, "Maria", thread, "hello", event_id="say-1")
    world.work()
    world.later(seconds=10)
    world.work()
    assert world.act(ActKind.UNDO, "Maria", thread, undoes="say-1").why == "too late: it has left already"


@pytest.mark.parametrize("thought", [False, True], ids=["before it was thought about", "while it is held"])
def test_c30_after_words_taken_back_the_next_ones_say_who_writes(world, thread, thought):
    world.act(ActKind.CLAIM, "Maria", thread)
    world.act(ActKind.SAY, "Maria", thread, "oops", event_id="say-1")
    if thought:
        world.think()
    world.act(ActKind.UNDO, "Maria", thread, undoes="say-1")
    world.act(ActKind.SAY, "Maria", thread, "Good morning.")
    world.work()
    world.later(seconds=10)
    world.work()
    assert "Maria" in world.line.taken[-1].text
    assert "Good morning." in world.line.taken[-1].text


@pytest.mark.parametrize(
    "again, outcome",
    [
        pytest.param((ActKind.SAY, "hello"), "repeated", id="the same form came twice"),
        pytest.param((ActKind.SAY, "goodbye"), "refused", id="other words under the same id"),
        pytest.param((ActKind.NOTE, "hello"), "refused", id="another act under the same id"),
    ],
)
def test_words_never_pass_for_said_because_their_form_was_sent_before(world, thread, again, outcome):
    kind, text = again
    world.act(ActKind.CLAIM, "Maria", thread)
    assert world.act(ActKind.SAY, "Maria", thread, "hello", event_id="form-1").kind == "applied"
    assert world.act(kind, "Maria", thread, text, event_id="form-1").kind == outcome


def test_a_claim_on_a_thread_without_a_card_makes_one(world):
    world.text(ANA, "when do the polls close?")
    world.work()
    thread = world.one("SELECT id FROM conversation")
    assert world.act(ActKind.CLAIM, "Maria", thread).kind == "applied"
    assert world.rows("SELECT state, team FROM handoff") == [("claimed", "general")]


def _fields(value):
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _act_of(world, kind, who, thread):

    return Act("console", f"race-{who}", kind, thread, who, world.at)


# --- chores -----------------------------------------------------------------------------------------------------------

EFFECTS = "SELECT kind, ref, state, attempts FROM effect ORDER BY id"


def test_a_chore_is_kept_once_for_a_worker(world):
    chore = Chore("telegram", "leave", "1:-100", {"chat": "-100", "language": ""})
    assert [outcome.kind for outcome in world.accept(chore, chore)] == ["kept", "repeated"]
    assert world.rows(EFFECTS) == [("leave", "1:-100", "new", 0)]
    assert world.rows("SELECT count(*) FROM inbox") == [(0,)]


def test_a_chore_that_was_done_comes_back_as_a_second_try(world):
    chore = Chore("telegram", "leave", "1:-100", {"chat": "-100", "language": ""})
    world.accept(chore)
    with world.store.unit(FaultPoint.STAFF) as unit:
        unit.connection.exec_driver_sql("UPDATE effect SET state = 'done'")
    assert [outcome.kind for outcome in world.accept(chore)] == ["kept"]
    assert world.rows(EFFECTS) == [("leave", "1:-100", "new", 1)]


def test_a_chore_that_has_failed_waits_for_people(world):
    chore = Chore("telegram", "read_again", "1:5", {"body": "{\x00"}, failed="no JSON")
    assert [outcome.kind for outcome in world.accept(chore, chore)] == ["kept", "repeated"]
    assert world.rows(EFFECTS) == [("read_again", "1:5", "dead", 0)]


# --- edits ------------------------------------------------------------------------------------------------------------

WORDS = "SELECT payload FROM inbox ORDER BY id"


def edited(world, text, ref="7", voter="5550100101"):
    return world.text(voter, text, channel="telegram", ref=ref, is_edit=True, provider="telegram").kind


def words_of(world):
    return [json.loads(payload)["text"] for (payload,) in world.rows(WORDS)]


def test_new_words_take_the_place_of_those_that_nobody_has_read(world):
    world.text("5550100101", "where do i voet", channel="telegram", ref="6")
    world.text("5550100101", "when do poles close", channel="telegram", ref="7")
    assert [edited(world, "when do polls close") for _ in range(2)] == ["noted", "noted"]
    assert words_of(world) == ["where do i voet", "when do polls close"]


@pytest.mark.parametrize(
    ("ref", "voter"), [("8", "5550100101"), ("7", "5550100102")], ids=["another message", "another voter's"]
)
def test_new_words_of_something_else_change_nothing(world, ref, voter):
    world.text("5550100101", "hello", channel="telegram", ref="7")
    assert edited(world, "goodbye", ref, voter) == "unknown"
    assert words_of(world) == ["hello"]


def test_new_words_of_what_was_answered_come_too_late(world):
    world.text("5550100101", "when do polls close", channel="telegram", ref="7")
    world.work()
    assert edited(world, "where do i vote") == "unknown"
    world.work()
    assert world.outgoing() == [("sent", "voting_hours")]


def test_new_words_that_are_stop_are_a_stop_whenever_they_come(world):
    world.text("5550100101", "STPO", channel="telegram", ref="7")
    world.work()
    assert edited(world, "STOP") == "stored"
    assert world.rows(STOPPED) == [(True, None)]


def test_a_stop_is_not_edited_away(world):
    world.text("5550100101", "STOP", channel="telegram", ref="7")
    assert edited(world, "just kidding") == "unknown"
    assert (words_of(world), world.rows(STOPPED)) == (["STOP"], [(True, None)])


def test_an_edit_of_a_stranger_makes_nobody_known(world):
    assert edited(world, "hello") == "unknown"
    assert world.one("SELECT count(*) FROM address") == 0


def test_a_message_and_its_new_words_may_come_together(world):
    first = world.inbound("5550100101", "helo", channel="telegram", ref="7")
    after = world.inbound("5550100101", "hello\x00", channel="telegram", ref="7", is_edit=True)
    assert [outcome.kind for outcome in world.accept(first, after)] == ["stored", "noted"]
    assert words_of(world) == ["hello"]


# --- blocks -----------------------------------------------------------------------------------------------------------


def block(world, voter=ANA):
    world.text(voter, "", channel="telegram", answered_by_provider=Word.STOP, provider="telegram")


def writes(world, text="when do polls close", voter=ANA):
    return world.text(voter, text, channel="telegram", provider="telegram", unblocks=True)


def test_who_writes_has_ended_the_block_of_which_we_were_not_told(world):
    block(world)
    assert world.rows(STOPPED) == [(True, "telegram")]
    writes(world)
    assert world.rows(STOPPED) == [(False, None)]
    assert world.rows(CONSENT) == [("stop", "block"), ("start", "message")]
    world.work()
    assert len(world.texts_to(ANA)) == 1


def test_a_block_that_only_a_failed_message_told_us_of_ends_the_same_way(world):
    world.line.script.append(SendError(Reason.STOPPED, "bot was blocked by the user", held_by="telegram"))
    writes(world)
    world.work()
    assert world.rows(STOPPED) == [(True, "telegram")]
    writes(world)
    assert world.rows(STOPPED) == [(False, None)]
    assert world.rows(CONSENT) == [("stop", "provider"), ("start", "message")]


def test_a_stop_in_words_outlasts_a_block_and_its_end(world):
    writes(world, "STOP")
    block(world)
    writes(world)
    assert world.rows(STOPPED) == [(True, None)]
    assert world.rows(CONSENT) == [("stop", "words")]


def test_stop_in_the_first_words_after_a_block_is_a_stop(world):
    block(world)
    writes(world, "STOP")
    assert world.rows(STOPPED) == [(True, None)]
    assert world.rows(CONSENT) == [("stop", "block"), ("start", "message"), ("stop", "words")]


def test_what_twilio_holds_is_no_block(world):
    world.text(ANA, "STOP", answered_by_provider=Word.STOP, provider="twilio")
    world.text(ANA, "hello", provider="twilio")
    assert world.rows(STOPPED) == [(True, "twilio")]


def test_the_end_of_a_block_that_we_are_told_of_still_counts(world):
    block(world)
    world.text(ANA, "", channel="telegram", answered_by_provider=Word.START, provider="telegram")
    assert world.rows(STOPPED) == [(False, None)]
