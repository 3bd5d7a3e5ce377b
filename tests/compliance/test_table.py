"""The table of docs/compliance.md and the tests hold each other."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT_BY_NOW = "C01 C02 C03 C04 C05 C06 C08 C09 C10 C11 C14 C15 C19 C20a C28 C29 C30 C35 C36 C45 C46 C47 C60 C61".split()
_ROW = re.compile(r"^\| (C\d+a?) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
_QUOTED = re.compile(r"`([^`]+)`")


def _table():
    text = (ROOT / "docs" / "compliance.md").read_text()
    return {of: (asks, _QUOTED.findall(kept), _QUOTED.findall(tests)) for of, asks, kept, tests in _ROW.findall(text)}


TABLE = _table()


@cache
def names_in(file):
    """Return the names of the tests of a file, those in classes too."""
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_the_table_holds_every_statement_that_is_kept_by_now_and_no_other():
    assert list(TABLE) == KEPT_BY_NOW


@pytest.mark.parametrize("statement", KEPT_BY_NOW)
def test_a_statement_says_what_it_asks_where_it_is_kept_and_which_tests_hold_it(statement):
    asks, kept, tests = TABLE[statement]
    assert len(asks) > 40
    assert [file for file in kept if not (ROOT / file).is_file()] == []
    assert kept
    assert tests


@pytest.mark.parametrize("statement", KEPT_BY_NOW)
def test_each_test_in_the_table_exists_and_has_the_id_in_its_name(statement):
    missing, unnamed = [], []
    for test in TABLE[statement][2]:
        file, _, name = test.partition("::")
        if not (ROOT / file).is_file() or name not in names_in(file):
            missing.append(test)
        if f"_{statement.casefold()}_" not in name:
            unnamed.append(test)
    assert (missing, unnamed) == ([], [])


def test_each_test_of_these_statements_in_this_folder_stands_in_the_table():
    named = {test for _, _, tests in TABLE.values() for test in tests}
    own = [
        f"tests/compliance/{path.name}::{name}"
        for path in sorted(Path(__file__).parent.glob("test_*.py"))
        for name in sorted(names_in(path.relative_to(ROOT)))
        if re.match(r"test_c\d", name)
    ]
    assert [test for test in own if test not in named] == []
