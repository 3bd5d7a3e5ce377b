"""What Slack sends us, as typed values: JSON is read here once and nowhere else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from bot.channel import Malformed

_LONGEST_ID: Final = 80
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Challenge:
    """Slack asks whether the address is ours."""

    challenge: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the workspace. `event` is Slack's own; only `message` and the loss of the app mean anything to us."""

    app: str
    team: str
    kind: str
    event: Mapping[str, Any]
    shared: bool
    """The channel is shared with another workspace."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button of ours. `place` is where its answer is shown: "channel:thread"."""

    app: str
    team: str
    who: str
    whose: str
    """The person's own workspace."""
    name: str
    value: Mapping[str, Any]
    id: str
    place: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of ours, sent."""

    app: str
    team: str
    who: str
    whose: str
    form: str
    value: Mapping[str, Any]
    id: str
    words: Mapping[str, str]
    """By block id."""
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    """Something authentic that means nothing to us."""

    app: str
    team: str


Request = Challenge | Happened | Pressed | Filled | Other


def read(body: str, content_type: str) -> Request:
    """Return what a verified body says; raise `Malformed` if it makes no sense."""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=20)
        if len(fields.get("payload", [])) != 1:
            raise Malformed("there is no payload")
        return _interaction(_object(fields["payload"][0]), body)
    return _event(_object(body))


def number(value: Mapping[str, Any], key: str) -> int | None:
    """Return a row's number out of a button's value, or None."""
    found = value.get(key)
    is_number = isinstance(found, int) and not isinstance(found, bool) and 0 < found < 10**_MOST_DIGITS
    return found if is_number else None


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("this is no JSON") from error
    if not isinstance(found, dict):
        raise Malformed("an object is expected")
    return found


def _event(outer: Mapping[str, Any]) -> Request:
    if outer.get("type") == "url_verification":
        return Challenge(_text(outer, "challenge", 400))
    app, team = _text(outer, "api_app_id"), _text(outer, "team_id")
    event = outer.get("event")
    if outer.get("type") != "event_callback" or not isinstance(event, dict):
        return Other(app, team)
    shared = outer.get("is_ext_shared_channel") is True
    return Happened(app, team, _text(event, "type"), event, shared)


def _interaction(payload: Mapping[str, Any], body: str) -> Request:
    app, user = _text(payload, "api_app_id"), _map(payload, "user")
    team = _text(_map(payload, "team"), "id") or _text(user, "team_id")
    who, whose = _text(user, "id"), _text(user, "team_id")
    if not who:
        return Other(app, team)
    match payload.get("type"):
        case "block_actions":
            actions = payload.get("actions")
            action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
            name, at = _text(action, "action_id", 255), _text(action, "action_ts")
            shown = _map(payload, "container")
            channel = _text(shown, "channel_id")
            thread = _text(shown, "thread_ts") or _text(shown, "message_ts")
            if not name or not at:
                return Other(app, team)
            value = _value(action.get("value"))
            return Pressed(app, team, who, whose, name, value, f"{at}:{who}:{name}", f"{channel}:{thread}", body)
        case "view_submission":
            view = _map(payload, "view")
            words = _words(_map(_map(view, "state"), "values"))
            value = _value(view.get("private_metadata"))
            return Filled(app, team, who, whose, _text(view, "callback_id"), value, _text(view, "id"), words, body)
        case _:
            return Other(app, team)


def _words(values: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for block, fields in values.items():
        for one in fields.values() if isinstance(fields, dict) else ():
            said = one.get("value") if isinstance(one, dict) else None
            if isinstance(said, str):
                found[block] = said
    return found


def _value(text: Any) -> Mapping[str, Any]:
    """Return what a button brings back; nothing where it is none of ours."""
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _map(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def _text(of: Mapping[str, Any], key: str, most: int = _LONGEST_ID) -> str:
    found = of.get(key)
    return found if isinstance(found, str) and len(found) <= most and found.isprintable() else ""
