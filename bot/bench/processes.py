"""The processes of a measurement: the product in one of its shapes, the yardstick, the provider, the load."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

from bot.bench.load import write_requests
from bot.bench.machine import family
from bot.bench.reference import ACCOUNT
from bot.bench.wire import signed_form

TOKEN = "0123456789abcdef0123456789abcdef"  # the account does not exist
NUMBER = "+15550100001"
CONNECTIONS = 16
_READY_S = 60


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Fired:
    """How a load went: for each request when it began, when it was answered (machine's clock), and with which status."""

    results: list[tuple[float, float, int]]

    @property
    def began(self) -> float:
        return min(started for started, _, _ in self.results)

    @property
    def ended(self) -> float:
        return max(ended for _, ended, _ in self.results)

    @property
    def waits(self) -> list[float]:
        return [ended - started for started, ended, _ in self.results]

    def count(self, status: int) -> int:
        return sum(found == status for _, _, found in self.results)


@dataclass
class Bench:
    """A folder and an environment for measurements, with everything that was started in it."""

    folder: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str, **extra: str) -> subprocess.Popen[bytes]:
        """Start a process whose words go into a file beside the others'."""
        output = (self.folder / "output.txt").open("ab")
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env={**self.environment, **extra}, stdout=output, stderr=output
        )
        self.started.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a process with TERM, and with KILL where that does not help."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
        if process.poll() is None:
            process.kill()
            process.wait()
        if process in self.started:
            self.started.remove(process)

    def fire(self, requests: Sequence[bytes], port: int, rate: float = 0, connections: int = CONNECTIONS) -> Fired:
        """Send `requests` from a process of its own and return how it went."""
        path, out = self.folder / "requests.bin", self.folder / "results.json"
        write_requests(path, requests)
        load = self.start("bot.bench.load", str(path), str(out), "127.0.0.1", str(port), str(connections), str(rate))
        if load.wait(600) != 0:
            raise RuntimeError(f"the load generator failed:\n{self.words()}")
        self.started.remove(load)
        return Fired([(row[0], row[1], row[2]) for row in json.loads(out.read_text())])

    def words(self) -> str:
        """Return the last of what the processes said."""
        return (self.folder / "output.txt").read_text(errors="replace")[-4000:]


@contextmanager
def bench(extra: Mapping[str, str]) -> Iterator[Bench]:
    """Yield a bench in a folder of its own; everything that was started in it ends with it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("BOT_", "TWILIO", "SLACK", "DATABASE_URL"))
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        one = Bench(Path(folder), {**kept, **extra, "BOT_LOGS__LEVEL": "warning", "BOT_LOGS__FORMAT": "json"})
        try:
            yield one
        finally:
            for process in list(one.started):
                one.stop(process)


@dataclass
class Provider:
    """The null provider's process."""

    bench: Bench
    process: subprocess.Popen[bytes]
    port: int
    out: Path

    def read(self) -> dict[str, Any]:
        """Return what it has taken so far."""
        before = self.out.stat().st_mtime_ns if self.out.exists() else 0
        self.process.send_signal(signal.SIGUSR1)
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            if self.out.exists() and self.out.stat().st_mtime_ns != before:
                found: dict[str, Any] = json.loads(self.out.read_text())
                return found
            time.sleep(0.01)
        raise RuntimeError("the provider does not answer")

    def wait_for(self, creates: int, callbacks: int, wait_s: float = 120) -> dict[str, Any]:
        """Wait until so many messages and callbacks have gone through."""
        ends = time.monotonic() + wait_s
        found: dict[str, Any] = {}
        while time.monotonic() < ends:
            found = self.read()
            if len(found["created"]) >= creates and found["acknowledged"] >= callbacks:
                return found
            time.sleep(0.1)
        raise RuntimeError(
            f"{len(found['created'])} of {creates} messages and {found['acknowledged']} of {callbacks} callbacks "
            f"within {wait_s} s:\n{self.bench.words()}"
        )


def start_provider(one: Bench) -> Provider:
    """Start the null provider."""
    name = secrets.token_hex(4)
    port_file, out = one.folder / f"{name}.port", one.folder / f"{name}.json"
    process = one.start("bot.bench.provider", str(port_file), str(out), TOKEN)
    ends = time.monotonic() + 20
    while not (port_file.exists() and port_file.read_text()):
        if time.monotonic() > ends:
            raise RuntimeError(f"the provider did not start:\n{one.words()}")
        time.sleep(0.02)
    return Provider(one, process, int(port_file.read_text()), out)


def product_environment(port: int, provider: Provider, folder: Path) -> dict[str, str]:
    """Return the variables with which the product serves on `port` and sends to the null provider."""
    return {
        "PORT": str(port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM": NUMBER,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{provider.port}",
        "BOT_STORE__FOLDER": str(folder),
        "BOT_SMS__SEGMENTS_PER_SECOND": "100000",  # the window is counted, it just never closes
    }


def desk_environment(provider: Provider) -> dict[str, str]:
    """Return the variables with which the product takes the null provider for Slack."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": TOKEN,
        "SLACK_HANDOFF_CHANNEL": "C0BENCH",
        "SLACK_API_BASE_URL": f"http://127.0.0.1:{provider.port}/api/",
    }


def wait_ready(one: Bench, port: int, path: str) -> None:
    """Wait until the process on `port` answers `path` with any status below 500."""
    ends = time.monotonic() + _READY_S
    while time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
                if answer.status < 500:
                    return
        except (URLError, OSError) as error:
            if getattr(error, "code", 500) < 500:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{path} on {port} did not answer:\n{one.words()}")


def pids_of(*processes: subprocess.Popen[bytes]) -> list[int]:
    """Return the processes with their children."""
    return [pid for process in processes for pid in family(process.pid)]


def texts(public: str, messages: Sequence[tuple[str, str]], *, tag: str = "") -> list[bytes]:
    """Return one signed webhook for each (voter, text)."""
    url = f"{public}/webhooks/twilio"
    return [
        signed_form(TOKEN, url, inbound(voter, text, f"SM{tag}{at:0{32 - len(tag)}d}"))
        for at, (voter, text) in enumerate(messages)
    ]


def inbound(voter: str, text: str, sid: str) -> dict[str, str]:
    """Return the fields of an inbound message's webhook, blank ones included."""
    return {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "OH",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "US",
        "To": NUMBER,
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "NumSegments": "1",
        "From": voter,
        "ApiVersion": "2010-04-01",
    }
