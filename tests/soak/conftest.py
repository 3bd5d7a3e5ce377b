"""The long forms write a table: what was measured, on which machine, at which commit."""

import os
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.processes import ROOT

TABLE = ROOT / "docs" / "soak.md"


def _commit() -> str:
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


@dataclass
class Table:
    """Rows of the table, in the order in which the tests end."""

    columns: tuple[str, ...] = (
        "shape", "seed", "seconds", "texts", "webhooks cut off", "kill -9", "provider faults", "answers",
        "lost", "doubled", "out of order",
    )  # fmt: skip
    rows: list[tuple[object, ...]] = field(default_factory=list)
    commit: str = field(default_factory=_commit)
    """Where the run began: what is committed meanwhile does not count."""

    def add(self, *row: object) -> None:
        self.rows.append(row)


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    """Yield the table; it is written when all tests have ended."""
    one = Table()
    yield one
    if one.rows:
        TABLE.write_text(_page(one))


def _page(table: Table) -> str:
    head = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
    rows = [" | ".join(str(cell) for cell in row) for row in table.rows]
    return "\n".join(
        [
            "# A bad day, many times",
            "",
            "`make soak` writes this page. Voters text without a pause while processes are killed (`kill -9`) and the",
            "provider fails at random: 429, 500, 503, lines cut before and after the message was taken, answers that are no",
            "JSON. Every text that was acknowledged, or that the provider still holds, must be answered once and in order.",
            "",
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {_machine()}, at commit {table.commit}.",
            "",
            *(f"| {row} |" for row in [*head, *rows]),
            "",
        ]
    )


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {cpu}, Python {platform.python_version()}"
