"""What the check says of single texts: literal facts, names without a value, languages, length."""

import pytest
from support.staff import LANGUAGES, entry, sound, told, troubles

RESPONSES, FORMS = "responses/x.yml", "responses/forms/x.yml"


def of_text(text: str, name: str = "voter_id") -> list[str]:
    """Return the codes that a text of the entry `name` earns."""
    quoted = text.replace('"', '\\"')
    return [
        trouble.code
        for trouble in troubles({RESPONSES: f'{name}: {{text: {{en: "{quoted}", es: B}}, keywords: [Z]}}\n'})
        if trouble.code != "V123"  # only one of the two languages holds the text
    ]


LITERALS = [
    "https://vote.gov",
    "http://x.org/a",
    "www.vote.gov",
    "see vote.gov/register",
    "see USA.gov",
    "866-687-8683",
    "(866) 687-8683",
    "866.687.8683",
    "call 18666878683",
    "call 866-OUR-VOTE",
    "until 8 pm",
    "until 8:30",
    "until 8PM",
    "desde las 7 a. m.",
    "on November 3",
    "on Nov. 3rd",
    "by october the 5th",
    "the 3rd of November",
    "3 November",
    "el 3 de noviembre",
    "by 11/3",
    "by 11/03/2026",
    "by 2026-11-03",
]


@pytest.mark.parametrize("text", LITERALS)
def test_a_literal_fact_in_a_voting_answer_is_a_mistake(text: str) -> None:
    assert [code for code in of_text(text) if code != "X705"] == ["F301"]


@pytest.mark.parametrize("text", LITERALS)
def test_a_literal_elsewhere_is_none(text: str) -> None:
    assert [code for code in of_text(text, "campaign_talk") if code != "X705"] == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ link.polling_place }}",
        "In danger call 911, or 988 to talk.",
        "You may vote. March with us. Decide 3 things in the 2 marked boxes.",
        "1 of 2: bring it",
        "Reply 1 for yes",
        "the 50 states",
    ],
)
def test_what_only_looks_like_a_fact_is_none(text: str) -> None:
    assert of_text(text) == []


WHERE = {
    "in a variant": ("text: {en: [A, until 8 pm], es: B}", "2:18"),
    "in the shorter text": ("text: {en: A, es: B}\nsms: {en: until 8 pm, es: B}", "3:13"),
    "in what is said without facts": (
        "text: {en: A, es: B}\nneeds: [hotline.en]\nfallback: {en: until 8 pm, es: B}",
        "4:18",
    ),
    "under a condition": ("text: {en: A, es: B}\nwhen: [{if: {state: OH}, text: {en: until 8 pm, es: B}}]", "3:39"),
    "behind a button": ("text: {en: A, es: B}\nbuttons: [{label: {en: A, es: B}, url: 'https://x.org'}]", "3:42"),
}


@pytest.mark.parametrize("body, place", WHERE.values(), ids=WHERE.keys())
def test_every_text_of_an_entry_is_looked_at(body: str, place: str) -> None:
    found = troubles({RESPONSES: entry(body).replace("x:", "voter_id:", 1)})
    assert told(found) == [f"F301 {place}"]


def test_the_form_of_a_voting_answer_and_its_reply_are_voting_answers_too() -> None:
    form = "x:\n  ask: [{slot: name, type: name, label: {en: a, es: b}, prompt: {en: by 8 pm, es: B}}]\n  done: {reply: y}\n"
    files = {FORMS: form, RESPONSES: "polling_place: {form: x, keywords: [Z]}\ny: {text: {en: until 9 pm, es: B}}\n"}
    found = troubles(dict(files))
    assert [(trouble.code, trouble.mark.file) for trouble in found] == [("F301", FORMS), ("F301", RESPONSES)]


PAYER = sound()["responses/topics.yml"].decode().splitlines()[-1]
VALUED = {
    "a slot of a form, in the text that the form ends in": ("welcome", "{{ slot.name }}", []),
    "the same slot anywhere else": ("x", "{{ slot.name }}", ["V104"]),
    "a slot with something in its place": ("x", "{{ slot.name | default('friend') }}", []),
    "the wait, where people take over": ("hand", "{{ slot.wait }}", []),
    "the wait, where nobody does": ("x", "{{ slot.wait }}", ["V104"]),
    "the state, where none is the condition": ("x", "{{ slot.state }}", ["V104"]),
    "a hotline that is not among the needs": ("x", "{{ hotline.en }}", ["V104"]),
    "a hotline that is": ("needs", "{{ hotline.en }}", []),
    "a hotline in what is said without it": ("fallback", "{{ hotline.en }}", ["V104"]),
    "a fact that is not among the needs": ("x", "{{ fact.poll_hours.open }}", ["V104"]),
    "a fact that is needed by its text": ("fact", "{{ fact.poll_hours.open | time }}", []),
    "a fact that is needed by its condition": ("condition", "{{ fact.poll_hours.close | time }}", []),
    "a date that is needed by its condition": ("condition", "{{ election.day | date }}", []),
    "another date": ("condition", "{{ election.early_end | date }}", ["V104"]),
    "a fact that decides and is never said": ("x", "{{ fact.voter_id.asked }}", ["V102", "V104"]),
    "a link, which always has a value": ("x", "{{ link.register }}", []),
    "the voter's first name, which may be empty": ("x", "{{ voter.first_name }}", []),
    "a slot that no form asks for": ("x", "{{ slot.shoe_size }}", ["V102", "V104"]),
    "a whole group of names": ("x", "{{ slot }}", ["V102"]),
}


@pytest.mark.parametrize("where, text, expected", VALUED.values(), ids=VALUED.keys())
def test_a_name_has_a_value_when_its_text_is_said(where: str, text: str, expected: list[str]) -> None:
    words = f'{{en: "{text}", es: "{text}"}}'
    body = {
        "x": entry(f"text: {words}"),
        "hand": entry(f"text: {words}\nhand_off: {{team: general}}"),
        "needs": entry(f"text: {words}\nneeds: [hotline.en]\nfallback: {{en: A, es: B}}"),
        "fallback": entry(f"text: {{en: A, es: B}}\nneeds: [hotline.en]\nfallback: {words}"),
        "fact": entry(f"text: {words}\nneeds: [poll_hours]\nfallback: {{en: A, es: B}}"),
        "condition": entry(
            "text: {en: A, es: B}\nwhen:\n- if: {state: known, fact: {poll_hours.open: '06:30'}}\n"
            f"  needs: [election.day]\n  text: {words}"
        ),
        "welcome": f"welcome: {{text: {words}}}\nsign_up: {{title: {{en: Join, es: Unirse}}, form: joining}}\n{PAYER}",
    }[where]
    file = "responses/topics.yml" if where == "welcome" else RESPONSES
    found = [trouble.code for trouble in troubles({file: body})]
    assert sorted(found) == sorted(expected * len(LANGUAGES))


def test_the_state_has_a_value_where_it_is_the_condition() -> None:
    body = "text: {en: A, es: B}\nwhen: [{if: {state: known}, text: {en: '{{ slot.state }}', es: B}}]"
    assert troubles({RESPONSES: entry(body)}) == []


FORM = "x:\n  ask:\n    - {{slot: first, type: name, label: {{en: a, es: b}}, prompt: {{en: A, es: B}}}}\n{rest}  done: {{}}\n"


@pytest.mark.parametrize(
    "rest, expected",
    [
        ("    - {slot: b, type: zip, label: {en: a, es: b}, prompt: {en: '{{ slot.first }}', es: B}}\n", []),
        ("    - {slot: b, type: zip, label: {en: a, es: b}, prompt: {en: '{{ slot.b }}', es: B}}\n", ["V104"]),
        ("  confirm: {en: '{{ slot.first }}?', es: '{{ slot.first }}?'}\n", []),
        ("    - {slot: b, type: zip, label: {en: '{{ slot.first }}', es: b}, prompt: {en: A, es: B}}\n", ["V105"]),
        ("    - {slot: b, type: zip, label: {en: a}, prompt: {en: A, es: B}}\n", ["V120"]),
        ("  confirm: {en: A}\n", ["V120"]),
    ],
    ids=[
        "an earlier answer",
        "its own answer",
        "all answers in the confirmation",
        "a label",
        "no Spanish label",
        "half",
    ],
)
def test_a_question_names_only_what_was_answered_before(rest: str, expected: list[str]) -> None:
    files = {FORMS: FORM.format(rest=rest), RESPONSES: "way: {form: x, keywords: [Z]}\n"}
    assert [trouble.code for trouble in troubles(dict(files))] == expected


@pytest.mark.parametrize(
    "body, expected",
    [
        ("text: {en: A, es: B}\ntitle: {en: A}", ["V120 3:10"]),
        ("text: {en: A, es: B}\nsms: {es: A}", ["V120 3:8"]),
        ("text: {en: A, es: B}\nwhen: [{if: {state: OH}, text: {es: B}}]", ["V120 3:34"]),
        ("text: {en: A, es: B}\nwhen: [{if: {state: OH}, text: {en: A, es: B}, sms: {en: A}}]", ["V120 3:55"]),
        ("text: {en: A, es: B}\nbuttons: [{label: {en: A}, go: welcome}]", ["V120 3:21"]),
        ("text: {en: A, es: B}\nneeds: [link.register]\nfallback: {en: A}", ["V120 4:13"]),
        ("text: {en: [A, B], es: B}", []),
    ],
    ids=["title", "sms", "when", "sms under a condition", "button", "fallback", "variants"],
)
def test_every_text_has_every_language(body: str, expected: list[str]) -> None:
    assert told(troubles({RESPONSES: entry(body)})) == expected


@pytest.mark.parametrize("need", ["link.pollingplace", "hotline.fr", "pol_hours", "election.days", "org.name"])
def test_a_need_is_a_fact_a_date_a_link_or_a_hotline(need: str) -> None:
    body = f"text: {{en: A, es: B}}\nneeds: [{need}]\nfallback: {{en: A, es: B}}"
    assert told(troubles({RESPONSES: entry(body)})) == ["V102 3:11"]


LONG = "Word for word. " * 34


@pytest.mark.parametrize(
    "body, expected",
    [
        (f"text: {{en: '{LONG}', es: B}}", ["S202 2:14"]),
        (f"text: {{en: '{LONG}', es: B}}\nsms: {{en: A, es: B}}", []),
        (f"text: {{en: A, es: B}}\nsms: {{en: A, es: '{LONG}'}}", ["S202 3:20"]),
        (f"text: {{en: A, es: B}}\nwhen: [{{if: {{state: OH}}, text: {{en: '{LONG}', es: B}}}}]", ["S202 3:39"]),
        (f"text: {{en: A, es: B}}\nneeds: [link.register]\nfallback: {{en: '{LONG}', es: B}}", ["S202 4:18"]),
        ("text: {en: 'typographic “quotes” — and so on…', es: B}", ["S201 2:14"]),
        ("text: {en: A, es: 'ñ é ü ¿ ¡ ñ'}", []),
    ],
    ids=[
        "long",
        "long, with a shorter one",
        "a long shorter one",
        "a condition",
        "a fallback",
        "signs that are folded when sent",
        "in GSM-7",
    ],
)
def test_what_a_phone_gets_is_counted(body: str, expected: list[str]) -> None:
    assert told(troubles({RESPONSES: entry(body)})) == expected


def test_signs_outside_the_phones_alphabet_are_all_named_with_what_they_cost() -> None:
    (trouble,) = troubles({RESPONSES: entry(f"text: {{en: A, es: 'votación, día {'x' * 100}'}}")})
    assert trouble.message == (
        "ó (U+00F3) and í (U+00ED): not in the alphabet of text messages; 2 SMS segments instead of 1. Find words without"
    )


@pytest.mark.parametrize(
    "condition, expected",
    [
        ('{state: OH, fact: {voter_id.asked: "yes"}}', []),
        ("{state: OH, fact: {voter_id.ask: yes}}", ["V102"]),
        ("{state: OH, fact: {voter_id.asked: maybe}}", ["K204"]),
        ("{state: OH}, needs: [pol_hours]", ["V102"]),
    ],
)
def test_a_wording_is_tied_to_facts_that_there_are(condition: str, expected: list[str]) -> None:
    body = f"text: {{en: A, es: B}}\nwhen: [{{if: {condition}, text: {{en: C, es: D}}}}]"
    assert [one.code for one in troubles({RESPONSES: entry(body)})] == expected


def test_a_wording_with_more_needs_above_one_with_fewer_is_said() -> None:
    body = """\
text: {en: A, es: B}
when:
- {if: {state: known, fact: {voter_id.asked: "no"}}, text: {en: C, es: D}}
- {if: {state: known}, needs: [poll_hours], text: {en: E, es: F}}
- {if: {state: OH}, needs: [poll_hours, election.day], text: {en: G, es: H}}
- {if: {state: known}, text: {en: I, es: J}}"""
    found = [one for one in troubles({RESPONSES: entry(body)}) if one.code == "R412"]
    assert [one.mark.line for one in found] == [6]


def test_what_takes_the_place_of_a_voting_answer_is_one_too() -> None:
    hours = "voting_hours: {text: {en: A, es: B}, keywords: [Z], valid: {until: 2026-12-03, then: over}}\n"
    found = troubles({"responses/x.yml": f"{hours}over: {{text: {{en: It was on November 3., es: B}}}}\n"})
    assert told(found) == ["F301 2:19"]


def test_a_wording_for_election_day_may_name_that_day_and_the_state() -> None:
    text = "{en: 'Today, {{ election.day | date }}, {{ slot.state }}', es: 'Hoy, {{ election.day | date }}'}"
    when = "when: [{{if: {{{condition}}}, text: {text}}}]\ntext: {{en: A, es: B}}"
    known, unknown = (
        troubles({"responses/x.yml": entry(when.format(condition=condition, text=text))})
        for condition in ("day: election", "hours: open")
    )
    assert (told(known), {one.code for one in unknown}) == ([], {"V104"})
