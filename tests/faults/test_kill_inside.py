"""kill -9 at the commits that a text message does not pass by itself; then the story goes on, and ends as it should."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.processes import clean_environment
from support.world import World

from bot.ports import FaultPoint
from bot.store import versions
from bot.store.look_ups import SqlLookUps
from bot.store.sessions import SqlSessions

TESTS = Path(__file__).parents[1]
POINTS = (
    FaultPoint.THINK_FAILED,
    FaultPoint.SWEEP,
    FaultPoint.SETTLE,
    FaultPoint.TIMER,
    FaultPoint.SESSION,
    FaultPoint.STAFF,
    FaultPoint.PUBLISH,
    FaultPoint.LEASE,
    FaultPoint.LOOK_UP,
)


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_whatever_was_cut_off_is_done_once_when_the_story_goes_on(tmp_path, sqlite_template, point, side):
    shutil.copy(sqlite_template, tmp_path / "desk.sqlite3")
    goes_on(f"sqlite:///{tmp_path / 'desk.sqlite3'}", point, side)


@pytest.mark.soak
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_the_same_on_postgresql(postgres_url, point, side):
    goes_on(postgres_url, point, side)


def goes_on(database_url, point, side):
    """Let the story be cut off, then go on, and look at how it ended."""
    script = [sys.executable, "-m", "support.dying", database_url, f"{point}.{side}"]
    died = subprocess.run(script, cwd=TESTS, env=clean_environment(), check=False, capture_output=True)
    assert died.returncode == -9, died.stderr.decode()

    world = World(database_url)
    world.later(hours=1)
    world.script.meanings["person"] = "speak_to_human"
    world.script.breaks_at = "poison"
    with world.store.unit(FaultPoint.SWEEP) as unit:
        unit.sweep()
    for _ in range(8):
        world.work()
        world.later(minutes=1)
    world.text("+15550100101", "when do the polls close?")
    world.work()
    assert world.rows("SELECT count(*) FROM inbox WHERE state = 'new'") == [(0,)]
    assert world.rows("SELECT count(*) FROM message WHERE state IN ('queued', 'sending', 'unsure')") == [(0,)]
    assert world.rows("SELECT conversation_id FROM handoff GROUP BY conversation_id HAVING count(*) > 1") == []
    assert (
        world.rows("SELECT inbox_id FROM message WHERE direction = 'out' GROUP BY inbox_id, n HAVING count(*) > 1")
        == []
    )
    assert world.rows("SELECT count(*) FROM conversation WHERE owner IS NOT NULL") == [(0,)]
    SqlSessions(world.store).open("chat", "visitor")
    assert world.leases.take("listen:telegram", "two")
    whole = [(1, {"responses/a.yml": b"a"})] if (point, side) == (FaultPoint.PUBLISH, "after") else []
    found = [one.version for one in versions.history(world.database)]
    assert [(number, versions.files_of(world.database, number)) for number in found] == whole
    assert world.one("SELECT count(*) FROM content_version") == len(whole)
    SqlLookUps(world.store).put(b"a hash", "{}", world.at)
    assert SqlLookUps(world.store).forget() == 1
    world.close()


def test_every_fault_point_is_killed_at_by_one_of_the_two_files():
    from_text = {
        FaultPoint.ACCEPT,
        FaultPoint.THINK,
        FaultPoint.CLAIM,
        FaultPoint.EFFECT_CLAIM,
        FaultPoint.EFFECT_SETTLE,
    }
    assert from_text | set(POINTS) == set(FaultPoint)
