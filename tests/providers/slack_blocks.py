"""What Slack finds wrong with blocks and modals, as docs.slack.dev/reference/block-kit has it (November 2026)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
_TEXTS = {"plain_text", "mrkdwn"}
_ACTIVE = {"button", "static_select", "overflow", "plain_text_input", "checkboxes", "radio_buttons", "users_select"}
_PINGS = re.compile(r"<(![a-z]+(?:\^\w+)?(?:\|[^>]*)?|@[UW]\w+(?:\|[^>]*)?)>")


def wrong_message(blocks: object, most: int = 50) -> list[str]:
    """Return what is wrong with the blocks of a message, in Slack's words, with the place of each."""
    if not isinstance(blocks, list):
        return ["must be an array [json-pointer:/blocks]"]
    found = [] if len(blocks) <= most else [f"no more than {most} items allowed [json-pointer:/blocks]"]
    for place, block in enumerate(blocks):
        found += _wrong_block(block, f"/blocks/{place}")
    names = Counter(one["block_id"] for one in blocks if isinstance(one, dict) and "block_id" in one)
    found += [f"`block_id` {name} already exists [json-pointer:/blocks]" for name, count in names.items() if count > 1]
    return found


def wrong_view(view: object) -> list[str]:
    """Return what is wrong with a modal."""
    if not isinstance(view, dict):
        return ["must be an object [json-pointer:/view]"]
    found = [] if view.get("type") == "modal" else ["must be one of: modal, home [json-pointer:/view/type]"]
    for name in ("title", "submit", "close"):
        if name in view or name == "title":
            found += _wrong_text(view.get(name), f"/view/{name}", 24, {"plain_text"})
    found += _wrong_length(view.get("private_metadata", ""), "/view/private_metadata", 3000, least=0)
    found += _wrong_length(view.get("callback_id", ""), "/view/callback_id", 255, least=0)
    found += _wrong_length(view.get("external_id", ""), "/view/external_id", 255, least=0)
    found += [one.replace(":/blocks", ":/view/blocks") for one in wrong_message(view.get("blocks"), 100)]
    blocks = view["blocks"] if isinstance(view.get("blocks"), list) else []
    if "submit" not in view and any(one.get("type") == "input" for one in blocks if isinstance(one, dict)):
        found.append("missing required field: submit [json-pointer:/view]")
    return found


def elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every element that a person can use, with its block."""
    for block in blocks:
        inner = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for one in inner:
            if isinstance(one, dict) and "action_id" in one:
                yield block, one


def pings(text: str, blocks: Sequence[Json] = ()) -> list[str]:
    """Return whom a message would call (`!channel`, `@U0MARIA001`): in its text and in its mrkdwn."""
    return _PINGS.findall(text) + [found for block in blocks for one in _marked(block) for found in _PINGS.findall(one)]


def _marked(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _marked(one)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        for one in value.values():
            yield from _marked(one)


def _wrong_block(block: object, at: str) -> list[str]:
    if not isinstance(block, dict):
        return [f"must be an object [json-pointer:{at}]"]
    found = _wrong_length(block.get("block_id", ""), f"{at}/block_id", 255, least=0)
    match block.get("type"):
        case "section":
            found += _wrong_section(block, at)
        case "header":
            found += _wrong_text(block.get("text"), f"{at}/text", 150, {"plain_text"})
        case "actions":
            found += _wrong_list(block, at, 25)
            found += [one for n, item in _items(block) for one in _wrong_element(item, f"{at}/elements/{n}")]
            names = Counter(item.get("action_id") for _, item in _items(block))
            found += [f"`action_id` {name} already exists [json-pointer:{at}]" for name in names if names[name] > 1]
        case "context":
            found += _wrong_list(block, at, 10)
            found += [one for n, item in _items(block) for one in _wrong_text(item, f"{at}/elements/{n}", 3000)]
        case "input":
            found += _wrong_text(block.get("label"), f"{at}/label", 2000, {"plain_text"})
            if "hint" in block:
                found += _wrong_text(block["hint"], f"{at}/hint", 2000, {"plain_text"})
            found += _wrong_element(block.get("element"), f"{at}/element")
        case "rich_text":
            found += _wrong_list(block, at, 3000)
        case "divider":
            pass
        case other:
            found.append(f"unsupported type: {other} [json-pointer:{at}/type]")
    return found


def _wrong_section(block: Mapping[str, Any], at: str) -> list[str]:
    found = []
    if "text" not in block and not block.get("fields"):
        found.append(f"missing required field: text [json-pointer:{at}]")
    if "text" in block:
        found += _wrong_text(block["text"], f"{at}/text", 3000)
    if len(fields := block.get("fields", [])) > 10:
        found.append(f"no more than 10 items allowed [json-pointer:{at}/fields]")
    found += [one for n, item in enumerate(fields) for one in _wrong_text(item, f"{at}/fields/{n}", 2000)]
    if "accessory" in block:
        found += _wrong_element(block["accessory"], f"{at}/accessory")
    return found


def _wrong_element(item: object, at: str) -> list[str]:
    if not isinstance(item, dict):
        return [f"must be an object [json-pointer:{at}]"]
    if item.get("type") not in _ACTIVE:
        return [f"unsupported type: {item.get('type')} [json-pointer:{at}/type]"]
    found = _wrong_length(item.get("action_id", ""), f"{at}/action_id", 255, least=0)
    if "confirm" in item:
        found += _wrong_confirm(item["confirm"], f"{at}/confirm")
    if "placeholder" in item:
        found += _wrong_text(item["placeholder"], f"{at}/placeholder", 150, {"plain_text"})
    match item["type"]:
        case "button":
            found += _wrong_text(item.get("text"), f"{at}/text", 75, {"plain_text"})
            found += _wrong_length(item.get("value", ""), f"{at}/value", 2000, least=0)
            found += _wrong_length(item.get("url", ""), f"{at}/url", 3000, least=0)
            if item.get("style", "primary") not in ("primary", "danger"):
                found.append(f"must be one of: primary, danger [json-pointer:{at}/style]")
        case "static_select" | "overflow":
            groups = [group.get("options", []) for group in item.get("option_groups", [])] or [item.get("options", [])]
            most = 5 if item["type"] == "overflow" else 100
            for options in groups:
                if not 1 <= len(options) <= most:
                    found.append(f"must have 1 to {most} items [json-pointer:{at}/options]")
                for n, option in enumerate(options):
                    found += _wrong_text(option.get("text"), f"{at}/options/{n}/text", 75, {"plain_text"})
                    found += _wrong_length(option.get("value"), f"{at}/options/{n}/value", 150)
        case "plain_text_input":
            found += _wrong_length(item.get("initial_value", ""), f"{at}/initial_value", 3000, least=0)
            if not 1 <= item.get("max_length", 3000) <= 3000:
                found.append(f"must be less than 3001 [json-pointer:{at}/max_length]")
    return found


def _wrong_confirm(confirm: object, at: str) -> list[str]:
    if not isinstance(confirm, dict):
        return [f"must be an object [json-pointer:{at}]"]
    found = _wrong_text(confirm.get("title"), f"{at}/title", 100, {"plain_text"})
    found += _wrong_text(confirm.get("text"), f"{at}/text", 300)
    found += _wrong_text(confirm.get("confirm"), f"{at}/confirm", 30, {"plain_text"})
    return found + _wrong_text(confirm.get("deny"), f"{at}/deny", 30, {"plain_text"})


def _wrong_text(text: object, at: str, most: int, kinds: set[str] = _TEXTS) -> list[str]:
    if not isinstance(text, dict):
        return [f"missing required field [json-pointer:{at}]"]
    if text.get("type") not in kinds:
        return [f"unsupported type: {text.get('type')} [json-pointer:{at}/type]"]
    return _wrong_length(text.get("text"), f"{at}/text", most)


def _wrong_length(text: object, at: str, most: int, least: int = 1) -> list[str]:
    if not isinstance(text, str):
        return [f"must be a string [json-pointer:{at}]"]
    if len(text) < least:
        return [f"must be more than {least - 1} characters [json-pointer:{at}]"]
    return [f"must be less than {most + 1} characters [json-pointer:{at}]"] if len(text) > most else []


def _wrong_list(block: Mapping[str, Any], at: str, most: int) -> list[str]:
    items = block.get("elements")
    if not isinstance(items, list) or not items:
        return [f"must have at least 1 item [json-pointer:{at}/elements]"]
    return [f"no more than {most} items allowed [json-pointer:{at}/elements]"] if len(items) > most else []


def _items(block: Mapping[str, Any]) -> Iterator[tuple[int, Json]]:
    items = block.get("elements")
    yield from enumerate(one for one in (items if isinstance(items, list) else []) if isinstance(one, dict))
