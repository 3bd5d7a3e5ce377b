"""The product as real processes: `bot run` on a free port, with everything it writes in a folder of its own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
BOT = (sys.executable, "-m", "bot")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(**extra: str) -> dict[str, str]:
    """Return the environment without any setting of the product, and with `extra`."""
    providers = ("TWILIO", "TELEGRAM", "SLACK", "RASA", "GOOGLE_CIVIC", "DEMOCRACY_WORKS")
    names = (*providers, "BOT_", "DATABASE_URL", "REDIS_URL", "PUBLIC_BASE_URL", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    return kept | extra


@dataclass
class Desk:
    """One process of the product."""

    folder: Path
    model: Path | None = None
    command: tuple[str, ...] = ("run",)
    env: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        settings = {
            "BOT_STORE__FOLDER": str(self.folder),
            "BOT_WEB__CHAT_SESSIONS_PER_MINUTE": "1000",
            "BOT_LOGS__FORMAT": "json",
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        return clean_environment(**settings | dict(self.env))

    def start(self, *, ready: bool = True, wait_s: float = 60) -> "Desk":
        """Start the process and wait until it answers (and, unless told, until it can think)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.model is not None and not (self.folder / "model.npz").exists():
            shutil.copy(self.model, self.folder / "model.npz")
        with (self.folder / "output.txt").open("ab") as output:
            self.process = subprocess.Popen(
                [*BOT, *self.command], cwd=ROOT, env=self.environment(), stdout=output, stderr=output
            )
        if self.command[0] in ("run", "web"):
            self.wait_for("/ready" if ready else "/health", wait_s)
        return self

    def wait_for(self, path: str, wait_s: float = 60) -> None:
        ends = time.monotonic() + wait_s
        while time.monotonic() < ends:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the process ended with {self.process.returncode}:\n{self.output}")
            try:
                with urllib.request.urlopen(self.url + path, timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (URLError, OSError):
                pass
            time.sleep(0.05)
        raise AssertionError(f"{path} did not answer within {wait_s} s:\n{self.output}")

    def wait_end(self, wait_s: float = 30) -> int:
        """Wait until the process has ended by itself; return its exit code."""
        assert self.process is not None
        return self.process.wait(wait_s)

    def stop(self) -> int:
        """End it with TERM; return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def kill(self) -> None:
        """End it with KILL."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    def run(self, *arguments: str, stdin: str = "", wait_s: float = 120) -> subprocess.CompletedProcess[str]:
        """Run one command of the product on the same folder and return what it said."""
        return subprocess.run(
            [*BOT, *arguments],
            cwd=ROOT,
            env=self.environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=wait_s,
            check=False,
        )


def rows(desk: Desk, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what the embedded database of a process holds."""
    with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
        return connection.execute(question, values).fetchall()


def wait_until(is_so: Callable[[], T], wait_s: float = 20.0) -> T:
    """Look again and again until something is so; return what was found."""
    ends = time.monotonic() + wait_s
    while not (found := is_so()):
        assert time.monotonic() < ends, "it did not become so in time"
        time.sleep(0.05)
    return found
