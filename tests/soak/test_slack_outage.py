"""Slack is away for a minute while thirty voters ask for a person, and the desk is killed in the middle."""

import json
import time
from pathlib import Path

import pytest
from providers.slack import BEN, MARIA, FakeSlack
from providers.twilio import FakeTwilio
from support.console import Console
from support.processes import Desk, rows, wait_until

AWAY_S = 60
ASKS = "I need to talk to a person about my ballot"


@pytest.mark.soak
def test_a_minute_without_slack(tmp_path: Path, model: Path) -> None:
    """The console goes on; afterwards each card stands once, as things are by then, and each word in its thread."""
    with FakeTwilio() as twilio, FakeSlack(retries=True, limits=True) as slack:
        desk = Desk(tmp_path / "var", model)
        twilio.product = slack.product = desk.url
        roster = {"BOT_DESK__VOLUNTEERS": json.dumps([MARIA, BEN]), "BOT_DESK__HOLD": "1s"}
        desk.env = {**twilio.environment(), **slack.environment(), **roster, "PUBLIC_BASE_URL": desk.url}
        desk.start()
        voters = [f"+155501005{number:02}" for number in range(30)]
        for voter in voters[:5]:
            twilio.text(voter, ASKS)
        slack.wait_posts(5, wait_s=30)
        wait_until(lambda: rows(desk, "SELECT count(*) FROM handoff WHERE desk_ref IS NOT NULL") == [(5,)])
        slack.go_down()
        began = time.monotonic()
        for voter in voters[5:]:
            twilio.text(voter, ASKS)
        for voter in voters:
            twilio.wait_for(1, voter, wait_s=30)
            twilio.text(voter, f"more words of {voter[-2:]}")
        ada = Console(desk, "Ada")
        for thread in (1, 6, 7):
            ada.act("claim", thread)
            ada.act("say", thread, f"From the console to {thread}")
        ada.act("resolve", 7)
        desk.kill()
        desk.start()
        for thread in (1, 6, 7):
            twilio.wait_for(2, voters[thread - 1], wait_s=30)
        time.sleep(max(0.0, AWAY_S - (time.monotonic() - began)))
        slack.come_up()
        cards = slack.wait_posts(30, wait_s=120)
        wait_until(
            lambda: (
                rows(desk, "SELECT count(*) FROM desk_call WHERE state IN ('queued', 'sending', 'unsure')") == [(0,)]
            ),
            180,
        )
        assert len(slack.posts()) == 30
        assert rows(desk, "SELECT count(*) FROM desk_call WHERE state IN ('failed', 'dead')") == [(0,)]
        states = {card["text"].split("·")[0].strip()[2:]: 0 for card in slack.posts()}
        for card in slack.posts():
            states[card["text"].split("·")[0].strip()[2:]] += 1
        assert states == {"Claimed by Ada": 2, "Resolved": 1, "Waiting": 27}
        for voter in voters:
            place = rows(
                desk,
                "SELECT desk_ref FROM handoff JOIN conversation c ON c.id = conversation_id"
                " JOIN address a ON a.id = c.address_id WHERE a.address = ?",
                voter,
            )[0][0]
            ts = place.partition(":")[2]
            words = f"more words of {voter[-2:]}"
            seen = sum(words in json.dumps(one["blocks"]) for one in slack.posts(ts))
            assert seen >= 1, f"{words} stands nowhere"
            assert sum(words in json.dumps(one["blocks"]) for one in slack.posts(ts)[1:]) <= 1
        assert [sum("From the console" in text for text in twilio.texts_to(voter)) for voter in voters].count(1) == 3
        assert cards
        desk.stop()
