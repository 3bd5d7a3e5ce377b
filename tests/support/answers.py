"""A local server that gives one answer after the other, whatever it is asked: for what no provider documents."""

import socket
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from support.local_server import LocalServer


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `cut` ends the connection: before the answer, or in the middle of its body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    cut: str = ""
    drip_s: float = 0.0
    """The pause between the bytes of the body."""


class Answers(LocalServer):
    """Answers in their order; the last one stays."""

    def __init__(self) -> None:
        self.queue: deque[Answer] = deque()
        self.asked: list[tuple[str, str, Mapping[str, str], bytes]] = []
        """Method, path with query, headers in lower case and body of every request."""

    def give(self, *answers: Answer) -> None:
        """Give these from now on."""
        self.queue = deque(answers)


class _Handler(BaseHTTPRequestHandler):
    answers: Answers
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # the head and the body leave together

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.answers.asked.append((self.command, self.path, headers, body))
        queue = self.answers.queue
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        time.sleep(answer.wait_s)
        if answer.cut == "before":
            return self._cut()
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.cut == "inside":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.wfile.flush()
            return self._cut()
        if answer.drip_s:
            return self._drip(answer)
        if answer.status not in (204, 304):
            self.wfile.write(answer.body)
        return None

    do_POST = do_GET  # noqa: N815 -- http.server's name

    def _drip(self, answer: Answer) -> None:
        for byte in answer.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.drip_s)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def handle_one_request(self, *_: Any) -> None:
        try:
            super().handle_one_request()
        except OSError:  # who asked has gone
            self.close_connection = True


Answers.handler, Answers.owner = _Handler, "answers"
