"""Mask what is personal in a text: names, numbers, addresses and the like give way to those of nobody.

What is masked reads like what was there, so that a machine still understands it. A name in small letters that nobody
asked for cannot be told from a word: whoever shares a text reads it first.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

NAME, FIRST_NAME = "Maria Lopez", "Maria"
ADDRESS, ZIP, PHONE, EMAIL, DATE = "12 Oak St", "62701", "555-010-0142", "ana@example.org", "01/01/1980"
_STREET = (
    "st|str|street|ave|av|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|ct|court|pl|place|way|ter|terrace|cir|circle|"
    "pkwy|parkway|hwy|highway|sq|square|trl|trail"
)
_FLAT = r"(?:,?\s*(?:apt|unit|suite|ste|#|dpto|no)\.?\s*[\w-]+)?"
_WHAT: tuple[tuple[str, str, str], ...] = (
    # Where two of them fit at a place, the upper one wins.
    ("e-mail addresses", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", EMAIL),
    ("links", r"\b(?:https?://|www\.)\S+", "https://example.org"),
    ("names of accounts", r"(?<!\w)@\w{2,}", "@voter"),
    (
        "addresses",
        rf"\b\d{{1,6}}[a-z]?\s+(?:[\w.'-]+\s+){{1,4}}?(?:{_STREET})\b\.?(?:\s+[NSEW]{{1,2}}\b)?{_FLAT}",
        ADDRESS,
    ),
    ("addresses", r"\b(?:calle|avenida|av\.|p\.?\s?o\.? box|apartado)\s+(?:[^\W\d]+\s+){0,4}#?\d{1,6}\b", ADDRESS),
    ("Social Security numbers", r"\b\d{3}-\d{2}-\d{4}\b", "000-00-0000"),
    ("phone numbers", r"(?<!\d)(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}(?!\d)", PHONE),
    ("dates", r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b", DATE),
    ("ZIP codes", r"(?<![\d-])\d{5}(?:-\d{4})?(?![\d-])", ZIP),
    ("numbers", r"(?<![\d.,/-])\d(?:[ -]?\d){5,}(?!\d)", "000000"),
    ("numbers", r"(?:(?<=\bcase )|(?<=\bcaso ))#?\d+", "1"),
)
_PERSONAL = re.compile(
    "|".join(f"(?P<at{number}>{pattern})" for number, (_, pattern, _) in enumerate(_WHAT)), re.IGNORECASE
)
_CALLED = re.compile(
    r"(?i:\b(?:my name is|my names|name's|name is|me llamo|mi nombre es|se llama|a nombre de))\s+"
    r"(?P<name>[^\W\d_][\w'-]*(?:\s+[^\W\d_][\w'-]*){0,2})"
)
_PERHAPS = re.compile(
    r"(?i:\b(?:this is|it's|its|i am|i'm|im|soy|habla|le escribe|aqui|aquí))\s+"
    r"(?P<name>[^\W\d_][\w'-]*(?:\s+[^\W\d_][\w'-]*)?)"
)
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_SPARED = frozenset(f"and y i from de del la las los {NAME}".casefold().split())


def words_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of `texts` in small letters."""
    return frozenset(word for text in texts for word in _WORD.findall(text.casefold()))


@dataclass
class Masks:
    """Masks texts one after the other: a name that was seen once is masked from then on.

    `known` are the words (in small letters) that are no names: those of examples. `kept` are names that are no voter's:
    states, the candidate, the organisation. `found` counts what was masked, by kind.
    """

    known: Collection[str]
    kept: Collection[str]
    found: Counter[str] = field(default_factory=Counter)
    _names: set[str] = field(default_factory=set)

    def masked(self, text: str, asked: str = "") -> str:
        """Return `text` without what is personal; `asked` is the slot that it answers."""
        if asked == "name" and len(text.split()) <= 4:
            self._learn(text)
        for name in self._names_in(_PERSONAL.sub("; ", text)):  # a street is no name
            self._learn(name)
        text = _PERSONAL.sub(self._instead, text)
        for name in sorted(self._names, key=len, reverse=True):
            text, count = re.subn(rf"\b{re.escape(name)}\b", FIRST_NAME, text, flags=re.IGNORECASE)
            self.found["names"] += count
        return re.sub(rf"\b{FIRST_NAME}(?:(?: {FIRST_NAME})+)\b", NAME, text)

    def _instead(self, found: re.Match[str]) -> str:
        kind, _, instead = _WHAT[int(str(found.lastgroup).removeprefix("at"))]
        self.found[kind] += 1
        return instead

    def _learn(self, name: str) -> None:
        self._names |= {word for word in _WORD.findall(name) if word.casefold() not in _SPARED and len(word) > 1}

    def _names_in(self, text: str) -> Iterator[str]:
        for found in _CALLED.finditer(text):
            yield " ".join(
                self._unknown(found["name"].split()[:1], always=True) + self._unknown(found["name"].split()[1:])
            )
        for found in _PERHAPS.finditer(text):
            yield " ".join(self._unknown(found["name"].split()))
        yield " ".join(self._capitals(text))

    def _unknown(self, words: list[str], *, always: bool = False) -> list[str]:
        """Return the words up to the first that is no name."""
        names = []
        for word in words:
            plain = word.casefold()
            is_name = plain not in self.kept and (always or word[0].isupper() or plain not in self.known)
            if not is_name:
                break
            names.append(word)
        return names

    def _capitals(self, text: str) -> Iterator[str]:
        """Yield words with a capital in mid-sentence, unless the whole text shouts."""
        if text.isupper():
            return
        for found in _WORD.finditer(text):
            before = text[: found.start()].rstrip(" \"'(¿¡")
            word = found[0]
            begins = not before or before[-1] in ".!?:\n"
            plain = word.casefold().removesuffix("'s")
            is_word = plain in self.known and (begins or word.isupper())
            if word[0].isupper() and len(word) > 1 and plain not in self.kept and not is_word:
                yield word.removesuffix("'s")
