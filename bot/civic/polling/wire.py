"""One GET within a limit for the whole of it, tried once more where that may help. No address and no key leaves in an error."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import urllib3

from bot.line import Call, pool, under_way

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


class Wire:
    """Calls one origin over a few kept connections. No redirect is followed."""

    def __init__(
        self, base_url: str, call_s: float = CALL_S, hurt: Callable[[str], None] = lambda reason: None
    ) -> None:
        """Call `base_url`; `hurt` hears of every try that failed for the service's own fault."""
        self._call_s, self._hurt = call_s, hurt
        self._path = urlsplit(base_url).path.rstrip("/")
        self._pool = pool(base_url, CONNECTIONS)

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
        call, ends = Call(), monotonic() + self._call_s
        cutter = threading.Timer(self._call_s, call.cut)
        cutter.daemon = True
        cutter.start()
        try:
            with under_way(call):
                answer = self._pool.urlopen(
                    "GET",
                    f"{self._path}{path}?{urlencode(query)}",
                    headers={"Accept": "application/json", **headers},
                    redirect=False,
                    timeout=urllib3.Timeout(total=self._call_s),
                    preload_content=False,
                )
                raw = call.read(answer, _LONGEST_ANSWER)
        except urllib3.exceptions.NewConnectionError:  # urllib3 counts it as a time-out too
            raise WireError("no_line") from None  # what urllib3 raises quotes the address
        except urllib3.exceptions.TimeoutError:
            raise WireError("time_out") from None
        except _BROKEN:
            raise WireError("time_out" if monotonic() >= ends else "no_line") from None
        finally:
            cutter.cancel()
        if monotonic() >= ends:  # a line that was cut may look like a short answer
            raise WireError("time_out")
        if raw is None:
            raise WireError("answer_too_long")
        return _got(answer, raw)


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
