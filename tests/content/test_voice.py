"""Decisions into words: the disclosure, variants, conditions, waits, facts; nothing that has no value is ever said."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from support.facts import HOURS, OHIO, PAGE, checked, records
from support.voices import BUTTONS, FRIDAY_NOON, OPEN, ORGANISATION, PLAIN, Facts, Silence, voice

from bot.channel import Capabilities
from bot.civic.facts import OfficialFacts
from bot.content.signed import Links
from bot.content.voice import NotSayable
from bot.engine.decision import Ask, AskYesNo, Complete, Disclose, HandOff, Offer, Purpose, Relay, Say, Step
from bot.engine.gate import CONFIRM_WITHIN
from bot.engine.thread import Asking, Choosing, Thread
from bot.message import Button
from bot.official import Fact, Freeze, LinkOnly
from bot.ports import Said


def thread(**fields: Any) -> Thread:
    return Thread(**{"id": 1, "channel": "sms", "language": "en", **fields})


def said(*decisions: Any, on: Thread | None = None, can: Capabilities = PLAIN, **settings: Any) -> tuple[Said, ...]:
    facts, now = settings.pop("facts", Facts()), settings.pop("now", FRIDAY_NOON)
    return voice(**settings).say(Step(on or thread(), decisions), facts, can, now)


def texts(*decisions: Any, **settings: Any) -> list[str]:
    return [one.text for one in said(*decisions, **settings)]


# --- the disclosure ---------------------------------------------------------------------------------------------------


def test_c28_the_disclosure_is_one_message_with_what_is_said_first() -> None:
    assert texts(Disclose(), Say("thanks"), Say("named", slots={"name": "Ana"})) == [
        "A machine of Rivera.\nOne",
        "Thanks, Ana (Ana).",
    ]


def test_c28_help_in_danger_to_life_comes_before_the_disclosure() -> None:
    assert texts(Disclose(), Say("crisis", purpose=Purpose.CRISIS)) == ["Call 988.\nA machine of Rivera."]


def test_c28_the_disclosure_is_in_the_voters_language() -> None:
    assert texts(Disclose(), Say("thanks"), on=thread(language="es")) == ["Una máquina de Rivera.\nUno"]


def test_c28_the_disclosure_stands_before_a_shorter_text_too() -> None:
    ohio = thread(known={"state": "OH"})
    (one,) = texts(Disclose(), Say("voting"), on=ohio)
    assert one.startswith("A machine of Rivera. OH https://oh.gov/register")


def test_decisions_that_say_nothing_say_nothing() -> None:
    assert texts(Complete("visit", {}), HandOff("general", "x")) == []


# --- which wording ----------------------------------------------------------------------------------------------------


def test_variants_are_said_in_turn_and_then_again() -> None:
    heard = [texts(Say("thanks"), on=thread(said={"thanks": times}))[0] for times in (1, 2, 3, 4, 5)]
    assert heard == ["One", "Two", "Three", "One", "Two"]
    assert texts(Say("thanks"), on=thread(language="es", said={"thanks": 3})) == ["Uno"]
    assert texts(Say("thanks")) == ["One"]


STATES = [
    (None, {}, "Everywhere: https://us.gov/register"),
    ("TX", {}, "In Texas: https://tx.gov/register"),
    ("OH", {}, "Ohio only: https://oh.gov/register"),
    ("TX", {"state": "OH"}, "Ohio only: https://oh.gov/register"),
]


@pytest.mark.parametrize(
    "known, slots, text", STATES, ids=["none", "any", "its own", "the form's before the known one"]
)
def test_the_first_wording_whose_state_fits_is_said(known: str | None, slots: dict[str, str], text: str) -> None:
    on = thread(known={"state": known} if known else {})
    assert said(Say("voting", slots=slots), on=on, can=BUTTONS)[0].text == text


def test_a_channel_that_charges_by_segment_gets_the_shorter_text() -> None:
    assert texts(Say("voting"), on=thread(known={"state": "OH"}))[0].startswith("OH https://oh.gov/register")


def test_without_its_fact_an_entry_says_its_fallback() -> None:
    assert texts(Say("trouble")) == ["Call 555."]
    assert texts(Say("trouble"), facts=Silence()) == ["No number. https://us.gov/register"]


def test_a_language_that_a_text_lacks_falls_back_to_the_first_one_offered() -> None:
    assert texts(Say("thanks"), on=thread(language="vi")) == ["One"]


def test_buttons_lead_to_an_entry_or_to_a_link_that_is_filled_in() -> None:
    (one,) = said(Say("voting"), on=thread(language="es"), can=BUTTONS)
    assert one.buttons == (Button("Unirse", "go:sign_up"), Button("Sitio", url="https://us.gov/polling_place"))


# --- questions --------------------------------------------------------------------------------------------------------


def test_a_question_is_put_anew_again_after_a_mistake_and_on_the_way_back() -> None:
    hows = [Ask("visit", "address", {}, how=how) for how in ("first", "retry", "corrected", "back")]
    assert [texts(ask)[0] for ask in hows] == ["Where?", "Sorry, where?", "Where?", "Back to your address. Where?"]
    (one,) = said(hows[3], on=thread(language="es"))
    assert (one.text, one.asks, one.entry) == ("Sigamos con su domicilio. ¿Dónde?", "address", "visit")


def test_a_question_without_other_words_repeats_its_own() -> None:
    assert texts(Ask("visit", "how", {}, how="retry"))[0].startswith("How?")


def test_yes_and_no_are_buttons_where_there_are_some_and_words_elsewhere() -> None:
    ask = Ask("visit", "confirmation", {"address": "12 Oak St"})
    assert texts(ask) == ["12 Oak St?"]
    (one,) = said(ask, can=BUTTONS)
    assert (one.asks, one.buttons) == ("confirmation", (Button("affirm", "yes"), Button("deny", "no")))
    assert said(Ask("visit", "yes", {}), can=BUTTONS)[0].buttons == one.buttons


def test_options_are_buttons_or_numbers() -> None:
    ask = Ask("visit", "how", {})
    assert texts(ask) == ["How?\nReply 1 for Doors, 2 for Calls"]
    assert said(ask, can=BUTTONS)[0].buttons == (Button("Doors", "doors"), Button("Calls", "calls"))


def test_an_offer_shows_the_titles_of_what_it_offers() -> None:
    offer = Offer(("sign_up", "affirm"), "close")
    assert texts(offer) == ["Which?\nReply 1 for Join, 2 for affirm"]
    assert texts(replace(offer, why="rephrase"), on=thread(language="es")) == [
        "¿Otra vez?\nResponda 1 para Unirse, 2 para affirm"
    ]


@pytest.mark.parametrize(
    "question, text",
    [
        (None, "Reply 1 for Join"),
        (Choosing("entry", ("sign_up",), FRIDAY_NOON), "Reply 1 for Join"),
        (Choosing("resume", ("visit",), FRIDAY_NOON), None),
        (Asking("visit", "how", {}, FRIDAY_NOON), None),
    ],
    ids=["no question", "its own choice", "yes or no", "a form"],
)
def test_a_number_that_would_answer_something_else_is_not_offered(question: Any, text: str | None) -> None:
    on = thread(question=question)
    (plain,), (pressed,) = said(Say("voting"), on=on), said(Say("voting"), on=on, can=BUTTONS)
    last = plain.text.splitlines()[-1]
    assert (last if "Reply" in last else None) == text
    assert [button.label for button in pressed.buttons] == ["Join", "Site"]


@pytest.mark.parametrize("slot, text", [("address", "Go on with your address?"), ("confirmation", "Go on with it?")])
def test_going_on_with_a_form_names_what_was_asked(slot: str, text: str) -> None:
    on = thread(aside=(Asking("visit", slot, {}, FRIDAY_NOON),))
    (one,) = said(AskYesNo("resume"), on=on, can=BUTTONS)
    assert (one.text, one.asks, [button.payload for button in one.buttons]) == (text, "confirmation", ["yes", "no"])


# --- waits ------------------------------------------------------------------------------------------------------------

CLOSED = FRIDAY_NOON + timedelta(hours=12)
WAITS = {
    "open": ({}, "A person (within 10 minutes).", "Una persona (en 10 minutos)."),
    "open, with a long queue": ({"usual_wait_minutes": 121}, "A person (today).", "Una persona (hoy)."),
    "open, with two hours": (
        {"usual_wait_minutes": 120},
        "A person (within 120 minutes).",
        "Una persona (en 120 minutos).",
    ),
    "closed over the weekend": (
        {"now": CLOSED},
        "A person (when we open: Monday 9:00 AM).",
        "Una persona (al abrir: lunes 09:00).",
    ),
    "closed on a holiday, too": (
        {"now": CLOSED, "hours": replace(OPEN, closed=frozenset({date(2026, 11, 2)}))},
        "A person (when we open: Tuesday 9:00 AM).",
        "Una persona (al abrir: martes 09:00).",
    ),
    "never open": ({"hours": replace(OPEN, week={})}, "A person (today).", "Una persona (hoy)."),
}


@pytest.mark.parametrize("settings, english, spanish", WAITS.values(), ids=WAITS.keys())
def test_who_waits_for_a_person_is_told_how_long(settings: dict[str, Any], english: str, spanish: str) -> None:
    assert texts(Say("handed_off"), **settings) == [english]
    assert texts(Say("handed_off"), on=thread(language="es"), **settings) == [spanish]


# --- a person's words, facts, and what has no value -------------------------------------------------------------------


@pytest.mark.parametrize("introduce, text", [(True, "Hi, this is Maria. Hello!"), (False, "Hello!")])
def test_c30_a_persons_first_words_say_who_writes(introduce: bool, text: str) -> None:
    relay = Relay("Hello!", "maria", "Maria", introduce=introduce, hold_until=FRIDAY_NOON)
    (one,) = said(relay, can=BUTTONS)
    assert (one.text, one.who, one.purpose, one.hold_until, one.entry) == (
        text,
        "maria",
        Purpose.PERSON,
        FRIDAY_NOON,
        "",
    )


def test_a_persons_words_are_no_template() -> None:
    relay = Relay("{{ org.name }} {% raw %}", "maria", "Maria", introduce=False, hold_until=FRIDAY_NOON)
    assert texts(relay) == ["{{ org.name }} {% raw %}"]


def test_the_log_learns_entry_language_version_and_the_facts_that_were_used() -> None:
    (one,) = said(Say("voting"), on=thread(language="es", known={"state": "TX"}), can=BUTTONS)
    assert replace(one, text="", buttons=()) == Said(
        text="",
        who="bot",
        purpose=Purpose.ANSWER,
        entry="voting",
        language="es",
        facts=("link:TX.register", "link:TX.polling_place"),
        content_version=7,
    )


def test_c12_only_a_confirmation_of_a_stop_has_a_last_moment() -> None:
    heard = FRIDAY_NOON - timedelta(minutes=1)
    stop = said(Say("stop_confirmed", purpose=Purpose.CONFIRM_STOP), on=thread(heard_at=heard))[0]
    start = said(Say("start_confirmed", purpose=Purpose.CONFIRM_START), on=thread(heard_at=heard))[0]
    assert (stop.leaves_by, start.leaves_by) == (heard + CONFIRM_WITHIN, None)


def test_a_text_without_its_value_is_not_said() -> None:
    with pytest.raises(NotSayable, match="'named': 'dict object' has no attribute 'name'"):
        said(Say("named"))


def test_a_hotline_that_may_not_be_said_is_not_sayable() -> None:
    spoken = voice()
    entry = spoken.library.entries["trouble"]
    spoken.library.entries["trouble"] = replace(entry, spec=entry.spec.model_copy(update={"needs": []}))
    with pytest.raises(NotSayable, match="'trouble'"):
        spoken.say(Step(thread(), (Say("trouble"),)), Silence(), PLAIN, FRIDAY_NOON)


# --- facts ------------------------------------------------------------------------------------------------------------

OHIOAN = {"known": {"state": "OH"}}
CHECKED = OfficialFacts(
    practice=False,
    records=records(
        checks=[checked("OH", "poll_hours", HOURS), checked("OH", "voter_id", {"asked": "no"}, page=f"{PAGE}id")],
        elections=[OHIO],
    ),
)
SOURCE = f"\nA Oct 1 {PAGE}"


@pytest.mark.parametrize(
    "entry, state, text, facts",
    [
        ("hours", "OH", f"7:30 pm on Nov 3\nA Sep 20 {PAGE}", ["OH.poll_hours", "OH.election.day"]),
        ("hours", "TX", "Ask.", []),
        ("hours", None, "Ask.", []),
        ("id", "OH", f"No ID.\nA Oct 1 {PAGE}id", ["OH.voter_id"]),
        ("id", "TX", "Some ID.", []),
        ("rush", "OH", f"Until 7:30 pm{SOURCE}", ["OH.poll_hours"]),
        ("rush", "TX", "Look.", []),
        ("called", "OH", f"General election\nA Sep 20 {PAGE}", ["OH.election.name"]),
    ],
)
def test_c45_a_fact_is_said_while_it_may_be_with_the_day_and_page_of_its_oldest_check(
    entry: str, state: str | None, text: str, facts: list[str]
) -> None:
    (one,) = said(Say(entry), on=thread(known={"state": state} if state else {}), facts=CHECKED)
    assert (one.text, [fact.removeprefix("fact:").partition("@")[0] for fact in one.facts]) == (text, facts)


def test_a_fact_is_said_in_the_voter_s_language() -> None:
    (one,) = said(Say("hours"), on=thread(language="es", **OHIOAN), facts=CHECKED)
    assert one.text.startswith("7:30 pm, 3 de noviembre\n")
    (name,) = said(Say("called"), on=thread(language="es", **OHIOAN), facts=CHECKED)
    assert name.text.startswith("Elección general\n")


def test_a_frozen_fact_is_not_said_and_the_voter_learns_that_it_may_change() -> None:
    frozen = replace(CHECKED, records=replace(CHECKED.records, freezes={("OH", "poll_hours"): Freeze("court", None)}))
    (one,) = said(Say("rush"), on=thread(**OHIOAN), facts=frozen)
    assert (one.text, one.facts) == ("Look.\nFROZEN", ())


def test_a_page_in_another_language_is_named_once_and_never_on_a_button() -> None:
    (one,) = said(Say("voting"), on=thread(language="es", **OHIOAN), facts=CHECKED, can=BUTTONS)
    assert one.text.endswith("https://olvr.ohiosos.gov/ (inglés)")
    assert [button.url for button in one.buttons if button.url] == [CHECKED.link("polling_place", "OH").value]


# --- windows, footers, asks -------------------------------------------------------------------------------------------

CLOSES = datetime(2026, 11, 4, 1, tzinfo=UTC)
"""The third of November, 20:00 in New York."""
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "at, entry, text",
    [
        (datetime(2026, 10, 1, 4, tzinfo=UTC) - SECOND, "later", "Later."),
        (datetime(2026, 10, 1, 4, tzinfo=UTC), "dated", "Now."),
        (CLOSES - SECOND, "dated", "Now."),
        (CLOSES, "later", "Later."),
    ],
    ids=["before", "at its beginning", "at its end", "after"],
)
def test_an_entry_is_said_in_its_window_in_the_desks_zone(at: datetime, entry: str, text: str) -> None:
    (one,) = said(Say("dated"), now=at)
    assert (one.entry, one.text) == (entry, text)


def test_what_is_said_in_a_window_must_leave_within_it() -> None:
    (now,), (later,) = said(Say("dated")), said(Say("later"))
    assert (now.leaves_by, later.leaves_by) == (CLOSES - timedelta(microseconds=1), None)


def test_without_another_entry_the_fallback_is_said_alone() -> None:
    midnight = datetime(2026, 11, 4, 5, tzinfo=UTC)
    (before,), (after,) = (said(Say("brief"), now=at, can=BUTTONS) for at in (midnight - SECOND, midnight))
    assert [(one.text, len(one.buttons)) for one in (before, after)] == [("Soon.", 1), ("Over.", 0)]


def test_a_footer_stands_below_every_form_of_a_text() -> None:
    assert texts(Say("thanks", footer="later")) == ["One\nLater."]
    assert texts(Say("voting", footer="later"), on=thread(known={"state": "OH"}))[0].splitlines()[:2] == [
        "OH https://oh.gov/register",
        "Later.",
    ]
    (one,) = said(Say("thanks", footer="voting"))
    assert one.facts[0] == "link:None.register"


def test_what_may_not_ask_says_its_fallback_and_shows_no_button_that_asks() -> None:
    assert texts(Say("give")) == ["Please give."]
    assert texts(Say("give", asks=False)) == [ORGANISATION.website]
    shown = [said(Say("asked", asks=asks), can=BUTTONS)[0].buttons for asks in (True, False)]
    assert [[button.label for button in buttons] for buttons in shown] == [["Give", "Join"], ["Join"]]


# --- conditions -------------------------------------------------------------------------------------------------------


class ElectionDay(Facts):
    """Facts on the day of an election in Ohio."""

    def election_today(self, state: str | None, at: datetime) -> Fact | LinkOnly:
        return Fact("fact:OH.election.day@1", "2026-11-03") if state == "OH" else LinkOnly("missing")

    def say(self, state: str | None, key: str, at: datetime) -> Fact | LinkOnly:
        return self.election_today(state, at) if key == "election.day" else super().say(state, key, at)


NIGHT = FRIDAY_NOON + timedelta(hours=12)
PLACED = {
    "nothing known": ({}, {}, "Here."),
    "at night": ({}, {"now": NIGHT}, "At night."),
    "on the web": ({"channel": "web"}, {}, "Web."),
    "on the web at night: both conditions": ({"channel": "web"}, {"now": NIGHT}, "Web at night."),
    "election day": (
        {"channel": "web", "known": {"state": "OH"}},
        {"facts": ElectionDay()},
        "Today in Ohio, Nov 3.",
    ),
    "election day at night": ({"known": {"state": "OH"}}, {"facts": ElectionDay(), "now": NIGHT}, "Closed today."),
    "election day elsewhere": ({"known": {"state": "TX"}}, {"facts": ElectionDay()}, "Here."),
    "election day, state unknown": ({}, {"facts": ElectionDay()}, "Here."),
}


@pytest.mark.parametrize("on, settings, text", PLACED.values(), ids=PLACED.keys())
def test_a_wording_is_said_where_all_its_conditions_hold(
    on: dict[str, Any], settings: dict[str, Any], text: str
) -> None:
    assert texts(Say("placed"), on=thread(**on), **settings) == [text]


def test_the_election_that_decided_is_kept_with_the_message() -> None:
    (one,) = said(Say("placed"), on=thread(known={"state": "OH"}), facts=ElectionDay(), now=NIGHT)
    assert one.facts == ("fact:OH.election.day@1",)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "base, channel, shown",
    [("https://d.org", "sms", True), ("", "web", True), ("", "telegram", False)],
    ids=["with an address", "on our own page", "elsewhere without an address"],
)
def test_a_file_is_a_link_that_we_have_signed(base: str, channel: str, shown: bool) -> None:
    links = Links(b"key", base)
    (one,) = said(Say("mapped"), on=thread(channel=channel), can=BUTTONS, links=links)
    wanted = (Button("precincts.pdf", url=links.to("maps/precincts.pdf", FRIDAY_NOON)),)
    assert one.buttons == (wanted if shown else ())


def test_a_text_message_holds_the_link_itself() -> None:
    links = Links(b"key", "https://d.org")
    assert texts(Say("mapped"), links=links) == [f"Map.\nprecincts.pdf: {links.to('maps/precincts.pdf', FRIDAY_NOON)}"]
