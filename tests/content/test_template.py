"""The small language inside a text: names and five filters; nothing that runs, loops, reaches Python or eats memory."""

import pytest
from jinja2 import UndefinedError

from bot.content.template import FILTERS, Misuse, names_in, needed_in, rendered, spoken_time

NAMES = {"org": {"name": "Rivera", "phone": "5550100100"}, "slot": {"name": "ana maría", "items": "two signs"}}


@pytest.mark.parametrize(
    "text, names",
    [
        ("no names at all", []),
        ("a { and a } by themselves", []),
        ("{{ org.name }} and {{ slot.name | title }}", ["org.name", "slot.name"]),
        ("{{ slot.label | default('your answer', true) }}", ["slot.label"]),
        ("{{ slot.a | default(org.name) }}", ["slot.a", "org.name"]),
        ("{{ org }} {{ foo }}", ["org", "foo"]),
        ("{{ a.b.c.d }}", ["a.b.c.d"]),
        ("{# a remark #}{{ org.name }}", ["org.name"]),
        ("{{ foo().bar }}", ["?.bar"]),
        ("{{ 'x'.upper }}", ["?.upper"]),
    ],
)
def test_every_name_is_found_as_it_is_written(text: str, names: list[str]) -> None:
    assert names_in(text) == (names, [])


REFUSED = {
    "arithmetic that would exhaust memory while it is compiled": ("{{ 'a' * 10**9 }}", "'mul'"),
    "a sum": ("{{ 1 + 1 }}", "'add'"),
    "a loop": ("{% for x in slot %}{{ x }}{% endfor %}", "'for'"),
    "a condition": ("{% if slot.name %}x{% endif %}", "'if'"),
    "a condition in braces": ("{{ 'a' if slot.name else 'b' }}", "'condexpr'"),
    "an assignment": ("{% set x = 1 %}", "'assign'"),
    "a call": ("{{ org.name() }}", "'call'"),
    "a subscript": ("{{ org['name'] }}", "'getitem'"),
    "a slice": ("{{ org.name[:3] }}", "'getitem'"),
    "a list": ("{{ [1, 2] }}", "'list'"),
    "a test": ("{{ slot.name is defined }}", "'test'"),
    "a joining": ("{{ org.name ~ slot.name }}", "'concat'"),
    "a macro": ("{% macro m() %}x{% endmacro %}", "'macro'"),
    "another file": ("{% include 'responses/voting.yml' %}", "'include'"),
    "a base": ("{% extends 'x' %}", "'extends'"),
    "a block of a filter": ("{% filter title %}x{% endfilter %}", "'filterblock'"),
    "arithmetic inside a default": ("{{ slot.name | default('a' * 10**9) }}", "'mul'"),
    "a call inside a default": ("{{ slot.name | default(org.name()) }}", "'call'"),
    "a named argument": ("{{ slot.name | default(default_value='x') }}", "'keyword'"),
    "the way to Python's classes": ("{{ ''['__class__'] }}", "'getitem'"),
    "braces that are never closed": ("{{ org.name", "the braces do not make sense"),
    "an unknown block": ("{% wat %}", "the braces do not make sense"),
}


@pytest.mark.parametrize("text, said", REFUSED.values(), ids=REFUSED.keys())
def test_what_runs_is_refused_before_it_is_compiled(text: str, said: str) -> None:
    _, misuses = names_in(text)
    assert misuses
    assert said in misuses[0].what


@pytest.mark.parametrize("name", ["upcase", "attr", "map", "safe", "join", "tojson", "format"])
def test_only_five_filters_are_known(name: str) -> None:
    assert FILTERS == ("date", "time", "phone", "title", "default")
    assert names_in(f"{{{{ slot.name | {name} }}}}") == (["slot.name"], [Misuse("unknown filter", name)])


def test_a_name_needs_a_value_unless_a_default_stands_right_behind_it() -> None:
    assert needed_in("{{ slot.a }} {{ slot.b | default('x') }} {{ slot.c | title }}") == {"slot.a", "slot.c"}
    assert needed_in("{{ slot.a | default(slot.b) }}") == {"slot.b"}
    assert needed_in("plain") == set()


@pytest.mark.parametrize(
    "text, said",
    [
        ("plain {text}", "plain {text}"),
        ("{{ org.name }}!", "Rivera!"),
        ("{{ slot.name | title }}", "Ana María"),
        ("{{ org.phone | phone }}", "555-010-0100"),
        ("{{ slot.name | phone }}", "ana maría"),
        ("{{ slot.nothing | default('friend') }}", "friend"),
        ("{{ org.name | date }} {{ org.name | time }}", "Rivera Rivera"),
        ("{{ slot.items }}", "two signs"),
    ],
)
def test_a_text_is_filled_in(text: str, said: str) -> None:
    assert rendered(text, NAMES) == said


def test_an_answer_is_never_rendered_as_a_template_itself() -> None:
    assert (
        rendered("{{ slot.name }}", {"slot": {"name": "{{ 7 * 7 }}{% for x in y %}"}}) == "{{ 7 * 7 }}{% for x in y %}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ slot.nothing }}",
        "{{ nobody }}",
        "{{ slot.keys }}",
        "{{ slot.pop }}",
        "{{ org.name.upper }}",
        "{{ org.__class__ }}",
        "{{ slot.name.__init__ }}",
        "{{ range }}",
        "{{ cycler }}",
    ],
)
def test_a_name_without_a_value_raises_and_a_dot_never_reaches_python(text: str) -> None:
    with pytest.raises(UndefinedError):
        rendered(text, NAMES)


def test_none_is_never_said() -> None:
    with pytest.raises(UndefinedError):
        rendered("Thank you, {{ slot.name }}.", {"slot": {"name": None}})


@pytest.mark.parametrize(
    "text",
    [
        "{{ org.name }} and {{org.phone}}",
        "{{ link.a.b }}",
        "{{ org }}",
        "{{ not.so }}",
        "{{ org.name | title }}, {{ org.name }}",
        "{{ org.name }} }} {{",
        "{% raw %}{{ org.name }}{% endraw %}",
        "{# {{ org.name }} #}",
        "{{- org.name }}",
        "{ {{ org.name }} }",
        "{{{ org.name }}}",
        "{{ org.none }}",
    ],
)
def test_the_quick_look_at_names_says_what_jinja_says(text, monkeypatch):
    names_in.cache_clear()
    quick = names_in(text)
    names_in.cache_clear()
    monkeypatch.setattr("bot.content.template._simple_names", lambda text: None)
    assert names_in(text) == quick
    names_in.cache_clear()


def test_braces_in_braces_are_a_mistake_and_never_the_end_of_the_check():
    names, (misuse,) = names_in("{{" * 100_000)
    assert (names, misuse.what) == ([], "the braces do not make sense: there are braces in braces in braces")


@pytest.mark.parametrize(
    "value, en, es",
    [
        ("2026-11-03", "Nov 3", "3 de noviembre"),
        ("2026-10-05 17:00", "Oct 5, 5 pm", "5 de octubre, 5 pm"),
        ("2027-02-01", "Feb 1, 2027", "1 de febrero de 2027"),
        ("soon", "soon", "soon"),
    ],
)
def test_a_day_is_said_in_the_language_and_with_its_year_where_it_is_another(value: str, en: str, es: str) -> None:
    for language, said in (("en", en), ("es", es)):
        names = {"election": {"day": value}, "_language": language, "_year": 2026}
        assert rendered("{{ election.day | date }}", names) == said


@pytest.mark.parametrize(
    "value, said",
    [
        ("06:30", "6:30 am"),
        ("19:00", "7 pm"),
        ("12:00", "12 noon"),
        ("00:00", "12 am"),
        ("12:30", "12:30 pm"),
        ("x", "x"),
    ],
)
def test_a_time_of_day_is_said_as_people_say_it(value: str, said: str) -> None:
    assert rendered("{{ slot.at | time }}", {"slot": {"at": value}}) == said


def test_noon_is_a_number_where_the_word_would_be_another() -> None:
    assert spoken_time("12:00", "es") == "12 pm"
