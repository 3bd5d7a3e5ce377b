"""Bring the staff's entries and forms into the engine's playbook."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta, tzinfo

from bot.content.conditions import window
from bot.content.entries import AskSpec, EntrySpec, FormSpec, HandOffSpec, OutcomeSpec
from bot.content.library import Library
from bot.content.promises import NEVER_ASKS
from bot.content.template import names_in
from bot.engine.playbook import (
    Done,
    Entry,
    Form,
    Outcome,
    Playbook,
    SlotQuestion,
    Team,
    Thresholds,
)
from bot.engine.words import whole

PRECEDENCE = ("crisis", "opt_out", "voting_problem", "wrong_number", "privacy_request", "speak_to_human")
"""Which intent is heard first where a message holds danger words of several."""


def playbook(
    library: Library,
    *,
    languages: tuple[str, ...],
    topics: tuple[str, ...],
    thresholds: Thresholds,
    answer_stopped: bool = True,
    hold: timedelta = timedelta(seconds=5),
    lease: timedelta = timedelta(minutes=10),
    fallback_team: str = "general",
    zone: tzinfo = UTC,
) -> Playbook:
    """Return what the engine may know of `library`; its windows of time are local to `zone`."""
    entries = {name: placed.spec for name, placed in library.entries.items()}
    return Playbook(
        languages=languages,
        entries={name: _entry(name, spec, zone) for name, spec in entries.items()},
        forms={name: _form(name, placed.spec) for name, placed in library.forms.items()},
        keywords={whole(word): name for name, spec in entries.items() for word in spec.keywords},
        titles={name: spec.title for name, spec in entries.items() if spec.title},
        danger=tuple(_danger(entries)),
        topics=tuple(topic for topic in topics if topic in entries),
        varied=frozenset(name for name, spec in entries.items() if _varies(spec)),
        thresholds=thresholds,
        answer_stopped=answer_stopped,
        hold=hold,
        lease=lease,
        fallback_team=fallback_team,
    )


def danger_pattern(words: str) -> str:
    """Return the regular expression for danger words as staff write them: `*` ends a word that may go on."""
    parts = [re.escape(part).replace(r"\*", r"\w*") for part in words.casefold().split()]
    return r"\b" + r"\s+".join(parts) + (r"\b" if not words.endswith("*") else "")


def _danger(entries: Mapping[str, EntrySpec]) -> Iterator[tuple[re.Pattern[str], str]]:
    def order(name: str) -> tuple[int, str]:
        return (PRECEDENCE.index(name) if name in PRECEDENCE else len(PRECEDENCE), name)

    for name in sorted((name for name, spec in entries.items() if spec.always), key=order):
        pattern = "|".join(danger_pattern(words) for words in entries[name].always)
        yield re.compile(pattern, re.IGNORECASE), name


def _entry(name: str, spec: EntrySpec, zone: tzinfo) -> Entry:
    hand_off = _team(spec.hand_off)
    return Entry(
        name=name,
        form=spec.form,
        go=spec.go,
        hand_off=hand_off,
        window=window(spec, zone),
        asks=spec.does == "ask",
        is_trouble=name in NEVER_ASKS or (hand_off is not None and hand_off.priority == "urgent"),
        footer=spec.footer,
        choices=tuple(button.go for button in spec.buttons if button.go is not None),
    )


def _form(name: str, spec: FormSpec) -> Form:
    found = Outcome(spec.done.reply, _team(spec.done.hand_off))
    slots = {slot.removeprefix("slot.") for text in spec.confirm.values() for slot in names_in(text)[0]}
    return Form(
        name=name,
        ask=tuple(_question(ask) for ask in spec.ask),
        done=Done(
            found=found,
            do=spec.done.do,
            not_found=_outcome(spec.done.not_found) if spec.done.not_found is not None else None,
            outcomes={name: _outcome(outcome) for name, outcome in spec.done.outcomes.items()},
        ),
        confirm=tuple(ask.slot for ask in spec.ask if ask.slot in slots),
        expires=spec.expires,
        brief=spec.brief,
        keep=spec.keep,
    )


def _question(ask: AskSpec) -> SlotQuestion:
    return SlotQuestion(
        slot=ask.slot,
        type=ask.type,
        tries=ask.tries,
        also=tuple(ask.also),
        options={option.name: option.label for option in ask.options},
        on_request=ask.on_request,
        said_first=ask.said_first,
    )


def _outcome(spec: OutcomeSpec) -> Outcome:
    return Outcome(spec.reply, _team(spec.hand_off), spec.ask)


def _team(spec: HandOffSpec | None) -> Team | None:
    return None if spec is None else Team(spec.team, spec.priority)


def _varies(spec: EntrySpec) -> bool:
    wordings = [spec.text or {}, *(when.text for when in spec.when)]
    return any(isinstance(text, list) for texts in wordings for text in texts.values())
