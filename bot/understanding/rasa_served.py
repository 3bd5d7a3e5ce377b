"""A Rasa of our own for as long as a comparison takes: taught some examples, served on this machine, ended in any case."""

import re
import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.understanding.rasa import RasaAlone, open_alone
from bot.understanding.rasa_project import EPOCHS, NotTrained, ended, surroundings, there, train

_UP_S: Final = 300
"""Rasa takes half a minute to start on a free machine."""
_CALL_S: Final = 30.0
"""No voter waits here: a busy machine is to make Rasa slow, not wrong."""
_HOST: Final = "127.0.0.1"
_LOG: Final = "server.log"
_TOLD_LINES: Final = 5
_EPOCH: Final = re.compile(r"Epochs:.* (\d+)/(\d+) \[[\d:]+<([\d:]+)")
"""Rasa's bar: `Epochs:  35%|###      | 35/100 [00:10<00:18, 3.4it/s, ...`."""
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Served:
    """A running Rasa, and how many seconds it took to learn."""

    reader: RasaAlone
    learned_s: float
    url: str
    token: str


@contextmanager
def served(files: Mapping[str, bytes], rasa: Path, said: Said, *, epochs: int = EPOCHS) -> Iterator[Served]:
    """Teach `rasa` the examples in `files` and serve it on a free port of this machine until the block is left.

    Nothing of it stays: neither process nor folder. Raise `NotTrained` where it is not installed, does not learn or does
    not start.
    """
    there(rasa)
    with TemporaryDirectory(prefix="bot-rasa-") as name:
        folder, began = Path(name), time.monotonic()
        model = train(files, folder, rasa, _tenths(said), epochs=epochs)
        learned_s = time.monotonic() - began
        said("Rasa starts ...")
        port, token = _free_port(), secrets.token_hex(16)
        url = f"http://{_HOST}:{port}"
        # The token is seen in the list of processes, for Rasa takes it no other way: it guards this one model only.
        command = [
            *(str(rasa), "run", "--enable-api", "-m", str(model), "--auth-token", token),
            *("-i", _HOST, "-p", str(port)),
        ]
        reader = open_alone(url, token, _CALL_S)
        with (folder / _LOG).open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 -- from our own environment, with our own words
                command,
                cwd=folder,
                env=surroundings() | {"TMPDIR": name},  # where it unpacks its model
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        with ended(process):
            try:
                _wait(reader, process, folder / _LOG)
                yield Served(reader, learned_s, url, token)
            finally:
                reader.close()


def _wait(reader: RasaAlone, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _UP_S
    while not reader.is_up():
        if process.poll() is not None or time.monotonic() > ends:
            how = "does not answer" if process.returncode is None else f"ended with {process.returncode}"
            last = log.read_text(encoding="utf-8", errors="replace").split("\n")
            words = [line.strip() for line in last if line.strip()][-_TOLD_LINES:]
            raise NotTrained(f"Rasa was trained but {how}; its last words: " + " / ".join(words))
        time.sleep(0.2)


def _tenths(said: Said) -> Said:
    """Return what passes on each tenth of Rasa's progress, and nothing else of what it says."""
    reached = -1

    def hear(line: str) -> None:
        nonlocal reached
        if (found := _EPOCH.search(line)) is None:
            return
        done, of, left = int(found[1]), int(found[2]), found[3]
        if 10 * done // of > reached:
            reached = 10 * done // of
            said(f"Rasa learns: {done} of {of} epochs, {left} to go")

    return hear


def _free_port() -> int:
    """Return a port that nobody listens on now; whoever takes it meanwhile does not know the token."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
