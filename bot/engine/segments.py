"""How a text travels by SMS: GSM-7 or UCS-2, how many segments, and the signs that can be folded without loss.

GSM-7: 160 characters, then 153 a segment; UCS-2: 70, then 67. Extension characters count two in GSM-7 and are not cut
apart (3GPP TS 23.038). Accented letters are never folded: they carry meaning.
"""

from dataclasses import dataclass

from gsm0338 import Codec

_FOLDS = str.maketrans(
    {
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‘": "'", "’": "'", "‚": "'", "′": "'", "`": "'",
        "–": "-", "—": "-", "‑": "-", "−": "-", "•": "-", "·": "-",
        "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": "", "\t": " ",
    }
)  # fmt: skip
_EXTENDED = frozenset("^{}\\[~]|€\f")
_ESCAPE = "\x1b"
"""The sign that announces an extended one; by itself it is none."""
_CODEC = Codec()
_BASIC = frozenset(
    char
    for number in range(0x3000)
    if (char := chr(number)) not in _EXTENDED | {_ESCAPE} and _CODEC.encode(char, "ignore")[0]
)
_ONE_GSM, _PART_GSM = 160, 153
_ONE_UCS, _PART_UCS = 70, 67


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text costs. `unit` is GSM-7 or UCS-2; `culprit` is the first sign that forces UCS-2."""

    count: int
    unit: str
    culprit: str = ""


def folded(text: str) -> str:
    """Return `text` with typographic quotes, dashes and spaces as plain ones, where a phone shows the same thing."""
    return text.translate(_FOLDS)


def segments(text: str) -> Segments:
    """Return how many segments `text` takes as it stands."""
    culprit = next((char for char in text if char not in _BASIC and char not in _EXTENDED), None)
    if culprit is None:
        sizes = [2 if char in _EXTENDED else 1 for char in text]
        return Segments(_count(sizes, _ONE_GSM, _PART_GSM), "GSM-7")
    sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Segments(_count(sizes, _ONE_UCS, _PART_UCS), "UCS-2", culprit)


def _count(sizes: list[int], one: int, part: int) -> int:
    if sum(sizes) <= one:
        return 1
    count, room = 1, part
    for size in sizes:
        if size > room:  # a pair is not torn apart
            count, room = count + 1, part
        room -= size
    return count
