"""Content versions: numbered, for good; which one is in service is the newest row of a history that only grows.

Each row of that history names the one that it follows, and no two may follow the same: of two who publish at once the
second is told, whatever the database. Going back is one more row that points to an older version.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.ports import FaultPoint
from bot.store.database import Database
from bot.store.ledger import append_audit
from bot.store.store import SqlStore
from bot.store.tables import content_proposal, content_service, content_version

How = Literal["start", "publish", "approval", "rollback"]
LONGEST_NOTE = 200
TOPIC: Final = "content"
"""The bell rings here when something else is in service."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The staff's files as they are published: responses by name, and the hash of the examples beside them."""

    responses: Mapping[str, str]
    intents: str

    @property
    def hash(self) -> str:
        """Return the hash that is the same for the same files."""
        digest = sha256(self.intents.encode())
        for name in sorted(self.responses):
            digest.update(name.encode() + b"\x00" + sha256(self.responses[name].encode()).digest())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class InService:
    """One row of the history. `id` is the row, `version` the number that staff see; `before` the version it replaced."""

    id: int
    version: int
    hash: str
    intents: str
    how: str
    actor: str
    note: str
    at: datetime
    before: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A version that waits for another person. `is_stale`: something else went into service since it was proposed."""

    id: int
    version: int
    follows: int
    actor: str
    note: str
    at: datetime
    state: str
    decided_by: str
    why: str
    is_stale: bool


class Overtaken(Exception):
    """Something else is in service than the one who publishes has seen; `now_in` is what."""

    def __init__(self, now_in: InService | None) -> None:
        super().__init__()
        self.now_in = now_in


class NotDecided(Exception):
    """A proposal cannot be decided; the message says why, in a sentence for staff."""


# --- what there is ----------------------------------------------------------------------------------------------------


def in_service(database: Database) -> InService | None:
    """Return what is in service, or None before the first."""
    with database.reading() as connection:
        return _current(connection)


def history(database: Database, most: int = 20) -> list[InService]:
    """Return what was in service, the newest first."""
    with database.reading() as connection:
        return [_placed(row) for row in connection.execute(_history().limit(most))]


def number_of(database: Database, hashed: str) -> int | None:
    """Return the number of the version with these files, if there is one."""
    with database.reading() as connection:
        return _number(connection, hashed)


def files_of(database: Database, version: int) -> dict[str, bytes] | None:
    """Return the responses of a version by name, or None where there is no such version."""
    with database.reading() as connection:
        found = connection.execute(select(content_version.c.files).where(content_version.c.id == version)).scalar()
    return None if found is None else {name: text.encode() for name, text in json.loads(found).items()}


def service_id(database: Database) -> int:
    """Return the newest row of the history, 0 before the first: asked a few times a second by every process."""
    newest = select(content_service.c.id).order_by(content_service.c.id.desc()).limit(1)
    with database.reading() as connection:
        return connection.execute(newest).scalar() or 0


# --- into service -----------------------------------------------------------------------------------------------------


def publish(
    store: SqlStore, bundle: Bundle, follows: int, how: How, actor: str, note: str = "", source: str = ""
) -> InService:
    """Write the version with these files, unless it is known, and put it in service after the row `follows`.

    Raises `Overtaken`, with nothing written, if that row is not the newest any more.
    """
    with _one_wins(store), store.unit(FaultPoint.PUBLISH) as unit:
        connection = unit.connection
        _still(connection, follows)
        number = _written(store, connection, bundle, actor, source)
        return _put(connection, number, follows, how, actor, note, store.clock())


def put_back(store: SqlStore, version: int, follows: int, actor: str, note: str = "") -> InService:
    """Put a version in service that was there before; raises `Overtaken`, and `LookupError` if it never was."""
    with _one_wins(store), store.unit(FaultPoint.PUBLISH) as unit:
        connection = unit.connection
        _still(connection, follows)
        served = select(content_service.c.id).where(content_service.c.version == version).limit(1)
        if connection.execute(served).first() is None:
            raise LookupError(version)
        return _put(connection, version, follows, "rollback", actor, note, store.clock())


# --- proposals --------------------------------------------------------------------------------------------------------


def propose(store: SqlStore, bundle: Bundle, follows: int, actor: str, note: str = "", source: str = "") -> int:
    """Write the version and a proposal for it; return the proposal's id. The same one that waits is found again."""
    with _one_wins(store), store.unit(FaultPoint.PUBLISH) as unit:
        connection = unit.connection
        _still(connection, follows)
        number = _written(store, connection, bundle, actor, source)
        table = content_proposal.c
        known: int | None = connection.execute(
            select(table.id).where(
                table.version == number, table.follows == follows, table.state == "waiting", table.actor == actor
            )
        ).scalar()
        if known is not None:
            return known
        made: int = connection.execute(
            insert(content_proposal)
            .values(version=number, follows=follows, actor=actor, note=note, at=store.clock(), state="waiting")
            .returning(table.id)
        ).scalar_one()
        append_audit(connection, actor, "content.propose", f"content:{number}", store.clock(), f"proposal {made}")
        return made


def proposal(database: Database, number: int) -> Proposal | None:
    """Return a proposal, or None."""
    with database.reading() as connection:
        row = connection.execute(select(content_proposal).where(content_proposal.c.id == number)).first()
        return None if row is None else _proposal(row, _current(connection))


def waiting(database: Database, most: int = 20) -> list[Proposal]:
    """Return the proposals that can still be decided, the oldest first."""
    with database.reading() as connection:
        current = _current(connection)
        table = content_proposal.c
        query = select(content_proposal).where(
            table.state == "waiting", table.follows == (current.id if current else 0)
        )
        return [_proposal(row, current) for row in connection.execute(query.order_by(table.id).limit(most))]


def decide(store: SqlStore, number: int, who: str, *, approve: bool, why: str = "") -> InService | None:
    """Approve a proposal, which puts it in service, or refuse it; raise `NotDecided` if that cannot be.

    Nobody approves their own. Of two who decide at once one does.
    """
    try:
        with store.unit(FaultPoint.PUBLISH) as unit:
            return _decided(unit.connection, number, who, approve=approve, why=why, now=store.clock())
    except IntegrityError as error:
        raise NotDecided("Another version went into service at this moment: propose the change anew.") from error


def _decided(
    connection: Connection, number: int, who: str, *, approve: bool, why: str, now: datetime
) -> InService | None:
    table = content_proposal.c
    taken = connection.execute(
        update(content_proposal)
        .where(table.id == number, table.state == "waiting")
        .values(state="approved" if approve else "refused", decided_by=who, decided_at=now, why=why[:LONGEST_NOTE])
        .returning(table.version, table.follows, table.actor, table.note)
    ).first()
    if taken is None:
        raise NotDecided("This proposal has been decided already.")
    if not approve:
        append_audit(connection, who, "content.refuse", f"content:{taken.version}", now, f"proposal {number}")
        return None
    if taken.actor == who:
        raise NotDecided("Somebody else than the one who proposed it must approve.")
    current = _current(connection)
    if (current.id if current else 0) != taken.follows:
        raise NotDecided("Another version went into service since: propose the change anew.")
    return _put(connection, taken.version, taken.follows, "approval", who, taken.note, now)


# --- rows -------------------------------------------------------------------------------------------------------------


@contextmanager
def _one_wins(store: SqlStore) -> Iterator[None]:
    """Turn the database's refusal of a second row after the same one into `Overtaken`."""
    try:
        yield
    except IntegrityError as error:
        raise Overtaken(in_service(store.database)) from error


def _still(connection: Connection, follows: int) -> None:
    current = _current(connection)
    if (current.id if current else 0) != follows:
        raise Overtaken(current)


def _written(store: SqlStore, connection: Connection, bundle: Bundle, actor: str, source: str) -> int:
    """Return the number of the version with these files. It is looked for first: a refused insert would use up a number."""
    hashed = bundle.hash
    if (known := _number(connection, hashed)) is not None:
        return known
    made = store.database.insert(content_version).values(
        hash=hashed,
        intents=bundle.intents,
        files=json.dumps(dict(bundle.responses), ensure_ascii=False),
        actor=actor,
        source=source,
        at=store.clock(),
    )
    connection.execute(made.on_conflict_do_nothing(index_elements=["hash"]))
    number = _number(connection, hashed)
    assert number is not None
    return number


def _put(
    connection: Connection, version: int, follows: int, how: How, actor: str, note: str, now: datetime
) -> InService:
    row = {"version": version, "follows": follows, "how": how, "actor": actor, "note": note[:LONGEST_NOTE], "at": now}
    connection.execute(insert(content_service).values(**row))
    append_audit(connection, actor, f"content.{how}", f"content:{version}", now)
    placed = _current(connection)
    assert placed is not None
    return placed


def _number(connection: Connection, hashed: str) -> int | None:
    return connection.execute(select(content_version.c.id).where(content_version.c.hash == hashed)).scalar()


def _history() -> Select[Any]:
    before = content_service.alias("before")
    return (
        select(content_service, content_version.c.hash, content_version.c.intents, before.c.version.label("before"))
        .join(content_version, content_service.c.version == content_version.c.id)
        .outerjoin(before, content_service.c.follows == before.c.id)
        .order_by(content_service.c.id.desc())
    )


def _current(connection: Connection) -> InService | None:
    row = connection.execute(_history().limit(1)).first()
    return None if row is None else _placed(row)


def _placed(row: Row[Any]) -> InService:
    return InService(
        id=row.id,
        version=row.version,
        hash=row.hash,
        intents=row.intents,
        how=row.how,
        actor=row.actor,
        note=row.note,
        at=row.at,
        before=row.before,
    )


def _proposal(row: Row[Any], current: InService | None) -> Proposal:
    return Proposal(
        id=row.id,
        version=row.version,
        follows=row.follows,
        actor=row.actor,
        note=row.note,
        at=row.at,
        state=row.state,
        decided_by=row.decided_by or "",
        why=row.why,
        is_stale=row.state == "waiting" and row.follows != (current.id if current else 0),
    )
