"""Stopping and starting again: statements C01 to C20a of docs/compliance.md that hold from the first day."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.channel import Reason, SendError
from bot.message import ActKind, Word
from bot.ports import FaultPoint
from bot.store.tables import message
from bot.work.send import MANY_STOPS

ANA, BEN = "+15550100101", "+15550100102"
LAW = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
"""The words of 47 CFR 64.1200(a)(10)."""
ASKS = "when do the polls close?"


class NeverMind(Exception):
    """Ends a transaction before its commit."""


def said(world):
    """Return what voters have got, with why each text left."""
    return world.rows("SELECT entry, purpose, text FROM message WHERE direction = 'out' AND state = 'sent' ORDER BY id")


def stopped(world):
    """Return each voter's address in the order of arrival, with whether it is stopped and by whom that is held."""
    return world.rows("SELECT stopped_at IS NOT NULL, held_by FROM address ORDER BY id")


def ledger(world):
    return world.rows("SELECT event, source FROM consent ORDER BY id")


def states(world):
    return world.rows("SELECT state, error FROM message WHERE direction = 'out' ORDER BY id")


# --- which words ------------------------------------------------------------------------------------------------------

SHAPES = (str.lower, str.upper, str.title, lambda word: "".join(map(_alternating, enumerate(word))))


def _alternating(at):
    number, letter = at
    return letter.upper() if number % 2 else letter.lower()


def heard_as_stops(world, texts):
    """Let one new voter after the other write one of `texts`; return those that have stopped nobody."""
    for number, text in enumerate(texts):
        world.text(f"+1555011{number:04}", text)
    found = world.rows("SELECT stopped_at IS NOT NULL FROM address ORDER BY id")
    assert len(found) == len(texts)
    return [text for text, (is_stopped,) in zip(texts, found, strict=True) if not is_stopped]


def test_c01_each_word_of_the_law_in_any_case_stops(world):
    """C01: each of the seven words in lower, upper and mixed case; before anything has thought about it."""
    assert heard_as_stops(world, [shape(word) for word in LAW for shape in SHAPES]) == []


def test_c01_the_stop_and_the_message_are_one_transaction(world):
    """C01: V stopped in the same transaction that stores the message: neither is there without the other."""
    world.text(ANA, "hello")
    event = world.inbound(ANA, "revoke", "SM9")
    with pytest.raises(NeverMind):
        _accept_and_break_off(world, event)
    lost = stopped(world), ledger(world), world.one("SELECT count(*) FROM inbox WHERE event_id = 'SM9'")
    world.accept(event)
    kept = stopped(world), ledger(world), world.one("SELECT count(*) FROM inbox WHERE event_id = 'SM9'")
    assert (lost, kept) == (([(False, None)], [], 0), ([(True, None)], [("stop", "words")], 1))


def _accept_and_break_off(world, event):
    with world.store.unit(FaultPoint.ACCEPT) as unit:
        unit.accept([event])
        raise NeverMind


def test_c02_signs_spaces_and_repeats_do_not_hide_a_stop(world):
    """C02: the same words with trailing . ! or spaces, doubled, and the words run together."""
    shapes = ("{}.", "{}!", "{}!!!", "  {}  ", "{}\n", "{0} {0}", "{0}. {0}.", '"{}"', "{}…")
    texts = [shape.format(word) for word in LAW if word != "opt out" for shape in shapes]
    texts += [
        "OPT-OUT",
        "opt-out.",
        "Opt-Out!",
        "optout",
        "OPTOUT",
        "stopall",
        "STOPALL",
        "Stop all",
        "opt out.",
        "opt  out",
    ]
    assert heard_as_stops(world, texts) == []


def test_c06_an_ambiguous_word_is_a_stop_when_it_is_the_whole_message(world):
    """C06: treated as stop when it is the whole message."""
    texts = ["stop it", "Stop it!", "end", "END.", "quit", "cancel", "stop please", "please stop"]
    assert heard_as_stops(world, texts) == []


def test_c06_the_same_word_in_a_sentence_is_none_and_is_answered(world):
    """C05, C06: not stopped; answered."""
    texts = [
        "stop by the office tomorrow?",
        "when does early voting end?",
        "cancel my absentee ballot",
        "stop it from raining on election day",
        "the end is near",
        "can i quit my job to vote",
    ]
    assert heard_as_stops(world, texts) == texts
    world.work()
    assert (ledger(world), len(said(world))) == ([], len(texts))


# --- what waits, and what comes twice ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "confirmations"), [("STOP", 0), ("alto", 1)], ids=["answered by twilio", "answered by us"]
)
def test_c08_what_waits_in_the_queue_is_withheld(world, by_twilio, word, confirmations):
    """C08: STOP while three texts to V wait: none is sent; each ends as withheld: stopped."""
    for which in ("first", "then", "and"):
        world.text(ANA, f"{which}: {ASKS}")
        world.think()
    world.text(BEN, ASKS)
    world.think()
    world.accept(by_twilio(word))
    before = states(world)
    world.work()
    assert before == [("withheld", "stopped")] * 3 + [("queued", None)]
    assert states(world)[:3] == before[:3]
    assert (len(world.texts_to(ANA)), len(world.texts_to(BEN))) == (confirmations, 1)


def test_c08_what_waits_for_another_try_is_withheld_too(world):
    """C08: a text that the provider was too busy for waits in the queue like any other."""
    world.line.script.append(SendError(Reason.WAIT, "20429", timedelta(minutes=1)))
    world.text(ANA, ASKS)
    world.work()
    waited = states(world)
    world.text(ANA, "STOP", answered_by_provider=Word.STOP, provider="twilio")
    world.later(minutes=5)
    world.work()
    assert (waited[0][0], states(world), world.line.taken) == ("queued", [("withheld", "stopped")], [])


@pytest.mark.parametrize("thought_between", [False, True], ids=["at once", "after the first was answered"])
@pytest.mark.parametrize("word", ["STOP", "alto"])
def test_c09_a_stop_that_arrives_twice_is_one_entry_and_at_most_one_confirmation(
    world, by_twilio, word, thought_between
):
    """C09: STOP arrives twice (webhook retried): one ledger entry, at most one confirmation."""
    outcomes = []
    for _ in range(2):
        outcomes += [outcome.kind for outcome in world.accept(by_twilio(word, holds_stops=False))]
        if thought_between:
            world.work()
    world.work()
    assert outcomes == ["stored", "repeated"]
    assert (ledger(world), [entry for entry, _, _ in said(world)]) == ([("stop", "words")], ["stop_confirmed"])


def test_c09_a_second_stop_of_its_own_is_no_second_entry_and_no_second_confirmation(world):
    """C09: the same in two messages, and in two messages at once."""
    for text in ("STOP", "stop", "please stop texting me"):
        world.text(ANA, text)
        world.work()
    world.accept(world.inbound(BEN, "STOP"), world.inbound(BEN, "stop."))
    world.work()
    assert (ledger(world), [entry for entry, _, _ in said(world)]) == (
        [("stop", "words")] * 2,
        ["stop_confirmed"] * 2,
    )


# --- who confirms -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("STOP", {}),
        ("Unsubscribe ", {}),
        ("optout", {}),
        ("STOP", {"OptOutType": "STOP", "MessagingServiceSid": "MG" + "b2" * 16}),
        ("no thank you", {"OptOutType": "STOP"}),
        ("alto", {"OptOutType": "STOP"}),
    ],
    ids=["STOP", "Unsubscribe", "optout", "advanced STOP", "a word of the account's own", "advanced ALTO"],
)
def test_c10_where_twilio_answers_a_stop_we_do_not(world, by_twilio, text, fields):
    """C10: STOP on a Twilio sender whose default or Advanced Opt-Out answers: we send no confirmation."""
    world.accept(by_twilio(text, **fields))
    world.work()
    assert (world.line.taken, stopped(world), ledger(world)) == ([], [(True, "twilio")], [("stop", "words")])


def test_c10_where_twilios_handling_is_switched_off_we_confirm(world, by_twilio):
    """C10: the silence is for the provider's answer, not for the word."""
    world.accept(by_twilio("STOP", holds_stops=False))
    world.work()
    assert ([entry for entry, _, _ in said(world)], stopped(world)) == (["stop_confirmed"], [(True, None)])


@pytest.mark.parametrize(
    ("channel", "language", "text"),
    [
        ("web", "en", "STOP"),
        ("web", "es", "alto"),
        ("web", "en", "please stop texting me"),
        ("web", "es", "quítenme de su lista"),
        ("sms", "en", "take me off your list"),
        ("sms", "es", "alto"),
        ("telegram", "en", "/stop"),
        ("telegram", "es", "Alto"),
    ],
)
def test_c11_a_stop_that_nobody_answers_is_confirmed_once_within_five_minutes(world, channel, language, text):
    """C11: exactly one confirmation within 5 minutes, naming O, no donation, no ask."""
    world.script.language = language
    world.text(ANA, text, channel=channel)
    asked_at = world.at
    world.work()
    world.later(minutes=1)
    world.text(ANA, text, channel=channel)
    world.work()
    ((entry, purpose, words),) = said(world)
    assert (entry, purpose) == ("stop_confirmed", "confirm_stop")
    assert world.line.taken[0].text == words
    assert words.startswith(
        "Rivera for Riverton, " + {"en": "automated message:", "es": "mensaje automatizado:"}[language]
    )
    asks = ("http", "www", "donat", "dona ", "donar", "volunt", "share", "vote", "vota", "?", "sign up", "join")
    assert [ask for ask in asks if ask in words.casefold()] == []
    (sent_at,) = (row.sent_at for row in _messages(world))
    assert sent_at - asked_at < timedelta(minutes=5)


def _messages(world):
    """Return our messages with typed columns, so that both databases give moments."""
    with world.database.reading() as connection:
        return connection.execute(select(message).where(message.c.direction == "out")).all()


@pytest.mark.parametrize(("minutes", "states_then"), [(4, [("sent", None)]), (6, [("withheld", "too_late")])])
def test_c11_c12_a_confirmation_leaves_within_five_minutes_or_never(world, minutes, states_then):
    """C11, C12: a confirmation that could not be sent within 5 minutes is not sent later."""
    world.text(ANA, "alto")
    world.think()
    world.later(minutes=minutes)
    world.work()
    world.later(hours=1)
    world.work()
    assert states(world) == states_then


# --- starting again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "word"), [("sms", "START"), ("sms", "unstop!"), ("web", "JOIN"), ("web", "Start")])
def test_c14_a_start_resumes_with_a_record_of_its_own(world, channel, word):
    """C14: START, UNSTOP or JOIN: resumed with a new consent record."""
    world.text(ANA, "alto", channel=channel)
    world.work()
    world.text(ANA, word, channel=channel)
    world.work()
    assert (stopped(world), ledger(world)) == ([(False, None)], [("stop", "words"), ("start", "words")])
    assert [entry for entry, _, _ in said(world)] == ["stop_confirmed", "start_confirmed"]
    world.text(ANA, ASKS, channel=channel)
    world.work()
    assert said(world)[-1][0] == "voting_hours"


@pytest.mark.parametrize("word", ["START", "Unstop", " start "])
def test_c14_what_twilio_holds_ends_with_the_word_that_twilio_knows(world, by_twilio, word):
    """C14: Twilio's list: its own word lifts its own stop, and it has answered already."""
    world.accept(by_twilio("STOP"))
    world.later(seconds=1)
    world.accept(by_twilio(word, sid="SM2"))
    world.work()
    assert (stopped(world), ledger(world)) == ([(False, None)], [("stop", "words"), ("start", "words")])
    assert world.line.taken == []


def test_c14_our_own_word_records_the_wish_and_lifts_nothing_that_twilio_holds(world, by_twilio):
    """C14: JOIN is no word of Twilio's: there it would still answer 21610."""
    world.accept(by_twilio("STOP"))
    world.later(seconds=1)
    world.accept(by_twilio("JOIN", sid="SM2"))
    world.work()
    assert (stopped(world), ledger(world)) == ([(True, "twilio")], [("stop", "words"), ("wish", "words")])
    assert world.line.taken == []


@pytest.mark.parametrize("text", ["YES", "si", "ok"])
def test_c14_yes_alone_resumes_nothing(world, text):
    """C14: YES alone resumes only if it answers a resume question."""
    world.script.meanings[text.casefold()] = "affirm"
    world.text(ANA, "STOP")
    world.work()
    world.text(ANA, text)
    world.work()
    assert (stopped(world), ledger(world), len(said(world))) == ([(True, None)], [("stop", "words")], 1)


def test_c14_yes_resumes_where_it_was_asked(world):
    """C14: YES to "You asked us to stop. Go on again?" is a start with a record."""
    world.script.meanings["updates"] = "subscribe_updates"
    world.text(ANA, "STOP")
    world.work()
    world.text(ANA, "i want updates")
    world.work()
    asked = stopped(world), said(world)[-1][0]
    world.text(ANA, "yes")
    world.work()
    assert asked == ([(True, None)], "ask_again")
    assert (stopped(world), ledger(world)) == ([(False, None)], [("stop", "words"), ("start", "answer")])


def test_c14_a_yes_long_after_the_question_resumes_nothing(world):
    """C14: a question that has run out is no question any more."""
    world.script.meanings["updates"] = "subscribe_updates"
    for text in ("STOP", "i want updates"):
        world.text(ANA, text)
        world.work()
    world.later(days=3)
    world.script.meanings["yes"] = "affirm"
    world.text(ANA, "yes")
    world.work()
    assert stopped(world) == [(True, None)]


# --- the provider knows better ----------------------------------------------------------------------------------------


def test_c15_the_providers_word_that_the_voter_has_stopped_is_believed(world):
    """C15: 21610 for a V we think active: V marked stopped, reason provider; nothing is tried again."""
    world.line.script.append(SendError(Reason.STOPPED, "21610", held_by="twilio"))
    for which in ("first", "then", "and"):
        world.text(ANA, f"{which}: {ASKS}")
        world.think()
    world.work()
    world.later(hours=1)
    world.work()
    assert (stopped(world), ledger(world)) == ([(True, "twilio")], [("stop", "provider")])
    assert states(world) == [("failed", "21610"), ("withheld", "stopped"), ("withheld", "stopped")]
    assert world.rows("SELECT actor FROM consent") == [("provider",)]
    assert world.line.taken == []


def test_c15_a_second_21610_is_no_second_entry(world):
    """C15: V is stopped once, however often the provider says so."""
    for number in (1, 2):
        world.line.script.append(SendError(Reason.STOPPED, "21610", held_by="twilio"))
        world.text(f"+155501001{number:02}", ASKS)
    world.work()
    world.text("+15550100101", "and early voting?")
    world.work()
    assert ledger(world) == [("stop", "provider")] * 2


def test_c15_many_stops_that_only_the_provider_knew_of_raise_an_alarm(world):
    """C15: alert if more than N an hour; what is past no longer counts."""
    alarms = []
    for number in range(MANY_STOPS + 3):
        world.line.script.append(SendError(Reason.STOPPED, "21610", held_by="twilio"))
        world.text(f"+155501{number:05}", ASKS)
        with capture_logs() as logs:
            world.work()
        alarms += [entry["in_the_last_hour"] for entry in logs if entry["event"] == "many_stopped_by_providers"]
        if number == 0:
            world.later(hours=2)
    assert alarms == [MANY_STOPS + 1, MANY_STOPS + 2]


# --- the last second --------------------------------------------------------------------------------------------------


def test_c19_a_stop_a_minute_before_midnight_holds_back_what_another_worker_sends_at_midnight(open_world):
    """C19: STOP at 23:59, and many texts at 00:00 in another worker: no text."""
    web, worker = open_world(), open_world()
    web.at = datetime(2026, 10, 31, 3, 58, tzinfo=UTC)  # 23:58 in New York
    for voter in (ANA, BEN):
        web.text(voter, ASKS)
        web.think()
    web.at = datetime(2026, 10, 31, 3, 59, 59, tzinfo=UTC)
    web.accept(web.inbound(ANA, "STOP"))
    worker.at = datetime(2026, 10, 31, 4, 0, tzinfo=UTC)
    worker.sender.drain()
    assert (worker.texts_to(ANA), len(worker.texts_to(BEN))) == ([], 1)


def test_c19_while_another_worker_sends_nothing_leaves_once_a_stop_is_stored(open_world):
    """C19, raced: what a provider gets was claimed before the stop was committed (decision 0009), never after it."""
    web, worker = open_world(), open_world()
    voters = [f"+1555012{number:04}" for number in range(24)]
    for voter in voters:
        web.text(voter, ASKS)
    while web.think():
        pass
    done, failures = threading.Event(), []

    def sends():
        try:
            while not done.is_set():
                worker.sender.drain()
        except Exception as error:  # noqa: BLE001 (handed to the test)
            failures.append(error)

    thread = threading.Thread(target=sends)
    thread.start()
    for voter in voters:
        web.accept(web.inbound(voter, "STOP"))
    done.set()
    thread.join()
    worker.sender.drain()
    ended = web.rows(
        "SELECT a.address, m.state FROM message m JOIN conversation c ON c.id = m.conversation_id "
        "JOIN address a ON a.id = c.address_id WHERE m.direction = 'out' AND m.entry = 'voting_hours'"
    )
    got = {message.address for message in worker.line.taken if "automated message" not in message.text}
    assert failures == []
    assert {voter for voter, state in ended if state == "sent"} == got
    assert {state for _, state in ended} <= {"sent", "withheld"}
    assert len(ended) == len(voters)


# --- nobody we know ---------------------------------------------------------------------------------------------------


def test_c20a_a_stop_from_a_number_that_nobody_knows_is_written_down(world):
    """C20a: STOP from a number with no contact, no thread, no campaign: ledger entry for the number."""
    assert world.rows("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM conversation)") == [(0, 0)]
    world.text("+15550100999", "STOP")
    ((hashed,),) = world.rows("SELECT address_hash FROM consent")
    assert (ledger(world), stopped(world)) == ([("stop", "words")], [(True, None)])
    assert [bytes(hashed)] == [bytes(one) for (one,) in world.rows("SELECT address_hash FROM address")]


def test_c20a_it_holds_for_every_number_of_ours_and_for_a_person_at_the_desk(world):
    """C20a: who has stopped one number of ours is not written to from another, nor by a volunteer."""
    world.text(ANA, "STOP")
    world.work()
    other = world.inbound(ANA, "hi", "SM-other")
    fields = {name: getattr(other, name) for name in other.__dataclass_fields__}
    world.accept(other.__class__(**{**fields, "sender": "+15550100002"}))
    before = len(world.line.taken)
    thread = world.one("SELECT max(id) FROM conversation")
    world.text(ANA, "STOP")
    world.act(ActKind.CLAIM, "Maria", thread)
    world.act(ActKind.SAY, "Maria", thread, "Hello there!")
    world.later(seconds=10)
    world.work()
    assert len(world.line.taken) == before
