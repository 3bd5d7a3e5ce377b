"""Which version a process begins with, and how `bot run` takes the files of its folder by itself."""

from datetime import date

from bot.config import Config
from bot.content.compare import in_short
from bot.publish.files import Difference, Judged, difference, judged, remember
from bot.publish.shelf import Build, CannotBuild, Shelf, open_shelf
from bot.store import versions
from bot.store.store import SqlStore
from bot.store.versions import InService, Overtaken

_ACTOR = "bot run"


class NothingToServe(Exception):
    """There is no version that could be served; the message says why and the way out."""


def begin(config: Config, store: SqlStore, build: Build, today: date, *, takes_files: bool) -> Shelf:
    """Return the shelf that a process begins with.

    At the very first start the files become version 1. Later they are looked at where `takes_files`, and published if they
    are right and differ from what is in service; files with mistakes leave the last good version there.
    """
    placed = versions.in_service(store.database)
    files = judged(config, today) if placed is None or takes_files else None
    told: list[str] = []
    if files is not None and placed is None:
        _first(config, store, files)
    elif files is not None and not files.errors:
        told = _taken(config, store, files, placed)
    try:
        shelf = open_shelf(store.database, build)
    except CannotBuild as error:
        raise NothingToServe(f"{error}. Mend the files; 'bot publish' puts them into service.") from error
    assert shelf is not None
    shelf.told = told
    if files is not None:
        shelf.troubles = files.troubles
        shelf.is_older = bool(files.errors) and not files.is_version(placed)
    return shelf


def take_files(config: Config, store: SqlStore, today: date) -> list[str]:
    """Publish the files of the folder if they are right; return what became of it, in lines for the terminal."""
    placed = versions.in_service(store.database)
    files = judged(config, today)
    serves = f"version {placed.version} stays in service" if placed else "nothing is in service"
    if files.errors:
        first, *others = files.errors
        return [f"Not published: {first}; {serves}", *map(str, others)]
    if files.is_version(placed) and placed is not None:
        return [f"Nothing to publish: the files are those of version {placed.version}, which is in service"]
    return _put(config, store, files, placed)


def said_of(placed: InService, found: Difference) -> str:
    """Return in one line what a publish has changed."""
    examples = "; the examples changed too: they are learned at the next start" if found.examples else ""
    return f"Published version {placed.version}: {in_short(found.changes)}{examples}"


def _first(config: Config, store: SqlStore, files: Judged) -> None:
    if files.errors or files.bundle is None:
        named = [str(trouble) for trouble in files.errors]
        raise NothingToServe(
            "\n".join([*named[:20], "No earlier version to serve. Mend the files; 'bot check' names all."])
        )
    try:
        remember(config, versions.publish(store, files.bundle, 0, "start", "start", source="first start"))
    except Overtaken:
        return  # another process has started at the same moment: its version is in service


def _taken(config: Config, store: SqlStore, files: Judged, placed: InService | None) -> list[str]:
    if placed is None or files.is_version(placed) or files.bundle is None:
        return []
    number = versions.number_of(store.database, files.bundle.hash)
    if config.settings.content.approval:
        return [f"The files differ from version {placed.version}, which is in service: 'bot publish' proposes them."]
    if placed.how == "rollback" and number is not None and number == placed.before:
        said = (
            f"The files are those of version {number}, from which {placed.actor} went back: version {placed.version} stays "
            f"in service. Change the files, or put them back with 'bot publish --onto {placed.version}'."
        )
        return [said]
    return _put(config, store, files, placed)


def _put(config: Config, store: SqlStore, files: Judged, placed: InService | None) -> list[str]:
    assert files.bundle is not None
    found = difference(config, store.database, placed, files)
    try:
        made = versions.publish(store, files.bundle, placed.id if placed else 0, "publish", _ACTOR, source=_ACTOR)
    except Overtaken as error:
        other = error.now_in
        assert other is not None
        said = (
            f"Not published: {other.actor} put version {other.version} into service at the same moment; look at "
            f"'bot publish --dry-run', then 'bot publish --onto {other.version}'"
        )
        return [said]
    remember(config, made)
    warnings = [str(trouble) for trouble in files.troubles]
    return [*warnings, said_of(made, found)]
