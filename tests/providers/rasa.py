"""A local server that behaves like Rasa 3.6.21 with `--enable-api --auth-token`, as seen on a real one; faults included."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.local_server import LocalServer

TOKEN = "sesame-of-rasa"
VERSION = "3.6.21"
SLOW_S = 30
"""Longer than anybody waits."""
BROKEN_ANSWERS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "huge": lambda answer: answer | {"entities": ["x" * 1000] * 5000},
    "list": lambda answer: [],
    "no intent": lambda answer: {"text": answer["text"], "intent_ranking": answer["intent_ranking"]},
    "no ranking": lambda answer: {"text": answer["text"], "intent": answer["intent"]},
    "no name": lambda answer: answer | {"intent_ranking": [{"confidence": 0.9}]},
    "no number": lambda answer: answer | {"intent_ranking": [{"name": "thanks", "confidence": float("nan")}]},
}
UNREAD = {"nlu_fallback": 0.3}


@dataclass
class FakeRasa(LocalServer):
    """One server. `meanings` are rankings by text; any other text is where one votes."""

    port: int = 0
    token: str = TOKEN
    meanings: dict[str, Mapping[str, float]] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)
    """Taken one for each /model/parse, oldest first."""
    always: str = ""
    """A fault of every /model/parse."""
    has_model: bool = True
    wait_s: float = 0.0
    """What reading one text takes."""
    texts: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __exit__(self, *what: object) -> None:
        self.closing.set()
        super().__exit__(*what)

    def environment(self) -> dict[str, str]:
        return {"RASA_URL": self.url, "RASA_TOKEN": TOKEN, "BOT_UNDERSTANDING__BACKEND": "rasa"}

    def parsed(self, text: str) -> dict[str, Any]:
        ranking: Mapping[str, float] = self.meanings.get(text, {"polling_place": 0.93, "voting_hours": 0.04})
        if text.startswith("/"):
            ranking = {text.removeprefix("/").partition("{")[0]: 1.0}
        elif not text.strip():
            ranking = UNREAD
        rows = [{"name": name, "confidence": share} for name, share in ranking.items()]
        first = rows[0] if rows else {"name": None, "confidence": 0.0}
        return {"text": text, "intent": first, "entities": [], "text_tokens": [], "intent_ranking": rows}


class _Handler(BaseHTTPRequestHandler):
    rasa: FakeRasa
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.rasa.connections.add(self.client_address)

    def handle(self) -> None:
        with suppress(OSError):  # whoever has waited long enough cuts the line
            super().handle()

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.rasa.paths.append(path)
        match path:
            case "/version":
                self._answer(200, {"version": VERSION, "minimum_compatible_version": VERSION})
            case "/status" if self._may():
                model = {"model_file": "nlu.tar.gz", "model_id": "4681", "num_active_training_jobs": 0}
                self._answer(200, model)
            case _:
                self._fail(404, "NotFound")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        path = urlsplit(self.path).path
        self.rasa.paths.append(path)
        if path != "/model/parse":
            self._fail(404, "NotFound")
        elif self._may():
            with self.rasa.lock:
                self.rasa.at_once += 1
                self.rasa.most_at_once = max(self.rasa.most_at_once, self.rasa.at_once)
                fault = self.rasa.faults.popleft() if self.rasa.faults else self.rasa.always
            try:
                self._parse(raw, fault)
            finally:
                with self.rasa.lock:
                    self.rasa.at_once -= 1

    def _parse(self, raw: bytes, fault: str) -> None:
        asked = json.loads(raw)
        if "text" not in asked:
            self._fail(500, "ParsingError")
            return
        self.rasa.texts.append(asked["text"])
        time.sleep(self.rasa.wait_s)
        answer = self.rasa.parsed(asked["text"])
        if fault in BROKEN_ANSWERS:
            self._answer(200, BROKEN_ANSWERS[fault](answer))
            return
        match fault:
            case "":
                self._answer(200, answer)
            case "slow":
                self.rasa.closing.wait(SLOW_S)
            case "drip headers":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 1000)
            case "drip body":
                self._drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000, start=40)
            case "cut":
                self.connection.shutdown(SHUT_RDWR)
            case "redirect":
                self._send(302, b"", {"Location": f"{self.rasa.url}/elsewhere"})
            case "malformed":
                self._send(200, json.dumps(answer).encode()[:-9])
            case "deep":
                self._send(200, b"[" * 100_000)
            case number:
                self._fail(int(number), "ParsingError")

    def _may(self) -> bool:
        if parse_qs(urlsplit(self.path).query).get("token") != [self.rasa.token]:
            self._fail(401, "NotAuthenticated")
            return False
        if not self.rasa.has_model:
            self._fail(409, "Conflict")
            return False
        return True

    def _drip(self, raw: bytes, start: int = 20) -> None:
        """Send the first `start` bytes at once and the others each in good time for whoever waits for bytes alone."""
        self.close_connection = True
        try:
            self.wfile.write(raw[:start])
            for at in range(start, len(raw)):
                if self.rasa.closing.wait(0.05):
                    return
                self.wfile.write(raw[at : at + 1])
        except OSError:
            return

    def _fail(self, status: int, reason: str) -> None:
        self._answer(status, {"version": VERSION, "status": "failure", "reason": reason, "details": {}, "code": status})

    def _answer(self, status: int, value: Any) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, raw: bytes, headers: Mapping[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        except OSError:
            self.close_connection = True

    def log_message(self, *arguments: Any) -> None:
        pass


FakeRasa.handler, FakeRasa.owner = _Handler, "rasa"
