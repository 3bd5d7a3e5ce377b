"""The desk in Slack, with Slack itself away: what comes in must not need it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desks import slack_desk, world_with_a_case
from support.world import World

from bot.desk.slack.desk import SlackDesk


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Yield a world with one thread whose case waits; its card stands in Slack."""
    with world_with_a_case(f"sqlite:///{tmp_path / 'desk.sqlite3'}") as one:
        yield one


@pytest.fixture
def desk(world: World) -> SlackDesk:
    return slack_desk(world)
