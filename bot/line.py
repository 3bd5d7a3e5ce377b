"""Connections whose calls can be ended from outside: urllib3's own limit starts anew with every byte that comes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import urllib3

_current = threading.local()


class Call:
    """One call under way. Cutting its line is the only way to end an answer that comes byte by byte."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._lock = threading.Lock()

    def cut(self) -> None:
        with self._lock:
            if self._line is not None:
                with suppress(OSError):
                    socket.socket.shutdown(self._line, socket.SHUT_RDWR)

    def takes(self, line: socket.socket | None) -> None:
        with self._lock:
            self._line = line

    def read(self, answer: urllib3.BaseHTTPResponse, longest: int) -> bytes | None:
        """Return the body as it came, None where it is longer than `longest`; the line goes back whatever happens.

        From then on it is the next call's, and cutting this one does it no harm.
        """
        whole = False
        try:
            raw = answer.read(longest + 1, decode_content=False)
            whole = len(raw) <= longest
            return raw if whole else None
        finally:
            self.takes(None)
            if not whole:
                answer.close()
            answer.release_conn()


@contextmanager
def under_way(call: Call) -> Iterator[None]:
    """Let what this thread sends meanwhile over a `pool` be `call`."""
    _current.call = call
    try:
        yield
    finally:
        _current.call = None


def pool(url: str, connections: int, *, block: bool = False) -> urllib3.HTTPConnectionPool:
    """Return kept connections to the origin of `url`; nothing is tried again there."""
    made = urllib3.connection_from_url(url, maxsize=connections, block=block, retries=False)
    made.ConnectionCls = _telling(made.ConnectionCls)
    return made


def _telling(line: Any) -> Any:
    """Return the connection class `line`, whose instances tell the call under way of their socket."""

    class Line(line):  # type: ignore[misc]
        def request(self, *arguments: Any, **named: Any) -> None:
            super().request(*arguments, **named)
            if (call := getattr(_current, "call", None)) is not None:
                call.takes(self.sock)

    return Line
