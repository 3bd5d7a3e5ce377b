"""Requests as providers make them: signed over what they hold, or forged in one point."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from providers.telegram import SECRET
from providers.telegram import TOKEN as BOT_TOKEN
from providers.twilio import ACCOUNT, NUMBER, TOKEN
from twilio.request_validator import RequestValidator

from bot.channel import Channel, Tools
from bot.message import Webhook
from channels import open_channel

BASE = "https://bot.example.org"
AT = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)
VOTER = "+15550100101"
TEXT = "where do i vote"
SESSION = "a-session-token-of-the-page"
TELEGRAM_VOTER = "5550100101"
CHAT = "5f0c1d2e3b4a59687786a5b4c3d2e1f0"
SMS_SETTINGS: Mapping[str, Any] = {
    "account_sid": ACCOUNT,
    "auth_token": TOKEN,
    "public_base_url": BASE,
    "sender": NUMBER,
}
SMS_FORM: Mapping[str, str] = {
    "ToState": "",
    "MessageSid": "SM" + "0" * 32,
    "AccountSid": ACCOUNT,
    "NumMedia": "0",
    "Body": TEXT,
    "From": VOTER,
    "To": NUMBER,
}


def signature(url: str, body: bytes, token: str = TOKEN) -> str:
    """Return what Twilio's own code signs a form with."""
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True):
        fields.setdefault(name, []).append(value)
    made: str = RequestValidator(token).compute_signature(url, _Fields(fields))
    return made


class _Fields(dict[str, list[str]]):
    def getlist(self, name: str) -> list[str]:
        return self[name]


def sms_hook(
    form: Mapping[str, str] | bytes = SMS_FORM,
    path: str = "/webhooks/twilio",
    *,
    token: str = TOKEN,
    signed: str | None = None,
    signed_url: str | None = None,
    at: datetime = AT,
    **headers: str,
) -> Webhook:
    """Return a webhook of Twilio; `signed` and `signed_url` put another signature on it."""
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    url = BASE + path
    by = signature(signed_url or url, body, token) if signed is None else signed
    return Webhook("POST", url, {"x-twilio-signature": by, **headers}, body, at)


def web_hook(body: bytes, authorization: str = f"Bearer {SESSION}", at: datetime = AT) -> Webhook:
    """Return what the page of the chat posts."""
    headers = {"authorization": authorization, "content-type": "application/json"}
    return Webhook("POST", f"{BASE}/chat/messages", headers, body, at)


def telegram_hook(body: bytes, secret: str | None = SECRET, at: datetime = AT) -> Webhook:
    """Return an update as Telegram delivers it."""
    headers = {"content-type": "application/json"}
    if secret is not None:
        headers["x-telegram-bot-api-secret-token"] = secret
    return Webhook("POST", f"{BASE}/webhooks/telegram", headers, body, at)


def open_web(rung: list[str] | None = None) -> Channel:
    """Return the web chat, with one session open; its bell writes down what it is rung for."""
    bell = rung if rung is not None else []
    return open_channel("web", {}, Tools(sessions={SESSION: CHAT}.get, ring=bell.append))


def open_sms(**settings: Any) -> Channel:
    """Return the SMS channel of the test account."""
    return open_channel("sms", {**SMS_SETTINGS, **settings}, Tools())


def open_telegram(**settings: Any) -> Channel:
    """Return the channel of the test bot."""
    return open_channel("telegram", {"token": BOT_TOKEN, "secret": SECRET, **settings}, Tools())


@dataclass(frozen=True, slots=True)
class Sample:
    """What the contract's tests must know of one channel: how to open it, and how its provider knocks."""

    open: Callable[[], Channel]
    at: Callable[[str], Channel]
    """Open it with its provider at another address."""
    hook: Callable[[bytes], Webhook]
    """An authentic request with this body."""
    body: bytes
    """One voter's message."""
    secrets: tuple[str, ...]
    """What no error may show, beside the voter's address and text."""


_WRONG = "the signature is missing or wrong"
_NO_SESSION = "no session, or one that has run out"
_WEB_BODY = b'{"id": "11111111-1111-4111-8111-111111111111", "text": "where do i vote"}'
_NO_SECRET = "the secret token is missing or wrong"
_PERSON = {"id": int(TELEGRAM_VOTER), "first_name": "Ana"}
_UPDATE = json.dumps(
    {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "from": {**_PERSON, "is_bot": False},
            "chat": {**_PERSON, "type": "private"},
            "date": 1793376000,
            "text": TEXT,
        },
    }
).encode()
_GOOD = sms_hook()

SAMPLES: Mapping[str, Sample] = {
    "sms": Sample(
        open=open_sms,
        at=lambda url: open_sms(base_url=url),
        hook=sms_hook,
        body=_GOOD.body,
        secrets=(TOKEN, signature(_GOOD.url, _GOOD.body)),
    ),
    "telegram": Sample(
        open=open_telegram,
        at=lambda url: open_telegram(base_url=url),
        hook=telegram_hook,
        body=_UPDATE,
        secrets=(BOT_TOKEN, SECRET),
    ),
    "web": Sample(
        open=open_web,
        at=lambda url: open_web(),
        hook=web_hook,
        body=_WEB_BODY,
        secrets=(SESSION,),
    ),
}

FORGED: Mapping[str, Mapping[str, tuple[Webhook, int, str]]] = {
    "sms": {
        "no signature": (sms_hook(signed=""), 403, _WRONG),
        "no header at all": (Webhook("POST", _GOOD.url, {}, _GOOD.body, AT), 403, _WRONG),
        "no base64": (sms_hook(signed="a lie"), 403, _WRONG),
        "not ascii": (sms_hook(signed="é" * 28), 403, _WRONG),
        "another token": (sms_hook(token="0" * 32), 403, _WRONG),
        "cut by a letter": (sms_hook(signed=signature(_GOOD.url, _GOOD.body)[:-1]), 403, _WRONG),
        "a letter changed": (
            sms_hook({**SMS_FORM, "Body": "where do i votE"}, signed=signature(_GOOD.url, _GOOD.body)),
            403,
            _WRONG,
        ),
        "a blank field dropped": (
            sms_hook(
                {name: value for name, value in SMS_FORM.items() if value},
                signed=signature(_GOOD.url, _GOOD.body),
            ),
            403,
            _WRONG,
        ),
        "a field added": (
            sms_hook({**SMS_FORM, "OptOutType": "START"}, signed=signature(_GOOD.url, _GOOD.body)),
            403,
            _WRONG,
        ),
        "signed for the status address": (sms_hook(signed_url=f"{BASE}/webhooks/twilio/status"), 403, _WRONG),
        "signed over http": (sms_hook(signed_url="http://bot.example.org/webhooks/twilio"), 403, _WRONG),
        "signed for another host": (sms_hook(signed_url="https://evil.example.org/webhooks/twilio"), 403, _WRONG),
        "a query that was not signed": (
            sms_hook(path="/webhooks/twilio?x=1", signed_url=f"{BASE}/webhooks/twilio"),
            403,
            _WRONG,
        ),
        "the hash of a body that is no form": (
            sms_hook(path="/webhooks/twilio?bodySHA256=" + "0" * 64, signed=""),
            403,
            _WRONG,
        ),
        "another account": (sms_hook({**SMS_FORM, "AccountSid": "AC" + "f" * 32}), 403, "another account"),
        "too many fields": (sms_hook(b"a=b&" * 300), 403, "too many fields"),
    },
    "telegram": {
        "no header": (telegram_hook(_UPDATE, None), 403, _NO_SECRET),
        "an empty header": (telegram_hook(_UPDATE, ""), 403, _NO_SECRET),
        "another secret": (telegram_hook(_UPDATE, "another"), 403, _NO_SECRET),
        "a letter more": (telegram_hook(_UPDATE, f"{SECRET}x"), 403, _NO_SECRET),
        "a letter less": (telegram_hook(_UPDATE, SECRET[:-1]), 403, _NO_SECRET),
        "another case": (telegram_hook(_UPDATE, SECRET.upper()), 403, _NO_SECRET),
        "the token instead": (telegram_hook(_UPDATE, BOT_TOKEN), 403, _NO_SECRET),
        "not ascii": (telegram_hook(_UPDATE, "é\x00\ud800"), 403, _NO_SECRET),
    },
    "web": {
        "no header": (Webhook("POST", f"{BASE}/chat/messages", {}, _WEB_BODY, AT), 401, _NO_SESSION),
        "an empty header": (web_hook(_WEB_BODY, ""), 401, _NO_SESSION),
        "no token": (web_hook(_WEB_BODY, "Bearer "), 401, _NO_SESSION),
        "a token nobody has": (web_hook(_WEB_BODY, "Bearer nobody"), 401, _NO_SESSION),
        "a letter more": (web_hook(_WEB_BODY, f"Bearer {SESSION}x"), 401, _NO_SESSION),
        "a letter less": (web_hook(_WEB_BODY, f"Bearer {SESSION[:-1]}"), 401, _NO_SESSION),
        "a space before it": (web_hook(_WEB_BODY, f"Bearer  {SESSION}"), 401, _NO_SESSION),
        "another case": (web_hook(_WEB_BODY, f"Bearer {SESSION.upper()}"), 401, _NO_SESSION),
        "another scheme": (web_hook(_WEB_BODY, f"Basic {SESSION}"), 401, _NO_SESSION),
        "the bare token": (web_hook(_WEB_BODY, SESSION), 401, _NO_SESSION),
        "the chat's address instead": (web_hook(_WEB_BODY, f"Bearer {CHAT}"), 401, _NO_SESSION),
        "not ascii": (web_hook(_WEB_BODY, "Bearer é\x00"), 401, _NO_SESSION),
    },
}
"""Requests of strangers, with the status and the reason that they are refused with."""
