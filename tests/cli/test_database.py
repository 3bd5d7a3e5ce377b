"""`bot db`: upgrade, check, backup, restore; and what they say where something is wrong."""

import sqlite3

import pytest
from support.commands import run_bot

from bot.cli.serve import take_lock
from bot.config import load


def query(path, question):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def count(path):
    return query(path, "SELECT count(*) FROM message")[0][0]


def change(path, statement):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_new_database_is_made_once(tmp_path):
    said = [run_bot("db", "upgrade", folder=tmp_path) for _ in range(2)]
    assert [(one.code, one.out, one.err) for one in said] == [(0, "The database has schema 0001.\n", "")] * 2
    assert run_bot("db", "check", folder=tmp_path).out == "The database is well.\n"


def test_a_copy_can_be_put_back(own):
    copy, file = own / "copy.sqlite3", own / "desk.sqlite3"
    said = run_bot("db", "backup", str(copy), folder=own)
    assert (said.code, said.out.startswith(f"Copied to {copy} (")) == (0, True)
    before = count(file)
    change(file, "DELETE FROM message")
    asked = run_bot("db", "restore", str(copy), folder=own, stdin="n\n")
    assert (asked.code, count(file)) == (130, 0)
    said = run_bot("db", "restore", "--yes", str(copy), folder=own)
    assert (said.code, said.out, count(file)) == (0, f"{copy} is back in its place.\n", before)


def test_a_copy_without_a_name_lies_beside_the_database(own):
    assert run_bot("db", "backup", folder=own).code == 0
    (copy,) = own.glob("backup-*.sqlite3")
    assert count(copy) == count(own / "desk.sqlite3")


def test_a_copy_never_overwrites(own):
    (own / "kept").write_text("kept")
    said = run_bot("db", "backup", str(own / "kept"), folder=own)
    assert (said.code, (own / "kept").read_text()) == (2, "kept")


def test_there_is_nothing_to_copy_yet(empty):
    said = run_bot("db", "backup", folder=empty)
    assert (said.code, said.out, said.err) == (1, "", f"There is no database in {empty} yet.\n")


def another_database(path):
    change(path, "CREATE TABLE recipes (id INTEGER)")


def text_file(path):
    path.write_text("dear diary")


def damaged(path):
    path.write_bytes((path.parent / "desk.sqlite3").read_bytes()[:8192])


@pytest.mark.parametrize("make", [another_database, text_file, damaged])
def test_what_is_no_copy_is_not_put_back(own, make):
    make(own / "other")
    before = count(own / "desk.sqlite3")
    said = run_bot("db", "restore", "--yes", str(own / "other"), folder=own)
    assert (said.code, said.out, count(own / "desk.sqlite3")) == (1, "", before)
    assert str(own / "other") in said.err


def test_nothing_is_put_back_under_a_running_desk(own):
    copy = own / "copy.sqlite3"
    run_bot("db", "backup", str(copy), folder=own)
    lock = take_lock(load({"BOT_STORE__FOLDER": str(own)}))
    said = run_bot("db", "restore", "--yes", str(copy), folder=own)
    lock.close()
    assert (said.code, said.err.startswith("Another 'bot run' uses the database")) == (2, True)


def test_a_lost_trigger_is_found(own):
    change(own / "desk.sqlite3", "DROP TRIGGER consent_no_update")
    said = run_bot("db", "check", folder=own)
    assert (said.code, said.out) == (1, "the trigger consent_no_update is missing; run 'bot db upgrade'\n")


def test_a_newer_database_is_left_alone(own):
    change(own / "desk.sqlite3", "UPDATE alembic_version SET version_num = '9999'")
    for words, code in ((("db", "upgrade"), 1), (("db", "check"), 1), (("threads", "list"), 2)):
        said = run_bot(*words, folder=own)
        assert (said.code, "newer than this version of the product" in said.out + said.err) == (code, True)
    assert query(own / "desk.sqlite3", "SELECT version_num FROM alembic_version") == [("9999",)]


PLACES = ["a text file", "a file in place of the folder"]
COMMANDS = [
    "db upgrade", "db check", "db backup", "threads list", "threads show 1", "threads export", "dead list",
    "dead show message:1", "dead replay all", "console link", "doctor",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_none_is_told_in_a_sentence(tmp_path, place, command):
    folder = tmp_path / "var"
    if place == PLACES[0]:
        folder.mkdir()
        (folder / "desk.sqlite3").write_text("this is no database, " * 100)
    else:
        folder.write_text("in the way")
    said = run_bot(*command.split(), folder=folder)
    assert said.code in (1, 2)
    assert "Traceback" not in said.out + said.err
    told = [line for line in (said.out + said.err).splitlines() if "database" in line and not line.startswith("ok ")]
    assert len(told) == 1


def test_a_server_that_is_away_is_told_in_a_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    away = {"DATABASE_URL": "postgresql://desk:hunter2@127.0.0.1:1/desk"}
    for command in ("db upgrade", "db check", "threads list", "dead list", "console link"):
        said = run_bot(*command.split(), folder=tmp_path, **away)
        assert (said.code, len((said.out + said.err).splitlines()), "hunter2" in said.err) == (1, 1, False)


def test_a_copy_that_failed_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = run_bot("db", "backup", folder=tmp_path, DATABASE_URL="postgresql://desk@127.0.0.1:1/desk")
    assert (said.code in (1, 2), said.out, list(tmp_path.iterdir())) == (True, "", [])
