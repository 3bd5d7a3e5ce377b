"""A local server that behaves like Slack: the Web API for slack_sdk, and the events and clicks that it sends.

`slack_api` answers the calls, `slack_side` sends what Slack sends, `slack_world` holds the state.
"""

import contextlib
import json
import math
import os
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from providers.slack_api import SCOPES, WebApi
from providers.slack_side import Answer, Person, Said, Side
from providers.slack_world import (
    APP,
    BEN,
    BOT,
    BOT_USER,
    DESK,
    GONE,
    GUEST,
    MARIA,
    ONE_CHANNEL_GUEST,
    OTHER,
    OTHER_TEAM,
    SECRET,
    STRANGER,
    TEAM,
    TOKEN,
    Json,
    Room,
    person,
)
from support.local_server import QuietServer

__all__ = [
    "APP", "BEN", "BOT", "BOT_USER", "DESK", "GONE", "GUEST", "MARIA", "ONE_CHANNEL_GUEST", "OTHER", "OTHER_TEAM",
    "SECRET", "STRANGER", "TEAM", "TOKEN", "Answer", "Call", "FakeSlack", "Person", "Room", "Said", "person",
]  # fmt: skip

_STRUCTURED = {"blocks", "metadata", "view", "attachments"}
_PER_SECOND = {
    "chat.postMessage": (1.0, 3),
    "chat.update": (50 / 60, 20),
    "chat.postEphemeral": (100 / 60, 20),
    "reactions.add": (50 / 60, 20),
    "reactions.remove": (20 / 60, 10),
    "conversations.history": (50 / 60, 20),
    "conversations.replies": (50 / 60, 20),
    "conversations.info": (50 / 60, 20),
    "users.info": (100 / 60, 20),
}
"""How many calls a second, and how many at once; posts are counted for each channel. Slack does not tell its bursts."""


@dataclass
class Call:
    """One call as it came in."""

    method: str
    args: Json
    fault: str = ""
    error: str = ""
    """What Slack answered: nothing for ok, else the error's name or the HTTP status."""
    at: float = field(default_factory=time.monotonic)


@dataclass(repr=False)
class FakeSlack(Side):
    """One workspace with one app. Faults are given by `fail`, one for each call of a method, oldest first.

    Kinds: 500, 503, 429 or 429:SECONDS, cut_before (nothing was read), cut_after (taken, then the line breaks), cut_half
    (taken, half an answer), slow or slow:SECONDS (taken at once, answered late), garbage (taken, no JSON), html (not
    taken, a page with status 200); any other word is an error of Slack's with `ok: false`.
    """

    faults: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    """Method, or * for all, -> what goes wrong with its next calls."""
    calls: list[Call] = field(default_factory=list)
    """Every call, also those that failed; what was never read has no arguments."""
    limits: bool = False
    """Whether calls that come too fast get 429."""
    scopes: set[str] = field(
        default_factory=lambda: {one.format(of) for one in SCOPES.values() for of in ("channels", "groups")}
    )
    auth_error: str = ""
    """What every call is answered with: token_revoked, account_inactive."""
    api: Any = None
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    _open: set[socket.socket] = field(default_factory=set)
    _released: Any = field(default_factory=threading.Event)
    _held_port: socket.socket | None = None

    def __post_init__(self) -> None:
        self.api = WebApi(self)

    def __exit__(self, *whatever: object) -> None:
        self.release()
        if self._held_port is not None:
            self._held_port.close()
        super().__exit__(*whatever)
        self.finish()

    def environment(self) -> dict[str, str]:
        """Return the variables with which the product takes this server for Slack."""
        return {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_HANDOFF_CHANNEL": DESK,
            "SLACK_API_BASE_URL": f"{self.url}/api/",
        }

    def asked(self, method: str) -> list[Json]:
        """Return the arguments of every call of a method."""
        return [one.args for one in self.calls if one.method == method]

    # --- faults -------------------------------------------------------------------------------------------------------

    def fail(self, method: str, *kinds: str, times: int = 1) -> None:
        """Let the next calls of a method (* for any) go wrong."""
        with self._lock:
            self.faults[method].extend(kinds * times)

    def failed(self, method: str = "*") -> list[str]:
        """Return the faults that calls have met, oldest first."""
        return [one.fault for one in self.calls if one.fault and method in ("*", one.method)]

    def release(self) -> None:
        """Send the answers that are held back, and hold none any more."""
        self._released.set()

    def go_down(self) -> None:
        """Break every connection and refuse new ones; the port stays ours."""
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        self._held_port = socket.socket()
        self._held_port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held_port.bind(("127.0.0.1", self._server.server_port))  # bound and deaf: connections are refused

    def come_up(self) -> Self:
        """Serve again, on the same port."""
        if self._held_port is not None:
            self._held_port.close()
            self._held_port = None
        handler = self._server.RequestHandlerClass
        self._server = QuietServer(("127.0.0.1", self._server.server_port), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def _take_fault(self, method: str) -> str:
        with self._lock:
            for name in (method, "*"):
                if self.faults[name]:
                    return self.faults[name].popleft()
        return ""

    def _wait_s(self, method: str, args: Json) -> int:
        """Return how long a call must wait, in whole seconds as Slack counts, or 0."""
        if not self.limits or method not in _PER_SECOND:
            return 0
        rate, burst = _PER_SECOND[method]
        key = f"{method} {args.get('channel')}" if method == "chat.postMessage" else method
        with self._lock:
            left, at = self._buckets.get(key, (float(burst), time.monotonic()))
            now = time.monotonic()
            left = min(float(burst), left + (now - at) * rate)
            self._buckets[key] = (left - 1 if left >= 1 else left, now)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) / rate))


class _Handler(BaseHTTPRequestHandler):
    """Slack's end of a line."""

    slack: FakeSlack
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # the head and the body leave together

    def log_message(self, *_: object) -> None:
        pass

    def setup(self) -> None:
        super().setup()
        with self.slack._lock:
            self.slack._open.add(self.connection)

    def finish(self) -> None:
        with self.slack._lock:
            self.slack._open.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # who asked has gone
            self.close_connection = True

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/actions/"):
            status, words = self.slack.api.respond(parts.path, json.loads(self._body() or b"{}"))
            return self._raw(status, words.encode(), "text/html")
        method = parts.path.removeprefix("/api/")
        fault, _, more = self.slack._take_fault(method).partition(":")
        call = Call(method, {}, fault)
        with self.slack._lock:
            self.slack.calls.append(call)
        if fault == "cut_before":
            return self._cut()
        try:
            call.args = self._arguments(parts.query)
        except ValueError:
            return self._json(call, {"ok": False, "error": "invalid_json"})
        if (error := self._wrong_token(call.args)) is not None:
            return self._json(call, {"ok": False, "error": error})
        return self._faulty(call, fault, more)

    def _faulty(self, call: Call, fault: str, more: str) -> None:
        match fault:
            case "":
                if wait_s := self.slack._wait_s(call.method, call.args):
                    return self._too_fast(call, str(wait_s))
                return self._json(call, self._taken(call))
            case "429":
                return self._too_fast(call, more or "1")
            case "500" | "503":
                call.error = fault
                words = {"500": b"Internal Server Error", "503": b"upstream connect error"}
                return self._raw(int(fault), words[fault], "text/plain")
            case "html":
                call.error = fault
                return self._raw(200, b"<!DOCTYPE html><title>Slack is down for a moment</title>", "text/html")
            case "cut_after":
                self._taken(call)
                return self._cut()
            case "cut_half":
                return self._half(json.dumps(self._taken(call)).encode())
            case "garbage":
                self._taken(call)
                return self._raw(200, b'{"ok":tru', "application/json; charset=utf-8")
            case "slow":
                answer = self._taken(call)
                self.slack._released.wait(float(more or self.slack.slow_s))
                return self._json(call, answer)
        return self._json(call, {"ok": False, "error": fault})

    def _taken(self, call: Call) -> Json:
        answer: Json = self.slack.api.call(call.method, call.args, self.slack.scopes)
        if self.slack.echoes and answer["ok"] and call.method.startswith("chat."):
            self.slack.echo(call.method, call.args, answer)
        return answer

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _arguments(self, query: str) -> Json:
        """Return what a caller gave, by form, JSON or query; a form holds JSON where a value is none."""
        body, args = self._body(), dict(parse_qsl(query))
        if self.headers.get_content_type() == "application/json":
            found = json.loads(body or b"{}")
            if not isinstance(found, dict):
                raise ValueError("no object")
            return args | found
        args |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        return {name: json.loads(value) if name in _STRUCTURED else value for name, value in args.items()}

    def _wrong_token(self, args: Json) -> str | None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ") or args.get("token", "")
        args.pop("token", None)
        if not given:
            return "not_authed"
        if given != TOKEN:
            return "invalid_auth"
        return self.slack.auth_error or None

    def _too_fast(self, call: Call, wait_s: str) -> None:
        call.error = "429"
        body = b'{"ok":false,"error":"ratelimited"}'
        self._raw(429, body, "application/json; charset=utf-8", {"Retry-After": wait_s})

    def _json(self, call: Call, value: Json) -> None:
        call.error = value.get("error", "")
        headers = {
            "x-oauth-scopes": ",".join(sorted(self.slack.scopes)),
            "x-accepted-oauth-scopes": SCOPES.get(call.method, "").format("channels"),
            "x-slack-req-id": f"{len(self.slack.calls):032x}",
        }
        self._raw(200, json.dumps(value).encode(), "application/json; charset=utf-8", headers)

    def _raw(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _half(self, body: bytes) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])

    def _cut(self) -> None:
        """Reset the line: closing with unsent time of zero sends RST, where a shutdown would end it politely."""
        self.close_connection = True
        with self.slack._lock:
            self.slack._open.discard(self.connection)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())


FakeSlack.handler, FakeSlack.owner = _Handler, "slack"
