"""Check that a text is said plainly: short words and sentences, no blame, no shouting, "usted" in Spanish."""

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.content.spoken import Spoken
from bot.content.trouble import Trouble

HARDEST_GRADE = 7.0
"""Flesch-Kincaid; the aim is the sixth grade, and the formula is off by one on short texts."""
LEAST_EASE = 60.0
"""Fernández Huerta; below it a Spanish text is "somewhat difficult"."""
FEWEST_WORDS = 15
"""A shorter text has no grade worth telling."""
LONGEST_SENTENCE = 30
_NAMES = re.compile(r"\{\{[^{}]*\}\}")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_SENTENCE = re.compile(r"[.!?:;\n]+")
_BLAME = re.compile(
    r"\b(?:you (?:failed|forgot|must|should have|did(?: not|n['\u2019]t) (?:answer|follow|listen))|your (?:fault|mistake|error)"
    r"|invalid|incorrect|illegal|wrong (?:answer|input|format)|usted (?:falló|olvidó|debe)|(?:error|culpa) suy[oa]"
    r"|su (?:culpa|error)|inválid[oa]s?|incorrect[oa]s?)\b"
)
_SHOUT = re.compile(r"(?:\b[A-ZÁÉÍÓÚÑÜ]{2,}\b[\s,!]+){2,}\b[A-ZÁÉÍÓÚÑÜ]{2,}\b")
_CAPITALS = re.compile(r"[A-ZÁÉÍÓÚÑÜ]{2}[\s,!]+[A-ZÁÉÍÓÚÑÜ]{2}")
_TU = re.compile(r"\b(?:tú|tus?|ti|contigo|eres|tienes|puedes|quieres|necesitas|estás|debes|vives|votas|haces|sabes)\b")
_POLITE = re.compile(r"\b(?:please|thank you|thanks|por favor|gracias)\b")
TROUBLE = frozenset(
    "abuse apology complaint crisis donation_problem privacy_request voting_problem wrong_number".split()
)
"""Entries under which something bad has happened to the voter."""


def check_plainly(said: Spoken, *, is_voting: bool) -> Iterator[Trouble]:
    """Yield what keeps `said` from being plain."""
    if is_voting and "org.candidate" in said.text:
        message = "a voting answer names the candidate; it is for voters of every side. Leave the name out"
        yield Trouble(said.mark, "P907", message)
    text = _NAMES.sub("it", said.text)
    small = text.casefold()
    if found := _BLAME.search(small):
        message = f"'{found[0]}' sounds like blame; say what the voter can do, like 'Please send ... like this: ...'"
        yield Trouble(said.mark, "P902", message)
    if _CAPITALS.search(text) and (found := _SHOUT.search(text)):
        message = f"'{found[0][:40]}' is all in capitals, which reads as shouting; write it small"
        yield Trouble(said.mark, "P903", message)
    yield from _exclamations(said, text)
    if said.language == "es" and (found := _TU.search(small)):
        message = f"'{found[0]}' speaks to the voter as 'tú'; everywhere else the bot says 'usted'"
        yield Trouble(said.mark, "P905", message)
    if len(_POLITE.findall(small)) > 2:
        yield Trouble(said.mark, "P906", "please or thank you stands here three times; once is enough")
    yield from _length(said, text)


def _exclamations(said: Spoken, text: str) -> Iterator[Trouble]:
    if said.owner in TROUBLE and "!" in text:
        yield Trouble(said.mark, "P904", "an exclamation mark stands under bad news; end with a full stop")
    elif "!!" in text or text.count("!") > 2:
        yield Trouble(said.mark, "P904", f"{text.count('!')} exclamation marks; one at most keeps a text calm")


def _length(said: Spoken, text: str) -> Iterator[Trouble]:
    sentences = [words for part in _SENTENCE.split(text) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return
    longest = max(sentences, key=len)
    if len(longest) > LONGEST_SENTENCE:
        message = f"a sentence of {len(longest)} words begins with '{' '.join(longest[:4])}'; make two of it"
        yield Trouble(said.mark, "P908", message)
    elif len(words) >= FEWEST_WORDS and (hard := _hard(said.language, words, len(sentences))):
        hardest = max(words, key=lambda word: (_syllables(said.language, word), len(word)))
        message = f"{hard}; shorter words and sentences help. The longest word is '{hardest}'"
        yield Trouble(said.mark, "P901", message)


def _hard(language: str, words: list[str], sentences: int) -> str:
    """Return how hard a text is in words where it is too hard; for languages without a formula nothing."""
    syllables = sum(_syllables(language, word) for word in words) / len(words)
    length = len(words) / sentences
    if language == "en" and (grade := 0.39 * length + 11.8 * syllables - 15.59) > HARDEST_GRADE:
        return f"reads like school grade {grade:.0f}, and the sixth is the aim"
    if language == "es" and (ease := 206.84 - 60 * syllables - 1.02 * length) < LEAST_EASE:
        return f"is not easy to read ({ease:.0f} of 100 by Fernández Huerta, and {LEAST_EASE:.0f} is the least)"
    return ""


@lru_cache(maxsize=8192)
def _syllables(language: str, word: str) -> int:
    word = word.casefold()
    if language == "es":
        return max(1, len(re.findall(r"[aeoáéíóú]|(?<![aeoáéó])[iuü](?![aeoáéó])", word)))
    if len(word) > 3:
        word = re.sub(r"(?:[^laeiouy]es|[^td]ed|[^l]e)$", lambda end: end[0][0], word)
    return max(1, len(re.findall(r"[aeiouy]+", word)))
