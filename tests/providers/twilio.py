"""A local server that behaves like Twilio's Messages API and its webhooks, faults included.

`tests/providers/test_twilio.py` holds its answers against recorded ones.
"""

import base64
import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from support.local_server import LocalServer
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "a1" * 16
TOKEN = "7c9e6679f7d4b8a1c3e5d7f9a1b3c5d7"
NUMBER = "+15550100001"
SERVICE = "MG" + "b2" * 16
_NAMES = ("OptOutType", "ButtonPayload")


@dataclass
class Kept:
    """A message as Twilio keeps it."""

    sid: str
    to: str
    from_: str
    body: str
    direction: str
    status: str
    date: datetime
    callback: str = ""
    num_media: int = 0

    def shown(self) -> dict[str, Any]:
        """Return the 20 fields of the API."""
        base = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{self.sid}"
        date = format_datetime(self.date, usegmt=True)
        return {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": self.body,
            "date_created": date,
            "date_sent": None if self.status in ("queued", "accepted") else date,
            "date_updated": date,
            "direction": self.direction,
            "error_code": None,
            "error_message": None,
            "from": self.from_,
            "messaging_service_sid": None,
            "num_media": str(self.num_media),
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{base}/Media.json"},
            "to": self.to,
            "uri": f"{base}.json",
        }


@dataclass
class Answer:
    """What the product answered to a webhook."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    seconds: float


@dataclass
class FakeTwilio(LocalServer):
    """One Twilio account. `faults` are taken one for each create to a voter, oldest first; `_Handler` names them."""

    product: str = ""
    """The product's address: where webhooks go and what is signed."""
    faults: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    """What goes wrong with creates, by the voter's address."""
    sends_statuses: tuple[str, ...] = ()
    """Callbacks that follow each message by themselves, in this order."""
    messages: list[Kept] = field(default_factory=list)
    creates: list[dict[str, str]] = field(default_factory=list)
    """Every create that was asked for, also those that failed."""
    stopped: set[str] = field(default_factory=set)
    """Voters who have stopped the number at Twilio: a create answers 21610."""
    page_size: int = 50
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _lock: Any = field(default_factory=threading.Lock)

    def environment(self) -> dict[str, str]:
        """Return the variables with which the product takes this server for Twilio."""
        return {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_FROM": NUMBER,
            "TWILIO_API_BASE_URL": self.url,
        }

    @property
    def sent(self) -> list[Kept]:
        """Return what voters got, oldest first."""
        return [one for one in self.messages if one.direction.startswith("outbound")]

    def texts_to(self, voter: str) -> list[str]:
        return [one.body for one in self.sent if one.to == voter]

    def wait_for(self, count: int, voter: str | None = None, wait_s: float = 20) -> list[str]:
        """Wait until `count` messages have been taken (for `voter`); return their texts."""
        ends = time.monotonic() + wait_s
        while True:
            found = self.texts_to(voter) if voter else [one.body for one in self.sent]
            if len(found) >= count:
                return found
            if time.monotonic() > ends:
                raise AssertionError(f"{len(found)} of {count} messages came within {wait_s} s: {found}")
            time.sleep(0.02)

    # --- webhooks -----------------------------------------------------------------------------------------------------

    def form(self, voter: str, text: str, sid: str | None = None, **extra: str) -> dict[str, str]:
        """Return the fields of an inbound message's webhook, blank ones included."""
        sid = sid or self.new_sid()
        return {
            "ToCountry": "US",
            "ToState": "",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ToCity": "",
            "FromZip": "",
            "SmsSid": sid,
            "FromState": "OH",
            "SmsStatus": "received",
            "FromCity": "",
            "Body": text,
            "FromCountry": "US",
            "To": NUMBER,
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "NumSegments": "1",
            "From": voter,
            "ApiVersion": "2010-04-01",
            **extra,
        }

    def new_sid(self) -> str:
        with self._lock:
            return f"SM{next(self._numbers):032x}"

    def text(self, voter: str, text: str, *, sid: str | None = None, keep: bool = True, **extra: str) -> Answer:
        """Let a voter text: keep the message as Twilio does, and deliver the webhook."""
        form = self.form(voter, text, sid, **extra)
        if keep and all(one.sid != form["MessageSid"] for one in self.messages):
            self.keep_inbound(voter, text, form["MessageSid"])
        return self.post("/webhooks/twilio", form)

    def keep_inbound(self, voter: str, text: str, sid: str | None = None) -> str:
        """Keep a voter's message that reached Twilio, without a webhook."""
        sid = sid or self.new_sid()
        with self._lock:
            self.messages.append(Kept(sid, NUMBER, voter, text, "inbound", "received", datetime.now(UTC)))
        return sid

    def status(self, message: Kept, status: str, error: str = "") -> Answer:
        """Deliver a status callback to the address that the product gave."""
        form = {
            "ErrorCode": error,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": message.to,
            "MessageSid": message.sid,
            "AccountSid": ACCOUNT,
            "From": message.from_,
            "ApiVersion": "2010-04-01",
        }
        if not error:
            del form["ErrorCode"]
        parts = urlsplit(message.callback)
        return self.post(f"{parts.path}?{parts.query}", form)

    def post(
        self,
        path: str,
        form: Mapping[str, str],
        *,
        token: str = TOKEN,
        signature: str | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Deliver a signed webhook; other tokens, signatures and bodies make it a forged or broken one."""
        url = f"{self.product}{path}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": "0b2c7c4e",
        }
        signed = RequestValidator(token).compute_signature(url, dict(form)) if signature is None else signature
        if signed:
            headers["X-Twilio-Signature"] = signed
        parts = urlsplit(self.product)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=15)
        began = time.monotonic()
        try:
            connection.request("POST", path, body if body is not None else urlencode(form).encode(), headers)
            answer = connection.getresponse()
            content = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, content, found, time.monotonic() - began)
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    """Twilio's side of the API.

    Faults: 429, 500 (a gateway's), 503 (Twilio's own), cut_before, cut_after, slow, garbage, and any of Twilio's error
    codes as a number.
    """

    twilio: FakeTwilio
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if not self._is_ours():
            return self._error(401, 20003, "Authenticate")
        with self.twilio._lock:
            self.twilio.creates.append(form)
            faults = self.twilio.faults[form["To"]]
            fault = faults.popleft() if faults else ""
        match fault:
            case "":
                pass
            case "429":
                return self._error(429, 20429, "Too Many Requests", {"Retry-After": "1"})
            case "500":
                return self._raw(500, b"<html>Bad gateway</html>", "text/html")
            case "503":
                return self._error(503, 20503, "Service Unavailable")
            case "cut_before":
                return self._cut()
            case "cut_after":
                self._created(form)
                return self._cut()
            case "slow":
                time.sleep(12)
            case "garbage":
                self._created(form)
                return self._raw(201, b"{not json", "application/json")
            case code:
                return self._error(400, int(code), "refused")
        if form["To"] in self.twilio.stopped:
            return self._error(400, 21610, "Attempt to send to unsubscribed recipient")
        kept = self._created(form)
        self._json(201, kept.shown())
        for status in self.twilio.sends_statuses:
            self.twilio.status(kept, status)
        return None

    def do_GET(self) -> None:
        if not self._is_ours():
            return self._error(401, 20003, "Authenticate")
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if parts.path == f"/2010-04-01/Accounts/{ACCOUNT}.json":
            return self._json(200, {"sid": ACCOUNT, "status": "active", "friendly_name": "test", "type": "Full"})
        since = query.get("DateSent>", [""])[0]
        with self.twilio._lock:
            found = [
                one
                for one in self.twilio.messages
                if ("To" not in query or one.to == query["To"][0])
                and (not since or one.date >= datetime.fromisoformat(since))
            ]
        found.sort(key=lambda one: one.date, reverse=True)
        size = min(int(query.get("PageSize", [str(self.twilio.page_size)])[0]), self.twilio.page_size)
        page = int(query.get("Page", ["0"])[0])
        shown = found[page * size : (page + 1) * size]
        query["Page"] = [str(page + 1)]
        more = len(found) > (page + 1) * size
        return self._json(
            200,
            {
                "messages": [one.shown() for one in shown],
                "page": page,
                "page_size": size,
                "uri": self.path,
                "first_page_uri": parts.path,
                "previous_page_uri": None,
                "next_page_uri": f"{parts.path}?{urlencode(query, doseq=True)}" if more else None,
                "start": page * size,
                "end": page * size + len(shown),
            },
        )

    def _created(self, form: Mapping[str, str]) -> Kept:
        kept = Kept(
            sid=self.twilio.new_sid(),
            to=form["To"],
            from_=form.get("From", NUMBER),
            body=form.get("Body", ""),
            direction="outbound-api",
            status="accepted" if "MessagingServiceSid" in form else "queued",
            date=datetime.now(UTC),
            callback=form.get("StatusCallback", ""),
        )
        with self.twilio._lock:
            self.twilio.messages.append(kept)
        return kept

    def _is_ours(self) -> bool:
        wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _error(self, status: int, code: int, words: str, headers: Mapping[str, str] | None = None) -> None:
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._json(status, {"code": code, "message": words, "more_info": more, "status": status}, headers)

    def _json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        self._raw(status, json.dumps(value).encode(), "application/json", headers)

    def _raw(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)


FakeTwilio.handler, FakeTwilio.owner = _Handler, "twilio"
