"""The fact store: links always, the state's own first; a fact only while a check of its value holds; no date once past."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from support.facts import HOURS, NOW, OHIO, PAGE, checked, records

from bot.civic.facts import _CHAINS as CHAINS
from bot.civic.facts import OfficialFacts, file_hash, has_passed, in_file
from bot.civic.states import FileFact, is_official, state_file
from bot.official import FACT_KINDS, Election, Fact, FactRecords, Freeze, LinkHealth, LinkOnly, Why

FACTS = OfficialFacts(practice=True)
FILE = state_file()
STATES = sorted(FILE.states)
KEYS = sorted(CHAINS)
NATIONAL = {
    "ballot_tracking": "election_offices",
    "check_registration": "election_offices",
    "civil_rights_report": "civil_rights_report",
    "deadlines": "deadlines",
    "election_office": "election_offices",
    "felony": "felony",
    "mail_ballot": "absentee",
    "military_overseas": "military_overseas",
    "no_fixed_address": "no_fixed_address",
    "polling_place": "polling_place",
    "register": "register",
}


# --- the file ---------------------------------------------------------------------------------------------------------


def test_there_is_a_page_for_the_fifty_states_the_capital_and_the_five_territories() -> None:
    assert (len(STATES), {"DC", "PR", "GU", "VI", "AS", "MP"} <= set(STATES)) == (56, True)


@pytest.mark.parametrize("state", STATES)
def test_every_value_of_a_state_has_its_source_and_the_shape_of_its_kind(state: str) -> None:
    here = FILE.states[state]
    for part in (*here.links.values(), *here.facts.values(), *here.unconfirmed.values()):
        assert set(part.sources) <= FILE.sources.keys()
        assert part.sources
    for key, fact in here.facts.items():
        kind = FACT_KINDS[key]
        assert fact.value.keys() == kind.fields.keys()
        assert all(fact.value[name] in words for name, words in kind.fields.items() if isinstance(words, tuple))
        assert fact.grade != "D"
    assert all(ZoneInfo(zone) for zone in here.zones)
    assert not here.facts.keys() & here.unconfirmed.keys()


def test_every_page_of_the_file_is_one_that_we_may_send() -> None:
    pages = [*FILE.links.values(), *(page for state in FILE.states.values() for page in state.links.values())]
    assert [page.url for page in pages if not (is_official(page.url) and urlsplit(page.url).hostname)] == []
    assert not is_official("http://www.ohio.gov/")
    assert not is_official("https://www.ohio.gov.example.org/")


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_every_link_of_a_state_is_https_and_stands_in_the_file(state: str) -> None:
    known = {page.url for page in (*FILE.states[state].links.values(), *FILE.links.values())}
    for key in KEYS:
        fact = FACTS.link(key, state)
        assert fact.value in known
        assert fact.id.partition(".")[0] in (f"link:{state}", "link:US")


@pytest.mark.parametrize("state", [None, "ZZ"])
@pytest.mark.parametrize("key", KEYS)
def test_without_a_state_that_we_know_the_national_page_is_given(key: str, state: str | None) -> None:
    page = NATIONAL[key]
    assert FACTS.link(key, state) == Fact(f"link:US.{page}", FILE.links[page].url)


@pytest.mark.parametrize(
    "key, state, own",
    [
        ("register", "OH", "register_online"),
        ("register", "AR", "how_to_register"),  # no registration online
        ("polling_place", "TX", "polling_place"),
        ("polling_place", "AS", "election_office"),  # no look-up of its own
        ("ballot_tracking", "AS", "election_office"),
        ("check_registration", "NY", "check_registration"),
    ],
)
def test_the_state_s_own_page_comes_first_then_its_office(key: str, state: str, own: str) -> None:
    assert FACTS.link(key, state) == Fact(f"link:{state}.{own}", FILE.states[state].links[own].url)


@pytest.mark.parametrize("key", ["felony", "mail_ballot", "deadlines", "military_overseas"])
def test_what_no_state_has_is_the_national_page_in_every_state(key: str) -> None:
    assert {FACTS.link(key, state).id for state in STATES} == {FACTS.link(key, None).id}


@pytest.mark.parametrize("failures, page", [(2, "link:OH.polling_place"), (3, "link:OH.election_office")])
def test_a_page_that_failed_three_times_in_a_row_gives_way(failures: int, page: str) -> None:
    broken = FactRecords(links={("OH", "polling_place"): LinkHealth(failures, "404", "", NOW)})
    assert OfficialFacts(practice=False, records=broken).link("polling_place", "OH").id == page


def test_where_all_of_a_state_s_pages_fail_the_nation_s_is_given() -> None:
    broken = {("OH", name): LinkHealth(3, "timed out", "", NOW) for name in ("polling_place", "election_office")}
    facts = OfficialFacts(practice=False, records=FactRecords(links=broken))
    assert facts.link("polling_place", "OH").id == "link:US.polling_place"


def test_a_link_knows_the_language_of_its_page() -> None:
    assert (FACTS.link("register", "OH").languages, FACTS.link("register", "PR").languages) == (("en",), ("es",))


def test_a_state_that_we_do_not_know_keeps_its_code_for_a_name() -> None:
    assert (FACTS.state_name("ZZ"), FACTS.state_name("OH")) == ("ZZ", "Ohio")


# --- facts ------------------------------------------------------------------------------------------------------------


def said(state: str | None, key: str, at: datetime = NOW, **settings: object) -> Fact | str:
    practice = bool(settings.pop("practice", False))
    found = OfficialFacts(practice=practice, records=records(**settings)).say(state, key, at)  # type: ignore[arg-type]
    return found.reason if isinstance(found, LinkOnly) else found


def test_a_checked_fact_is_said_with_its_value_its_page_and_the_day_of_the_check() -> None:
    fact = said("OH", "poll_hours", checks=[checked("OH", "poll_hours", HOURS)])
    assert isinstance(fact, Fact)
    assert (fact.fields, fact.checked_on, fact.page) == (HOURS, date(2026, 10, 1), PAGE)
    assert fact.id.startswith("fact:OH.poll_hours@")


UNTIL = date(2026, 11, 3)
REASONS = {
    "nobody has heard of it": ("OH", "in_line", {}, Why.MISSING),
    "no such state": ("ZZ", "poll_hours", {}, Why.MISSING),
    "no state": (None, "poll_hours", {}, Why.MISSING),
    "no such fact": ("OH", "felony", {}, Why.MISSING),
    "no such hotline": ("OH", "hotline.vi", {}, Why.MISSING),
    "only a hint": ("HI", "poll_hours", {}, Why.UNCONFIRMED),
    "in the file, and nobody has looked": ("OH", "poll_hours", {}, Why.UNCHECKED),
    "checked before the file was changed": (
        "OH",
        "poll_hours",
        {"checks": [checked("OH", "poll_hours", HOURS, file_hash="00000000")]},
        Why.UNCHECKED,
    ),
    "checked too long ago": (
        "OH",
        "poll_hours",
        {"checks": [checked("OH", "poll_hours", HOURS, at=NOW - timedelta(60))]},
        Why.EXPIRED,
    ),
    "not yet": (
        "OH",
        "poll_hours",
        {"checks": [checked("OH", "poll_hours", HOURS, valid_from=date(2026, 10, 31))]},
        Why.EARLY,
    ),
    "no more": (
        "OH",
        "poll_hours",
        {"checks": [checked("OH", "poll_hours", HOURS, valid_until=date(2026, 10, 29))]},
        Why.LATE,
    ),
    "frozen": (
        "OH",
        "poll_hours",
        {"checks": [checked("OH", "poll_hours", HOURS)], "freezes": {("OH", "poll_hours"): Freeze("court", None)}},
        Why.FROZEN,
    ),
    "a hotline that nobody has called": ("OH", "hotline.en", {}, Why.UNCHECKED),
    "an election that nobody has entered": ("OH", "election.day", {}, Why.MISSING),
    "a date that nobody has entered": ("OH", "election.mail_request", {"elections": [OHIO]}, Why.MISSING),
    "a deadline that is over": ("OH", "election.registration_mail", {"elections": [OHIO]}, Why.LATE),
    "an election read too long ago": (
        "OH",
        "election.day",
        {"elections": [replace(OHIO, checked_on=date(2026, 8, 1))]},
        Why.EXPIRED,
    ),
    "an election read tomorrow": (
        "OH",
        "election.day",
        {"elections": [replace(OHIO, checked_on=date(2026, 10, 31))]},
        Why.EARLY,
    ),
    "every date of a frozen election": (
        "OH",
        "election.day",
        {"elections": [OHIO], "freezes": {("OH", "election"): Freeze("court", None)}},
        Why.FROZEN,
    ),
}


@pytest.mark.parametrize("state, key, given, why", REASONS.values(), ids=REASONS)
def test_c45_c46_why_a_fact_may_not_be_said(state: str, key: str, given: dict[str, object], why: Why) -> None:
    assert said(state, key, **given) == why


def test_every_reason_stands_above() -> None:
    assert {why for *_, why in REASONS.values()} == set(Why)


@pytest.mark.parametrize("key, days", [(key, kind.lasts.days) for key, kind in FACT_KINDS.items()])
def test_a_check_lasts_to_the_second_as_long_as_its_kind(key: str, days: int) -> None:
    value = dict.fromkeys(FACT_KINDS[key].fields, "yes")
    check = checked("OH", key, value)
    ends = check[1].at + timedelta(days)
    assert isinstance(said("OH", key, ends - timedelta(seconds=1), checks=[check]), Fact)
    assert said("OH", key, ends, checks=[check]) == Why.EXPIRED


def test_a_value_that_the_file_has_not_may_be_checked_and_said() -> None:
    assert isinstance(said("HI", "poll_hours", checks=[checked("HI", "poll_hours", HOURS)]), Fact)


def test_the_window_is_as_narrow_as_the_file_and_the_check_together_make_it() -> None:
    texas = in_file("TX", "languages")
    assert isinstance(texas, FileFact)
    check = checked("TX", "languages", {"codes": "es"}, valid_until=date(2027, 1, 1))
    day = datetime(2026, 12, 8, 18, tzinfo=UTC)
    assert isinstance(said("TX", "languages", day, checks=[check]), Fact)
    assert said("TX", "languages", day + timedelta(1), checks=[check]) == Why.LATE


def test_a_freeze_ends_when_it_was_said_to() -> None:
    freeze = {("OH", "poll_hours"): Freeze("court", NOW)}
    check = checked("OH", "poll_hours", HOURS)
    assert said("OH", "poll_hours", NOW - timedelta(seconds=1), checks=[check], freezes=freeze) == Why.FROZEN
    assert isinstance(said("OH", "poll_hours", NOW, checks=[check], freezes=freeze), Fact)


def test_an_unchecked_hotline_is_shown_in_practice_only_and_names_no_check() -> None:
    fact = said("OH", "hotline.en", practice=True)
    assert isinstance(fact, Fact)
    assert (fact.fields, fact.checked_on) == ({"number": "866-687-8683"}, None)
    assert said("OH", "hotline.en") == Why.UNCHECKED
    assert said("OH", "poll_hours", practice=True) == Why.UNCHECKED


def test_a_checked_hotline_is_said_for_thirty_days() -> None:
    check = checked("US", "hotline.es", {"number": "888-839-8682"})
    assert isinstance(said("OH", "hotline.es", checks=[check]), Fact)
    assert said(None, "hotline.es", check[1].at + timedelta(30), checks=[check]) == Why.EXPIRED


# --- elections --------------------------------------------------------------------------------------------------------


def test_dates_are_those_that_were_entered() -> None:
    fact = said("OH", "election.early_end", elections=[OHIO])
    assert isinstance(fact, Fact)
    assert (fact.value, fact.checked_on, fact.page) == ("2026-11-01", OHIO.checked_on, PAGE)


def test_the_next_election_is_meant_until_its_day_is_over_and_then_the_one_after() -> None:
    later = replace(OHIO, day=date(2027, 5, 4), fields={})
    eastern = ZoneInfo("America/New_York")
    for at, day in (
        (datetime(2026, 11, 3, 23, 59, tzinfo=eastern), "2026-11-03"),
        (datetime(2026, 11, 4, tzinfo=eastern), "2027-05-04"),
    ):
        fact = said("OH", "election.day", at, elections=[later, OHIO])
        assert isinstance(fact, Fact)
        assert fact.value == day


def test_a_deadline_with_an_hour_passes_at_that_hour() -> None:
    ohio = replace(OHIO, fields={"registration_mail": "2026-10-30 17:00"})
    five = datetime(2026, 10, 30, 17, tzinfo=ZoneInfo("America/New_York"))
    assert isinstance(said("OH", "election.registration_mail", five - timedelta(seconds=1), elections=[ohio]), Fact)
    assert said("OH", "election.registration_mail", five, elections=[ohio]) == Why.LATE


def test_where_a_state_has_several_zones_the_earliest_passes_first() -> None:
    midnight = datetime(
        2026, 11, 4, tzinfo=ZoneInfo("America/Chicago")
    )  # Tennessee: Central, and Eastern an hour before
    assert [has_passed("TN", "2026-11-03", midnight - timedelta(minutes=left)) for left in (61, 60)] == [False, True]
    assert [has_passed("TN", "2026-11-03 19:00", midnight - timedelta(minutes=left)) for left in (361, 360)] == [
        False,
        True,
    ]


def test_a_fact_of_a_state_with_several_zones_ends_and_begins_on_the_careful_side() -> None:
    tuesday = date(2026, 11, 3)
    check = checked("TN", "poll_hours", HOURS, valid_from=tuesday, valid_until=tuesday)
    # Tuesday begins with midnight in Central, the later zone, and ends with midnight in Eastern, the earlier one.
    moments = [datetime(2026, 11, 3, 5, 59, tzinfo=UTC), datetime(2026, 11, 3, 6, tzinfo=UTC)]
    moments += [datetime(2026, 11, 4, 4, 59, tzinfo=UTC), datetime(2026, 11, 4, 5, tzinfo=UTC)]
    found = [said("TN", "poll_hours", at, checks=[check]) for at in moments]
    assert [one if isinstance(one, str) else "said" for one in found] == [Why.EARLY, "said", "said", Why.LATE]


def test_an_election_of_another_state_is_not_said() -> None:
    assert said("TX", "election.day", elections=[OHIO]) == Why.MISSING


# --- what was said before ---------------------------------------------------------------------------------------------


def test_what_was_said_holds_while_the_same_value_may_be_said() -> None:
    check = checked("OH", "poll_hours", HOURS)
    fact = said("OH", "poll_hours", checks=[check])
    assert isinstance(fact, Fact)
    ids = ["link:OH.election_office", fact.id]
    later = {**HOURS, "close": "20:00"}
    now = {
        "the same": records(checks=[check]),
        "checked again": records(checks=[checked("OH", "poll_hours", HOURS, at=NOW)]),
        "another value": records(checks=[checked("OH", "poll_hours", later)]),
        "frozen": records(checks=[check], freezes={("OH", "poll_hours"): Freeze("", None)}),
        "gone": records(),
    }
    still = {why: OfficialFacts(practice=False, records=found).still(ids, NOW) for why, found in now.items()}
    assert still == {"the same": True, "checked again": True, "another value": False, "frozen": False, "gone": False}
    assert OfficialFacts(practice=False).still(ids[:1], NOW)


def test_a_date_holds_no_more_once_another_election_is_meant() -> None:
    facts = OfficialFacts(practice=False, records=records(elections=[OHIO]))
    fact = facts.say("OH", "election.polls_close", NOW)
    assert isinstance(fact, Fact)
    moved: Election = replace(OHIO, day=date(2026, 11, 10))
    assert facts.still([fact.id], NOW)
    assert not OfficialFacts(practice=False, records=records(elections=[moved])).still([fact.id], NOW)


def test_the_hash_of_a_file_s_value_changes_with_it() -> None:
    found = in_file("OH", "poll_hours")
    assert isinstance(found, FileFact)
    other = found.model_copy(update={"value": {**found.value, "close": "20:00"}})
    assert (len(file_hash(found)), file_hash(other) != file_hash(found), file_hash(None)) == (8, True, "")


# --- the day itself ---------------------------------------------------------------------------------------------------

EASTERN, CENTRAL = ZoneInfo("America/New_York"), ZoneInfo("America/Chicago")
TODAY = {
    # state, local moment -> it is election day there
    "the day before": ("OH", datetime(2026, 11, 2, 23, 59, tzinfo=EASTERN), False),
    "its first moment": ("OH", datetime(2026, 11, 3, tzinfo=EASTERN), True),
    "its last moment": ("OH", datetime(2026, 11, 3, 23, 59, tzinfo=EASTERN), True),
    "the day after": ("OH", datetime(2026, 11, 4, tzinfo=EASTERN), False),
    "begun in the east of the state only": ("TN", datetime(2026, 11, 3, 0, 30, tzinfo=EASTERN), False),
    "begun in all of the state": ("TN", datetime(2026, 11, 3, tzinfo=CENTRAL), True),
    "over in the east of the state": ("TN", datetime(2026, 11, 4, tzinfo=EASTERN), False),
}


@pytest.mark.parametrize("state, at, holds", TODAY.values(), ids=TODAY.keys())
def test_it_is_election_day_where_it_is_that_day_in_all_of_the_state(state: str, at: datetime, holds: bool) -> None:
    facts = OfficialFacts(practice=False, records=records(elections=[replace(OHIO, state=state)]))
    assert isinstance(facts.election_today(state, at), Fact) is holds


def test_it_is_no_election_day_without_a_record_or_a_state_or_while_its_dates_are_frozen() -> None:
    noon = datetime(2026, 11, 3, 12, tzinfo=EASTERN)
    frozen = records(elections=[OHIO], freezes={("OH", "election"): Freeze("court", None)})
    asked = [(FACTS, "OH"), (OfficialFacts(practice=False, records=frozen), "OH"), (FACTS, None)]
    assert [facts.election_today(state, noon) for facts, state in asked] == [
        LinkOnly(Why.MISSING),
        LinkOnly(Why.FROZEN),
        LinkOnly(Why.MISSING),
    ]
