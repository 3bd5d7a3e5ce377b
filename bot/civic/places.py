"""Places in a voter's words: states and territories by name or code, the state of a ZIP code."""

import csv
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz import fuzz, process

from bot.civic.facts import states

_ALSO_CALLED: Final[Mapping[str, str]] = {
    "carolina del norte": "NC",
    "carolina del sur": "SC",
    "dakota del norte": "ND",
    "dakota del sur": "SD",
    "distrito de columbia": "DC",
    "guam": "GU",
    "hawai": "HI",
    "hawai'i": "HI",
    "islas marianas": "MP",
    "islas virgenes": "VI",
    "luisiana": "LA",
    "misisipi": "MS",
    "misuri": "MO",
    "northern marianas": "MP",
    "nueva hampshire": "NH",
    "nueva jersey": "NJ",
    "nueva york": "NY",
    "nuevo hampshire": "NH",
    "nuevo mexico": "NM",
    "pensilvania": "PA",
    "puerto rico": "PR",
    "samoa americana": "AS",
    "tejas": "TX",
    "usvi": "VI",
    "virgin islands": "VI",
    "virginia occidental": "WV",
}
_FOR_SHORT: Final[Mapping[str, str]] = {
    "ariz": "AZ",
    "cali": "CA",
    "calif": "CA",
    "conn": "CT",
    "fla": "FL",
    "jersey": "NJ",
    "mass": "MA",
    "mich": "MI",
    "minn": "MN",
    "penn": "PA",
    "samoa": "AS",
    "tenn": "TN",
    "the district": "DC",
    "wisc": "WI",
}
"""What a state is called for short, as the whole answer to "Which state?"; elsewhere it may be anything."""
_ALSO_WORDS: Final = frozenset("AL AS CO DE HI ID IN LA MA ME MI OH OK OR PA".split())
"""Codes that are words in a text all in capitals: there they do not count by themselves."""
_ALSO_SHORT: Final = frozenset("AR AS CT HI ID IN LA MD ME MS OK OR PR VA".split())
"""Codes that stand for something else, even in capitals (voter ID, VA benefits, L.A.): they count only as a place."""
_ANSWERS: Final = frozenset("yes yeah yep sure no fine okay well oh right thanks good great".split())
_SAID_IN_SMALL: Final = frozenset("al as co de hi id in la ma me mi ms mt oh ok or pa va".split())
"""Codes that are words, in English or Spanish, or written for one: an answer in small letters does not mean the state."""
_WASHINGTON_DC: Final = re.compile(r"\bwash(?:ington)?,? d\.? ?c\b\.?|\bd\.c\.", re.IGNORECASE)
_PERSON: Final = (
    r"virginia|georgia|washington|carolina|montana|dakota|indiana|nevada|tennessee|florida|arizona"
    r"|maryland"
)
_OF_A_PERSON: Final = re.compile(
    rf"(?:\bmy name(?: is|'s|s)|\bname is|\bme llamo|\bmi nombre es|\bsoy|\bthis is|\bhabla|\bmrs?\.?|\bms\.?"
    rf"|\bmiss|\bdear|\bgeorge|\bdenzel|\bask for|\baunt|\btia"
    rf"|\b(?:i'?m|i am|it'?s)(?= \w+[,.!]? (?:i|and|y|here|again|can|where|do|how)\b)) (?:{_PERSON})\b"
    rf"|\b(?:{_PERSON}) (?:here\b(?!\?)|speaking\b|from (?:the|apt))|\b(?:thanks|thank you|gracias|regards"
    rf"|love),? (?:{_PERSON})\b"
)
"""A first name that is a state too: "this is Virginia, i have a question"."""
_OF_A_PLACE: Final = re.compile(
    r" (?:ave|avenue|st|street|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|way|pl|place|county|co)\b\.?"
)
"""What follows the name of a state in the name of a street or a county somewhere else."""
_KANSAS_CITY: Final = re.compile(r"\bkansas city\b", re.IGNORECASE)
"""The town lies in two states, and most of it not in Kansas."""
_SHORT_ANSWER: Final = 3
_ALIKE: Final = 87
"""From which likeness on, of 100, a whole answer is the name of a state with a mistake in it: "Pensylvania"."""
_SHORTEST_MISSPELT: Final = 5
"""A shorter answer may be too many other things ("main", "iwo")."""


@cache
def _names() -> tuple[re.Pattern[str], Mapping[str, str]]:
    names = {state.name.casefold(): code for code, state in states().items()}
    names |= _ALSO_CALLED
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(r"\b(" + "|".join(map(re.escape, longest_first)) + r")\b"), names


@cache
def _codes() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return what finds a state's code behind its town or before a ZIP code, behind "in", and anywhere."""
    code = "(" + "|".join(states()) + ")"
    alone = rf"(?<![-'/&])\b{code}\b(?![-'/&])"
    return (
        re.compile(rf"\b(\w+), ?{code}\b(?=,? \d{{5}}\b|[.!?]?$|[,;] )|\b{code},? \d{{5}}\b"),
        re.compile(rf"(?i:\b(?:in|en)) {alone}"),
        re.compile(alone),
    )


def state_in(text: str, expected: bool = False) -> str | None:
    """Return the code of the one state that `text` names; None for none or several. A bare "oh" counts if `expected`."""
    text = _WASHINGTON_DC.sub("District of Columbia", " ".join(text.replace("\u02bb", "'").split()))
    behind_town, behind_in, anywhere = _codes()
    towns = {match[2] or match[3] for match in behind_town.finditer(text) if not _agrees(match)}
    if len(towns) == 1:  # "Kansas City, MO" is in Missouri
        return towns.pop()
    pattern, names = _names()
    said = _KANSAS_CITY.sub("", _folded(text))
    if not (expected and len(said.split()) <= _SHORT_ANSWER):  # "it's Georgia" answers which state
        said = _OF_A_PERSON.sub(" ", said)
    found = {names[match[1]] for match in pattern.finditer(said) if not _OF_A_PLACE.match(said, match.end())} | towns
    found |= {code for code in behind_in.findall(text) if code != "LA"}  # "in LA" is Los Angeles
    found |= {match[1] for match in anywhere.finditer(text) if not _is_word(match, text)}
    if not found and expected and (answer := _bare(text)):
        found = {answer}
    return found.pop() if len(found) == 1 else None


def _folded(text: str) -> str:
    """Return `text` in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _agrees(match: re.Match[str]) -> bool:
    """Return whether ", OK" says yes and not Oklahoma."""
    before = match[1]
    return match[2] == "OK" and (before.islower() or before.casefold() in _ANSWERS)


def _is_word(match: re.Match[str], text: str) -> bool:
    code = match[1]
    begins = match.start() == 0 and match.end() < len(text)  # "OH no"
    return code in _ALSO_SHORT or (code in _ALSO_WORDS and (begins or text == text.upper()))


def _bare(text: str) -> str | None:
    """Return the state of an answer that is only its code ("tx", "N.J.") or what it is called for short."""
    letters = re.sub(r"[\W\d_]", "", text) if len(text) <= len("N. J.!") else ""
    if letters.upper() in states() and (letters.isupper() or letters.lower() not in _SAID_IN_SMALL):
        return letters.upper()
    return _FOR_SHORT.get(_folded(text).strip(" .,!?"))


def state_like(text: str) -> str | None:
    """Return the state whose name a whole answer nearly is, which is to be asked about; None where none or two are as near."""
    said = _folded(text).strip(" .,!?")
    if len(said) < _SHORTEST_MISSPELT or _KANSAS_CITY.search(said):
        return None
    _, names = _names()
    near = process.extract(said, list(names), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=2)
    best = {names[name] for name, score, _ in near if score == near[0][1]}
    return best.pop() if len(best) == 1 else None


@cache
def _zips() -> tuple[list[str], list[tuple[str, str]]]:
    with (files("bot.civic") / "zips.csv").open(encoding="utf-8") as file:
        rows = [(row["first"], row["last"], row["state"]) for row in csv.DictReader(file)]
    return [first for first, _, _ in rows], [(last, state) for _, last, state in rows]


def state_of_zip(code: str) -> str | None:
    """Return the state of a five-digit ZIP code; None for military and unknown ones."""
    firsts, rest = _zips()
    at = bisect_right(firsts, code[:5]) - 1
    if at < 0:
        return None
    last, state = rest[at]
    return state if code[:5] <= last else None
