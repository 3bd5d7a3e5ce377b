"""What every channel keeps to, whoever its provider is. A new channel joins by a sample in `support.hooks`."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from providers.twilio import NUMBER
from support.answers import Answer
from support.hooks import CHAT, FORGED, SAMPLES, TELEGRAM_VOTER, TEXT, VOTER

from bot.channel import (
    CanAnnounce,
    CanFetch,
    CanFind,
    CanProbe,
    CanRecover,
    Capabilities,
    Malformed,
    Reason,
    Refused,
    SendError,
    Tools,
)
from bot.message import Chore, Inbound, Outbound, Parsed, Receipt, Webhook
from bot.web.webhooks import receive
from channels import open_channel

FILES = Path(__file__).parents[2] / "channels"
NAMES = sorted(
    path.stem
    for path in FILES.iterdir()
    if path.stem not in ("__init__", "__pycache__", "shared")
    and (path.suffix == ".py" or (path / "__init__.py").exists())
)
STRANGERS = [(name, label) for name, labels in FORGED.items() for label in labels]
KEY = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def sample(name):
    return SAMPLES[name]


@pytest.fixture
def channel(sample):
    return sample.open()


def good(sample) -> Webhook:
    """Return one voter's authentic message, as it comes for the first time."""
    return sample.hook(sample.body)


def read(channel, hook) -> Parsed:
    channel.verify(hook)
    return channel.parse(hook)


def shown(error: Exception) -> str:
    """Return all that an error says of itself, wherever it is printed."""
    fields = [getattr(error, field, "") for field in ("why", "detail", "held_by")]
    return " ".join(map(str, [error, repr(error), error.args, *fields]))


# --- the register -----------------------------------------------------------------------------------------------------


def test_every_file_of_a_channel_is_opened_by_its_name_and_has_a_sample():
    assert {name: SAMPLES[name].open().name for name in NAMES} == {name: name for name in NAMES}
    assert SAMPLES.keys() == FORGED.keys() == set(NAMES)


def test_a_channel_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no channel is called 'pigeon'"):
        open_channel("pigeon", {}, Tools())


# --- verify -----------------------------------------------------------------------------------------------------------


def test_what_the_provider_sent_is_let_in(channel, sample):
    (event,) = read(channel, good(sample)).events
    assert (event.channel, event.text, event.received_at) == (channel.name, TEXT, good(sample).received_at)
    assert event.address in (VOTER, CHAT, TELEGRAM_VOTER)


@pytest.mark.parametrize("name, label", STRANGERS, ids=[f"{name}-{label}" for name, label in STRANGERS])
def test_a_stranger_is_refused_for_the_right_reason_and_leaves_nothing_behind(name, label):
    hook, status, why = FORGED[name][label]
    with pytest.raises(Refused) as caught:
        SAMPLES[name].open().verify(hook)
    assert (caught.value.status, caught.value.why) == (status, why)
    assert hook.memo == {}, "parse would take it for verified"


class Watched:
    """A door that writes down what it is asked."""

    def __init__(self, door):
        self.name, self._door, self.asked = door.name, door, []

    def verify(self, hook):
        self.asked.append("verify")
        self._door.verify(hook)

    def parse(self, hook):
        self.asked.append("parse")
        return self._door.parse(hook)


def received(door, hook):
    """Return what the web made of a request, and the events that it wanted to store."""
    stored = []
    site = SimpleNamespace(accept=lambda events: stored.extend(events) or [], wake=lambda what: None)
    return receive(site, door, hook), stored


@pytest.mark.parametrize("name, label", STRANGERS, ids=[f"{name}-{label}" for name, label in STRANGERS])
def test_c60_what_a_stranger_says_is_not_even_read(name, label):
    """C60: a webhook with a wrong or missing signature: nothing stored."""
    hook, status, why = FORGED[name][label]
    door = Watched(SAMPLES[name].open())
    answer, stored = received(door, hook)
    assert (answer.ack.status, answer.why, stored, door.asked) == (status, why, [], ["verify"])


def test_who_knocks_is_asked_before_what_they_say(channel, sample):
    door = Watched(channel)
    answer, stored = received(door, good(sample))
    assert (door.asked, len(stored), answer.ack.status // 100) == (["verify", "parse"], 1, 2)


# --- parse ------------------------------------------------------------------------------------------------------------


def test_the_same_request_always_says_the_same(channel, sample):
    first, again = good(sample), good(sample)
    assert read(channel, first) == channel.parse(first) == read(sample.open(), again)


def test_a_repeat_is_the_same_event_whenever_and_with_whatever_headers_it_comes(channel, sample):
    once = good(sample)
    later = Webhook(
        once.method,
        once.url,
        {**once.headers, "i-twilio-idempotency-token": "another", "user-agent": "another"},
        once.body,
        once.received_at + timedelta(days=400),
    )
    events = [read(channel, hook).events[0] for hook in (once, later)]
    assert len({(event.channel, event.event_id) for event in events}) == 1


def test_c61_a_repeated_request_is_one_message_in_the_store(world, channel, sample):
    """C61: the same event twice is one message."""
    events = [*read(channel, good(sample)).events, *read(sample.open(), good(sample)).events]
    assert [outcome.kind for outcome in world.accept(*events)] == ["stored", "repeated"]


HARSH = {
    "nothing": b"",
    "a space": b" ",
    "zeros": b"\x00" * 100,
    "no utf-8": b"\xff\xfe\x80",
    "half a letter, escaped": b"MessageSid=%c3&Body=%ff&From=%&To=%zz",
    "utf-16": '{"id": "11111111", "text": "hi"}'.encode("utf-16"),
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"id":' * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep inside": b'{"id": "11111111", "text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a megabyte": b"x" * 1_000_000,
    "a megabyte of fields": b"a=b&" * 250_000,
    "a megabyte of text": b'{"id": "11111111", "text": "' + b"x" * 1_000_000 + b'"}',
    "a number without end": b'{"id": ' + b"9" * 100_000 + b"}",
    "no number": b'{"id": NaN, "text": Infinity}',
    "the wrong kinds": b'{"id": ["11111111"], "text": {"a": 1}, "choice": 1, "language": []}',
    "a lone surrogate": b'{"id": "11111111", "text": "\\ud800", "language": "\\ud800", "choice": "\\ud800"}',
    "a list": b"[1]",
    "a word": b'"text"',
    "null": b"null",
}


@pytest.mark.parametrize("body", HARSH.values(), ids=list(HARSH))
def test_an_authentic_body_that_makes_no_sense_is_an_error_of_the_contract(channel, sample, body):
    assert _is_storable(_outcome(channel, sample.hook(body)))


_NAMES = st.sampled_from(
    "MessageSid From To Body NumMedia MediaUrl0 MediaContentType0 OptOutType ButtonPayload MessageStatus ErrorCode "
    "AccountSid SmsStatus".split()
)
_SAID = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["STOP", "0", "10", "²", "9" * 5000, "-1", "\x00", "SM1", VOTER, "x" * 200, "delivered", ""]),
)
_FORMS = st.dictionaries(_NAMES | st.text(max_size=8), _SAID, max_size=10).map(
    lambda form: urlencode(form, errors="replace").encode()
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _SAID | st.just("11111111"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "text", "choice", "language"]) | st.text(max_size=5), inner, max_size=5
        )
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())
_MESSAGES = st.fixed_dictionaries(
    {"id": st.just("11111111") | _SAID, "text": _SAID}, optional={"choice": _SAID, "language": _SAID}
).map(lambda value: json.dumps(value).encode())
_ODD = _SAID | st.none() | st.booleans() | st.integers() | st.just([]) | st.just({})
_ANA = st.fixed_dictionaries(
    {"id": st.just(7) | _ODD, "is_bot": st.just(False) | _ODD, "first_name": _SAID}, optional={"language_code": _ODD}
)
_TALKS = st.fixed_dictionaries({"id": st.just(7) | _ODD, "type": st.just("private") | _ODD})
_FILE = st.fixed_dictionaries(
    {"file_id": _ODD, "file_unique_id": _SAID, "duration": _ODD}, optional={"mime_type": _ODD}
)
_PLACE = st.fixed_dictionaries({"latitude": st.floats() | _ODD, "longitude": st.floats() | _ODD})
_SENT = st.fixed_dictionaries(
    {"message_id": st.just(1) | _ODD, "date": st.just(1793376000) | _ODD, "chat": _TALKS | _ODD, "from": _ANA | _ODD},
    optional={
        "text": _ODD | st.just("/start go_x"),
        "caption": _ODD,
        "photo": st.lists(_FILE, max_size=2) | _ODD,
        "voice": _FILE | _ODD,
        "document": _FILE | _ODD,
        "location": _PLACE | _ODD,
        "contact": st.fixed_dictionaries({"phone_number": _ODD, "first_name": _ODD}) | _ODD,
        "sticker": _ODD,
    },
)
_PRESS = st.fixed_dictionaries(
    {"id": _ODD, "from": _ANA | _ODD, "chat_instance": _SAID, "data": _ODD | st.just("go:x"), "message": _SENT | _ODD}
)
_MEMBER = st.fixed_dictionaries({"user": _ANA, "status": st.sampled_from(["kicked", "member"]) | _ODD})
_CHANGE = st.fixed_dictionaries(
    {"chat": _TALKS, "from": _ANA, "date": st.just(1793376000), "old_chat_member": _MEMBER, "new_chat_member": _MEMBER}
)
_UPDATES = st.fixed_dictionaries(
    {"update_id": st.just(1) | _ODD},
    optional={"message": _SENT | _ODD, "callback_query": _PRESS | _ODD, "my_chat_member": _CHANGE | _ODD},
).map(lambda value: json.dumps(value).encode())
_BODIES = st.one_of(st.binary(max_size=200), _FORMS, _JSON, _MESSAGES, _UPDATES)
_HEADERS = st.dictionaries(
    st.sampled_from(
        ["x-twilio-signature", "x-telegram-bot-api-secret-token", "authorization", "content-type", "user-agent"]
    )
    | st.text(max_size=10),
    st.text(max_size=40),
    max_size=4,
)
_MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_MANY
@given(body=_BODIES)
@example(body=b"MessageSid=SM1&From=%2B1&To=%2B2&NumMedia=%C2%B2")
@example(body=b"MessageSid=SM1&From=%2B1&To=%2B2&NumMedia=" + b"9" * 5000)
@example(body=b"MessageSid=SM1%00&From=%2B1&To=%2B2")
@example(body=b'{"id": "11111111", "text": "hi", "language": "\\ud800"}')
def test_whatever_an_authentic_body_holds_is_an_event_or_an_error_of_the_contract(channel, sample, body):
    found = _outcome(channel, sample.hook(body))
    assert _is_storable(found)
    assert found == _outcome(sample.open(), sample.hook(body)), "the same body says two things"


@_MANY
@given(body=_BODIES, headers=_HEADERS)
def test_whatever_a_stranger_sends_is_refused(channel, sample, body, headers):
    hook = Webhook("POST", good(sample).url, headers, body, good(sample).received_at)
    with pytest.raises(Refused):
        channel.verify(hook)


def _outcome(channel, hook):
    """Return what was read, or the kind of error; anything else than the contract's errors is raised on."""
    try:
        return read(channel, hook)
    except (Refused, Malformed) as error:
        return type(error), str(error)


def _is_storable(found) -> bool:
    """Return whether the words of each event can be written on both databases."""
    if not isinstance(found, Parsed):
        return True
    for event in found.events:
        if isinstance(event, Chore):
            names = (event.channel, event.kind, event.ref)
        elif isinstance(event, Inbound):
            names = (event.event_id, event.address, event.sender, event.language or "")
            event.text.encode()
        else:
            names = (event.provider_id or "", event.sender or "", event.error or "")
        for one in names:
            one.encode()
            if "\x00" in one or len(one) > 120:
                return False
    return True


def test_a_text_with_a_nul_is_stored_and_answered_on_both_databases(world, channel, sample):
    body = {
        "sms": sample.body.replace(b"where", b"%00where"),
        "telegram": sample.body.replace(b"where", b"\\u0000where"),
        "web": sample.body.replace(b"where", b"\\u0000where"),
    }[channel.name]
    world.accept(*read(channel, sample.hook(body)).events)
    world.work()
    assert world.rows("SELECT state FROM message WHERE direction = 'out'") == [("sent",)]


# --- send -------------------------------------------------------------------------------------------------------------


def test_what_a_channel_says_that_it_can_holds_together(channel):
    can = channel.can
    assert isinstance(can, Capabilities)
    assert 100 < can.max_chars <= 10_000
    assert can.asks_provider is isinstance(channel, CanFind)
    assert can.media is isinstance(channel, CanFetch)
    assert not (can.asks_provider and can.resend_is_harmless), "what does no harm need not be asked about"
    assert not (can.segments and can.buttons), "where a segment is charged a choice is a number"
    assert isinstance(channel.is_simulated, bool)


@pytest.mark.parametrize("contract", [CanFind, CanRecover, CanAnnounce, CanProbe, CanFetch])
def test_what_only_some_can_do_is_a_method_that_can_be_called(channel, contract):
    if isinstance(channel, contract):
        (method,) = (one for one in vars(contract) if not one.startswith("_"))
        assert callable(getattr(channel, method))


_WORDS = f"The 'To' number {VOTER} cannot be reached with: {TEXT}"
_PROVIDER_SAYS = st.one_of(
    st.binary(max_size=60),
    st.fixed_dictionaries(
        {},
        optional={
            "sid": _SAID | st.none() | st.integers(),
            "code": st.sampled_from(
                [20003, 20429, 21211, 21610, 21617, 29999, -1, 1.5, True, None, _WORDS, [], "21610"]
            ),
            "message": st.just(_WORDS),
            "status": st.sampled_from([400, "400", "queued", None]),
            "type": st.just("about:blank"),
            "title": st.just(_WORDS),
            "detail": st.just(_WORDS),
            "errors": st.sampled_from([None, [], [{"detail": _WORDS}], _WORDS]),
            "date_created": st.sampled_from([None, "today", 5, "Thu, 24 Aug 2023 05:01:45 +0000"]),
            "num_media": st.sampled_from([None, "0", "many"]),
            "ok": st.booleans(),
            "description": st.sampled_from([_WORDS, "Forbidden: bot was blocked by the user", None, 5, []]),
            "parameters": st.sampled_from([{"retry_after": 3}, {"retry_after": "soon"}, {"retry_after": 1e300}, [], 5]),
            "result": st.sampled_from([None, [], {}, {"message_id": 1}, {"message_id": _WORDS}, True]),
        },
    ).map(lambda said: json.dumps(said).encode()),
    st.sampled_from([b"null", b"[]", b"1", b'"sid"', b"<html>", b"[" * 1_500, b'{"code":' * 1_500]),
)
_ANSWERS = st.builds(
    Answer,
    status=st.sampled_from([200, 201, 202, 204, 301, 307, 400, 401, 403, 404, 408, 409, 418, 429, 500, 502, 503, 599]),
    body=_PROVIDER_SAYS,
    headers=st.dictionaries(
        st.just("Retry-After"),
        st.sampled_from(["1", "0", "-1", "1.5", "\xb2", "9" * 30, "soon", "Fri, 30 Oct 2026 16:00:00 GMT", ""]),
    ),
    cut=st.sampled_from(["", "", "", "", "before", "inside"]),
)


@_MANY
@given(answer=_ANSWERS)
@example(answer=Answer(201, b"[]"))
@example(answer=Answer(201, b"{}"))
@example(answer=Answer(201, b'{"sid": ""}'))
@example(answer=Answer(201, b"[" * 1_500))
@example(answer=Answer(500, b"[" * 1_500))
@example(answer=Answer(400, json.dumps({"code": _WORDS}).encode()))
@example(answer=Answer(429, b"{}", {"Retry-After": "\xb2"}))
@example(answer=Answer(429, b"{}", {"Retry-After": "9" * 30}))
def test_whatever_a_provider_answers_is_a_receipt_or_an_error_of_the_contract(sample, answers, answer):
    """The error's own words hold no address, no text and no secret; what it was raised from never reaches a log."""
    channel = sample.at(answers.url)
    answers.give(answer)
    message = Outbound(KEY, NUMBER, VOTER, TEXT)
    found = _sent(channel, message)
    if isinstance(found, SendError):
        assert isinstance(found.reason, Reason)
        assert found.retry_after is None or timedelta() <= found.retry_after < timedelta(days=2)
        assert [word for word in (VOTER, TEXT, *sample.secrets) if word in shown(found)] == []
    else:
        assert isinstance(found, Receipt)
        assert found.provider_id is None or 0 < len(found.provider_id) <= 80
        assert found.provider_id is not None or not channel.can.asks_provider


def _sent(channel, message):
    try:
        return channel.send(message)
    except SendError as error:
        return error


# --- what errors show -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, label", STRANGERS, ids=[f"{name}-{label}" for name, label in STRANGERS])
def test_a_refusal_shows_no_secret_and_no_words(name, label):
    hook, _, _ = FORGED[name][label]
    with pytest.raises(Refused) as caught:
        SAMPLES[name].open().verify(hook)
    assert [secret for secret in (*SAMPLES[name].secrets, VOTER, TEXT) if secret in shown(caught.value)] == []


@_MANY
@given(words=st.text(alphabet="qxzj", min_size=6, max_size=12))
def test_malformed_words_are_not_repeated_in_the_error(channel, sample, words):
    broken = (
        f"MessageSid={words}&Body={words}".encode(),
        f"MessageSid=SM1&From={words}%00&To=1&Body={words}".encode(),
        json.dumps({"id": words, "text": [words]}).encode(),
        json.dumps({"id": "11111111", "text": "hi", "choice": words.upper() + "!"}).encode(),
        json.dumps({"update_id": words, "message": {"text": words}}).encode(),
        f"{{{words}".encode(),
    )
    errors = [error for body in broken for error in _errors(channel, sample.hook(body))]
    assert errors or channel.name == "telegram", "what Telegram's door cannot read is kept"
    assert [error for error in errors if words in shown(error).casefold()] == []


def _errors(channel, hook):
    try:
        read(channel, hook)
    except (Malformed, Refused) as error:
        return [error]
    return []
