"""Telegram: updates as Telegram delivers them, answers as its Bot API gives them, and what goes wrong between us."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from providers.telegram import BOT, BOT_ID, SECRET, TOKEN, FakeTelegram
from support.answers import Answer
from support.hooks import AT, TELEGRAM_VOTER, open_telegram, telegram_hook

from bot.channel import Reason, SendError
from bot.engine.fit import Draft, fit
from bot.message import Ack, Button, Chore, Delivery, Inbound, Media, Outbound, Receipt, Word
from channels.shared.telegram_http import finished
from channels.telegram import Telegram, TelegramSettings

PAYLOADS = Path(__file__).parent / "payloads" / "telegram"
KEY = UUID("00000000-0000-4000-8000-000000000001")
VOTER = int(TELEGRAM_VOTER)
MESSAGE = Outbound(KEY, str(BOT_ID), TELEGRAM_VOTER, "Polls are open from 6:30 to 19:30.")


def payload(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def parsed(name):
    channel, hook = open_telegram(), telegram_hook(payload(name))
    channel.verify(hook)
    return channel.parse(hook)


def inbound(text, **known):
    known = {"language": "en", **known}
    return {"text": text, **known}


# --- a voter's message ------------------------------------------------------------------------------------------------

PLACE = Media("geo:39.9612,-82.9988", "")
VOICE = Media("telegram:AwACAgEAAx-v", "audio/ogg")
HEARD = {
    "text": inbound("where do i vote"),
    "spanish": inbound("¿Dónde voto mañana?", language="es"),
    "emoji": inbound("🗳️ where?? 👩🏽‍🦽"),
    "lines": inbound("first line\nsecond line & <b>more</b> + 100%"),
    "longest": inbound("🗳" * 2048),
    "half_a_pair": inbound("hi ?"),
    "reply": inbound("yes"),
    "edited": inbound("where do i vote, edited", is_edit=True),
    "edited_caption": inbound("Is this letter real, then?", is_edit=True),
    "forwarded": inbound("Is this true?"),
    "fields_of_next_year": inbound("hi"),
    "no_language": inbound("hi", language=None),
    "stop_word": inbound("STOP"),
    "help": inbound("/help"),
    "start": inbound("/start", choice="go:greet"),
    "start_go": inbound("/start", choice="go:polling_place"),
    "start_source": inbound("/start", choice="go:greet"),
    "start_go_odd": inbound("/start", choice="go:greet"),
    "start_in_words": inbound("/start now please"),
    "contact_own": inbound("+15550100101"),
    "contact_other": inbound("Luis Paz +15550100102"),
    "location": inbound("", media=(PLACE,)),
    "venue": inbound("City Hall, 90 W Broad St", media=(PLACE,)),
    "photo": inbound("", media=(Media("telegram:AgACAgEAAx-1x", "image/jpeg"),)),
    "photo_with_caption": inbound("Is this letter real?", media=(Media("telegram:AgACAgEAAx-2x", "image/jpeg"),)),
    "voice": inbound("", media=(VOICE,)),
    "voice_with_caption": inbound("where do i vote", media=(VOICE,)),
    "video_note": inbound("", media=(Media("telegram:DQACAgEAAx-n", "video/mp4", spoken=True),)),
    "audio": inbound("", media=(Media("telegram:CQACAgEAAx-a", "audio/mpeg"),)),
    "voice_without_type": inbound("", media=(Media("telegram:AwACAgEAAx-w", "audio/ogg"),)),
    "document": inbound("the letter", media=(Media("telegram:BQACAgEAAx-d", "application/pdf"),)),
    "animation": inbound("", media=(Media("telegram:CgACAgEAAx-g", "video/mp4"),)),
    "sticker": inbound("👍"),
    "button": inbound("Find where to vote", choice="go:polling_place"),
    "button_of_an_old_message": inbound("", choice="go:polling_place"),
    "blocked": inbound("", answered_by_provider=Word.STOP, language=None),
    "unblocked": inbound("", answered_by_provider=Word.START, language=None),
}


@pytest.mark.parametrize("name", HEARD)
def test_a_voters_message_is_read(name):
    found, number = parsed(name), json.loads(payload(name))["update_id"]
    known = {"sender": str(BOT_ID), "address": TELEGRAM_VOTER, "received_at": AT, "provider": "telegram"}
    update = json.loads(payload(name))
    ref = str((update.get("message") or update.get("edited_message") or {}).get("message_id", ""))
    known |= {"ref": ref, "unblocks": name not in ("blocked", "unblocked")}
    assert found.events == (Inbound("telegram", f"{BOT_ID}:{number}", **known, **HEARD[name]),)
    assert found.ack.status == 200


LET_PASS = [
    "edited_place",
    "edited_in_a_group",
    "another_bot",
    "status_of_next_year",
    "inline_query",
    "dice",
    "service",
    "sticker_without_emoji",
    "kind_of_next_year",
    "update_of_next_year",
    "button_forged",
    "button_in_a_group",
    "button_inline",
    "button_without_payload",
    "poison_text_no_string",
]


@pytest.mark.parametrize("name", LET_PASS)
def test_what_is_no_message_to_us_is_acknowledged_all_the_same(name):
    """Telegram holds a voter's next update back until the last one got a 2xx."""
    found = parsed(name)
    assert (found.events, found.ack.status) == ((), 200)


POISON = {
    "cut_off": "no JSON",
    "list": "no update",
    "no_update_id": "no update",
    "update_id_no_number": "no update",
    "poll": "TypeError",
    "poison_no_chat": "AttributeError",
    "poison_list": "TypeError",
    "poison_date": "OverflowError",
}


@pytest.mark.parametrize("name", POISON)
def test_what_cannot_be_read_is_acknowledged_and_kept_for_people(name):
    """Whatever comes by the secret is authentic, and a 400 would hold the voter's next one back."""
    found = parsed(name)
    (kept,) = found.events
    assert (kept.channel, kept.kind, kept.failed) == (
        "telegram",
        "read_again",
        f"an update that could not be read: {POISON[name]}",
    )
    assert found.ack == Ack(200)
    assert kept.ref.startswith(f"{BOT_ID}:")
    assert len(kept.ref) <= 80
    again = open_telegram().parse(telegram_hook(kept.payload["body"].encode()))
    assert again.events[0].failed == kept.failed, "the body is kept whole: a later version may be able to read it"


LEAVES = {
    "group": ("-1001234567890", "en"),
    "channel_post": ("-1009", ""),
    "added_to_a_group": ("-1001234567890", "en"),
}


@pytest.mark.parametrize("name", LEAVES)
def test_a_chat_of_many_is_left_and_nothing_said_there_is_kept(name):
    chat, language = LEAVES[name]
    assert parsed(name).events == (
        Chore("telegram", "leave", f"{BOT_ID}:{chat}", {"chat": chat, "language": language}),
    )


def test_every_payload_has_its_row():
    assert {path.stem for path in PAYLOADS.iterdir()} == {*HEARD, *LET_PASS, *LEAVES, *POISON}


@pytest.mark.parametrize("name", [name for name in (*HEARD, *LET_PASS) if name.startswith("button")])
def test_the_answer_to_a_press_ends_the_waiting_sign(name):
    call = {"method": "answerCallbackQuery", "callback_query_id": "4382bfdwdsb323b2d9"}
    assert parsed(name).ack == Ack(200, json.dumps(call).encode(), "application/json")


def test_the_same_update_of_another_bot_is_another_event():
    other = open_telegram(token="42:AAother_bots_token")
    (event,) = other.parse(telegram_hook(payload("text"))).events
    assert (event.event_id, event.sender) == (f"42:{json.loads(payload('text'))['update_id']}", "42")


# --- send -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    with FakeTelegram() as one:
        one.files["AwACAgEAAx-v"] = ("voice/file_1.oga", b"OggS" + b"x" * 100)
        yield one


@pytest.fixture
def telegram(server):
    """Return the channel on the local Telegram, patient for a second."""
    return Telegram(TelegramSettings(TOKEN, SECRET, server.url), call_s=1.0)


def failed(call):
    with pytest.raises(SendError) as caught:
        call()
    error = caught.value
    return error.reason, error.detail, error.held_by


@pytest.mark.parametrize("text", [MESSAGE.text, "¿Dónde? Peñón", "🗳️ a&b=c+d%20 'x' <b>*_\n\nEnd", "[1,2]", "5"])
def test_a_text_is_handed_over_as_it_is(server, telegram, text):
    receipt = telegram.send(replace(MESSAGE, text=text))
    ((method, known),) = server.asked
    assert receipt == Receipt(Delivery.SENT, provider_id=f"{VOTER}:{server.sent[0]['message_id']}")
    assert (method, known.keys()) == ("sendMessage", {"chat_id", "text"})
    assert [one["text"] for one in server.messages_to(VOTER)] == [text if text != "[1,2]" else "[1, 2]"]


def test_the_longest_text_that_fits_is_taken_whole(server, telegram):
    said = "🗳️ vote early, by mail or in person. " * 200
    parts = fit(Draft(said), telegram.can)
    for part in parts:
        telegram.send(replace(MESSAGE, text=part.text))
    assert "".join(one["text"] for one in server.sent).replace(" ", "") == said.replace(" ", "")
    assert len(parts) == 2


KEYBOARDS = {
    "short ones side by side": ([("Yes", "yes"), ("No", "no"), ("A person", "go:speak_to_human")], [2, 1]),
    "long ones below each other": ([("Find where to vote today", "go:polling_place"), ("No", "no")], [1, 1]),
    "none": ([], []),
    "too long a payload": ([("Yes", "yes"), ("No", "x" * 65)], [1]),
}


@pytest.mark.parametrize("name", KEYBOARDS)
def test_buttons_stand_below_the_text(server, telegram, name):
    buttons, rows = KEYBOARDS[name]
    telegram.send(replace(MESSAGE, buttons=tuple(Button(*one) for one in buttons)))
    shown = server.sent[0].get("reply_markup", {"inline_keyboard": []})["inline_keyboard"]
    assert [len(row) for row in shown] == rows
    assert [(one["text"], one["callback_data"]) for row in shown for one in row] == buttons[: sum(rows)]


def test_a_button_with_a_link_opens_it(server, telegram):
    telegram.send(replace(MESSAGE, buttons=(Button("Our site", url="https://example.org/"),)))
    assert server.sent[0]["reply_markup"] == {
        "inline_keyboard": [[{"text": "Our site", "url": "https://example.org/"}]]
    }


def test_a_pressed_button_comes_back_with_its_words(server, telegram):
    telegram.send(replace(MESSAGE, buttons=(Button("Find where to vote", "go:polling_place"),)))
    update = {
        "update_id": 5,
        "callback_query": {
            "id": "1",
            "from": {"id": VOTER, "is_bot": False, "first_name": "Ana"},
            "chat_instance": "1",
            "message": server.sent[0],
            "data": "go:polling_place",
        },
    }
    (event,) = telegram.parse(telegram_hook(json.dumps(update).encode())).events
    assert (event.text, event.choice) == ("Find where to vote", "go:polling_place")


FAULTS = {
    "429": (Reason.WAIT, "429", None),
    "500": (Reason.UNSURE, "500", None),
    "503": (Reason.UNSURE, "503", None),
    "401": (Reason.ALARM, "401 or 404: the token", None),
    "gone": (Reason.BLOCKED, "chat not found", None),
    "deactivated": (Reason.BLOCKED, "user is deactivated", None),
    "cut_before": (Reason.UNSURE, "ProtocolError", None),
    "cut_after": (Reason.UNSURE, "ProtocolError", None),
    "slow": (Reason.UNSURE, "ReadTimeoutError", None),
    "garbage": (Reason.UNSURE, "TelegramError", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_goes_wrong_says_whether_to_try_again(server, telegram, fault):
    server.faults[TELEGRAM_VOTER].append(fault)
    assert failed(lambda: telegram.send(MESSAGE)) == FAULTS[fault]


def test_c15_a_block_that_only_telegram_knew_of_is_a_stop(server, telegram):
    server.blocked.add(TELEGRAM_VOTER)
    assert failed(lambda: telegram.send(MESSAGE)) == (Reason.STOPPED, "bot was blocked by the user", "telegram")


def test_too_fast_names_the_wait(server, telegram):
    server.faults[TELEGRAM_VOTER].append("429")
    with pytest.raises(SendError) as caught:
        telegram.send(MESSAGE)
    assert caught.value.retry_after == timedelta(seconds=1)


def said(status, description, **more):
    return Answer(status, json.dumps({"ok": False, "error_code": status, "description": description, **more}).encode())


ANSWERS = {
    "a 403 without known words": (said(403, "Forbidden: no"), (Reason.BLOCKED, "403", None)),
    "a 403 of a gateway": (Answer(403, b"<html>"), (Reason.BLOCKED, "403", None)),
    "a 400 without known words": (said(400, "Bad Request: text must be encoded in UTF-8"), (Reason.REFUSED, "400", None)),
    "chat not found, in capitals": (said(400, "Bad Request: CHAT NOT FOUND"), (Reason.BLOCKED, "chat not found", None)),
    "a group that grew": (
        said(400, "Bad Request: x", parameters={"migrate_to_chat_id": -100}),
        (Reason.BLOCKED, "the chat has become another", None),
    ),
    "a token cut off": (said(404, "Not Found"), (Reason.ALARM, "401 or 404: the token", None)),
    "a second poller": (said(409, "Conflict: x"), (Reason.WAIT, "409: a webhook is set, or another program polls", None)),
    "a redirect": (Answer(302, b"", {"Location": "/"}), (Reason.UNSURE, "NetworkError", None)),
    "no message": (Answer(200, b'{"ok": true, "result": true}'), (Reason.UNSURE, "an answer that could not be read", None)),
    "a list": (Answer(200, b"[]"), (Reason.UNSURE, "TelegramError", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_odd_answer_is_an_error_of_the_contract(answers, name):
    answer, wanted = ANSWERS[name]
    answers.give(answer)
    assert failed(lambda: open_telegram(base_url=answers.url).send(MESSAGE)) == wanted


def test_nothing_left_where_nobody_listens():
    channel = open_telegram(base_url="http://127.0.0.1:9")
    assert failed(lambda: channel.send(MESSAGE))[0] is Reason.WAIT


def test_the_sdk_never_suspends_and_says_so_if_it_once_does():
    """The sender's threads run no event loop: a wait inside the SDK would hang there for good."""

    class Waits:
        def __await__(self):
            yield

    async def waits():
        await Waits()

    with pytest.raises(RuntimeError, match="suspended"):
        finished(waits())


def test_nothing_of_an_answer_that_cannot_be_read_is_logged(answers, caplog):
    answers.give(Answer(200, b"{a voter's words"))
    failed(lambda: open_telegram(base_url=answers.url).send(MESSAGE))
    assert "voter" not in caplog.text


@pytest.mark.parametrize(
    ("url", "simulated"),
    [("", False), ("https://proxy.example.org", False), ("http://127.0.0.1:9", True), ("http://10.0.0.1", False)],
)
def test_only_a_provider_on_this_machine_reaches_nobody(url, simulated):
    assert open_telegram(base_url=url).is_simulated is simulated


def test_a_probe_says_which_bot_it_is(telegram):
    assert telegram.probe() == f"it is @{BOT['username']}"


# --- fetch: a voter's file --------------------------------------------------------------------------------------------

OUTSIDE = (Reason.REFUSED, "media outside the provider's hosts", None)


def test_a_file_is_fetched_from_telegram(telegram):
    assert telegram.fetch(VOICE) == (b"OggS" + b"x" * 100, "audio/ogg")


@pytest.mark.parametrize(
    "url", ["https://evil.example.org/x", "telegram:../../etc/passwd", "telegram:", PLACE.url, "AwACAgEAAx-v", ""]
)
def test_a_file_elsewhere_is_never_asked_for(server, telegram, url):
    assert failed(lambda: telegram.fetch(Media(url, "image/jpeg"))) == OUTSIDE
    assert server.asked == []


@pytest.mark.parametrize("path", ["../../secret", "/etc/passwd", ""])
def test_a_path_that_leads_away_is_not_followed(server, telegram, path):
    server.files["AwACAgEAAx-v"] = (path, b"x")
    assert failed(lambda: telegram.fetch(VOICE)) == OUTSIDE


def test_a_file_that_is_gone_is_refused(server, telegram):
    server.files.clear()
    assert failed(lambda: telegram.fetch(VOICE)) == (Reason.REFUSED, "400", None)


def test_a_file_that_is_too_large_is_refused(server, telegram):
    server.files["AwACAgEAAx-v"] = ("voice/long.oga", b"x" * 20_000_001)
    assert failed(lambda: telegram.fetch(VOICE)) == (Reason.REFUSED, "media: 200", None)
