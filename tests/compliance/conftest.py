"""Worlds over both databases, with a classifier that sees the language it is told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from support.hooks import open_sms, sms_hook
from support.world import Line, Script, World

from bot.message import Inbound, Reading
from bot.ports import Query


class Listener(Script):
    """Reads what a test says; `language` is what every text shows."""

    language: str | None = None

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        return [replace(reading, language=self.language) for reading in super().read_all(queries)]


@pytest.fixture
def open_world(database_url: str) -> Iterator[Callable[[], World]]:
    """Yield what opens one more process's parts over the same fresh database and provider, on both kinds of databases."""
    opened: list[World] = []
    line = Line()

    def make() -> World:
        opened.append(World(database_url, line=line, script=Listener()))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def world(open_world: Callable[[], World]) -> World:
    """Return the product's parts over a fresh database; each test runs on SQLite and on PostgreSQL."""
    return open_world()


@pytest.fixture
def by_twilio(world: World) -> Callable[..., Inbound]:
    """Return what reads a signed webhook of Twilio: the event as the real channel makes it of `Body` and other fields."""

    def read(
        text: str, *, voter: str = "+15550100101", sid: str = "SM1", holds_stops: bool = True, **more: str
    ) -> Inbound:
        channel = open_sms(holds_stops=holds_stops)
        hook = sms_hook({"MessageSid": sid, "From": voter, "To": "+15550100001", "Body": text, **more}, at=world.at)
        channel.verify(hook)
        (event,) = channel.parse(hook).events
        assert isinstance(event, Inbound)
        return event

    return read
