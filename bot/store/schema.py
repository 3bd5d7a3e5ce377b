"""The database's schema over time: upgrade, check, backup, restore, and whose database it is."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError

from bot.store.database import Database
from bot.store.seal import new_key
from bot.store.tables import APPEND_ONLY, organisation


class SchemaError(Exception):
    """The database does not fit this version of the product; the message says what to do."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("bot.store") / "migrations"))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the revision that this code is written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def current(connection: Connection) -> str | None:
    """Return the revision of the database; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def refuse_unless_current(database: Database) -> None:
    """Raise `SchemaError` unless the database has exactly the schema of this code."""
    with database.reading() as connection:
        found = current(connection)
    if found == newest():
        return
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaError(
            f"the database has schema {found}, which is newer than this version of the product ({newest()}); "
            "install the newer version, or restore a backup with 'bot db restore'"
        )
    raise SchemaError(f"the database has schema {found or 'none'}, this version needs {newest()}; run 'bot db upgrade'")


def upgrade(database: Database, to: str = "head", said: Callable[[str], None] = lambda text: None) -> None:
    """Bring the database to the newest schema.

    SQLite has no transactional DDL under Alembic: a file with anything in it is copied first and put back if a step fails.
    """
    with database.reading() as connection:
        found = current(connection)
    if to == "head":
        if found == newest():
            return
        if found is not None:
            _refuse_newer(found)
    path = Path(database.url.database or "") if database.is_sqlite else None
    copy = path.with_suffix(f".before-{newest()}.sqlite3") if path and found is not None else None
    if copy is not None and path is not None:
        said(f"copying {path.name} to {copy.name} first")
        copy_sqlite(path, copy)
    try:
        with database.engine.connect() as connection, connection.begin():
            command.upgrade(_config(connection), to)
    except Exception as error:
        if copy is not None and path is not None:
            database.close()
            _put_back(copy, path)
            raise SchemaError(f"the upgrade failed and the database is as it was: {error}") from error
        raise
    if copy is not None:
        copy.unlink()


def _refuse_newer(found: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found not in known:
        raise SchemaError(
            f"the database has schema {found}, which is newer than this version of the product ({newest()}); "
            "install the newer version"
        )


def _put_back(copy: Path, path: Path) -> None:
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    shutil.move(copy, path)


def copy_sqlite(source: Path, target: Path) -> None:
    """Write a whole copy of an SQLite database, also while others write to it."""
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def restore_sqlite(backup: Path, path: Path) -> None:
    """Put `backup` in the place of the database at `path`, after looking whether it is whole."""
    with closing(sqlite3.connect(f"file:{backup}?mode=ro", uri=True)) as connection:
        try:
            (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
            ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'organisation'").fetchone()
        except sqlite3.DatabaseError as error:
            raise SchemaError(f"{backup} is no database: {error}") from error
    if ours is None:
        raise SchemaError(f"{backup} is no copy of this product's database")
    if verdict != "ok":
        raise SchemaError(f"{backup} is damaged: {verdict}")
    fresh = path.with_suffix(".restoring")
    shutil.copyfile(backup, fresh)
    _put_back(fresh, path)


def check(database: Database) -> list[str]:
    """Return what is wrong with the database: schema, triggers, integrity; empty where all is well."""
    wrong = []
    try:
        refuse_unless_current(database)
    except SchemaError as error:
        return [str(error)]
    except DatabaseError as error:
        return [f"the database cannot be used: {str(error.orig).strip().partition(chr(10))[0]}"]
    with database.reading() as connection:
        wrong += [f"the trigger {name} is missing; run 'bot db upgrade'" for name in missing_triggers(connection)]
        if database.is_sqlite:
            verdict = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
            if verdict != "ok":
                wrong.append(f"SQLite finds the file damaged: {verdict}")
    return wrong


def missing_triggers(connection: Connection) -> list[str]:
    """Return the names of append-only triggers that are not there."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        actions = ["update", "delete"]
    else:
        found = connection.exec_driver_sql("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").scalars().all()
        actions = ["update", "delete", "truncate"]
    wanted = [f"{table}_no_{action}" for table in APPEND_ONLY for action in actions]
    return [name for name in wanted if name not in found]


def settle_owner(connection: Connection, kind: str, name: str, shipped_name: str, now: datetime) -> None:
    """Write whose database this is; raise `SchemaError` if it is another organisation's.

    The shipped example may become a campaign's own database; after that the name stays.
    """
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    first = insert(organisation).values(id=1, kind=kind, name=name, hash_key=new_key(), created_at=now)
    if connection.execute(select(organisation.c.id)).first() is None:
        connection.execute(first.on_conflict_do_nothing())  # `bot web` and `bot worker` may start at the same instant
    row = connection.execute(select(organisation)).one()
    if row.name == shipped_name != name:
        connection.execute(update(organisation).values(kind=kind, name=name))
    elif row.name != name:
        raise SchemaError(
            f"this database belongs to '{row.name}', but config.yaml says '{name}'; "
            "use a database of its own (store.folder or DATABASE_URL), or correct organisation.name"
        )
    elif row.kind != kind:
        raise SchemaError(
            f"this database was begun for the kind '{row.kind}', but config.yaml says '{kind}'; "
            "an office and a campaign keep their records apart: use a database of its own"
        )


def is_empty(connection: Connection) -> bool:
    """Return whether the database holds no table at all."""
    return not inspect(connection).get_table_names()
