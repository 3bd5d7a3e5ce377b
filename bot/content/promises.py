"""Check what the law and the carriers want said: that it is a machine, who writes, how to stop, where help is."""

import re
from collections.abc import Iterable, Iterator

from bot.content.entries import EntrySpec
from bot.content.library import Library, Placed
from bot.content.plainly import TROUBLE
from bot.content.spoken import Spoken, spoken
from bot.content.trouble import Mark, Trouble
from bot.engine.words import whole

_MACHINE = re.compile(r"\bautomat|\bbot\b|\brobot|\bautomátic|\bmáquina\b", re.IGNORECASE)
_CONTACT = ("org.phone", "org.email", "org.address", "org.website")
_LINK = re.compile(r"\{\{\s*link\.|https?://|\borg\.(?:website|donate|volunteer|events|issues|privacy)\b|\?")
_MONEY = re.compile(
    r"\borg\.donate\b|\b(?:donate|chip in|contribute \$|donar|done ahora|haga un donativo)\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"\borg\.(?:donate|volunteer)\b|\b(?:chip in|donate (?:now|today|at)|done (?:ahora|hoy))\b", re.IGNORECASE
)
_RACE = re.compile(
    r"\borg\.volunteer\b"
    r"|\b(?:campaign(?:s|ing)?|re-?elect\w*|yard signs?|endors(?:e|es|ed|ing|ements?))\b"
    r"|\b(?:campañas?|reelegi\w+|reelección|letreros?|respald(?:a|e|o|an|en|os|ar))\b"
    r"|\bvote (?:for|por) (?-i:[A-Z{]|(?:her|him|me|us|ella|él|nosotros)\b)",
    re.IGNORECASE,
)
"""What an official office has no business to say to a voter (House Ethics; C35)."""
_PROMISED = frozenset("are_you_a_bot crisis disclosure help start_confirmed stop_confirmed".split())
NEVER_ASKS = TROUBLE | {"opt_out", "stop_confirmed", "contact_preference"}
"""Entries in whose threads nobody is asked for anything."""


def check_promises(library: Library, texts: Iterable[Spoken], kind: str | None) -> Iterator[Trouble]:
    """Yield what is missing from the texts that the law asks for; `kind` is the organisation's."""
    for said in texts:
        if (
            said.owner in _PROMISED
            and said.owner in library.entries
            and not said.is_label
            and said.keys[0] != "fallback"
        ):
            yield from _required(said)
    for name, entry in library.entries.items():
        if name in NEVER_ASKS or (entry.spec.hand_off is not None and entry.spec.hand_off.priority == "urgent"):
            yield from _no_ask(library, name, entry)
        elif entry.spec.does == "ask" and entry.spec.text is not None and not entry.spec.fallback:
            message = f"'{name}' asks for something; say in 'fallback' what is said where there is trouble"
            yield Trouble(entry.mark("does"), "C811", message)
    yield from _sponsor(library)
    if kind == "office":
        yield from _office(texts)
        yield from _no_asks(library)


def _required(said: Spoken) -> Iterator[Trouble]:
    where, text = f"'{said.owner}' in '{said.language}'", said.text
    match said.owner:
        case "disclosure" if not _MACHINE.search(text):
            message = f"{where} does not say that it is automated: the law wants it in the first message"
            yield Trouble(said.mark, "C801", message)
        case "help":
            missing = [] if "org.name" in text else ["{{ org.name }}"]
            missing += [] if any(way in text for way in _CONTACT) else ["{{ org.phone }} or {{ org.email }}"]
            missing += [] if "STOP" in text else ["the word STOP"]
            if missing:
                yield Trouble(said.mark, "C802", f"{where} lacks {' and '.join(missing)}: carriers ask for it")
        case "stop_confirmed":
            if "org.name" not in text:
                yield Trouble(said.mark, "C803", f"{where} does not say who stops: {{{{ org.name }}}} is missing")
            if (found := _LINK.search(text)) or _MONEY.search(text):
                what = f"'{found[0]}'" if found else "a request"
                message = (
                    f"{where} holds {what}: the law allows one confirmation, with no link, no question, no request"
                )
                yield Trouble(said.mark, "C804", message)
        case "start_confirmed" if "STOP" not in text:
            yield Trouble(said.mark, "C805", f"{where} does not say how to stop again: the word STOP is missing")
        case "crisis" if not ("911" in text and "988" in text):
            missing_number = "911" if "911" not in text else "988"
            yield Trouble(said.mark, "C807", f"{where} does not name {missing_number}: who is in danger needs both")
        case "are_you_a_bot" if not _MACHINE.search(text):
            yield Trouble(
                said.mark, "C808", f"{where} does not say that it is automated: whoever asks is told the truth"
            )


def _no_ask(library: Library, name: str, entry: Placed[EntrySpec]) -> Iterator[Trouble]:
    out = "nobody is asked for anything in a thread with trouble. Leave it out"
    if entry.spec.does == "ask":
        yield Trouble(entry.mark("does"), "C809", f"'{name}' asks for something; {out}")
    if entry.spec.footer is not None:
        yield Trouble(entry.mark("footer"), "C809", f"'{name}' has a footer; {out}")
    for number, button in enumerate(entry.spec.buttons):
        leads_to = library.entries.get(button.go or "")
        if button.go == "donate" or (leads_to and leads_to.spec.does == "ask") or _ASKS.search(button.url or ""):
            yield Trouble(entry.mark("buttons", number), "C809", f"a button of '{name}' asks for something; {out}")
    for said in spoken(Library({name: entry})):
        if found := _ASKS.search(said.text):
            yield Trouble(said.mark, "C809", f"'{found[0]}' in '{name}': {out}")


def _sponsor(library: Library) -> Iterator[Trouble]:
    payers = [entry for entry in library.entries.values() if "sponsor" in map(whole, entry.spec.keywords)]
    if not payers:
        message = "no entry has the keyword SPONSOR: a voter who asks who pays must be told with {{ org.sponsor }}"
        yield Trouble(Mark("responses"), "C806", message)
    for entry in payers:
        for said in spoken(Library({"": entry})):
            if said.keys[0] == "text" and "org.sponsor" not in said.text:
                message = f"the text in '{said.language}' does not say who pays: {{{{ org.sponsor }}}} is missing"
                yield Trouble(said.mark, "C806", message)


def _no_asks(library: Library) -> Iterator[Trouble]:
    for name, entry in library.entries.items():
        found = {"footer": "has a footer"} if entry.spec.footer is not None else {}
        found |= {"does": "asks for something"} if entry.spec.does == "ask" else {}
        for key, what in found.items():
            message = f"'{name}' {what}, and the organisation is an office ('organisation.kind' in config.yaml)"
            yield Trouble(entry.mark(key), "C812", f"{message}. Leave it out")


def _office(texts: Iterable[Spoken]) -> Iterator[Trouble]:
    for said in texts:
        if found := _MONEY.search(said.text):
            message = (
                f"'{found[0]}' asks for money, and the organisation is an office ('organisation.kind' in config.yaml)"
            )
            yield Trouble(said.mark, "C810", message)
        elif found := _RACE.search(said.text):
            message = f"'{found[0]}' belongs to a race, and the organisation is an office ('organisation.kind' in config.yaml)"
            yield Trouble(said.mark, "C810", message)
