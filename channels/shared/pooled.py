"""One call over a pooled urllib3, and what its failures mean: did the request leave or not."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
)
from urllib3.response import BaseHTTPResponse
from urllib3.util import Timeout

from bot.channel import Reason, SendError

CALL_S = 10.0
POOL = 16
_PIECE_BYTES = 64 * 1024
_LONGEST_WAIT_DIGITS = 5
"""A day, in seconds; more than that is no wait but a mistake."""
_NEVER_LEFT = (NewConnectionError, ConnectTimeoutError, NameResolutionError, ProxyError)


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    data: bytes


def open_pool(call_s: float = CALL_S, size: int = POOL) -> urllib3.PoolManager:
    """Return a pool whose calls wait this long for a connection and the head of an answer. Safe for many threads."""
    return urllib3.PoolManager(maxsize=size, retries=False, timeout=Timeout(total=call_s))


def answer_of(
    pool: urllib3.PoolManager,
    call_s: float,
    method: str,
    url: str,
    body: bytes | str | None,
    headers: Mapping[str, str],
) -> Answer:
    """Return the answer to one request; raise `SendError` where there is none, UNSURE once the request had left.

    The body has what is left of `call_s` from the beginning: urllib3 itself waits as long anew for each piece of it.
    """
    ends = time.monotonic() + call_s
    try:
        answer = pool.request(method, url, body=body, headers=headers, redirect=False, preload_content=False)
        try:
            data = _body(answer, ends)
        except BaseException:
            answer.close()  # half an answer is left on the line: it must not serve the next call
            raise
        answer.release_conn()
        return Answer(answer.status, answer.headers, data)
    except HTTPError as error:
        cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        reason = Reason.WAIT if isinstance(cause, _NEVER_LEFT) else Reason.UNSURE
        raise SendError(reason, type(cause).__name__) from error


def _body(answer: BaseHTTPResponse, ends: float) -> bytes:
    pieces = []
    while piece := answer.read1(_PIECE_BYTES):
        pieces.append(piece)
        if time.monotonic() > ends:
            raise SendError(Reason.UNSURE, "the answer never ends")
    return b"".join(pieces)


def seconds_in(text: object) -> timedelta | None:
    """Return the wait that a Retry-After names, or None where it is no number of seconds within a day."""
    said = str(text)
    is_seconds = said.isascii() and said.isdecimal() and len(said) <= _LONGEST_WAIT_DIGITS
    return timedelta(seconds=int(said)) if is_seconds else None


def is_loopback(base_url: str) -> bool:
    """Return whether a base URL is on this machine: then nobody's phone rings."""
    host = urlsplit(base_url).hostname
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
