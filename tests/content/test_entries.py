"""What an entry, a form and a button must have, and must not have together."""

import pytest
from support.staff import entry, told, troubles

RESPONSES, FORMS = "responses/x.yml", "responses/forms/x.yml"
ASK = "{slot: a, type: name, label: {en: a, es: b}, prompt: {en: A, es: B}}"
CHOICE = "{{slot: a, type: choice, label: {{en: a, es: b}}, prompt: {{en: A, es: B}}{options}}}"
OPTIONS = ", options: [{name: one, label: {en: One, es: Uno}}]"

ENTRIES = {
    "a text": ("text: {en: A, es: B}", []),
    "a form": ("form: joining", []),
    "another entry": ("go: welcome", []),
    "neither text nor form nor entry": ("title: {en: A, es: B}", ["K207 2:3"]),
    "a text and another entry": ("text: {en: A, es: B}\ngo: welcome", ["K207 2:3"]),
    "needs without a fallback": ("text: {en: A, es: B}\nneeds: [link.register]", ["K207 2:3"]),
    "a button that leads nowhere": ("text: {en: A, es: B}\nbuttons: [{label: {en: A, es: B}}]", ["K207 3:13"]),
    "a button that leads two ways": (
        "text: {en: A, es: B}\nbuttons: [{label: {en: A, es: B}, go: welcome, url: 'https://a.org'}]",
        ["K207 3:13"],
    ),
    "an unknown priority": ("text: {en: A, es: B}\nhand_off: {team: a, priority: high}", ["K204 3:33"]),
    "a condition on nothing known": (
        "text: {en: A, es: B}\nwhen: [{if: {moon: full}, text: {en: A, es: B}}]",
        ["K201 3:16"],
    ),
    "a condition on a state's name": (
        "text: {en: A, es: B}\nwhen: [{if: {state: Ohio}, text: {en: A, es: B}}]",
        ["K205 3:23"],
    ),
    "no condition at all": ("text: {en: A, es: B}\nwhen: [{if: {}, text: {en: A, es: B}}]", ["K207 3:15"]),
    "every condition": (
        "text: {en: A, es: B}\nwhen: [{if: {state: OH, day: election, channel: sms, hours: closed}, text: {en: A, es: B}}]",
        [],
    ),
    "a channel that is none": (
        "text: {en: A, es: B}\nwhen: [{if: {channel: smoke}, text: {en: A, es: B}}]",
        ["K204 3:25"],
    ),
    "another day than election": (
        "text: {en: A, es: B}\nwhen: [{if: {day: monday}, text: {en: A, es: B}}]",
        ["K204 3:21"],
    ),
    "hours of its own": ("text: {en: A, es: B}\nwhen: [{if: {hours: late}, text: {en: A, es: B}}]", ["K204 3:23"]),
    "a window": ("text: {en: A, es: B}\nvalid: {from: 2026-10-01, until: 2026-11-03 20:00, then: welcome}", []),
    "a window without ends": ("text: {en: A, es: B}\nvalid: {then: welcome}", ["K207 3:10"]),
    "a window with a month in words": (
        "text: {en: A, es: B}\nvalid: {until: November 3, then: welcome}",
        ["K205 3:18"],
    ),
    "a window that leads nowhere": ("text: {en: A, es: B}\nvalid: {until: 2026-11-03, then: gone}", ["R401 3:36"]),
    "a window that leads to a form": ("text: {en: A, es: B}\nvalid: {until: 2026-11-03, then: sign_up}", ["R403 3:36"]),
    "a window that leads back": ("text: {en: A, es: B}\nvalid: {until: 2026-11-03, then: x}", ["R404 3:36"]),
    "a window of what leads on": ("go: welcome\nvalid: {until: 2026-11-03, then: welcome}", ["K207 2:3"]),
    "a footer": ("text: {en: A, es: B}\nfooter: welcome", []),
    "a footer that is not there": ("text: {en: A, es: B}\nfooter: gone", ["R401 3:11"]),
    "a footer that is a form": ("text: {en: A, es: B}\nfooter: sign_up", ["R403 3:11"]),
    "files": ("text: {en: A, es: B}\nfiles: [maps/precincts.pdf, a.JPG]", ["K205 3:31"]),
    "a file outside of the folder": ("text: {en: A, es: B}\nfiles: [../config.pdf]", ["K205 3:11"]),
    "a file beside a form": ("form: joining\nfiles: [a.pdf]", ["K207 2:3"]),
    "the owner of a text": ("text: {en: A, es: B}\nowner: field@example.org\ndoes: thank", []),
}


@pytest.mark.parametrize("body, expected", ENTRIES.values(), ids=ENTRIES.keys())
def test_an_entry_has_one_answer_and_sound_parts(body: str, expected: list[str]) -> None:
    assert told(troubles({RESPONSES: entry(body)})) == expected


FORM = {
    "one question": (f"ask: [{ASK}]\n  done: {{}}", []),
    "no question": ("ask: []\n  done: {}", ["K208 2:8"]),
    "no end": (f"ask: [{ASK}]", ["K203 2:3"]),
    "an unknown kind of value": ("ask: [" + ASK.replace("type: name", "type: adress") + "]\n  done: {}", ["K204 2:25"]),
    "a choice with options": (f"ask: [{CHOICE.format(options=OPTIONS)}]\n  done: {{}}", []),
    "a choice without options": (f"ask: [{CHOICE.format(options='')}]\n  done: {{}}", ["K207 2:9"]),
    "options without a choice": (f"ask: [{ASK[:-1]}{OPTIONS}}}]\n  done: {{}}", ["K207 2:9"]),
    "a look-up that nobody does": (f"ask: [{ASK}]\n  done: {{do: look_up_moon}}", ["K204 3:14"]),
    "a span without a unit": (f"ask: [{ASK}]\n  expires: {{sms: 24}}\n  done: {{}}", ["K205 3:18"]),
    "no label": ("ask: [" + ASK.replace("label: {en: a, es: b}, ", "") + "]\n  done: {}", ["K203 2:9"]),
}


@pytest.mark.parametrize("body, expected", FORM.values(), ids=FORM.keys())
def test_a_form_has_questions_and_an_end(body: str, expected: list[str]) -> None:
    files = {FORMS: f"x:\n  {body}\n", RESPONSES: "way: {form: x, keywords: [Z]}\n"}
    found = [trouble for trouble in troubles(dict(files)) if trouble.mark.file == FORMS]
    assert told(found) == expected
