"""The append-only records: consent and audit, each row linked by hash to the one before it in its chain.

Every thread writes a chain of its own, so that no two transactions wait for each other; changing or removing a row breaks
the chain behind it.
"""

import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, select

from bot.store.seal import sealed
from bot.store.tables import audit, consent

_here = threading.local()


def append_audit(connection: Connection, actor: str, action: str, of: str, at: datetime, detail: str = "") -> None:
    """Record who did what to which object; `detail` holds no address, name or text of a voter."""
    row = {"actor": actor, "action": action, "object": of, "detail": detail, "at": at}
    _append(connection, audit, row)


def append_consent(
    connection: Connection,
    *,
    address_hash: bytes,
    channel: str,
    event: str,
    words: str,
    person_key: bytes | None,
    source: str,
    actor: str,
    at: datetime,
) -> None:
    """Record that a voter stopped or started, in which words and how we know."""
    row = {
        "address_hash": address_hash,
        "channel": channel,
        "event": event,
        "words": sealed(person_key, words),
        "source": source,
        "actor": actor,
        "at": at,
    }
    _append(connection, consent, row)


def _append(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    chain = _chain()
    last = select(table.c.link).where(table.c.chain == chain).order_by(table.c.id.desc()).limit(1)
    before = connection.execute(last).scalar() or b""
    connection.execute(table.insert().values(**row, chain=chain, link=link_of(before, row)))


def _chain() -> str:
    if not hasattr(_here, "chain"):
        _here.chain = secrets.token_hex(8)
    chain: str = _here.chain
    return chain


def link_of(before: bytes, row: Mapping[str, Any]) -> bytes:
    """Return the hash of a row's content together with the link of the row before it."""
    digest = sha256(before)
    for name in sorted(row):
        value = row[name]
        match value:
            case datetime():
                text = value.astimezone(UTC).isoformat()
            case bytes():
                text = value.hex()
            case _:
                text = str(value)
        digest.update(f"{name}={text}\x00".encode())
    return digest.digest()
