"""The trained model: arrays, and how they turn vectors into confidences.

Ridge regression on the sum of two likenesses to the examples: of words and pieces (linear, so it folds into one matrix)
and of meaning (radial, on the sentence vectors, through landmarks). See `docs/decisions/0004-kernel-ridge.md` and
`docs/decisions/0013-landmarks.md`.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from bot.understanding.encoder import Encoder, Vectors
from bot.understanding.lexical import weighted
from bot.understanding.solve import likeness

FORMAT = 5
LEXICAL_SHARE = 0.25
"""What the likeness of words counts against the likeness of meaning."""
SHARPNESS = 1.0
"""How fast the likeness of meaning falls off: exp(SHARPNESS * (cosine - 1))."""
RIDGE = 0.1
LANDMARKS = 4000
"""So many examples, at even steps, stand for all when meaning is compared; more read better and take longer to learn."""
TYPED_AGAIN = 10_000
"""So many examples at most, at even steps, are learned a second time as thumbs would type them; each costs as one more."""
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """What training leaves behind. m landmarks, f pieces, k intents, d dimensions of the encoder."""

    intents: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: NDArray[np.float32]  # (f,)
    lexical: NDArray[np.float32]  # (f, k)
    landmarks: Vectors  # (m, d); (0, 0) where there was no encoder
    meaning: NDArray[np.float32]  # (m, k)
    alone: NDArray[np.float32]  # (m, k): as `meaning`, learned without the words, for languages that were not taught
    languages: tuple[str, ...]
    """Those of the examples."""
    temperature: float
    in_scope: float
    """The best score from which on a text is like what was taught."""
    data: str
    """The hash of the examples and of how they were learned."""

    def scores(self, texts: Sequence[str], encoder: Encoder | None, languages: Sequence[str | None] = ()) -> Scores:
        """Return how well each text fits each intent: shape (texts, k), about 1 for a sure one.

        Of a text whose language, where `languages` names it, no example has, only the meaning counts: what words of
        two languages share misleads.
        """
        found = np.zeros((len(texts), len(self.intents)), np.float32)
        for row, text in enumerate(texts):
            indices, weights = weighted(text, self.vocabulary, self.idf)
            if indices.size:
                found[row] = weights @ self.lexical[indices]
        if self.landmarks.size and encoder is not None:
            near = likeness(encoder.encode(texts), self.landmarks, SHARPNESS)
            found += near @ self.meaning
            strange = [at for at, one in enumerate(languages) if one is not None and one not in self.languages]
            if strange:
                found[strange] = near[strange] @ self.alone
        return found

    def confidences(self, scores: Scores) -> Scores:
        """Return calibrated probabilities, shape (texts, k)."""
        return softmax(scores * self.temperature)

    def save(self, path: Path) -> None:
        """Write the arrays to `path`, all or nothing."""
        part = path.with_name(f"{path.stem}.{os.getpid()}.part.npz")  # two workers may learn at the same time
        about = {
            "intents": self.intents,
            "languages": self.languages,
            "vocabulary": list(self.vocabulary),
            "temperature": self.temperature,
            "in_scope": self.in_scope,
            "data": self.data,
        }
        np.savez_compressed(
            part,
            about=np.frombuffer(json.dumps(about).encode(), np.uint8),
            idf=self.idf,
            lexical=self.lexical.astype(np.float16),
            landmarks=self.landmarks.astype(np.float16),
            meaning=self.meaning.astype(np.float16),
            alone=self.alone.astype(np.float16),
        )
        part.replace(path)


def load(path: Path) -> Model:
    """Return the model in `path`; raise `OSError`, `ValueError` or `KeyError` if there is none that fits."""
    try:
        return _loaded(path)
    except (AttributeError, BadZipFile, EOFError, TypeError, zlib.error) as error:
        raise ValueError(f"{path} holds no model: {type(error).__name__}") from error


def data_in(path: Path) -> str | None:
    """Return the hash of the examples that the model in `path` was learned from; None if there is none that fits."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            data = json.loads(arrays["about"].tobytes())["data"]
    except (AttributeError, BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError, zlib.error):
        return None
    return data if isinstance(data, str) else None


def _loaded(path: Path) -> Model:
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:  # numpy leaves a damaged file open
        about = json.loads(arrays["about"].tobytes())
        return Model(
            intents=tuple(about["intents"]),
            vocabulary={piece: index for index, piece in enumerate(about["vocabulary"])},
            idf=arrays["idf"],
            lexical=arrays["lexical"].astype(np.float32),
            landmarks=arrays["landmarks"].astype(np.float32),
            meaning=arrays["meaning"].astype(np.float32),
            alone=arrays["alone"].astype(np.float32),
            languages=tuple(about["languages"]),
            temperature=about["temperature"],
            in_scope=about["in_scope"],
            data=about["data"],
        )


def softmax(scores: Scores) -> Scores:
    """Return each row of `scores` as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Scores = raised / raised.sum(axis=1, keepdims=True)
    return shares


def data_hash(examples: Iterable[tuple[str, str]], encoder: str) -> str:
    """Return the hash of what a model is learned from; a model with another one is stale."""
    digest = hashlib.sha256(
        f"{FORMAT}|{encoder}|{LEXICAL_SHARE}|{SHARPNESS}|{RIDGE}|{LANDMARKS}|{TYPED_AGAIN}".encode()
    )
    for text, intent in sorted(examples):
        digest.update(f"{text}\x00{intent}\x01".encode())
    return digest.hexdigest()[:16]
