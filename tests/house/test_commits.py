"""Every commit of the product is a named fault point: there is one way to write, and it asks for the name."""

import ast
from pathlib import Path

from bot.ports import FaultPoint

ROOT = Path(__file__).parents[2]
WRITERS = {"begin", "commit", "begin_nested"}
ALLOWED = {
    "bot/store/database.py",  # the one way
    "bot/store/schema.py",  # migrations: Alembic's own transaction, before anything is served
    "bot/store/migrations/env.py",
    "bot/bench/reference.py",  # the yardstick is no part of the product
}


def calls(path):
    """Return the names of the methods that a file calls."""
    tree = ast.parse(path.read_text())
    return {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def test_no_transaction_is_begun_or_committed_outside_the_one_way():
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("bot", "channels")
        for path in (ROOT / folder).rglob("*.py")
        if calls(path) & WRITERS
    }
    assert found <= ALLOWED, f"a commit without a fault point: {sorted(found - ALLOWED)}"


def test_every_fault_point_is_used():

    source = "".join(path.read_text() for path in (ROOT / "bot").rglob("*.py") if path.name != "ports.py")
    assert [point.name for point in FaultPoint if f"FaultPoint.{point.name}" not in source] == []
