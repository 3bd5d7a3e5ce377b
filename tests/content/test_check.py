"""What the check says of a mistake: its place and the way out; `test_codes.py` holds every code against its page."""

from dataclasses import dataclass

import pytest
from support.staff import LANGUAGES, checked, entry, examples, sound, told, troubles

from bot.content.check import check

RESPONSES, FORMS, ENGLISH = "responses/x.yml", "responses/forms/x.yml", "intents/en/x.yml"
SYSTEM = "responses/system.yml"
FORM = """\
x:
  ask: [{{slot: name, type: name, label: {{en: a, es: b}}, prompt: {prompt}}}]
  done: {done}
"""


@dataclass(frozen=True)
class Wrong:
    """One file with one mistake: its code, its place, a part of what is said, and how bad it is."""

    code: str
    file: str
    text: str | bytes | None
    place: str
    says: str
    severity: str = "error"


def form(prompt: str = "{en: A, es: B}", done: str = "{reply: welcome}") -> str:
    return FORM.format(prompt=prompt, done=done)


def one(intent: str, text: str) -> str:
    return f"nlu:\n- intent: {intent}\n  examples: |\n    - {text}\n"


def linked(text: str) -> dict[str, str | bytes | None]:
    """Return files in which an entry leads to the form in `text`."""
    return {FORMS: text, RESPONSES: "way: {form: x, keywords: [ZEBRA]}\n"}


WRONG = [
    Wrong("Y102", RESPONSES, b"x: {text: {en: caf\xe9}}\n", "1:19", "save the file with the encoding UTF-8"),
    Wrong("Y103", RESPONSES, entry("text:\n  en: polls: open"), "3:14", "needs quotes around it"),
    Wrong("Y104", RESPONSES, "<<<<<<< HEAD\n", "1:1", "a merge conflict is left here"),
    Wrong("Y105", RESPONSES, "x:\n\ttext: {en: A, es: B}\n", "2:1", "YAML takes spaces only"),
    Wrong("Y106", RESPONSES, "welcome: {text: {en: A, es: B}}\n", "1:1", "stands also in responses/topics.yml:2"),
    Wrong("Y107", RESPONSES, "x" * 1_000_001, "1:1", "larger than 1 MB"),
    Wrong("Y108", RESPONSES, "x: " + "[" * 40 + "]" * 40 + "\n", "1:33", "nested deeper than 30 levels"),
    Wrong("Y109", RESPONSES, "x: &a {text: {en: A, es: B}}\n", "1:4", "anchors and aliases"),
    Wrong("K201", RESPONSES, entry("txet: 1\ntext: {en: A, es: B}"), "2:3", "Did you mean 'text'?"),
    Wrong("K202", RESPONSES, "x: hello\n", "1:4", "'x' needs keys below it"),
    Wrong("K203", RESPONSES, entry("text: {en: A, es: B}\nbuttons: [{go: welcome}]"), "3:13", "'label' is missing"),
    Wrong("K204", RESPONSES, entry("text: {en: A, es: B}\ndoes: hlep"), "3:9", "Did you mean 'help'?"),
    Wrong("K205", RESPONSES, entry("text: {en: A, es: B}\nalways: ['*']"), "3:12", "danger words are written like"),
    Wrong("K206", RESPONSES, "Two Words: {text: {en: A, es: B}, keywords: [ZEBRA]}\n", "1:1", "is no name"),
    Wrong("K207", RESPONSES, entry("text: {en: A, es: B}\nform: joining"), "2:3", "exactly one of 'text', 'form' or 'go'"),
    Wrong("K208", RESPONSES, entry("text: {en: A, es: ''}"), "2:21", "'es' is empty"),
    Wrong("K209", RESPONSES, entry("text: Hello"), "2:9", "expected keys below it"),
    Wrong("K210", ENGLISH, examples("sign_up", "x") + b"    y\n", "14:1", "an example begins with '- '"),
    Wrong("V101", RESPONSES, entry("text: {en: '{{ 1 + 1 }}', es: B}"), "2:14", "not 'add'"),
    Wrong("V102", RESPONSES, entry("text: {en: '{{ org.nmae }}', es: B}"), "2:14", "Did you mean 'org.name'?"),
    Wrong("V103", RESPONSES, entry("text: {en: '{{ org.name | titel }}', es: B}"), "2:14", "Did you mean 'title'?"),
    Wrong("V104", RESPONSES, entry("text: {en: '{{ slot.name }}', es: B}"), "2:14", "may have no value here"),
    Wrong("V105", RESPONSES, entry("title: {en: '{{ org.name }}', es: B}\ntext: {en: A, es: B}"), "2:15", "no braces"),
    Wrong("V120", RESPONSES, entry("text: {en: A}"), "2:9", "has no text in 'es'"),
    Wrong("V121", RESPONSES, entry("text: {en: A, es: B, fr: C}"), "2:28", "not among the languages offered", "warn"),
    Wrong("F301", RESPONSES, "voter_id: {text: {en: Until 8 pm, es: B}, keywords: [ZEBRA]}\n", "1:23", "'8 pm'"),
    Wrong("S201", RESPONSES, entry("text: {en: A ☃, es: B}"), "2:14", "☃ (U+2603): not in the alphabet", "warn"),
    Wrong("S202", RESPONSES, entry(f"text: {{en: {'a ' * 250}, es: B}}"), "2:14", "4 SMS segments", "warn"),
    Wrong("R401", RESPONSES, "x: {go: welcom, keywords: [ZEBRA]}\n", "1:9", "Did you mean 'welcome'?"),
    Wrong("R402", RESPONSES, "x: {form: joinin, keywords: [ZEBRA]}\n", "1:11", "Did you mean 'joining'?"),
    Wrong("R404", RESPONSES, "x: {go: y, keywords: [ZEBRA]}\ny: {go: y}\n", "2:9", "in a circle: y -> y"),
    Wrong("R405", SYSTEM, sound()[SYSTEM].replace(b"apology:", b"apologie:"), "1:1", "Did you mean 'apologie'?"),
    Wrong("R407", RESPONSES, entry("text: {en: A, es: B}") + "y: {go: x, keywords: ['zebra!']}\n", "4:23", "belongs to 'x'"),
    Wrong("R408", RESPONSES, "x: {text: {en: A, es: B}}\n", "1:1", "nothing leads to 'x'", "warn"),
    Wrong("R409", ENGLISH, examples("sing_up", "x"), "4:1", "Did you mean 'sign_up'?"),
    Wrong("I501", ENGLISH, one("greet", "Count me IN!"), "4:1", "also under sign_up (intents/en/all.yml:4)"),
    Wrong("I502", ENGLISH, one("sign_up", "count me in!"), "4:1", "stands twice (intents/en/all.yml:4)", "warn"),
    Wrong("I503", ENGLISH, one("welcome", "x"), "4:1", "has 1 examples in 'en'; 10 at least", "warn"),
]  # fmt: skip


def test_the_sound_files_have_no_mistake() -> None:
    assert [str(trouble) for trouble in troubles({})] == []


@pytest.mark.parametrize("row", WRONG, ids=[row.code for row in WRONG])
def test_each_code_is_told_at_its_place(row: Wrong) -> None:
    found = [trouble for trouble in troubles({row.file: row.text}) if trouble.code == row.code]
    assert found, [str(trouble) for trouble in troubles({row.file: row.text})]
    first = next(trouble for trouble in found if row.says in trouble.message)
    assert (f"{first.mark.line}:{first.mark.column}", first.severity.value) == (row.place, row.severity)
    assert first.mark.file in (row.file, "responses")


@pytest.mark.parametrize(
    "name, text",
    [
        ("done", form(done="{reply: sign_up}")),
        ("not found", form(done="{do: look_up_polling_place, not_found: {reply: sign_up}}")),
        ("brief", form() + "  brief: sign_up\n"),
    ],
    ids=["where it is done", "where nothing was found", "where it cannot be asked"],
)
def test_a_form_ends_in_a_text(name: str, text: str) -> None:
    (trouble,) = troubles(linked(text))
    assert (trouble.code, trouble.message) == ("R403", "a form ends in a text, and 'sign_up' has none of its own")


@pytest.mark.parametrize(
    "old, new, said",
    [
        (b"apology: {title: {en: apology, es: apology}, text: {en: A, es: B}}", b"apology: {go: welcome}", "'text'"),
        (b"affirm: {title: {en: affirm, es: affirm}, ", b"affirm: {", "'title'"),
    ],
    ids=["a reply without a text of its own", "a yes without a label for its button"],
)
def test_a_reply_of_the_program_has_what_the_program_shows(old: bytes, new: bytes, said: str) -> None:
    before = sound()[SYSTEM]
    assert old in before
    (trouble,) = troubles({SYSTEM: before.replace(old, new)})
    assert trouble.code == "R403"
    assert said in trouble.message


@pytest.mark.parametrize(
    "topic, expected",
    [("sign_up", []), ("welcome", ["R406 1:1"]), ("sing_up", ["R406 1:1"])],
    ids=["an entry with a title", "one without a title", "no entry"],
)
def test_a_topic_of_the_settings_is_an_entry_with_a_title(topic: str, expected: list[str]) -> None:
    found = troubles({}, topics=(topic,))
    assert told(found) == expected
    assert all("'conversation.topics'" in trouble.message and trouble.mark.file == "config.yaml" for trouble in found)


def test_a_form_that_nothing_leads_to_is_a_warning() -> None:
    (trouble,) = troubles({FORMS: form()})
    assert (trouble.code, trouble.severity.value) == ("R408", "warn")
    assert trouble.message == "nothing leads to the form 'x'"


def test_a_long_circle_is_told_at_each_of_its_entries_and_does_not_hang() -> None:
    text = "x: {go: y, keywords: [ZEBRA]}\ny: {go: z}\nz: {go: x}\n"
    found = troubles({RESPONSES: text})
    assert [trouble.message for trouble in found] == [
        "'go' leads in a circle: x -> y -> z -> x",
        "'go' leads in a circle: y -> z -> x -> y",
        "'go' leads in a circle: z -> x -> y -> z",
    ]


def test_strays_need_no_entry_and_no_number() -> None:
    assert troubles({ENGLISH: one("out_of_scope", "what is the capital of France")}) == []


def test_an_intent_that_one_language_lacks_is_a_warning_there() -> None:
    found = troubles(
        {ENGLISH: examples("greet", "hi"), "responses/y.yml": entry("text: {en: A, es: B}").replace("x:", "greet:", 1)}
    )
    assert [(trouble.code, trouble.message) for trouble in found] == [
        ("I503", "'greet' has 0 examples in 'es'; 10 at least teach it")
    ]


def test_mistakes_of_all_files_come_at_once_in_order_and_each_once() -> None:
    found = checked({ENGLISH: "nlu: [", RESPONSES: "x: {txt: 1}\n", FORMS: "f: {ak: 1}\n"}).troubles
    assert found == sorted(set(found))
    assert {trouble.mark.file for trouble in found} == {ENGLISH, RESPONSES, FORMS}


def test_one_language_alone_is_enough() -> None:
    assert check({**sound()}, LANGUAGES).troubles == []
    assert {trouble.code for trouble in check(sound(), ("en",)).troubles} == {"V121", "I505"}
