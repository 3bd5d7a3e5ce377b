"""Walking through the facts of a place: by questions, or by a file of answers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from bot.app import now
from bot.civic.facts import file_hash, in_file
from bot.civic.states import state_file
from bot.civic.typed import NotRead, day_typed, example, key_named, keys_of, page_typed, told_value, value_typed
from bot.cli.shared import WrongUse
from bot.official import NATION, Check, Kind, kind_of
from bot.store.store import SqlStore

_SKIP, _STOP = ("s", "skip"), ("q", "quit", "stop")
_TRUE = ("", "ok", "true", "still true")


class _Ended(Exception):
    """Whoever was asked has had enough for now."""


class _Skipped(Exception):
    """Whoever was asked leaves this one out."""


def name_of(place: str) -> str:
    """Return a place in words."""
    return "the whole nation" if place == NATION else state_file().states[place].name


def asked(place: str, store: SqlStore) -> Iterator[tuple[str, Check]]:
    """Ask for one fact of a place after another; yield each as soon as it is answered."""
    keys = keys_of(place)
    for number, key in enumerate(keys, 1):
        try:
            check = _asked(place, key, f"[{number}/{len(keys)}]", store)
        except _Ended:
            return
        if check is not None:
            yield key, check


def answered(path: Path, place: str, store: SqlStore) -> list[tuple[str, Check]]:
    """Return what a file answers; nothing of it counts unless all of it makes sense."""
    return [(key, _check_of(place, key, given, store)) for key, given in _answers(path, place).items()]


def _asked(place: str, key: str, at: str, store: SqlStore) -> Check | None:
    kind = kind_of(key)
    assert kind is not None
    value = _show(place, key, kind, at, store)
    chosen = page = None
    while chosen is None or page is None:
        try:
            if chosen is None:
                how = "Enter = still true, a new value" if value else "a value"
                said = _prompt(f"{how} (like {example(kind)}), s = skip, q = stop", "")
                if not said and value is None:
                    return None
                chosen = value if said.casefold() in _TRUE and value else value_typed(kind, said)
            page = page_typed(_prompt("The page where it stands", _page(place, key, store)), place)
        except NotRead as error:
            click.echo(f"{error}")
        except _Skipped:
            return None
    return _made(place, key, chosen, page, None, None)


def _prompt(text: str, default: str) -> str:
    said: str = click.prompt(text, default=default, show_default=bool(default)).strip()
    if said.casefold() in _STOP:
        raise _Ended
    if said.casefold() in _SKIP:
        raise _Skipped
    return said


def _show(place: str, key: str, kind: Kind, at: str, store: SqlStore) -> dict[str, str] | None:
    """Print what is known of a fact; return the value that may still be true."""
    found, check = in_file(place, key), store.facts.records().checks.get((place, key))
    value = dict(check.value) if check else dict(found.value) if found else None
    hint = None if place == NATION else state_file().states[place].unconfirmed.get(key)
    click.echo(f"\n{at} {name_of(place)}: {kind.title}? ({key})")
    click.echo(f"  value   {told_value(value) if value else 'none in the state file'}")
    for part in (found, hint):
        if part is not None:
            sources = "; ".join(f"{state_file().sources[one].title}" for one in part.sources)
            text = "" if part is found else f"{getattr(part, 'told', '')} (unconfirmed), "
            click.echo(f"  {'from' if part is found else 'hint':7} {text}{sources} ({part.as_of}, grade {part.grade})")
            if part.note:
                click.echo(f"  note    {part.note}")
    if page := _page(place, key, store):
        click.echo(f"  page    {page}")
    if check:
        click.echo(f"  checked by {check.who} on {check.at:%Y-%m-%d}, for {kind.lasts.days} days")
    return value


def _page(place: str, key: str, store: SqlStore) -> str:
    """Return where to look: the page of the last check, or the state's own."""
    if check := store.facts.records().checks.get((place, key)):
        return check.page
    if place == NATION:
        return ""
    links = state_file().states[place].links
    wanted = (
        ("how_to_register", "election_office")
        if key in ("registration", "registration_online", "same_day")
        else ("election_office",)
    )
    return next((links[name].url for name in wanted if name in links), "")


def _made(place: str, key: str, value: dict[str, str], page: str, first: date | None, last: date | None) -> Check:
    return Check("", now(), page, value, file_hash(in_file(place, key)), first, last)


def _answers(path: Path, place: str) -> dict[str, dict[str, str]]:
    """Return what a file answers, by key; every value is a text."""
    import yaml

    try:
        read = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506 -- only texts come of it
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WrongUse(f"{path}: {str(error).splitlines()[0]}. It is no YAML in UTF-8.") from error
    if not isinstance(read, dict):
        raise WrongUse(f"{path}: keys are expected, like 'voter_id: ok'.")
    found: dict[str, dict[str, str]] = {}
    known = ("value", "page", "valid_from", "valid_until")
    for name, answer in read.items():
        try:
            key = key_named(place, str(name))
        except NotRead as error:
            raise WrongUse(f"{path}: {error}") from error
        given = answer if isinstance(answer, dict) else {"value": str(answer or "")}
        for part, said in given.items():
            if part not in known or not isinstance(said, str):
                raise WrongUse(f"{path}: {key}: '{part}' is not understood; known are {', '.join(known)}.")
        if given.get("value", "").casefold() not in _SKIP:
            found[key] = given
    return found


def _check_of(place: str, key: str, given: dict[str, str], store: SqlStore) -> Check:
    kind = kind_of(key)
    assert kind is not None
    found, check = in_file(place, key), store.facts.records().checks.get((place, key))
    value = dict(check.value) if check else dict(found.value) if found else None
    said = given.get("value", "")
    try:
        if said.casefold() in _TRUE and value is None:
            raise NotRead("there is no value yet that could still be true; write one")
        chosen = value if said.casefold() in _TRUE and value else value_typed(kind, said)
        assert chosen is not None
        page = page_typed(given.get("page", "") or _page(place, key, store), place)
        first, last = (day_typed(given[name]) if name in given else None for name in ("valid_from", "valid_until"))
    except NotRead as error:
        raise WrongUse(f"{key}: {error}. Nothing was recorded.") from error
    return _made(place, key, chosen, page, first, last)
