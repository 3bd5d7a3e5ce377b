"""Look-ups of polling places: which of a service's answers may be said, and what is said where there is none."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from hashlib import blake2b
from time import monotonic
from typing import Any, Final

import structlog

from bot import metrics
from bot.breaker import Breaker
from bot.civic.facts import states, zones
from bot.civic.polling.answers import Address, Answer, Down, Election, Found, Missing, Place, Source
from bot.civic.polling.gate import gated
from bot.official import NATION
from bot.ports import LOOK_UP_SLOTS, Kept, LookedUp

KEEPS: Final = timedelta(hours=24)
"""The longest that an answer is kept: officials move places days before an election, and Google's terms say so too."""
_MOST_PLACES: Final = 3
_MOST_ELECTIONS: Final = 5
log = structlog.get_logger()


class LinkOnlyLookup:
    """No service is set up: the reply is the official link."""

    def look_up(self, slots: Mapping[str, str]) -> LookedUp:
        """Return that nothing was looked up; the state stays with the voter for the link."""
        metrics.look_ups.labels("link", "missing").inc()
        return LookedUp("missing", slots)


class Guarded:
    """A service with its breaker: one that has failed several times in a row is left alone for a while."""

    def __init__(
        self,
        make: Callable[[Callable[[str], None]], Source],
        breaker: Breaker | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Guard what `make` returns; it is handed what hears of each try that failed on the line."""
        self._breaker, self._clock = breaker or Breaker(clock), clock
        self._until = 0.0  # until when the service itself has asked to be left alone
        self.source = make(self.hurt)
        metrics.look_up_open.labels(self.source.name).set(0)

    def lookup(self, address: Address, election: str | None) -> Answer:
        """Return the service's answer; `Down` at once while it is left alone."""
        if self._clock() < self._until or (self._breaker.is_open and not self._breaker.may_try()):
            return Down("left_alone")
        began = self._clock()
        answer = self.source.lookup(address, election)
        metrics.look_up_seconds.labels(self.source.name).observe(self._clock() - began)
        if not isinstance(answer, Down):
            self._worked()
        else:
            log.warning(
                "look_up_failed", by=self.source.name, reason=answer.reason, state=address.state, zip=address.zip
            )
            if answer.wait_s:
                self._until = self._clock() + answer.wait_s
            elif answer.reason in ("refused", "malformed", "too_many"):
                self.hurt(answer.reason)  # what broke on the line has been counted try by try
        return answer

    def hurt(self, reason: str) -> None:
        """Count a try that failed."""
        if self._breaker.failed():
            metrics.look_up_open.labels(self.source.name).set(1)
            log.error("look_ups_left_alone", by=self.source.name, reason=reason, effect="voters get the official link")

    def _worked(self) -> None:
        if self._breaker.worked():
            metrics.look_up_open.labels(self.source.name).set(0)
            log.info("look_ups_came_back", by=self.source.name)


class PollingPlaces:
    """Asks the services in their order; a later one only where those before it are down."""

    def __init__(
        self,
        services: Sequence[Guarded],
        kept: Kept,
        key: bytes,
        now: Callable[[], datetime],
        votes_on: Callable[[str, date], bool] = lambda state, day: False,
    ) -> None:
        """Keep answers in `kept` under hashes with `key`; `votes_on` says whether staff know of an election that day."""
        self._services, self._kept, self._key, self._now, self._votes_on = services, kept, key, now, votes_on
        self._seen: set[tuple[str, date]] = set()
        """Election days that the services themselves have named, by state."""

    def look_up(self, slots: Mapping[str, str]) -> LookedUp:
        """Return what may be said for the address in `slots`; the state's link goes with all of it."""
        state = slots.get("state", "")
        today = _day_in(state, self._now())
        by, outcome, said = self._judged(slots, state, today)
        if outcome in ("not_posted", "unread", "nothing", "down") and self._is_election_day(state, today):
            outcome = "election_day"
        metrics.look_ups.labels(by, outcome).inc()
        return LookedUp(outcome, {**slots, **dict.fromkeys(LOOK_UP_SLOTS, ""), **said})

    def lookup(self, address: Address, election: str | None = None) -> Answer:
        """Return the first answer that is one, kept or fresh; never raises."""
        answer: Answer = Down("no_service")
        for service in self._services:
            name = service.source.name
            key = _hashed(self._key, name, address, election)
            if (text := self._kept.get(key)) is not None:
                return _from_json(text)
            answer = service.lookup(address, election)
            if isinstance(answer, Found):
                keeps = min(KEEPS, timedelta(seconds=answer.keep_s)) if answer.keep_s is not None else KEEPS
                if keeps and answer.election is not None:
                    self._kept.put(key, _to_json(answer), answer.fetched_at + keeps)
                return answer
            if isinstance(answer, Missing):
                return answer
        return answer

    # --- what may be said ---------------------------------------------------------------------------------------------

    def _judged(self, slots: Mapping[str, str], state: str, today: date) -> tuple[str, str, Mapping[str, str]]:
        """Return who answered, the outcome, and what the reply names."""
        if not slots.get("address"):
            return "gate", "no_address", {}
        address = gated(slots["address"], state)
        if address is None:
            return "gate", "unread", {}
        chosen = _chosen(slots)
        answer = self.lookup(address, chosen)
        match answer:
            case Missing(reason):
                return self._services[0].source.name, reason, {}
            case Down():
                return self._services[0].source.name, "down", {}
            case Found():
                return (answer.source, *self._sayable(answer, state, today, chosen))

    def _sayable(self, answer: Found, state: str, today: date, chosen: str | None) -> tuple[str, Mapping[str, str]]:
        """Return the outcome for an answer: only official places of the state that was asked about, never of the past."""
        election = answer.election
        if answer.states != {state}:
            return "nothing", {}
        for one in (election, *answer.others):
            if one is not None and one.day >= today:
                self._seen.add((state, one.day))
        others = [one for one in answer.others if one.day >= today]
        if chosen is None and election is not None and (found := _upcoming(election, others, today))[1:]:
            outcome = "several" if self._can_choose(answer.source) else "several_listed"
            return outcome, {"elections": _listed(found), "election_ids": " ".join(one.id for one in found)}
        if election is None or election.day < today:
            return "not_posted", {}
        return _places_of(answer, election, state, today)

    def _can_choose(self, name: str) -> bool:
        return any(service.source.can_choose for service in self._services if service.source.name == name)

    def _is_election_day(self, state: str, today: date) -> bool:
        return (state, today) in self._seen or self._votes_on(state, today)


def _day_in(state: str, at: datetime) -> date:
    """Return which day it is where most people of the state live."""
    return at.astimezone(zones(state if state in states() else NATION)[0]).date()


def _places_of(answer: Found, election: Election, state: str, today: date) -> tuple[str, Mapping[str, str]]:
    places, early, dropoff = (_sure(group, state, today) for group in (answer.places, answer.early, answer.dropoff))
    said = {
        "election_name": election.name or election.day.isoformat(),
        "place": _lines(places[:1]),
        "places": _lines(places[:_MOST_PLACES]),
        "early": _lines(early[:_MOST_PLACES]),
        "dropoff": _lines(dropoff[:_MOST_PLACES], hours=False),
    }
    if answer.mail_only:
        return ("mail_only_dropoff" if dropoff else "mail_only"), said
    if not places:
        return ("early_only" if early else "not_posted"), said
    if answer.notice or any(place.notice for place in places):
        return "found_notice", said
    return ("found_many" if len(places) > 1 else "found"), said


def _sure(places: Iterable[Place], state: str, today: date) -> list[Place]:
    """Return the places that may be named: official, whole, in the state, and not closed for good."""
    return [
        place
        for place in places
        if place.official
        and place.line
        and place.town
        and place.state in ("", state)
        and (place.ends is None or place.ends >= today)
    ]


def _upcoming(election: Election, others: Sequence[Election], today: date) -> list[Election]:
    found = {one.id: one for one in (election, *others) if one.day >= today}
    return sorted(found.values(), key=lambda one: (one.day, one.name))[:_MOST_ELECTIONS]


def _listed(elections: Sequence[Election]) -> str:
    names = [one.name or one.day.isoformat() for one in elections]
    shown = [
        f"{name} ({one.day.isoformat()})" if names.count(name) > 1 and one.name else name
        for name, one in zip(names, elections, strict=True)
    ]
    return "\n".join(f"{number} {name}" for number, name in enumerate(shown, 1))


def _chosen(slots: Mapping[str, str]) -> str | None:
    """Return the election that the voter has picked by its number in the list; None for none, or one that was not there."""
    numbers, picked = slots.get("election_ids", "").split(), slots.get("election", "")
    at = int(picked) - 1 if picked.isascii() and picked.isdecimal() else -1
    return numbers[at] if 0 <= at < len(numbers) else None


def _lines(places: Sequence[Place], *, hours: bool = True) -> str:
    return "\n".join(line for place in places for line in _of(place, hours=hours))


def _of(place: Place, *, hours: bool) -> list[str]:
    where = ", ".join(part for part in (place.name, place.line, place.town) if part)
    return [where, place.hours] if hours and place.hours else [where]


# --- what is kept -----------------------------------------------------------------------------------------------------


def _hashed(key: bytes, source: str, address: Address, election: str | None) -> bytes:
    """Return the keyed hash under which an answer is kept: without the key nobody can try addresses against it."""
    asked = "\x00".join(("look_up", source, election or "", address.text.casefold()))
    return blake2b(asked.encode(), key=key, digest_size=16).digest()


def _to_json(answer: Found) -> str:
    return json.dumps(
        asdict(answer), default=lambda value: sorted(value) if isinstance(value, frozenset) else value.isoformat()
    )


def _from_json(text: str) -> Found:
    row: dict[str, Any] = json.loads(text)
    return Found(
        **row
        | {
            "fetched_at": datetime.fromisoformat(row["fetched_at"]),
            "election": row["election"] and _election(row["election"]),
            "others": tuple(map(_election, row["others"])),
            "states": frozenset(row["states"]),
        }
        | {name: tuple(map(_place, row[name])) for name in ("places", "early", "dropoff")}
    )


def _election(row: Mapping[str, Any]) -> Election:
    return Election(row["id"], row["name"], date.fromisoformat(row["day"]))


def _place(row: Mapping[str, Any]) -> Place:
    days: dict[str, Any] = {name: row[name] and date.fromisoformat(row[name]) for name in ("starts", "ends")}
    return Place(**{**row, **days})
