"""Slack fails in every way, and the product dies between any two lines: every card once, every word once, in the end."""

import json
import sqlite3
import time
from contextlib import suppress
from http.client import HTTPException

from providers.slack import DESK, MARIA, OTHER_TEAM
from support.console import Console
from support.processes import rows, wait_until

ANA, EVE, JOE = "+15550100301", "+15550100302", "+15550100303"
ASKS = "I need to talk to a person about my ballot"


def header(card):
    return card["blocks"][0]["text"]["text"]


def mine(slack, ts):
    """Return what the bot has posted under a card."""
    return [one for one in slack.posts(ts)[1:] if one.get("bot_id")]


def open_calls(desk):
    return rows(desk, "SELECT count(*) FROM desk_call WHERE state IN ('queued', 'sending', 'unsure')")[0][0]


def test_with_slack_away_at_the_start_the_console_goes_on_and_the_cards_come_later(slack_desk, slack, twilio):
    slack_desk.env = {**slack_desk.env, "BOT_SLACK__MESSAGES_PER_SECOND": "1"}  # one after the other, oldest first
    slack.go_down()
    slack_desk.start()
    for voter in (ANA, EVE, JOE):
        twilio.text(voter, ASKS)
        twilio.wait_for(1, voter)
    # A click that was under way is taken all the same: nothing that comes in needs Slack to answer.
    payload = {
        "type": "block_actions",
        "api_app_id": "A0DESK0001",
        "team": {"id": "T0HOME0001"},
        "user": {"id": MARIA, "team_id": "T0HOME0001"},
        "container": {"channel_id": DESK, "message_ts": "1.000001"},
        "actions": [{"action_id": "claim", "action_ts": "2.000001", "value": json.dumps({"thread": 3, "case": 3})}],
    }
    assert slack.interactive(payload).status == 200
    assert rows(slack_desk, "SELECT owner FROM conversation WHERE id = 3") == [(MARIA,)]
    ada = Console(slack_desk, "Ada")
    ada.act("claim", 2)
    ada.act("say", 2, "Said while Slack was away")
    assert twilio.wait_for(2, EVE)[-1].endswith("Said while Slack was away")
    ada.act("claim", 1)
    ada.act("resolve", 1)
    slack.come_up()
    cards = slack.wait_posts(3, wait_s=30)
    assert ["Resolved" in header(cards[0]), "Claimed by Ada" in header(cards[1])] == [True, True]
    wait_until(lambda: open_calls(slack_desk) == 0, 30)
    assert header(slack.posts()[2]).startswith("\N{LARGE GREEN CIRCLE} Claimed by")
    assert len(slack.posts()) == 3
    assert rows(slack_desk, "SELECT count(*) FROM desk_call WHERE state = 'dead'") == [(0,)]


def test_an_outage_in_the_middle_loses_and_doubles_nothing(slack_desk, slack, twilio):
    slack_desk.start()
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    slack.person(MARIA).clicks(card["ts"], "claim")
    slack.wait_for(lambda: "Claimed by Maria" in header(slack.post(card["ts"])))
    slack.go_down()
    for number in range(3):
        twilio.text(ANA, f"are you there {number}")
    twilio.text(EVE, ASKS)
    twilio.wait_for(1, EVE)
    time.sleep(4)
    slack.come_up()
    slack.wait_posts(2, wait_s=30)
    words = wait_until(lambda: _words(slack, card["ts"]) if "are you there 2" in _words(slack, card["ts"]) else "", 30)
    assert [words.count(f"are you there {number}") for number in range(3)] == [1, 1, 1]
    assert len(slack.posts()) == 2


def _words(slack, ts):
    return "\n".join(json.dumps(one["blocks"]) for one in mine(slack, ts))


KINDS = ("500", "503", "429:1", "cut_before", "cut_after", "cut_half", "garbage", "html", "internal_error")


def test_calls_that_fail_in_every_way_are_seen_once(slack_desk, slack, twilio):
    """Each way to fail meets a card, and then words in a thread."""
    slack_desk.start()
    voters = [f"+155501010{number:02}" for number in range(len(KINDS))]
    slack.fail("chat.postMessage", *KINDS)
    for voter in voters:
        twilio.text(voter, ASKS)
    slack.wait_posts(len(voters), wait_s=40)
    wait_until(lambda: open_calls(slack_desk) == 0, 40)
    assert len(slack.posts()) == len(voters)
    slack.fail("chat.postMessage", *KINDS)
    for voter in voters:
        twilio.text(voter, f"more words of {voter[-4:]}")
    cards = slack.posts()
    slack.wait_for(lambda: all(mine(slack, card["ts"]) for card in cards), 40)
    wait_until(lambda: open_calls(slack_desk) == 0, 40)
    assert len(slack.posts()) == len(voters)
    assert [len(mine(slack, card["ts"])) for card in cards] == [1] * len(voters)
    assert len(slack.failed("chat.postMessage")) == len(KINDS) * 2
    assert rows(slack_desk, "SELECT count(*) FROM desk_call WHERE state IN ('failed', 'dead')") == [(0,)]


def test_a_wrong_token_is_waited_for_and_said(slack_desk, slack, twilio):
    slack.auth_error = "token_revoked"
    slack_desk.start()
    twilio.text(ANA, ASKS)
    wait_until(lambda: "channel_needs_staff" in slack_desk.output)
    slack.auth_error = ""
    assert len(slack.wait_posts(1, wait_s=60)) == 1


def test_a_hanging_slack_delays_no_voter(slack_desk, slack, twilio):
    slack_desk.start()
    slack.fail("chat.postMessage", *["slow:8"] * 6)
    for number in range(6):
        twilio.text(f"+155501004{number:02}", ASKS)
    began = time.monotonic()
    twilio.text(JOE, "when do the polls close")
    twilio.wait_for(1, JOE)
    assert time.monotonic() - began < 4
    slack.release()


POINTS = (
    "accept.before",
    "accept.after",
    "think.before",
    "think.after",
    "claim.before",
    "claim.after",
    "sending",
    "sent",
)


def test_killed_at_every_point_every_card_and_every_word_comes_once(slack_desk, slack, twilio):
    """The desk dies at one point after the other, while voters ask, are claimed, are answered and give thanks."""
    maria, life = slack.person(MARIA), Life(slack_desk, list(POINTS))
    voters: list[tuple[str, str]] = []
    while life.points:
        voter, before = f"+1555020{len(voters):04}", len(slack.posts())
        life.insist(lambda voter=voter: twilio.text(voter, ASKS, sid=f"SM{voter[1:]:0>32}").status)
        card = life.wait(lambda before=before: slack.posts()[before:])[0]["ts"]
        place = f"{DESK}:{card}"
        life.wait(lambda at=place: rows(slack_desk, "SELECT count(*) FROM handoff WHERE desk_ref = ?", at) == [(1,)])
        click = slack.post(card)
        life.insist(lambda ts=card, click=dict(click): maria.clicks(ts, "claim", seen=click).status)
        said = maria.says(f"Words for {voter}", card, sends=False)
        life.insist(lambda said=said: slack.event(said.event, event_id=said.event_id).status)
        life.wait(lambda voter=voter: any("Words for" in text for text in twilio.texts_to(voter)))
        life.insist(lambda voter=voter: twilio.text(voter, "thank you dear", sid=f"SM9{voter[2:]:0>31}").status)
        life.wait(lambda ts=card: "thank you dear" in _words(slack, ts))
        voters.append((voter, card))
    life.wait(lambda: open_calls(slack_desk) == 0)
    assert life.deaths >= len(POINTS)
    assert len(slack.posts()) == len(voters)
    for voter, card in voters:
        assert [text.count(f"Words for {voter}") for text in twilio.texts_to(voter) if "Words" in text] == [1]
        assert _words(slack, card).count("thank you dear") == 1


class Life:
    """A desk that dies at each of `points` and is started again, and those who try until it has heard them."""

    def __init__(self, desk, points):
        self.desk, self.base, self.points, self.deaths = desk, desk.env, points, -1
        self._begin()

    def wait(self, look):
        return wait_until(lambda: self._looked(look), 90)

    def insist(self, call):
        """Try until it is acknowledged, as a provider would, or a person at a button."""
        self.wait(lambda: 200 <= call() < 300)

    def _looked(self, look):
        if self.desk.process.poll() is not None:
            self._begin()
        with suppress(OSError, HTTPException, sqlite3.Error):
            return look()
        return None

    def _begin(self):
        self.deaths += 1
        self.desk.env = {**self.base, **({"BOT_DIE_AT": self.points.pop(0)} if self.points else {})}
        with suppress(AssertionError):  # some points are passed before it is ready
            self.desk.start()


def test_another_workspaces_requests_store_nothing(slack_desk, slack, twilio):
    slack_desk.start()
    wait_until(lambda: rows(slack_desk, "SELECT count(*) FROM workspace") == [(1,)])
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    statuses = [
        slack.person(MARIA).clicks(card["ts"], "claim", team=OTHER_TEAM).status,
        slack.person(MARIA).clicks(card["ts"], "claim", app="A0OTHER001").status,
        slack.person(MARIA).clicks(card["ts"], "claim", secret="another secret").status,
        slack.person(MARIA).clicks(card["ts"], "claim", timestamp=int(time.time()) - 400).status,
        slack.person(MARIA).clicks(card["ts"], "claim", timestamp="soon").status,
    ]
    assert statuses == [403, 403, 401, 401, 401]
    assert rows(slack_desk, "SELECT count(*) FROM inbox WHERE channel = 'slack'") == [(0,)]
