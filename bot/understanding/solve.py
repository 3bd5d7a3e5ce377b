"""Ridge regression on two likenesses at once, solved without ever forming the likeness of every example to every other.

The radial likeness of meaning goes through landmarks (Nystrom: a few examples in whose terms all others are told), the
linear one of words stays sparse. Conjugate gradients solve for all intents together; the landmarks' part, inverted
exactly (Woodbury), is their preconditioner, so that some 15 rounds suffice. See docs/decisions/0013-landmarks.md.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_JITTER = 1e-4
_ENOUGH = 0.1
"""Where the rounds end: the largest share of an intent still unexplained. To go on learns the noise and costs double."""
_MOST_ROUNDS = 60


def likeness(vectors: Array, landmarks: Array, sharpness: float) -> Array:
    """Return the radial likeness of each vector to each landmark: shape (vectors, landmarks)."""
    found: Array = vectors @ landmarks.T
    found -= np.float32(1)
    found *= np.float32(sharpness)
    np.exp(found, out=found)
    return found


@dataclass(frozen=True, slots=True)
class Meaning:
    """Examples told in terms of landmarks: `told @ told.T` is nearly their likeness to each other."""

    landmarks: Array  # (m, d)
    root: Array  # (m, m), upper: root.T @ root is the landmarks' likeness to each other
    told: Array  # (n, m)
    gram: Array  # (m, m): told.T @ told


def meaning(vectors: Array, count: int, sharpness: float, share: float) -> Meaning:
    """Return `vectors` in terms of up to `count` of them, taken at even steps; their likeness counts for `share`."""
    from scipy.linalg import cholesky, solve_triangular  # noqa: PLC0415 -- only the learning process needs it

    landmarks = vectors[np.linspace(0, len(vectors) - 1, min(count, len(vectors))).astype(np.intp)]
    own = np.float32(share) * likeness(landmarks, landmarks, sharpness)
    own[np.diag_indices(len(own))] += np.float32(_JITTER)
    root = cholesky(own, overwrite_a=True, check_finite=False)
    told = likeness(vectors, landmarks, sharpness)
    told *= np.float32(share)
    told = solve_triangular(root, told.T, trans="T", overwrite_b=True, check_finite=False).T  # in place: it is large
    return Meaning(landmarks, root, told, told.T @ told)


def no_meaning(count: int) -> Meaning:
    """Return what there is of `count` examples without an encoder."""
    none = np.zeros((0, 0), np.float32)
    return Meaning(none, none, np.zeros((count, 0), np.float32), none)


def solved(words: Any, found: Meaning, targets: Array, kept: NDArray[np.bool_], share: float, ridge: float) -> Array:
    """Return the duals, shape of `targets`: what each example that is `kept` pulls each intent by.

    `words` is a sparse matrix (n, f) whose likeness counts for `share`. The examples kept out pull nothing.
    """
    from scipy.linalg import cho_factor, cho_solve  # noqa: PLC0415

    told, mask = found.told, kept[:, None].astype(np.float32)
    spread = np.float32(ridge + share / 2)  # what of the words the preconditioner takes for noise
    gram = found.gram
    factor = None
    if len(gram):
        out = told[~kept]
        gram = gram - out.T @ out
        shifted = gram.copy()
        shifted[np.diag_indices(len(shifted))] += spread
        factor = cho_factor(shifted, lower=True, overwrite_a=True, check_finite=False)
    words_back = words.T.tocsr()

    def prepared(rest: Array) -> tuple[Array, Array]:
        """Return the preconditioned `rest`, and that in the landmarks' terms."""
        if factor is None:
            return rest / spread, np.zeros((0, rest.shape[1]), np.float32)
        there = told.T @ rest
        inner = cho_solve(factor, there, check_finite=False)
        return mask * (rest - told @ inner) / spread, (there - gram @ inner) / spread

    duals = np.zeros_like(targets)
    rest = mask * targets
    whole = np.maximum(np.linalg.norm(rest, axis=0), np.float32(1e-9))
    step, there = prepared(rest)
    size = (rest * step).sum(axis=0)
    for _ in range(_MOST_ROUNDS):
        pulled = mask * (np.float32(share) * (words @ (words_back @ step)) + told @ there) + np.float32(ridge) * step
        length = size / np.maximum((step * pulled).sum(axis=0), np.float32(1e-20))
        duals += length * step
        rest -= length * pulled
        if (np.linalg.norm(rest, axis=0) / whole).max() < _ENOUGH:
            break
        ahead, ahead_there = prepared(rest)
        larger = (rest * ahead).sum(axis=0)
        turn = larger / np.maximum(size, np.float32(1e-20))
        step, there, size = ahead + turn * step, ahead_there + turn * there, larger
    return duals


def pulls(found: Meaning, duals: Array) -> Array:
    """Return what each landmark pulls each intent by: shape (m, intents)."""
    from scipy.linalg import solve_triangular  # noqa: PLC0415

    if not found.landmarks.size:
        return np.zeros((0, duals.shape[1]), np.float32)
    pulled: Array = solve_triangular(found.root, found.told.T @ duals, check_finite=False)
    return pulled.astype(np.float32)


def pulls_alone(found: Meaning, targets: Array, ridge: float) -> Array:
    """Return what each landmark pulls each intent by where no words count beside it: shape (m, intents)."""
    from scipy.linalg import cho_factor, cho_solve, solve_triangular  # noqa: PLC0415

    if not found.landmarks.size:
        return np.zeros((0, targets.shape[1]), np.float32)
    shifted = found.gram.copy()
    shifted[np.diag_indices(len(shifted))] += np.float32(ridge)
    told = cho_solve(cho_factor(shifted, lower=True, overwrite_a=True), found.told.T @ targets, check_finite=False)
    pulled: Array = solve_triangular(found.root, told, check_finite=False)
    return pulled.astype(np.float32)
