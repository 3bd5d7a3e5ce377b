"""What this process serves: one version, whole, swapped for the next by one reference."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

import structlog

from bot.content.library import Library, read_library
from bot.content.trouble import Trouble, has_errors
from bot.engine.playbook import REPLIES
from bot.store import versions
from bot.store.database import Database
from bot.work.bell import Ear
from bot.work.think import Content

Build = Callable[[Library, int], Content]
LOOKS_EVERY_S = 0.4
"""Under a second even where no bell rings: another program has published into the same file, or Redis is away."""
log = structlog.get_logger()


class CannotBuild(Exception):
    """A version cannot be served by this code; the message says why."""


def built(database: Database, version: int, build: Build) -> Content:
    """Return a version ready to serve, or raise `CannotBuild`: an older or newer code may have written it."""
    files = versions.files_of(database, version)
    if files is None:
        raise CannotBuild("its files are not in the database")
    library, troubles = read_library(files)
    if has_errors(troubles):
        raise CannotBuild(str(troubles[0]))
    if missing := [name for name in REPLIES if name not in library.entries]:
        raise CannotBuild(f"the reply '{missing[0]}' is missing")
    try:
        return build(library, version)
    except Exception as error:
        raise CannotBuild(type(error).__name__) from error


@dataclass
class Shelf:
    """The content in service here. `look` puts the next version in its place; a turn asks once and keeps what it got."""

    database: Database
    build: Build
    content: Content
    version: int
    seen: int
    """The row of the history that was looked at last."""
    failed: str = ""
    """Why the version that should be in service is not, in this process."""
    troubles: tuple[Trouble, ...] = ()
    """What was wrong with the files when the process started."""
    is_older: bool = False
    """The files are broken; the version in service is older than they are."""
    told: list[str] = field(default_factory=list)
    """What became of the files at the start, for who sits at the terminal."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> bool:
        """Serve what is in service now; return whether that is another version than before."""
        with self._lock:
            if versions.service_id(self.database) == self.seen:
                return False
            placed = versions.in_service(self.database)
            assert placed is not None
            if placed.version != self.version:
                try:
                    content = built(self.database, placed.version, self.build)
                except CannotBuild as error:
                    self.seen = placed.id
                    self.failed = f"version {placed.version} cannot be served: {error}; version {self.version} goes on"
                    log.error("version_not_built", version=placed.version, serves=self.version, why=str(error))
                    return False
                self.content, changed = content, True
            else:
                changed = False
            self.version, self.seen, self.failed = placed.version, placed.id, ""
            if changed:
                log.info("version_in_service", version=self.version)
            return changed


def open_shelf(database: Database, build: Build) -> Shelf | None:
    """Return what is in service, else the newest of those before that can be served; None before the first version.

    Raises `CannotBuild` if there are versions and none of them can be served.
    """
    failed = ""
    for number, placed in enumerate(versions.history(database)):
        try:
            content = built(database, placed.version, build)
        except CannotBuild as error:
            log.error("version_not_built", version=placed.version, why=str(error))
            failed = failed or f"version {placed.version} cannot be served: {error}"
            continue
        newest = placed.id if number == 0 else versions.service_id(database)
        return Shelf(database, build, content, placed.version, newest, failed)
    if failed:
        raise CannotBuild(failed)
    return None


class Follower:
    """Looks, in a thread of its own, whether something else is in service: when the bell rings, and a few times a second."""

    def __init__(self, shelf: Shelf, listen: Callable[[str], AbstractContextManager[Ear]]) -> None:
        self._shelf = shelf
        self._listen = listen
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="content", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End; whoever closes the bell wakes it first."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        with self._listen(versions.TOPIC) as ear:
            while not self._stopping.is_set():
                try:
                    self._shelf.look()
                except Exception as error:  # noqa: BLE001 -- the database may be away; the next look tries again
                    log.warning("content_not_looked_at", error=type(error).__name__)
                ear.wait(LOOKS_EVERY_S)
