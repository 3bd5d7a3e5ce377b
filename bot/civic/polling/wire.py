"""One GET within a limit for the whole of it, tried once more where that may help. No address and no key leaves in an error."""

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3

CALL_S: Final = 4.0
CONNECTIONS: Final = 8
_LONGEST_ANSWER: Final = 1_000_000
_LONGEST_WAIT_DIGITS: Final = 5
_SERVER_ERROR: Final = 500
_BROKEN: Final = (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)
"""What a broken line raises; ValueError where it was cut under the reader's hands."""


class WireError(Exception):
    """There is no answer; `reason` is a word for metrics and logs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Got:
    """An answer. `value` is its JSON object; empty where it is none, which only matters for a 200."""

    status: int
    value: Mapping[str, Any]
    is_json: bool
    wait_s: int
    """What Retry-After asks for."""
    max_age_s: int | None
    """How long Cache-Control lets an answer be kept; None where it says nothing."""


class _Call:
    """One call under way. Cutting its line is the only way to end an answer that comes byte by byte."""

    def __init__(self) -> None:
        self.line: socket.socket | None = None
        self._lock = threading.Lock()

    def cut(self) -> None:
        with self._lock:
            if self.line is not None:
                with suppress(OSError):
                    socket.socket.shutdown(self.line, socket.SHUT_RDWR)

    def let_go(self) -> None:
        """Leave the line to the next call."""
        with self._lock:
            self.line = None


_current = threading.local()


class Wire:
    """Calls one origin over a few kept connections. No redirect is followed."""

    def __init__(
        self, base_url: str, call_s: float = CALL_S, hurt: Callable[[str], None] = lambda reason: None
    ) -> None:
        """Call `base_url`; `hurt` hears of every try that failed for the service's own fault."""
        self._call_s, self._hurt = call_s, hurt
        self._path = urlsplit(base_url).path.rstrip("/")
        self._pool = urllib3.connection_from_url(base_url, maxsize=CONNECTIONS, retries=False)
        self._pool.ConnectionCls = _told_of(self._pool.ConnectionCls)

    def get(self, path: str, query: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Got:
        """Return the answer; a time-out, a broken line or a 5xx is tried once more. Raise `WireError` if there is none."""
        try:
            got = self._once(path, query, headers or {})
        except WireError as error:
            self._hurt(error.reason)
            return self._again(path, query, headers or {})
        if got.status < _SERVER_ERROR:
            return got
        self._hurt(f"status_{got.status}")
        return self._again(path, query, headers or {})

    def _again(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Got:
        try:
            got = self._once(path, query, headers)
        except WireError as error:
            self._hurt(error.reason)
            raise
        if got.status >= _SERVER_ERROR:
            self._hurt(f"status_{got.status}")
        return got

    def _once(self, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Got:
        call, ends = _Call(), monotonic() + self._call_s
        cutter = threading.Timer(self._call_s, call.cut)
        cutter.daemon = True
        cutter.start()
        _current.call = call
        try:
            answer = self._pool.urlopen(
                "GET",
                f"{self._path}{path}?{urlencode(query)}",
                headers={"Accept": "application/json", **headers},
                redirect=False,
                timeout=urllib3.Timeout(total=self._call_s),
                preload_content=False,
            )
            raw = _read(answer, call)
        except urllib3.exceptions.NewConnectionError:  # urllib3 counts it as a time-out too
            raise WireError("no_line") from None  # what urllib3 raises quotes the address
        except urllib3.exceptions.TimeoutError:
            raise WireError("time_out") from None
        except _BROKEN:
            raise WireError("time_out" if monotonic() >= ends else "no_line") from None
        finally:
            _current.call = None
            cutter.cancel()
        if monotonic() >= ends:  # a line that was cut may look like a short answer
            raise WireError("time_out")
        return _got(answer, raw)


def _told_of(line: Any) -> Any:
    """Return the connection class `line`, whose instances tell the call under way of their socket."""

    class Line(line):  # type: ignore[misc]
        def request(self, *arguments: Any, **named: Any) -> None:
            super().request(*arguments, **named)
            if (call := getattr(_current, "call", None)) is not None:
                call.line = self.sock

    return Line


def _read(answer: urllib3.BaseHTTPResponse, call: _Call) -> bytes:
    """Return the body as it came; give the connection back whatever happens."""
    whole = False
    try:
        raw = answer.read(_LONGEST_ANSWER + 1, decode_content=False)
        whole = len(raw) <= _LONGEST_ANSWER
        if not whole:
            raise WireError("answer_too_long")
        return raw
    finally:
        call.let_go()
        if not whole:
            answer.close()
        answer.release_conn()


def _got(answer: urllib3.BaseHTTPResponse, raw: bytes) -> Got:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    is_json = isinstance(value, dict)
    wait = str(answer.headers.get("Retry-After", ""))
    return Got(
        answer.status,
        value if is_json else {},
        is_json,
        int(wait) if wait.isascii() and wait.isdecimal() and len(wait) <= _LONGEST_WAIT_DIGITS else 0,
        _max_age(str(answer.headers.get("Cache-Control", ""))),
    )


def _max_age(said: str) -> int | None:
    rules = {part.strip().partition("=")[0].casefold(): part.strip().partition("=")[2] for part in said.split(",")}
    if rules.keys() & {"no-store", "no-cache"}:
        return 0
    age = rules.get("max-age", "")
    return int(age) if age.isascii() and age.isdecimal() and len(age) <= 2 * _LONGEST_WAIT_DIGITS else None
