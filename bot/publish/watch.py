"""`bot run` watches the staff's folder: what is saved is published if it is right, and the result is printed."""

import threading
from collections.abc import Callable
from pathlib import Path

import structlog

from bot.content.files import staff_paths

LOOKS_EVERY_S = 0.5
log = structlog.get_logger()
_Print = dict[str, tuple[int, int]]


class FolderWatch:
    """Calls `changed` in a thread of its own after files were saved, once they have stood still for a look.

    An editor writes a file in pieces, and a pull writes many: half of it is not to be judged.
    """

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self._folder = folder
        self._changed = changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="folder", daemon=True)
        self._taken = _print_of(folder)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        before = self._taken
        while not self._stopping.wait(LOOKS_EVERY_S):
            try:
                found = _print_of(self._folder)
                if found == before != self._taken:
                    self._taken = found
                    self._changed()
                before = found
            except Exception as error:  # noqa: BLE001 -- the folder or the database may be away; the next save tries again
                log.warning("folder_not_taken", error=type(error).__name__)


def _print_of(folder: Path) -> _Print:
    """Return what tells a saved file from the one before: size and time of change, by name."""
    found: _Print = {}
    for path in staff_paths(folder):
        try:
            state = path.stat()
        except FileNotFoundError:  # an editor has just put the file aside
            continue
        found[str(path)] = (state.st_mtime_ns, state.st_size)
    return found
