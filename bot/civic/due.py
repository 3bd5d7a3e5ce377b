"""What staff should look at soon: checks that end, elections that come, pages that fail, laws that may change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.civic.facts import OfficialFacts, earliest_day, file_hash, in_file, zones
from bot.civic.states import Watch, state_file
from bot.official import ELECTION_FIELDS, FACT_KINDS, HOTLINES, NATION, LinkOnly, Why, kind_of

BEFORE_ELECTION = timedelta(60)
"""So long before an election every fact of its state should be checked."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing to do, and why."""

    state: str
    key: str
    why: str


def looked_after(facts: OfficialFacts) -> tuple[str, ...]:
    """Return the states that staff have begun with: something is checked or an election entered."""
    begun = {state for state, _ in facts.records.checks} | {*facts.records.elections}
    return tuple(sorted(begun - {NATION}))


def due(facts: OfficialFacts, states: Iterable[str], at: datetime, within: timedelta) -> list[Due]:
    """Return what falls due within a span in these states, and for the whole nation."""
    found = [
        one for state in states for one in (*_of_facts(facts, state, at, within), *_of_state(facts, state, at, within))
    ]
    if not facts.practice:
        for language in HOTLINES:
            found += _one(facts, NATION, f"hotline.{language}", at, within, wanted=True)
    return sorted(found)


def watched(states: Iterable[str]) -> list[Watch]:
    """Return the court cases, acts and votes that can change facts in these states."""
    wanted = set(states)
    return [watch for watch in state_file().watch if not watch.where or wanted & set(watch.where)]


def _of_facts(facts: OfficialFacts, state: str, at: datetime, within: timedelta) -> Iterator[Due]:
    coming = facts.next_election(state, at)
    soon = coming is not None and coming.day - earliest_day(state, at) <= BEFORE_ELECTION
    for key in FACT_KINDS:
        known = in_file(state, key) is not None or key in state_file().states[state].unconfirmed or key == "in_line"
        yield from _one(facts, state, key, at, within, wanted=soon and known)


def _one(facts: OfficialFacts, place: str, key: str, at: datetime, within: timedelta, *, wanted: bool) -> Iterator[Due]:
    check, kind, said = facts.records.checks.get((place, key)), kind_of(key), facts.say(place, key, at)
    assert kind is not None
    if check is None:
        if wanted:
            yield Due(place, key, "not checked yet")
        return
    ends = check.at + kind.lasts
    day = ends.astimezone(zones(place)[0]).date()
    if isinstance(said, LinkOnly):
        match said.reason:
            case Why.FROZEN:
                yield Due(place, key, f"frozen: {facts.records.freezes[place, key].words}")
            case Why.EXPIRED:
                yield Due(place, key, f"the check ended on {day}")
            case Why.UNCHECKED if check.file_hash != file_hash(in_file(place, key)):
                yield Due(place, key, "the state file has another value since the check")
            case reason:
                yield Due(place, key, reason)
        return
    if ends <= at + within:
        yield Due(place, key, f"the check ends on {day}")
    found = in_file(place, key)
    lasts = [one for one in (check.valid_until, found.valid_until if found else None) if one is not None]
    if lasts and min(lasts) <= earliest_day(place, at) + within:
        yield Due(place, key, f"holds until {min(lasts)}")


def _of_state(facts: OfficialFacts, state: str, at: datetime, within: timedelta) -> Iterator[Due]:
    coming = facts.next_election(state, at)
    if coming is not None:
        shortest = min(lasts for name, (_, lasts) in ELECTION_FIELDS.items() if name in coming.fields or name == "day")
        ends = coming.checked_on + shortest
        if ends <= earliest_day(state, at) + within and ends <= coming.day:
            yield Due(state, f"election {coming.day}", f"read on {coming.checked_on}; its dates are said until {ends}")
    for (place, name), health in sorted(facts.records.links.items()):
        if place == state and health.failures:
            times = "once" if health.failures == 1 else f"{health.failures} times in a row"
            yield Due(state, f"link {name}", f"could not be opened {times}: {health.status}")
