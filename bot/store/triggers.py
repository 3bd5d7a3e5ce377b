"""Triggers that refuse to change what is append-only.

Alembic's batch operations re-create a table on SQLite and drop its triggers silently: every migration that touches one of
these tables ends with `make_append_only`, and a test asserts the triggers after each upgrade path.
"""

from sqlalchemy import Connection, text

from bot.store.tables import APPEND_ONLY

_SQLITE = """
CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{action} BEFORE {action} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def make_append_only(connection: Connection) -> None:
    """Make the triggers of every append-only table anew; repeating it changes nothing."""
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.execute(text(_FUNCTION))
    for table in APPEND_ONLY:
        for action in ("update", "delete"):
            where = f" ON {table}" if on_postgresql else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{action}{where}"))
            statement = _POSTGRESQL if on_postgresql else _SQLITE
            connection.execute(text(statement.format(table=table, action=action)))
        if on_postgresql:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"))
            connection.execute(text(_TRUNCATE.format(table=table)))
