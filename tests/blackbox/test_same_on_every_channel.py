"""One conversation on SMS, Telegram and web chat: the same answers, each in its channel's own form."""

import json
import urllib.request
from uuid import uuid4

import pytest
from providers.telegram import FakeTelegram
from support.processes import wait_until

SAYS = (
    "hello",
    "where do i vote",
    "ohio",
    "what do i need to bring to vote",
    "¿dónde voto?",
    "I want to talk to a person",
)
VOTER, CHAT = "+15550100401", 5550100401


@pytest.fixture
def telegram():
    with FakeTelegram() as one:
        yield one


class WebVoter:
    """A voter in web chat."""

    def __init__(self, url):
        self.url = url
        self.token = self._call("/chat/session", {})["token"]

    def say(self, text):
        self._call("/chat/messages", {"id": str(uuid4()), "text": text, "language": "en"})

    def heard(self):
        return [one for one in self._call("/chat/messages")["messages"] if one["who"] != "voter"]

    def _call(self, path, body=None):
        request = urllib.request.Request(self.url + path, data=None if body is None else json.dumps(body).encode())
        if path != "/chat/session":
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def test_the_same_words_get_the_same_answers(sms_desk, twilio, telegram):
    sms_desk.env = {**sms_desk.env, **telegram.environment()}
    telegram.product = sms_desk.url
    sms_desk.start()
    web = WebVoter(sms_desk.url)
    for number, text in enumerate(SAYS, 1):
        twilio.text(VOTER, text)
        telegram.text(CHAT, text)
        web.say(text)
        heard = (lambda: twilio.texts_to(VOTER), lambda: telegram.messages_to(CHAT), web.heard)
        wait_until(lambda heard=heard, number=number: all(len(one()) >= number for one in heard))

    exported = sms_desk.run("threads", "export", "--format", "jsonl").stdout.splitlines()
    answers = {"sms": [], "telegram": [], "web": []}
    readings = {"sms": [], "telegram": [], "web": []}
    for line in map(json.loads, exported):
        if line["who"] == "bot":
            answers[line["channel"]].append((line["entry"], line["asks"], line["language"], line["facts"]))
        if line["who"] == "voter":
            readings[line["channel"]].append((line["text"], line["intent"], line["confidence"]))
    assert len(answers["sms"]) >= len(SAYS)
    assert answers["telegram"] == answers["sms"] == answers["web"]
    assert readings["telegram"] == readings["sms"] == readings["web"]

    sms, chat = twilio.texts_to(VOTER)[0], telegram.messages_to(CHAT)[0]
    buttons = [one["label"] for one in web.heard()[0]["buttons"]]
    keyboard = [one["text"] for row in chat["reply_markup"]["inline_keyboard"] for one in row]
    assert keyboard == buttons
    for place, label in enumerate(buttons, 1):
        assert f"{place} for {label}" in sms
