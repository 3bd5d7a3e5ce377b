"""A local server that behaves like Telegram's Bot API and delivers its updates, faults included."""

import itertools
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import urlsplit

from support.local_server import LocalServer

BOT_ID = 123456789
TOKEN = f"{BOT_ID}:AA" + "Fx7_-" * 7
SECRET = "a-secret_of-the-webhook"
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Rivera for Riverton", "username": "rivera_desk_bot"}
LONGEST = 4096
_FIELDS = {"Description": "description", "ShortDescription": "short_description"}
ERRORS = {
    "503": (503, "Service Unavailable"),
    "401": (401, "Unauthorized"),
    "gone": (400, "Bad Request: chat not found"),
    "kicked": (403, "Forbidden: bot was kicked from the supergroup chat"),
    "no_rights": (400, "Bad Request: not enough rights to send text messages to the chat"),
    "deactivated": (403, "Forbidden: user is deactivated"),
}


@dataclass
class FakeTelegram(LocalServer):
    """One bot. `faults` are taken one for each sendMessage to a voter, oldest first; `_Handler` names them."""

    product: str = ""
    """The product's address: where updates go."""
    faults: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    sent: list[dict[str, Any]] = field(default_factory=list)
    """Messages that voters got, as the API shows them."""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Method and parameters of every call, also of those that failed and those in an answer to an update."""
    blocked: set[str] = field(default_factory=set)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """File id -> path and content."""
    troubles: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    """Faults of other methods than sendMessage, by method."""
    is_asked: bool = False
    """Updates wait to be asked for, instead of going to the product."""
    waiting: list[dict[str, Any]] = field(default_factory=list)
    """Updates that were not confirmed yet."""
    offsets: list[int] = field(default_factory=list)
    """What each getUpdates confirmed."""
    left: list[int] = field(default_factory=list)
    """Groups and channels that the bot has left."""
    profile: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Commands and descriptions, by kind and language code."""
    webhook: dict[str, Any] = field(default_factory=lambda: {"url": ""})
    _polls: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _lock: Any = field(default_factory=threading.Lock)

    def environment(self) -> dict[str, str]:
        """Return the variables with which the product takes this server for Telegram."""
        return {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_API_BASE_URL": self.url,
        }

    def messages_to(self, voter: int) -> list[dict[str, Any]]:
        return [one for one in self.sent if one["chat"]["id"] == voter]

    def wait_for(self, count: int, voter: int, wait_s: float = 20) -> list[dict[str, Any]]:
        """Wait until `count` messages for `voter` have been taken; return them."""
        ends = time.monotonic() + wait_s
        while len(found := self.messages_to(voter)) < count:
            if time.monotonic() > ends:
                raise AssertionError(f"{len(found)} of {count} messages came within {wait_s} s: {found}")
            time.sleep(0.02)
        return found

    def wait_until(self, is_so: Callable[[], Any], wait_s: float = 20) -> Any:
        """Wait until `is_so` returns something that is true; return it."""
        ends = time.monotonic() + wait_s
        while not (found := is_so()):
            if time.monotonic() > ends:
                raise AssertionError(f"it did not become so within {wait_s} s; asked: {self.asked[-5:]}")
            time.sleep(0.02)
        return found

    # --- updates ------------------------------------------------------------------------------------------------------

    def number(self) -> int:
        with self._lock:
            return next(self._numbers)

    def text(self, voter: int, text: str, *, update_id: int | None = None, language: str = "en") -> int:
        """Let a voter write; return the status of the product's answer."""
        message = {
            "message_id": self.number(),
            "from": _person(voter, language),
            "chat": _chat(voter),
            "date": int(time.time()),
            "text": text,
        }
        return self.update({"message": message}, update_id=update_id)

    def press(self, voter: int, message: Mapping[str, Any], payload: str) -> int:
        """Let a voter press a button of a message that they got."""
        query = {
            "id": str(self.number()),
            "from": _person(voter),
            "chat_instance": "1",
            "message": message,
            "data": payload,
        }
        return self.update({"callback_query": query})

    def edit(self, voter: int, text: str, message_id: int) -> int:
        """Let a voter change the words of a message."""
        message = {
            "message_id": message_id,
            "from": _person(voter),
            "chat": _chat(voter),
            "date": int(time.time()),
            "edit_date": int(time.time()),
            "text": text,
        }
        return self.update({"edited_message": message})

    def group(self, chat: int, text: str, kind: str = "supergroup") -> int:
        """Let somebody write in a group or channel."""
        message = {
            "message_id": self.number(),
            "chat": {"id": chat, "type": kind, "title": "Neighbors"},
            "date": int(time.time()),
            "text": text,
        }
        if kind == "channel":
            return self.update({"channel_post": message})
        return self.update({"message": message | {"from": _person(5550100999)}})

    def membership(self, voter: int, status: str) -> int:
        """Let a voter block the bot ("kicked") or take it back ("member")."""
        (self.blocked.add if status == "kicked" else self.blocked.discard)(str(voter))
        old = {"user": BOT, "status": "member" if status == "kicked" else "kicked", "until_date": 0}
        change = {
            "chat": _chat(voter),
            "from": _person(voter),
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": {"user": BOT, "status": status, "until_date": 0},
        }
        return self.update({"my_chat_member": change})

    def update(self, what: Mapping[str, Any], *, update_id: int | None = None, secret: str = SECRET) -> int:
        """Deliver an update, and carry out the call that the answer may hold; return the answer's status."""
        value = {"update_id": update_id or self.number(), **what}
        if self.is_asked:
            with self._lock:
                self.waiting.append(value)
            return 200
        body = json.dumps(value).encode()
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        parts = urlsplit(self.product)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=15)
        try:
            connection.request("POST", "/webhooks/telegram", body, headers)
            answer = connection.getresponse()
            if content := answer.read():
                self._answered(answer.getheader("Content-Type", ""), content)
            return answer.status
        finally:
            connection.close()

    def _answered(self, content_type: str, content: bytes) -> None:
        if content_type.startswith("application/json"):
            call = json.loads(content)
            self.asked.append((call.pop("method"), call))


def _person(voter: int, language: str = "en") -> dict[str, Any]:
    return {"id": voter, "is_bot": False, "first_name": "Ana", "language_code": language}


def _chat(voter: int) -> dict[str, Any]:
    return {"id": voter, "first_name": "Ana", "type": "private"}


class _Handler(BaseHTTPRequestHandler):
    """Telegram's side of the API.

    Faults: 429, 500 (a gateway's), 503, 401, gone (no such chat), deactivated, cut_before, cut_after, slow, garbage.
    """

    telegram: FakeTelegram
    is_cut = False
    """What is asked is done, and nobody hears of it."""
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # the head and the body leave together

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        # every value of the SDK is a string, and holds JSON where it is none
        known = {name: _value(value) for name, value in body.items()}
        of_bot, _, method = self.path.removeprefix("/bot").partition("/")
        if of_bot != TOKEN:
            return self._error(401, "Unauthorized")
        self.telegram.asked.append((method, known))
        if not self._is_in_trouble(method):
            self._called(method, known)
        return None

    def _is_in_trouble(self, method: str) -> bool:
        """Answer with the fault that waits for this method, if one does."""
        with self.telegram._lock:
            troubles = self.telegram.troubles[method]
            trouble = troubles.popleft() if troubles else ""
        match trouble:
            case "":
                return False
            case "429":
                self._error(429, "Too Many Requests: retry after 1", {"retry_after": 1})
            case "cut_before":
                self._cut()
            case "cut_after":
                self.is_cut = True
                return False
            case "not_there":
                self._error(403, "Forbidden: bot is not a member of the supergroup chat")
            case _:
                self._error(*ERRORS[trouble])
        return True

    def _called(self, method: str, known: Mapping[str, Any]) -> None:
        match method:
            case "getUpdates":
                return self._hand_out(known)
            case "leaveChat":
                self.telegram.left.append(int(known["chat_id"]))
                return self._ok(True)
            case name if "Webhook" in name or "My" in name:
                return self._set_up(method, known)
            case "sendMessage":
                return self._send(known)
            case "getMe":
                return self._ok(BOT | {"can_join_groups": False})
            case "answerCallbackQuery":
                return self._ok(True)
            case "getFile" if known["file_id"] in self.telegram.files:
                path, _ = self.telegram.files[known["file_id"]]
                return self._ok({"file_id": known["file_id"], "file_unique_id": "u", "file_path": path})
            case "getFile":
                return self._error(400, "Bad Request: invalid file_id")
        return self._error(404, "Not Found")

    def do_GET(self) -> None:
        for path, content in self.telegram.files.values():
            if self.path == f"/file/bot{TOKEN}/{path}":
                return self._raw(200, content, "application/octet-stream")
        return self._error(404, "Not Found")

    def _set_up(self, method: str, known: Mapping[str, Any]) -> None:
        match method:
            case "getWebhookInfo":
                held = {"has_custom_certificate": False, "pending_update_count": len(self.telegram.waiting)}
                return self._ok({**held, **{k: v for k, v in self.telegram.webhook.items() if k != "secret_token"}})
            case "setWebhook":
                self.telegram.webhook = {**known, "max_connections": int(known["max_connections"])}
                return self._ok(True)
            case "deleteWebhook":
                self.telegram.webhook = {"url": ""}
                return self._ok(True)
            case "getMyCommands" | "getMyDescription" | "getMyShortDescription":
                what = method.removeprefix("getMy")
                kept = self.telegram.profile.get((what, known.get("language_code", "")))
                if what == "Commands":
                    return self._ok(kept or [])
                return self._ok({_FIELDS[what]: kept or ""})
            case "setMyCommands" | "setMyDescription" | "setMyShortDescription":
                what = method.removeprefix("setMy")
                value = known["commands"] if what == "Commands" else known[_FIELDS[what]]
                if len(value) > {"Commands": 100, "Description": 512, "ShortDescription": 120}[what]:
                    return self._error(400, "Bad Request: too long")
                self.telegram.profile[what, known.get("language_code", "")] = value
                return self._ok(True)
        return self._error(404, "Not Found")

    def _hand_out(self, known: Mapping[str, Any]) -> None:
        """Answer getUpdates: hold the call for a while, give out up to `limit`, forget what the offset confirms."""
        one = self.telegram
        offset, limit, hold = (
            int(known.get(name, usual)) for name, usual in (("offset", 0), ("limit", 100), ("timeout", 0))
        )
        if one.webhook["url"]:
            return self._error(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        ends = time.monotonic() + hold
        with one._lock:
            one._polls += 1
            mine = one._polls
            one.offsets.append(offset)
            one.waiting = [update for update in one.waiting if update["update_id"] >= offset]
        while True:
            with one._lock:
                found = sorted(one.waiting, key=lambda update: update["update_id"])[:limit]
                if mine != one._polls:
                    return self._error(409, "Conflict: terminated by other getUpdates request")
            if found or time.monotonic() > ends:
                return self._ok(found)
            time.sleep(0.01)

    def _send(self, known: Mapping[str, Any]) -> None:
        voter, text = str(known["chat_id"]), str(known["text"])
        with self.telegram._lock:
            faults = self.telegram.faults[voter]
            fault = faults.popleft() if faults else ""
        match fault:
            case "429":
                return self._error(429, "Too Many Requests: retry after 1", {"retry_after": 1})
            case "500":
                return self._raw(500, b"<html>Bad gateway</html>", "text/html")
            case "503" | "401" | "gone" | "deactivated" | "kicked" | "no_rights":
                return self._error(*ERRORS[fault])
            case "cut_before":
                return self._cut()
            case "cut_after":
                self._made(voter, text, known)
                return self._cut()
            case "slow":
                time.sleep(2)
            case "garbage":
                self._made(voter, text, known)
                return self._raw(200, b"{not json", "application/json")
        if (wrong := self._wrong(voter, text, known)) is not None:
            return self._error(*wrong)
        return self._ok(self._made(voter, text, known))

    def _wrong(self, voter: str, text: str, known: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return what Telegram itself would find wrong with a message."""
        if voter in self.telegram.blocked:
            return 403, "Forbidden: bot was blocked by the user"
        if not text.strip():
            return 400, "Bad Request: message text is empty"
        if len(text.encode("utf-16-le")) // 2 > LONGEST:
            return 400, "Bad Request: message is too long"
        rows = known.get("reply_markup", {}).get("inline_keyboard", [])
        if any(len(one.get("callback_data", "").encode()) > 64 for row in rows for one in row):
            return 400, "Bad Request: BUTTON_DATA_INVALID"
        return None

    def _made(self, voter: str, text: str, known: Mapping[str, Any]) -> dict[str, Any]:
        made = {
            "message_id": self.telegram.number(),
            "from": BOT,
            "chat": _chat(int(voter)),
            "date": int(time.time()),
            "text": text,
        }
        if "reply_markup" in known:
            made["reply_markup"] = known["reply_markup"]
        self.telegram.sent.append(made)
        return made

    def _ok(self, result: object) -> None:
        self._raw(200, json.dumps({"ok": True, "result": result}).encode(), "application/json")

    def _error(self, status: int, words: str, parameters: Mapping[str, Any] | None = None) -> None:
        value: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
        if parameters:
            value["parameters"] = parameters
        self._raw(status, json.dumps(value).encode(), "application/json")

    def _raw(self, status: int, body: bytes, kind: str) -> None:
        if self.is_cut:
            return self._cut()
        self.send_response_only(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(SHUT_RDWR)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # who asked has gone
            self.close_connection = True


def _value(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(("{", "[")):
        return json.loads(value)
    return value


FakeTelegram.handler, FakeTelegram.owner = _Handler, "telegram"
