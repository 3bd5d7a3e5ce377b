"""A process that plays a short story over a database and kills itself at the fault point that it is given.

`python -m support.dying URL POINT`: every commit of the product that a text message does not pass by itself is in the story.
"""

import os
import signal
import sys
from datetime import timedelta

from support.world import World

from bot.message import ActKind
from bot.ports import FaultPoint, Settled
from bot.store import versions
from bot.store.look_ups import SqlLookUps
from bot.store.sessions import SqlSessions
from bot.store.versions import Bundle

ANA, EVE = "+15550100101", "+15550100103"


def story(world: World) -> None:
    """Let everything happen once."""
    world.script.breaks_at = "poison"
    world.script.meanings["person"] = "speak_to_human"
    world.text(EVE, "poison")
    for _ in range(5):
        world.think()
        world.later(minutes=1)
    world.text(ANA, "a person please")
    world.think()
    with world.store.unit(FaultPoint.CLAIM) as unit:
        rows = unit.claim(1)
    world.later(seconds=61)
    with world.store.unit(FaultPoint.SWEEP) as unit:
        unit.sweep()
    with world.store.unit(FaultPoint.SETTLE) as unit:
        unit.settle([Settled(row, "queued", retry_at=world.at + timedelta(seconds=1)) for row in rows])
    world.later(seconds=5)
    world.work()
    world.act(ActKind.CLAIM, "Maria", 2)
    world.work()
    world.later(minutes=11)
    world.work()
    SqlSessions(world.store).open("console", "maria")
    world.leases.take("listen:telegram", "one")
    SqlLookUps(world.store).put(b"a hash", "{}", world.at + timedelta(hours=24))
    versions.publish(world.store, Bundle({"responses/a.yml": "a"}, "examples"), 0, "start", "maria")


def main(url: str, point: str) -> None:
    """Play the story, and die at `point`."""
    world = World(url)

    def die(where: str) -> None:
        if where == point:
            os.kill(os.getpid(), signal.SIGKILL)

    world.database.fault = die
    story(world)
    world.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
