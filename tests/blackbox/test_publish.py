"""Publishing into running processes: what is saved or published elsewhere serves within a second, and is told."""

import json
import secrets
import signal
import time
from datetime import UTC, datetime

from support.commands import run_bot
from support.databases import own_database
from support.folders import folder_in
from support.processes import Desk, rows, wait_until

AT_ONCE_S = 1.0


def events(desk, name, key):
    """Return (when, value of `key`) of each log line `name` that a process has written."""
    lines = [json.loads(line) for line in desk.output.splitlines() if line.startswith("{")]
    return [(datetime.fromisoformat(one["timestamp"]), one[key]) for one in lines if one["event"] == name]


def serves(desk, version):
    """Return when the process began to serve `version`."""
    return wait_until(lambda: [at for at, found in events(desk, "version_in_service", "version") if found == version])[
        0
    ]


def test_a_desk_takes_what_is_saved_and_what_another_program_publishes(tmp_path):
    staff = folder_in(tmp_path / "staff")
    folder = tmp_path / "var"
    desk = Desk(folder, env=staff.settings)

    def since(version):
        """Return how long after its commit a version served in the running process."""
        at = serves(desk, version)
        ((text,),) = rows(desk, "SELECT at FROM content_service WHERE version = ? ORDER BY id DESC LIMIT 1", version)
        return (at - datetime.fromisoformat(text).replace(tzinfo=UTC)).total_seconds()

    try:
        desk.start(ready=False)
        staff.greet("Hello two")
        assert since(2) < AT_ONCE_S
        assert "Published version 2: welcome changed\n" in desk.output
        staff.spoil()
        wait_until(lambda: "Not published: responses/welcome.yml:2:" in desk.output)
        told = next(line for line in desk.output.splitlines() if line.startswith("Not published"))
        assert told.endswith("; version 2 stays in service")
        said = run_bot("rollback", folder=folder, **staff.settings)
        assert (said.code, since(1) < AT_ONCE_S) == (0, True)
        time.sleep(0.6)
        assert rows(desk, "SELECT version FROM content_service ORDER BY id") == [(1,), (2,), (1,)]
        assert desk.stop() == 0
    finally:
        desk.kill()


def test_a_web_and_a_worker_serve_what_is_published_from_a_third_machine(tmp_path, postgres, redis_url):
    staff = folder_in(tmp_path / "staff")
    url, prefix = redis_url
    with own_database(postgres) as database:
        env = staff.settings | {"DATABASE_URL": database, "REDIS_URL": url, "BOT_STORE__REDIS_PREFIX": prefix}
        fleet = [Desk(tmp_path / name, command=(name,), env=env) for name in ("web", "worker")]
        assert fleet[0].run("db", "upgrade").returncode == 0
        try:
            for one in fleet:
                one.start(ready=False)
            wait_until(lambda: "worker_started" in fleet[1].output)
            staff.greet(f"Hello {secrets.token_hex(4)}")
            said = run_bot("publish", "--onto", "1", folder=tmp_path / "var", **env)
            done = datetime.now(UTC)
            assert (said.code, said.out.splitlines()[-1]) == (0, "Published version 2: welcome changed")
            assert [(serves(one, 2) - done).total_seconds() < AT_ONCE_S for one in fleet] == [True, True]
        finally:
            for one in fleet:
                one.kill()


def test_ctrl_c_ends_the_waiting_and_the_proposal_stands(tmp_path):
    staff = folder_in(tmp_path / "staff")
    folder = tmp_path / "var"
    assert run_bot("publish", folder=folder, **staff.settings).code == 0
    staff.greet("Hello two")
    env = {**staff.settings, "BOT_CONTENT__APPROVAL": "yes"}
    waiting = Desk(folder, command=("publish", "--name", "Maria"), env=env)
    waiting.start()
    wait_until(lambda: "Waiting; Ctrl-C" in waiting.output)
    waiting.process.send_signal(signal.SIGINT)
    assert waiting.wait_end() == 130
    link = f"http://127.0.0.1:{waiting.port}/console/content/proposals/1"
    assert waiting.output.splitlines()[-1] == f"The proposal stands: {link}"
    assert rows(waiting, "SELECT state, actor FROM content_proposal") == [("waiting", "maria")]
