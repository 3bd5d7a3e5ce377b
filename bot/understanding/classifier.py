"""The built-in classifier: one batch of texts in, one reading for each out, never an exception."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.message import NOTHING_READ, Reading
from bot.ports import Query
from bot.understanding.encoder import Encoder
from bot.understanding.language import language_of
from bot.understanding.model import Model
from bot.understanding.values import Places, values_in

_LETTERS = re.compile(r"[^\W\d_]")
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """Reads texts with a trained model; without an encoder by words alone."""

    model: Model
    encoder: Encoder | None
    places: Places

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        """Return one reading for each query, in order."""
        queries = [replace(query, text=_whole_characters(query.text)) for query in queries]
        texts = [_readable(query.text) for query in queries]
        asked = [at for at, text in enumerate(texts) if text]
        readings = [NOTHING_READ] * len(queries)
        if asked:
            scores = self.model.scores([texts[at] for at in asked], self.encoder)
            shares = self.model.confidences(scores)
            for row, at in enumerate(asked):
                readings[at] = self._reading(scores[row], shares[row])
        return [self._with_values(reading, query) for reading, query in zip(readings, queries, strict=True)]

    def rankings(self, texts: Sequence[str], most: int = 5) -> list[list[tuple[str, float]]]:
        """Return for each text the likeliest intents with their confidences; none where there is nothing to read."""
        readable = [_readable(_whole_characters(text)) for text in texts]
        shares = self.model.confidences(self.model.scores([text or " " for text in readable], self.encoder))
        return [
            [(self.model.intents[at], float(row[at])) for at in np.argsort(row)[::-1][:most]] if text else []
            for text, row in zip(readable, shares, strict=True)
        ]

    def _with_values(self, reading: Reading, query: Query) -> Reading:
        shown = language_of(query.text)
        return replace(
            reading, language=shown.language, language_certain=shown.certain, values=values_in(query, self.places)
        )

    def _reading(self, scores: np.ndarray, shares: np.ndarray) -> Reading:
        second, first = np.argsort(shares)[-2:]
        return Reading(
            intent=self.model.intents[first],
            confidence=float(shares[first]),
            runner_up=self.model.intents[second],
            runner_up_confidence=float(shares[second]),
            in_scope=bool(scores[first] >= self.model.in_scope),
        )


def _readable(text: str) -> str:
    """Return what of a text can be understood; nothing where it is only signs, one letter, a number or a link."""
    bare = _LINK.sub(" ", text).strip()
    return bare if len(_LETTERS.findall(bare)) > 1 else ""


def _whole_characters(text: str) -> str:
    """Return `text` without halves of characters, which no encoder takes."""
    return text.encode("utf-8", "replace").decode("utf-8")
