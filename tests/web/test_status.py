"""Alive, ready, counted."""

import pytest
from support.sites import METRICS


def test_ready_is_not_said_before_the_classifier_is_loaded(web):
    answers = [web.client().get(path) for path in ("/health", "/ready")]
    assert [(one.status_code, one.text) for one in answers] == [(200, "alive\n"), (503, "not ready\n")]


@pytest.mark.parametrize(
    ("wrong", "status", "says"), [([], 200, "ready\n"), (["the secret reason"], 503, "not ready\n")]
)
def test_ready_tells_a_stranger_yes_or_no_and_never_why(web, wrong, status, says):
    answer = web.flask_with(wrong=lambda: wrong).test_client().get("/ready")
    assert (answer.status_code, answer.text) == (status, says)


GIVEN = {
    "none": (None, 403),
    "empty": ("Bearer ", 403),
    "wrong": ("Bearer other", 403),
    "a part": (f"Bearer {METRICS[:-1]}", 403),
    "signs beyond ASCII": ("Bearer \xe9", 403),
    "in the wrong case": (f"Bearer {METRICS.upper()}", 403),
    "right": (f"Bearer {METRICS}", 200),
}


@pytest.mark.parametrize("given", GIVEN)
def test_metrics_are_shown_to_who_has_the_token(web, given):
    authorization, status = GIVEN[given]
    answer = web.client().get("/metrics", headers={"Authorization": authorization} if authorization else {})
    assert (answer.status_code, "bot_webhooks_refused_total" in answer.text) == (status, status == 200)


@pytest.mark.parametrize("given", [None, "Bearer ", "Bearer None"])
def test_without_a_token_in_the_settings_nobody_reads_metrics(open_with, given):
    client = open_with(BOT_METRICS__TOKEN="").client()
    assert client.get("/metrics", headers={"Authorization": given} if given else {}).status_code == 403


def test_metrics_name_no_voter(web, chat):
    chat.say("secret words")
    web.text({"MessageSid": "SM-metrics", "From": "+15550100999", "To": "+1", "Body": "other words"})
    shown = web.client().get("/metrics", headers={"Authorization": f"Bearer {METRICS}"}).text
    assert [word for word in ("5550100999", "secret", "other words", chat.token) if word in shown] == []
    assert 'bot_events_accepted_total{door="web",outcome="stored"}' in shown
