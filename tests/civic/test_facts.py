"""The fact store: official links only, the state's own before the nation's; hotlines only in practice."""

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from bot.civic.facts import _CHAINS as CHAINS
from bot.civic.facts import OfficialFacts, official_pages
from bot.ports import Fact, LinkOnly

FACTS = OfficialFacts(practice=True)
PAGES = official_pages()
STATES = sorted(PAGES["states"])
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


def test_there_is_a_page_for_the_fifty_states_the_capital_and_the_five_territories() -> None:
    assert (len(STATES), {"DC", "PR", "GU", "VI", "AS", "MP"} <= set(STATES)) == (56, True)


@pytest.mark.parametrize("state", STATES)
def test_every_link_of_a_state_is_https_and_stands_in_the_file(state: str) -> None:
    pages = PAGES["states"][state]
    known = {*pages.values(), *PAGES["national"].values()}
    for key in KEYS:
        fact = FACTS.link(key, state)
        url = urlsplit(fact.value)
        assert (url.scheme, bool(url.hostname), fact.value in known) == ("https", True, True), (key, fact)
        assert " " not in fact.value


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_name_an_office_and_a_zone_that_exists(state: str) -> None:
    page = PAGES["states"][state]
    assert (FACTS.state_name(state), bool(page["election_office"])) == (page["name"], True)
    ZoneInfo(page["zone"])


@pytest.mark.parametrize("state", [None, "ZZ", ""])
@pytest.mark.parametrize("key", KEYS)
def test_without_a_state_that_we_know_the_national_page_is_given(key: str, state: str | None) -> None:
    page = NATIONAL[key]
    assert FACTS.link(key, state) == Fact(f"link:US.{page}", PAGES["national"][page])


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
    assert FACTS.link(key, state) == Fact(f"link:{state}.{own}", PAGES["states"][state][own])


@pytest.mark.parametrize("key", ["felony", "mail_ballot", "deadlines", "military_overseas"])
def test_what_no_state_has_is_the_national_page_in_every_state(key: str) -> None:
    assert {FACTS.link(key, state) for state in STATES} == {FACTS.link(key, None)}


@pytest.mark.parametrize(
    "practice, language, said",
    [
        (True, "en", Fact("hotline:en", PAGES["hotlines"]["en"], ("en",))),
        (True, "es", Fact("hotline:es", PAGES["hotlines"]["es"], ("es",))),
        (True, "vi", LinkOnly("missing")),
        (False, "en", LinkOnly("unchecked")),
        (False, "vi", LinkOnly("unchecked")),
    ],
)
def test_a_hotline_is_said_only_in_practice(practice: bool, language: str, said: Fact | LinkOnly) -> None:
    assert OfficialFacts(practice=practice).hotline(language) == said


def test_a_state_that_we_do_not_know_keeps_its_code_for_a_name() -> None:
    assert FACTS.state_name("ZZ") == "ZZ"
