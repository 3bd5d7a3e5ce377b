"""A staff folder with a handful of examples, and an encoder of ten lines: what learning is tested with in a moment."""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from bot.content.examples import Example, read_examples
from bot.content.files import staff_files
from bot.understanding.encoder import Vectors

EXAMPLES = {
    "polling_place": ["where do i vote", "wheres my polling place", "which school do i vote at", "where to vote"],
    "voting_hours": ["when do polls close", "what time can i vote", "how late are polls open", "when is it over"],
    "thanks": ["thank you", "thanks so much", "ty", "thx a lot"],
    "out_of_scope": ["what is the weather", "order me a pizza"],
}


class Letters:
    """Texts with the same letters are alike."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), 32), np.float32)
        for row, text in enumerate(texts):
            for char in text:
                vectors[row, crc32(char.encode()) % 32] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def staff_folder(folder: Path, examples: dict[str, list[str]] = EXAMPLES) -> Path:
    """Write `examples` into `folder` as a staff's file and return it."""
    path = folder / "intents" / "en" / "small-ana.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        f"- intent: {intent}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts)
        for intent, texts in examples.items()
    ]
    path.write_text('version: "3.1"\nnlu:\n' + "".join(rows), encoding="utf-8")
    return folder


def small_examples(folder: Path, examples: dict[str, list[str]] = EXAMPLES) -> list[Example]:
    """Return `examples` as they are read from a file."""
    found, troubles = read_examples(staff_files(staff_folder(folder, examples)))
    assert troubles == []
    return found
