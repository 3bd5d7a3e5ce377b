"""What the engine learns of the staff's files: danger words, keywords, forms, teams; no texts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from support.staff import sound

from bot.content.book import danger_pattern, playbook
from bot.content.library import read_library
from bot.engine.playbook import Done, Entry, Form, Outcome, Playbook, SlotQuestion, Team, Thresholds, Window


def book(text: str = "", form: str = "", **settings: object) -> Playbook:
    files = {**sound(), "responses/x.yml": text.encode(), "responses/forms/x.yml": form.encode()}
    library, troubles = read_library(files)
    assert [str(trouble) for trouble in troubles] == []
    wanted = {"languages": ("en", "es"), "topics": ("sign_up", "gone"), "thresholds": Thresholds(), **settings}
    return playbook(library, **wanted)  # type: ignore[arg-type]


DANGER = [
    ("intimidat*", "they INTIMIDATED me", True),
    ("intimidat*", "intimidating", True),
    ("intimidat*", "unintimidated", False),
    ("turned away", "I was Turned  Away!", True),
    ("turned away", "turned\naway", True),
    ("turned away", "turned awayish", False),
    ("turned away", "returned away", False),
    ("turned away", "turned me away", False),
    ("turned * away", "turned me away", True),
    ("not lettin* * vote", "they not letting us vote", True),
    ("not lettin* * vote", "they not lettin me and him vote", False),
    ("no me dejan votar", "NO ME DEJAN VOTAR", True),
    ("sin mí", "mejor SIN MÍ", True),
    ("don't want to live", "i don't want to live", True),
    ("dr. who", "drx who", False),
    ("(help)", "x(help)", False),
]


@pytest.mark.parametrize("words, text, found", DANGER, ids=[f"{words} in {text!r}" for words, text, _ in DANGER])
def test_danger_words_are_found_as_whole_words_whatever_their_case(words: str, text: str, found: bool) -> None:
    known = book(f'crisis: {{text: {{en: A, es: B}}, always: ["{words}"]}}\n')
    assert (known.danger_in(text) == "crisis") is found


def test_a_pattern_takes_its_words_literally_but_for_the_star() -> None:
    assert danger_pattern("no me dejan vot*") == r"\bno\s+me\s+dejan\s+vot\w*"
    assert danger_pattern("Turned Away") == r"\bturned\s+away\b"


def test_the_graver_danger_is_heard_first_whatever_the_order_of_the_files() -> None:
    known = book(
        "zoo: {text: {en: A, es: B}, always: [help me now]}\n"
        "abuse: {text: {en: A, es: B}, always: [help me now]}\n"
        "speak_to_human: {text: {en: A, es: B}, always: [help me now]}\n"
        "voting_problem: {text: {en: A, es: B}, always: [help me now]}\n"
        "crisis: {text: {en: A, es: B}, always: [kill myself]}\n"
    )
    order = [entry for _, entry in known.danger]
    assert order == ["crisis", "voting_problem", "speak_to_human", "abuse", "zoo"]
    assert known.danger_in("help me now or i kill myself") == "crisis"
    assert known.danger_in("please help me now") == "voting_problem"
    assert known.danger_in("nothing of the kind") is None


def test_keywords_are_looked_up_as_whole_messages_in_any_case() -> None:
    known = book('who: {text: {en: A, es: B}, keywords: [SPONSOR, "*", Olvídelo]}\n')
    assert known.keywords == {"sponsor": "who", "*": "who", "olvídelo": "who"}


def test_an_entry_keeps_where_it_leads_and_who_takes_over() -> None:
    known = book(
        "a: {form: joining, hand_off: {team: protect, priority: urgent}}\n"
        "b: {go: welcome}\n"
        "c:\n"
        "  text: {en: [A, B], es: C}\n"
        "  title: {en: C, es: C}\n"
        "  buttons:\n"
        "    - {label: {en: A, es: B}, go: welcome}\n"
        "    - {label: {en: A, es: B}, url: 'https://example.org'}\n"
        "    - {label: {en: A, es: B}, go: sign_up}\n"
    )
    assert known.entries["a"] == Entry("a", form="joining", hand_off=Team("protect", "urgent"), is_trouble=True)
    assert known.entries["b"] == Entry("b", go="welcome")
    assert known.entries["c"] == Entry("c", choices=("welcome", "sign_up"))
    assert known.titles["c"] == {"en": "C", "es": "C"}
    assert "welcome" not in known.titles
    assert known.varied == {"c"}


def test_a_window_is_local_to_the_desk_and_a_day_without_a_time_counts_to_its_end() -> None:
    valid = "{from: 2026-10-01, until: 2026-11-03, then: welcome}"
    zone = ZoneInfo("America/New_York")
    known = book(f"c: {{text: {{en: A, es: B}}, does: ask, footer: welcome, valid: {valid}}}\n", zone=zone)
    opens, closes = datetime(2026, 10, 1, 4, tzinfo=UTC), datetime(2026, 11, 4, 5, tzinfo=UTC)
    assert known.entries["c"] == Entry("c", window=Window(opens, closes, "welcome"), asks=True, footer="welcome")


def test_whoever_has_had_trouble_is_asked_for_nothing() -> None:
    known = book("complaint: {text: {en: A, es: B}}\nsign: {text: {en: A, es: B}, hand_off: {team: general}}\n")
    assert [known.entries[name].is_trouble for name in ("complaint", "sign", "stop_confirmed")] == [True, False, True]


def test_variants_under_a_condition_count_as_variants() -> None:
    known = book("c:\n  text: {en: A, es: B}\n  when: [{if: {state: OH}, text: {en: A, es: [B, C]}}]\n")
    assert known.varied == {"c"}


def test_a_form_keeps_its_questions_their_ends_and_what_its_confirmation_repeats() -> None:
    known = book(
        "f: {form: f, keywords: [F]}\n",
        "f:\n"
        "  expires: {sms: 24h, web: 30m}\n"
        "  keep: 30d\n"
        "  ask:\n"
        "    - {slot: address, type: us_address, also: [state, zip], label: {en: a}, prompt: {en: A}, tries: 3}\n"
        "    - slot: what\n"
        "      type: choice\n"
        "      label: {en: a}\n"
        "      prompt: {en: A}\n"
        "      options: [{name: doors, label: {en: Doors, es: Casas}}, {name: calls, label: {en: Calls, es: Tel}}]\n"
        "    - {slot: zip, type: zip, label: {en: a}, prompt: {en: A}}\n"
        "  confirm: {en: '{{ slot.address }}: right?', es: '{{ slot.zip }}'}\n"
        "  done:\n"
        "    do: look_up_polling_place\n"
        "    reply: welcome\n"
        "    hand_off: {team: volunteers}\n"
        "    not_found: {reply: apology, hand_off: {team: general, priority: urgent}}\n"
        "  brief: welcome\n",
    )
    doors = {"en": "Doors", "es": "Casas"}
    assert known.forms["f"] == Form(
        name="f",
        ask=(
            SlotQuestion("address", "us_address", 3, ("state", "zip")),
            SlotQuestion("what", "choice", 2, options={"doors": doors, "calls": {"en": "Calls", "es": "Tel"}}),
            SlotQuestion("zip", "zip"),
        ),
        done=Done(
            found=Outcome("welcome", Team("volunteers")),
            do="look_up_polling_place",
            not_found=Outcome("apology", Team("general", "urgent")),
        ),
        confirm=("address", "zip"),
        expires={"sms": timedelta(hours=24), "web": timedelta(minutes=30)},
        brief="welcome",
        keep=timedelta(days=30),
    )


def test_the_settings_that_decide_are_handed_through_and_a_topic_that_is_gone_is_left_out() -> None:
    known = book(
        answer_stopped=False,
        hold=timedelta(seconds=1),
        lease=timedelta(minutes=2),
        fallback_team="night",
        thresholds=Thresholds(answer=0.9),
    )
    assert (known.languages, known.topics, known.thresholds.answer) == (("en", "es"), ("sign_up",), 0.9)
    assert (known.answer_stopped, known.hold, known.lease, known.fallback_team) == (
        False,
        timedelta(seconds=1),
        timedelta(minutes=2),
        "night",
    )
