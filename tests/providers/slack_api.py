"""Slack's Web API over one workspace: what each method takes, answers and refuses."""

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from providers.slack_blocks import wrong_message, wrong_view
from providers.slack_world import APP, BOT, BOT_NAME, BOT_USER, TEAM, Json, Room, Workspace

LONGEST: Final = 40_000
_BOT_PROFILE: Final = {
    "id": BOT,
    "app_id": APP,
    "user_id": BOT_USER,
    "name": BOT_NAME,
    "icons": {"image_36": "", "image_48": "", "image_72": ""},
    "deleted": False,
    "updated": 1731000000,
    "team_id": TEAM,
}
SCOPES: Final = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "reactions.add": "reactions:write",
    "reactions.remove": "reactions:write",
    "users.info": "users:read",
    "bots.info": "users:read",
    "conversations.info": "{}:read",
    "conversations.history": "{}:history",
    "conversations.replies": "{}:history",
}
"""What each method needs; {} is channels or groups, as the channel is public or private."""


class Wrong(Exception):
    """What Slack answers with `ok: false`, and what it says besides."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.error, self.extra = error, extra


class WebApi:
    """The methods of the Web API. `call` answers as Slack's body does, `ok` included."""

    def __init__(self, world: Workspace) -> None:
        self._world = world
        self._methods: dict[str, Callable[[Json], Json]] = {
            "auth.test": self._auth_test,
            "bots.info": self._bots_info,
            "users.info": self._users_info,
            "conversations.info": self._conversations_info,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._post_ephemeral,
            "reactions.add": self._add_reaction,
            "reactions.remove": self._remove_reaction,
            "views.open": self._open_view,
            "views.update": self._update_view,
        }
        self._seen: dict[str, Json] = {}

    def call(self, method: str, args: Json, scopes: set[str]) -> Json:
        """Carry out one call; what Slack refuses is an answer, too."""
        try:
            if method not in self._methods:
                raise Wrong("unknown_method", req_method=method)
            self._check_scope(method, args, scopes)
            with self._world._lock:
                return {"ok": True, **self._methods[method](args)}
        except Wrong as error:
            return {"ok": False, "error": error.error, **error.extra}

    def respond(self, path: str, args: Json) -> tuple[int, str]:
        """Take what was posted to a response_url: five times within half an hour."""
        with self._world._lock:
            known = self._world.responses.get(path)
            if known is None:
                return 404, "no_team"
            known["uses"] += 1
            if known["uses"] > 5:
                return 404, "used_url"
            if time.monotonic() - known["at"] > 1800:
                return 404, "expired_url"
            try:
                self._respond(known, args)
            except Wrong as error:
                return 404 if error.error == "message_not_found" else 400, error.error
            return 200, "ok"

    def _respond(self, known: Json, args: Json) -> None:
        world, channel, ts = self._world, known["channel"], known["ts"]
        if "blocks" in args:
            _check_blocks(args["blocks"])
        if args.get("delete_original"):
            if known["is_ephemeral"]:
                world.ephemerals[:] = [one for one in world.ephemerals if one["message_ts"] != ts]
            else:
                world.remove(channel, ts)
        elif args.get("replace_original"):
            found = [one for one in world.ephemerals if one["message_ts"] == ts]
            found = found if known["is_ephemeral"] else [world.post(ts, channel)]
            if not found:
                raise Wrong("message_not_found")
            found[0] |= {"text": args.get("text", ""), "blocks": with_ids(world, args.get("blocks", []))}
        elif args.get("response_type") == "in_channel":
            self._post(args | {"channel": channel})
        else:
            self._post_ephemeral(args | {"channel": channel, "user": known["user"]})

    # --- who and where ------------------------------------------------------------------------------------------------

    def _auth_test(self, args: Json) -> Json:
        return {
            "url": "https://rivera.slack.com/",
            "team": "Rivera for Riverton",
            "user": "rivera_desk",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        }

    def _bots_info(self, args: Json) -> Json:
        if args.get("bot") != BOT:
            raise Wrong("bot_not_found")
        shown = {name: value for name, value in _BOT_PROFILE.items() if name != "team_id"}
        return {"bot": shown}

    def _users_info(self, args: Json) -> Json:
        if args.get("user") not in self._world.people:
            raise Wrong("user_not_found")
        return {"user": self._world.people[args["user"]]}

    def _conversations_info(self, args: Json) -> Json:
        room = self._room(args)
        if room.is_private and not room.is_member:
            raise Wrong("channel_not_found")
        return {"channel": shown_room(room)}

    def _room(self, args: Json) -> Room:
        room = self._world.rooms.get(str(args.get("channel", "")))
        if room is None:
            raise Wrong("channel_not_found")
        return room

    def _joined(self, args: Json) -> Room:
        room = self._room(args)
        if not room.is_member:
            raise Wrong("channel_not_found" if room.is_private else "not_in_channel")
        return room

    def _message(self, args: Json, name: str = "ts") -> Json:
        found = self._world.find(self._joined(args).id, str(args.get(name, "")))
        if found is None or found.get("subtype") == "tombstone":
            raise Wrong("message_not_found")
        return found

    def _check_scope(self, method: str, args: Json, scopes: set[str]) -> None:
        room = self._world.rooms.get(str(args.get("channel", "")))
        needed = SCOPES.get(method, "").format("groups" if room and room.is_private else "channels")
        if needed and needed not in scopes:
            raise Wrong("missing_scope", needed=needed, provided=",".join(sorted(scopes)))

    # --- reading ------------------------------------------------------------------------------------------------------

    def _history(self, args: Json) -> Json:
        room = self._joined(args)
        found = [
            one
            for one in room.messages
            if one.get("thread_ts", one["ts"]) == one["ts"] or one.get("subtype") == "thread_broadcast"
        ]
        found = _between(found, args)[::-1]
        shown, following = self._page(found, args, 100)
        return {"messages": shown, "pin_count": 0, **following}

    def _replies(self, args: Json) -> Json:
        room, ts = self._joined(args), str(args.get("ts", ""))
        first = self._world.find(room.id, ts)
        if first is None:
            raise Wrong("thread_not_found")
        thread = str(first.get("thread_ts", ts))
        replies = [one for one in room.messages if one.get("thread_ts") == thread and one["ts"] != thread]
        shown, following = self._page(_between(replies, args), args, 1000)
        return {"messages": [_shown(self._world.post(thread, room.id), args), *shown], **following}

    def _page(self, found: list[Json], args: Json, usual: int) -> tuple[list[Json], Json]:
        limit = int(args.get("limit") or usual)
        if not 1 <= limit <= 1000:
            raise Wrong("invalid_limit")
        start = 0
        if cursor := args.get("cursor"):
            try:
                start = int(base64.b64decode(cursor, validate=True).removeprefix(b"next_ts:"))
            except ValueError:
                raise Wrong("invalid_cursor") from None
        end = start + min(limit, self._world.page_size)
        following: Json = {"has_more": end < len(found)}
        if end < len(found):
            following["response_metadata"] = {"next_cursor": base64.b64encode(f"next_ts:{end}".encode()).decode()}
        return [_shown(one, args) for one in found[start:end]], following

    # --- writing ------------------------------------------------------------------------------------------------------

    def _post(self, args: Json) -> Json:
        room = self._joined(args)
        if room.is_archived:
            raise Wrong("is_archived")
        client = str(args.get("client_msg_id", ""))
        if self._world.knows_repeats and client in self._seen:
            return self._seen[client]
        text, blocks = self._checked(args)
        message: Json = {
            "user": BOT_USER,
            "type": "message",
            "ts": self._world.new_ts(),
            "bot_id": BOT,
            "app_id": APP,
            "text": text,
            "team": TEAM,
            "bot_profile": _BOT_PROFILE,
        }
        if blocks:
            message["blocks"] = with_ids(self._world, blocks)
        if "metadata" in args:
            message["metadata"] = args["metadata"]
        if thread := str(args.get("thread_ts") or ""):
            first = self._world.find(room.id, thread)
            if first is None:
                raise Wrong("thread_not_found")
            if first.get("thread_ts", thread) != thread:
                raise Wrong("cannot_reply_to_message")  # a reply is no thread; Slack asks for the first message
            message |= {"thread_ts": thread, "parent_user_id": first["user"]}
            if is_true(args.get("reply_broadcast")):
                message["subtype"] = "thread_broadcast"
        self._world.keep(room.id, message)
        answer = {"channel": room.id, "ts": message["ts"], "message": dict(message)}
        if client:
            self._seen[client] = answer
        return answer

    def _checked(self, args: Json) -> tuple[str, list[Json]]:
        text, blocks = str(args.get("text") or ""), args.get("blocks") or []
        if not text and not blocks:
            raise Wrong("no_text")
        if len(text) > LONGEST:
            raise Wrong("msg_too_long")
        if blocks:
            _check_blocks(blocks)
        if "metadata" in args:
            _check_metadata(args["metadata"])
        return text, blocks

    def _update(self, args: Json) -> Json:
        message = self._message(args)
        if message.get("bot_id") != BOT:
            raise Wrong("cant_update_message")
        text, blocks = self._checked({"text": message["text"], "blocks": message.get("blocks"), **args})
        message |= {"text": text, "edited": {"user": BOT, "ts": self._world.new_ts()}}
        if "blocks" in args:  # left out, the old ones stay; an empty list takes them away
            message["blocks"] = with_ids(self._world, blocks)
        if "metadata" in args:
            message["metadata"] = args["metadata"]
        return {"channel": args["channel"], "ts": message["ts"], "text": text, "message": dict(message)}

    def _delete(self, args: Json) -> Json:
        message = self._message(args)
        if message.get("bot_id") != BOT:
            raise Wrong("cant_delete_message")
        self._world.remove(args["channel"], message["ts"])
        return {"channel": args["channel"], "ts": message["ts"]}

    def _post_ephemeral(self, args: Json) -> Json:
        room, user = self._joined(args), self._world.people.get(str(args.get("user", "")))
        if user is None or user["deleted"]:
            raise Wrong("user_not_in_channel")
        text, blocks = self._checked(args)
        message: Json = {
            "channel": room.id,
            "user": user["id"],
            "message_ts": self._world.new_ts(),
            "text": text,
            "blocks": with_ids(self._world, blocks),
        }
        if args.get("thread_ts"):
            message["thread_ts"] = str(args["thread_ts"])
        self._world.ephemerals.append(message)
        return {"message_ts": message["message_ts"]}

    def _add_reaction(self, args: Json) -> Json:
        marks, name = self._marks(args)
        if name in marks:
            raise Wrong("already_reacted")
        marks.append(name)
        return {}

    def _remove_reaction(self, args: Json) -> Json:
        marks, name = self._marks(args)
        if name not in marks:
            raise Wrong("no_reaction")
        marks.remove(name)
        return {}

    def _marks(self, args: Json) -> tuple[list[str], str]:
        name = str(args.get("name", ""))
        if not re.fullmatch(r"[a-z0-9_+'-]+(?:::skin-tone-[2-6])?", name):
            raise Wrong("invalid_name")
        message = self._message(args, "timestamp")
        return self._world.reactions.setdefault((args["channel"], message["ts"]), []), name

    # --- modals -------------------------------------------------------------------------------------------------------

    def _open_view(self, args: Json) -> Json:
        trigger = str(args.get("trigger_id", ""))
        if trigger not in self._world.triggers:
            raise Wrong("invalid_trigger_id")
        if trigger in self._world.used_triggers:
            raise Wrong("exchanged_trigger_id")
        given, user = self._world.triggers[trigger]
        if time.monotonic() - given > self._world.trigger_s:
            raise Wrong("expired_trigger_id")
        view = self._view(args.get("view"), f"V0{self._world.number():08d}")
        external = view["external_id"]
        if external and any(one["external_id"] == external for one in self._world.views.values()):
            raise Wrong("duplicate_external_id")
        self._world.used_triggers.add(trigger)
        self._world.views[view["id"]], self._world.view_owners[view["id"]] = view, user
        return {"view": view}

    def _update_view(self, args: Json) -> Json:
        open_ones = [one for one in self._world.views.values() if one["id"] not in self._world.closed_views]
        wanted = {"id": args.get("view_id"), "external_id": args.get("external_id")}
        found = [one for one in open_ones if any(value and one[name] == value for name, value in wanted.items())]
        if not found:
            raise Wrong("not_found")
        if args.get("hash") and args["hash"] != found[0]["hash"]:
            raise Wrong("hash_conflict")
        view = self._view(args.get("view"), found[0]["id"])
        self._world.views[view["id"]] = view
        return {"view": view}

    def _view(self, asked: object, name: str) -> Json:
        if found := wrong_view(asked):
            raise Wrong("invalid_arguments", response_metadata=_messages(found))
        assert isinstance(asked, dict)
        view: Json = {
            "id": name,
            "team_id": TEAM,
            "type": "modal",
            "title": asked["title"],
            "close": asked.get("close"),
            "submit": asked.get("submit"),
            "blocks": with_ids(self._world, asked["blocks"]),
            "private_metadata": asked.get("private_metadata", ""),
            "callback_id": asked.get("callback_id", ""),
            "external_id": asked.get("external_id", ""),
            "state": {"values": {}},
            "hash": f"{int(time.time())}.{self._world.number():08x}",
            "clear_on_close": is_true(asked.get("clear_on_close")),
            "notify_on_close": is_true(asked.get("notify_on_close")),
            "submit_disabled": False,
            "root_view_id": name,
            "previous_view_id": None,
            "app_id": APP,
            "app_installed_team_id": TEAM,
            "bot_id": BOT,
        }
        return view


def shown_room(room: Room) -> Json:
    """Return a channel as conversations.info shows it."""
    return {
        "id": room.id,
        "name": room.name,
        "name_normalized": room.name,
        "is_channel": not room.is_private,
        "is_group": room.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": room.is_private,
        "is_archived": room.is_archived,
        "is_general": False,
        "is_member": room.is_member,
        "is_shared": room.is_ext_shared,
        "is_ext_shared": room.is_ext_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "shared_team_ids": [TEAM],
        "context_team_id": TEAM,
        "created": 1730000000,
        "creator": "U0MARIA001",
        "unlinked": 0,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def with_ids(world: Workspace, blocks: list[Json]) -> list[Json]:
    """Return blocks as Slack keeps them: each has an id."""
    return [{"block_id": f"b{world.number():04x}", **one} for one in json.loads(json.dumps(blocks))]


def is_true(value: object) -> bool:
    return value in (True, "true", "1", 1)


def _check_blocks(blocks: object) -> None:
    if found := wrong_message(blocks):
        raise Wrong("invalid_blocks", errors=found, response_metadata=_messages(found))


def _check_metadata(metadata: object) -> None:
    if (
        not isinstance(metadata, dict)
        or set(metadata) - {"event_type", "event_payload", "entities"}
        or not isinstance(metadata.get("event_type"), str)
        or not isinstance(metadata.get("event_payload"), dict)
    ):
        raise Wrong("invalid_metadata_format")


def _messages(found: list[str]) -> Json:
    return {"messages": [f"[ERROR] {one}" for one in found]}


def _between(found: list[Json], args: Mapping[str, Any]) -> list[Json]:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "9" * 12)
    edge = is_true(args.get("inclusive"))
    return [
        one
        for one in found
        if _ticks(oldest) < _ticks(one["ts"]) < _ticks(latest) or (edge and one["ts"] in (oldest, latest))
    ]


def _ticks(ts: str) -> int:
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int((rest or "0").ljust(6, "0")[:6])


def _shown(message: Json, args: Mapping[str, Any]) -> Json:
    if is_true(args.get("include_all_metadata")):
        return dict(message)
    return {name: value for name, value in message.items() if name != "metadata"}
