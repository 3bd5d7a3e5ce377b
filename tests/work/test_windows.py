"""What is queued past the days of its entry is not sent; what holds then is said instead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from support.world import World

from bot.app import content_of
from bot.config import load
from bot.content.files import staff_files
from bot.content.library import read_library

ANA = "+15550100101"
CLOSES = datetime(2026, 11, 4, 1, tzinfo=UTC)
ENTRIES = b"""
voting_hours:
  valid: {until: 2026-11-03 20:00, then: election_over}
  text: {en: Polls are open., es: Abierto.}
election_over: {text: {en: It is over., es: Listo.}}
"""


def content():
    """Return the shipped content with an answer that is said until the polls close."""
    config = load({})
    library, _ = read_library(staff_files(config.staff))
    more, troubles = read_library({"responses/x.yml": ENTRIES})
    assert troubles == []
    library.entries |= more.entries
    return content_of(config, library, 1)


def test_an_answer_that_waited_past_its_days_is_withheld_and_said_anew(world: World) -> None:
    known = content()
    world.mind = replace(world.mind, content=lambda: known)
    world.at = CLOSES - timedelta(seconds=2)
    world.text(ANA, "when do the polls close")
    world.think()
    world.later(seconds=1)
    world.sender.drain()
    world.work()
    out = "SELECT state, error, entry FROM message WHERE direction = 'out' ORDER BY id"
    assert world.rows(out) == [("withheld", "too_late", "voting_hours"), ("sent", None, "election_over")]
    (text,) = world.texts_to(ANA)
    assert "It is over." in text
