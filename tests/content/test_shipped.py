"""The shipped files: every intent answered and taught in both languages, nothing about voting but official links."""

import re
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache

import pytest
from support.processes import ROOT

from bot.app import content_of
from bot.channel import CAPABILITIES
from bot.civic.facts import OfficialFacts
from bot.civic.states import state_file
from bot.config import load
from bot.content.check import Checked, check
from bot.content.examples import OUT_OF_SCOPE
from bot.content.files import staff_files
from bot.content.template import names_in
from bot.content.texts import VOTING
from bot.content.voice import Voice
from bot.engine.decision import Ask, Disclose, Say, Step
from bot.engine.segments import segments
from bot.engine.thread import Thread
from bot.ports import LINK_KEYS, Said

INTENTS = frozenset(
    """
    register_to_vote check_registration registration_deadline voter_eligibility polling_place voting_hours early_voting
    mail_ballot ballot_status voter_id sample_ballot ride_to_polls voting_accessibility voting_problem rumor_check
    election_results not_voting
    candidate_info issue_position endorsements events donate donation_problem volunteer yard_sign contact_campaign
    express_support express_opposition undecided media_inquiry voted
    share_opinion constituent_service complaint volunteer_points
    greet thanks goodbye affirm deny help speak_to_human are_you_a_bot who_is_this language_preference subscribe_updates
    opt_out contact_preference opt_in wrong_number privacy_request abuse crisis
    """.split()
)
"""Copied from `intents.md`: names are final."""
LANGUAGES = ("en", "es")
OPEN, CLOSED = datetime(2026, 10, 30, 16, tzinfo=UTC), datetime(2026, 10, 30, 3, tzinfo=UTC)
STATES: tuple[str | None, ...] = (None, *state_file().states)
URL = re.compile(r"https?://[^\s]+")
LITERAL = re.compile(r"\d{3}|\d:\d|\d\s?[ap]\.?m|\d/\d|\d de [a-z]")
TWO = {"first": "x", "second": "y"}
SLOTS = {"name": "Maximiliana Fernández-Villanueva", "address": "1234 Martin Luther King Jr Blvd Apt 12B, 62701"}


@cache
def shipped() -> Checked:
    return check(staff_files(ROOT), LANGUAGES, tuple(load({}, ROOT).settings.conversation.topics))


@cache
def voice() -> Voice:
    return content_of(load({}, ROOT), shipped().library, 1).voice


def said(
    *decisions: object, language: str, state: str | None = None, hotline: bool = True, now: datetime = OPEN
) -> tuple[Said, ...]:
    thread = Thread(1, "sms", language, known={"state": state} if state else {})
    step = Step(thread, tuple(decisions))  # type: ignore[arg-type]
    return voice().say(step, OfficialFacts(practice=hotline), CAPABILITIES["sms"], now)


def test_the_check_finds_no_error_and_no_warning() -> None:
    assert [str(trouble) for trouble in shipped().troubles] == []


def test_every_intent_is_answered_and_no_other_is_taught() -> None:
    taught = {example.intent for example in shipped().examples} - {OUT_OF_SCOPE}  # strays make no intent
    assert (taught, INTENTS - shipped().library.entries.keys()) == (INTENTS, frozenset())


@pytest.mark.parametrize("language, least", [("en", 20), ("es", 10)])
def test_every_intent_is_taught_by_enough_examples(language: str, least: int) -> None:
    counts = dict.fromkeys({*INTENTS, OUT_OF_SCOPE}, 0)
    for example in shipped().examples:
        counts[example.intent] += example.language == language
    assert {intent: count for intent, count in counts.items() if count < least} == {}


def test_no_two_entries_say_the_same() -> None:
    said_by = defaultdict(set)
    for name, placed in shipped().library.entries.items():
        for wordings in (placed.spec.text or {}, *(when.text for when in placed.spec.when)):
            for language, texts in wordings.items():
                for text in [texts] if isinstance(texts, str) else texts:
                    said_by[language, " ".join(text.casefold().split())].add(name)
    assert {text: names for text, names in said_by.items() if len(names) > 1} == {}


def spoken_about_voting() -> list[str]:
    """Return the entries whose texts answer the voting intents: their own, or those that their form ends in."""
    library = shipped().library
    found = []
    for intent in sorted(VOTING):
        form = library.forms.get(library.entry(intent).form or "")
        found += [intent] if form is None else [str(form.spec.brief)]
    return sorted(set(found))


def spoken_after_a_look_up() -> list[str]:
    """Return the entries that a look-up of a polling place ends in; they know the state."""
    forms = [placed.spec for placed in shipped().library.forms.values() if placed.spec.done.do is not None]
    return sorted({name for form in forms for name in form.done.replies()})


def official(fact: str) -> str:
    """Return the page that a fact's id stands for, looked up in the product's own list."""
    place, _, name = fact.removeprefix("link:").partition(".")
    pages = state_file().links if place == "US" else state_file().states[place].links
    return pages[name].url


@pytest.mark.parametrize("hotline", [True, False], ids=["with hotline", "without hotline"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", spoken_about_voting())
def test_a_voting_answer_gives_official_links_and_nothing_literal(entry: str, language: str, hotline: bool) -> None:
    numbers = {fact.value["number"] for fact in state_file().hotlines.values()} if hotline else set()
    for state in STATES:
        (one,) = said(Say(entry), language=language, state=state, hotline=hotline)
        links = set(URL.findall(one.text))
        assert links == {official(fact) for fact in one.facts if fact.startswith("link:")}, (state, one.text)
        assert links <= {OfficialFacts(hotline).link(key, state).value for key in LINK_KEYS}, (state, one.text)
        assert all(link.startswith("https://") for link in links), one.text
        bare = URL.sub("", one.text).replace("911", "")
        for number in numbers:
            bare = bare.replace(number, "")
        assert LITERAL.search(bare) is None, (state, one.text)


@pytest.mark.parametrize("hotline", [True, False], ids=["with hotline", "without hotline"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", spoken_about_voting())
def test_a_voting_answer_costs_two_segments_and_three_with_the_disclosure(
    entry: str, language: str, hotline: bool
) -> None:
    how = {"language": language, "hotline": hotline, "now": CLOSED}
    for state in STATES:
        (one,) = said(Say(entry), state=state, **how)  # type: ignore[arg-type]
        (first,) = said(Disclose(), Say(entry), state=state, **how)  # type: ignore[arg-type]
        costs = segments(one.text), segments(first.text)
        assert (costs[0].count <= 2, costs[1].count <= 3) == (True, True), (state, costs, first.text)


LOOKED_UP = {
    "place": "Jefferson Middle School, 1200 Jefferson Ave, Riverton\n6:30 am - 7:30 pm",
    "places": "Jefferson Middle School, 1200 Jefferson Ave, Riverton\n6:30 am - 7:30 pm",
    "early": "Town Hall, 1 Main St, Riverton",
    "dropoff": "Town Hall, 1 Main St, Riverton",
    "election_name": "General Election",
    "elections": "1 General Election\n2 Riverton City Election",
}


@pytest.mark.parametrize("hotline", [True, False], ids=["with hotline", "without hotline"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", spoken_after_a_look_up())
def test_whatever_comes_of_a_look_up_ends_with_the_page_of_the_state(entry: str, language: str, hotline: bool) -> None:
    for state in STATES[1:]:
        assert state is not None
        slots = {**LOOKED_UP, "state": state}
        (one,) = said(Say(entry, slots=slots), language=language, hotline=hotline)
        page = OfficialFacts(practice=False).link("polling_place", state)
        assert (URL.findall(one.text), page.id in one.facts) == ([page.value], True)
        assert segments(one.text).count <= 2, one.text


def test_every_voting_answer_but_two_gives_a_link() -> None:
    without = {entry for entry in spoken_about_voting() if not said(Say(entry), language="en", hotline=False)[0].facts}
    assert without == {"not_voting", "ride_to_polls"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_shows_braces_or_a_missing_value(language: str) -> None:
    library = shipped().library
    decisions: list[Say | Ask] = [
        Say(
            name,
            slots={
                **SLOTS,
                **LOOKED_UP,
                "state": "OH",
                "minutes": "10",
                "opening": "Monday 9:00 AM",
                "label": "x",
                "link": "x",
                "day": "Oct 3",
                "case": "4821",
                **TWO,
            },
        )
        for name, placed in library.entries.items()
        if placed.spec.text is not None
    ]
    slots = {**SLOTS, **LOOKED_UP}
    for name, placed in library.forms.items():
        decisions += [
            Ask(name, ask.slot, slots, how=how) for ask in placed.spec.ask for how in ("first", "retry", "back")
        ]
        decisions += [Ask(name, "confirmation", slots)] if placed.spec.confirm else []
    for decision in decisions:
        for state in (None, "OH"):
            for one in said(decision, language=language, state=state):
                shown = [one.text, *(button.label for button in one.buttons)]
                assert one.text.strip(), decision
                assert not [text for text in shown if "None" in text or "{" in text or "%}" in text], decision


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_title_fits_a_button(language: str) -> None:
    titles = {name: placed.spec.title.get(language, "") for name, placed in shipped().library.entries.items()}
    assert {name: title for name, title in titles.items() if len(title) > 25} == {}


def test_the_answer_that_follows_stop_asks_for_nothing() -> None:
    for language in LANGUAGES:
        (one,) = said(Say("stop_confirmed"), language=language)
        assert "Rivera for Riverton" in one.text
        assert not URL.search(one.text)
        assert not names_in(one.text)[0]
