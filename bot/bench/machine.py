"""What this machine can do at all, measured in the same run: the denominators of the goals."""

import os
import sqlite3
import statistics
import time
import urllib.request
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from twilio.request_validator import RequestValidator

_FORM = {
    "MessageSid": "SM" + "0" * 32,
    "SmsSid": "SM" + "0" * 32,
    "SmsMessageSid": "SM" + "0" * 32,
    "AccountSid": "AC" + "0" * 32,
    "From": "+15550100101",
    "To": "+15550100001",
    "Body": "where do i vote",
    "NumMedia": "0",
    "NumSegments": "1",
    "FromCity": "",
    "FromState": "OH",
    "FromZip": "",
    "FromCountry": "US",
    "ToCity": "",
    "ToState": "",
    "ToCountry": "US",
    "SmsStatus": "received",
    "ApiVersion": "2010-04-01",
}


def signature_s(repeats: int = 2000) -> float:
    """Return the seconds of CPU that one signature check of Twilio's SDK takes."""
    validator, url = RequestValidator("token"), "https://bot.example.org/webhooks/twilio"
    signature = validator.compute_signature(url, _FORM)
    began = time.process_time()
    for _ in range(repeats):
        validator.validate(url, _FORM, signature)
    return (time.process_time() - began) / repeats


def commits_per_s(folder: Path, seconds: float = 1.0) -> float:
    """Return how many commits a second SQLite with synchronous=FULL makes one after another on this disk."""
    with closing(sqlite3.connect(folder / "commits.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)")
        began, done = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO t (text) VALUES ('where do i vote')")
            connection.execute("COMMIT")
            done += 1
        return done / (time.monotonic() - began)


def understanding_s(port: int) -> float:
    """Return the seconds of CPU that the worker behind `port` has spent on understanding so far."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("bot_understanding_cpu_seconds_total "))


def cpu_s(pids: Sequence[int]) -> float:
    """Return the seconds of CPU that processes and their threads have used so far (Linux)."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pids: Sequence[int]) -> float:
    """Return the proportional memory (PSS) of processes in MB (Linux)."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def family(pid: int) -> list[int]:
    """Return `pid` and its children, of which gunicorn's workers are some (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grandchild for child in children for grandchild in family(int(child)))]


def p99(values: Sequence[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(values, n=100)[98] if len(values) > 1 else values[0]
