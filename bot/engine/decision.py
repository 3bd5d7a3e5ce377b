"""What the engine can decide, and the acts that others read off a step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, assert_never

from bot.engine.thread import Thread


class Purpose(StrEnum):
    """Why a message leaves: the gate's rules hang on it."""

    ANSWER = "answer"
    """To something that the voter has just written."""
    CRISIS = "crisis"
    """Help in danger to life."""
    CONFIRM_STOP = "confirm_stop"
    CONFIRM_START = "confirm_start"
    NOTICE = "notice"
    """About the conversation itself, unasked: a person has left, the bot is back."""
    PERSON = "person"
    """A volunteer's own words."""


@dataclass(frozen=True, slots=True)
class Disclose:
    """Say that this is an automated assistant and how to reach a person, in one text with what is said next."""


@dataclass(frozen=True, slots=True)
class List:
    """Say which two wishes were heard, in one text with the first answer."""

    entries: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Say:
    """Say the entry `entry`. `intent` is set where it answers what the voter wanted."""

    entry: str
    intent: str = ""
    slots: Mapping[str, str] = field(default_factory=dict)
    purpose: Purpose = Purpose.ANSWER
    footer: str = ""
    """The entry whose text goes below."""
    asks: bool = True
    """False where nothing may be asked of the voter: an entry that asks says its fallback, buttons that ask are left out."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for `slot` of `form`: for the first time, again, after a correction, or on the way back to the form."""

    form: str
    slot: str
    slots: Mapping[str, str]
    how: Literal["first", "retry", "corrected", "back"] = "first"
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer entries to choose from: two close meanings, or the usual topics after something not understood."""

    options: tuple[str, ...]
    why: Literal["close", "rephrase"]


@dataclass(frozen=True, slots=True)
class AskYesNo:
    """Ask a question of the conversation itself: shall we stop, shall we go on with the form, is this the state."""

    kind: Literal["stop", "resume", "again", "state"]
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Complete:
    """The form is filled in."""

    form: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CancelForm:
    """The voter has dropped the form."""

    form: str


@dataclass(frozen=True, slots=True)
class HandOff:
    """Put the thread into a team's queue; a thread that waits there already only gains the reason and the priority."""

    team: str
    why: str
    priority: Literal["normal", "urgent"] = "normal"


@dataclass(frozen=True, slots=True)
class PassOn:
    """Show the voter's words to the person who owns the thread, or to those for whom it waits."""


@dataclass(frozen=True, slots=True)
class Relay:
    """Send a volunteer's words to the voter after the hold; the first ones say who writes."""

    text: str
    who: str
    name: str
    introduce: bool
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """Keep a volunteer's note with the thread; the voter never sees it."""

    text: str
    who: str


@dataclass(frozen=True, slots=True)
class Board:
    """Show at the desks what has changed in the thread: its owner, its state, or what a colleague wrote there."""

    change: Literal["claimed", "released", "resolved", "said", "noted", "taken_back"]
    who: str = ""


@dataclass(frozen=True, slots=True)
class ReturnToQueue:
    """Take the thread from a person who has left it, back into the queue."""


@dataclass(frozen=True, slots=True)
class StopThem:
    """Write to nobody at this address any more. `how` is kept with the words as evidence."""

    how: Literal["words", "phrase", "answer", "privacy"]


@dataclass(frozen=True, slots=True)
class StartAgain:
    """The voter wants messages again."""

    how: Literal["words", "answer"]


@dataclass(frozen=True, slots=True)
class Record:
    """Remember something that the voter has told us: `what` is wrong_number or stance."""

    what: Literal["wrong_number", "stance"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Speak:
    """Go on in another language."""

    language: str


@dataclass(frozen=True, slots=True)
class Look:
    """Have something looked up by a worker; its result comes back as `heard.Result`."""

    effect: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Remind:
    """Come back at `due_at`; one timer of a kind per thread, the newest counts."""

    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Keep:
    """Erase what was typed and said in this step after `span`: it belongs to a form that is kept no longer."""

    span: timedelta


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop the timer of this kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class Silent:
    """Say nothing, and why."""

    why: str


Decision = (
    Disclose
    | List
    | Say
    | Ask
    | Offer
    | AskYesNo
    | Complete
    | CancelForm
    | HandOff
    | PassOn
    | Relay
    | Note
    | Board
    | ReturnToQueue
    | StopThem
    | StartAgain
    | Record
    | Speak
    | Look
    | Remind
    | Keep
    | Forget
    | Silent
)

SPEAKS = (Say, Ask, Offer, AskYesNo)
"""The decisions by which the bot itself says something."""


@dataclass(frozen=True, slots=True)
class Step:
    """The thread after what was heard, and what to do, in order."""

    thread: Thread
    decisions: tuple[Decision, ...]

    @property
    def speaks(self) -> bool:
        return any(isinstance(decision, SPEAKS) for decision in self.decisions)


_ACTS_OF_ENTRY: Mapping[str, str] = {
    "are_you_a_bot": "discloses_bot",
    "who_is_this": "identifies_sender",
    "crisis": "shows_crisis_help",
    "voting_problem": "shows_hotline",
    "stop_confirmed": "confirms_opt_out",
    "start_confirmed": "confirms_opt_in",
    "rephrase": "asks_to_rephrase",
    "voice_unheard": "asks_to_rephrase",
}
_ACKNOWLEDGED = frozenset({"thanks", "goodbye", "affirm", "deny", "greet_again", "noted"})


def acts(step: Step) -> list[str]:
    """Return what the step does in the words of `bot chat --json`, in order, each once."""
    found = [act for decision in step.decisions for act in _acts(decision)]
    return list(dict.fromkeys(found))


def _acts(decision: Decision) -> Iterator[str]:  # noqa: C901, PLR0912 -- one line for each decision, all in sight
    match decision:
        case Disclose():
            yield "discloses_bot"
        case Say(entry=entry, intent=intent):
            if entry in _ACKNOWLEDGED:
                yield "acknowledges"
            elif intent:
                yield f"answers:{intent}"
            if entry in _ACTS_OF_ENTRY:
                yield _ACTS_OF_ENTRY[entry]
        case Ask(slot=slot, how=how, corrected=corrected):
            if how == "corrected":
                yield f"corrects_slot:{corrected}"
            if how == "back":
                yield "resumes_form"
            yield f"asks_for:{slot}"
        case Offer(why="rephrase"):
            yield "asks_to_rephrase"
        case Offer() | AskYesNo():
            yield "offers_choice"
        case Complete():
            yield "completes_form"
        case CancelForm():
            yield "cancels_form"
        case HandOff():
            yield "hands_off"
        case Record(what="wrong_number"):
            yield "records_wrong_number"
        case Record(value=stance):
            yield f"records_stance:{stance}"
        case Speak(language=language):
            yield f"switches_language:{language}"
        case Silent():
            yield "silent"
        case List() | PassOn() | Relay() | Note() | Board() | ReturnToQueue() | StopThem() | StartAgain():
            pass
        case Look() | Remind() | Keep() | Forget():
            pass
        case _:
            assert_never(decision)
