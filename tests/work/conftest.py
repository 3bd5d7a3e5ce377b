"""Worlds over both databases."""

from collections.abc import Iterator

import pytest
from support.world import World


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """Yield the product's parts over a fresh database; each test runs on SQLite and on PostgreSQL."""
    one = World(database_url)
    yield one
    one.close()
