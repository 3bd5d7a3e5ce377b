"""Conversation tests: dialogues in YAML, played on a stage, with the place of whatever did not go as written."""

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import Field, TypeAdapter, ValidationError

from bot.channel import CAPABILITIES
from bot.content.entries import LookUpOutcome
from bot.content.marked import Document, read_file
from bot.content.schema import parsed
from bot.content.trouble import Mark, Trouble, did_you_mean, listed
from bot.content.types import Count, Language, Moment, Span, Spec, Text
from bot.engine.segments import segments
from bot.message import ActKind
from bot.stage.lookup import Rehearsed
from bot.stage.stage import Stage, Turn
from bot.store.log import Line

_ACTS: Mapping[str, ActKind] = {
    "claim": ActKind.CLAIM,
    "release": ActKind.RELEASE,
    "resolve": ActKind.RESOLVE,
    "!bot": ActKind.RESOLVE,
}
_VOTER = "voter"
_PACE = timedelta(seconds=10)
"""What a voter takes to write; the loop guard takes quicker ones for machines."""


class DialogueSpec(Spec):
    """One conversation test as staff write it; `now` is in the campaign's own time.

    `looks_up` is what comes of each look-up of a polling place, the last one of all further ones; without it no service is
    set up.
    """

    test: Text
    channel: Text = "sms"
    language: Language | None = None
    now: Moment | None = None
    looks_up: list[LookUpOutcome] = Field(default_factory=list)
    steps: list[Any]


class VoterSpec(Spec):
    """What the voter sends: words, a pressed button, pictures."""

    text: str = ""
    choice: Text | None = None
    media: Count = 0


class ReplySpec(Spec):
    """What the next reply is like; what is left out may be anything. `acts` are of the whole turn."""

    reply: Text | None = None
    says: Text | None = None
    asks: Text | None = None
    segments: Count | None = None
    language: Language | None = None
    buttons: list[Text] | None = None
    acts: list[Text] | Text | None = None


class CardSpec(Spec):
    """What the volunteers' card shows."""

    team: Text | None = None
    state: Text | None = None
    priority: Text | None = None
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a volunteer writes, or one of the words claim, release, resolve and !bot."""

    who: str
    what: str


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Several messages of the voter, all there before the bot gets to the first."""

    texts: tuple[str, ...]


Step = VoterSpec | AtOnce | ReplySpec | CardSpec | Said | timedelta | datetime | str | None
"""None is silence, a text the mode that the thread must be in."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation test."""

    name: str
    channel: str
    language: str | None
    now: datetime | None
    looks_up: Sequence[str]
    steps: Sequence[tuple[Step, Mark]]
    mark: Mark


@dataclass(slots=True)
class Played:
    """How a dialogue went. `failure` says what was expected and what came; empty where all went as written."""

    dialogue: Dialogue
    transcript: list[str] = field(default_factory=list)
    failure: str = ""
    at: Mark | None = None

    def __str__(self) -> str:
        where = self.at or self.dialogue.mark
        lines = "\n".join(f"    {line}" for line in self.transcript)
        return f"{where.file}:{where.line}: {self.dialogue.name}\n{lines}\n  {self.failure}"


# --- reading ----------------------------------------------------------------------------------------------------------


def files_in(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files with dialogues and their names in messages."""
    for path in sorted((folder / "tests" / "conversations").glob("*.yml")):
        yield path, path.relative_to(folder).as_posix()


def read_dialogues(path: Path, name: str) -> tuple[list[Dialogue], list[Trouble]]:
    """Return the dialogues in a file, and every mistake in them."""
    document, troubles = read_file(path, name)
    if troubles or document.value is None:
        return [], troubles
    if not isinstance(document.value, list):
        return [], [Trouble(document.mark(()), "K209", "a list of tests is expected: '- test: what it shows'")]
    found = [_dialogue(document, number, item, troubles) for number, item in enumerate(document.value)]
    return [dialogue for dialogue in found if dialogue is not None], troubles


def texts_of(dialogue: Dialogue) -> Iterator[str]:
    """Yield what the voter writes in `dialogue`, one message after the other."""
    for step, _ in dialogue.steps:
        match step:
            case VoterSpec(text=text):
                yield text
            case AtOnce(texts=texts):
                yield from texts


def _dialogue(document: Document, number: int, item: Any, troubles: list[Trouble]) -> Dialogue | None:
    spec, wrong = parsed(DialogueSpec, document, (number,), item)
    if spec is None:
        troubles += wrong
        return None
    if spec.channel not in CAPABILITIES:
        hint = did_you_mean(spec.channel, CAPABILITIES) or f" Known are {listed(CAPABILITIES)}"
        wrong.append(
            Trouble(document.mark((number, "channel")), "K204", f"no channel is called '{spec.channel}'.{hint}")
        )
    steps = []
    for at, written in enumerate(spec.steps):
        path = (number, "steps", at)
        step, mistakes = _step(document, path, written)
        steps.append((step, document.mark(path)))
        wrong += mistakes
    troubles += wrong
    if wrong:
        return None
    return Dialogue(spec.test, spec.channel, spec.language, spec.now, spec.looks_up, steps, document.mark((number,)))


def _step(document: Document, path: tuple[str | int, ...], item: Any) -> tuple[Step, list[Trouble]]:
    kinds = ("voter", "bot", "desk", "voter_hears", "wait", "now", "mode")
    if not isinstance(item, dict) or len(item) != 1:
        return None, [Trouble(document.mark(path), "K203", f"a step is one of {listed(kinds)}")]
    ((kind, value),) = item.items()
    within = (*path, kind)
    match kind, value:
        case "voter", str() | None:
            return VoterSpec(text=value or ""), []
        case "voter", [_, *_] if all(isinstance(text, str) for text in value):
            return AtOnce(tuple(value)), []
        case "voter", _:
            return parsed(VoterSpec, document, within, value)
        case ("bot", "silent") | ("voter_hears", "nothing"):
            return None, []
        case "bot" | "voter_hears", str():
            return ReplySpec(says=value), []
        case "bot", _:
            return parsed(ReplySpec, document, within, value)
        case "desk", {"card": card} if len(value) == 1:
            return parsed(CardSpec, document, (*within, "card"), card)
        case "desk", dict() if len(value) == 1 and all(isinstance(what, str) for what in value.values()):
            ((who, what),) = value.items()
            return Said(who, what), []
        case "desk", _:
            hint = "a desk step is like {maria: claim}, {maria: Hello} or {card: {team: general, state: waiting}}"
            return None, [Trouble(document.mark(within), "K209", hint)]
        case "wait" | "now", _:
            return _time(document, within, value, Span if kind == "wait" else Moment)
        case "mode", str():
            return value, []
    return None, [
        Trouble(
            document.key_mark(within),
            "K201",
            f"unknown step '{kind}'.{did_you_mean(str(kind), kinds) or f' Known: {listed(kinds)}'}",
        )
    ]


def _time(document: Document, path: tuple[str | int, ...], value: Any, kind: Any) -> tuple[Step, list[Trouble]]:
    try:
        time: Step = TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return None, [Trouble(document.mark(path), "K205", error.errors()[0]["msg"])]
    return time, []


# --- playing ----------------------------------------------------------------------------------------------------------


def play(dialogue: Dialogue, stage: Stage) -> Played:
    """Play `dialogue` on a fresh `stage`."""
    played = Played(dialogue)
    if dialogue.now is not None:
        stage.at = dialogue.now.replace(tzinfo=stage.zone)
    if dialogue.looks_up:
        stage.lookup = Rehearsed(dialogue.looks_up)
    script = _Script(stage, dialogue, played)
    try:
        for step, mark in dialogue.steps:
            played.at = mark
            script.step(step)
        script.nothing_left()
    except _NotAsWritten as error:
        played.failure = str(error)
    return played


class _NotAsWritten(Exception):
    """Something else happened than the test says."""


class _Script:
    def __init__(self, stage: Stage, dialogue: Dialogue, played: Played) -> None:
        self._stage, self._dialogue, self._transcript = stage, dialogue, played.transcript
        self._turn: Turn | None = None
        self._replies: list[Line] = []

    def step(self, step: Step) -> None:
        match step:
            case VoterSpec():
                self._voter(step)
            case AtOnce():
                self._at_once(step)
            case Said():
                self._said(step)
            case timedelta():
                self.nothing_left()
                self._took(self._stage.wait(_VOTER, step, channel=self._dialogue.channel))
            case datetime():
                self._stage.at = step.replace(tzinfo=self._stage.zone)
            case ReplySpec():
                self._expect_reply(step)
            case CardSpec():
                self._expect_card(step)
            case None:
                if self._replies:
                    raise _NotAsWritten(f"expected silence, but the voter hears: {self._replies[0].text!r}")
            case str():
                self._expect("mode", step, self._turn.head.mode if self._turn and self._turn.head else None)

    def nothing_left(self) -> None:
        if self._replies:
            raise _NotAsWritten(f"the voter also hears: {self._replies[0].text!r}")

    def _voter(self, sent: VoterSpec) -> None:
        self._begins(sent.text)
        turn = self._stage.voter(
            _VOTER,
            sent.text,
            channel=self._dialogue.channel,
            media=sent.media,
            choice=sent.choice,
            language=self._dialogue.language,
        )
        self._took(turn)

    def _at_once(self, sent: AtOnce) -> None:
        self._begins(*sent.texts)
        dialogue = self._dialogue
        self._took(self._stage.voter_at_once(_VOTER, sent.texts, channel=dialogue.channel, language=dialogue.language))

    def _begins(self, *texts: str) -> None:
        self.nothing_left()
        if self._turn is not None:
            self._stage.at += _PACE
        self._transcript += [f"voter: {text}" for text in texts]

    def _said(self, said: Said) -> None:
        self.nothing_left()
        self._transcript.append(f"{said.who}: {said.what}")
        kind = _ACTS.get(said.what, ActKind.SAY)
        text = said.what if kind is ActKind.SAY else ""
        self._took(self._stage.volunteer(_VOTER, said.who, kind, text, channel=self._dialogue.channel))

    def _took(self, turn: Turn) -> None:
        self._turn = turn
        self._replies += turn.replies
        self._transcript += ["  " + f"{line.who}: {line.text}".replace("\n", "\n        ") for line in turn.replies]
        if turn.outcome.kind in ("refused", "unknown"):
            self._transcript.append(f"  ({turn.outcome.why})")

    def _expect_reply(self, wanted: ReplySpec) -> None:
        if wanted.acts is not None:
            self._expect_acts([wanted.acts] if isinstance(wanted.acts, str) else wanted.acts)
        about = wanted.model_dump(exclude_unset=True, exclude={"acts"})
        if not about:
            return
        if not self._replies:
            raise _NotAsWritten(f"expected {_told(about)}, but the voter hears nothing")
        reply = self._replies.pop(0)
        found = {
            "reply": reply.entry,
            "says": reply.text,
            "asks": reply.asks,
            "segments": segments(reply.text).count,
            "language": reply.language,
            "buttons": [button.label for button in reply.buttons],
        }
        for key, expected in about.items():
            self._expect(key, expected, found[key], reply.text)

    def _expect_acts(self, wanted: list[str]) -> None:
        found = self._turn.acts if self._turn else ()
        for act in wanted:
            if act not in found:
                raise _NotAsWritten(f"expected the act {act!r}, found {list(found)}")

    def _expect_card(self, wanted: CardSpec) -> None:
        head = self._turn.head if self._turn else None
        for key, expected in wanted.model_dump(exclude_unset=True).items():
            self._expect(
                f"a card with {key}", expected, head and getattr(head, {"state": "handoff_state"}.get(key, key))
            )

    def _expect(self, what: str, expected: Any, found: Any, text: str = "") -> None:
        right = _is_like(found, expected) if what == "says" else found == expected
        if not right:
            raise _NotAsWritten(f"expected {what} {expected!r}, found {found!r}" + (f" in: {text!r}" if text else ""))


def _is_like(text: str, pattern: str) -> bool:
    """Return whether `text` is like `pattern`, in which * stands for anything and other signs for themselves."""
    escaped = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatch.fnmatchcase(" ".join(text.split()).casefold(), " ".join(escaped.split()).casefold())


def _told(about: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {want!r}" for key, want in about.items())
