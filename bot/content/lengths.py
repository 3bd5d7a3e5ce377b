"""Check what texts cost and whether they fit: SMS segments, labels on buttons, how many buttons."""

import re
from collections.abc import Iterable, Iterator

from bot.content.entries import EntrySpec, FormSpec
from bot.content.library import Library, Placed
from bot.content.spoken import Keys, Spoken
from bot.content.trouble import Trouble, listed
from bot.engine.segments import folded, segments

MANY_SEGMENTS = 3
LABELS = {"WhatsApp": 20, "RCS": 25, "Slack": 75}
"""How many characters of a button's label each shows."""
MOST_BUTTONS = 10
"""WhatsApp shows a list of ten, RCS eleven suggestions, Messenger thirteen."""
_CHEAP = re.compile(r"[\n\r -_a-~ñÑéüÜ¿¡]*")
"""Texts of these signs alone, which are most of them, need no closer look."""
_SURELY_FEW = 67 * MANY_SEGMENTS // 2
"""So many characters make no more segments than that, whatever they are."""
MOST_CHARS = 1600
"""Twilio takes no longer text message."""


def check_lengths(library: Library, texts: Iterable[Spoken]) -> Iterator[Trouble]:
    """Yield what is too long or costs more than it needs to, in `texts` and among the buttons of `library`."""
    for said in texts:
        if said.is_label:
            yield from _label(said)
        elif not _has_shorter(said):
            yield from _segments(said)
    for entry in library.entries.values():
        yield from _buttons(entry, ("buttons",), len(entry.spec.buttons))
    for form in library.forms.values():
        for number, ask in enumerate(form.spec.ask):
            yield from _buttons(form, ("ask", number, "options"), len(ask.options))


def _has_shorter(said: Spoken) -> bool:
    """Return whether phones get another text than `said`."""
    spec = said.spec
    if not isinstance(spec, EntrySpec):
        return said.keys[-2] == "label"  # a form's labels stand in mid-sentence
    match said.keys:
        case "text", *_:
            return said.language in spec.sms
        case "when", int(number), "text", *_:
            return said.language in spec.when[number].sms
    return False


def _segments(said: Spoken) -> Iterator[Trouble]:
    if not _CHEAP.fullmatch(said.text):
        yield from _signs(said)
    text = folded(said.text)
    cost = segments(text).count if len(text) > _SURELY_FEW else 1
    if len(text) > MOST_CHARS:
        message = f"{len(text)} characters; a text message takes {MOST_CHARS} at most. Write a shorter text under 'sms'"
        yield Trouble(said.mark, "S205", message)
    elif cost > MANY_SEGMENTS:
        yield Trouble(said.mark, "S202", f"{cost} SMS segments; write a shorter text under 'sms'")


def _signs(said: Spoken) -> Iterator[Trouble]:
    cost, signs = segments(said.text), []
    without = said.text
    while culprit := segments(without).culprit:
        signs.append(culprit)
        without = without.replace(culprit, folded(culprit) if folded(culprit) != culprit else "x")
    if not signs:
        return
    named = listed(f"{sign} (U+{ord(sign):04X})" for sign in signs).replace(" or ", " and ")
    fewer = segments(without).count
    costs = f"{cost.count} SMS segments instead of {fewer}" if cost.count > fewer else "a segment holds 70, not 160"
    plain = [folded(sign) for sign in signs if folded(sign) != sign]
    if len(plain) < len(signs):
        out = "Find words without"
    else:
        out = f"Use {listed(sign.strip() or 'a plain space' for sign in plain)} instead ('bot check --fix' does, for quotes)"
    yield Trouble(said.mark, "S201", f"{named}: not in the alphabet of text messages; {costs}. {out}")


def _label(said: Spoken) -> Iterator[Trouble]:
    length = len(said.text)
    if over := [f"{name} shows {most}" for name, most in LABELS.items() if length > most]:
        message = f"'{said.text[:40]}' has {length} characters; on a button {', '.join(over)}"
        yield Trouble(said.mark, "S203", message)


def _buttons(placed: Placed[EntrySpec] | Placed[FormSpec], keys: Keys, count: int) -> Iterator[Trouble]:
    if count > MOST_BUTTONS:
        message = f"{count} choices; no channel shows more than {MOST_BUTTONS} well, and few people read so many"
        yield Trouble(placed.mark(*keys), "S204", message)
