"""`bot check` and `bot doctor`: the staff's files and everything else, in words for people and for programs."""

import json
import re
import shutil

import pytest
from support.processes import ROOT


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """Return settings whose staff files hold one mistake."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(ROOT / "config.yaml", home)
    for folder in ("intents", "responses"):
        shutil.copytree(ROOT / folder, home / folder)
    file = home / "responses" / "voting.yml"
    file.write_text(file.read_text() + "\nmistaken:\n  text: {en: 50% sure}\n")
    return {"BOT_CONFIG": str(home / "config.yaml")}


def test_files_without_a_mistake_are_zero(bot):
    said = bot("check")
    assert (said.code, said.out) == (0, "")
    assert re.fullmatch(r"\d+ entries, \d+ forms, \d+ examples: 0 errors, 0 warnings \(\d+ ms\)\n", said.err)


def test_a_mistake_is_one_with_file_line_and_code(bot, broken):
    said = bot("check", **broken)
    assert said.code == 1
    assert re.search(r"^responses/voting\.yml:\d+:\d+: error [A-Z]\d{3}  .*'mistaken'", said.out, re.MULTILINE)
    assert " 1 errors, " in said.err


def test_mistakes_for_programs(bot, broken):
    said = bot("check", "--format", "json", **broken)
    (first, *_), fine = json.loads(said.out), json.loads(bot("check", "--format", "json").out)
    assert (said.code, said.err, fine) == (1, "", [])
    assert sorted(first) == ["code", "column", "file", "line", "message", "severity"]


def test_mistakes_for_github(bot, broken):
    said = bot("check", "--format", "github", **broken)
    assert (said.code, bot("check", "--format", "github").out) == (1, "")
    assert re.search(r"^::error file=responses/voting\.yml,line=\d+,col=\d+,title=[A-Z]\d{3}::", said.out, re.MULTILINE)


def test_a_doctor_finds_nothing_wrong_with_a_good_store(bot):
    said = bot("doctor")
    assert (said.code, said.err) == (0, "")
    marks = {line.split()[1]: line.split()[0] for line in said.out.splitlines() if line[:4] in ("ok  ", "note")}
    assert marks["settings"] == marks["staff"] == marks["database"] == marks["redis"] == "ok"


WRONG = {
    # name: (environment, what the doctor says about which)
    "settings": ({"BOT_WEB__PROT": "1"}, "settings"),
    "the database": ({"DATABASE_URL": "postgresql://desk:hunter2@127.0.0.1:1/desk"}, "database"),
    "Redis": ({"REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}, "redis"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_doctor_says_what_is_wrong_and_is_one(bot, name):
    environment, about = WRONG[name]
    said = bot("doctor", **environment)
    wrong = [line.split()[1] for line in said.out.splitlines() if line.startswith("WRONG")]
    assert (said.code, wrong, said.err) == (1, [about], "1 to mend.\n" if name != "x" else "")
    assert "hunter2" not in said.out


def test_a_doctor_names_mistakes_in_files(bot, broken):
    said = bot("doctor", **broken)
    assert (said.code, "WRONG  staff files" in said.out, "responses/voting.yml:" in said.out) == (1, True, True)
