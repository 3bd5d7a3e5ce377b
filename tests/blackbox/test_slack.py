"""Volunteers in Slack: a voter's words become a card, the claimer's words reach the voter, everybody else's do not."""

import json
import threading
import time

import pytest
from providers.slack import BEN, DESK, GUEST, MARIA, OTHER, STRANGER
from support.console import Console
from support.processes import Desk, rows, wait_until

ANA, EVE = "+15550100301", "+15550100302"
ASKS = "I need to talk to a person about my ballot"


@pytest.fixture
def running(slack_desk: Desk) -> Desk:
    slack_desk.start()
    wait_until(lambda: rows(slack_desk, "SELECT count(*) FROM volunteer WHERE standing IS NOT NULL") == [(3,)])
    return slack_desk


def header(card):
    return card["blocks"][0]["text"]["text"]


def shown(message):
    return json.dumps(message["blocks"], ensure_ascii=False)


def test_from_the_card_to_the_voter_and_back(running, slack, twilio):
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    for words in ("Waiting", "Text message", "English", ASKS, "•••• 0301", "Read as"):
        assert words in shown(card), words
    assert ANA not in json.dumps(card)
    maria = slack.person(MARIA)
    answered = len(twilio.wait_for(1, ANA))

    assert maria.says("Before anybody has claimed it", card["ts"]).answer.status == 200
    slack.wait_for(lambda: slack.ephemerals_to(MARIA))
    assert "claim the thread first" in slack.ephemerals_to(MARIA)[-1]["text"]

    assert maria.clicks(card["ts"], "claim").status == 200
    slack.wait_for(lambda: "Claimed by Maria" in header(slack.post(card["ts"])))
    said = maria.says("Your *ballot* is on its way 😄 & see https://www.ohiosos.gov/ <soon>", card["ts"])
    assert said.answer.status == 200
    text = twilio.wait_for(answered + 1, ANA)[-1]
    assert text == (
        "Hi, this is Maria with the Rivera campaign. Your ballot is on its way 😄 & see https://www.ohiosos.gov/ <soon>"
    )
    slack.wait_for(lambda: slack.reactions.get((DESK, said.ts)))
    assert slack.reactions[DESK, said.ts] == ["outbox_tray"]

    twilio.text(ANA, "thank you <!channel> & <https://evil.example/>")
    posts = slack.wait_for(lambda: [one for one in slack.posts(card["ts"]) if one.get("bot_id")][1:])
    assert "thank you <!channel> & <https://evil.example/>" in shown(posts[0])
    assert posts[0]["blocks"][1]["text"]["type"] == "plain_text"
    assert "&lt;!channel&gt;" in posts[0]["text"]
    assert f"<@{MARIA}>" in shown(posts[0])

    assert maria.clicks(card["ts"], "resolve").status == 200
    slack.wait_for(lambda: "Resolved" in header(slack.post(card["ts"])))
    assert not any(block["type"] == "actions" for block in slack.post(card["ts"])["blocks"])
    assert "back with the automated assistant" in twilio.wait_for(answered + 2, ANA)[-1]


def test_each_thread_reaches_only_its_own_voter_and_noise_reaches_nobody(running, slack, twilio):
    twilio.text(ANA, ASKS)
    twilio.text(EVE, ASKS)
    cards = slack.wait_posts(2)
    anas, eves = (next(one for one in cards if f"•••• {voter[-4:]}" in shown(one)) for voter in (ANA, EVE))
    maria, ben = slack.person(MARIA), slack.person(BEN)
    maria.clicks(anas["ts"], "claim")
    ben.clicks(eves["ts"], "claim")
    before = {voter: len(twilio.wait_for(1, voter)) for voter in (ANA, EVE)}
    ben.says("Ben into Ana's thread", anas["ts"])
    maria.says("Maria into Eve's thread", eves["ts"])
    maria.says("// only for us", anas["ts"])
    maria.says(f"<@{BEN}> can you look?", anas["ts"])
    maria.says("👍", anas["ts"])
    maria.says("Into the channel, no thread")
    slack.person(GUEST).says("a guest's words", anas["ts"])
    slack.person(GUEST).clicks(anas["ts"], "release")
    slack.person(STRANGER).says("a stranger's words", anas["ts"])
    maria.says("For Ana only", anas["ts"])
    ben.says("For Eve only", eves["ts"])
    twilio.wait_for(before[ANA] + 1, ANA)
    twilio.wait_for(before[EVE] + 1, EVE)
    time.sleep(2.5)  # whatever else was to leave would have left by now
    assert twilio.texts_to(ANA)[before[ANA] :] == ["Hi, this is Maria with the Rivera campaign. For Ana only"]
    assert twilio.texts_to(EVE)[before[EVE] :] == ["Hi, this is Ben with the Rivera campaign. For Eve only"]
    notes = {row[0] for row in rows(running, "SELECT text FROM message WHERE direction = 'note'")}
    assert notes == {
        "Ben into Ana's thread",
        "Maria into Eve's thread",
        "// only for us",
        "can you look?",
        "👍",
    }


def test_two_volunteers_click_at_once_and_one_of_them_is_told(running, slack, twilio):
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    clicks = [threading.Thread(target=slack.person(who).clicks, args=(card["ts"], "claim")) for who in (MARIA, BEN)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    ((owner,),) = rows(running, "SELECT owner FROM conversation WHERE owner IS NOT NULL")
    other = BEN if owner == MARIA else MARIA
    (told,) = slack.wait_for(lambda: slack.ephemerals_to(other))
    assert "has claimed this thread" in told["text"]
    assert slack.ephemerals_to(owner) == []
    assert rows(running, "SELECT count(*) FROM inbox WHERE kind = 'claim'") == [(1,)]


def test_claim_and_reply_is_one_form_and_one_commit(running, slack, twilio):
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    answered = len(twilio.wait_for(1, ANA))
    maria, ben = slack.person(MARIA), slack.person(BEN)
    assert maria.clicks(card["ts"], "claim_and_reply").status == 200
    assert ASKS in json.dumps(slack.view_of(MARIA)["blocks"])
    ben.clicks(card["ts"], "claim_and_reply")
    empty = maria.submits({"words": "   "})
    assert empty.json["response_action"] == "errors"
    sent = maria.submits({"words": "I am looking into it."})
    assert (sent.status, sent.body) == (200, b"")
    late = ben.submits({"words": "So am I."})
    assert late.json == {"response_action": "errors", "errors": {"words": "This thread is with Maria."}}
    assert twilio.wait_for(answered + 1, ANA)[-1].endswith("I am looking into it.")
    assert rows(running, "SELECT owner FROM conversation") == [(MARIA,)]


def test_words_are_taken_back_in_time_by_button_or_by_deleting_them(slack_desk, slack, twilio):
    slack_desk.env = {**slack_desk.env, "BOT_DESK__HOLD": "3s"}
    slack_desk.start()
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    answered = len(twilio.wait_for(1, ANA))
    maria = slack.person(MARIA)
    maria.clicks(card["ts"], "claim")
    maria.says("A mistake", card["ts"])
    held = slack.wait_for(lambda: [one for one in slack.ephemerals_to(MARIA) if "Sending" in one["text"]])[0]
    maria.clicks(held["message_ts"], "undo")
    deleted = maria.says("Another mistake", card["ts"])
    maria.deletes(deleted.ts)
    maria.says("Meant for you", card["ts"])
    assert twilio.wait_for(answered + 1, ANA)[-1].endswith("campaign. Meant for you")
    said = "SELECT text FROM message WHERE who = ? AND state = 'sent'"
    sent = wait_until(lambda: rows(slack_desk, said, MARIA))  # written down a moment after the provider has it
    assert sent == [("Hi, this is Maria with the Rivera campaign. Meant for you",)]
    assert not any("mistake" in text for text in twilio.texts_to(ANA))


def test_repeats_edits_and_old_cards_change_nothing(running, slack, twilio):
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    answered = len(twilio.wait_for(1, ANA))
    maria = slack.person(MARIA)
    maria.clicks(card["ts"], "claim")
    said = maria.says("Once only", card["ts"])
    for number in (1, 2, 3):
        assert slack.event(said.event, event_id=said.event_id, retry=(number, "http_timeout")).status == 200
    assert slack.event(said.event).status == 200  # the same words under another event's id
    maria.edits(said.ts, "Other words")
    maria.unfurls(said.ts)
    twilio.wait_for(answered + 1, ANA)
    old = slack.post(card["ts"])
    before = dict(old, blocks=list(old["blocks"]))
    maria.clicks(card["ts"], "resolve")
    slack.wait_for(lambda: "Resolved" in header(slack.post(card["ts"])))
    twilio.wait_for(answered + 2, ANA)
    for action in ("release", "resolve", "claim_and_reply"):
        assert maria.clicks(card["ts"], action, seen=before).status == 200
    maria.says("Written on a card that is closed", card["ts"])
    slack.wait_for(lambda: [one for one in slack.ephemerals_to(MARIA) if "this case is closed" in one["text"].lower()])
    time.sleep(1.5)
    bodies = twilio.texts_to(ANA)
    assert sum("Once only" in body for body in bodies) == 1
    assert not any("Other words" in body or "card that is closed" in body for body in bodies)


def test_the_console_and_slack_show_each_other(running, slack, twilio):
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    thread = rows(running, "SELECT id FROM conversation")[0][0]
    ada = Console(running, "Ada")
    ada.act("claim", thread)
    slack.wait_for(lambda: "Claimed by Ada" in header(slack.post(card["ts"])))
    slack.person(MARIA).clicks(card["ts"], "claim_and_reply")
    refused = slack.person(MARIA).submits({"words": "Let me"})
    assert refused.json["errors"] == {"words": "This thread is with Ada."}
    ada.act("say", thread, "From the console")
    ada.act("note", thread, "A note from the console")
    slack.wait_for(lambda: any("From the console" in shown(one) for one in slack.posts(card["ts"])))
    slack.wait_for(lambda: any("A note from the console" in shown(one) for one in slack.posts(card["ts"])))
    ada.act("release", thread)
    slack.wait_for(lambda: "Waiting" in header(slack.post(card["ts"])))
    slack.person(MARIA).clicks(card["ts"], "claim")
    assert "Maria has claimed this thread" in ada.act("claim", thread)
    slack.person(MARIA).says("From Slack", card["ts"])
    wait_until(lambda: "From Slack" in ada.page(thread))


def test_another_channel_is_none_of_ours(running, slack, twilio):
    twilio.text(ANA, ASKS)
    (card,) = slack.wait_posts(1)
    slack.person(MARIA).clicks(card["ts"], "claim")
    said = slack.person(MARIA).says("a card's time in another channel", card["ts"], sends=False)
    assert slack.event({**said.event, "channel": OTHER}).status == 200
    assert rows(running, "SELECT count(*) FROM inbox WHERE kind IN ('say', 'note')") == [(0,)]
