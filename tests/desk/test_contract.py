"""What every desk keeps to, built in or not. A new desk joins by a sample."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from providers.slack import BEN, DESK, MARIA, FakeSlack
from providers.slack_side import signed
from support.desks import CASE, DEAF, NOW, THREAD, from_slack, slack_desk, world_with_a_case
from support.world import World

from bot.app import open_app
from bot.channel import CanFindCall, Desk, Malformed, NotYet, Refused, SendError
from bot.desk.console import ConsoleDesk, csrf_token
from bot.message import Act, ActKind, Delivery, DeskCall, Webhook

KEY = UUID("00000000-0000-4000-8000-000000000009")
SESSION = "session-of-maria"


@dataclass(frozen=True)
class Sample:
    """How a desk is opened, and what its own people send: a claim, and words that may go to the voter."""

    open: Callable[[World], Desk]
    claim: Callable[[], Webhook]
    say: Callable[[str], Webhook]
    body: Callable[[bytes], Webhook]
    """An authentic request with any body."""


def _console(world: World) -> Desk:
    return ConsoleDesk(lambda token: "maria" if token == SESSION else None, lambda topic: None)


def _form(**fields: str) -> Webhook:
    form = {"csrf": csrf_token(SESSION), "thread": str(THREAD), "id": "console-act-1", **fields}
    return _console_hook(urlencode(form).encode())


def _console_hook(body: bytes) -> Webhook:
    return Webhook("POST", "http://127.0.0.1:8000/console/act", {}, body, NOW, {"session": SESSION})


def _click() -> Webhook:
    payload = {
        "type": "block_actions",
        "api_app_id": "A0DESK0001",
        "team": {"id": "T0HOME0001"},
        "user": {"id": MARIA, "team_id": "T0HOME0001"},
        "container": {"channel_id": DESK, "message_ts": "1731000000.000100"},
        "actions": [
            {"action_id": "claim", "action_ts": "1731000001.1", "value": json.dumps({"thread": THREAD, "case": CASE})}
        ],
    }
    return from_slack(urlencode({"payload": json.dumps(payload)}).encode(), form=True)


def _words(text: str) -> Webhook:
    event = {
        "type": "message",
        "user": MARIA,
        "ts": "1731000000.000300",
        "thread_ts": "1731000000.000100",
        "channel": DESK,
        "text": text,
        "team": "T0HOME0001",
    }
    outer = {"type": "event_callback", "api_app_id": "A0DESK0001", "team_id": "T0HOME0001", "event": event}
    return from_slack(json.dumps(outer).encode())


SAMPLES = {
    "console": Sample(_console, lambda: _form(kind="claim"), lambda text: _form(kind="say", text=text), _console_hook),
    "slack": Sample(slack_desk, _click, _words, from_slack),
}


@pytest.fixture(params=sorted(SAMPLES))
def sample(request):
    return SAMPLES[request.param]


@pytest.fixture
def opened(world, sample):
    return sample.open(world)


def read(desk, hook):
    desk.verify(hook)
    return desk.parse(hook)


def test_every_desk_of_the_product_has_a_sample(tmp_path, monkeypatch):
    from bot.config import load  # noqa: PLC0415 -- the settings of this test

    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s", "SLACK_HANDOFF_CHANNEL": DESK}
    app = open_app(load({**slack, "SLACK_API_BASE_URL": DEAF, "BOT_STORE__FOLDER": str(tmp_path)}))
    assert sorted(app.desks) == sorted(SAMPLES)
    assert {name: desk.name for name, desk in app.desks.items()} == {name: name for name in SAMPLES}
    app.stop()


def test_a_claim_is_an_act_of_the_one_who_is_signed_in(opened, sample):
    (act,) = read(opened, sample.claim()).events
    assert isinstance(act, Act)
    assert (act.desk, act.kind, act.conversation_id, act.received_at) == (opened.name, ActKind.CLAIM, THREAD, NOW)
    assert act.who.casefold() in ("maria", MARIA.casefold())
    assert not act.barred


def test_the_same_request_is_the_same_act(opened, sample):
    first, again = (read(opened, sample.claim()).events[0] for _ in range(2))
    assert first.event_id == again.event_id


@pytest.mark.parametrize("text", ["Plain words", "año ñandú 北京 😀", "two\nlines", "a & b < c > d", "x" * 1500])
def test_words_come_through_as_they_were_written(opened, sample, text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if opened.name == "slack" else text
    (act,) = read(opened, sample.say(escaped)).events
    assert (act.kind, act.text, act.barred) == (ActKind.SAY, text, "")


def test_words_that_are_too_long_are_never_cut_and_sent(opened, sample):
    try:
        (act,) = read(opened, sample.say("x" * 1501)).events
        why = act.barred
    except Malformed as error:
        why = str(error)
    assert "1500" in why


def test_a_forged_request_is_refused(opened, sample):
    hook = sample.claim()
    forged = Webhook(
        hook.method,
        hook.url,
        {**hook.headers, "x-slack-signature": signed(hook.body, "1", "another")},
        hook.body.replace(csrf_token(SESSION).encode(), b"0" * 64),
        NOW,
        {"session": "somebody else's"},
    )
    with pytest.raises(Refused):
        opened.verify(forged)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | st.just(b"[" * 3000))
def test_any_body_is_refused_malformed_or_nothing(opened, sample, body):
    hook = sample.body(body)
    try:
        parsed = read(opened, hook)
    except (Refused, Malformed, NotYet):
        return
    assert parsed.events == ()


# --- showing ----------------------------------------------------------------------------------------------------------

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("card", {"why": "speak_to_human"}),
    ("post", {"inbox": [1]}),
    ("update", {"change": "claimed", "who": MARIA}),
    ("mark", {"message": str(KEY), "state": "failed", "error": "30003"}),
    ("whisper", {"to": f"{DESK}:1731000000.000100", "who": BEN, "text": "no", "until": "2124-01-01T00:00:00+00:00"}),
]


@pytest.mark.parametrize("kind, payload", KINDS, ids=[kind for kind, _ in KINDS])
def test_a_call_is_shown_or_fails_as_a_send_does(world, opened, kind, payload):
    call = DeskCall(KEY, opened.name, kind, THREAD, CASE, payload)
    with suppress(SendError):  # Slack is away here, and says so in the one way that the sender knows
        receipt = opened.post(call)
        assert (receipt.status, receipt.key) == (Delivery.SENT, KEY)


def test_a_call_about_what_is_gone_is_no_error(opened):
    receipt = opened.post(DeskCall(KEY, opened.name, "update", 999, 999, {"change": "claimed", "who": ""}))
    assert receipt.status is Delivery.SENT


def test_a_card_that_is_shown_is_found_again(tmp_path):
    with FakeSlack() as slack, world_with_a_case(f"sqlite:///{tmp_path / 'desk.sqlite3'}") as world:
        with world.database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE handoff SET desk_ref = NULL")
        desk = slack_desk(world, f"{slack.url}/api/")
        assert isinstance(desk, CanFindCall)
        call = DeskCall(KEY, "slack", "card", THREAD, CASE, {"why": "speak_to_human"})
        assert desk.find_call(call, NOW) is None
        placed = desk.post(call)
        assert placed.provider_id == f"{DESK}:{slack.posts()[0]['ts']}"
        assert desk.find_call(call, NOW) == placed
