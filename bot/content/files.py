"""The staff's files as bytes by name: from a folder now, from the database when they are published."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.content.marked import MAX_BYTES

RESPONSES: Final = "responses/"
FORMS: Final = "responses/forms/"
FILES: Final = "responses/files/"
DESK: Final = "responses/desk.yml"
INTENTS: Final = "intents/"
CONVERSATIONS: Final = "tests/conversations/"
_PATTERNS: Final = ("intents/*/*.yml", "responses/*.yml", "responses/forms/*.yml")


def staff_files(folder: Path) -> dict[str, bytes]:
    """Return every file that staff edit in `folder`, sorted by name; a huge one is cut and named by the check."""
    return _read(folder, _PATTERNS)


def conversation_files(folder: Path) -> dict[str, bytes]:
    """Return the conversation tests in `folder`: they are checked with the others, and never served."""
    return _read(folder, ("tests/conversations/*.yml",))


def attached_files(folder: Path) -> frozenset[str]:
    """Return the names of all files that entries may show, below `responses/files/`."""
    shelf = folder / FILES
    return frozenset(path.relative_to(shelf).as_posix() for path in shelf.rglob("*") if path.is_file())


def staff_paths(folder: Path) -> Iterator[Path]:
    """Yield the path of every file that `staff_files` reads."""
    for pattern in _PATTERNS:
        yield from folder.glob(pattern)


def overlooked_files(folder: Path) -> Iterator[str]:
    """Yield the YAML files among the staff's that lie or are called so that nothing reads them."""
    read = {path for pattern in _PATTERNS for path in folder.glob(pattern)}
    for pattern in ("intents/**/*", "responses/**/*", "tests/conversations/*"):
        for path in sorted(folder.glob(pattern)):
            is_read = path in read or (path.parent.name == "conversations" and path.suffix == ".yml")
            if path.suffix.casefold() in (".yml", ".yaml") and not is_read and path.is_file():
                yield path.relative_to(folder).as_posix()


def _read(folder: Path, patterns: tuple[str, ...]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = file.read(MAX_BYTES + 1)
    return found


def as_published(raw: bytes) -> str:
    """Return the text of a file that the check has passed, the same whichever editor saved it: no BOM, no CRLF."""
    return raw.decode("utf-8-sig").replace("\r\n", "\n")
