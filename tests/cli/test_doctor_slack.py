"""`bot doctor --online` with Slack: what is wrong there is named with the way out."""

from pathlib import Path

import pytest
from providers.slack import BEN, DESK, GUEST, MARIA, STRANGER, FakeSlack
from support.commands import Said, run_bot


@pytest.fixture
def slack():
    with FakeSlack() as one:
        yield one


def doctor(tmp_path: Path, slack: FakeSlack, roster: list[str], **extra: str) -> Said:
    listed = "[" + ",".join(f'"{who}"' for who in roster) + "]"
    settings = {
        **slack.environment(),
        "BOT_DESK__VOLUNTEERS": listed,
        "PUBLIC_BASE_URL": "https://desk.example.org",
        **extra,
    }
    return run_bot("doctor", "--online", folder=tmp_path, **settings)


def line(said: Said, about: str) -> str:
    return next(one for one in said.out.splitlines() if one[7:].startswith(about))


def test_all_is_well(tmp_path, slack):
    said = doctor(tmp_path, slack, [MARIA, BEN])
    assert line(said, "slack ").startswith("ok")
    assert "https://desk.example.org/webhooks/slack/events" in line(said, "slack ")
    assert line(said, "slack online").startswith("ok")
    assert "#voter-desk" in line(said, "slack online")
    assert "slack roster" not in said.out


def test_guests_strangers_and_mistakes_on_the_roster_are_named(tmp_path, slack):
    said = doctor(tmp_path, slack, [MARIA, GUEST, STRANGER, "U0NOBODY01"])
    found = [one for one in said.out.splitlines() if "slack roster" in one]
    assert [one.startswith("WRONG") for one in found] == [True] * 3
    assert [next(who for who in (GUEST, STRANGER, "U0NOBODY01") if who in one) for one in found]
    assert said.code == 1


@pytest.mark.parametrize(
    "break_it, words",
    [
        (lambda slack: setattr(slack, "auth_error", "token_revoked"), "token_revoked"),
        (lambda slack: slack.scopes.discard("reactions:write"), "the app lacks reactions:write"),
        (lambda slack: setattr(slack.rooms[DESK], "is_member", False), f"the bot is not in {DESK}: type /invite @"),
        (lambda slack: setattr(slack.rooms[DESK], "is_ext_shared", True), f"{DESK} is shared with another workspace"),
        (lambda slack: slack.go_down(), "ConnectionRefusedError"),
    ],
    ids="token scope member shared away".split(),
)
def test_what_is_wrong_is_said_with_the_way_out(tmp_path, slack, break_it, words):
    break_it(slack)
    found = line(doctor(tmp_path, slack, [MARIA]), "slack online")
    assert found.startswith("WRONG")
    assert words in found
    assert "docs/setup/slack.md" in found


@pytest.mark.parametrize(
    "extra, words",
    [
        ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL is not set"),
        ({"BOT_DESK__VOLUNTEERS": "[]"}, "nobody is on the roster"),
    ],
)
def test_a_slack_that_cannot_work_is_said_before_anybody_is_asked(tmp_path, slack, extra, words):
    found = line(doctor(tmp_path, slack, [MARIA], **extra), "slack ")
    assert found.startswith("WRONG")
    assert words in found
