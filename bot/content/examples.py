"""Read `intents/`: the Rasa training data format (3.1), unchanged."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.content.files import INTENTS
from bot.content.marked import Document, read_bytes
from bot.content.trouble import Mark, Trouble, did_you_mean, listed

_ENTITY = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")
OUT_OF_SCOPE = "out_of_scope"
"""Strays that staff collect: nothing that the bot answers, so no class to learn and no entry to have."""
_ITEMS = ("intent", "synonym", "regex", "lookup")


@dataclass(frozen=True, slots=True)
class Example:
    """What a voter might write. `hand` is who wrote it: the file's name behind the dash."""

    text: str
    intent: str
    language: str
    hand: str
    mark: Mark


def read_examples(files: Mapping[str, bytes]) -> tuple[list[Example], list[Trouble]]:
    """Return the examples in `files` (called `intents/LANGUAGE/TOPIC-HAND.yml`), and every mistake in their form."""
    examples: list[Example] = []
    troubles: list[Trouble] = []
    for name, raw in files.items():
        if not name.startswith(INTENTS):
            continue
        _, language, file = name.split("/")
        document, found = read_bytes(raw, name)
        troubles += found
        hand = file.removesuffix(".yml").partition("-")[2] or "staff"
        for item in _of_file(document, language, hand):
            if isinstance(item, Trouble):
                troubles.append(item)
            else:
                examples.append(item)
    if not examples and not troubles:
        troubles.append(Trouble(Mark("intents"), "Y101", "holds no example in LANGUAGE/TOPIC.yml"))
    return examples, troubles


def _of_file(document: Document, language: str, hand: str) -> Iterator[Example | Trouble]:
    if document.value is None:
        return
    if not isinstance(document.value, Mapping) or not isinstance(document.value.get("nlu"), list):
        yield Trouble(document.mark(()), "K203", "'nlu:' with a list below it is missing here")
        return
    for key in document.value:
        if key not in ("version", "nlu"):
            message = f"unknown key '{key}'.{did_you_mean(key, ('version', 'nlu'))}"
            yield Trouble(document.key_mark((key,)), "K201", message)
    for number, item in enumerate(document.value["nlu"]):
        yield from _of_item(document, ("nlu", number), item, language, hand)


def _of_item(
    document: Document, path: tuple[str | int, ...], item: Any, language: str, hand: str
) -> Iterator[Example | Trouble]:
    if not isinstance(item, Mapping) or not any(kind in item for kind in _ITEMS):
        yield Trouble(document.mark(path), "K203", f"each item of 'nlu' begins with {listed(_ITEMS)}")
        return
    for key in item:
        if key not in (*_ITEMS, "examples", "metadata"):
            message = f"unknown key '{key}'.{did_you_mean(key, (*_ITEMS, 'examples'))}"
            yield Trouble(document.key_mark((*path, key)), "K201", message)
    texts = list(_texts(document, path, item.get("examples")))
    if not texts:
        yield Trouble(document.mark(path), "K203", "'examples: |' with lines that begin with '- ' is missing here")
        return
    if "intent" not in item:
        return
    intent = item["intent"]
    if not isinstance(intent, str) or not intent.strip():
        yield Trouble(document.mark((*path, "intent")), "K209", "'intent' has no name")
        return
    for said, mark in texts:
        if not said.startswith("- ") or not said[2:].strip():
            yield Trouble(mark, "K210", f"an example begins with '- '; found '{said[:40]}'")
        else:
            yield Example(_ENTITY.sub(r"\1", said[2:].strip()), intent, language, hand, mark)


def _texts(document: Document, path: tuple[str | int, ...], examples: Any) -> Iterator[tuple[str, Mark]]:
    """Yield each example as it stands with its place: lines of one text, or Rasa's longer form with a `text` each."""
    if isinstance(examples, str):
        first = document.mark((*path, "examples")).line
        for offset, line in enumerate(examples.splitlines(), 1):
            if (said := line.strip()) and not said.startswith("#"):
                yield said, Mark(document.name, first + offset, 1)
    for number, item in enumerate(examples if isinstance(examples, list) else ()):
        if isinstance(item, Mapping) and isinstance(item.get("text"), str):
            mark = document.mark((*path, "examples", number))
            yield "- " + item["text"].strip().removeprefix("- "), mark
