"""Local providers, and the product's parts behind a channel."""

from collections.abc import Iterator

import pytest
from providers.twilio import FakeTwilio
from support.answers import Answers
from support.world import World


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """Yield a server that behaves like Twilio."""
    with FakeTwilio() as one:
        yield one


@pytest.fixture(scope="module")
def answers() -> Iterator[Answers]:
    """Yield a server that answers as it is told."""
    with Answers() as one:
        yield one


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """Yield the product's parts over a fresh database; each test runs on SQLite and on PostgreSQL."""
    one = World(database_url)
    yield one
    one.close()
