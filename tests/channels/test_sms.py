"""SMS through Twilio: requests as Twilio sends them, answers as it gives them, and what goes wrong between us."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from providers.twilio import ACCOUNT, NUMBER, SERVICE, TOKEN
from support.answers import Answer
from support.hooks import AT, BASE, SMS_SETTINGS, VOTER, open_sms, sms_hook

from bot.channel import Ambiguous, Malformed, Reason, Refused, SendError
from bot.engine.fit import Draft, fit
from bot.engine.segments import segments
from bot.message import Delivery, Inbound, Media, Outbound, Parsed, Receipt, Word
from channels.sms import Sms, SmsSettings

PAYLOADS = Path(__file__).parent / "payloads" / "sms"
KEY = UUID("00000000-0000-4000-8000-000000000001")
STATUS = f"/webhooks/twilio/status?key={KEY}"
SENT_ID = "SM" + f"{99:032x}"
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages"
MESSAGE = Outbound(KEY, NUMBER, VOTER, "Polls are open from 6:30 to 19:30.")


def payload(name):
    """Return a recorded body as it stood on the wire."""
    return (PAYLOADS / f"{name}.txt").read_bytes().strip()


def parsed(name, path="/webhooks/twilio", **settings):
    channel, hook = open_sms(**settings), sms_hook(payload(name), path)
    channel.verify(hook)
    return channel.parse(hook)


def inbound(number, text, kind="SM", **known):
    known = {"sender": NUMBER, "address": VOTER, "provider": "twilio", **known}
    return Inbound("sms", f"{kind}{number:032x}", text=text, received_at=AT, **known)


# --- a voter's message ------------------------------------------------------------------------------------------------

LONG = dict(parse_qsl(payload("long").decode()))["Body"]
HEARD = {
    "text": inbound(1, "where do i vote"),
    "mms": inbound(
        2,
        "Is this letter real?",
        "MM",
        media=(
            Media(f"{MEDIA}/MM{2:032x}/Media/ME{1:032x}", "image/jpeg"),
            Media(f"{MEDIA}/MM{2:032x}/Media/ME{2:032x}", "application/pdf"),
        ),
    ),
    "mms_without_text": inbound(
        3,
        "",
        "MM",
        media=(Media(f"{MEDIA}/MM{3:032x}/Media/ME{3:032x}", "image/png"),),
    ),
    "stop": inbound(4, "Stop ", answered_by_provider=Word.STOP),
    "stop_punctuated": inbound(5, "STOP!"),
    "alto": inbound(6, "ALTO"),
    "start": inbound(7, "unstop", answered_by_provider=Word.START),
    "advanced_stop": inbound(8, "please stop", answered_by_provider=Word.STOP),
    "advanced_start": inbound(9, "back again", answered_by_provider=Word.START),
    "advanced_help": inbound(10, "help", answered_by_provider=Word.HELP),
    "advanced_unknown": inbound(11, "hm"),
    "spanish": inbound(12, "¿Dónde voto mañana? Vivo en la calle Peñón"),
    "emoji": inbound(13, "🗳️ where?? 👩🏽‍🦽"),
    "lines": inbound(14, "first line\r\nsecond line & more + 100%"),
    "long": inbound(15, LONG),
    "whatsapp": inbound(16, "Yes, please", address="whatsapp:+15550100102", sender=f"whatsapp:{NUMBER}", choice="yes"),
    "whatsapp_without_a_number": inbound(17, "hola", address="whatsapp:US.1A2b3C4d5E", sender=f"whatsapp:{NUMBER}"),
    "rcs": inbound(
        18, "Find my place", address="rcs:+15550100103", sender="rcs:rivera_abc123_agent", choice="go:polling_place"
    ),
    "short_code": inbound(19, "hours", sender="55512"),
    "new_fields": inbound(20, "hi"),
    "odd_media": inbound(24, "hi"),
    "media_without_address": inbound(25, "hi", media=(Media("https://api.twilio.com/media/ME1", ""),)),
}


@pytest.mark.parametrize("name", HEARD)
def test_a_voters_message_is_read(name):
    found = parsed(name)
    assert (found.events, found.ack.status, found.ack.body) == ((HEARD[name],), 204, b"")


def test_the_longest_text_of_twilio_comes_whole():
    assert (len(LONG), LONG[-6:]) == (1600, " 2026!")


@pytest.mark.parametrize("name", ["no_sid", "no_sender", "long_sid"])
def test_a_message_that_nobody_sent_or_that_has_no_id_is_malformed(name):
    with pytest.raises(Malformed, match="MessageSid, From or To is missing or too long"):
        parsed(name)


@pytest.mark.parametrize(
    ("name", "word"), [("stop", None), ("start", None), ("advanced_stop", Word.STOP), ("advanced_help", Word.HELP)]
)
def test_where_twilio_holds_no_stops_only_its_own_word_says_that_it_has_answered(name, word):
    assert parsed(name, holds_stops=False).events[0].answered_by_provider is word


@pytest.mark.parametrize(
    "text", ["STOP", "unsubscribe", "End", "quit", "STOPALL", "revoke", "optout", "Cancel", " stop\n"]
)
def test_c10_the_words_that_twilio_answers_itself_are_known(text):
    """C10: STOP on a Twilio sender whose default handling answers."""
    channel = open_sms()
    hook = sms_hook({"MessageSid": "SM1", "From": VOTER, "To": NUMBER, "Body": text})
    channel.verify(hook)
    assert channel.parse(hook).events[0].answered_by_provider is Word.STOP


@pytest.mark.parametrize("text", ["opt out", "alto", "stop it", "please stop", "stop stop", "parar", "HELP", "stopp"])
def test_c11_the_words_that_twilio_does_not_answer_are_ours(text):
    """C11: with no provider's answer the confirmation is ours to give."""
    channel = open_sms()
    hook = sms_hook({"MessageSid": "SM1", "From": VOTER, "To": NUMBER, "Body": text})
    channel.verify(hook)
    assert channel.parse(hook).events[0].answered_by_provider is None


# --- what became of ours ----------------------------------------------------------------------------------------------

TOLD = {
    "status_queued": None,
    "status_accepted": None,
    "status_scheduled": None,
    "status_sending": None,
    "status_receiving": None,
    "status_received": None,
    "status_partially_delivered": None,
    "status_teleported": None,
    "status_none": None,
    "status_sent": (Delivery.SENT, None),
    "status_delivered": (Delivery.DELIVERED, None),
    "status_read": (Delivery.READ, None),
    "status_canceled": (Delivery.FAILED, None),
    "status_failed": (Delivery.FAILED, None),
    "status_failed_30008": (Delivery.FAILED, "30008"),
    "status_failed_30034": (Delivery.FAILED, "30034"),
    "status_failed_63016": (Delivery.FAILED, "63016"),
    "status_undelivered_30003": (Delivery.UNDELIVERED, "30003"),
    "status_undelivered_30005": (Delivery.UNDELIVERED, "30005"),
    "status_undelivered_30006": (Delivery.UNDELIVERED, "30006"),
    "status_undelivered_30007": (Delivery.UNDELIVERED, "30007"),
}


@pytest.mark.parametrize("name", TOLD)
def test_a_status_callback_is_read(name):
    told = TOLD[name]
    events = () if told is None else (Receipt(told[0], SENT_ID, KEY, NUMBER, told[1]),)
    assert parsed(name, STATUS) == Parsed(events, parsed("text").ack)


def test_every_payload_has_its_row():
    known = {*HEARD, *TOLD, "no_sid", "no_sender", "long_sid", "status_long_code"}
    assert {path.stem for path in PAYLOADS.iterdir()} == known


@pytest.mark.parametrize(("query", "key"), [("", None), ("?key=", None), ("?other=1", None), (f"?key={KEY}&x=1", KEY)])
def test_a_callback_without_our_key_is_known_by_twilios_id(query, key):
    (receipt,) = parsed("status_delivered", f"/webhooks/twilio/status{query}").events
    assert (receipt.key, receipt.provider_id, receipt.sender) == (key, SENT_ID, NUMBER)


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [
        ("status_delivered", "?key=nonsense", "the key in the callback's address is no key of ours"),
        ("status_long_code", f"?key={KEY}", "MessageSid, From or ErrorCode is too long"),
    ],
)
def test_a_callback_that_makes_no_sense_is_malformed(name, query, why):
    with pytest.raises(Malformed, match=why):
        parsed(name, f"/webhooks/twilio/status{query}")


# --- the signature ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hook", "let_in"),
    [
        (sms_hook(payload("spanish")), True),
        (sms_hook(payload("new_fields")), True),
        (sms_hook(payload("status_delivered"), STATUS), True),
        (sms_hook(payload("text"), signed_url="https://bot.example.org:443/webhooks/twilio"), True),
        (sms_hook(payload("text") + b"&Body=where+do+i+vote"), True),
        (sms_hook(payload("status_delivered"), STATUS, signed_url=f"{BASE}/webhooks/twilio/status"), False),
        (sms_hook(payload("status_delivered"), STATUS, signed_url=BASE + STATUS.replace("1", "2")), False),
        (sms_hook(payload("text"), signed_url="https://bot.example.org:8443/webhooks/twilio"), False),
        (replace(sms_hook(payload("text")), body=payload("text").replace(b"ToState=&", b"")), False),
        (replace(sms_hook(payload("stop")), body=payload("stop").replace(b"Stop+", b"Stop")), False),
        (replace(sms_hook(payload("text")), body=payload("text") + b"&Body=STOP"), False),
        (replace(sms_hook(payload("text")), body=payload("text") + b"&Extra="), False),
    ],
    ids=[
        "letters beyond ascii",
        "fields nobody knows",
        "a query",
        "the standard port",
        "a field twice",
        "a query left out",
        "another key",
        "another port",
        "a blank field dropped",
        "a space stripped",
        "a second body",
        "a blank field added",
    ],
)
def test_the_signature_is_over_our_address_and_every_field(hook, let_in):
    assert _is_let_in(open_sms(), hook) is let_in


def _is_let_in(channel, hook):
    try:
        channel.verify(hook)
    except Refused:
        return False
    return True


def test_a_path_before_ours_is_signed_too():
    base = "https://example.org/desk"
    hook = replace(sms_hook(payload("text"), signed_url=f"{base}/webhooks/twilio"), url=f"{base}/webhooks/twilio")
    assert _is_let_in(open_sms(public_base_url=base), hook)


# --- send -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def sms(twilio):
    """Return the channel on the local Twilio, patient for half a second."""
    return Sms(SmsSettings(**SMS_SETTINGS, base_url=twilio.url), call_s=0.5)


def failed(call):
    with pytest.raises(SendError) as caught:
        call()
    return caught.value


def asked_for(twilio):
    (create,) = twilio.creates
    return create


@pytest.mark.parametrize("text", [MESSAGE.text, "¿Dónde? Peñón", "🗳️ a&b=c+d%20 'x'\n\nEnd"])
@pytest.mark.parametrize("voter", [VOTER, "whatsapp:US.1A2b3C4d5E", "rcs:+15550100103"])
def test_a_text_is_handed_over_as_it_is(twilio, sms, voter, text):
    receipt = sms.send(replace(MESSAGE, address=voter, text=text))
    assert receipt == Receipt(Delivery.SENT, provider_id=twilio.sent[0].sid)
    assert asked_for(twilio) == {"To": voter, "From": NUMBER, "Body": text, "StatusCallback": BASE + STATUS}


def test_with_a_messaging_service_twilio_chooses_the_number(twilio):
    sms = open_sms(base_url=twilio.url, service_sid=SERVICE)
    sms.send(MESSAGE)
    create = asked_for(twilio)
    assert (create.get("MessagingServiceSid"), create.get("From")) == (SERVICE, None)


def test_the_callbacks_address_leads_back_to_the_message(twilio, sms):
    sms.send(MESSAGE)
    back = urlsplit(asked_for(twilio)["StatusCallback"])
    hook = sms_hook(payload("status_delivered"), f"{back.path}?{back.query}")
    sms.verify(hook)
    assert sms.parse(hook).events[0].key == MESSAGE.key


def test_a_long_text_leaves_in_parts_that_twilio_takes(twilio, sms):
    said = " ".join(
        f"Sentence {number} says where and when you can vote early, by mail, or in person." for number in range(80)
    )
    parts = fit(Draft(said), sms.can)
    for part in parts:
        sms.send(replace(MESSAGE, text=part.text))
    bodies = twilio.texts_to(VOTER)
    assert (" ".join(bodies), len(bodies)) == (said, 4)
    assert max(map(len, bodies)) <= 1600


def test_what_is_charged_by_segments_is_folded_and_counted(twilio, sms):
    (part,) = fit(Draft("“Polls” are open — until 19:30…"), sms.can)
    sms.send(replace(MESSAGE, text=part.text))
    (body,) = twilio.texts_to(VOTER)
    assert (body, segments(body).count) == ('"Polls" are open - until 19:30...', 1)


SECOND = timedelta(seconds=1)
FAULTS = {
    # fault: (reason, detail, retry after, texts that Twilio took)
    "429": (Reason.WAIT, "20429", SECOND, 0),
    "500": (Reason.UNSURE, "500", None, 0),
    "503": (Reason.WAIT, "20503", None, 0),
    "cut_before": (Reason.UNSURE, "ProtocolError", None, 0),
    "cut_after": (Reason.UNSURE, "ProtocolError", None, 1),
    "garbage": (Reason.UNSURE, "an answer that could not be read", None, 1),
    "slow": (Reason.UNSURE, "ReadTimeoutError", None, 0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_on_the_way_is_told_apart(twilio, sms, fault):
    twilio.faults[VOTER].append(fault)
    began = time.monotonic()
    error = failed(lambda: sms.send(MESSAGE))
    assert (error.reason, error.detail, error.retry_after, len(twilio.sent)) == FAULTS[fault]
    assert time.monotonic() - began < 2


def test_the_call_after_a_fault_is_one_like_any_other(twilio, sms):
    twilio.faults[VOTER].extend(["cut_before", "garbage", "500"])
    for _ in range(3):
        failed(lambda: sms.send(MESSAGE))
    assert sms.send(MESSAGE).status is Delivery.SENT
    assert len(twilio.creates) == 4, "one call each: the SDK and the pool repeat nothing by themselves"


def test_where_nobody_listens_nothing_has_left(twilio):
    gone = twilio.url
    twilio.__exit__()
    error = failed(lambda: open_sms(base_url=gone).send(MESSAGE))
    twilio.__enter__()
    assert (error.reason, error.detail) == (Reason.WAIT, "NewConnectionError")


def test_c15_the_voters_stop_at_twilio_is_told(twilio, sms):
    """C15: the provider returns 21610: the stop is its own."""
    twilio.stopped.add(VOTER)
    error = failed(lambda: sms.send(MESSAGE))
    assert (error.reason, error.detail, error.held_by) == (Reason.STOPPED, "21610", "twilio")


ERRORS = {
    # code: (HTTP status, reason), as Twilio's documentation has them
    20003: (401, Reason.ALARM),
    20404: (404, Reason.ALARM),
    20429: (429, Reason.WAIT),
    20500: (500, Reason.WAIT),
    20503: (503, Reason.WAIT),
    21211: (400, Reason.BLOCKED),
    21214: (400, Reason.BLOCKED),
    21408: (400, Reason.BLOCKED),
    21602: (400, Reason.REFUSED),
    21603: (400, Reason.ALARM),
    21606: (400, Reason.ALARM),
    21608: (400, Reason.ALARM),
    21610: (400, Reason.STOPPED),
    21612: (400, Reason.BLOCKED),
    21614: (400, Reason.BLOCKED),
    21617: (400, Reason.REFUSED),
    21635: (400, Reason.BLOCKED),
    21659: (400, Reason.ALARM),
    21660: (400, Reason.ALARM),
    30034: (400, Reason.ALARM),
    63016: (400, Reason.REFUSED),
    29999: (400, Reason.REFUSED),
}


@pytest.mark.parametrize("form", ["legacy", "RFC 9457"])
@pytest.mark.parametrize("code", ERRORS)
def test_each_documented_error_says_whether_another_try_helps(answers, code, form):
    status, reason = ERRORS[code]
    told = {"code": code, "status": status}
    told |= {"message": "no"} if form == "legacy" else {"type": "about:blank", "title": "no", "detail": VOTER}
    answers.give(Answer(status, json.dumps(told).encode()))
    error = failed(lambda: open_sms(base_url=answers.url).send(MESSAGE))
    held_by = "twilio" if reason is Reason.STOPPED else None
    assert (error.reason, error.detail, error.held_by) == (reason, str(code), held_by)


@pytest.mark.parametrize(
    ("answer", "reason", "retry_after"),
    [
        (Answer(429, b"", {"Retry-After": "7"}), Reason.WAIT, 7 * SECOND),
        (Answer(429, b"<html>", {"Retry-After": "soon"}), Reason.WAIT, None),
        (Answer(429, b"", {"Retry-After": "\xb2"}), Reason.WAIT, None),
        (Answer(429, b"", {"Retry-After": "9" * 30}), Reason.WAIT, None),
        (Answer(503, b'{"code": 20503}', {"Retry-After": "30"}), Reason.WAIT, 30 * SECOND),
        (Answer(503, b"<html>", {"Retry-After": "30"}), Reason.UNSURE, 30 * SECOND),
        (Answer(504, b"[" * 5000, {"Retry-After": "30"}), Reason.UNSURE, 30 * SECOND),
        (Answer(502, b'{"code": "20503"}'), Reason.UNSURE, None),
        (Answer(403, b"<html>"), Reason.REFUSED, None),
        (Answer(400, b'{"code": "+15550100101 is no number"}'), Reason.REFUSED, None),
        (Answer(307, b"", {"Location": "https://elsewhere.example.org/"}), Reason.REFUSED, None),
        (Answer(201, b"{}"), Reason.UNSURE, None),
        (Answer(201, b"[]"), Reason.UNSURE, None),
        (Answer(201, b"null"), Reason.UNSURE, None),
        (Answer(201, b""), Reason.UNSURE, None),
        (Answer(201, b'{"sid": 7}'), Reason.UNSURE, None),
        (Answer(201, b"[" * 5000), Reason.UNSURE, None),
        (Answer(201, b'{"sid": "SM1", "body": "x"}', cut="inside"), Reason.UNSURE, None),
    ],
    ids=lambda value: f"{value.status}-{bytes(value.body[:12])!r}-{value.cut}" if isinstance(value, Answer) else "",
)
def test_an_answer_that_nobody_documents_is_an_error_too(answers, answer, reason, retry_after):
    answers.give(answer)
    asked = len(answers.asked)
    error = failed(lambda: open_sms(base_url=answers.url).send(MESSAGE))
    assert (error.reason, error.retry_after, len(answers.asked) - asked) == (reason, retry_after, 1)


def test_the_credentials_go_into_the_header_and_nowhere_else(answers):
    answers.give(Answer(201, b'{"sid": "SM1"}'))
    open_sms(base_url=answers.url).send(MESSAGE)
    method, path, headers, body = answers.asked[-1]
    assert (method, path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert headers["authorization"].startswith("Basic ")
    assert TOKEN.encode() not in body


@pytest.mark.parametrize(
    ("url", "simulated"),
    [
        ("", False),
        ("https://api.twilio.com", False),
        ("https://proxy.example.org", False),
        ("http://127.0.0.1:9", True),
        ("http://localhost:9", True),
        ("http://[::1]:9", True),
        ("http://127.0.0.1.example.org", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_a_provider_on_this_machine_reaches_nobody(url, simulated):
    assert open_sms(base_url=url).is_simulated is simulated


# --- find: after a doubt ----------------------------------------------------------------------------------------------


def found(sms, message=MESSAGE, taken=(), ago=timedelta()):
    return sms.find(message, datetime.now(UTC) - ago, frozenset(taken))


@pytest.mark.parametrize("fault", ["cut_after", "garbage"])
def test_what_twilio_took_before_the_line_broke_is_found(twilio, sms, fault):
    twilio.faults[VOTER].append(fault)
    failed(lambda: sms.send(MESSAGE))
    assert found(sms) == Receipt(Delivery.SENT, provider_id=twilio.sent[0].sid)


@pytest.mark.parametrize("fault", ["cut_before", "500", "503"])
def test_what_twilio_never_took_is_not_found(twilio, sms, fault):
    twilio.faults[VOTER].append(fault)
    failed(lambda: sms.send(MESSAGE))
    assert found(sms) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(MESSAGE, text="other words"),
        replace(MESSAGE, sender="+15550100002"),
        replace(MESSAGE, address="+15550100109"),
    ],
    ids=["text", "number", "voter"],
)
def test_what_only_looks_like_it_is_not_it(sms, other):
    sms.send(other)
    assert found(sms) is None


def test_what_a_voter_wrote_in_the_same_words_is_not_ours(twilio, sms):
    twilio.keep_inbound(VOTER, MESSAGE.text)
    twilio.messages[0].to, twilio.messages[0].from_ = VOTER, NUMBER
    assert found(sms) is None


def test_what_another_row_has_taken_or_what_is_older_is_not_it(twilio, sms):
    taken = sms.send(MESSAGE).provider_id
    older = sms.send(MESSAGE).provider_id
    twilio.messages[1].date -= timedelta(hours=1)
    assert found(sms, taken=[taken]) is None
    assert found(sms, taken=[taken], ago=timedelta(hours=2)).provider_id == older


def test_two_that_could_be_it_are_a_persons_business(twilio, sms):
    twilio.page_size = 1  # the second stands on another page
    sms.send(MESSAGE)
    sms.send(MESSAGE)
    with pytest.raises(Ambiguous):
        found(sms)


def test_with_a_messaging_service_any_of_its_numbers_may_have_sent_it(twilio):
    sms = open_sms(base_url=twilio.url, service_sid=SERVICE)
    sms.send(replace(MESSAGE, sender="+15550100077"))
    twilio.sent[0].from_ = "+15550100088"
    assert found(sms) is not None


CANNOT_SAY = {
    "too fast": (Answer(429, b'{"code": 20429}', {"Retry-After": "3"}), Reason.WAIT),
    "away": (Answer(503, b"<html>"), Reason.UNSURE),
    "cut": (Answer(cut="before"), Reason.UNSURE),
    "garbage": (Answer(200, b"{not json"), Reason.UNSURE),
    "a list": (Answer(200, b"[]"), Reason.UNSURE),
    "null": (Answer(200, b"null"), Reason.UNSURE),
    "no list inside": (Answer(200, b'{"messages": 5, "page": 0}'), Reason.UNSURE),
    "nulls inside": (Answer(200, b'{"messages": [null], "page": 0, "page_size": 50}'), Reason.UNSURE),
    "deep": (Answer(200, b"[" * 5000), Reason.UNSURE),
    "our credentials": (Answer(401, b'{"code": 20003}'), Reason.ALARM),
}


ASKS = {"find": found, "missed": lambda sms: list(sms.missed(AT)), "probe": lambda sms: sms.probe()}


@pytest.mark.parametrize(
    ("ask", "what"),
    [(ask, what) for ask in ASKS for what in CANNOT_SAY if ask != "probe" or "inside" not in what],
)
def test_a_provider_that_cannot_say_now_is_an_error_and_never_a_no(answers, ask, what):
    answer, reason = CANNOT_SAY[what]
    answers.give(answer)
    assert failed(lambda: ASKS[ask](open_sms(base_url=answers.url))).reason is reason


# --- missed: what came while we were away -----------------------------------------------------------------------------


def test_what_voters_wrote_meanwhile_comes_oldest_first_over_all_pages(twilio, sms):
    twilio.page_size = 2
    sids = [
        twilio.keep_inbound(f"+1555010020{number}", text)
        for number, text in enumerate(["a", "STOP", "start", "b", "c"])
    ]
    sms.send(MESSAGE)
    for number, kept in enumerate(twilio.messages):
        kept.date = AT + timedelta(minutes=number)
    twilio.messages[0].date = AT - timedelta(days=1)
    assert [
        (one.event_id, one.text, one.received_at, one.answered_by_provider)
        for one in sms.missed(AT - timedelta(seconds=1))
    ] == [
        (sids[1], "STOP", AT + timedelta(minutes=1), Word.STOP),
        (sids[2], "start", AT + timedelta(minutes=2), Word.START),
        (sids[3], "b", AT + timedelta(minutes=3), None),
        (sids[4], "c", AT + timedelta(minutes=4), None),
    ]


def test_what_was_missed_is_the_same_event_as_its_webhook(twilio, sms):
    sid = twilio.keep_inbound(VOTER, "hello")
    (missed,) = sms.missed(AT - timedelta(days=3650))
    hook = sms_hook(twilio.form(VOTER, "hello", sid))
    sms.verify(hook)
    (told,) = sms.parse(hook).events
    assert replace(missed, received_at=AT) == told


def test_other_numbers_of_the_account_are_not_read_unless_a_service_has_many(twilio, sms):
    twilio.keep_inbound(VOTER, "hello")
    twilio.messages[0].to = "+15550100077"
    since = AT - timedelta(days=3650)
    assert list(sms.missed(since)) == []
    sms.send(MESSAGE)
    whole = open_sms(base_url=twilio.url, sender="", service_sid=SERVICE)
    assert [one.sender for one in whole.missed(since)] == ["+15550100077"]


def test_missed_pictures_are_looked_up(answers):
    kept = {
        "sid": "MM1",
        "to": NUMBER,
        "from": VOTER,
        "body": None,
        "direction": "inbound",
        "num_media": "1",
        "date_sent": "Fri, 30 Oct 2026 16:00:00 +0000",
        "account_sid": ACCOUNT,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1.json",
    }
    anonymous = {**kept, "from": None}
    pages = [
        {"messages": [anonymous, kept], "page": 0, "page_size": 50, "next_page_uri": None},
        {"media_list": [{"sid": "ME1", "content_type": "image/png"}], "page": 0, "page_size": 50},
    ]
    answers.give(*(Answer(200, json.dumps(page).encode()) for page in pages))
    assert list(open_sms(base_url=answers.url).missed(AT)) == [
        Inbound("sms", "MM1", NUMBER, VOTER, "", AT, (Media(f"{MEDIA}/MM1/Media/ME1", "image/png"),), provider="twilio")
    ]


def test_a_probe_says_how_twilio_sees_the_account(sms):
    assert sms.probe() == "the account is active"


# --- fetch: a voter's picture -----------------------------------------------------------------------------------------

OUTSIDE = "media outside the provider's hosts"
PNG = b"\x89PNG\r\n" + b"x" * 100


def test_a_picture_is_fetched_with_our_credentials(answers):
    answers.give(Answer(200, PNG, {"Content-Type": "image/png"}))
    got = open_sms(base_url=answers.url).fetch(Media(f"{answers.url}/Media/ME1", "image/jpeg"))
    assert (got, "authorization" in answers.asked[-1][2]) == ((PNG, "image/png"), True)


def test_behind_a_redirect_our_credentials_are_not_shown(answers):
    answers.give(Answer(307, b"", {"Location": f"{answers.url}/signed"}), Answer(200, PNG))
    assert open_sms(base_url=answers.url).fetch(Media(f"{answers.url}/ME1", "")) == (PNG, "application/octet-stream")
    assert ["authorization" in headers for _, _, headers, _ in answers.asked[-2:]] == [True, False]


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (Answer(404, b"gone"), Reason.REFUSED, "media: 404"),
        (Answer(200, b"x" * 5_000_001), Reason.REFUSED, "media: 200"),
        (Answer(302, b"", {"Location": "https://elsewhere.example.org/x"}), Reason.REFUSED, OUTSIDE),
        (Answer(302, b"", {"Location": "https://[broken"}), Reason.WAIT, "media: ValueError"),
        (Answer(302, b""), Reason.REFUSED, OUTSIDE),
        (Answer(cut="before"), Reason.WAIT, "media: ProtocolError"),
        (Answer(200, PNG, cut="inside"), Reason.WAIT, "media: ProtocolError"),
    ],
    ids=["gone", "too large", "elsewhere", "a broken address", "no address", "cut before", "cut inside"],
)
def test_a_picture_that_cannot_be_had_is_an_error(answers, answer, reason, detail):
    answers.give(answer)
    sms = open_sms(base_url=answers.url)
    error = failed(lambda: sms.fetch(Media(f"{answers.url}/ME1", "")))
    assert (error.reason, error.detail) == (reason, detail)


def test_a_redirect_in_a_circle_ends(answers):
    answers.give(Answer(302, b"", {"Location": f"{answers.url}/again"}))
    sms = open_sms(base_url=answers.url)
    before = len(answers.asked)
    assert failed(lambda: sms.fetch(Media(f"{answers.url}/ME1", ""))).detail == "media: too many redirects"
    assert len(answers.asked) - before == 3


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.org/ME1",
        "https://api.twilio.com.example.org/ME1",
        "https://api.twilio.com@evil.example.org/ME1",
        "file:///etc/passwd",
        "ME1",
        "",
    ],
)
def test_a_picture_elsewhere_is_never_asked_for(answers, url):
    assert failed(lambda: open_sms(base_url=answers.url).fetch(Media(url, ""))).detail == OUTSIDE
