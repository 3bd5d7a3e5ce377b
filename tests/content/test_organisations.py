"""The two example organisations, the campaign that is shipped and an office: complete, cheap, and each within its law."""

from datetime import UTC, datetime
from functools import cache

import pytest
from support.processes import ROOT

from bot.app import content_of
from bot.civic.facts import OfficialFacts
from bot.civic.states import state_file
from bot.config import Config, load
from bot.content.check import Checked, check
from bot.content.examples import OUT_OF_SCOPE
from bot.content.files import overlooked_files, staff_files
from bot.content.spoken import spoken
from bot.content.voice import Voice
from bot.engine.decision import Ask, HandOff, Say, Step
from bot.engine.segments import folded, segments
from bot.engine.thread import Thread
from bot.stage.stage import CAPABILITIES

OFFICE = ROOT / "docs" / "examples" / "office"
HOMES = {"campaign": ROOT, "office": OFFICE}
SLOTS = {
    "name": "Maximiliana Reyes",
    "zip": "62701",
    "address": "1234 Martin Luther King Jr Blvd, 62701",
    "minutes": "10",
    "opening": "Monday 9:00 AM",
    "label": "your ZIP code",
    "link": "https://t.me/rivera_bot",
    "day": "Oct 3",
    "first": "When to vote",
    "second": "Vote early",
    "case": "4821",
}
OPEN, CLOSED = datetime(2026, 10, 30, 16, tzinfo=UTC), datetime(2026, 10, 30, 3, tzinfo=UTC)
organisations = pytest.mark.parametrize("kind", HOMES)
languages = pytest.mark.parametrize("language", ["en", "es"])


@cache
def config(kind: str) -> Config:
    return load({}, HOMES[kind])


@cache
def checked(kind: str) -> Checked:
    one = config(kind)
    topics = tuple(one.settings.conversation.topics)
    overlooked = overlooked_files(one.staff)
    return check(staff_files(one.staff), one.languages, topics, kind=one.organisation.kind, overlooked=overlooked)


@cache
def voice(kind: str) -> Voice:
    return content_of(config(kind), checked(kind).library, 1).voice


@organisations
def test_the_check_finds_nothing(kind: str) -> None:
    assert (config(kind).organisation.kind, config(kind).staff) == (kind, HOMES[kind])
    assert [str(trouble) for trouble in checked(kind).troubles] == []


@organisations
def test_every_intent_has_an_answer(kind: str) -> None:
    intents = {example.intent for example in checked(kind).examples} - {OUT_OF_SCOPE}
    assert intents - checked(kind).library.entries.keys() == set()


@organisations
def test_every_form_that_calls_people_ends_with_the_case_number(kind: str) -> None:
    library = checked(kind).library
    forms = [
        placed.spec.done for placed in library.forms.values() if placed.spec.done.hand_off and not placed.spec.done.do
    ]
    receipts = {str(done.reply): library.entry(str(done.reply)) for done in forms}
    silent = {
        name for name, entry in receipts.items() for text in (entry.text or {}).values() if "slot.case" not in text
    }
    assert (len(receipts) >= len(forms) >= 5, silent) == (True, set())


@organisations
def test_every_form_is_short_and_says_how_to_answer(kind: str) -> None:
    forms = checked(kind).library.forms
    assert {name: len(placed.spec.ask) for name, placed in forms.items() if len(placed.spec.ask) > 4} == {}
    assert [ask.slot for placed in forms.values() for ask in placed.spec.ask if not ask.retry] == []


@organisations
def test_an_opinion_asks_one_thing_beside_itself(kind: str) -> None:
    first, *others = checked(kind).library.forms["share_opinion"].spec.ask
    assert (first.said_first, len(others)) == (True, 1)


@languages
@organisations
@pytest.mark.parametrize("now", [OPEN, CLOSED], ids=["open", "closed"])
def test_every_text_costs_two_segments_at_most(kind: str, language: str, now: datetime) -> None:
    library, dear = checked(kind).library, {}
    # What a look-up leads to has a test of its own: tests/work/test_look_ups.py.
    looked_up = {name for form in library.forms.values() if form.spec.done.do for name in form.spec.done.replies()}
    told = [name for name, one in library.entries.items() if one.spec.text and name not in looked_up]
    asked = [(name, ask.slot) for name, form in library.forms.items() for ask in form.spec.ask if not ask.on_request]
    decisions: list[Say | Ask] = [Say(name, slots=SLOTS) for name in told]
    for name, slot in asked:
        decisions += [Ask(name, slot, SLOTS), Ask(name, slot, SLOTS, how="retry")]
    by_state = [one for one in decisions if isinstance(one, Say) and library.entry(one.entry).when]
    for state in (None, *state_file().states):
        thread = Thread(1, "sms", language, known={"state": state} if state else {})
        for decision in by_state if state else decisions:
            name = decision.entry if isinstance(decision, Say) else f"{decision.form}.{decision.slot}"
            step = Step(thread, (decision, HandOff("general", "x")))
            for one in voice(kind).say(step, OfficialFacts(practice=True), CAPABILITIES["sms"], now):
                if (cost := segments(one.text).count) > 2:
                    dear[name, state] = (cost, one.text)
    assert dear == {}


@organisations
def test_spanish_is_in_the_alphabet_of_text_messages(kind: str) -> None:
    library = checked(kind).library
    dear = []
    for said in spoken(library):
        short = said.keys[0] == "text" and "es" in getattr(said.spec, "sms", {})
        if said.language == "es" and not said.is_label and "label" not in said.keys and not short:
            dear += [(said.owner, folded(said.text))] if segments(folded(said.text)).culprit else []
    assert dear == []


# --- the office (C35) -------------------------------------------------------------------------------------------------


def with_word(text: str) -> list[str]:
    raw = f"x:\n  keywords: [ZEBRA]\n  text:\n    en: '{text}'\n    es: Bueno.\n"
    files = staff_files(OFFICE) | {"responses/x.yml": raw.encode()}
    found = check({name: files[name] for name in files if not name.startswith("intents/")}, ("en", "es"), kind="office")
    return [trouble.code for trouble in found.troubles if trouble.mark.file == "responses/x.yml"]


@pytest.mark.parametrize(
    "text",
    [
        "Give here: {{ org.donate }}",
        "Join us: {{ org.volunteer }}",
        "Chip in today",
        "Ask the campaign",
        "Vote for Luis",
        "Get a yard sign",
        "Who endorsed us",
        "Hable con la campaña",
        "Vote por Luis",
        "Pida un letrero",
    ],
)
def test_c35_an_office_may_not_ask_for_money_or_speak_of_a_race(text: str) -> None:
    assert "C810" in with_word(text)


@pytest.mark.parametrize("text", ["Vote por correo", "How to vote by mail", "Elections are run by the county"])
def test_c35_an_office_may_say_how_to_vote(text: str) -> None:
    assert with_word(text) == []


@languages
def test_c35_what_an_office_says_names_no_link_for_gifts_or_races(language: str) -> None:
    texts = {said.owner: said.text for said in spoken(checked("office").library) if said.language == language}
    assert {owner for owner, text in texts.items() if "org.donate" in text or "org.volunteer" in text} == set()
    offered = {name for name, placed in checked("office").library.entries.items() if placed.spec.title}
    assert (
        offered & {"donate", "donation_problem", "endorsements", "yard_sign", "volunteer", "express_support"} == set()
    )
