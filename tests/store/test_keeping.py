"""What was typed into a form is erased when its time is over, everywhere, and nothing else is."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.world import Script, World

from bot.message import Reading
from bot.ports import FaultPoint
from bot.store.keeping import ERASED
from bot.work.clock import look

ANA = "+15550100101"
STREET = "12 oak st 62701"
LOG = "SELECT direction, text FROM message ORDER BY id"


class Streets(Script):
    """Reads the one address, too."""

    def _read(self, text: str) -> Reading:
        said = super()._read(text)
        return replace(said, values={"us_address": STREET, "state": "IL"}) if text == STREET else said


@pytest.fixture
def asked(database_url: str) -> Iterator[World]:
    """Yield a world in which Ana has asked about the hours, and then given an address to find where she votes."""
    world = World(database_url, script=Streets(where="polling_place", hours="voting_hours"))
    for text in ("what hours", "where do i vote", STREET, "yes"):
        world.text(ANA, text)
        world.work()
    assert world.rows("SELECT count(*) FROM effect") == [(1,)]
    yield world
    world.close()


def everything(world: World) -> str:
    """Return all that the database holds of texts, thoughts and look-ups."""
    tables = ("SELECT text FROM message", "SELECT payload FROM inbox", "SELECT payload, result FROM effect")
    return json.dumps([world.rows(table) for table in (*tables, "SELECT state FROM conversation")])


def tick(world: World) -> None:
    look(world.store, lambda work: None)
    world.work()


def test_what_was_typed_into_a_form_is_erased_in_its_time(asked: World) -> None:
    before = [text for _, text in asked.rows(LOG)]
    assert STREET in before
    asked.later(days=29)
    tick(asked)
    assert STREET in everything(asked)
    asked.later(days=1, seconds=10)
    tick(asked)
    tick(asked)
    after = [text for _, text in asked.rows(LOG)]
    assert STREET not in everything(asked)
    assert after[:2] == before[:2]  # the hours belong to no form
    assert set(after[2:]) == {ERASED}


def test_what_is_done_is_not_done_again(asked: World) -> None:
    asked.later(days=31)
    assert "kept" in asked.store.due()
    tick(asked)
    tick(asked)
    assert "kept" not in asked.store.due()


def test_what_still_waits_to_leave_keeps_its_words(asked: World) -> None:
    asked.later(days=31)
    with asked.database.writing(FaultPoint.STAFF) as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'queued', due_at = created_at WHERE direction = 'out'")
    look(asked.store, lambda work: None)
    texts = asked.rows("SELECT DISTINCT text FROM message WHERE direction = 'in' AND erase_at IS NULL")
    assert (ERASED,) in texts
    assert asked.rows("SELECT count(*) FROM message WHERE direction = 'out' AND text = :text", text=ERASED) == [(0,)]
