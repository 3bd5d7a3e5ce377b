"""The staff's files as bytes by name: from a folder now, from the database when they are published."""

from pathlib import Path
from typing import Final

from bot.content.marked import MAX_BYTES

RESPONSES: Final = "responses/"
FORMS: Final = "responses/forms/"
INTENTS: Final = "intents/"
_PATTERNS: Final = ("intents/*/*.yml", "responses/*.yml", "responses/forms/*.yml")


def staff_files(folder: Path) -> dict[str, bytes]:
    """Return every file that staff edit in `folder`, sorted by name; a huge one is cut and named by the check."""
    found: dict[str, bytes] = {}
    for pattern in _PATTERNS:
        for path in sorted(folder.glob(pattern)):
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = file.read(MAX_BYTES + 1)
    return found
