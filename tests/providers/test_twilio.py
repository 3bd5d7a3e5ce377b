"""The local Twilio answers in the form of the real one, as its documentation shows it (read November 2026)."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
import urllib3
from providers.twilio import ACCOUNT, NUMBER, TOKEN, FakeTwilio

RECORDED = Path(__file__).parent / "recorded"
AUTH = urllib3.make_headers(basic_auth=f"{ACCOUNT}:{TOKEN}")
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.fixture
def twilio():
    with FakeTwilio() as one:
        yield one


def recorded(name):
    return json.loads((RECORDED / f"{name}.json").read_text())


def kinds(value):
    """Return the shape of an answer: its keys, and the kind of each value that is not null."""
    return {key: type(item).__name__ for key, item in value.items() if item is not None}


def create(twilio, **fields):
    form = {"To": "+15550100099", "From": NUMBER, "Body": "Hi there", **fields}
    headers = {**AUTH, "Content-Type": "application/x-www-form-urlencoded"}
    return urllib3.request("POST", twilio.url + MESSAGES, body=urlencode(form), headers=headers)


def test_a_created_message_looks_like_a_recorded_one(twilio):
    answer = create(twilio)
    real = recorded("message_created")
    assert answer.status == 201
    assert answer.json().keys() == real.keys()
    shared = kinds(real).keys() & kinds(answer.json()).keys()
    assert {key: kinds(answer.json())[key] for key in shared} == {key: kinds(real)[key] for key in shared}


def test_an_error_looks_like_a_recorded_one(twilio):
    twilio.stopped.add("+15550100099")
    answer = create(twilio)
    assert (answer.status, answer.json()) == (400, recorded("error_21610"))


def test_a_list_looks_like_a_recorded_one_and_shows_the_newest_first(twilio):
    for text in ("one", "two", "three"):
        create(twilio, Body=text)
    twilio.page_size = 2
    answer = urllib3.request("GET", twilio.url + MESSAGES + "?To=%2B15550100099", headers=AUTH).json()
    assert answer.keys() == recorded("messages_page").keys()
    assert [one["body"] for one in answer["messages"]] == ["three", "two"]
    following = urllib3.request("GET", twilio.url + answer["next_page_uri"], headers=AUTH).json()
    assert ([one["body"] for one in following["messages"]], following["next_page_uri"]) == (["one"], None)


def test_wrong_credentials_get_twilios_own_answer(twilio):
    answer = urllib3.request("GET", twilio.url + MESSAGES, headers=urllib3.make_headers(basic_auth="x:y"))
    assert (answer.status, answer.json()["code"]) == (401, 20003)
