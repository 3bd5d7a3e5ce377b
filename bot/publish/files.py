"""The staff's files as they lie in their folder: judged as `bot check` does, bundled as they would be published."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

from bot.config import Config
from bot.content.check import check
from bot.content.compare import Change, changes
from bot.content.files import (
    INTENTS,
    RESPONSES,
    as_published,
    attached_files,
    conversation_files,
    overlooked_files,
    staff_files,
)
from bot.content.library import Library, read_library
from bot.content.trouble import Severity, Trouble
from bot.store import versions
from bot.store.database import Database
from bot.store.versions import Bundle, InService

_MARK = "published.json"


@dataclass(frozen=True)
class Judged:
    """The files at one moment, and what the check says of them."""

    files: Mapping[str, bytes]
    library: Library
    troubles: tuple[Trouble, ...]

    @property
    def errors(self) -> tuple[Trouble, ...]:
        return tuple(trouble for trouble in self.troubles if trouble.severity is Severity.ERROR)

    @cached_property
    def bundle(self) -> Bundle | None:
        """Return the files as they would be published, or None where one of them is no text at all."""
        try:
            texts = {name: as_published(raw) for name, raw in self.files.items()}
        except UnicodeDecodeError:
            return None
        digest = sha256()
        for name in sorted(name for name in texts if name.startswith(INTENTS)):
            digest.update(name.encode() + b"\x00" + sha256(texts[name].encode()).digest())
        responses = {name: text for name, text in texts.items() if name.startswith(RESPONSES)}
        return Bundle(responses, digest.hexdigest())

    def is_version(self, placed: InService | None) -> bool:
        """Return whether the files are those of a version."""
        return placed is not None and self.bundle is not None and self.bundle.hash == placed.hash


def judged(config: Config, today: date, *, whole: bool = False) -> Judged:
    """Read and check the files; `whole` looks at conversation tests and at files that nobody reads too, as `bot check`."""
    files = staff_files(config.staff)
    found = check(
        files | (conversation_files(config.staff) if whole else {}),
        config.languages,
        tuple(config.settings.conversation.topics),
        kind=config.organisation.kind,
        today=today,
        overlooked=overlooked_files(config.staff) if whole else (),
        attached=attached_files(config.staff),
    )
    return Judged(files, found.library, tuple(found.troubles))


@dataclass(frozen=True, slots=True)
class Difference:
    """What would change: entries and forms by name and language, and whether the examples did."""

    changes: tuple[Change, ...]
    examples: bool


def difference(config: Config, database: Database, placed: InService | None, files: Judged) -> Difference:
    """Return how `files` differ from what is in service."""
    before = None
    if placed is not None:
        before, _ = read_library(versions.files_of(database, placed.version) or {})
    examples = placed is not None and files.bundle is not None and files.bundle.intents != placed.intents
    return Difference(changes(before, files.library, config.languages), examples)


# --- which version the files in this folder come from -----------------------------------------------------------------


def remember(config: Config, placed: InService) -> None:
    """Note beside the model which version the files of this folder were last; without it one says `--onto`."""
    mark = {"staff": str(config.staff), "version": placed.version, "hash": placed.hash}
    with suppress(OSError):
        config.folder.mkdir(parents=True, exist_ok=True)
        (config.folder / _MARK).write_text(json.dumps(mark), encoding="utf-8")


def remembered(config: Config) -> tuple[int, str] | None:
    """Return number and hash of the version that the files of this folder were last, if that is known."""
    try:
        mark = json.loads((config.folder / _MARK).read_text(encoding="utf-8"))
        return (int(mark["version"]), str(mark["hash"])) if mark["staff"] == str(config.staff) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
