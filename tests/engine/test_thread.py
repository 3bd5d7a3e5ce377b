"""A conversation as the engine keeps it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.playbooks import FIND, NOW, asking, thread

from bot.engine.thread import Asking, Choosing, Echo, Stop, Thread, Topic, from_json, to_json

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
WORDS = st.text(max_size=8)
SLOTS = st.dictionaries(WORDS, WORDS, max_size=3)
FORMS = st.builds(Asking, WORDS, WORDS, SLOTS, MOMENTS, st.integers(0, 3))
CHOICES = st.builds(
    Choosing, st.sampled_from(["entry", "stop", "resume", "again"]), st.lists(WORDS, max_size=3).map(tuple), MOMENTS
)
THREADS = st.builds(
    Thread,
    id=st.integers(1),
    channel=WORDS,
    language=st.sampled_from(["en", "es"]),
    owner=st.none() | WORDS,
    epoch=st.integers(0),
    waiting_since=st.none() | MOMENTS,
    stopped=st.none() | st.builds(Stop, MOMENTS, st.none() | WORDS),
    language_sure=st.booleans(),
    language_votes=st.integers(0, 2),
    question=st.none() | FORMS | CHOICES,
    aside=st.lists(FORMS, max_size=3).map(tuple),
    known=SLOTS,
    topic=st.none() | st.builds(Topic, WORDS, WORDS, MOMENTS),
    misses=st.integers(0, 2),
    disclosed_at=st.none() | MOMENTS,
    stop_told=st.booleans(),
    relayed=st.integers(0, 9),
    met=st.booleans(),
    heard_at=st.none() | MOMENTS,
    said_at=st.none() | MOMENTS,
    echoes=st.lists(st.builds(Echo, WORDS, MOMENTS, st.booleans()), max_size=4).map(tuple),
    muted_until=st.none() | MOMENTS,
    said=st.dictionaries(WORDS, st.integers(1, 9), max_size=3),
    trouble_at=st.none() | MOMENTS,
    footer_at=st.none() | MOMENTS,
)


def columns(of: Thread) -> dict[str, Any]:
    """Return what the store keeps beside the engine's memory."""
    names = ("id", "channel", "owner", "epoch", "waiting_since", "stopped")
    return {name: getattr(of, name) for name in names}


@given(THREADS)
def test_a_thread_comes_back_from_json_as_it_was(kept):
    memory = json.loads(json.dumps(to_json(kept)))
    assert from_json(memory, language="en", **columns(kept)) == kept


def test_a_fresh_thread_keeps_nothing_but_its_language():
    assert to_json(Thread(1, "sms", "es")) == {"language": "es"}


def test_a_thread_without_memory_speaks_the_first_language_offered():
    fresh = Thread(1, "sms", "es")
    assert from_json({}, language="es", **columns(fresh)) == fresh


def test_what_the_accepting_side_may_change_is_no_part_of_the_memory():
    busy = thread(owner="maria", epoch=7, waiting_since=NOW, stopped=Stop(NOW, "twilio"))
    assert to_json(busy) == to_json(thread())


CHOICE = Choosing("entry", ("voting_hours",), NOW)


@pytest.mark.parametrize(
    "one, mode",
    [
        (thread(), "bot"),
        (thread(question=CHOICE), "choosing"),
        (thread(waiting_since=NOW, question=CHOICE), "waiting"),
        (thread(waiting_since=NOW, question=asking(FIND, "address")), "asking"),
        (thread(muted_until=NOW, question=asking(FIND, "address")), "muted"),
        (thread(owner="maria", muted_until=NOW), "human"),
    ],
)
def test_the_mode_is_the_weightiest_of_what_holds(one, mode):
    assert one.mode == mode


@pytest.mark.parametrize("age, lives", [(30, True), (31, False)])
def test_a_topic_lives_half_an_hour(age, lives):
    topic = Topic("voting_hours", "voting_hours", NOW)
    assert thread(topic=topic).live_topic(NOW + timedelta(minutes=age)) == (topic if lives else None)


def test_a_thread_remembers_the_newest_of_what_it_was_told():
    one = thread(known={"state": "OH", "stance": "support"})
    assert one.remembers(state="TX") == replace(one, known={"state": "TX", "stance": "support"})
