"""A message with two requests in it, taken apart: "where do i vote and what id do i bring", "volunteer or donate"."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from bot.engine.decision import List, Offer, Step
from bot.engine.heard import Heard, Words
from bot.engine.playbook import Playbook
from bot.engine.replies import CHOICE_LIVES, answered
from bot.engine.thread import Asking, Choosing, Thread
from bot.message import Reading

Joint = Literal["and", "or"]
_MOST_CHARS: Final = 300
"""A longer text is a story: what it wants does not stand in its halves."""
_SENTENCE_ENDS: Final = re.compile(r"(?<=[.?!])\s+|\n+")
_AND: Final = re.compile(
    r"[,;]?\s+(?:and(?:\s+also)?|also|plus|y(?:\s+tambi[eé]n)?|e|tambi[eé]n|adem[aá]s)\s+", re.IGNORECASE
)
_OR: Final = re.compile(r"\s+(?:or|o|u)\s+|\s*/\s*", re.IGNORECASE)
_WORDS_BESIDE_OR: Final = 9
_WORDS_BESIDE_AND: Final = (3, 2)
"""So many on either side, if possible: "my mom and dad" is one wish."""
_WORDS_OF_A_SENTENCE: Final = 2
_SURE_ALONE: Final = 0.9
"""Two halves this sure are two requests also where the whole reads as something else."""
_NO_REQUEST: Final = frozenset(
    {
        "greet",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "abuse",
        "opt_out",
        "crisis",
        "express_support",
        "voted",
        "wrong_number",
    }
)
"""What people say beside a request."""
_ASKS: Final = re.compile(
    r"\?|\b(?:who|what|whats|when|where|wheres|which|how|can|could|do|does|is|are|need|want|tell|send|give|find"
    r"|qui[eé]n|qu[eé]|cu[aá]ndo|d[oó]nde|cu[aá]l|c[oó]mo|puedo|puede|necesito|quiero|d[ií]game|mande)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The halves of a message, and what joins them."""

    joint: Joint
    texts: tuple[str, str]


def parts(text: str) -> Parts | None:
    """Return the two halves of `text`; None where it says one thing, or too much to be taken apart."""
    text = text.strip()
    if len(text) > _MOST_CHARS:
        return None
    sentences = [part for part in _SENTENCE_ENDS.split(text) if len(part.split()) >= _WORDS_OF_A_SENTENCE]
    if len(sentences) == len(("one", "two")):
        return Parts("and", (sentences[0], sentences[1]))
    if len(sentences) > 1:
        return None
    either = _OR.split(text)
    if len(either) == len(("one", "two")) and all(either) and len(text.split()) <= _WORDS_BESIDE_OR:
        return Parts("or", (either[0], either[1]))
    joints = [(text[: joint.start()], text[joint.end() :]) for joint in _AND.finditer(text)]
    for fewest in _WORDS_BESIDE_AND:
        for halves in joints:
            if all(len(half.split()) >= fewest for half in halves):
                return Parts("and", halves)
    return None


def two_requests(thread: Thread, heard: Heard, book: Playbook, now: datetime) -> Step | None:
    """Answer both requests of a message, or ask which of the two is meant where it says "or"."""
    if not isinstance(heard, Words) or not heard.halves or thread.owner or isinstance(thread.question, Asking):
        return None
    taken = parts(heard.text)
    names = _wanted(heard.halves, book)
    if taken is None or names is None or not _is_meant(taken, heard, heard.halves, names):
        return None
    if taken.joint == "or":
        if not all(name in book.titles for name in names):
            return None
        asked = replace(thread, question=Choosing("entry", names, now + CHOICE_LIVES))
        return Step(asked, (Offer(names, "close"),))
    values = {**heard.reading.values, "text": heard.text}
    return _both(names, lambda at, name: answered(at, name, name, book, now, values), thread, book)


def _wanted(halves: Sequence[Reading], book: Playbook) -> tuple[str, str] | None:
    sure = [
        one.intent
        for one in halves
        if one.in_scope and one.confidence >= book.thresholds.answer and one.intent not in _NO_REQUEST
    ]
    if len(set(sure)) < len(("one", "two")) or not all(book.entry(name) for name in sure):
        return None
    return sure[0], sure[1]


def _is_meant(taken: Parts, heard: Words, halves: Sequence[Reading], names: tuple[str, str]) -> bool:
    """Return whether the whole reads as these two, or each half asks for itself."""
    if taken.joint == "or" or set(names) == {heard.reading.intent, heard.reading.runner_up}:
        return True
    return all(
        one.confidence >= _SURE_ALONE and _ASKS.search(text) for one, text in zip(halves, taken.texts, strict=True)
    )


def _both(
    names: tuple[str, str], say: Callable[[Thread, str], Step | None], thread: Thread, book: Playbook
) -> Step | None:
    """Return one step for both: first what is merely told, last what asks a question or calls people."""
    first, last = sorted(names, key=lambda name: _is_work(name, book))
    if _is_work(first, book):
        return None  # two forms, or two people: one after the other
    told = say(thread, first)
    then = told and say(told.thread, last)
    return then and told and Step(then.thread, (List(names), *told.decisions, *then.decisions))


def _is_work(name: str, book: Playbook) -> bool:
    entry = book.entry(name)
    return entry is not None and (entry.form is not None or entry.hand_off is not None)
