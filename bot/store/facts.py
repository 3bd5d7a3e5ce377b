"""What staff record about facts: checks, freezes, elections, how links fare. Rows are added and never changed, but for links.

`FactShelf` reads them once and again only when a count says that there is more.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, text

from bot.official import Check, Election, FactRecords, Freeze, Key, LinkHealth
from bot.ports import FaultPoint
from bot.store.database import Database
from bot.store.ledger import append_audit
from bot.store.tables import address, conversation, election, fact_check, fact_freeze, link_health, message

Still = Callable[[FactRecords, Iterable[str], datetime], bool]
"""Whether the facts with these ids may be said at a moment; `bot.civic` decides it, `bot.app` brings both together."""
_STAMP = text("""
SELECT (SELECT count(*) FROM fact_check), (SELECT count(*) FROM fact_freeze), (SELECT count(*) FROM election),
       (SELECT max(at) FROM link_health)
""")
_FACT = "fact:"


class FactShelf:
    """Everything that is recorded about facts, as it is at each asking."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: tuple[Any, FactRecords] | None = None

    def records(self) -> FactRecords:
        """Return the records by now."""
        with self._database.reading() as connection:
            return self.within(connection)

    def within(self, connection: Connection) -> FactRecords:
        """Return the records that a transaction sees; read whole only where the counts have changed."""
        stamp = tuple(connection.execute(_STAMP).one())
        kept = self._kept
        if kept is None or kept[0] != stamp:
            kept = (stamp, _read(connection))
            self._kept = kept
        return kept[1]


def _read(connection: Connection) -> FactRecords:
    checks = {
        (row.state, row.key): Check(
            who=row.who,
            at=row.at,
            page=row.page,
            value=json.loads(row.value),
            file_hash=row.file_hash,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in _newest(connection, fact_check, "state", "key")
    }
    freezes = {
        (row.state, row.key): Freeze(row.words, row.until)
        for row in _newest(connection, fact_freeze, "state", "key")
        if row.frozen
    }
    elections: dict[str, list[Election]] = {}
    for row in _newest(connection, election, "state", "day"):
        one = Election(row.state, row.day, json.loads(row.name), json.loads(row.fields), row.page, row.checked_on)
        elections.setdefault(row.state, []).append(one)
    links = {
        (row.state, row.name): LinkHealth(row.failures, row.status, row.host, row.at)
        for row in connection.execute(select(link_health))
    }
    return FactRecords(
        checks,
        freezes,
        {state: tuple(sorted(some, key=lambda one: one.day)) for state, some in elections.items()},
        links,
    )


def _newest(connection: Connection, table: Any, *names: str) -> Sequence[Any]:
    newest = select(func.max(table.c.id)).group_by(*(table.c[name] for name in names))
    return connection.execute(select(table).where(table.c.id.in_(newest))).all()


# --- what staff do ----------------------------------------------------------------------------------------------------


class FactDesk:
    """Records what staff do with facts; each act is a transaction of its own and stands in the audit."""

    def __init__(self, database: Database, who: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._who = who[:40]
        self._now = now

    def check(self, key: Key, check: Check, old: Mapping[str, str] | None) -> None:
        """Record that a person has seen a value on a page."""
        row = {
            "state": key[0],
            "key": key[1],
            "who": self._who,
            "at": check.at,
            "page": check.page,
            "old": json.dumps(dict(old)) if old is not None else None,
            "value": json.dumps(dict(check.value)),
            "file_hash": check.file_hash,
            "valid_from": check.valid_from,
            "valid_until": check.valid_until,
        }
        self._write(fact_check, row, "fact_checked", f"{key[0]}.{key[1]}")

    def freeze(self, key: Key, words: str, until: datetime | None) -> None:
        """Let a fact be said no more, until a moment or until it is lifted."""
        self._freeze(key, words, until, frozen=True)

    def unfreeze(self, key: Key, words: str = "") -> None:
        """Let a frozen fact be said again."""
        self._freeze(key, words, None, frozen=False)

    def _freeze(self, key: Key, words: str, until: datetime | None, *, frozen: bool) -> None:
        row = {
            "state": key[0],
            "key": key[1],
            "frozen": frozen,
            "words": words,
            "until": until,
            "who": self._who,
            "at": self._now(),
        }
        self._write(fact_freeze, row, "fact_frozen" if frozen else "fact_unfrozen", f"{key[0]}.{key[1]}")

    def enter(self, record: Election) -> None:
        """Enter an election, or a new reading of one: the newest of a state and day counts."""
        row = {
            "state": record.state,
            "day": record.day,
            "name": json.dumps(dict(record.name), ensure_ascii=False),
            "fields": json.dumps(dict(record.fields)),
            "page": record.page,
            "checked_on": record.checked_on,
            "who": self._who,
            "at": self._now(),
        }
        self._write(election, row, "election_entered", f"{record.state}.{record.day}")

    def opened(self, found: Mapping[Key, tuple[str, bool, str, str]]) -> None:
        """Record how links were opened: url, whether well, status, final host. A failure adds to those in a row."""
        made = self._database.insert(link_health)
        again = made.on_conflict_do_update(
            index_elements=["state", "name"],
            set_={
                "url": made.excluded.url,
                "status": made.excluded.status,
                "host": made.excluded.host,
                "at": made.excluded.at,
                # what counts is failures in a row, of this very page
                "failures": case(
                    (made.excluded.failures == 0, 0),
                    (link_health.c.url == made.excluded.url, link_health.c.failures + 1),
                    else_=1,
                ),
            },
        )
        rows = [
            {
                "state": key[0],
                "name": key[1],
                "url": url,
                "failures": 0 if well else 1,
                "status": status[:80],
                "host": host[:255],
                "at": self._now(),
            }
            for key, (url, well, status, host) in found.items()
        ]
        if rows:
            with self._database.writing(FaultPoint.STAFF) as connection:
                connection.execute(again, rows)

    def _write(self, table: Any, row: Mapping[str, Any], action: str, of: str) -> None:
        with self._database.writing(FaultPoint.STAFF) as connection:
            connection.execute(insert(table), dict(row))
            append_audit(connection, self._who, action, of, self._now())


# --- who was told -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One message that said a fact."""

    thread: int
    channel: str
    at: datetime
    state: str
    language: str
    version: str
    """The hash of the value that was said."""
    stopped: bool
    """The voter has stopped us: a correction needs a person."""


_REACHED = ("sending", "sent", "delivered", "read", "unsure")


def told(database: Database, state: str, key: str, since: datetime | None) -> list[Told]:
    """Return the messages that left, or may have, with the fact `key` of `state`, oldest first."""
    # A LIKE over the log of the span asked for; `_` is any character there, so the ids are looked at again below.
    wanted = f"{_FACT}{state}.{key}@"
    query = (
        select(
            message.c.conversation_id,
            message.c.channel,
            message.c.created_at,
            message.c.state,
            message.c.language,
            message.c.facts,
            address.c.stopped_at,
        )
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .join(address, address.c.id == conversation.c.address_id)
        .where(message.c.direction == "out", message.c.state.in_(_REACHED), message.c.facts.like(f"%{wanted}%"))
        .order_by(message.c.id)
    )
    if since is not None:
        query = query.where(message.c.created_at >= since)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [
        Told(
            row.conversation_id,
            row.channel,
            row.created_at,
            row.state,
            row.language or "",
            one.removeprefix(wanted),
            row.stopped_at is not None,
        )
        for row in rows
        for one in row.facts.split()
        if one.startswith(wanted)
    ]
