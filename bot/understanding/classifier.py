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

Ranking = list[tuple[str, float]]
_LETTERS = re.compile(r"[^\W\d_]")
_MOST_CHARS = 1000
"""What stands behind is not read, neither for its meaning nor for values: one turn must not cost a second."""
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """Reads texts with a trained model; without an encoder by words alone."""

    model: Model
    encoder: Encoder | None
    places: Places

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        """Return one reading for each query, in order."""
        return [reading for reading, _ in self.read_and_rank(queries, most=0)]

    def rankings(self, texts: Sequence[str], most: int = 5) -> list[Ranking]:
        """Return for each text the likeliest intents with their confidences; none where there is nothing to read."""
        return [ranking for _, ranking in self.read_and_rank([Query(text) for text in texts], most)]

    def read_and_rank(self, queries: Sequence[Query], most: int = 5) -> list[tuple[Reading, Ranking]]:
        """Return for each query, in order, its reading and the `most` likeliest intents with their confidences."""
        queries = [replace(query, text=_whole_characters(query.text[:_MOST_CHARS])) for query in queries]
        texts = [_readable(query.text) for query in queries]
        asked = [at for at, text in enumerate(texts) if text]
        readings = [NOTHING_READ] * len(queries)
        rankings: list[Ranking] = [[] for _ in queries]
        shown = [language_of(query.text) for query in queries]
        if asked:
            languages = [shown[at].language for at in asked]
            scores = self.model.scores([texts[at] for at in asked], self.encoder, languages)
            shares = self.model.confidences(scores)
            for row, at in enumerate(asked):
                order = np.argsort(shares[row])[::-1]
                readings[at] = self._reading(scores[row], shares[row], order)
                rankings[at] = [(self.model.intents[one], float(shares[row][one])) for one in order[:most]]
        read = [
            replace(reading, language=one.language, language_certain=one.certain, values=values_in(query, self.places))
            for reading, one, query in zip(readings, shown, queries, strict=True)
        ]
        return list(zip(read, rankings, strict=True))

    def _reading(self, scores: np.ndarray, shares: np.ndarray, order: np.ndarray) -> Reading:
        first, second = order[:2]
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
