"""Look-ups of polling places through the real HTTP code, against a local server that has every answer a service may give."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from providers.civic import ADDRESS, ANSWERS, KEY

from bot.breaker import IN_A_ROW, REST_S
from bot.civic.lookup import KEEPS
from bot.civic.polling.gate import gated
from bot.civic.polling.shape import NotRead, found
from bot.civic.polling.wire import Got
from bot.ports import LOOK_UP_OUTCOMES, LOOK_UP_SLOTS

ASKED = {"address": ADDRESS, "state": "OH", "form": "find_polling_place"}
WORDS = ["Apt", "#", ",", "PO", "Box", "RR", "N", "&", "1/2", "Calle", "5th", "OH", "IN", "62701-1234"]
PLACE = "Elm School, 40 Elm St, Riverton\n6:30 am - 7:30 pm"
OUTCOMES = {
    "found": ("found", PLACE),
    "two places": ("found_many", PLACE),
    "a note": ("found_notice", PLACE),
    "an election notice": ("found_notice", PLACE),
    "another one that is over": ("found", PLACE),
    "the developers' election beside it": ("found", PLACE),
    "mail only": ("mail_only", ""),
    "mail only with boxes": ("mail_only_dropoff", ""),
    "early sites only": ("early_only", ""),
    "early sites that have closed": ("not_posted", ""),
    "empty lists": ("not_posted", ""),
    "no lists": ("not_posted", ""),
    "the election is over": ("not_posted", ""),
    "the election is today": ("found", PLACE),
    "another state in the address": ("nothing", ""),
    "another state's office": ("nothing", ""),
    "no state at all": ("nothing", ""),
    "a place in another state": ("not_posted", ""),
    "a place without a street": ("not_posted", ""),
    "a place without a town": ("not_posted", ""),
    "a place nobody vouches for": ("not_posted", ""),
    "a name that leads elsewhere": ("found", "40 Elm St, Riverton\n6:30 am - 7:30 pm"),
    "signs that are no text": ("found", "Elm School, 40 Elm St, Riverton"),
    "a list that is none": ("down", ""),
    "an election that is none": ("not_posted", ""),
    "an other election that is none": ("down", ""),
    "places that are none": ("not_posted", ""),
    "a day that is none": ("not_posted", ""),
}


def outcome(lookup, **slots):
    return lookup.look_up({**ASKED, **slots}).outcome


@pytest.mark.parametrize("name", ["google", "democracy_works"])
@pytest.mark.parametrize("case", OUTCOMES)
def test_of_an_answer_only_what_is_sure_is_said(places, civic, name, case):
    civic.always = case
    told = places(name).look_up(ASKED)
    said = told.slots["place"].replace("Tue, Nov 3: ", "")
    assert (told.outcome, said) == OUTCOMES[case]
    assert told.slots.keys() == ASKED.keys() | set(LOOK_UP_SLOTS)


def test_every_answer_of_the_server_is_asked_for():
    assert ANSWERS.keys() == OUTCOMES.keys() | {"several elections"}
    assert {one for one, _ in OUTCOMES.values()} < set(LOOK_UP_OUTCOMES)


def test_google_is_asked_for_official_data_with_the_key(places, civic):
    places().look_up(ASKED)
    asked = {"address": "12 OAK ST, RIVERTON, OH 43001", "electionId": "0", "officialOnly": "true"}
    assert civic.asked == [("/civicinfo/v2/voterinfo", asked, KEY)]


def test_democracy_works_is_asked_part_by_part(places, civic):
    places("democracy_works").look_up({**ASKED, "address": "12 Oak St Apt 4, Riverton, OH 43001"})
    places("democracy_works").look_up({**ASKED, "address": "12 Oak St, 43001"})
    assert [asked for _, asked, _ in civic.asked] == [
        {
            "addressStreet": "12 OAK ST",
            "addressUnitNumber": "APT 4",
            "addressCity": "RIVERTON",
            "addressState": "OH",
            "addressZip": "43001",
        },
        {"address": "12 OAK ST, OH 43001"},
    ]


def test_other_lists_are_named_too(places, civic):
    civic.always = "two places"
    assert places().look_up(ASKED).slots["places"] == f"{PLACE}\nTown Hall, 1 Main St, Riverton\n6:30 am - 7:30 pm"
    civic.always = "mail only with boxes"
    slots = places().look_up({**ASKED, "address": "14 Oak St, Riverton, OH 43001"}).slots
    assert (slots["dropoff"], slots["election_name"]) == ("Library Box, 7 Main St, Riverton", "Ohio General Election")


# --- no answer --------------------------------------------------------------------------------------------------------

REFUSED = [
    ("google", "400 election unknown", "not_posted", 1),
    ("google", "400 election over", "not_posted", 1),
    ("google", "400 address", "unread", 1),
    ("google", "400 key", "down", 1),
    ("google", "400 bare", "unread", 1),
    ("google", "403", "down", 1),
    ("google", "404", "nothing", 1),
    ("google", "422", "down", 1),
    ("google", "429", "down", 1),
    ("google", "500", "down", 2),
    ("google", "503", "down", 2),
    ("democracy_works", "400", "unread", 1),
    ("democracy_works", "403", "down", 1),
    ("democracy_works", "404", "nothing", 1),
    ("democracy_works", "422", "unread", 1),
    ("democracy_works", "429", "down", 1),
    ("democracy_works", "500", "down", 2),
    ("democracy_works", "503", "down", 2),
    ("google", "malformed", "down", 1),
    ("google", "no object", "down", 1),
    ("google", "deep", "down", 1),
    ("google", "huge", "down", 2),
    ("google", "slow", "down", 2),
    ("google", "drip", "down", 2),
    ("google", "drip body", "down", 2),
    ("google", "cut", "down", 2),
    ("google", "redirect", "down", 1),
]


@pytest.mark.parametrize("name, case, expected, calls", REFUSED)
def test_each_failure_is_one_outcome_and_only_what_may_pass_is_tried_again(places, civic, name, case, expected, calls):
    civic.always = case
    assert (outcome(places(name)), len(civic.asked)) == (expected, calls)


@pytest.mark.parametrize("case", ["500", "slow", "cut"])
def test_a_second_try_that_works_is_the_answer(places, civic, case):
    civic.script.append(case)
    assert (outcome(places()), len(civic.asked)) == ("found", 2)


def test_nobody_at_the_other_end(places):
    assert outcome(places(url="http://127.0.0.1:1")) == "down"


def test_a_service_that_fails_is_left_alone_then_tried_with_one_call(places, civic, clock):
    civic.always = "403"
    lookup = places()
    assert [outcome(lookup) for _ in range(IN_A_ROW + 3)] == ["down"] * (IN_A_ROW + 3)
    assert len(civic.asked) == IN_A_ROW
    clock.s += REST_S + 1
    civic.always = "found"
    assert (outcome(lookup), outcome(lookup, address="14 Oak St, Riverton, OH 43001")) == ("found", "found")


def test_a_service_that_asks_for_a_pause_gets_it(places, civic, clock):
    civic.always = "429 with Retry-After"
    lookup = places()
    assert (outcome(lookup), outcome(lookup), len(civic.asked)) == ("down", "down", 1)
    clock.s, civic.always = clock.s + 31, "found"
    assert outcome(lookup) == "found"


def test_the_second_service_is_asked_only_where_the_first_is_down(places, civic):
    lookup = places("google", "democracy_works")
    civic.script.extend(["403", "found"])
    assert lookup.look_up(ASKED).slots["place"].endswith("Tue, Nov 3: 6:30 am - 7:30 pm")
    civic.script.append("404")
    assert outcome(lookup, address="14 Oak St, Riverton, OH 43001") == "nothing"
    assert [path for path, _, _ in civic.asked] == [
        "/civicinfo/v2/voterinfo",
        "/v2/voting-locations",
        "/civicinfo/v2/voterinfo",
    ]


# --- several elections ------------------------------------------------------------------------------------------------


def test_of_several_elections_the_voter_picks_one_by_its_number(places, civic):
    civic.always = "several elections"
    lookup = places()
    asked = lookup.look_up(ASKED)
    assert (asked.outcome, asked.slots["elections"]) == ("several", "1 Ohio General Election\n2 Riverton City Election")
    told = lookup.look_up({**asked.slots, "election": "2"})
    assert (told.outcome, told.slots["election_name"]) == ("found", "Riverton City Election")
    assert told.slots["place"].startswith("Town Hall")
    assert civic.asked[-1][1]["electionId"] == "7002"


def test_a_number_that_is_not_on_the_list_asks_again(places, civic):
    civic.always = "several elections"
    lookup = places()
    asked = lookup.look_up(ASKED)
    assert [lookup.look_up({**asked.slots, "election": picked}).outcome for picked in ("3", "0", "x")] == [
        "several"
    ] * 3


def test_a_service_that_cannot_be_asked_for_one_names_them(places, civic):
    civic.always = "several elections"
    told = places("democracy_works").look_up(ASKED)
    assert (told.outcome, told.slots["elections"]) == (
        "several_listed",
        "1 Ohio General Election\n2 Riverton City Election",
    )


# --- the gate ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address, state",
    [
        ("PO Box 12, Riverton, OH 43001", "OH"),
        ("P.O. Box 12, Riverton, OH 43001", "OH"),
        ("Apartado 12, San Juan, PR 00901", "PR"),
        ("Oak St, Riverton, OH", "OH"),
        ("12 Oak St", "OH"),
        ("corner of Oak and Elm, 43001", "OH"),
        ("12 Oak St, Riverton, IN 46001", "OH"),
        ("12 Oak St, Springfield, 62701", "OH"),
        ("", "OH"),
    ],
)
def test_what_could_not_be_found_is_never_sent(places, civic, address, state):
    assert gated(address, state) is None
    if address:
        assert outcome(places(), address=address, state=state) == "unread"
    assert civic.asked == []


def test_a_state_alone_is_not_looked_up(places, civic):
    assert places().look_up({"state": "OH"}).outcome == "no_address"
    assert civic.asked == []


def test_an_address_under_a_zip_that_nobody_knows_is_sent_for_the_state_that_was_said():
    assert gated("12 Oak St, 09012", "OH").text == "12 OAK ST, OH 09012"


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_the_same_address_is_asked_for_once_in_a_day(places, civic, clock, shelf):
    lookup = places()
    assert outcome(lookup) == outcome(lookup, address="12 oak st,  riverton OH 43001") == "found"
    assert len(civic.asked) == 1
    kept = repr(shelf.rows)
    assert [word for word in ("Oak", "OAK", "43001 ", KEY) if word in kept.replace('"zip": "43001"', "")] == []
    clock.at += KEEPS
    lookup.look_up(ASKED)
    assert len(civic.asked) == 2


@pytest.mark.parametrize(
    "said, calls",
    [("no-store", 2), ("max-age=0, must-revalidate", 2), ("private", 1), ("public, max-age=600", 1)],
)
def test_the_service_may_say_that_its_answer_is_kept_shorter(places, civic, said, calls):
    civic.headers["Cache-Control"] = said
    lookup = places()
    assert [outcome(lookup), outcome(lookup)] == ["found", "found"]
    assert len(civic.asked) == calls


@pytest.mark.parametrize("case", ["404", "400 election unknown", "500"])
def test_nothing_is_no_answer_to_keep(places, civic, case):
    lookup = places()
    civic.always = case
    outcome(lookup)
    civic.always = "found"
    assert outcome(lookup) == "found"


def test_a_kept_answer_is_judged_anew_on_the_day_that_it_is_said(places, civic, clock):
    civic.always = "the election is today"
    lookup = places()
    assert outcome(lookup) == "found"
    clock.at += timedelta(hours=13)  # 1 am the next day in Ohio
    assert (outcome(lookup), len(civic.asked)) == ("not_posted", 1)


def test_the_day_is_the_one_in_the_state(places, civic, clock):
    civic.always = "the election is today"
    clock.at += timedelta(hours=11, minutes=59)  # 11:59 pm in Ohio, and the next day in London
    assert outcome(places()) == "found"
    clock.at += timedelta(minutes=1)
    assert outcome(places(), address="14 Oak St, Riverton, OH 43001") == "not_posted"


# --- election day -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["404", "500", "400 address", "empty lists", "malformed"])
def test_on_election_day_every_failure_is_one_for_a_person(places, civic, case):
    asked = []

    def votes_on(state, day):
        asked.append((state, day))
        return True

    civic.always = case
    assert outcome(places(votes_on=votes_on)) == "election_day"
    assert asked == [("OH", date(2026, 10, 30))]


def test_a_service_that_named_the_day_is_believed_without_a_record_of_ours(places, civic):
    lookup = places()
    civic.always = "the election is today"
    assert outcome(lookup) == "found"
    civic.always = "500"
    assert outcome(lookup, address="14 Oak St, Riverton, OH 43001") == "election_day"


def test_what_was_found_is_said_on_election_day_too(places):
    assert outcome(places(votes_on=lambda state, day: True)) == "found"


# --- nobody else hears of it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["500", "slow", "cut", "malformed", "403", "found"])
def test_no_log_line_holds_an_address_or_the_key(places, civic, case):
    civic.always = case
    with structlog.testing.capture_logs() as lines:
        outcome(places())
    told = repr(lines)
    assert [word for word in ("Oak", "OAK", "Riverton", "RIVERTON", KEY, civic.url) if word in told] == []
    if case != "found":
        assert {(line["by"], line["state"], line["zip"]) for line in lines} == {("google", "OH", "43001")}


@pytest.mark.parametrize("name", ["google", "democracy_works"])
def test_a_key_is_proved_without_an_address(civic, clock, sources, name):
    asked = [
        sources[name](key, clock.now, url, 0.4).probe()
        for key, url in ((KEY, civic.url), ("wrong", civic.url), (KEY, "http://127.0.0.1:1"))
    ]
    assert asked == ["", "refused", "no_line"]
    assert all(path.endswith("/elections") and "address" not in query for path, query, _ in civic.asked)


# --- whatever comes ---------------------------------------------------------------------------------------------------

KEYS = st.sampled_from(
    "election otherElections normalizedInput state pollingLocations earlyVoteSites mailOnly address id name electionDay "
    "line1 city zip pollingHours notes sources electionAdministrationBody electionNoticeText startDate".split()
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["OH", "Ohio", "2026-11-03"])
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=20
)


@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_an_answer_is_read_or_refused_whatever_is_in_it(value):
    with suppress(NotRead):
        found("google", Got(200, value, True, 0, None), datetime(2026, 10, 30, tzinfo=UTC), "pollingLocations")


@given(st.text(max_size=80) | st.lists(st.sampled_from(ADDRESS.split() + WORDS), max_size=12).map(" ".join))
def test_an_address_passes_the_gate_or_does_not(text):
    address = gated(text, "OH")
    assert address is None or (address.line and (address.town or address.zip))
