"""A conversation as the engine sees it: who is asked what, who owns it, what it remembers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

TOPIC_LIVES = timedelta(minutes=30)
"""How long "and on Saturday?" still means the last topic."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A form's open question. `slots` are the values given so far."""

    form: str
    slot: str
    slots: Mapping[str, str]
    since: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Choosing:
    """Options on the table: `1`, the words of a label or a button picks one; anything else is heard as always.

    `kind` is what is chosen: an entry, whether to stop, whether to go on with a form, whether a state was meant.
    """

    kind: Literal["entry", "stop", "resume", "again", "state"]
    options: tuple[str, ...]
    until: datetime


Question = Asking | Choosing


@dataclass(frozen=True, slots=True)
class Stop:
    """Since when the voter's address is stopped, and whether the provider itself holds it."""

    at: datetime
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """What the last answer was about."""

    entry: str
    intent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Echo:
    """One past message of the voter, for the loop guard: its digest, when, and whether it was quick and brought nothing new."""

    digest: str
    at: datetime
    idle: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """All that the engine knows of a conversation.

    `owner`, `epoch`, `waiting_since` and `stopped` are columns that the accepting side may change at once; the rest is
    the engine's own memory, kept as JSON.
    """

    id: int
    channel: str
    language: str
    owner: str | None = None
    epoch: int = 0
    waiting_since: datetime | None = None
    stopped: Stop | None = None

    language_sure: bool = False
    """The language was seen clearly or asked for; before that the first clear message sets it."""
    language_votes: int = 0
    """Messages in a row that were clearly in another offered language."""
    question: Question | None = None
    aside: tuple[Asking, ...] = ()
    """Forms put aside, the newest last."""
    known: Mapping[str, str] = field(default_factory=dict)
    """What the voter has told us that outlives a form: state, stance."""
    topic: Topic | None = None
    misses: int = 0
    disclosed_at: datetime | None = None
    stop_told: bool = False
    """The stop now in force has been confirmed, by us or by the provider."""
    relayed: int = 0
    """How many messages of the person who has claimed the thread are with the voter; the first says who writes."""
    met: bool = False
    """A person before this one has written to the voter since the bot handed the thread over."""
    receipt: bool = False
    """The voter was told the number of the open case at the end of a form, and is told its end."""
    heard_at: datetime | None = None
    said_at: datetime | None = None
    echoes: tuple[Echo, ...] = ()
    muted_until: datetime | None = None
    said: Mapping[str, int] = field(default_factory=dict)
    """How often an entry with variants was said: they are taken in turn."""
    trouble_at: datetime | None = None
    """When something bad was last told or answered here: nothing is asked of the voter for a while."""
    footer_at: datetime | None = None

    @property
    def mode(self) -> str:
        """The state's name, as `conversation.mode` and `bot chat --json` show it."""
        if self.owner is not None:
            return "human"
        if self.muted_until is not None:
            return "muted"
        if isinstance(self.question, Asking):
            return "asking"
        if self.waiting_since is not None:
            return "waiting"
        return "choosing" if self.question else "bot"

    def live_topic(self, now: datetime) -> Topic | None:
        """Return the last topic while a short question may still be about it."""
        return self.topic if self.topic and now - self.topic.at <= TOPIC_LIVES else None

    def remembers(self, **known: str) -> "Thread":
        """Return the thread with `known` added to what it remembers."""
        return replace(self, known={**self.known, **known})


def to_json(thread: Thread) -> dict[str, Any]:
    """Return the engine's own memory of `thread` as plain JSON, leaving out what is empty."""
    kept: dict[str, Any] = {
        "sure": thread.language_sure,
        "votes": thread.language_votes,
        "question": _question_to_json(thread.question),
        "aside": [_question_to_json(form) for form in thread.aside],
        "known": dict(thread.known),
        "topic": thread.topic and [thread.topic.entry, thread.topic.intent, _moment(thread.topic.at)],
        "misses": thread.misses,
        "disclosed": _moment(thread.disclosed_at),
        "stop_told": thread.stop_told,
        "relayed": thread.relayed,
        "met": thread.met,
        "receipt": thread.receipt,
        "heard": _moment(thread.heard_at),
        "spoke": _moment(thread.said_at),
        "echoes": [[echo.digest, _moment(echo.at), echo.idle] for echo in thread.echoes],
        "muted": _moment(thread.muted_until),
        "said": dict(thread.said),
        "trouble": _moment(thread.trouble_at),
        "footer": _moment(thread.footer_at),
    }
    return {"language": thread.language} | {key: value for key, value in kept.items() if value}


def from_json(
    memory: Mapping[str, Any],
    *,
    id: int,  # noqa: A002 -- the field's own name
    channel: str,
    language: str,
    owner: str | None,
    epoch: int,
    waiting_since: datetime | None,
    stopped: Stop | None,
) -> Thread:
    """Return the thread that `to_json` wrote; `language` is the one of a thread that has none yet."""
    topic = memory.get("topic")
    return Thread(
        id=id,
        channel=channel,
        language=memory.get("language", language),
        owner=owner,
        epoch=epoch,
        waiting_since=waiting_since,
        stopped=stopped,
        language_sure=memory.get("sure", False),
        language_votes=memory.get("votes", 0),
        question=_question_from_json(memory.get("question")),
        aside=tuple(form for row in memory.get("aside", ()) if isinstance(form := _question_from_json(row), Asking)),
        known=memory.get("known", {}),
        topic=Topic(topic[0], topic[1], datetime.fromisoformat(topic[2])) if topic else None,
        misses=memory.get("misses", 0),
        disclosed_at=_parsed(memory.get("disclosed")),
        stop_told=memory.get("stop_told", False),
        relayed=memory.get("relayed", 0),
        met=memory.get("met", False),
        receipt=memory.get("receipt", False),
        heard_at=_parsed(memory.get("heard")),
        said_at=_parsed(memory.get("spoke")),
        echoes=tuple(Echo(row[0], datetime.fromisoformat(row[1]), row[2]) for row in memory.get("echoes", ())),
        muted_until=_parsed(memory.get("muted")),
        said=memory.get("said", {}),
        trouble_at=_parsed(memory.get("trouble")),
        footer_at=_parsed(memory.get("footer")),
    )


def _question_to_json(question: Question | None) -> dict[str, Any] | None:
    match question:
        case Asking():
            return {
                "form": question.form,
                "slot": question.slot,
                "slots": dict(question.slots),
                "since": _moment(question.since),
                "tries": question.tries,
            }
        case Choosing():
            return {
                "kind": question.kind,
                "options": list(question.options),
                "until": _moment(question.until),
            }
        case None:
            return None


def _question_from_json(row: Mapping[str, Any] | None) -> Question | None:
    if row is None:
        return None
    if "form" in row:
        return Asking(row["form"], row["slot"], row["slots"], datetime.fromisoformat(row["since"]), row["tries"])
    return Choosing(row["kind"], tuple(row["options"]), datetime.fromisoformat(row["until"]))


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _parsed(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
