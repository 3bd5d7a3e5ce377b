"""A small playbook, and threads and messages in one line: what the engine's tests are told in."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.engine.heard import Words
from bot.engine.playbook import REPLIES, Done, Entry, Form, Outcome, Playbook, SlotQuestion, Team
from bot.engine.thread import Asking, Thread
from bot.message import Reading

NOW = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SURE = 0.95

FIND = Form(
    "find_place",
    ask=(SlotQuestion("address", "us_address", also=("state", "zip")),),
    confirm=("address",),
    done=Done(Outcome("place_link"), do="look_up_polling_place", not_found=Outcome(hand_off=Team("general"))),
    brief="place_link",
)
SIGN_UP = Form(
    "sign_up",
    ask=(
        SlotQuestion("name", "name"),
        SlotQuestion("zip", "zip"),
        SlotQuestion("what", "choice", options={"doors": {"en": "Knock on doors"}, "calls": {"en": "Make calls"}}),
    ),
    done=Done(Outcome("volunteer_thanks", Team("volunteers"))),
)
REPORT = Form(
    "report",
    ask=(SlotQuestion("where", "text"), SlotQuestion("details", "text")),
    done=Done(Outcome("report_noted", Team("protect", "urgent"))),
)
_OTHER = (
    "greet thanks goodbye opt_in opt_out subscribe_updates rumor_check wrong_number place_link volunteer_thanks".split()
)
_ENTRIES = (
    *(Entry(name) for name in (*REPLIES, *_OTHER, "report_noted", "are_you_a_bot", "express_support", "early_voting")),
    Entry("voting_hours", choices=("polling_place", "early_voting")),
    Entry("greet", choices=("polling_place", "voting_hours")),
    Entry("polling_place", form="find_place"),
    Entry("volunteer", form="sign_up"),
    Entry("report_problem", form="report"),
    Entry("poll_hours", go="voting_hours"),
    Entry("speak_to_human", hand_off=Team("general")),
    Entry("yard_sign", hand_off=Team("volunteers")),
    Entry("privacy_request", hand_off=Team("general")),
    Entry("voting_problem", hand_off=Team("protect", "urgent"), choices=("report_problem",)),
    Entry("crisis", hand_off=Team("urgent", "urgent")),
)
_TITLES = ("polling_place", "voting_hours", "early_voting", "volunteer", "speak_to_human")

BOOK = Playbook(
    languages=("en", "es"),
    entries={entry.name: entry for entry in _ENTRIES},
    forms={form.name: form for form in (FIND, SIGN_UP, REPORT)},
    keywords={
        "person": "speak_to_human",
        "hours": "voting_hours",
        "*": "are_you_a_bot",
        "never mind": "form_cancelled",
    },
    titles={name: {"en": name.replace("_", " ").capitalize()} for name in _TITLES},
    danger=(
        (re.compile("kill myself", re.IGNORECASE), "crisis"),
        (re.compile("turned away", re.IGNORECASE), "voting_problem"),
    ),
    topics=("polling_place", "voting_hours", "speak_to_human"),
    varied=frozenset({"thanks"}),
)


def thread(**known: Any) -> Thread:
    """Return an English thread in which the bot has said that it is one, with what is `known` besides."""
    return replace(Thread(1, "sms", "en", language_sure=True, disclosed_at=NOW - timedelta(days=1)), **known)


def asking(form: Form, slot: str, tries: int = 0, **slots: str) -> Asking:
    """Return the open question for `slot` of `form`, just put."""
    return Asking(form.name, slot, slots, NOW, tries)


def words(
    text: str = "hm",
    intent: str = "",
    sure: float = SURE,
    *,
    second: tuple[str, float] = ("", 0.0),
    in_scope: bool | None = None,
    language: str | None = None,
    values: Mapping[str, str] | None = None,
    at: datetime = NOW,
    **known: Any,
) -> Words:
    """Return a voter's message; without an intent it is like nothing that the classifier was taught."""
    scope = bool(intent) if in_scope is None else in_scope
    return Words(text, Reading(intent, sure if intent else 0.0, *second, scope, language, values or {}), at, **known)
