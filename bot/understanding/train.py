"""Learn the intents. Runs in a process of its own (`python -m bot.understanding.train`): scipy stays out of serving."""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.examples import OUT_OF_SCOPE, Example, read_examples
from bot.content.files import staff_files
from bot.understanding.encoder import Encoder, Vectors, open_encoder
from bot.understanding.lexical import vocabulary_of, weighted
from bot.understanding.model import LEXICAL_SHARE, RIDGE, SHARPNESS, Model, data_hash, softmax

_KEPT_IN_SCOPE = 0.95
_CALIBRATED_ON = 1500
"""Leave-one-out scores of so many examples set the temperature and the threshold; all of them say the same."""
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and what its leave-one-out scores say of it."""

    model: Model
    accuracy: float
    seconds: float


def learn(examples: Sequence[Example], encoder: Encoder | None) -> Learned:
    """Return a model of `examples`. The same examples give the same model."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- only this process needs it

    began = time.monotonic()
    taught = sorted({(example.text, example.intent) for example in examples if example.intent != OUT_OF_SCOPE})
    texts = [text for text, _ in taught]
    intents = tuple(sorted({intent for _, intent in taught}))
    if len(intents) < 2:
        raise ValueError("examples of two intents at least are needed, to tell them apart")
    wanted = np.array([intents.index(intent) for _, intent in taught])
    vocabulary, idf = vocabulary_of(texts)
    rows = [weighted(text, vocabulary, idf) for text in texts]
    lexical = csr_matrix(
        (
            np.concatenate([weights for _, weights in rows]),
            np.concatenate([indices for indices, _ in rows]),
            np.cumsum([0, *(len(indices) for indices, _ in rows)]),
        ),
        shape=(len(texts), len(vocabulary)),
    )
    vectors = _encoded(texts, encoder)
    share = LEXICAL_SHARE if encoder is not None else 1.0
    likeness = share * (lexical @ lexical.T).toarray().astype(np.float32)
    if encoder is not None:
        likeness += (1 - share) * np.exp(SHARPNESS * (vectors @ vectors.T - 1))
    duals, left_out = _solved(likeness, np.eye(len(intents), dtype=np.float32)[wanted])
    scores, of = left_out
    temperature = _temperature(scores, wanted[of])
    best = scores.max(axis=1)
    model = Model(
        intents=intents,
        vocabulary=vocabulary,
        idf=idf,
        lexical=np.asarray(lexical.T @ duals, np.float32),
        examples=vectors,
        duals=duals,
        temperature=temperature,
        in_scope=float(np.quantile(best, 1 - _KEPT_IN_SCOPE)),
        data=data_hash(taught, encoder.name if encoder else "none"),
    )
    accuracy = float((scores.argmax(axis=1) == wanted[of]).mean())
    return Learned(model, accuracy, time.monotonic() - began)


def _encoded(texts: Sequence[str], encoder: Encoder | None) -> Vectors:
    if encoder is None:
        return np.zeros((0, 0), np.float32)
    parts = [encoder.encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
    return np.concatenate(parts).astype(np.float16).astype(np.float32)  # as they will be stored


def _solved(
    likeness: NDArray[np.float32], targets: NDArray[np.float32]
) -> tuple[NDArray[np.float32], tuple[NDArray[np.float32], NDArray[np.intp]]]:
    """Return the ridge solution, and for some examples the scores that they get when they are left out."""
    from scipy.linalg import cho_factor, cho_solve  # noqa: PLC0415

    count = len(likeness)
    likeness[np.diag_indices(count)] += RIDGE
    factor = cho_factor(likeness, overwrite_a=True, check_finite=False)
    duals = cho_solve(factor, targets, check_finite=False)
    of = np.linspace(0, count - 1, min(count, _CALIBRATED_ON)).astype(np.intp)
    units = np.zeros((count, len(of)), np.float32)
    units[of, np.arange(len(of))] = 1
    inverse = cho_solve(factor, units, overwrite_b=True, check_finite=False)
    diagonal = inverse[of, np.arange(len(of))]
    left_out = targets[of] - duals[of] / diagonal[:, None]  # Rasmussen and Williams (2006), eq. 5.12
    return duals.astype(np.float32), (left_out.astype(np.float32), of)


def _temperature(scores: NDArray[np.float32], wanted: NDArray[np.intp]) -> float:
    """Return the factor under which the left-out scores are likeliest, found on a fine grid."""

    def cost(factor: float) -> float:
        shares = softmax(scores * np.float32(factor))
        return float(-np.log(shares[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min((float(factor) for factor in np.geomspace(1, 60, 120)), key=cost)


def main(folder: str, path: str) -> int:
    """Learn the intents of the staff's `folder` into the file `path`; print one JSON line about it."""
    examples, _ = read_examples(staff_files(Path(folder)))
    learned = learn(examples, open_encoder())
    learned.model.save(Path(path))
    about = {
        "examples": len(learned.model.duals),
        "intents": len(learned.model.intents),
        "accuracy_left_out": round(learned.accuracy, 4),
        "temperature": round(learned.model.temperature, 2),
        "in_scope": round(learned.model.in_scope, 4),
        "seconds": round(learned.seconds, 1),
    }
    print(json.dumps(about))  # noqa: T201 -- the parent reads it
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
