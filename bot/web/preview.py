"""The console's preview: an entry of the content in service as it looks on voters' phones."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, request

from bot.channel import CAPABILITIES
from bot.civic.facts import OfficialFacts, states
from bot.content.library import read_library
from bot.content.preview import Asked, Shown, alike, cost_in_words, known_names, previews
from bot.content.signed import Links
from bot.content.trouble import did_you_mean
from bot.content.voice import Voice
from bot.desk.words import CHANNELS, LANGUAGES
from bot.store import versions
from bot.web.content import Decorator, beside
from bot.web.site import Site

_OTHERS = {"whatsapp": "WhatsApp", "messenger": "Messenger", "email": "E-mail"}
_BEGIN = "greet"


@dataclass(frozen=True, slots=True)
class Screen:
    """What the same phones show: the channels by name, what each message costs, the messages."""

    channels: str
    costs: list[str]
    shown: Shown


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of the entry, and what it looks like."""

    label: str
    is_said: bool
    examples: list[str]
    screens: list[Screen]


def preview_page(site: Site, views: Blueprint, signed_in: Decorator) -> None:
    """Add the page to the console's."""
    kept: dict[int, Voice] = {}

    def in_service() -> Voice | None:
        placed = versions.in_service(site.store.database)
        if placed is None:
            return None
        if placed.version not in kept:
            kept.clear()  # one version is in service
            kept[placed.version] = _voice(site, placed.version)
        return kept[placed.version]

    @views.get("/preview")
    @signed_in
    def preview(who: str) -> Any:
        voice = in_service()
        if voice is None:
            return Response(
                beside(site, who, "console/preview.html", flash="Nothing is in service yet.", names=[]), 503
            )
        names = known_names(voice.library)
        entry = request.args.get("entry", "") or (_BEGIN if _BEGIN in names else names[0])
        language = request.args.get("language", "")
        state = request.args.get("state", "")
        flash = _why_not(entry, language, state, names, site.config.languages)
        asked = Asked(
            voice=voice,
            facts=OfficialFacts(site.config.is_practice, site.store.facts.records()),
            now=site.now(),
            channels=CAPABILITIES,
            languages=[language or site.config.languages[0]],
            state=state or None,
            topics=tuple(site.config.settings.conversation.topics),
            is_first=request.args.get("first") == "1",
        )
        page = beside(
            site,
            who,
            "console/preview.html",
            flash=flash,
            names=sorted(names),
            entry=entry,
            language=asked.languages[0],
            offered=[(code, LANGUAGES.get(code, code)) for code in site.config.languages],
            state=state,
            states=sorted((one.name, code) for code, one in states().items()),
            first=asked.is_first,
            wordings=[] if flash else list(_wordings(entry, asked, site.config.settings.sms.price_per_segment)),
        )
        return Response(page, 404 if flash else 200)


def _voice(site: Site, version: int) -> Voice:
    library, _ = read_library(versions.files_of(site.store.database, version) or {})
    config = site.config
    wait = config.settings.desk.usual_wait_minutes
    links = Links(site.store.hash_key, config.public_base_url)
    return Voice(library, config.organisation, config.languages, config.hours, wait, version=version, links=links)


def _why_not(entry: str, language: str, state: str, names: list[str], offered: tuple[str, ...]) -> str:
    """Return what is wrong with an address that nobody has chosen from the lists."""
    if entry not in names:
        return f"No entry or form is called '{entry[:60]}'.{did_you_mean(entry[:60], names)}"
    if language and language not in offered:
        return f"'{language[:20]}' is not offered to voters."
    if state and state not in states():
        return f"'{state[:20]}' is no state."
    return ""


def _wordings(entry: str, asked: Asked, price: float) -> Iterator[Wording]:
    for label, rows in groupby(previews(entry, asked), lambda one: one.wording):
        shown = list(rows)
        examples = list(dict.fromkeys(example for one in shown for example in one.examples))
        screens = [_screen(same, price) for same in alike(shown)]
        yield Wording(label, any(one.is_said for one in shown), examples, screens)


def _screen(same: list[Shown], price: float) -> Screen:
    names = [CHANNELS.get(one.channel) or _OTHERS.get(one.channel, one.channel) for one in same]
    return Screen(", ".join(names), [cost_in_words(bubble, price) for bubble in same[0].bubbles], same[0])
