"""A voter's text travels the whole way and back, with what goes wrong on it."""

import json
import sqlite3
import time

import pytest

VOTER = "+15550100201"


def rows(desk, question, *values):
    """Return what the product's database holds."""
    with sqlite3.connect(desk.folder / "desk.sqlite3", timeout=5) as connection:
        return connection.execute(question, values).fetchall()


def wait_until(is_so, wait_s=15.0):
    ends = time.monotonic() + wait_s
    while not (found := is_so()):
        assert time.monotonic() < ends, "it did not become so in time"
        time.sleep(0.05)
    return found


def test_a_text_gets_a_true_answer_in_the_voters_language(sms_desk, twilio):
    sms_desk.start()
    answer = twilio.text(VOTER, "donde voto")
    assert (answer.status, answer.body) == (204, b"")
    (text,) = twilio.wait_for(1, VOTER)
    assert "asistente automatizado" in text
    assert "estado" in text
    twilio.text(VOTER, "Ohio")
    assert "https://www.ohiosos.gov/" in twilio.wait_for(2, VOTER)[1]


def test_a_repeated_webhook_is_answered_once(sms_desk, twilio):
    sms_desk.start()
    sid = twilio.new_sid()
    answers = [twilio.text(VOTER, "what time do polls close", sid=sid) for _ in range(3)]
    twilio.wait_for(1, VOTER)
    time.sleep(1.5)
    assert [answer.status for answer in answers] == [204, 204, 204]
    assert len(twilio.texts_to(VOTER)) == 1


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"signature": ""}, 403),
        ({"signature": "bm90IG91cnM="}, 403),
        ({"signature": "\xe9\xe9"}, 403),
        ({"token": "another account's token"}, 403),
        ({"body": b"Body=tampered&From=%2B1&To=%2B1&MessageSid=SM1"}, 403),
        ({"body": b"\xff\xfe%ff%fe"}, 403),
        ({"body": b"a=b&" * 30_000}, 413),
    ],
    ids=["no signature", "wrong", "not ascii", "other token", "tampered", "no utf-8", "120 kB"],
)
def test_c60_a_stranger_leaves_nothing_but_a_count(shared_desk, how, status):
    desk, twilio = shared_desk
    before = rows(desk, "SELECT count(*) FROM inbox")
    assert twilio.post("/webhooks/twilio", twilio.form(VOTER, "hello"), **how).status == status
    assert rows(desk, "SELECT count(*) FROM inbox") == before


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"From": VOTER, "To": "+1", "Body": "no sid"}, 400),
        ({"MessageSid": "SM1", "Body": "nobody"}, 400),
        ({"MessageSid": "S" * 500, "From": VOTER, "To": "+1"}, 400),
        ({"MessageSid": "SM-media", "From": VOTER, "To": "+1", "NumMedia": "many", "Body": "x"}, 204),
        ({"MessageSid": "SM-empty", "From": VOTER, "To": "+1"}, 204),
    ],
    ids=["no sid", "no sender", "long sid", "odd media count", "no body"],
)
def test_an_authentic_but_odd_request_never_breaks_the_desk(shared_desk, form, status):
    _desk, twilio = shared_desk
    assert twilio.post("/webhooks/twilio", form).status == status
    assert twilio.post("/webhooks/twilio", twilio.form("+15550100299", "hello")).status == 204


@pytest.mark.parametrize("query", ["", "?key=", "?key=nonsense", "?key=00000000-0000-0000-0000-000000000000"])
def test_a_status_callback_that_names_no_message_is_harmless(shared_desk, query):
    _, twilio = shared_desk
    form = {"MessageSid": "SM9", "MessageStatus": "delivered", "From": "+1", "To": VOTER}
    assert twilio.post(f"/webhooks/twilio/status{query}", form).status in (204, 400)


def test_a_picture_is_noted_and_passed_on_to_people(sms_desk, twilio):
    sms_desk.start()
    media = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/media/ME1", "MediaContentType0": "image/jpeg"}
    twilio.text(VOTER, "", **media)
    (text,) = twilio.wait_for(1, VOTER)
    assert "pictures" in text
    ((kept, waiting),) = rows(
        sms_desk,
        "SELECT m.media, c.waiting_since FROM message m JOIN conversation c ON c.id = m.conversation_id"
        " WHERE m.direction = 'in'",
    )
    assert json.loads(kept) == [["https://api.twilio.com/media/ME1", "image/jpeg"]]
    assert waiting is not None


@pytest.mark.parametrize("order", [("sent", "delivered"), ("delivered", "sent"), ("delivered", "undelivered", "sent")])
def test_receipts_only_ever_move_a_message_up(sms_desk, twilio, order):
    sms_desk.start()
    twilio.text(VOTER, "what time do polls close")
    twilio.wait_for(1, VOTER)
    for status in order:
        assert twilio.status(twilio.sent[0], status).status == 204
    assert rows(sms_desk, "SELECT state FROM message WHERE direction = 'out'") == [("delivered",)]


def test_whatsapp_and_rcs_addresses_are_the_strings_that_they_are(sms_desk, twilio):
    sms_desk.start()
    for voter in ("whatsapp:US.1A2b3C", "rcs:+15550100202"):
        twilio.text(voter, "what time do polls close")
        twilio.wait_for(1, voter)
    assert {one.to for one in twilio.sent} == {"whatsapp:US.1A2b3C", "rcs:+15550100202"}


def test_messages_missed_while_the_desk_was_down_are_fetched_and_answered(sms_desk, twilio):
    sms_desk.start()
    twilio.text(VOTER, "what time do polls close")
    twilio.wait_for(1, VOTER)
    sms_desk.stop()
    twilio.page_size = 1  # the list has pages
    twilio.keep_inbound("+15550100203", "where do i vote")
    twilio.keep_inbound("+15550100204", "STOP")
    sms_desk.start()
    assert "automated" in twilio.wait_for(1, "+15550100203")[0]
    wait_until(lambda: rows(sms_desk, "SELECT 1 FROM consent WHERE event = 'stop'"))
    assert len(twilio.texts_to(VOTER)) == 1, "what was stored already is not answered again"
