"""Whole lives of a thread, made up by Hypothesis: what a voter, volunteers, workers and the clock may do, in any order.

The columns that the store owns (owner, epoch, stop, waiting) change here as the store changes them: some at once, when an
event is accepted, while the engine hears of it later.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from support.playbooks import BOOK, NOW

from bot.engine.decision import (
    SPEAKS,
    Decision,
    Forget,
    Look,
    Purpose,
    Remind,
    ReturnToQueue,
    Say,
    StartAgain,
    Step,
    StopThem,
)
from bot.engine.gate import Leaving, Standing, Verdict, may_leave
from bot.engine.heard import Acted, Due, Heard, Result, Words
from bot.engine.rules import decide
from bot.engine.thread import Stop, Thread, from_json, to_json
from bot.message import ActKind, Reading, Word


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens. `later`: the engine hears of it only together with the next one."""

    kind: str
    what: Any = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the engine: what it was asked, what it decided, and what of that the gate lets out."""

    before: Thread
    heard: Heard
    step: Step
    now: datetime
    stopped: Stop | None
    """The stop in force once the step is applied."""
    leaves: tuple[Decision, ...]


@dataclass
class Life:
    """Plays events as the store would."""

    moments: list[Moment] = field(default_factory=list)
    thread: Thread = field(default_factory=lambda: Thread(1, "sms", "en"))
    now: datetime = NOW
    case_open: bool = False
    _heard: list[Heard] = field(default_factory=list)
    _looks: list[Result] = field(default_factory=list)
    _timers: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def play(self, events: Sequence[Event]) -> list[Moment]:
        for event in events:
            heard = getattr(self, f"_{event.kind}")(event.what)
            if heard is not None:
                self._heard.append(heard)
            if not event.later:
                self._think()
        self._think()
        return self.moments

    # --- what happens at once ---------------------------------------------------------------------------------------

    def _words(self, words: Callable[[datetime], Words]) -> Words:
        self.now += timedelta(seconds=1)
        heard = words(self.now)
        provider = heard.answered_by_provider and "twilio"
        if heard.carrier is Word.STOP:
            self._stop(provider)
        elif heard.carrier is Word.START and self.thread.stopped and (provider or not self.thread.stopped.held_by):
            self._columns(stopped=None, epoch=self.thread.epoch + 1)
        return heard

    def _stopped_elsewhere(self, _what: None) -> None:
        self._stop(None)

    def _stop(self, provider: str | None) -> None:
        old = self.thread.stopped
        stop = Stop(old.at if old else self.now, (old and old.held_by) or provider)
        self._columns(stopped=stop, epoch=self.thread.epoch + 1)

    def _act(self, what: tuple[ActKind, str]) -> Acted | None:
        kind, who = what
        epoch, owner = self.thread.epoch + 1, self.thread.owner
        if kind is ActKind.CLAIM and owner is None:
            self._columns(owner=who, epoch=epoch, waiting_since=None)
            self.case_open = True
        elif kind is ActKind.RELEASE and owner == who:
            self._columns(owner=None, epoch=epoch, waiting_since=self.now)
        elif kind is ActKind.RESOLVE and owner in (None, who) and self.case_open:
            self._columns(owner=None, epoch=epoch, waiting_since=None)
            self.case_open = False
        elif (
            kind is ActKind.CLAIM
            or kind in (ActKind.RELEASE, ActKind.RESOLVE)
            or (kind is ActKind.SAY and owner != who)
        ):
            return None
        return Acted(kind, who, who.title(), "words of a person", self.now)

    def _result(self, outcome: str) -> Result | None:
        return replace(self._looks.pop(0), outcome=outcome) if self._looks else None

    def _wait(self, span: timedelta) -> None:
        self.now += span
        for kind, (due, epoch) in list(self._timers.items()):
            if due <= self.now:
                del self._timers[kind]
                self._heard.append(Due(kind, epoch))

    def _columns(self, **changed: Any) -> None:
        self.thread = replace(self.thread, **changed)

    # --- what the engine is asked, and what becomes of its step -----------------------------------------------------

    def _think(self) -> None:
        while self._heard:
            heard = self._heard.pop(0)
            before = self.thread
            step = decide(before, heard, BOOK, self.now)
            self._apply(step)
            stopped = self.thread.stopped
            leaves = tuple(decision for decision in step.decisions if self._may_leave(decision, step))
            self.moments.append(Moment(before, heard, step, self.now, stopped, leaves))

    def _apply(self, step: Step) -> None:
        kept = self.thread
        memory = json.loads(json.dumps(to_json(step.thread)))
        self.thread = from_json(
            memory,
            id=1,
            channel="sms",
            language="en",
            owner=kept.owner,
            epoch=kept.epoch,
            waiting_since=step.thread.waiting_since,
            stopped=kept.stopped,
        )
        self.case_open = self.case_open or step.thread.waiting_since is not None
        for decision in step.decisions:
            match decision:
                case StopThem():
                    self._stop(None)
                case StartAgain() if self.thread.stopped and not self.thread.stopped.held_by:
                    self._columns(stopped=None, epoch=self.thread.epoch + 1)
                case ReturnToQueue():
                    self._columns(owner=None, epoch=self.thread.epoch + 1)
                case Look(effect=effect, slots=slots):
                    self._looks.append(Result(effect, kept.epoch, "found", slots))
                case Remind(kind=kind, due_at=due_at):
                    self._timers[kind] = (due_at, kept.epoch)
                case Forget(kind=kind):
                    self._timers.pop(kind, None)
                case _:
                    pass

    def _may_leave(self, decision: Decision, step: Step) -> bool:
        if not isinstance(decision, SPEAKS):
            return False
        purpose, one = purpose_of(decision), self.thread
        asked_at = step.thread.heard_at if purpose is not Purpose.NOTICE else None
        standing = Standing(
            epoch=one.epoch,
            owner=one.owner,
            stopped_at=one.stopped and one.stopped.at,
            held_by=one.stopped and one.stopped.held_by,
            practice=False,
            reaches_people=True,
            is_test_address=False,
            answer_stopped=True,
        )
        return may_leave(Leaving(purpose, one.epoch, asked_at), standing, self.now).verdict is Verdict.LEAVE


def purpose_of(decision: Decision) -> Purpose:
    return decision.purpose if isinstance(decision, Say) else Purpose.ANSWER


# --- what may happen --------------------------------------------------------------------------------------------------

_TEXTS = st.sampled_from(
    [
        *(
            "STOP",
            "alto",
            "START",
            "HELP",
            "yes",
            "no",
            "1",
            "2",
            "español",
            "never mind",
            "person",
            "hours",
            "",
            "???",
        ),
        *("please stop texting me", "i will kill myself", "we were turned away", "delete my data", "where do i vote"),
        *("and in Texas?", "12 Oak St 62701", "no, 62704", "Maria", "make calls", "less messages", "out of office"),
    ]
) | st.text(max_size=12)
_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "yes_no": st.sampled_from(["yes", "no"]),
        "number": st.sampled_from(["1", "2", "9"]),
        "us_address": st.sampled_from(["12 Oak St, 62701", "9 Elm St, 62704"]),
        "zip": st.sampled_from(["62701", "62704"]),
        "state": st.sampled_from(["IL", "TX"]),
        "date": st.just("saturday"),
        "name": st.just("Maria"),
        "language": st.sampled_from(["en", "es", "fr"]),
    },
)
_OPENING = ["polling_place", "volunteer", "report_problem"]
"""What opens a form: often, or hardly a life would have one."""
_INTENTS = st.sampled_from(_OPENING) | st.sampled_from([*sorted(BOOK.entries), "abuse", "weather", ""])
_SHARES = st.sampled_from([0.99, 0.6, 0.5, 0.35, 0.2, 0.0])
_IN_SCOPE = st.sampled_from([True, True, False])
_READINGS = st.builds(
    Reading, _INTENTS, _SHARES, _INTENTS, _SHARES, _IN_SCOPE, st.sampled_from([None, "en", "es", "fr"]), _VALUES
)
_CHOICES = (
    st.none()
    | st.none()
    | st.sampled_from(["yes", "no", "calls", "go:polling_place", "go:volunteer", "go:report_problem", "go:x"])
)


@st.composite
def _words(draw: st.DrawFn) -> Callable[[datetime], Words]:
    text, reading, choice = draw(_TEXTS), draw(_READINGS), draw(_CHOICES)
    media, app = draw(st.integers(0, 1)), draw(st.sampled_from([None, "es"]))
    provider = draw(st.sampled_from([None] * 12 + list(Word)))
    return lambda at: Words(text, reading, at, provider, choice, media, app)


_WHO = st.sampled_from(["maria", "joe"])
_ACTS = st.sampled_from([kind for kind in ActKind if kind is not ActKind.UNDO])
_SPANS = st.sampled_from(
    [timedelta(seconds=5), timedelta(minutes=11), timedelta(hours=2), timedelta(days=1.5), timedelta(days=8)]
)
_LATER = st.sampled_from([False, False, True])
_SAYS = st.builds(Event, st.just("words"), _words(), _LATER)
_WAITS = st.builds(Event, st.just("wait"), _SPANS, _LATER)
_RESULTS = st.builds(Event, st.just("result"), st.sampled_from(["found", "missing"]), _LATER)
_EVENTS = st.one_of(
    *(_SAYS, _SAYS, _SAYS, _SAYS, _SAYS, _WAITS, _RESULTS),
    st.builds(Event, st.just("act"), st.tuples(_ACTS, _WHO), _LATER),
    st.builds(Event, st.just("stopped_elsewhere")),
)


def _said(text: str, intent: str = "", provider: Word | None = None, sure: float = 0.99, **values: str) -> Event:
    reading = Reading(intent, sure, in_scope=bool(intent), values=values)
    return Event("words", lambda at: Words(text, reading, at, provider))


_CLAIMED = Event("act", (ActKind.CLAIM, "maria"))
BEGINNINGS: Sequence[Sequence[Event]] = [
    [],
    [_said("where", "polling_place")],
    [_said("where", "polling_place"), _said("help out", "volunteer"), _said("trouble", "report_problem")],
    [_said("a person", "speak_to_human"), _CLAIMED],
    [_said("where", "polling_place"), _CLAIMED, Event("act", (ActKind.SAY, "maria"))],
    [_CLAIMED, Event("act", (ActKind.SAY, "maria")), _said("STOP")],
    [_said("where", "polling_place"), _said("STOP")],
    [_said("STOP", provider=Word.STOP)],
    [_said("STOP"), _said("where", "polling_place"), _said("when", "voting_hours")],
    [_said("where", "polling_place"), _said("hm hm")],
    [_said("where", "polling_place", state="IL"), _CLAIMED, Event("result", "found")],
    [_CLAIMED, _said("we were turned away"), _said("delete my data", "privacy_request")],
    [_said("these texts", "opt_out", sure=0.4), _CLAIMED, _said("no", yes_no="no")],
    [_said("where", "polling_place"), _CLAIMED, Event("stopped_elsewhere"), Event("act", (ActKind.RESOLVE, "maria"))],
    [*[_said("out of office")] * 3, _said("out of office again")],
    [_said("hm hm")],
]
"""Where it gets interesting; chance alone seldom comes so far."""

lives = st.builds(
    lambda first, then: Life().play([*first, *then]),
    st.sampled_from(BEGINNINGS),
    st.lists(_EVENTS, min_size=6, max_size=20),
)
"""The moments of a whole life."""
