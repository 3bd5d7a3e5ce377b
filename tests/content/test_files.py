"""Which files of a folder are the staff's."""

from pathlib import Path

from bot.content.files import staff_files
from bot.content.marked import MAX_BYTES


def test_only_the_known_places_are_read_sorted_by_name_and_huge_files_are_cut(tmp_path: Path) -> None:
    for name in (
        "responses/voting.yml",
        "responses/forms/b.yml",
        "responses/forms/a.yml",
        "intents/es/a.yml",
        "intents/en/a.yml",
        "responses/notes.txt",
        "responses/old/voting.yml",
        "intents/stray.yml",
        "config.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * (MAX_BYTES + 9) if name == "intents/en/a.yml" else b"a: 1\n")
    found = staff_files(tmp_path)
    assert list(found) == [
        "intents/en/a.yml",
        "intents/es/a.yml",
        "responses/voting.yml",
        "responses/forms/a.yml",
        "responses/forms/b.yml",
    ]
    assert len(found["intents/en/a.yml"]) == MAX_BYTES + 1
    assert staff_files(tmp_path / "nowhere") == {}
