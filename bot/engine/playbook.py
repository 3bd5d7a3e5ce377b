"""What the engine knows of the staff's files and settings: entries, forms, keywords, thresholds. No texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.engine.thread import Asking, Choosing

HELLO: Final = "greet"
"""What a voter who presses a bot's START for the first time hears."""
LANGUAGE_QUESTION: Final = "language_preference"
"""The entry that asks for the language: buttons for those that are offered stand below it."""
LANGUAGE_CHOICE: Final = "language:"
"""What such a button sends back, with the language behind it."""
REPLIES: Final = (
    "affirm",
    "already_waiting",
    "apology",
    "ask_again",
    "ask_resume",
    "ask_state",
    "ask_stop",
    "back_to_form",
    "bot_commands",
    "bot_profile",
    "bot_profile_short",
    "case_closed",
    "case_resolved",
    "case_unknown",
    "case_waiting",
    "case_with_person",
    "deny",
    "desk_back",
    "desk_introduction",
    "desk_released",
    "did_you_mean",
    "disclosure",
    "fact_checked",
    "fact_frozen",
    "form_cancelled",
    "handed_off",
    "help",
    "language_not_offered",
    "language_switched",
    "media_unread",
    "noted",
    "page_language",
    "private_only",
    "rephrase",
    "start_confirmed",
    "stop_confirmed",
    "two_requests",
    "voice_unheard",
    "wait_minutes",
    "wait_opening",
    "wait_today",
)
"""The replies that the engine itself needs; the staff's files must hold each of them."""


@dataclass(frozen=True, slots=True)
class Team:
    """Where an entry hands a thread to."""

    team: str
    priority: Literal["normal", "urgent"] = "normal"


@dataclass(frozen=True, slots=True)
class Window:
    """When an entry is said: from `opens` on, no longer from `closes` on; `then` is said outside of that."""

    opens: datetime | None = None
    closes: datetime | None = None
    then: str | None = None

    def is_open(self, at: datetime) -> bool:
        """Return whether the entry is said at `at`."""
        return (self.opens is None or at >= self.opens) and (self.closes is None or at < self.closes)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of `responses/`, as far as deciding goes."""

    name: str
    form: str | None = None
    go: str | None = None
    hand_off: Team | None = None
    choices: tuple[str, ...] = ()
    """The entries behind its buttons, in their order."""
    window: Window = Window()
    asks: bool = False
    """It asks the voter for something: money, time, a word to friends."""
    is_trouble: bool = False
    """Something bad has happened to who hears it: nobody there is asked for anything."""
    footer: str | None = None
    """The entry whose text may go below this one."""


@dataclass(frozen=True, slots=True)
class SlotQuestion:
    """One question of a form. `also` are types that may be given instead and fill the slot named like them."""

    slot: str
    type: str
    tries: int = 2
    also: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """CHOICE: option -> language -> label."""
    on_request: bool = False
    """Asked only where what was looked up needs it."""
    said_first: bool = False
    """The words that opened the form are the answer, where they tell the matter."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is said at the end of a form, and who takes over; or what is asked instead, once."""

    reply: str | None = None
    hand_off: Team | None = None
    ask: str | None = None
    """The slot that is asked for before anything is said; the second time the reply is said."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a filled form leads to: an outcome at once, or something looked up and the outcome for what came of it."""

    found: Outcome
    do: str | None = None
    not_found: Outcome | None = None
    """For whatever has no outcome of its own."""
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """Questions in order. `brief` is the entry said where the form cannot be run."""

    name: str
    ask: tuple[SlotQuestion, ...]
    done: Done
    confirm: tuple[str, ...] = ()
    """The slots that the confirmation repeats; empty where nothing is confirmed. It is skipped unless all were given."""
    expires: Mapping[str, timedelta] = field(default_factory=dict)
    brief: str | None = None
    keep: timedelta | None = None
    """So long what was typed is kept; None: as long as the thread."""

    def question(self, slot: str) -> SlotQuestion:
        """Return the question for `slot`; the confirmation is asked like one."""
        if slot == "confirmation":
            return SlotQuestion("confirmation", "yes_no")
        return next(question for question in self.ask if question.slot == slot)

    def asks(self, slot: str) -> bool:
        """Return whether there is a question for `slot`: staff may have taken it out since it was asked."""
        return bool(self.confirm) if slot == "confirmation" else any(question.slot == slot for question in self.ask)

    def life(self, channel: str) -> timedelta:
        """Return how long an open question stays open on `channel`."""
        return self.expires.get(channel, timedelta(minutes=30) if channel == "web" else timedelta(hours=24))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence on the engine acts. `bot nlu train` measures the first two; see `docs/understanding.md`."""

    answer: float = 0.60
    """A reading this sure is answered; two readings that are this sure together are offered to choose from."""
    offer: float = 0.35
    """Below it, and below the pair, the voter is asked for other words."""
    opt_out: float = 0.75
    """A reading this sure stops by itself; from `answer` on it is asked about."""
    opt_out_asks: float = 0.20
    """Beside a word about messages it is asked about from here on."""
    crisis: float = 0.15
    """Low on purpose: of 3,800 texts on other matters by hands kept out of training, about 20 are taken for a crisis."""


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """When a thread counts as one that talks to a machine; see `engine.loop`."""

    same: int = 3
    window: timedelta = timedelta(minutes=5)
    idle: int = 4
    quick: timedelta = timedelta(seconds=2)
    mute: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Playbook:
    """One published version of the staff's files together with the settings that decide."""

    languages: tuple[str, ...]
    entries: Mapping[str, Entry]
    forms: Mapping[str, Form]
    keywords: Mapping[str, str]
    """Plain whole message -> entry."""
    titles: Mapping[str, Mapping[str, str]]
    """Entry -> language -> the title that a choice shows."""
    danger: tuple[tuple[re.Pattern[str], str], ...]
    """Danger words, in the order of precedence -> entry."""
    topics: tuple[str, ...]
    """What is offered after something not understood."""
    varied: frozenset[str] = frozenset()
    """Entries with several wordings, which are said in turn."""
    thresholds: Thresholds = Thresholds()
    loop: LoopLimits = LoopLimits()
    answer_stopped: bool = True
    """A stopped voter who asks gets one direct answer."""
    hold: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(minutes=10)
    fallback_team: str = "general"
    disclose_every: timedelta = timedelta(days=7)

    def entry(self, name: str, at: datetime | None = None) -> Entry | None:
        """Return the entry called `name`, following `go` to where it leads.

        With a moment `at` it is the one that is said then: what has run out leads on to its `then`, and without one it
        has only its fallback to say, no form, no people, no buttons.
        """
        entry = self.entries.get(name)
        while entry is not None and (led := entry.go or self._then(entry, at)):
            entry = self.entries.get(led)
        if entry is None or at is None or entry.window.is_open(at):
            return entry
        return replace(entry, form=None, hand_off=None, choices=(), footer=None, asks=False)

    def _then(self, entry: Entry, at: datetime | None) -> str | None:
        return None if at is None or entry.window.is_open(at) else entry.window.then

    def asks(self, question: Asking) -> bool:
        """Return whether an open question of a form still stands in the staff's files."""
        form = self.forms.get(question.form)
        return form is not None and form.asks(question.slot)

    def offers(self, name: str) -> bool:
        """Return whether `name` may stand behind a button: any client can send any payload."""
        return name in (HELLO, *self.titles) or any(name in entry.choices for entry in self.entries.values())

    def danger_in(self, text: str) -> str | None:
        """Return the entry of the first danger words in `text`."""
        return next((entry for pattern, entry in self.danger if pattern.search(text)), None)


def expected_types(question: object, book: Playbook) -> tuple[str, ...]:
    """Return the types of value that would answer the open question, the wanted one first."""
    if isinstance(question, Asking):
        if not book.asks(question):
            return ()
        form = book.forms[question.form]
        wanted = form.question(question.slot)
        given = tuple(asked.type for asked in form.ask if asked.slot in question.slots)
        return (wanted.type, *wanted.also, *given, "zip")
    if isinstance(question, Choosing) and question.kind == "state":
        return ("yes_no", "state", "us_address", "zip")
    return ("yes_no", "number") if question else ()
