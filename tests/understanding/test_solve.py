"""The solution through landmarks: nearly the one that the whole likeness would give, and blind to what is kept out."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.understanding.solve import likeness, meaning, no_meaning, pulls, pulls_alone, solved

SHARE, RIDGE, SHARPNESS = 0.3, 0.1, 1.5
Array = NDArray[np.float32]


def drawn(count: int = 120) -> tuple[csr_matrix, Array, Array]:
    chance = np.random.default_rng(7)
    wanted = np.arange(count) % 4
    centres = chance.normal(size=(4, 16))
    vectors = (centres[wanted] + 0.5 * chance.normal(size=(count, 16))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = csr_matrix((chance.random((count, 40)) < 0.1).astype(np.float32) / 2)
    return words, vectors, np.eye(4, dtype=np.float32)[wanted]


def test_with_every_example_as_landmark_it_is_the_ridge_solution() -> None:
    words, vectors, targets = drawn()
    found = meaning(vectors, 1000, SHARPNESS, 1 - SHARE)
    duals = solved(words, found, targets, np.ones(len(targets), bool), SHARE, RIDGE)
    whole = SHARE * (words @ words.T).toarray() + (1 - SHARE) * likeness(vectors, vectors, SHARPNESS)
    exact = whole @ np.linalg.solve(whole + RIDGE * np.eye(len(whole)), targets)
    near = SHARE * (words @ (words.T @ duals))
    near += (1 - SHARE) * likeness(vectors, found.landmarks, SHARPNESS) @ pulls(found, duals)
    assert np.abs(near - exact).max() < 0.15  # the rounds end early, see _ENOUGH
    assert (near.argmax(axis=1) == exact.argmax(axis=1)).all()


@pytest.mark.parametrize("with_vectors", [True, False], ids=["with vectors", "by words alone"])
def test_what_is_kept_out_changes_nothing(with_vectors: bool) -> None:
    words, vectors, targets = drawn()
    found = meaning(vectors, 50, SHARPNESS, 1 - SHARE) if with_vectors else no_meaning(len(targets))
    kept = np.arange(len(targets)) % 5 != 0
    other = np.where(kept[:, None], targets, 1 - targets).astype(np.float32)
    duals, again = (solved(words, found, wanted, kept, SHARE, RIDGE) for wanted in (targets, other))
    assert np.array_equal(duals, again)
    assert not duals[~kept].any()
    assert pulls(found, duals).shape == (len(found.landmarks), 4)


def test_meaning_alone_is_the_ridge_solution_without_words() -> None:
    _, vectors, targets = drawn()
    found = meaning(vectors, 1000, SHARPNESS, 1 - SHARE)
    near = (1 - SHARE) * likeness(vectors, found.landmarks, SHARPNESS) @ pulls_alone(found, targets, RIDGE)
    whole = (1 - SHARE) * likeness(vectors, vectors, SHARPNESS)
    exact = whole @ np.linalg.solve(whole + RIDGE * np.eye(len(whole)), targets)
    assert np.abs(near - exact).max() < 0.02
    assert pulls_alone(no_meaning(len(targets)), targets, RIDGE).shape == (0, 4)
