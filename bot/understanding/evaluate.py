"""How well a classifier reads what it has not seen: any classifier on any examples, and ours on hands kept out."""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from bot.content.examples import OUT_OF_SCOPE, Example
from bot.message import Reading
from bot.ports import Classifier, Query
from bot.understanding.classifier import BuiltIn
from bot.understanding.encoder import Encoder, Vectors
from bot.understanding.model import Model, Scores
from bot.understanding.train import STRAY, Mask, calibration, laid_out, rounds_of
from bot.understanding.values import Places

_AT_ONCE: Final = 64
_BINS: Final = 10
_PLAIN, _HARD = 0.2, 0.8
"""Each hand begins an intent with plain wordings and ends it with hard ones: the first fifth and the last."""
_MOST_PAIRS, _MOST_CASES = 15, 3


@dataclass(frozen=True, slots=True)
class Case:
    """One example and its reading by somebody who had not seen its hand."""

    example: Example
    reading: Reading

    @property
    def right(self) -> bool:
        return self.reading.intent == self.example.intent


def judged(classifier: Classifier, examples: Sequence[Example]) -> list[Case]:
    """Return how any classifier, ours or another's, reads `examples`."""
    cases = []
    for start in range(0, len(examples), _AT_ONCE):
        batch = examples[start : start + _AT_ONCE]
        readings = classifier.read_all([Query(one.text, language=one.language) for one in batch])
        cases += [Case(one, reading) for one, reading in zip(batch, readings, strict=True)]
    return cases


class Remembering:
    """An encoder that encodes each text of `examples` once, however often it is asked."""

    def __init__(self, encoder: Encoder, examples: Sequence[Example]) -> None:
        self.name = encoder.name
        self._encoder = encoder
        texts = sorted({one.text for one in examples})
        self._known = dict(zip(texts, encoder.encode(texts), strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row for each text."""
        found = [self._known.get(text) for text in texts]
        if any(row is None for row in found):
            return self._encoder.encode(texts)
        return np.stack([row for row in found if row is not None])


@dataclass(frozen=True, slots=True)
class Round:
    """What was learned without some hands, not calibrated yet, and how well the examples of those fit each intent."""

    model: Model
    out: list[Example]
    scores: Scores
    wanted: NDArray[np.intp]


def kept_out(
    examples: Sequence[Example],
    encoder: Encoder | None,
    places: Places,
    hand: str | None = None,
    said: Callable[[int, int], None] = lambda done, of: None,
) -> list[Case]:
    """Return how our classifier reads each example when its hand (one of each language at a time) is kept out.

    Each round learns anew from the others: words, landmarks and weights; temperature and threshold come from the other
    rounds. With `hand` only that hand is read, and one more round is learned to calibrate by.
    """
    memory = Remembering(encoder, examples) if encoder else None
    outs = rounds_of(examples)
    asked = [at for at, out in enumerate(outs) if hand is None or hand in _hands(examples, out)]
    learned = asked if len(asked) > 1 else [*asked, *(at for at in range(len(outs)) if at not in asked)][:2]
    rounds: dict[int, Round] = {}
    for count, at in enumerate(learned):
        said(count, len(learned))
        rounds[at] = _round(examples, outs[at], memory)
    said(len(learned), len(learned))
    cases: list[Case] = []
    for at in asked:
        others = [one for other, one in rounds.items() if other != at] or [rounds[at]]
        calibrated = calibration(
            np.concatenate([one.scores for one in others]), np.concatenate([one.wanted for one in others])
        )
        model = replace(rounds[at].model, temperature=calibrated[0], in_scope=calibrated[1])
        cases += judged(BuiltIn(model, memory, places), rounds[at].out)
    return [case for case in cases if hand is None or case.example.hand == hand or case.example.intent == OUT_OF_SCOPE]


def _hands(examples: Sequence[Example], out: Mask) -> set[str]:
    return {one.hand for one, is_out in zip(examples, out, strict=True) if is_out}


def _round(examples: Sequence[Example], out: Mask, encoder: Encoder | None) -> Round:
    desk = laid_out([one for one, is_out in zip(examples, out, strict=True) if not is_out], encoder)
    model = desk.model(desk.fit(np.ones(len(desk.examples), bool)), 1.0, 0.0)
    left = [one for one, is_out in zip(examples, out, strict=True) if is_out]
    number = {intent: at for at, intent in enumerate(desk.intents)}
    scores = model.scores([one.text for one in left], encoder)
    return Round(model, left, scores, np.array([number.get(one.intent, STRAY) for one in left], np.intp))


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(cases: Sequence[Case], answer_from: float) -> dict[str, Any]:
    """Return everything that is reported of `cases`, ready for JSON."""
    known = [case for case in cases if case.example.intent != OUT_OF_SCOPE]
    strays = [case for case in cases if case.example.intent == OUT_OF_SCOPE]
    plain, hard = by_wording(known)
    return {
        **summary(known, answer_from),
        "macro_f1": round(statistics.fmean(row["f1"] for row in per_intent(known)), 4),
        "calibration_error": round(calibration_error(known), 4),
        "plain": {language: summary(rows, answer_from) for language, rows in _by_language(plain)},
        "hard": {language: summary(rows, answer_from) for language, rows in _by_language(hard)},
        "languages": {language: summary(rows, answer_from) for language, rows in _by_language(known)},
        "hands": {
            f"{language}/{hand}": summary(
                [c for c in known if (c.example.language, c.example.hand) == (language, hand)], answer_from
            )
            for language, hand in sorted({(case.example.language, case.example.hand) for case in known})
        },
        "strays": {
            "examples": len(strays),
            "seen_out_of_scope": _share(not case.reading.in_scope for case in strays),
            "not_answered": _share(not _answered(case, answer_from) for case in strays),
            "in_scope_kept": _share(case.reading.in_scope for case in known),
        },
        "intents": per_intent(known),
        "confusions": confusions(known),
    }


def summary(cases: Sequence[Case], answer_from: float) -> dict[str, Any]:
    """Return how many are right, and how many would be answered wrongly."""
    return {
        "examples": len(cases),
        "accuracy": _share(case.right for case in cases),
        "answered": _share(_answered(case, answer_from) for case in cases),
        "wrong_answers": _share(_answered(case, answer_from) and not case.right for case in cases),
    }


def _answered(case: Case, answer_from: float) -> bool:
    return case.reading.in_scope and case.reading.confidence >= answer_from


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return round(sum(values) / len(values), 4) if values else 0.0


def _by_language(cases: Sequence[Case]) -> list[tuple[str, list[Case]]]:
    languages = sorted({case.example.language for case in cases})
    return [(one, [case for case in cases if case.example.language == one]) for one in languages]


def by_wording(cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """Return the plain and the hard wordings: the first fifth of each hand's examples of an intent, and the last."""
    blocks: dict[tuple[str, str], list[Case]] = {}
    for case in sorted(cases, key=lambda one: (one.example.mark.file, one.example.mark.line)):
        blocks.setdefault((case.example.mark.file, case.example.intent), []).append(case)
    plain, hard = [], []
    for block in blocks.values():
        plain += block[: round(len(block) * _PLAIN)]
        hard += block[round(len(block) * _HARD) :]
    return plain, hard


def per_intent(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return precision, recall and F1 of each intent, the worst first."""
    wanted = Counter(case.example.intent for case in cases)
    read = Counter(case.reading.intent for case in cases)
    right = Counter(case.example.intent for case in cases if case.right)
    rows = []
    for intent, count in wanted.items():
        recall, precision = right[intent] / count, right[intent] / read[intent] if read[intent] else 0.0
        f1 = 2 * recall * precision / (recall + precision) if right[intent] else 0.0
        rows.append(
            {
                "intent": intent,
                "examples": count,
                "precision": round(precision, 4),
                "recall": round(recall, 4),
                "f1": round(f1, 4),
            }
        )
    return sorted(rows, key=lambda row: (row["f1"], row["intent"]))


def confusions(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return the pairs that are confused most, with the surest examples of each."""
    pairs: dict[tuple[str, str], list[Case]] = {}
    for case in cases:
        if not case.right:
            pairs.setdefault((case.example.intent, case.reading.intent), []).append(case)
    most = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:_MOST_PAIRS]
    return [
        {
            "wanted": wanted,
            "read": read,
            "count": len(found),
            "examples": [
                {
                    "text": case.example.text,
                    "where": f"{case.example.mark.file}:{case.example.mark.line}",
                    "confidence": round(case.reading.confidence, 3),
                }
                for case in sorted(found, key=lambda one: -one.reading.confidence)[:_MOST_CASES]
            ],
        }
        for (wanted, read), found in most
    ]


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of about one confidence: how sure they were, and how many were right."""

    count: int
    sure: float
    right: float


def bins(cases: Sequence[Case]) -> list[Bin]:
    """Return the readings in ten steps of confidence; a step without any is left out."""
    found = []
    for step in range(_BINS):
        rows = [case for case in cases if min(int(case.reading.confidence * _BINS), _BINS - 1) == step]
        if rows:
            sure = statistics.fmean(case.reading.confidence for case in rows)
            found.append(Bin(len(rows), round(sure, 4), _share(case.right for case in rows)))
    return found


def calibration_error(cases: Sequence[Case]) -> float:
    """Return by how much confidence and share of right ones differ on average (expected calibration error)."""
    return sum(one.count * abs(one.sure - one.right) for one in bins(cases)) / max(len(cases), 1)


def calibration_rows(cases: Sequence[Case]) -> list[dict[str, float]]:
    """Return the steps of confidence, ready for JSON."""
    return [asdict(one) for one in bins(cases)]


def latency(classifier: Classifier, texts: Sequence[str]) -> dict[str, float]:
    """Return the median and the 99th percentile of reading one message alone, and how many a second in batches.

    On one thread, as a voter's message is read beside others.
    """
    with threadpool_limits(1):
        return _latency(classifier, texts)


def _latency(classifier: Classifier, texts: Sequence[str]) -> dict[str, float]:
    classifier.read_all([Query("ready")])
    each = []
    for text in texts:
        began = time.perf_counter()
        classifier.read_all([Query(text)])
        each.append((time.perf_counter() - began) * 1000)
    began = time.perf_counter()
    classifier.read_all([Query(text) for text in texts])
    batch = len(texts) / (time.perf_counter() - began)
    p50, p99 = np.percentile(each, [50, 99])
    return {"p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2), "batch_per_s": round(batch)}
