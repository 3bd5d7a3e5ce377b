"""The schema over time: the migrations make what the code expects, append-only holds, older code refuses a newer schema."""

import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.app import now
from bot.ports import FaultPoint
from bot.store import schema
from bot.store.database import Database
from bot.store.schema import SchemaError
from bot.store.tables import APPEND_ONLY, metadata

REVISIONS = [script.revision for script in ScriptDirectory.from_config(schema._config()).walk_revisions()]


@pytest.fixture
def database(empty_database_url):
    one = Database(empty_database_url)
    yield one
    one.close()


def test_the_migrations_make_exactly_the_tables_of_the_code(database):
    schema.upgrade(database)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("start", REVISIONS)
def test_append_only_holds_after_an_upgrade_from_every_older_revision(database, start):
    schema.upgrade(database, to=start)
    schema.upgrade(database)
    with database.reading() as connection:
        assert schema.missing_triggers(connection) == []


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at", "DELETE FROM {}"])
def test_an_append_only_row_can_neither_be_changed_nor_removed(database, table, change):
    schema.upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO volunteer (id, name, role, active, created_at) VALUES ('maria', 'Maria', 'admin', true, :at)"
            ),
            {"at": now()},
        )
        _fill(connection, table)
    with pytest.raises(DBAPIError, match="append-only"), database.engine.begin() as connection:
        connection.execute(text(change.format(table)))


def test_points_only_grow(database):
    schema.upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO volunteer (id, name, role, active, created_at) VALUES ('maria', 'Maria', 'admin', true, :at)"
            ),
            {"at": now()},
        )
    insert = "INSERT INTO points (volunteer_id, cause, amount, reason, at) VALUES ('maria', 'x', :amount, 'y', :at)"
    for amount in (0, -5):
        with pytest.raises(DBAPIError), database.engine.begin() as connection:
            connection.execute(text(insert), {"amount": amount, "at": now()})


def test_a_newer_schema_is_refused_with_the_way_out(database):
    schema.upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="newer than this version of the product"):
        schema.refuse_unless_current(database)
    with pytest.raises(SchemaError, match="newer than this version"):
        schema.upgrade(database)


def test_an_empty_database_is_refused_with_the_command(database):
    with pytest.raises(SchemaError, match="run 'bot db upgrade'"):
        schema.refuse_unless_current(database)


def test_check_names_a_missing_trigger(database):
    schema.upgrade(database)
    with database.engine.begin() as connection:
        on = "" if database.is_sqlite else " ON consent"
        connection.execute(text(f"DROP TRIGGER consent_no_delete{on}"))
    assert schema.check(database) == ["the trigger consent_no_delete is missing; run 'bot db upgrade'"]


# --- whose database ---------------------------------------------------------------------------------------------------


def owner(database, kind, name, shipped="Example"):

    with database.writing(FaultPoint.STAFF) as connection:
        schema.settle_owner(connection, kind, name, shipped, now())


def test_the_example_may_become_a_campaigns_own_database(database):
    schema.upgrade(database)
    for name in ("Example", "Rivera", "Rivera"):
        owner(database, "campaign", name)
    with database.reading() as connection:
        assert connection.execute(text("SELECT name FROM organisation")).all() == [("Rivera",)]


def test_processes_that_start_at_the_same_instant_settle_on_one_owner(database):
    schema.upgrade(database)
    with ThreadPoolExecutor(1) as pool:
        with database.writing(FaultPoint.STAFF) as connection:
            schema.settle_owner(connection, "campaign", "Rivera", "Example", now())
            other = pool.submit(owner, database, "campaign", "Rivera")
            time.sleep(0.3)  # the other has looked, found nothing, and waits for this commit
        other.result()
    with database.reading() as connection:
        assert connection.execute(text("SELECT name FROM organisation")).all() == [("Rivera",)]


@pytest.mark.parametrize(
    ("kind", "name", "why"),
    [("campaign", "Ortiz", "belongs to 'Rivera'"), ("office", "Rivera", "keep their records apart")],
)
def test_c36_another_organisations_configuration_is_refused(database, kind, name, why):
    schema.upgrade(database)
    owner(database, "campaign", "Rivera")
    with pytest.raises(SchemaError, match=why):
        owner(database, kind, name)


# --- SQLite: copies ---------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path, sqlite_template: Path) -> Path:
    path = tmp_path / "desk.sqlite3"
    shutil.copy(sqlite_template, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO person (language) VALUES ('es')")
    return path


def people(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT language FROM person").fetchall()


def test_an_upgrade_that_fails_puts_the_file_back(file, tmp_path, monkeypatch):
    broken = tmp_path / "migrations"
    shutil.copytree(Path(schema.__file__).parent / "migrations", broken)
    (broken / "versions" / "0002_broken.py").write_text(
        '"""Break.\n\nRevision: 0002."""\nfrom alembic import op\nrevision = "0002"\ndown_revision = "0001"\n'
        "def upgrade():\n    op.execute('DELETE FROM person')\n    op.execute('SELECT nonsense')\n"
    )
    config = schema._config()
    config.set_main_option("script_location", str(broken))
    monkeypatch.setattr(schema, "_config", lambda connection=None: _with(config, connection))
    database = Database(f"sqlite:///{file}")
    with pytest.raises(SchemaError, match="the database is as it was"):
        schema.upgrade(database)
    assert people(file) == [("es",)]


def test_a_backup_is_taken_while_others_write_and_restored_whole(file, tmp_path):
    backup = tmp_path / "backup.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO person (language) VALUES ('en')")
        schema.copy_sqlite(file, backup)
        writer.execute("DELETE FROM person")
    schema.restore_sqlite(backup, file)
    assert people(file) == [("es",), ("en",)]


@pytest.mark.parametrize("damage", [b"", b"no database at all", None], ids=["empty", "text", "cut"])
def test_a_damaged_backup_is_refused_and_changes_nothing(file, tmp_path, damage):
    backup = tmp_path / "backup.sqlite3"
    backup.write_bytes(file.read_bytes()[: 3 * 4096 + 100] if damage is None else damage)
    with pytest.raises(SchemaError):
        schema.restore_sqlite(backup, file)
    assert people(file) == [("es",)]


def _fill(connection, table):
    rows = {
        "consent": "INSERT INTO consent (address_hash, channel, event, source, actor, at, chain, link) "
        "VALUES (:b, 'sms', 'stop', 'words', 'voter', :at, 'c', :b)",
        "audit": "INSERT INTO audit (actor, action, object, at, chain, link) VALUES ('a', 'b', 'c', :at, 'c', :b)",
        "points": "INSERT INTO points (volunteer_id, cause, amount, reason, at) VALUES ('maria', 'x', 1, 'y', :at)",
        "content_version": "INSERT INTO content_version (hash, intents, files, actor, source, at) "
        "VALUES ('h', 'i', '{}', 'maria', 'test', :at)",
        "content_service": "INSERT INTO content_service (version, follows, how, actor, at) VALUES (1, 0, 'start', 'a', :at)",
    }
    if table == "content_service":
        connection.execute(text(rows["content_version"]), {"at": now()})
    values = {"at": now(), "b": b"x"}
    connection.execute(text(rows[table]), values if ":b" in rows[table] else {"at": now()})


def _with(config, connection):
    config.attributes["connection"] = connection
    return config
