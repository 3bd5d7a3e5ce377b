"""Two classifiers side by side: taught the same examples, asked the same ones."""

import statistics
from collections.abc import Sequence
from typing import Any, Final

from bot.content.examples import OUT_OF_SCOPE, Example
from bot.ports import Classifier
from bot.understanding.evaluate import by_wording, calibration_error, judged, latency, per_intent, summary

_MOST_TIMED: Final = 500


def taught_without(examples: Sequence[Example], hand: str, per_intent: int | None = None) -> list[Example]:
    """Return what both are taught: neither `hand`'s examples nor strays, which a Rasa project of ours leaves out.

    With `per_intent` at most so many of an intent, spread evenly over hands and languages; always the same ones.
    """
    of_intent: dict[str, list[Example]] = {}
    for one in sorted(examples, key=lambda one: (one.language, one.hand, one.mark.file, one.mark.line)):
        if one.hand != hand and one.intent != OUT_OF_SCOPE:
            of_intent.setdefault(one.intent, []).append(one)
    return [one for rows in of_intent.values() for one in _spread(rows, per_intent or len(rows))]


def _spread(rows: Sequence[Example], most: int) -> list[Example]:
    count = min(most, len(rows))
    return [rows[at * len(rows) // count] for at in range(count)]


def asked_of(examples: Sequence[Example], hand: str) -> list[Example]:
    """Return what both are asked: what `hand` wrote, and the strays of the same languages."""
    wrote = [one for one in examples if one.hand == hand and one.intent != OUT_OF_SCOPE]
    languages = {one.language for one in wrote}
    return wrote + [one for one in examples if one.intent == OUT_OF_SCOPE and one.language in languages]


def side(classifier: Classifier, asked: Sequence[Example], answer_from: float) -> dict[str, Any]:
    """Return one column of the comparison, ready for JSON: shares as parts of one, times in milliseconds."""
    cases = judged(classifier, asked)
    known = [case for case in cases if case.example.intent != OUT_OF_SCOPE]
    strays = [case for case in cases if case.example.intent == OUT_OF_SCOPE]
    plain, hard = by_wording(known)
    return {
        **summary(known, answer_from),
        "plain": summary(plain, answer_from)["accuracy"],
        "hard": summary(hard, answer_from)["accuracy"],
        "macro_f1": round(statistics.fmean(row["f1"] for row in per_intent(known)), 4),
        "strays": len(strays),
        "strays_seen": round(sum(not case.reading.in_scope for case in strays) / max(len(strays), 1), 4),
        "in_scope_kept": round(sum(case.reading.in_scope for case in known) / len(known), 4),
        "calibration_error": round(calibration_error(known), 4),
        **latency(classifier, [case.example.text for case in known[:: -(-len(known) // _MOST_TIMED)]]),
        "not_read": sum(bool(case.reading.handed_over) for case in cases),
    }
