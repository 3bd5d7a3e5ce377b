"""What every test may use: databases of its own, the trained model, the product as a process."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from support.databases import own_database
from support.machine import lacking
from support.processes import ROOT, Desk

from bot.app import PLACES
from bot.store.database import Database
from bot.store.schema import upgrade
from bot.store.tables import metadata
from bot.understanding.loader import learned_in, open_classifier

PG = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://root@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


_LONG = ("faults", "blackbox", "browser")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long forms (make soak)")
    parser.addoption("--rasa", action="store_true", help="teach and ask a real Rasa (make rasa), a minute or two")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--soak"):
        items[:] = [item for item in items if item.get_closest_marker("soak") is None]
    if not config.getoption("--rasa"):
        items[:] = [item for item in items if item.path.name != "test_rasa_real.py"]
    # Files of few long tests first, so that no worker begins one when the other has nothing left to do.
    items.sort(key=lambda item: item.path.parent.name not in _LONG)


@pytest.fixture(scope="session")
def postgres() -> str:
    """Return the URL of a PostgreSQL server's own database."""
    engine = create_engine(PG, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            pass
    except OperationalError:
        lacking("PostgreSQL")
    finally:
        engine.dispose()
    return PG


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> Iterator[str]:
    """Yield the URL of a PostgreSQL database of this test run, with the newest schema, dropped at the end."""
    with own_database(postgres) as url:
        database = Database(url, pool_size=1)
        upgrade(database)
        database.close()
        yield url


@pytest.fixture
def postgres_url(postgres_database: str) -> str:
    """Return the URL of a PostgreSQL database without a row in it (a new one, or TRUNCATE, takes ten times as long)."""
    engine = create_engine(postgres_database)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
    with engine.begin() as connection:
        connection.execute(text(others + "pg_backend_pid()"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # else append-only tables refuse
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
            if "id" in table.c and table.c["id"].autoincrement is True:
                connection.execute(text(f"ALTER SEQUENCE {table.name}_id_seq RESTART"))
    engine.dispose()
    return postgres_database


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """Yield the URL of a PostgreSQL database without a table, dropped afterwards."""
    with own_database(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite file with the newest schema and no row, to be copied."""
    path = tmp_path_factory.mktemp("template") / "desk.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> str:
    """Return the URL of a database without a row; every test that asks runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(sqlite_template, tmp_path / "desk.sqlite3")
        return f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database without a table, of both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.sqlite3'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture
def redis_url() -> Iterator[tuple[str, str]]:
    """Yield the URL of a Redis server and a prefix of one's own, cleaned up afterwards."""
    client = redis.Redis.from_url(REDIS, socket_timeout=3)
    try:
        client.ping()
    except redis.exceptions.ConnectionError:
        lacking("Redis")
    prefix = f"test-{secrets.token_hex(6)}"
    yield REDIS, prefix
    for key in client.scan_iter(f"*{prefix}*"):
        client.delete(key)
    client.close()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """Return the model of our examples: the shipped one, or, where they were changed, one learned once for all workers."""
    folder = ROOT / ".pytest_cache" / "model"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        open_classifier(ROOT, folder, PLACES)
    found = learned_in(ROOT, folder)
    assert found is not None
    return found


@pytest.fixture
def desk(tmp_path: Path, model: Path) -> Iterator[Desk]:
    """Yield the product as a process that is not started yet; it is ended afterwards."""
    one = Desk(tmp_path / "var", model)
    yield one
    one.kill()
    shutil.rmtree(one.folder, ignore_errors=True)
