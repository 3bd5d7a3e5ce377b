"""Content versions: what was published, numbered, for good. The last good one serves when the files are broken."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from bot.ports import FaultPoint
from bot.store.store import SqlStore
from bot.store.tables import content_version


def files_hash(files: Mapping[str, bytes]) -> str:
    """Return the hash of a set of files."""
    digest = sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\x00" + sha256(files[name]).digest())
    return digest.hexdigest()


def publish(store: SqlStore, files: Mapping[str, bytes], actor: str, now: datetime) -> int:
    """Return the number of the version with these files; a new one is written, a known one is found again."""
    wanted = files_hash(files)
    with store.unit(FaultPoint.STAFF) as unit:
        found: int | None = unit.connection.execute(
            select(content_version.c.id).where(content_version.c.hash == wanted)
        ).scalar()
        if found is not None:
            return found
        texts = {name: raw.decode("utf-8-sig") for name, raw in files.items()}
        made = (
            store.database.insert(content_version)
            .values(hash=wanted, files=json.dumps(texts, ensure_ascii=False), actor=actor, published_at=now)
            .on_conflict_do_nothing()
        )
        unit.connection.execute(made)
        number: int = unit.connection.execute(
            select(content_version.c.id).where(content_version.c.hash == wanted)
        ).scalar_one()
        return number


def newest(store: SqlStore) -> tuple[int, dict[str, bytes]] | None:
    """Return the number and the files of the newest version, or None before the first."""
    with store.database.reading() as connection:
        row = connection.execute(
            select(content_version.c.id, content_version.c.files).order_by(content_version.c.id.desc()).limit(1)
        ).first()
    if row is None:
        return None
    return row.id, {name: text.encode() for name, text in json.loads(row.files).items()}
