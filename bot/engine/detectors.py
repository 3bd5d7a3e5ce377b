"""What rules hear stands, whatever the classifier read: danger to a life, and a wish for no more messages."""

from dataclasses import replace
from typing import Final

from bot.engine.danger import danger_to_life
from bot.engine.stops import stop_wish
from bot.engine.words import carrier_word, plain
from bot.message import Reading, Word

_CARRIER: Final = {Word.STOP: "opt_out", Word.START: "opt_in", Word.HELP: "help"}
_SURE: Final = 0.95
"""So many of those whom the rules stop wanted it, measured on people whose words they had not been written with."""
_SURELY_ELSE: Final = 0.9
_CLEAR: Final = 6
"""A text of no more words that holds a stop is one."""
_GOES_WITH_A_STOP: Final = frozenset(
    {
        "abuse", "are_you_a_bot", "complaint", "contact_preference", "crisis", "deny", "express_opposition", "goodbye",
        "not_voting", "opt_out", "privacy_request", "share_opinion", "speak_to_human", "thanks", "who_is_this",
        "wrong_number",
    }
)  # fmt: skip
"""What people say in one breath with a stop: such a reading speaks for it. Any other, where it is sure, speaks against."""


def settled(text: str, reading: Reading) -> Reading:
    """Return `reading` with the rules' word put first: it is what is recorded, and what `bot nlu predict` shows."""
    if (carrier := carrier_word(text)) is not None:
        return _with(reading, _CARRIER[carrier])
    if danger_to_life(text):
        return _with(reading, "crisis")
    if stop_wish(text) == "stop" and not surely_something_else(text, reading) and reading.intent != "privacy_request":
        return _with(reading, "opt_out")
    return reading


def surely_something_else(text: str, reading: Reading) -> bool:
    """Return whether words of a stop stand in what reads surely as another wish: "quit charging my card every month"."""
    sure = reading.in_scope and reading.confidence >= _SURELY_ELSE
    return sure and reading.intent not in _GOES_WITH_A_STOP and len(plain(text).split()) > _CLEAR


def _with(reading: Reading, intent: str) -> Reading:
    if reading.intent == intent:
        return replace(reading, confidence=max(reading.confidence, _SURE), in_scope=True)
    return replace(
        reading,
        intent=intent,
        confidence=_SURE,
        in_scope=True,
        runner_up=reading.intent,
        runner_up_confidence=min(reading.confidence, 1 - _SURE),
    )
