"""`docs/checks.md` held against the check: each wrong example earns its code there and nothing else, each right one nothing.

The page is the table of fixtures, so a check that is taken away fails here by its code.
"""

import re
from dataclasses import dataclass
from datetime import date

import pytest
import yaml
from support.processes import ROOT
from support.staff import LANGUAGES, sound

from bot.config import ConfigError, load
from bot.content.check import check
from bot.content.codes import CODES

PAGE = (ROOT / "docs" / "checks.md").read_text()
SECTION = re.compile(
    r"^### (?P<code>\w+) (?P<title>[^\n]+)\n(?P<severity>Error|Warning)\. (?P<sentence>[^\n]+)\n\n"
    r"Wrong, `(?P<place>[^`]+)`(?:, from `(?P<source>[^`]+)`)?(?:, (?P<how>[^\n]+))?:\n```yaml\n(?P<wrong>.*?)```\n"
    r"Right(?:, `(?P<elsewhere>[^`]+)`)?:\n```yaml\n(?P<right>.*?)```$",
    re.MULTILINE | re.DOTALL,
)
TODAY = date(2026, 11, 22)
ATTACHED = frozenset({"maps/precincts.pdf"})
"""What lies below responses/files/ in the examples."""
SAVED = {
    # how an example's file is changed, in the words of the page
    "saved as Windows-1252": lambda raw: raw.decode().encode("cp1252"),
    "with 2 MB of blank lines behind it": lambda raw: raw + b"\n" * 2_000_000,
}
AROUND = {
    # what is not there, in the words of the page
    "alone in its folder": lambda name, line: name.startswith("intents/"),
    "in place of `apology`": lambda name, line: line.startswith("apology:"),
    "where no other entry has the keyword": lambda name, line: line.startswith("payer:"),
}
OTHER = {"", "read on 22 November 2026", "where the organisation is an office"}


@dataclass(frozen=True)
class Shown:
    """What the page shows of one code."""

    code: str
    title: str
    severity: str
    place: str
    file: str
    how: str
    wrong: str
    right: str
    right_file: str


def shown():
    for found in SECTION.finditer(PAGE):
        file = found["source"] or found["place"].partition(":")[0]
        yield Shown(
            code=found["code"],
            title=found["title"],
            severity={"Error": "error", "Warning": "warn"}[found["severity"]],
            place=found["place"],
            file=file,
            how=found["how"] or "",
            wrong=found["wrong"],
            right=found["right"],
            right_file=found["elsewhere"] or file,
        )


ALL = list(shown())
each = pytest.mark.parametrize("one", ALL, ids=[one.code for one in ALL])


def files_with(file: str, raw: bytes, how: str) -> dict[str, bytes]:
    """Return the sound files with one more, which takes the place of their entries of the same name."""
    names = tuple(f"{name}:" for name in re.findall(r"^(\w+):", raw.decode("latin-1"), re.MULTILINE))
    away = AROUND.get(how, lambda name, line: False)
    kept = {
        name: "".join(
            line
            for line in text.decode().splitlines(keepends=True)
            if not away(name, line) and not (name.startswith("responses/") and line.startswith(names))
        ).encode()
        for name, text in sound().items()
    }
    if file.startswith("responses/forms/"):
        kept["responses/way.yml"] = b"way: {form: parking, keywords: [ZEBRA]}\n"
    return {name: text for name, text in kept.items() if text} | {file: raw}


def found_in(file: str, text: str, how: str, folder) -> list[tuple[str, str, str]]:
    """Return code, place and severity of all that the check and the settings say of an example."""
    raw = SAVED[how](text.encode()) if how in SAVED else text.encode()
    topics: tuple[str, ...] = ()
    files, overlooked = sound(), ()
    if file == "config.yaml":
        (folder / file).write_bytes((ROOT / file).read_bytes() if not text.strip() else raw)
        try:
            topics = tuple(load({}, folder).settings.conversation.topics) if "topics" in text else ()
            load({}, folder)
        except ConfigError as error:
            return [(line.split()[2], line.split()[0][:-1], line.split()[1]) for line in str(error).splitlines()]
    elif file.endswith(".yaml"):
        overlooked = (file,)
    else:
        files = files_with(file, raw, how)
    kind = "office" if how.endswith("office") else "campaign"
    told = check(files, LANGUAGES, topics, kind=kind, today=TODAY, overlooked=overlooked, attached=ATTACHED).troubles
    return [(one.code, f"{one.mark.file}:{one.mark.line}:{one.mark.column}", str(one.severity)) for one in told]


def test_every_code_is_on_the_page_in_its_order_with_its_title_and_severity() -> None:
    assert [(one.code, one.severity, one.title) for one in ALL] == [tuple(code) for code in CODES]
    assert len(CODES) == len({code.code for code in CODES})


def test_every_code_of_the_source_is_in_the_table() -> None:
    sources = [path.read_text() for path in (ROOT / "bot").rglob("*.py") if path.name != "codes.py"]
    used = {code for source in sources for code in re.findall(r'"([A-Z]\d{3})"', source)}
    assert used == {code.code for code in CODES}


@each
def test_the_wrong_example_earns_its_code_at_its_place_and_no_other(one: Shown, tmp_path) -> None:
    found = found_in(one.file, one.wrong, one.how, tmp_path)
    assert found[:1] == [(one.code, one.place, one.severity)]
    assert {code for code, _, _ in found} == {one.code}


@each
def test_the_right_example_earns_nothing(one: Shown, tmp_path) -> None:
    assert found_in(one.right_file, one.right, one.how if one.how in AROUND else "", tmp_path) == []


@each
def test_the_page_shows_an_example_as_it_must_be_read(one: Shown) -> None:
    assert one.how in SAVED.keys() | AROUND.keys() | OTHER
    assert (one.wrong, one.file) != (one.right, one.right_file) or one.how in SAVED


# --- what the page gives to paste -------------------------------------------------------------------------------------


def pasted() -> dict[str, object]:
    """Return the two files that the page gives, by their first key."""
    blocks = re.findall(r"^```yaml\n(.*?)```$", PAGE.partition("\n## Y")[0], re.MULTILINE | re.DOTALL)
    return {next(iter(value)): value for value in map(yaml.safe_load, blocks)}


def test_the_page_gives_a_hook_and_a_workflow() -> None:
    assert set(pasted()) == {"repos", "name"}


def test_the_hook_runs_the_check_for_each_of_the_staffs_files() -> None:
    (repository,) = pasted()["repos"]["repos"]  # type: ignore[index]
    (hook,) = repository["hooks"]
    assert (repository["repo"], hook["entry"], hook["pass_filenames"]) == ("local", "bot check", False)
    staff = ("responses/x.yml", "responses/forms/x.yml", "intents/en/x.yml", "tests/conversations/x.yml", "config.yaml")
    assert [name for name in (*staff, "docs/x.md", "bot/x.py") if re.search(hook["files"], name)] == list(staff)
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [{key: one[key] for key in ("id", "entry", "files", "pass_filenames")} for one in published] == [
        {key: hook[key] for key in ("id", "entry", "files", "pass_filenames")}
    ]


def test_the_workflow_marks_the_lines_of_a_pull_request() -> None:
    workflow = pasted()["name"]
    assert set(workflow) == {"name", True, "permissions", "jobs"}  # YAML 1.1 reads the key "on" so, and GitHub does not
    (job,) = workflow["jobs"].values()  # type: ignore[index]
    assert job["steps"][-1] == {"run": ".venv/bin/bot check --format github"}
    assert all(set(step) <= {"uses", "with", "run"} for step in job["steps"])
