"""Mistakes as people, other programs and GitHub read them."""

import json

import pytest

from bot.content.trouble import (
    Mark,
    Trouble,
    as_github,
    as_json,
    did_you_mean,
    has_errors,
    listed,
)

ERROR = Trouble(Mark("responses/voting.yml", 14, 38), "V102", "unknown name 'fact.pol'. Did you mean 'fact.poll'?")
WARNING = Trouble(Mark("intents/en/a.yml", 3, 1), "I503", "100% of ñ\nin two lines")
VARIABLE = Trouble(Mark("BOT_WEB__PORT", 0, 0), "K205", "'port' is 'x'")


def test_a_mistake_is_one_line_of_text_with_its_place() -> None:
    assert [str(ERROR), str(VARIABLE)] == [
        "responses/voting.yml:14:38: error V102  unknown name 'fact.pol'. Did you mean 'fact.poll'?",
        "BOT_WEB__PORT: error K205  'port' is 'x'",
    ]
    assert str(WARNING).startswith("intents/en/a.yml:3:1: warn I503  ")


def test_json_holds_every_part() -> None:
    assert json.loads(as_json([ERROR, WARNING])) == [
        {
            "file": "responses/voting.yml",
            "line": 14,
            "column": 38,
            "severity": "error",
            "code": "V102",
            "message": "unknown name 'fact.pol'. Did you mean 'fact.poll'?",
        },
        {
            "file": "intents/en/a.yml",
            "line": 3,
            "column": 1,
            "severity": "warn",
            "code": "I503",
            "message": "100% of ñ\nin two lines",
        },
    ]
    assert as_json([]) == "[]"


def test_github_gets_one_annotation_a_line_with_its_own_signs_escaped() -> None:
    assert as_github([ERROR, WARNING]).splitlines() == [
        f"::error file=responses/voting.yml,line=14,col=38,title=V102::{ERROR.message}",
        "::warning file=intents/en/a.yml,line=3,col=1,title=I503::100%25 of ñ%0Ain two lines",
    ]
    assert as_github([]) == ""


def test_only_an_error_keeps_files_from_serving() -> None:
    assert [has_errors([]), has_errors([WARNING]), has_errors([WARNING, ERROR])] == [False, False, True]


def test_mistakes_sort_by_file_line_and_column() -> None:
    later = Trouble(Mark("a.yml", 10, 1), "K201", "b")
    earlier = Trouble(Mark("a.yml", 9, 30), "Y103", "a")
    assert sorted([ERROR, later, earlier]) == [earlier, later, ERROR]


@pytest.mark.parametrize(
    "found, expected",
    [
        ("polling_plce", " Did you mean 'polling_place'?"),
        ("voting_houres", " Did you mean 'voting_hours'?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_the_nearest_known_name_is_suggested_and_nothing_far_off(found: str, expected: str) -> None:
    assert did_you_mean(found, ["voting_hours", "polling_place"]) == expected
    assert did_you_mean(found, []) == ""


def test_names_are_listed_as_people_do() -> None:
    assert [listed(["a", "b", "c"]), listed(["a", "b"]), listed(["a"]), listed([])] == ["a, b or c", "a or b", "a", ""]
