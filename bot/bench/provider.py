"""The null provider, a process of its own: takes every message at once, sends two signed status callbacks for each.

It stands in for Slack's Web API too: whatever is posted there is taken, and a card's moment is kept by its voter's last digits.

`python -m bot.bench.provider PORT_FILE OUT TOKEN`: writes its port, serves until TERM, then writes one JSON object with the
moment of each create (voter -> seconds of the machine's clock), the number of callbacks that were acknowledged, and the
moment of each card.
"""

import asyncio
import json
import re
import signal
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bot.bench.wire import Line, signed_form

_CALLBACK_LINES = 8
_STATUSES = ("sent", "delivered")
_MASKED = re.compile(rb"(?:\\u2022){4} ([0-9]{4})")
"""How a card names its voter, in JSON."""


class NullProvider:
    """Answers creates and lists; keeps nothing but moments."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._numbers = count(1)
        self._waiting: asyncio.Queue[tuple[str, dict[str, str]]] = asyncio.Queue()
        self.created: list[tuple[str, float]] = []
        self.acknowledged = 0
        self.cards: list[tuple[str, float]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                at = head.lower().find(b"content-length:")
                length = int(head[at + 15 : head.index(b"\r\n", at)]) if at >= 0 else 0
                body = await reader.readexactly(length) if length else b""
                writer.write(self._answer(head, body))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET"):
            return _json(200, {"messages": [], "next_page_uri": None})
        if head.startswith(b"POST /api/"):
            return self._slack(head.split()[1].rpartition(b"/")[2], body)
        form = dict(parse_qsl(body.decode()))
        sid = f"SM{next(self._numbers):032x}"
        self.created.append((form["To"], time.monotonic()))
        for status in _STATUSES:
            fields = {
                "MessageSid": sid,
                "MessageStatus": status,
                "SmsStatus": status,
                "SmsSid": sid,
                "To": form["To"],
                "From": form.get("From", ""),
                "ApiVersion": "2010-04-01",
            }
            self._waiting.put_nowait((form["StatusCallback"], fields))
        return _json(201, {"sid": sid, "status": "queued", "to": form["To"], "body": form["Body"]})

    def _slack(self, method: bytes, body: bytes) -> bytes:
        found = _MASKED.search(body)
        if method == b"chat.postMessage" and found:
            self.cards.append((found.group(1).decode(), time.monotonic()))
        us = {"team_id": "T0BENCH", "user_id": "U0BENCH", "bot_id": "B0BENCH", "bot": {"app_id": "A0BENCH"}, "user": {}}
        return _json(200, {"ok": True, "ts": f"1700000000.{next(self._numbers):06}", "channel": "C0BENCH", **us})

    async def call_back(self) -> None:
        """Deliver callbacks one after another on a connection of its own."""
        line: Line | None = None
        while True:
            url, fields = await self._waiting.get()
            parts = urlsplit(url)
            line = line or Line(parts.hostname or "", parts.port or 80)
            request = signed_form(self._token, url, fields)
            try:
                status = await line.ask(request)
            except OSError:
                status = 0
            self.acknowledged += 200 <= status < 300
            self._waiting.task_done()


def _json(status: int, value: object) -> bytes:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def run(port_file: Path, out: Path, token: str) -> None:
    """Serve until TERM, then write down."""
    provider = NullProvider(token)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    port_file.write_text(str(server.sockets[0].getsockname()[1]))
    callers = [asyncio.create_task(provider.call_back()) for _ in range(_CALLBACK_LINES)]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: _write(out, provider))
    await stop.wait()
    for caller in callers:
        caller.cancel()
    _write(out, provider)


def _write(out: Path, provider: NullProvider) -> None:
    part = out.with_suffix(".part")
    part.write_text(
        json.dumps({"created": provider.created, "acknowledged": provider.acknowledged, "cards": provider.cards})
    )
    part.replace(out)


def main(arguments: Sequence[str]) -> None:
    """Run the provider."""
    port_file, out, token = arguments
    asyncio.run(run(Path(port_file), Path(out), token))


if __name__ == "__main__":
    main(sys.argv[1:])
