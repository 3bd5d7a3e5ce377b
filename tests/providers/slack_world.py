"""One Slack workspace as Slack keeps it: people, channels, messages, modals."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

TEAM, APP, BOT_USER, BOT = "T0HOME0001", "A0DESK0001", "U0BOT00001", "B0BOT00001"
DESK, OTHER = "C0DESK0001", "C0OTHER001"
MARIA, BEN = "U0MARIA001", "U0BEN00001"
GUEST, ONE_CHANNEL_GUEST = "U0GUEST001", "U0GUEST002"
OTHER_TEAM, STRANGER, GONE = "T0OTHER001", "U0STRANG01", "U0GONE0001"
TOKEN = "xoxb-0001-0002-not-a-secret"
SECRET = "a-signing-secret-of-the-app-0001"
BOT_NAME = "Rivera desk"

Json = dict[str, Any]
T = TypeVar("T")


@dataclass
class Room:
    """A channel. `messages` holds threads and replies alike, oldest first."""

    id: str
    name: str
    is_member: bool = True
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    messages: list[Json] = field(default_factory=list)


@dataclass(repr=False)
class Workspace:
    """What Slack knows. Every message and view is as the API shows it, in its current state."""

    people: dict[str, Json] = field(default_factory=lambda: {one["id"]: one for one in _people()})
    rooms: dict[str, Room] = field(
        default_factory=lambda: {DESK: Room(DESK, "voter-desk"), OTHER: Room(OTHER, "general", is_member=False)}
    )
    ephemerals: list[Json] = field(default_factory=list)
    """Messages that one person sees: channel, user, message_ts, thread_ts, text, blocks."""
    views: dict[str, Json] = field(default_factory=dict)
    """View id -> the modal; `closed_views` are those no longer on a screen."""
    closed_views: set[str] = field(default_factory=set)
    view_owners: dict[str, str] = field(default_factory=dict)
    triggers: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Trigger id -> when it was given out, and to whom. A used one is in `used_triggers`."""
    used_triggers: set[str] = field(default_factory=set)
    responses: dict[str, Json] = field(default_factory=dict)
    """Path of a response_url -> the message it belongs to, who clicked, when, and how often it was used."""
    reactions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Channel and ts -> the marks that the bot has set and not taken away."""
    page_size: int = 200
    """Slack may give fewer than were asked for: a low number makes callers page."""
    trigger_s: float = 3.0
    """How long a click may open a modal."""
    knows_repeats: bool = False
    """Answer a client_msg_id seen before with the message it made; Slack promises nothing of the kind."""
    _last_ts: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))
    _lock: Any = field(default_factory=threading.RLock)

    # --- looking ------------------------------------------------------------------------------------------------------

    def posts(self, thread_ts: str | None = None, channel: str = DESK) -> list[Json]:
        """Return what stands in a thread (its card first), or the cards of a channel, edits applied."""
        with self._lock:
            found = self.rooms[channel].messages
            if thread_ts is None:
                return [one for one in found if one.get("thread_ts", one["ts"]) == one["ts"]]
            return [one for one in found if thread_ts in (one["ts"], one.get("thread_ts"))]

    def post(self, ts: str, channel: str = DESK) -> Json:
        """Return one message as it stands now."""
        found = self.find(channel, ts)
        assert found is not None, f"{channel} holds no message {ts}"
        return found

    def find(self, channel: str, ts: str) -> Json | None:
        with self._lock:
            messages = self.rooms[channel].messages if channel in self.rooms else []
            return next((one for one in messages if one["ts"] == ts), None)

    def texts(self, thread_ts: str | None = None, channel: str = DESK) -> list[str]:
        return [one["text"] for one in self.posts(thread_ts, channel)]

    def ephemerals_to(self, user: str) -> list[Json]:
        return [one for one in self.ephemerals if one["user"] == user]

    def view_of(self, user: str) -> Json | None:
        """Return the newest modal on a person's screen."""
        found = [one for name, one in self.views.items() if self.view_owners[name] == user]
        found = [one for one in found if one["id"] not in self.closed_views]
        return found[-1] if found else None

    def wait_for(self, look: Callable[[], T], wait_s: float = 20) -> T:
        """Look again and again until there is something; return it."""
        ends = time.monotonic() + wait_s
        while not (found := look()):
            assert time.monotonic() < ends, f"nothing came within {wait_s} s; last seen: {found!r}"
            time.sleep(0.02)
        return found

    def wait_posts(
        self, count: int, thread_ts: str | None = None, channel: str = DESK, wait_s: float = 20
    ) -> list[Json]:
        """Wait until `count` messages stand in a thread, or `count` cards in a channel; return them."""
        ends = time.monotonic() + wait_s
        while len(found := self.posts(thread_ts, channel)) < count:
            assert time.monotonic() < ends, f"{len(found)} of {count} came within {wait_s} s: {found}"
            time.sleep(0.02)
        return found

    # --- keeping ------------------------------------------------------------------------------------------------------

    def number(self) -> int:
        with self._lock:
            return next(self._numbers)

    def new_ts(self) -> str:
        """Return a time stamp of now that no other message has, later than all before."""
        with self._lock:
            self._last_ts = max(self._last_ts + 100, int(time.time() * 10_000) * 100 + 9)
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_trigger(self, user: str) -> str:
        trigger = f"{self.number()}.{TEAM[1:]}.{self.number():032x}"
        self.triggers[trigger] = (time.monotonic(), user)
        return trigger

    def keep(self, channel: str, message: Json) -> Json:
        """Put a message in its place; its thread's first message counts it."""
        with self._lock:
            room = self.rooms[channel].messages
            room.append(message)
            if message.get("thread_ts", message["ts"]) != message["ts"]:
                self.count_replies(channel, message["thread_ts"])
        return message

    def count_replies(self, channel: str, thread_ts: str) -> None:
        first = self.find(channel, thread_ts)
        if first is None:
            return
        replies = [one for one in self.posts(thread_ts, channel) if one["ts"] != thread_ts]
        for name in ("reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked", "subscribed"):
            first.pop(name, None)
        if not replies:
            first.pop("thread_ts", None)
            return
        users = list(dict.fromkeys(one["user"] for one in replies))
        first |= {
            "thread_ts": thread_ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1]["ts"],
            "reply_users": users,
            "is_locked": False,
            "subscribed": True,
        }

    def remove(self, channel: str, ts: str) -> Json:
        """Take a message away; a thread's first message leaves a stone behind. Return what it was."""
        with self._lock:
            gone, room = self.post(ts, channel), self.rooms[channel].messages
            if gone.get("reply_count"):
                stone = {
                    "subtype": "tombstone",
                    "text": "This message was deleted.",
                    "user": "USLACKBOT",
                    "hidden": True,
                }
                kept = {name: value for name, value in gone.items() if name in ("type", "ts", "thread_ts")}
                room[room.index(gone)] = kept | stone
                self.count_replies(channel, ts)
            else:
                room.remove(gone)
                if "thread_ts" in gone:
                    self.count_replies(channel, gone["thread_ts"])
            return gone


def _people() -> list[Json]:
    return [
        person(MARIA, "maria", "Maria Lopez"),
        person(BEN, "ben", "Ben Okafor"),
        person(GUEST, "gil", "Gil Guest", is_restricted=True),
        person(ONE_CHANNEL_GUEST, "gia", "Gia Guest", is_restricted=True, is_ultra_restricted=True),
        person(STRANGER, "sam", "Sam Stranger", team=OTHER_TEAM, is_stranger=True),
        person(GONE, "gus", "Gus Gone", deleted=True),
        person(BOT_USER, "rivera_desk", BOT_NAME, is_bot=True),
    ]


def person(user: str, name: str, real_name: str, *, team: str = TEAM, deleted: bool = False, **flags: bool) -> Json:
    """Return a person as users.info shows them, without their e-mail: that takes a scope of its own."""
    first, _, last = real_name.partition(" ")
    shown_name = "" if flags.get("is_bot") else first
    profile = {
        "real_name": real_name,
        "real_name_normalized": real_name,
        "display_name": shown_name,
        "display_name_normalized": shown_name,
        "first_name": first,
        "last_name": last,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "g0000000000",
        "team": team,
    }
    shown: Json = {"id": user, "team_id": team, "name": name, "deleted": deleted, "real_name": real_name}
    if deleted:  # Slack forgets most of who has left
        return shown | {"profile": profile, "is_bot": False, "is_app_user": False, "updated": 1731000000}
    return shown | {
        "color": "9f69e7",
        "tz": "America/New_York",
        "tz_label": "Eastern Standard Time",
        "tz_offset": -18000,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": 1731000000,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
        **flags,
    }
