"""Words and pieces of words as features: what carries names, typing errors and shorthand."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 2, 3
"""Pieces of a word have so many letters; a space on either side counts."""
MAX_CHARS = 600
"""A longer text says by then what it wants; reading it all would cost more than the turn."""

_TOKEN = re.compile(r"\w+|[?!]")
_DIGITS = re.compile(r"\d")


def bare(text: str) -> str:
    """Return `text` in small letters without accents and opening marks: "¿Dónde voto?" and "donde voto" are one wish."""
    folded = unicodedata.normalize("NFKD", text[:MAX_CHARS]).casefold()[:MAX_CHARS]  # one sign may unfold to eighteen
    return "".join(char for char in folded if char not in "¿¡" and not unicodedata.combining(char))


def pieces(text: str) -> Iterator[str]:
    """Yield the words, pairs of words and pieces of words of `text`, as often as they occur."""
    tokens = _TOKEN.findall(_DIGITS.sub("0", bare(text)))
    yield from tokens
    for first, second in pairwise(tokens):
        yield f"{first} {second}"
    for token in tokens:
        padded = f" {token} "
        for size in range(SHORTEST, LONGEST + 1):
            for start in range(max(len(padded) - size, 0) + 1):
                yield "_" + padded[start : start + size]


def weighted(
    text: str, vocabulary: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the indices and weights of the known pieces of `text`; the weights' length is one."""
    counts: dict[int, int] = {}
    for piece in pieces(text):
        index = vocabulary.get(piece)
        if index is not None:
            counts[index] = counts.get(index, 0) + 1
    if not counts:
        return np.empty(0, np.intp), np.empty(0, np.float32)
    indices = np.fromiter(counts.keys(), np.intp, len(counts))
    weights = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * idf[indices]
    return indices, weights / np.float32(np.sqrt(weights @ weights))


def vocabulary_of(texts: Sequence[str]) -> tuple[dict[str, int], NDArray[np.float32]]:
    """Return the pieces that occur in at least two of `texts`, and how telling each is (smoothed idf)."""
    seen: dict[str, int] = {}
    for text in texts:
        for piece in set(pieces(text)):
            seen[piece] = seen.get(piece, 0) + 1
    kept = sorted(piece for piece, count in seen.items() if count > 1 or len(texts) < 50)
    rarity = np.array([seen[piece] for piece in kept], np.float32)
    idf = np.log((1 + len(texts)) / (1 + rarity)) + 1
    return {piece: index for index, piece in enumerate(kept)}, idf.astype(np.float32)
