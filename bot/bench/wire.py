"""Bare HTTP for the measuring side: requests made beforehand, kept connections, answers read to their end."""

import asyncio
import base64
import hmac
from collections.abc import Mapping
from hashlib import sha1
from urllib.parse import urlencode, urlsplit


def signed_form(token: str, url: str, form: Mapping[str, str]) -> bytes:
    """Return the bytes of one webhook as Twilio sends it."""
    text = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()
    return request_bytes("POST", url, urlencode(form).encode(), {"X-Twilio-Signature": signature})


def request_bytes(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of one HTTP/1.1 request with a form for its body."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Line:
    """One kept connection to `host:port`, opened again when the other side has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> int:
        """Send `request`; return the status of its answer. A closed connection is opened once more."""
        for attempt in (1, 2):
            try:
                return await self._asked(request)
            except (OSError, asyncio.IncompleteReadError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError

    async def _asked(self, request: bytes) -> int:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _length(head)
        if length:
            await self._reader.readexactly(length)
        if b"connection: close" in head.lower():
            self.close()
        return int(head[9:12])

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


def _length(head: bytes) -> int:
    low = head.lower()
    at = low.find(b"content-length:")
    return int(low[at + 15 : low.index(b"\r\n", at)]) if at >= 0 else 0
