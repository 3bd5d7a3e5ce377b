"""What a provider does wrong, and what the voter notices of it: nothing lost, nothing twice, or a person knows.

All faults happen at once to different voters of one running desk; each test looks at its own.
"""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.twilio import FakeTwilio
from support.processes import Desk

TEXT = "what time do polls close"
FAULTS = {
    # name: (faults in order, creates that Twilio sees, texts that the voter gets, state, error)
    "too fast": (["429"], 2, 1, "sent", None),
    "a gateway's error": (["500"], 2, 1, "sent", None),
    "twilio's own error": (["503"], 2, 1, "sent", None),
    "several errors in a row": (["503", "429", "503"], 4, 1, "sent", None),
    "cut before the effect": (["cut_before"], 2, 1, "sent", None),
    "cut after the effect": (["cut_after"], 1, 1, "sent", None),
    "an answer that cannot be read": (["garbage"], 1, 1, "sent", None),
    "stopped at twilio": (["21610"], 1, 0, "failed", "21610"),
    "no such number": (["21211"], 1, 0, "failed", "21211"),
    "a landline": (["21635"], 1, 0, "failed", "21635"),
    "an unknown code": (["29999"], 1, 0, "failed", "29999"),
    "our credentials": (["20003"], 2, 1, "sent", None),
}
VOTERS = {name: f"+155501003{number:02}" for number, name in enumerate(FAULTS)}


@pytest.fixture(scope="module")
def suffered(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[tuple[Desk, FakeTwilio]]:
    """Yield a desk and its Twilio after all of the faults have happened and everything has settled."""
    with FakeTwilio() as twilio:
        desk = Desk(tmp_path_factory.mktemp("desk") / "var", model)
        twilio.product = desk.url
        desk.env = {**twilio.environment(), "PUBLIC_BASE_URL": desk.url, "BOT_SMS__ASK_AFTER": "1s"}
        for name, (faults, *_) in FAULTS.items():
            twilio.faults[VOTERS[name]].extend(faults)
        desk.start()
        for voter in VOTERS.values():
            twilio.text(voter, TEXT)
        _settled(desk)
        yield desk, twilio
        desk.kill()


def _settled(desk: Desk) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        found = outcomes(desk)
        if len(found) == len(FAULTS) and all(state in ("sent", "failed", "dead") for state, _ in found.values()):
            return
        time.sleep(0.2)
    raise AssertionError(f"not settled: {outcomes(desk)}")


def outcomes(desk: Desk) -> dict[str, tuple[str, str | None]]:
    question = (
        "SELECT a.address, m.state, m.error FROM message m JOIN conversation c ON c.id = m.conversation_id "
        "JOIN address a ON a.id = c.address_id WHERE m.direction = 'out'"
    )
    with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
        return {voter: (state, error) for voter, state, error in connection.execute(question)}


@pytest.mark.parametrize("name", FAULTS)
def test_what_becomes_of_a_text_when_the_provider_fails(suffered, name):
    desk, twilio = suffered
    _, creates, texts, state, error = FAULTS[name]
    voter = VOTERS[name]
    asked = sum(form["To"] == voter for form in twilio.creates)
    assert (asked, len(twilio.texts_to(voter)), *outcomes(desk)[voter]) == (creates, texts, state, error)


def test_twilios_wait_is_kept(suffered):
    """429 came with Retry-After: 1; nothing of this sender left within that second."""
    desk, _ = suffered
    with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
        ((attempts,),) = connection.execute(
            "SELECT m.attempts FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN address a ON "
            "a.id = c.address_id WHERE a.address = ? AND m.direction = 'out'",
            [VOTERS["too fast"]],
        ).fetchall()
    assert attempts == 2


def test_c15_who_has_stopped_us_at_twilio_is_stopped_here(suffered):
    """C15: the provider returns 21610 for a V we think active: V marked stopped, reason provider."""
    desk, _ = suffered
    question = "SELECT held_by FROM address WHERE address = ? AND stopped_at IS NOT NULL"
    with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
        found = connection.execute(question, [VOTERS["stopped at twilio"]]).fetchall()
    assert found == [("twilio",)]


def test_the_desk_says_what_staff_must_mend(suffered):
    desk, _ = suffered
    assert "channel_needs_staff" in desk.output
    assert "20003" in desk.output


def test_no_voters_number_stands_in_the_logs(suffered):
    desk, _ = suffered
    assert [voter for voter in VOTERS.values() if voter in desk.output or voter[2:] in desk.output] == []
