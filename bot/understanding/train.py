"""Learn the intents. Runs in a process of its own (`python -m bot.understanding.train`): scipy stays out of serving."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.content.examples import OUT_OF_SCOPE, Example, read_examples
from bot.content.files import staff_files
from bot.understanding.encoder import Encoder, Vectors, open_encoder
from bot.understanding.lexical import vocabulary_of, weighted
from bot.understanding.model import (
    LANDMARKS,
    LEXICAL_SHARE,
    RIDGE,
    SHARPNESS,
    TYPED_AGAIN,
    Model,
    Scores,
    data_hash,
    softmax,
)
from bot.understanding.solve import Array, Meaning, likeness, meaning, no_meaning, pulls, pulls_alone, solved
from bot.understanding.thumbs import thumbed

_KEPT_IN_SCOPE: Final = 0.95
_CALIBRATED_IN: Final = 3
"""So many fits, each with other hands kept out, set temperature and threshold; more say the same."""
STRAY: Final = -1
"""What a stray wants, in place of the number of an intent."""
Mask = NDArray[np.bool_]
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, and what it says of hands that were kept out while it was calibrated."""

    model: Model
    examples: int
    accuracy: float
    strays_seen: float
    """The share of strays that it knew for strays; not a number where there are none."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Desk:
    """n examples laid out for learning, c of them once more as thumbs type: read once, learned from as often as asked."""

    examples: tuple[Example, ...]
    copied: NDArray[np.intp]  # (c,): which examples stand behind them once more
    intents: tuple[str, ...]
    wanted: NDArray[np.intp]  # (n,); STRAY for those that want none
    vocabulary: dict[str, int]
    idf: Array
    words: Any  # sparse (n + c, f)
    vectors: Vectors  # (n + c, d); (0, 0) without an encoder
    meaning: Meaning
    encoder: str

    def fit(self, kept: Mask) -> tuple[Array, Array]:
        """Return what the pieces and the landmarks pull each intent by, learned from the examples that are `kept`.

        Strays are learned from as wanting nothing: every intent's score for them is to be nought.
        """
        share = self.share
        duals = solved(self.words, self.meaning, self._targets(), self._with_copies(kept), share, RIDGE)
        lexical = np.float32(share) * np.asarray(self.words.T @ duals, np.float32)
        return lexical, np.float32(1 - share) * pulls(self.meaning, duals)

    def _targets(self) -> Array:
        wanted = self._with_copies(self.wanted)
        targets = np.zeros((len(wanted), len(self.intents)), np.float32)
        taught = np.flatnonzero(wanted != STRAY)
        targets[taught, wanted[taught]] = 1
        return targets

    def _with_copies(self, each: NDArray[Any]) -> NDArray[Any]:
        """Return what is told of each example, told of its copy too."""
        return np.concatenate([each, each[self.copied]])

    @property
    def share(self) -> float:
        """What the likeness of words counts: all where there are no vectors."""
        return LEXICAL_SHARE if self.vectors.size else 1.0

    def scores(self, pulled: tuple[Array, Array], of: Mask) -> Scores:
        """Return the scores of the examples `of` under what was learned."""
        lexical, landmarks = pulled
        rows = np.flatnonzero(of)
        found: Scores = np.asarray(self.words[rows] @ lexical, np.float32)
        if self.vectors.size:
            found += likeness(self.vectors[rows], self.meaning.landmarks, SHARPNESS) @ landmarks
        return found

    def model(self, pulled: tuple[Array, Array], temperature: float, in_scope: float) -> Model:
        """Return what serves."""
        return Model(
            intents=self.intents,
            vocabulary=self.vocabulary,
            idf=self.idf,
            lexical=pulled[0],
            landmarks=self.meaning.landmarks,
            meaning=pulled[1],
            alone=np.float32(1 - self.share) * pulls_alone(self.meaning, self._targets(), RIDGE * (1 - self.share)),
            languages=tuple(sorted({one.language for one in self.examples})),
            temperature=temperature,
            in_scope=in_scope,
            data=data_hash(((one.text, one.intent) for one in self.examples), self.encoder),
        )


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Examples and the scores they get from a model that has not seen their hand."""

    at: NDArray[np.intp]
    scores: Scores


def learn(examples: Sequence[Example], encoder: Encoder | None, said: Said = lambda text: None) -> Learned:
    """Return a model of `examples`. The same examples, in any order, give the same model."""
    began = time.monotonic()
    desk = laid_out(examples, encoder, said)
    rounds = rounds_of(desk.examples)[:_CALIBRATED_IN]
    found = []
    for number, out in enumerate(rounds, 1):
        said(f"calibrating, {number} of {len(rounds)}")
        found.append(KeptOut(np.flatnonzero(out), desk.scores(desk.fit(~out), out)))
    seen = joined(found)
    temperature, in_scope = calibration(seen.scores, desk.wanted[seen.at])
    said("learning from all")
    model = desk.model(desk.fit(np.ones(len(desk.examples), bool)), temperature, in_scope)
    wanted = desk.wanted[seen.at]
    right = seen.scores[wanted != STRAY].argmax(axis=1) == wanted[wanted != STRAY]
    strays = seen.scores[wanted == STRAY].max(axis=1) < in_scope
    return Learned(
        model,
        examples=int((desk.wanted != STRAY).sum()),
        accuracy=float(right.mean()),
        strays_seen=float(strays.mean()) if len(strays) else float("nan"),
        seconds=time.monotonic() - began,
    )


def laid_out(examples: Sequence[Example], encoder: Encoder | None, said: Said = lambda text: None) -> Desk:
    """Return `examples` made ready: each text once an intent, in one order whatever the files' order."""
    once: dict[tuple[str, str], Example] = {}
    for example in sorted(examples, key=lambda one: (one.intent, one.text, one.language, one.hand)):
        once.setdefault((example.intent, example.text), example)
    taught = tuple(once.values())
    intents = tuple(sorted({one.intent for one in taught} - {OUT_OF_SCOPE}))
    if len(intents) < 2:
        raise ValueError("examples of two intents at least are needed, to tell them apart")
    number = {intent: at for at, intent in enumerate(intents)}
    wanted = np.array([number.get(one.intent, STRAY) for one in taught], np.intp)
    copied = _at_even_steps(np.flatnonzero(wanted != STRAY), TYPED_AGAIN)
    texts = [one.text for one in taught] + [thumbed(taught[at].text) for at in copied]
    said("reading words")
    vocabulary, idf = vocabulary_of(texts)
    words = words_of(texts, vocabulary, idf)
    said("reading meaning")
    vectors = _encoded(texts, encoder)
    said("comparing")
    told = meaning(vectors, LANDMARKS, SHARPNESS, 1 - LEXICAL_SHARE) if encoder else no_meaning(len(texts))
    return Desk(
        examples=taught,
        copied=copied,
        intents=intents,
        wanted=wanted,
        vocabulary=vocabulary,
        idf=idf,
        words=words,
        vectors=vectors,
        meaning=told,
        encoder=encoder.name if encoder else "none",
    )


def _at_even_steps(of: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    return of[np.linspace(0, len(of) - 1, min(most, len(of))).astype(np.intp)]


def words_of(texts: Sequence[str], vocabulary: dict[str, int], idf: Array) -> Any:
    """Return the known pieces of `texts` as a sparse matrix."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- only this process needs it

    rows = [weighted(text, vocabulary, idf) for text in texts]
    return csr_matrix(
        (
            np.concatenate([weights for _, weights in rows]),
            np.concatenate([indices for indices, _ in rows]).astype(np.int32),
            np.cumsum([0, *(len(indices) for indices, _ in rows)]),
        ),
        shape=(len(texts), len(vocabulary)),
    )


def rounds_of(examples: Sequence[Example]) -> list[Mask]:
    """Return which examples to keep out in each round: one hand of each language at a time, and a part of the strays.

    Where nobody else wrote in a language, every fifth of its examples stands for a hand.
    """
    languages = sorted({one.language for one in examples})
    hands = {
        language: sorted({one.hand for one in examples if one.language == language and one.intent != OUT_OF_SCOPE})
        for language in languages
    }
    most = max((len(found) for found in hands.values() if len(found) > 1), default=5)
    rounds = [np.zeros(len(examples), bool) for _ in range(most)]
    nth: dict[tuple[str, bool], int] = {}
    for at, one in enumerate(examples):
        stray = one.intent == OUT_OF_SCOPE
        count = nth[one.language, stray] = nth.get((one.language, stray), -1) + 1
        if stray:
            rounds[count % min(most, _CALIBRATED_IN)][at] = True
        elif len(hands[one.language]) > 1:
            rounds[hands[one.language].index(one.hand)][at] = True
        else:
            rounds[count % 5 % most][at] = True
    return [out for out in rounds if out.any()]


def joined(parts: Sequence[KeptOut]) -> KeptOut:
    """Return what was kept out in several rounds as one."""
    return KeptOut(np.concatenate([part.at for part in parts]), np.concatenate([part.scores for part in parts]))


def calibration(scores: Scores, wanted: NDArray[np.intp]) -> tuple[float, float]:
    """Return the temperature, and the score from which on a text is like what was taught, by texts that were kept out."""
    known = wanted != STRAY
    best = scores[known].max(axis=1)
    return _temperature(scores[known], wanted[known]), float(np.quantile(best, 1 - _KEPT_IN_SCOPE))


def _encoded(texts: Sequence[str], encoder: Encoder | None) -> Vectors:
    if encoder is None:
        return np.zeros((0, 0), np.float32)
    return encoder.encode(texts).astype(np.float16).astype(np.float32)  # as they will be stored


def _temperature(scores: Scores, wanted: NDArray[np.intp]) -> float:
    """Return the factor under which the scores are likeliest, found on a fine grid."""

    def cost(factor: float) -> float:
        shares = softmax(scores * np.float32(factor))
        return float(-np.log(shares[np.arange(len(wanted)), wanted] + 1e-9).mean())

    return min((float(factor) for factor in np.geomspace(1, 60, 120)), key=cost)


def _tell(step: str) -> None:
    print(f"step: {step}", file=sys.stderr, flush=True)  # noqa: T201 -- the parent reads it


def main(folder: str, path: str) -> int:
    """Learn the intents of the staff's `folder` into the file `path`; print one JSON line about it."""
    examples, _ = read_examples(staff_files(Path(folder)))
    learned = learn(examples, open_encoder(), _tell)
    learned.model.save(Path(path))
    about = {
        "examples": learned.examples,
        "intents": len(learned.model.intents),
        "accuracy_kept_out": round(learned.accuracy, 4),
        "temperature": round(learned.model.temperature, 2),
        "in_scope": round(learned.model.in_scope, 4),
        "seconds": round(learned.seconds, 1),
    }
    print(json.dumps(about))  # noqa: T201 -- the parent reads it
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
