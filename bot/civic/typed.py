"""What staff type about facts and elections, into values: each mistake is one sentence with the way out."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from bot.civic.places import state_in, state_like
from bot.civic.states import is_official, state_file
from bot.content.trouble import did_you_mean, listed
from bot.official import ELECTION_FIELDS, FACT_KINDS, HOTLINES, NATION, Kind

MAX_PAGE = 100
"""A page stands behind the fact, in a text message of two segments."""
_EXAMPLES = {
    "time": "06:30",
    "deadline": "2026-10-05 or '2026-10-05 17:00'",
    "day": "2026-11-03",
    "phone": "866-687-8683",
    "codes": "es zh",
}


class NotRead(ValueError):
    """What was typed makes no sense; the message says what does."""


def place_named(text: str) -> str:
    """Return the code of a state by its code or name; US for the whole nation."""
    said = text.strip()
    if said.upper() in (NATION, *state_file().states):
        return said.upper()
    if found := state_in(said, expected=True):
        return found
    like = state_like(said)
    hint = f" Did you mean {like} ({state_file().states[like].name})?" if like else " Write it like OH."
    raise NotRead(f"no state is called '{said}'.{hint}")


def keys_of(place: str) -> tuple[str, ...]:
    """Return the keys of the facts that can be checked in a place."""
    return tuple(f"hotline.{language}" for language in HOTLINES) if place == NATION else tuple(FACT_KINDS)


def key_named(place: str, text: str, more: Iterable[str] = ()) -> str:
    """Return the key of a fact of a place as it was typed, or one of `more`."""
    known = (*keys_of(place), *more)
    said = text.strip().removeprefix("fact.")
    if said not in known:
        where = "for the whole nation (US)" if place == NATION else f"for {place}"
        raise NotRead(f"no fact {where} is called '{said}'.{did_you_mean(said, known) or f' Known: {listed(known)}'}")
    return said


ELECTION_KEYS = ("election", *(f"election.{name}" for name in ELECTION_FIELDS))


def value_typed(kind: Kind, text: str) -> dict[str, str]:
    """Return the value of a fact: one word, or its fields in their order with a dash or blank between."""
    names = list(kind.fields)
    said = text.strip()
    if kind.fields[names[0]] in ("codes", "phone") or len(names) == 1:
        parts = [said]
    else:
        parts = re.split(r"\s*(?:-|–|\bto\b)\s*", said)  # noqa: RUF001 -- people type both
        parts = said.split() if len(parts) == 1 else parts
    if len(parts) != len(names):
        raise NotRead(f"'{said}' does not say {listed(names)}; write it like {example(kind)}")
    value = {name: _part(kind.fields[name], part) for name, part in zip(names, parts, strict=True)}
    if "open" in value and value["open"] >= value["close"]:
        raise NotRead(f"'{said}' opens at {value['open']} and closes at {value['close']}; write it like 06:30-19:30")
    return value


def told_value(value: Mapping[str, str]) -> str:
    """Return a value as it is typed."""
    return "-".join(value.values())


def example(kind: Kind) -> str:
    """Return how a value of this kind is typed."""
    if tuple(kind.fields) == ("open", "close"):
        return "06:30-19:30"
    ((_, words),) = kind.fields.items()
    return listed(words) if isinstance(words, tuple) else _EXAMPLES[words]


def election_typed(name: str, text: str) -> tuple[str, str]:
    """Return a field of an election with its value."""
    if name not in ELECTION_FIELDS or name in ("name", "day"):
        known = [field for field in ELECTION_FIELDS if field not in ("name", "day")]
        hint = did_you_mean(name, known) or f" Known: {listed(known)}"
        raise NotRead(f"an election has no '{name}'.{hint}")
    return name, _part(ELECTION_FIELDS[name][0], text.strip())


def day_typed(text: str) -> date:
    """Return a day written like 2026-11-03."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise NotRead(f"'{text}' is no day; write it like 2026-11-03")
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise NotRead(f"there is no day {text.strip()}") from None


def moment_typed(text: str) -> datetime:
    """Return a local moment written like 2026-11-03 20:00; a day alone is its beginning."""
    day, _, hour = text.strip().replace("T", " ").partition(" ")
    return datetime.combine(day_typed(day), time.fromisoformat(_part("time", hour)) if hour else time())


def page_typed(text: str, place: str) -> str:
    """Return a page on which a fact stands: https, short enough, and for a state on a host of a government."""
    page = text.strip()
    if not re.fullmatch(r"https://[^\s/]+\.[^\s]+", page):
        raise NotRead(f"'{page}' is no page; write its whole address, like https://www.ohiosos.gov/elections/voters/")
    if len(page) > MAX_PAGE:
        raise NotRead(
            f"this address has {len(page)} characters, and {MAX_PAGE} fit into a text message: take a shorter one"
        )
    if place != NATION and not is_official(page):
        raise NotRead(
            f"'{page}' is on no host of a government (.gov, .us) and on none of the state file: take the state's own page"
        )
    return page


def _part(kind: str | tuple[str, ...], text: str) -> str:
    if isinstance(kind, tuple):
        word = text.casefold().replace(" ", "_").replace("-", "_")
        word = {"y": "yes", "true": "yes", "n": "no", "false": "no"}.get(word, word)
        if word not in kind:
            raise NotRead(f"'{text}' is none of {listed(kind)}.{did_you_mean(word, kind)}")
        return word
    match kind:
        case "time":
            return _time(text)
        case "day":
            return day_typed(text).isoformat()
        case "deadline":
            day, _, hour = text.replace("T", " ").partition(" ")
            return day_typed(day).isoformat() + (f" {_time(hour.strip())}" if hour.strip() else "")
        case "phone":
            digits = re.sub(r"\D", "", text).removeprefix("1")
            if len(digits) != 10:
                raise NotRead(f"'{text}' is no phone number; write it like {_EXAMPLES['phone']}")
            return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        case "codes":
            if not re.fullmatch(r"[a-z]{2,3}(?:[ ,]+[a-z]{2,3})*", text):
                raise NotRead(f"'{text}' are no codes of languages; write them like {_EXAMPLES['codes']}")
            return " ".join(re.split(r"[ ,]+", text))
        case _:
            return text


def _time(text: str) -> str:
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?", text.strip().casefold())
    hour = int(found[1]) if found else 99
    if found and found[3]:
        hour = hour % 12 + (12 if found[3][0] == "p" else 0) if 1 <= hour <= 12 else 99
    if found is None or (found[2] is None and not found[3]) or hour > 23 or int(found[2] or 0) > 59:
        raise NotRead(f"'{text}' is no time of day; write it like 06:30 or 6:30 pm")
    return f"{hour:02}:{found[2] or '00'}"
