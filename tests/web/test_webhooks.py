"""Where providers knock: who is let in, what is stored before it is acknowledged, and when they are asked to come again."""

import pytest
from providers.telegram import SECRET
from providers.twilio import ACCOUNT, NUMBER, FakeTwilio
from support.sites import PUBLIC
from twilio.request_validator import RequestValidator

VOTER = "+15550100301"


def form(**extra):
    return FakeTwilio().form(VOTER, "where do i vote") | extra


def count(web):
    return web.rows("SELECT count(*) FROM inbox")[0][0]


def test_a_signed_text_is_stored_and_acknowledged_with_nothing(web):
    before = count(web)
    answer = web.text(form())
    assert (answer.status_code, answer.data, count(web)) == (204, b"", before + 1)


def test_a_repeated_webhook_is_stored_once(web):
    sent, before = form(MessageSid="SM-again"), count(web)
    assert ([web.text(sent).status_code for _ in range(3)], count(web)) == ([204] * 3, before + 1)


STRANGERS = {
    # name: (headers, path), all without a valid signature
    "unsigned": ({}, "/webhooks/twilio"),
    "an empty signature": ({"X-Twilio-Signature": ""}, "/webhooks/twilio"),
    "signs beyond ASCII": ({"X-Twilio-Signature": "\xe9"}, "/webhooks/twilio"),
    "a status": ({}, "/webhooks/twilio/status"),
    "a query": ({}, "/webhooks/twilio?key=x"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_leaves_nothing(web, name):
    headers, path = STRANGERS[name]
    before = web.stored()
    answer = web.client().post(path, data=form(), headers=headers)
    assert (answer.status_code, web.stored()) == (403, before)


def signed(web, url, fields, **headers):
    """Post a form with the signature that Twilio would give it had it called `url`."""
    signature = RequestValidator("7c9e6679f7d4b8a1c3e5d7f9a1b3c5d7").compute_signature(url, fields)
    return web.client().post("/webhooks/twilio", data=fields, headers={"X-Twilio-Signature": signature, **headers})


def test_the_signature_is_over_our_own_address_and_never_over_the_host_header(web):
    fields = form()
    other = signed(web, "http://evil.example.org/webhooks/twilio", fields, Host="evil.example.org")
    ours = signed(web, f"{PUBLIC}/webhooks/twilio", fields, Host="evil.example.org")
    assert (other.status_code, ours.status_code) == (403, 204)


def test_another_account_is_a_stranger(web):
    assert web.text(form(AccountSid=ACCOUNT[:-1] + "0")).status_code == 403


def test_a_body_too_large_is_not_read(web):
    before = count(web)
    answer = web.client().post("/webhooks/twilio", data=b"x" * 70_000)
    assert (answer.status_code, count(web)) == (413, before)


def test_without_twilio_there_is_no_such_address(open_with):
    none = dict.fromkeys(("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"), "")
    assert open_with(**none).client().post("/webhooks/twilio").status_code == 404


def update(web, number, text="where do i vote", secret=SECRET, voter=5550100301, **message):
    """Deliver one of Telegram's updates."""
    ana = {"id": voter, "first_name": "Ana"}
    said = {
        "message_id": number,
        "date": 1793376000,
        "from": {**ana, "is_bot": False},
        "chat": {**ana, "type": "private"},
    }
    body = {"update_id": number, "message": {**said, **(message or {"text": text})}}
    return web.client().post("/webhooks/telegram", json=body, headers={"X-Telegram-Bot-Api-Secret-Token": secret})


def test_an_update_of_telegram_is_stored_once(web):
    before = count(web)
    assert [update(web, 1).status_code for _ in range(3)] == [200] * 3
    assert count(web) == before + 1


@pytest.mark.parametrize("secret", ["", "another", "\xe9"])
def test_without_the_secret_an_update_leaves_nothing(web, secret):
    before = web.stored()
    assert (update(web, 2, secret=secret).status_code, web.stored()) == (403, before)


def test_an_update_of_a_kind_that_nobody_knows_is_acknowledged(web):
    before = count(web)
    assert (update(web, 3, hologram={}).status_code, count(web)) == (200, before)


@pytest.mark.parametrize("size", [70_000, 900_000], ids=["70 kB", "900 kB"])
def test_a_large_update_of_telegram_is_stored(web, size):
    before = count(web)
    assert update(web, size, padding="x" * size, caption="where do i vote").status_code == 200
    assert count(web) == before + 1


@pytest.mark.parametrize(("secret", "status"), [(SECRET, 200), ("another", 403)])
def test_one_that_is_too_large_is_let_go_so_that_the_next_one_comes(web, secret, status):
    before = web.stored()
    answer = update(web, 5, secret=secret, padding="x" * 1_100_000, caption="where do i vote")
    assert (answer.status_code, web.stored()) == (status, before)


def test_an_update_that_nobody_can_read_is_acknowledged_and_kept(web):
    answer = web.client().post(
        "/webhooks/telegram", data=b"{no update", headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}
    )
    assert answer.status_code == 200
    assert web.rows("SELECT state, error FROM effect WHERE kind = 'read_again'") == [
        ("dead", "an update that could not be read: no JSON")
    ]


def test_a_place_is_shown_at_the_desk(web):
    update(web, 4, voter=5550100302, location={"latitude": 39.9612, "longitude": -82.9988})
    web.work()
    ((thread,),) = web.rows("SELECT max(id) FROM conversation")
    assert "A place from the voter: 39.9612,-82.9988" in web.signed_in().get(f"/console/threads/{thread}").text


def test_without_telegram_there_is_no_such_address(open_with):
    none = dict.fromkeys(("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"), "")
    assert open_with(**none).client().post("/webhooks/telegram").status_code == 404


def test_a_full_backlog_asks_twilio_to_come_again(open_with):
    one = open_with(BOT_LIMITS__BACKLOG="1")
    one.text(form())
    one.app.backlog.count()
    answer = one.text(form(MessageSid="SM-late"))
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0, count(one)) == (503, True, 1)


def test_what_could_not_be_committed_is_never_acknowledged(open_with):
    one = open_with()
    with one.app.store.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE inbox RENAME TO elsewhere")
    answer = one.text(form())
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    with one.app.store.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO inbox")
    assert (one.text(form()).status_code, count(one)) == (204, 1)


def test_digits_that_are_no_number_count_no_pictures(web):
    assert web.text(form(NumMedia="²", To=NUMBER)).status_code == 204
