"""Values inside a text: only shapes that say themselves what they are, and no trap of two letters."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.app import PLACES
from bot.ports import Query
from bot.understanding.values import values_in


def values(text: str, *expects: str) -> dict[str, str]:
    return values_in(Query(text, expects), PLACES)


YES = "yes|YES!|y|yep|ok|Okay.|sure|that's right|That\u2019s right!|yes please|sí|Si.|claro|así es|dale|¡Sí!|yes 👍|k|correcto"
NO = "no|No.|NOPE|nah|n|no thanks|not really|that's wrong|don't|Don\u2019t|no gracias|para nada|incorrecto|¡no!"


@pytest.mark.parametrize("text", YES.split("|"))
def test_a_yes_in_either_language_is_one(text: str) -> None:
    assert values(text)["yes_no"] == "yes"


@pytest.mark.parametrize("text", NO.split("|"))
def test_a_no_in_either_language_is_one(text: str) -> None:
    assert values(text)["yes_no"] == "no"


@pytest.mark.parametrize("text", ["yes but no", "no idea", "not yes", "yes where do i vote", "yesterday", "know", ""])
def test_a_longer_answer_is_neither(text: str) -> None:
    assert "yes_no" not in values(text)


NUMBERS = [
    *(
        ("1", "1"),
        ("2.", "2"),
        ("3)", "3"),
        ("(4)", "4"),
        ("#2", "2"),
        ("12", "12"),
        ("07", "7"),
        ("2️⃣", "2"),
        ("\uff12", "2"),
    ),
    *(("option 2", "2"), ("opción 3", "3"), ("number one", "1"), ("número 2", "2"), ("two", "2"), ("two please", "2")),
    *(("the second one", "2"), ("First!", "1"), ("the first", "1"), ("la segunda", "2"), ("el primero", "1")),
    *(("uno", "1"), ("cuarta", "4"), ("the third one please", "3"), ("dos por favor", "2")),
]


@pytest.mark.parametrize("text, number", NUMBERS, ids=[text for text, _ in NUMBERS])
def test_a_number_or_its_place_in_a_row_is_a_number(text: str, number: str) -> None:
    assert values(text)["number"] == number


@pytest.mark.parametrize("text", ["123", "1 or 2", "12:30", "1.5", "no one", "1 person", "once", "secondly"])
def test_a_number_among_other_things_is_none(text: str) -> None:
    assert "number" not in values(text)


ZIPS = [
    ("62701", "62701", "IL"),
    ("02134", "02134", "MA"),
    ("my zip is 30303.", "30303", "GA"),
    ("62701-1234", "62701", "IL"),
    ("12 Oak St, 62701", "62701", "IL"),
    ("14501 Main St, Houston 77079", "77079", "TX"),
    ("14501 Main Street Apt 3 77079", "77079", "TX"),
    ("i live in Ohio, 90210", "90210", "OH"),
    ("00000", "00000", None),
    ("09001", "09001", None),
]


@pytest.mark.parametrize("text, code, state", ZIPS, ids=[text for text, _, _ in ZIPS])
def test_a_zip_code_tells_its_state_unless_the_voter_does(text: str, code: str, state: str | None) -> None:
    found = values(text)
    assert (found["zip"], found.get("state")) == (code, state)


@pytest.mark.parametrize(
    "text",
    ["5551234567", "1234567", "12345-678", "123-45-6789", "12345 Main St", "14501 N Elm Grove Rd please", "6270"],
)
def test_a_number_of_another_length_or_of_a_house_is_no_zip_code(text: str) -> None:
    assert "zip" not in values(text)


EMAILS = [
    ("me@example.org", "me@example.org"),
    ("write to maria.l+x@mail.example.co.uk, ok?", "maria.l+x@mail.example.co.uk"),
    ("a@b", None),
    ("@rivera", None),
]


@pytest.mark.parametrize("text, email", EMAILS, ids=[text for text, _ in EMAILS])
def test_an_email_address_is_found_where_one_is_asked_for(text: str, email: str | None) -> None:
    assert values(text, "email").get("email") == email
    assert "email" not in values(text)


PHONES = [
    ("(212) 555-0100", "+12125550100"),
    ("+1 212.555.0100", "+12125550100"),
    ("12125550100", "+12125550100"),
    ("call 212 555 0100 ext 5", "+12125550100"),
    ("112-555-0100", None),
    ("+44 20 7946 0958", None),
    ("555-0100", None),
    ("212555010012", None),
]


@pytest.mark.parametrize("text, phone", PHONES, ids=[text for text, _ in PHONES])
def test_a_phone_number_is_brought_into_one_form(text: str, phone: str | None) -> None:
    assert values(text, "phone").get("phone") == phone


NAMES = [
    ("maria", "Maria"),
    ("My name is Maria Lopez.", "Maria Lopez"),
    ("me llamo josé pérez", "José Pérez"),
    ("hi, i'm bob", "Bob"),
    ("it's DeShawn!", "DeShawn"),
    ("Dr. O'Neil", "Dr. O'Neil"),
    ("Mary J. Blige", "Mary J. Blige"),
    ("Jean-Luc", "Jean-Luc"),
    ("maría de la cruz", "María de la Cruz"),
    ("Maria Isabel del Carmen Lopez Ruiz", "Maria Isabel del Carmen Lopez Ruiz"),
    ("Minh Do", "Minh Do"),
    ("Nguyen Van To", "Nguyen Van To"),
    ("Tran Thi My", "Tran Thi My"),
    ("李雷", "李雷"),
]


@pytest.mark.parametrize("text, name", NAMES, ids=[text for text, _ in NAMES])
def test_a_name_is_set_as_its_owner_would(text: str, name: str) -> None:
    assert values(text, "name")["name"] == name


@pytest.mark.parametrize(
    "text",
    [
        *(
            "why do you need that",
            "where do i vote",
            "no",
            "STOP",
            "hello",
            "none of your business",
            "my name",
            "62701",
        ),
        *("prefer not to say", "i'd rather not", "quiero una persona", "maria 62701", "a@b.org", "", "👍", "x" * 5000),
    ],
)
def test_what_is_no_name_is_none(text: str) -> None:
    assert "name" not in values(text, "name")


ADDRESSES = [
    ("12 oak st 62701", "12 Oak St, 62701"),
    ("i live at 12 oak st, springfield il 62701 thanks", "12 Oak St, Springfield, IL 62701"),
    ("123 Main St Apt 4B, Austin, TX 78701", "123 Main St Apt 4B, Austin, TX 78701"),
    ("500 ne mlk blvd portland OR 97232", "500 NE Mlk Blvd, Portland, OR 97232"),
    ("12 oak st\nspringfield il\n62701", "12 Oak St, Springfield, IL 62701"),
    ("2100 5th ave, new york, ny", "2100 5th Ave, New York, NY"),
]


@pytest.mark.parametrize("text, address", ADDRESSES, ids=[text for text, _ in ADDRESSES])
def test_an_address_inside_a_sentence_is_set_as_on_an_envelope(text: str, address: str) -> None:
    assert values(text, "us_address")["us_address"] == address


@pytest.mark.parametrize(
    "text",
    [
        *("12 Oak St", "Oak St, Springfield", "where do i vote", "1 2 3", "62701", "polls close at 8 in Columbus"),
        *("PO Box 12, Austin TX", "I voted 2 times in Ohio 43004", "1" * 10_000, "1 " * 5_000, "12 oak st 62701 " * 30),
    ],
    ids=lambda text: text[:30],
)
def test_what_lacks_number_street_or_town_is_no_address(text: str) -> None:
    assert "us_address" not in values(text, "us_address")


LANGUAGES = [
    *(("english", "en"), ("in English, please", "en"), ("do you speak english?", "en"), ("inglés", "en")),
    *(("español", "es"), ("en español por favor", "es"), ("Habla español?", "es"), ("spanish pls", "es")),
]


@pytest.mark.parametrize("text, language", LANGUAGES, ids=[text for text, _ in LANGUAGES])
def test_the_wish_for_a_language_is_found_in_any_message(text: str, language: str) -> None:
    assert values(text)["language"] == language


@pytest.mark.parametrize(
    "text, language",
    [
        ("do you speak Vietnamese?", "vi"),
        ("in chinese please", "zh"),
        ("I only speak Korean", "ko"),
        ("hablo portugués", "pt"),
    ],
)
def test_the_wish_for_a_language_that_is_not_offered_is_found_too(text: str, language: str) -> None:
    assert values(text)["language"] == language


@pytest.mark.parametrize(
    "text", ["French", "chinese food?", "I teach english", "spanish moss", "my english is bad where do i vote"]
)
def test_a_language_among_other_words_is_no_wish(text: str) -> None:
    assert "language" not in values(text)


@pytest.mark.parametrize(
    "text, day",
    [("tomorrow", "tomorrow"), ("and on Saturday?", "saturday"), ("tues", "tues"), ("el miércoles", "miércoles")],
)
def test_a_day_is_found_in_any_message(text: str, day: str) -> None:
    assert values(text)["date"] == day


def test_what_is_wanted_first_does_not_hide_what_any_message_may_tell() -> None:
    assert values("12 oak st columbus oh 43004 tomorrow", "us_address", "zip") == {
        "us_address": "12 Oak St, Columbus, OH 43004",
        "zip": "43004",
        "state": "OH",
        "date": "tomorrow",
    }


SAID = yaml.load(Path(__file__).with_name("said_values.yml").read_text(encoding="utf-8"), yaml.BaseLoader)


@pytest.mark.parametrize("row", SAID, ids=[row["said"] for row in SAID])
def test_what_is_asked_for_is_found_in_the_middle_of_a_sentence(row: dict[str, Any]) -> None:
    expects = row["expects"]
    shown = {*expects, "state", "state_like"} if not expects or {"zip", "state"} & {*expects} else {*expects}
    shown |= {"address_part"} if "us_address" in expects else set()
    found = values(row["said"], *expects)
    assert {kind: value for kind, value in found.items() if kind in shown} == row["found"]
