"""`bot doctor` on the services of polling places: off, on, and whether they take the key."""

import pytest
from providers.civic import KEY, FakeCivic


@pytest.fixture
def civic():
    with FakeCivic() as one:
        yield one


@pytest.fixture
def doctor(bot, civic):
    """Return the doctor with both services at the local server; it returns the lines about them."""

    def run(*options, **environment):
        both = civic.environment() | {"DEMOCRACY_WORKS_KEY": KEY, "DEMOCRACY_WORKS_BASE_URL": civic.url}
        said = bot("doctor", *options, **{**both, **environment})
        assert KEY not in said.out + said.err
        return [" ".join(line.split()) for line in said.out.splitlines() if line[7:].startswith("polling")]

    return run


def test_it_says_what_is_set_and_asks_nobody(doctor, civic):
    assert doctor() == [
        "ok polling places set: google, then democracy_works; --online shows whether the key is taken, without an address"
    ]
    (off,) = doctor(GOOGLE_CIVIC_KEY="", DEMOCRACY_WORKS_KEY="")
    assert off.startswith("note polling places off: no GOOGLE_CIVIC_KEY, no DEMOCRACY_WORKS_KEY: the official link")
    assert civic.asked == []


def test_online_the_key_is_proved_without_an_address(doctor, civic):
    _, *lines = doctor("--online")
    assert lines == [
        "ok polling online google: the key is taken",
        "ok polling online democracy_works: the key is taken",
    ]
    assert [path for path, _, _ in civic.asked] == ["/civicinfo/v2/elections", "/v2/elections"]


def test_online_a_key_that_is_not_taken_is_a_line_with_the_way_out(doctor):
    _, wrong, away = doctor("--online", GOOGLE_CIVIC_KEY="another", DEMOCRACY_WORKS_BASE_URL="http://127.0.0.1:1")
    assert wrong.startswith("WRONG polling online google: refused; the key is wrong, or used up for today")
    assert away == "WRONG polling online democracy_works: no_line; can this machine reach it?"
