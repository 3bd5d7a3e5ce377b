"""What Slack sends to the product: signed events, clicks and forms, repeated as Slack repeats them."""

import hmac
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from providers.slack_blocks import elements
from providers.slack_words import sent_back, written
from providers.slack_world import (
    APP,
    BOT_USER,
    DESK,
    SECRET,
    TEAM,
    Json,
    Workspace,
)
from support.local_server import LocalServer

EVENTS, INTERACTIVE = "/webhooks/slack/events", "/webhooks/slack/interactive"
_VERIFICATION: Final = "Zm9yIGFuY2llbnQgYXBwcw"
"""Slack still sends the token of old; nobody should look at it."""


@dataclass
class Answer:
    """What the product answered. `status` is 0 where nothing came: `reason` says why, in Slack's words."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""
    tries: list[int] = field(default_factory=list)
    """The status of every try, this one's last."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Said:
    """What a person wrote, and what the product answered to the event."""

    ts: str
    answer: Answer
    event: Json
    event_id: str


@dataclass(repr=False)
class Side(Workspace, LocalServer):
    """Slack's sending side."""

    product: str = ""
    """The product's address: where events and clicks go."""
    patience_s: float = 3.0
    """Slack waits so long for an answer."""
    retries: bool = False
    """Whether an event without a 2xx is sent again, three times, with the same event_id."""
    pauses_s: tuple[float, ...] = (0.0, 0.05, 0.1)
    """Before each repeat; the real ones are nothing, a minute and five minutes."""
    slow_s: float = 12.0
    echoes: bool = False
    """Whether the bot's own messages come back as events, as they do at Slack."""
    _echoing: list[threading.Thread] = field(default_factory=list)

    def person(self, user: str) -> "Person":
        assert user in self.people, f"nobody is called {user}"
        return Person(self, user)

    def finish(self) -> None:
        """Wait for the events that are under way by themselves."""
        for one in self._echoing:
            one.join(10)

    # --- events -------------------------------------------------------------------------------------------------------

    def event(
        self,
        event: Json,
        *,
        event_id: str | None = None,
        team: str = TEAM,
        app: str = APP,
        outer: Json | None = None,
        retries: bool | None = None,
        retry: tuple[int, str] | None = None,
        **how: Any,
    ) -> Answer:
        """Deliver one event in its envelope; `retry` marks it as Slack's n-th repeat, `how` goes to `send`."""
        room = self.rooms.get(str(event.get("channel", "")))
        body = {
            "token": _VERIFICATION,
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": app,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or self.new_event_id(),
            "event_time": int(float(event.get("event_ts", time.time()))),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": bool(room and room.is_ext_shared),
            "event_context": f"4-{self.number():056x}",
            **(outer or {}),
        }
        return self.send_event(body, retries=retries, retry=retry, **how)

    def send_event(
        self, body: Json, *, retries: bool | None = None, retry: tuple[int, str] | None = None, **how: Any
    ) -> Answer:
        """Deliver a whole body, and again while it fails if `retries` says so."""
        content, tries = json.dumps(body).encode(), []
        for number in range(len(self.pauses_s) + 1):
            if number:
                time.sleep(self.pauses_s[number - 1])
            answer = self.send(EVENTS, content, headers=_repeat(retry), **how)
            tries.append(answer.status)
            if 200 <= answer.status < 300 or answer.headers.get("x-slack-no-retry") == "1":
                break
            if not (self.retries if retries is None else retries):
                break
            retry = (number + 1, answer.reason)
        answer.tries = tries
        return answer

    def challenge(self, words: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P", **how: Any) -> Answer:
        """Ask whether the address is the app's, as Slack does when it is typed in."""
        return self.send_event({"token": _VERIFICATION, "challenge": words, "type": "url_verification"}, **how)

    def new_event_id(self) -> str:
        return f"Ev{self.number():09X}"

    def message_event(self, channel: str, message: Json, **extra: Any) -> Json:
        """Return the event that tells of a message."""
        left_out = {"reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"}
        kept = {name: value for name, value in message.items() if name not in left_out}
        if message.get("thread_ts") == message["ts"]:
            del kept["thread_ts"]  # it had no replies when it was new
        kind = "group" if self.rooms[channel].is_private else "channel"
        return {**kept, "channel": channel, "event_ts": message["ts"], "channel_type": kind, **extra}

    def change_event(self, channel: str, subtype: str, old: Json, new: Json | None = None) -> Json:
        """Return the event that tells of an edit or a deletion."""
        ts, kind = self.new_ts(), "group" if self.rooms[channel].is_private else "channel"
        changed = {"message": new} if new is not None else {"deleted_ts": old["ts"]}
        return {
            "type": "message",
            "subtype": subtype,
            **changed,
            "previous_message": old,
            "channel": channel,
            "hidden": True,
            "ts": ts,
            "event_ts": ts,
            "channel_type": kind,
        }

    def echo(self, method: str, args: Json, answer: Json) -> None:
        """Tell the product of its own message, a moment later."""
        channel = str(args.get("channel"))
        if method == "chat.postMessage":
            event = self.message_event(channel, answer["message"])
        elif method == "chat.update":
            event = self.change_event(channel, "message_changed", answer["message"], answer["message"])
        else:
            return
        thread = threading.Thread(target=self.event, args=(event,), daemon=True)
        self._echoing.append(thread)
        thread.start()

    # --- clicks and forms ---------------------------------------------------------------------------------------------

    def click(
        self,
        user: str,
        ts: str,
        action_id: str,
        *,
        channel: str = DESK,
        option: str = "",
        seen: Json | None = None,
        change: Json | None = None,
        **how: Any,
    ) -> Answer:
        """Let a person use a button or a select of a message or an ephemeral.

        `seen` is the message as their screen still shows it, `change` replaces fields of the action.
        """
        hidden = next((one for one in self.ephemerals if one["message_ts"] == ts), None)
        assert hidden is None or hidden["user"] == user, f"{user} does not see {ts}"
        shown = seen or hidden or self.post(ts, channel)
        block, element = _find(shown.get("blocks", []), action_id)
        taken = {name: value for name, value in element.items() if name not in ("options", "option_groups")}
        action = {**taken, "block_id": block["block_id"], "action_ts": self.new_ts()}
        if "options" in element:
            action["selected_option"] = next(one for one in element["options"] if one["value"] == option)
        return self.actions(user, shown, [action | (change or {})], channel=channel, **how)

    def actions(
        self, user: str, shown: Json, actions: list[Json], *, channel: str = DESK, team: str = TEAM, **how: Any
    ) -> Answer:
        """Deliver block_actions of a message that a person sees."""
        hidden, ts = "message_ts" in shown, str(shown.get("message_ts") or shown["ts"])
        path = f"/actions/{TEAM}/{self.number()}/{self.number():024x}"
        self.responses[path] = {
            "channel": channel, "ts": ts, "user": user, "is_ephemeral": hidden, "at": time.monotonic(), "uses": 0
        }  # fmt: skip
        container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": hidden}
        if "thread_ts" in shown:
            container["thread_ts"] = shown["thread_ts"]
        payload = {
            "type": "block_actions",
            **self._from(user, team, how.pop("app", APP)),
            "container": container,
            "trigger_id": self.new_trigger(user),
            "channel": {"id": channel, "name": self.rooms[channel].name},
            "state": {"values": {}},
            "response_url": self.url + path,
            "actions": sent_back(actions),
        }
        if not hidden:
            payload["message"] = sent_back(shown)
        return self.interactive(payload, **how)

    def submit(self, user: str, view: Json, values: Mapping[str, Any], *, team: str = TEAM, **how: Any) -> Answer:
        """Let a person send a modal: block id -> what they typed, or the value of the option that they chose."""
        state: Json = {}
        for block, element in elements(view["blocks"]):
            if block["type"] == "input":
                value = _entered(element, values.get(block["block_id"]))
                state.setdefault(block["block_id"], {})[element["action_id"]] = value
        assert values.keys() <= state.keys(), f"the modal asks for {[*state]}, not for {[*values]}"
        payload = {
            "type": "view_submission",
            **self._from(user, team, how.pop("app", APP)),
            "trigger_id": self.new_trigger(user),
            "view": {**view, "state": {"values": state}},
            "response_urls": [],
        }
        answer = self.interactive(payload, **how)
        self._after_submit(view, answer)
        return answer

    def close_view(self, user: str, view: Json, *, team: str = TEAM, **how: Any) -> Answer | None:
        """Let a person close a modal; Slack tells of it only where `notify_on_close` was asked for."""
        self.closed_views.add(view["id"])
        if not view["notify_on_close"]:
            return None
        outer = self._from(user, team, how.pop("app", APP))
        return self.interactive({"type": "view_closed", **outer, "view": view, "is_cleared": False}, **how)

    def interactive(self, payload: object, **how: Any) -> Answer:
        """Deliver a payload as the form field that Slack makes of it. Slack does not repeat these."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return self.send(INTERACTIVE, body, content_type="application/x-www-form-urlencoded", **how)

    def _after_submit(self, view: Json, answer: Answer) -> None:
        """Do with the modal what the answer says; without a good answer it stays, and the person sees an error."""
        if answer.status != 200:
            return
        said = answer.json if answer.body.strip() else {}
        match said.get("response_action", ""):
            case "" | "clear":
                self.closed_views.add(view["id"])
            case "update":
                self.views[view["id"]] = {**view, **said["view"]}

    def _from(self, user: str, team: str, app: str) -> Json:
        known = self.people[user]
        return {
            "user": {"id": user, "username": known["name"], "name": known["name"], "team_id": known["team_id"]},
            "api_app_id": app,
            "token": _VERIFICATION,
            "team": {"id": team, "domain": "rivera"},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    # --- the line -----------------------------------------------------------------------------------------------------

    def send(
        self,
        path: str,
        body: bytes,
        *,
        content_type: str = "application/json",
        secret: str = SECRET,
        timestamp: int | str | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Deliver one signed request; other secrets, times and signatures make it forged or old ("" leaves one out)."""
        stamp = str(int(time.time()) if timestamp is None else timestamp)
        sent = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signed(body, stamp, secret) if signature is None else signature,
            **(headers or {}),
        }
        parts = urlsplit(self.product)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=self.patience_s)
        began = time.monotonic()
        try:
            connection.request("POST", path, body, {name: value for name, value in sent.items() if value})
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            return Answer(0, seconds=time.monotonic() - began, reason="http_timeout")
        except (OSError, HTTPException):
            return Answer(0, seconds=time.monotonic() - began, reason="connection_failed")
        finally:
            connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        reason = "" if 200 <= answer.status < 300 else "http_error"
        return Answer(answer.status, content, found, time.monotonic() - began, reason, [answer.status])


@dataclass
class Person:
    """One person at their screen."""

    slack: Side
    id: str

    def says(
        self,
        typed: str,
        thread_ts: str | None = None,
        *,
        channel: str = DESK,
        broadcast: bool = False,
        sends: bool = True,
        **how: Any,
    ) -> Said:
        """Write a message as typed: it stands in the channel, and its event goes out unless Slack loses it (`sends`)."""
        slack = self.slack
        text, blocks = written(typed, f"rt{slack.number():03d}")
        message: Json = {
            "user": self.id,
            "type": "message",
            "ts": slack.new_ts(),
            "client_msg_id": f"{slack.number():08x}-0000-4000-8000-000000000000",
            "text": text,
            "team": slack.people[self.id]["team_id"],
            "blocks": blocks,
        }
        if thread_ts:
            message |= {"thread_ts": thread_ts, "parent_user_id": slack.post(thread_ts, channel)["user"]}
        if broadcast:
            message |= {"subtype": "thread_broadcast", "root": dict(slack.post(str(thread_ts), channel))}
        slack.keep(channel, message)
        extra: Json = {}
        if slack.people[self.id]["team_id"] != TEAM:
            extra = {"user_team": message["team"], "source_team": message["team"]}
        return self._told(slack.message_event(channel, message, **extra), sends, message["ts"], how)

    def edits(self, ts: str, typed: str, *, channel: str = DESK, sends: bool = True, **how: Any) -> Said:
        """Change one's own message."""
        message = self._own(ts, channel)
        old = dict(message)
        text, blocks = written(typed, f"rt{self.slack.number():03d}")
        message |= {"text": text, "blocks": blocks, "edited": {"user": self.id, "ts": self.slack.new_ts()}}
        return self._told(self.slack.change_event(channel, "message_changed", old, dict(message)), sends, ts, how)

    def unfurls(self, ts: str, *, channel: str = DESK, sends: bool = True, **how: Any) -> Said:
        """Let Slack put a preview under one's link: a change, with the text as it was."""
        message = self._own(ts, channel)
        old = dict(message)
        message["attachments"] = [{"id": 1, "from_url": "https://vote.example.org/", "title": "Where to vote"}]
        return self._told(self.slack.change_event(channel, "message_changed", old, dict(message)), sends, ts, how)

    def deletes(self, ts: str, *, channel: str = DESK, sends: bool = True, **how: Any) -> Said:
        """Take back one's own message."""
        self._own(ts, channel)
        old = dict(self.slack.remove(channel, ts))
        return self._told(self.slack.change_event(channel, "message_deleted", old), sends, ts, how)

    def clicks(self, ts: str, action_id: str, **how: Any) -> Answer:
        """Use a button, as `Side.click` has it."""
        return self.slack.click(self.id, ts, action_id, **how)

    def submits(self, values: Mapping[str, Any], view: Json | None = None, **how: Any) -> Answer:
        """Send the modal on this screen, or another."""
        return self.slack.submit(self.id, self._view(view), values, **how)

    def closes(self, view: Json | None = None, **how: Any) -> Answer | None:
        return self.slack.close_view(self.id, self._view(view), **how)

    def _view(self, view: Json | None) -> Json:
        found = view or self.slack.view_of(self.id)
        assert found is not None, f"{self.id} sees no modal"
        return found

    def _own(self, ts: str, channel: str) -> Json:
        message = self.slack.post(ts, channel)
        assert message["user"] == self.id, f"{ts} is not by {self.id}"
        return message

    def _told(self, event: Json, sends: bool, ts: str, how: Json) -> Said:
        event_id = how.pop("event_id", None) or self.slack.new_event_id()
        if self.slack.people[self.id]["team_id"] != TEAM:
            how = {"outer": {"is_ext_shared_channel": True}, **how}
        answer = self.slack.event(event, event_id=event_id, **how) if sends else Answer(0, reason="not_sent")
        return Said(ts, answer, event, event_id)


def signed(body: bytes, stamp: str, secret: str = SECRET) -> str:
    """Return Slack's signature of a request."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, sha256).hexdigest()


def _repeat(retry: tuple[int, str] | None) -> dict[str, str]:
    return {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]} if retry else {}


def _find(blocks: list[Json], action_id: str) -> tuple[Json, Json]:
    known = {element["action_id"]: (block, element) for block, element in elements(blocks)}
    assert action_id in known, f"the message has no {action_id}, only {[*known]}"
    return known[action_id]


def _entered(element: Json, value: Any) -> Json:
    entered = {"type": element["type"]}
    if element["type"] == "plain_text_input":
        return {**entered, "value": value if value is not None else element.get("initial_value")}
    chosen = [one for one in element.get("options", []) if one["value"] == value]
    return {**entered, "selected_option": chosen[0] if chosen else None}
