"""The web chat: our own page knocks, and what is sent lies in the log already."""

from pathlib import Path
from uuid import UUID

import pytest
from support.hooks import AT, CHAT, SESSION, open_web, web_hook

from bot.channel import Malformed, Refused, Tools
from bot.engine.fit import Draft, fit
from bot.message import Button, Delivery, Inbound, Outbound, Receipt
from channels import open_channel
from channels.web import topic

PAYLOADS = Path(__file__).parent / "payloads" / "web"
ID = "5f2a0c1e-7d3b-4e58-9a10-2b6c4d8e0f31"
MESSAGE = Outbound(UUID("00000000-0000-4000-8000-000000000001"), "web", CHAT, "Hi there")


def payload(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def parsed(name):
    channel, hook = open_web(), web_hook(payload(name))
    channel.verify(hook)
    return channel.parse(hook)


def inbound(text, client_id=ID, **known):
    return Inbound("web", f"{CHAT}:{client_id}", "web", CHAT, text, AT, **known)


# --- a voter's message ------------------------------------------------------------------------------------------------

HEARD = {
    "text": inbound("where do i vote"),
    "spanish": inbound("¿Dónde voto mañana?", language="es"),
    "spanish_escaped": inbound("¿Dónde voto mañana?", language="es"),
    "emoji_escaped": inbound("🗳️ where?"),
    "lines": inbound("first line\r\nsecond line\n\nthird"),
    "markup": inbound('<b>hi</b> & "you"'),
    "button": inbound("Find my polling place", choice="go:polling_place", language="en"),
    "longest": inbound("x" * 2000),
    "shortest_id": inbound("hi", "12345678"),
    "longest_id": inbound("hi", "a" * 64),
    "half_a_pair": inbound("hi ?"),
    "another_language_tag": inbound("hi"),
    "language_no_string": inbound("hi"),
    "language_of_signs": inbound("hi"),
    "nothing_chosen": inbound("hi"),
    "fields_of_next_year": inbound("hi"),
}


@pytest.mark.parametrize("name", HEARD)
def test_a_voters_message_is_read(name):
    found = parsed(name)
    assert (found.events, found.ack.status, found.ack.body) == ((HEARD[name],), 202, b'{"stored":true}')


_ID, _TEXT = "'id' is missing or no id", "'text' is empty or longer than 2000 characters"
_CHOICE, _OBJECT, _JSON = "'choice' is no choice", "the body is no JSON object", "the body is no JSON"
NONSENSE = {
    "no_id": _ID,
    "id_no_string": _ID,
    "id_too_short": _ID,
    "id_too_long": _ID,
    "id_of_another_chat": _ID,
    "id_with_a_line": _ID,
    "no_text": _TEXT,
    "text_no_string": _TEXT,
    "text_empty": _TEXT,
    "text_of_spaces": _TEXT,
    "text_too_long": _TEXT,
    "choice_no_string": _CHOICE,
    "choice_of_words": _CHOICE,
    "choice_too_long": _CHOICE,
    "choice_empty": _CHOICE,
    "list": _OBJECT,
    "word": _OBJECT,
    "null": _OBJECT,
    "no_json": _JSON,
    "cut_off": _JSON,
    "empty": _JSON,
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_makes_no_sense_says_which_field_and_not_what_stood_in_it(name):
    with pytest.raises(Malformed) as caught:
        parsed(name)
    assert str(caught.value) == NONSENSE[name]


def test_every_payload_has_its_row():
    assert {path.stem for path in PAYLOADS.iterdir()} == {*HEARD, *NONSENSE}


# --- whose chat it is -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(scheme):
    hook = web_hook(payload("text"), f"{scheme} {SESSION}")
    channel = open_web()
    channel.verify(hook)
    assert channel.parse(hook).events == (HEARD["text"],)


def test_the_page_cannot_say_whose_chat_it_is():
    """The address comes from the session; the same id in two chats is two messages."""
    channel = open_channel("web", {}, Tools(sessions={"one": "chat-1", "two": "chat-2"}.get))
    events = []
    for token in ("one", "two"):
        hook = web_hook(payload("fields_of_next_year"), f"Bearer {token}")
        channel.verify(hook)
        events += channel.parse(hook).events
    assert [(event.address, event.event_id) for event in events] == [
        ("chat-1", f"chat-1:{ID}"),
        ("chat-2", f"chat-2:{ID}"),
    ]


def test_without_the_products_sessions_nobody_is_let_in():
    with pytest.raises(Refused):
        open_channel("web", {}, Tools()).verify(web_hook(payload("text")))


def test_only_the_token_is_asked_about():
    asked = []
    with pytest.raises(Refused):
        open_channel("web", {}, Tools(sessions=asked.append)).verify(web_hook(payload("text")))
    assert asked == [SESSION]


# --- send -------------------------------------------------------------------------------------------------------------


def test_what_is_sent_lies_in_the_log_and_rings_only_once_it_can_be_read():
    rung = []
    channel = open_web(rung)
    assert (channel.send(MESSAGE), rung) == (Receipt(Delivery.SENT), [])
    channel.announce(MESSAGE)
    assert rung == [topic(CHAT)] == [f"chat:{CHAT}"]


def test_the_same_message_twice_is_no_other_receipt():
    channel = open_web()
    assert channel.send(MESSAGE) == channel.send(MESSAGE)
    assert channel.can.resend_is_harmless


def test_buttons_stay_buttons_and_nothing_is_folded():
    draft = Draft("“Polls” — where?", buttons=(Button("Find", "go:polling_place"),))
    assert fit(draft, open_web().can) == (draft,)
