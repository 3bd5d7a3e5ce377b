"""The product's commands in this process, exactly as `bot` runs them: quick, where a process of their own proves nothing."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from click.testing import CliRunner
from support.processes import clean_environment

from bot.cli import main


@dataclass(frozen=True)
class Said:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@contextmanager
def _surroundings(arguments: tuple[str, ...], environment: dict[str, str]) -> Iterator[None]:
    with mock.patch.dict(os.environ, environment, clear=True), mock.patch.object(sys, "argv", ["bot", *arguments]):
        yield


def run_bot(*arguments: str, folder: Path, stdin: str = "", **environment: str) -> Said:
    """Run a command over the store in `folder`. Not for those that set up logging: they would do so for all tests."""
    whole = clean_environment(BOT_STORE__FOLDER=str(folder), **environment)
    code = 0
    with CliRunner().isolation(input=stdin) as streams, _surroundings(arguments, whole):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = (stream.getvalue().decode() for stream in streams[:2])
    return Said(code, out, err)
