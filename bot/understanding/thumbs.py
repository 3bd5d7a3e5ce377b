"""Texts as thumbs type them on a phone: each example is learned a second time like this, so that typing errors do no harm."""

import random
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from bot.understanding.lexical import bare

_SHORT: Final = {
    "about": "abt", "and": "n", "are": "r", "be": "b", "because": "bc", "before": "b4", "can": "cn", "for": "4",
    "going": "goin", "know": "kno", "message": "msg", "okay": "k", "people": "ppl", "please": "pls", "see": "c",
    "should": "shld", "something": "smth", "text": "txt", "thanks": "thx", "that": "dat", "the": "da", "though": "tho",
    "through": "thru", "to": "2", "today": "2day", "tomorrow": "tmrw", "tonight": "2nite", "want": "wnt", "what": "wat",
    "where": "wer", "with": "w", "without": "wo", "would": "wld", "why": "y", "you": "u", "your": "ur",
    "bien": "bn", "como": "cmo", "cuando": "cndo", "donde": "dnd", "gracias": "grax", "mensaje": "msj",
    "mensajes": "msjs", "mucho": "mxo", "para": "pa", "pero": "pro", "por": "x", "porque": "xq", "que": "q",
    "quien": "kien", "quiero": "kiero", "tambien": "tmb", "todo": "to2", "usted": "ud",
}  # fmt: skip
_SHORTHAND, _VOWEL, _SWAP, _SLIP = 0.5, 0.1, 0.05, 0.02
"""How often a word with a short form takes it, a vowel inside is dropped, two letters swap, a finger hits the next key."""
_NEIGHBOURS: Final = {
    letter: row[max(at - 1, 0) : at] + row[at + 1 : at + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, letter in enumerate(row)
}
_LONG: Final = 4
"""Shorter words come out right."""


def thumbed(text: str) -> str:
    """Return `text` in small letters, without punctuation, with shorthand and slips; the same text always alike."""
    chance = random.Random(crc32(text.encode("utf-8", "replace")))  # noqa: S311 -- no secret
    plain = "".join(char if char.isalnum() else "" if char in "'\u2019" else " " for char in bare(text))
    return " ".join(_words(plain.split(), chance))


def _words(words: list[str], chance: random.Random) -> Iterator[str]:
    for word in words:
        if word in _SHORT and chance.random() < _SHORTHAND:
            yield _SHORT[word]
        elif len(word) < _LONG or not word.isalpha():
            yield word
        else:
            yield _typed(word, chance)


def _typed(word: str, chance: random.Random) -> str:
    inner = [char for char in word[1:] if char not in "aeiou" or chance.random() >= _VOWEL]
    letters = [word[0], *inner]
    for at in range(1, len(letters) - 2):
        if chance.random() < _SWAP:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(
        chance.choice(_NEIGHBOURS[char]) if char in _NEIGHBOURS and chance.random() < _SLIP else char
        for char in letters
    )
