"""The local Slack behaves for slack_sdk as docs.slack.dev says that the real one does (read November 2026)."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from providers.slack import (
    APP,
    BOT,
    BOT_USER,
    DESK,
    GONE,
    GUEST,
    MARIA,
    OTHER,
    SECRET,
    STRANGER,
    TEAM,
    TOKEN,
    FakeSlack,
)
from providers.slack_blocks import pings
from providers.slack_words import written
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from support.processes import free_port


@pytest.fixture
def slack():
    with FakeSlack() as one:
        yield one


@pytest.fixture
def client(slack):
    return WebClient(TOKEN, base_url=f"{slack.url}/api/", timeout=3, retry_handlers=[])


def text(words, kind="plain_text"):
    return {"type": kind, "text": words}


def button(action_id="claim", label="Claim", **more):
    return {"type": "button", "action_id": action_id, "text": text(label), "value": '{"thread": 12}', **more}


def card(*buttons):
    return [{"type": "header", "text": text("Waiting")}, {"type": "actions", "elements": list(buttons) or [button()]}]


def modal(**more):
    box = {"type": "plain_text_input", "action_id": "text", "multiline": True}
    words = {"type": "input", "block_id": "words", "label": text("Your words"), "element": box}
    view = {"type": "modal", "callback_id": "reply", "title": text("Reply"), "submit": text("Send"), "blocks": [words]}
    return view | more


def error_of(call, *args, **kwargs):
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response["error"]


# --- who and where ----------------------------------------------------------------------------------------------------


def test_it_says_who_the_bot_is_and_what_it_may(client):
    answer = client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (TEAM, BOT_USER, BOT)
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
    assert client.bots_info(bot=BOT)["bot"]["app_id"] == APP


def test_a_wrong_token_an_unknown_method_and_a_missing_scope_are_errors(slack, client):
    assert error_of(WebClient("xoxb-no", base_url=client.base_url, retry_handlers=[]).auth_test) == "invalid_auth"
    assert error_of(client.api_call, "files.upload") == "unknown_method"
    slack.scopes.discard("reactions:write")
    ts = client.chat_postMessage(channel=DESK, text="x")["ts"]
    assert error_of(client.reactions_add, channel=DESK, timestamp=ts, name="lock") == "missing_scope"
    slack.auth_error = "token_revoked"
    assert error_of(client.auth_test) == "token_revoked"


def test_people_are_members_guests_strangers_or_gone(client):
    def flags(user):
        shown = client.users_info(user=user)["user"]
        return [shown.get(name, False) for name in ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted")]

    assert flags(MARIA) == [False, False, False, False]
    assert flags(GUEST) == [True, False, False, False]
    assert flags("U0GUEST002") == [True, True, False, False]
    assert flags(STRANGER) == [False, False, True, False]
    assert flags(GONE) == [False, False, False, True]
    assert error_of(client.users_info, user="U0NOBODY01") == "user_not_found"


def test_a_channel_says_whether_the_bot_and_strangers_are_in_it(slack, client):
    def shown():
        channel = client.conversations_info(channel=DESK)["channel"]
        return channel["is_member"], channel["is_ext_shared"]

    assert shown() == (True, False)
    slack.rooms[DESK].is_ext_shared = True
    assert shown() == (True, True)
    assert error_of(client.chat_postMessage, channel=OTHER, text="x") == "not_in_channel"
    assert error_of(client.chat_postMessage, channel="C0NOWHERE1", text="x") == "channel_not_found"


# --- messages ---------------------------------------------------------------------------------------------------------


def test_a_message_and_its_thread_stand_in_the_channel_edits_applied(slack, client):
    first = client.chat_postMessage(channel=DESK, text="A voter waits", blocks=card())["ts"]
    reply = client.chat_postMessage(channel=DESK, text="> hello", thread_ts=first)["ts"]
    assert float(first) < float(reply)
    client.chat_update(channel=DESK, ts=first, text="Claimed by Maria")
    assert slack.texts(first) == ["Claimed by Maria", "> hello"]
    assert (slack.post(first)["reply_count"], slack.post(first)["blocks"][0]["type"]) == (1, "header")
    client.chat_update(channel=DESK, ts=first, text="Claimed by Maria", blocks=[])
    assert slack.post(first)["blocks"] == []
    client.chat_delete(channel=DESK, ts=reply)
    assert slack.texts(first) == ["Claimed by Maria"]
    assert error_of(client.chat_update, channel=DESK, ts=reply, text="x") == "message_not_found"
    assert error_of(client.chat_postMessage, channel=DESK, text="x", thread_ts="1.000001") == "thread_not_found"


def test_only_ones_own_messages_can_be_changed(slack, client):
    ts = slack.person(MARIA).says("mine", sends=False).ts
    assert error_of(client.chat_update, channel=DESK, ts=ts, text="x") == "cant_update_message"
    assert error_of(client.chat_delete, channel=DESK, ts=ts) == "cant_delete_message"


def test_history_and_replies_are_paged_and_show_metadata_only_when_asked(slack, client):
    note = {"event_type": "card", "event_payload": {"case": 34}}
    first = client.chat_postMessage(channel=DESK, text="card", metadata=note)["ts"]
    stamps = [client.chat_postMessage(channel=DESK, text=str(n), thread_ts=first)["ts"] for n in range(5)]
    newer = client.chat_postMessage(channel=DESK, text="newer")["ts"]
    assert [one["ts"] for one in client.conversations_history(channel=DESK)["messages"]] == [newer, first]
    assert "metadata" not in client.conversations_history(channel=DESK)["messages"][1]
    shown = client.conversations_history(channel=DESK, include_all_metadata=True)["messages"][1]
    assert shown["metadata"] == note
    slack.page_size = 2
    pages, cursor = [], None
    while True:
        page = client.conversations_replies(channel=DESK, ts=first, oldest=stamps[0], cursor=cursor)
        pages.append([one["text"] for one in page["messages"]])
        if not page["has_more"]:
            break
        cursor = page["response_metadata"]["next_cursor"]
    assert pages == [["card", "1", "2"], ["card", "3", "4"]]
    assert error_of(client.conversations_replies, channel=DESK, ts="1.000001") == "thread_not_found"


def test_a_mark_is_set_once_and_taken_away_once(slack, client):
    ts = slack.person(MARIA).says("hello", sends=False).ts
    mark = {"channel": DESK, "timestamp": ts, "name": "outbox_tray"}
    client.reactions_add(**mark)
    assert slack.reactions[DESK, ts] == ["outbox_tray"]
    assert error_of(client.reactions_add, **mark) == "already_reacted"
    client.reactions_remove(**mark)
    assert error_of(client.reactions_remove, **mark) == "no_reaction"
    assert slack.reactions[DESK, ts] == []


def test_an_ephemeral_is_for_one_person(slack, client):
    client.chat_postEphemeral(channel=DESK, user=MARIA, text="Sending ...", blocks=card(button("undo", "Undo")))
    assert [one["text"] for one in slack.ephemerals_to(MARIA)] == ["Sending ..."]
    assert slack.posts() == []
    assert error_of(client.chat_postEphemeral, channel=DESK, user=GONE, text="x") == "user_not_in_channel"


OPTIONS = [{"text": text("one"), "value": "1"}]
CONFIRM = {"title": text("Sure?"), "text": text("x" * 301), "confirm": text("Yes"), "deny": text("No")}


@pytest.mark.parametrize(
    "block, words",
    [
        ({"type": "section", "text": text("x" * 3001)}, "less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "section", "text": text("")}, "must be more than 0 characters"),
        ({"type": "section"}, "missing required field"),
        ({"type": "header", "text": text("x" * 151)}, "less than 151"),
        ({"type": "header", "text": text("x", "mrkdwn")}, "unsupported type: mrkdwn"),
        (card(button(label="x" * 76))[1], "less than 76"),
        (card(button(value="x" * 2001))[1], "less than 2001"),
        (card(button(action_id="x" * 256))[1], "less than 256"),
        (card(button(style="primary "))[1], "must be one of: primary, danger"),
        (card(button(confirm=CONFIRM))[1], "less than 301"),
        (card(*[button(f"a{n}") for n in range(26)])[1], "no more than 25 items"),
        (card(button(), button())[1], "`action_id` claim already exists"),
        (card({"type": "static_select", "action_id": "more", "options": OPTIONS * 101})[1], "must have 1 to 100 items"),
        (card({"type": "overflow", "action_id": "more", "options": OPTIONS * 6})[1], "must have 1 to 5 items"),
        ({"type": "context", "elements": []}, "must have at least 1 item"),
        ({"type": "sections", "text": text("x")}, "unsupported type: sections"),
    ],
)
def test_blocks_beyond_the_limits_are_refused(client, block, words):
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=DESK, text="x", blocks=[block])
    answer = caught.value.response
    assert (answer["error"], answer.status_code) == ("invalid_blocks", 200)
    assert words in answer["response_metadata"]["messages"][0]


def test_other_limits_of_a_message(client):
    divider = {"type": "divider"}
    assert client.chat_postMessage(channel=DESK, text="x", blocks=[divider] * 50)["ok"]
    assert error_of(client.chat_postMessage, channel=DESK, text="x", blocks=[divider] * 51) == "invalid_blocks"
    assert error_of(client.chat_postMessage, channel=DESK, text="x" * 40_001) == "msg_too_long"
    assert error_of(client.api_call, "chat.postMessage", json={"channel": DESK, "text": ""}) == "no_text"
    wrong = error_of(client.chat_postMessage, channel=DESK, text="x", metadata={"case": 34})
    assert wrong == "invalid_metadata_format"


@pytest.mark.parametrize(
    "mrkdwn, called",
    [("all well", []), ("<!channel> hi <@U0MARIA001>", ["!channel", "@U0MARIA001"]), ("&lt;!here&gt;", [])],
)
def test_it_sees_whom_a_message_calls(mrkdwn, called):
    assert pings("", [{"type": "section", "text": text(mrkdwn, "mrkdwn")}]) == called


# --- faults -----------------------------------------------------------------------------------------------------------


def test_a_line_reset_after_taking_is_an_exception_and_the_message_is_there(slack, client):
    slack.fail("chat.postMessage", "cut_after")
    with pytest.raises(OSError, match="reset"):
        client.chat_postMessage(channel=DESK, text="once")
    assert slack.texts() == ["once"]


def test_the_sdks_own_retry_makes_two_of_it(slack, client):
    slack.fail("chat.postMessage", "cut_after")
    twice = WebClient(TOKEN, base_url=client.base_url, retry_handlers=[ConnectionErrorRetryHandler()])
    twice.chat_postMessage(channel=DESK, text="once")
    assert slack.texts() == ["once", "once"]


def test_a_line_reset_before_reading_takes_nothing(slack, client):
    slack.fail("chat.postMessage", "cut_before")
    with pytest.raises(OSError, match=r"reset|Broken pipe"):
        client.chat_postMessage(channel=DESK, text="never")
    assert (slack.texts(), slack.failed(), slack.asked("chat.postMessage")) == ([], ["cut_before"], [{}])


@pytest.mark.parametrize(
    "fault, is_taken",
    [("500", False), ("503", False), ("html", False), ("garbage", True), ("cut_half", True), ("slow:9", True)],
)
def test_other_faults_are_exceptions_too(slack, client, fault, is_taken):
    client.timeout = 1
    slack.fail("*", fault)
    with pytest.raises(Exception) as caught:  # noqa: PT011 -- the SDK has no class for all of them
        client.chat_postMessage(channel=DESK, text="x")
    assert not isinstance(caught.value, AssertionError)
    assert (slack.texts(), slack.failed("chat.postMessage")) == (["x"] if is_taken else [], [fault.partition(":")[0]])
    assert client.chat_postMessage(channel=DESK, text="y")["ok"]


def test_faults_come_one_a_call_and_only_to_their_method(slack, client):
    slack.fail("chat.postMessage", "fatal_error", times=2)
    assert client.auth_test()["ok"]
    assert [error_of(client.chat_postMessage, channel=DESK, text="x") for _ in range(2)] == ["fatal_error"] * 2
    assert client.chat_postMessage(channel=DESK, text="x")["ok"]
    assert [one.error for one in slack.calls] == ["", "fatal_error", "fatal_error", ""]


def test_a_held_answer_is_let_go(slack, client):
    slack.fail("auth.test", "slow:30")
    threading.Timer(0.2, slack.release).start()
    assert client.auth_test()["ok"]


def test_a_limit_says_how_long_to_wait(slack, client):
    slack.fail("chat.update", "429:30")
    with pytest.raises(SlackApiError) as caught:
        client.chat_update(channel=DESK, ts="1.000001", text="x")
    answer = caught.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "30")


def test_posts_in_one_channel_are_limited_to_about_one_a_second(slack, client):
    slack.limits = True
    for n in range(3):
        client.chat_postMessage(channel=DESK, text=str(n))
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=DESK, text="too fast")
    assert (caught.value.response.status_code, caught.value.response.headers["Retry-After"]) == (429, "1")
    time.sleep(1.05)
    client.chat_postMessage(channel=DESK, text="3")
    assert slack.texts() == ["0", "1", "2", "3"]


def test_it_goes_down_and_comes_up_on_the_same_port(slack, client):
    client.auth_test()
    slack.go_down()
    with pytest.raises(OSError, match="refused"):
        client.auth_test()
    slack.come_up()
    assert client.auth_test()["ok"]
    slack.go_down()


def test_a_repeat_of_a_client_msg_id_makes_a_second_message_unless_told(slack, client):
    same = {"channel": DESK, "text": "x", "client_msg_id": "6f2c7a3e-0000-4000-8000-000000000001"}
    assert client.chat_postMessage(**same)["ts"] != client.chat_postMessage(**same)["ts"]
    slack.knows_repeats = True
    assert client.chat_postMessage(**same)["ts"] == client.chat_postMessage(**same)["ts"]


# --- what Slack sends -------------------------------------------------------------------------------------------------


class Product:
    """Stands for the product: keeps what comes and answers what the test says."""

    def __init__(self):
        self.got, self.answers, self.default = [], [], (200, b"", {})

    def answer(self):
        return self.answers.pop(0) if self.answers else self.default

    @property
    def last(self):
        path, _, body = self.got[-1]
        if path.endswith("interactive"):
            return json.loads(parse_qs(body.decode())["payload"][0])
        return json.loads(body)


@contextmanager
def listening(product):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            product.got.append((self.path, dict(self.headers), body))
            status, content, headers = product.answer()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def product(slack):
    one = Product()
    with listening(one) as url:
        slack.product = url
        yield one


@pytest.fixture
def shown(client):
    return client.chat_postMessage(channel=DESK, text="A voter waits", blocks=card(button(), button("release")))["ts"]


def is_valid(request):
    _, headers, body = request
    return SignatureVerifier(SECRET).is_valid_request(body, headers)


def test_words_in_a_thread_come_as_a_signed_event(slack, product, shown):
    said = slack.person(MARIA).says("R&D <3 https://vote.org :smile:", thread_ts=shown)
    assert (said.answer.status, said.answer.tries, product.got[0][0]) == (200, [200], "/webhooks/slack/events")
    assert is_valid(product.got[0])
    event = product.last["event"]
    assert (product.last["event_id"], product.last["team_id"], product.last["api_app_id"]) == (said.event_id, TEAM, APP)
    assert event["text"] == "R&amp;D &lt;3 <https://vote.org> :smile:"
    kinds = [one["type"] for one in event["blocks"][0]["elements"][0]["elements"]]
    assert kinds == ["text", "link", "text", "emoji"]
    assert (event["user"], event["thread_ts"], event["parent_user_id"], event["ts"]) == (
        MARIA,
        shown,
        BOT_USER,
        said.ts,
    )
    assert "subtype" not in event
    assert slack.texts(shown)[1] == event["text"]


@pytest.mark.parametrize(
    "typed, text, parts",
    [
        ("*now* or _never_", "*now* or _never_", ["now", " or ", "never"]),
        ("on 5 * 6 and snake_case_name", "on 5 * 6 and snake_case_name", ["on 5 * 6 and snake_case_name"]),
        ("see vote.org.", "see <http://vote.org|vote.org>.", ["see ", "http://vote.org", "."]),
        ("<@U0BEN00001> look", "<@U0BEN00001> look", ["U0BEN00001", " look"]),
        ("👍", ":+1:", ["+1"]),
        ("a <b>", "a &lt;b&gt;", ["a <b>"]),
    ],
)
def test_what_is_typed_becomes_text_and_parts(typed, text, parts):
    found, blocks = written(typed)
    elements = blocks[0]["elements"][0]["elements"]
    assert (found, [one.get("url", one.get("user_id", one.get("name", one.get("text")))) for one in elements]) == (
        text,
        parts,
    )


def test_an_event_without_a_2xx_is_repeated_as_slack_repeats_it(slack, product):
    product.answers = [(500, b"", {}), (503, b"", {})]
    said = slack.person(MARIA).says("hello", retries=True)
    assert said.answer.tries == [500, 503, 200]
    repeats = [(headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason")) for _, headers, _ in product.got]
    assert repeats == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert {json.loads(body)["event_id"] for _, _, body in product.got} == {said.event_id}


def test_the_product_can_stop_the_repeats_and_three_are_the_most(slack, product):
    product.answers = [(500, b"", {"X-Slack-No-Retry": "1"})]
    assert slack.person(MARIA).says("hello", retries=True).answer.tries == [500]
    product.default = (500, b"", {})
    assert slack.person(MARIA).says("hello", retries=True).answer.tries == [500] * 4
    assert slack.person(MARIA).says("hello").answer.tries == [500]
    slack.product = f"http://127.0.0.1:{free_port()}"
    answer = slack.person(MARIA).says("hello", retries=True).answer
    assert (answer.status, answer.reason, answer.tries) == (0, "connection_failed", [0] * 4)


def test_requests_can_be_forged_old_or_from_elsewhere(slack, product):
    slack.event({"type": "message"}, secret="another")
    slack.event({"type": "message"}, timestamp=int(time.time()) - 301)
    slack.event({"type": "message"}, signature="v0=00")
    slack.event({"type": "message"}, signature="")
    assert [is_valid(one) for one in product.got] == [False] * 4
    slack.event({"type": "message"}, team="T0OTHER001", app="A0OTHER001", retry=(1, "http_timeout"))
    assert is_valid(product.got[-1])
    assert (product.last["team_id"], product.last["api_app_id"]) == ("T0OTHER001", "A0OTHER001")
    assert product.got[-1][1]["X-Slack-Retry-Reason"] == "http_timeout"


def test_edits_previews_deletions_and_broadcasts_are_told(slack, product, shown):
    maria = slack.person(MARIA)
    ts = maria.says("hello", thread_ts=shown).ts
    maria.edits(ts, "hello there")
    event = product.last["event"]
    assert (event["subtype"], event["message"]["text"], event["previous_message"]["text"]) == (
        "message_changed",
        "hello there",
        "hello",
    )
    maria.unfurls(ts)
    event = product.last["event"]
    assert event["message"]["text"] == event["previous_message"]["text"]
    maria.deletes(ts)
    assert (product.last["event"]["subtype"], product.last["event"]["deleted_ts"]) == ("message_deleted", ts)
    assert slack.texts(shown) == ["A voter waits"]
    maria.says("to all", thread_ts=shown, broadcast=True)
    assert product.last["event"]["subtype"] == "thread_broadcast"


def test_a_stranger_comes_from_another_workspace(slack, product, shown):
    slack.rooms[DESK].is_ext_shared = True
    slack.person(STRANGER).says("hello", thread_ts=shown)
    assert product.last["is_ext_shared_channel"] is True
    assert product.last["event"]["user_team"] == "T0OTHER001"


def test_words_may_stand_in_the_channel_without_an_event(slack, product, client, shown):
    slack.person(MARIA).says("lost on the way", thread_ts=shown, sends=False)
    assert product.got == []
    found = client.conversations_replies(channel=DESK, ts=shown)["messages"]
    assert [one["text"] for one in found] == ["A voter waits", "lost on the way"]


def test_a_click_brings_the_card_and_opens_one_modal(slack, product, client, shown):
    assert slack.person(MARIA).clicks(shown, "claim").status == 200
    payload = product.last
    assert is_valid(product.got[-1])
    assert (payload["type"], payload["user"]["id"], payload["container"]["message_ts"]) == (
        "block_actions",
        MARIA,
        shown,
    )
    action = payload["actions"][0]
    assert (action["action_id"], action["value"], action["type"]) == ("claim", '{"thread": 12}', "button")
    assert action["block_id"] == payload["message"]["blocks"][1]["block_id"]
    view = client.views_open(trigger_id=payload["trigger_id"], view=modal(private_metadata='{"thread": 12}'))["view"]
    assert error_of(client.views_open, trigger_id=payload["trigger_id"], view=modal()) == "exchanged_trigger_id"
    client.views_update(view_id=view["id"], view=modal(title=text("Reply to Ana")), hash=view["hash"])
    assert error_of(client.views_update, view_id=view["id"], view=modal(), hash=view["hash"]) == "hash_conflict"
    assert slack.view_of(MARIA)["title"]["text"] == "Reply to Ana"


def test_a_trigger_is_good_for_three_seconds(slack, product, client, shown):
    slack.trigger_s = 0.0
    slack.person(MARIA).clicks(shown, "claim")
    assert error_of(client.views_open, trigger_id=product.last["trigger_id"], view=modal()) == "expired_trigger_id"
    assert error_of(client.views_open, trigger_id="12.34.56", view=modal()) == "invalid_trigger_id"


@pytest.mark.parametrize(
    "more", [{"title": text("x" * 25)}, {"private_metadata": "x" * 3001}, {"blocks": [{"type": "divider"}] * 101}]
)
def test_a_modal_beyond_the_limits_is_refused(slack, product, client, shown, more):
    slack.person(MARIA).clicks(shown, "claim")
    assert error_of(client.views_open, trigger_id=product.last["trigger_id"], view=modal(**more)) == "invalid_arguments"


def test_a_modal_is_sent_and_closes_unless_the_answer_finds_a_mistake(slack, product, client, shown):
    maria = slack.person(MARIA)
    maria.clicks(shown, "claim")
    client.views_open(trigger_id=product.last["trigger_id"], view=modal(private_metadata='{"thread": 12}'))
    product.answers = [(200, b'{"response_action": "errors", "errors": {"words": "Too long."}}', {})]
    assert maria.submits({"words": "x" * 2000}).json["response_action"] == "errors"
    assert slack.view_of(MARIA) is not None
    maria.submits({"words": "On the way"})
    view = product.last["view"]
    assert view["state"]["values"] == {"words": {"text": {"type": "plain_text_input", "value": "On the way"}}}
    assert (view["callback_id"], view["private_metadata"]) == ("reply", '{"thread": 12}')
    assert slack.view_of(MARIA) is None


def test_an_ephemeral_is_clicked_and_replaced_through_its_response_url(slack, product, client, shown):
    blocks = card(button("undo", "Undo & keep"))
    client.chat_postEphemeral(channel=DESK, user=MARIA, text="Sending", blocks=blocks, thread_ts=shown)
    ts = slack.ephemerals_to(MARIA)[0]["message_ts"]
    slack.person(MARIA).clicks(ts, "undo")
    payload = product.last
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": DESK,
        "is_ephemeral": True,
        "thread_ts": shown,
    }
    assert "message" not in payload
    assert payload["actions"][0]["text"]["text"] == "Undo &amp; keep"
    answers = [WebhookClient(payload["response_url"]).send(text="Taken back.", replace_original=True) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [404]
    assert [one["text"] for one in slack.ephemerals_to(MARIA)] == ["Taken back."]


def test_a_screen_may_be_behind(slack, product, client, shown):
    seen = json.loads(json.dumps(slack.post(shown)))
    client.chat_update(channel=DESK, ts=shown, text="Claimed", blocks=card(button("resolve")))
    with pytest.raises(AssertionError, match="has no claim, only"):
        slack.person(MARIA).clicks(shown, "claim")
    slack.person(MARIA).clicks(shown, "claim", seen=seen)
    assert product.last["message"]["text"] == "A voter waits"


def test_the_address_is_asked_whether_it_is_the_apps(slack, product):
    product.answers = [(200, b"abc", {})]
    assert slack.challenge("abc").body == b"abc"
    assert product.last["type"] == "url_verification"


def test_the_bots_own_messages_come_back_where_a_test_wants_them(slack, product, client):
    slack.echoes = True
    client.chat_postMessage(channel=DESK, text="A voter waits")
    slack.finish()
    assert (product.last["event"]["bot_id"], product.last["event"]["text"]) == (BOT, "A voter waits")


class BoltProduct(Product):
    """A product that is nothing but Bolt: what it understands, Slack could have sent."""

    def __init__(self, client):
        super().__init__()
        self.heard = []
        self.app = App(client=client, signing_secret=SECRET, process_before_response=True)
        self.app.event("message")(lambda event: self.heard.append(("message", event["text"])))
        self.app.action("claim")(self._claim)
        self.app.view("reply")(self._reply)

    def answer(self):
        _, headers, body = self.got[-1]
        found = self.app.dispatch(BoltRequest(body=body.decode(), headers=headers))
        return found.status, (found.body or "").encode(), {}

    def _claim(self, ack, body, client):
        client.views_open(trigger_id=body["trigger_id"], view=modal())
        self.heard.append(("claim", body["user"]["id"]))
        ack()

    def _reply(self, ack, view):
        words = view["state"]["values"]["words"]["text"]["value"]
        self.heard.append(("reply", words))
        ack(response_action="errors", errors={"words": "Too short."}) if len(words) < 3 else ack()


def test_bolt_understands_it_all(slack, client, shown):
    with listening(bolt := BoltProduct(client)) as slack.product:
        maria = slack.person(MARIA)
        assert maria.says("hello", thread_ts=shown).answer.status == 200
        assert maria.says("hello", secret="another").answer.status == 401
        assert slack.challenge("abc").json == {"challenge": "abc"}
        assert maria.clicks(shown, "claim").status == 200
        assert maria.submits({"words": "Hi"}).json["errors"] == {"words": "Too short."}
        assert maria.submits({"words": "Hi there"}).status == 200
    assert slack.view_of(MARIA) is None
    assert bolt.heard == [("message", "hello"), ("claim", MARIA), ("reply", "Hi"), ("reply", "Hi there")]
