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


@pytest.fixture
def own(tmp_path):
    """Return a folder of staff files that a test may change."""
    shutil.copy(ROOT / "config.yaml", tmp_path)
    for folder in ("intents", "responses", "tests/conversations"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_what_can_be_mended_is_mended_and_shown_and_nothing_else_changes(bot, own):
    before = {path: path.read_bytes() for path in own.rglob("*.yml")}
    file = own / "responses" / "service.yml"
    file.write_bytes(before[file] + b"\nparking:  \n\tkeywords: [PARKING]\n\ttext: {en: Come early, es: Hay lugar}")
    said = bot("check", "--fix", BOT_CONFIG=str(own / "config.yaml"))
    line = before[file].count(b"\n") + 2
    assert said.out.splitlines() == [
        f"responses/service.yml:{line}: fixed  no blanks at the end of the line",
        f"responses/service.yml:{line + 1}: fixed  spaces instead of a tab",
        f"responses/service.yml:{line + 2}: fixed  spaces instead of a tab",
        f"responses/service.yml:{line + 2}: fixed  a line end behind the last line",
    ]
    assert (said.code, " 0 errors, 0 warnings" in said.err) == (0, True)
    after = {path: path.read_bytes() for path in own.rglob("*") if path.suffix == ".yml"}
    assert {path.name for path, raw in after.items() if raw != before.get(path)} == {"service.yml"}
    assert after[file].startswith(before[file])
    assert bot("check", "--fix", BOT_CONFIG=str(own / "config.yaml")).out == ""


def test_what_cannot_be_mended_is_told_and_stays(bot, broken):
    said = bot("check", "--fix", **broken)
    assert (said.code, "fixed" in said.out, "V120" in said.out) == (1, False, True)


def test_a_test_of_a_vanished_reply_and_a_file_that_nobody_reads_are_told(bot, own):
    test = own / "tests" / "conversations" / "new.yml"
    test.write_text("- test: new\n  steps:\n    - voter: hi\n    - bot: {reply: gret}\n")
    (own / "responses" / "more.yaml").write_text("x: 1\n")
    said = bot("check", BOT_CONFIG=str(own / "config.yaml"))
    assert (said.code, [line.split()[2] for line in said.out.splitlines()]) == (1, ["Y110", "T951"])
    assert "Did you mean 'greet'?" in said.out


def test_wrong_use_is_two(bot, tmp_path):
    assert bot("check", "--format", "xml").code == 2
    assert bot("check", BOT_CONFIG=str(tmp_path / "nothing.yaml")).code == 2


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
