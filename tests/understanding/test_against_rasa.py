"""Ours and a Rasa side by side: taught the same, asked the same, and nothing of that Rasa stays."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.rasa import TOKEN, FakeRasa
from providers.rasa_command import install, noted
from support.commands import run_bot
from support.hands import Letters
from support.processes import BOT, ROOT, clean_environment, wait_until

from bot.app import PLACES
from bot.bench.goals import Result
from bot.bench.understanding import GOALS, Draw, against_rasa
from bot.content.examples import OUT_OF_SCOPE, Example, read_examples
from bot.content.trouble import Mark
from bot.understanding.classifier import BuiltIn
from bot.understanding.rasa import open_alone
from bot.understanding.rasa_project import NotTrained, files_of
from bot.understanding.rasa_served import served
from bot.understanding.side_by_side import asked_of, side, taught_without
from bot.understanding.train import learn

SAID = {
    "ana": {
        "polling_place": ["where do i vote", "which school is it", "where to vote", "my polling place?", "where at"]
    },
    "bob": {
        "polling_place": ["whats my precinct", "where's the place", "voting place", "which place", "where we vote"]
    },
    "cy": {"polling_place": ["where do i vote", "where do folks vote"], "thanks": ["ty", "bless you"]},
    "desk": {OUT_OF_SCOPE: ["what is the weather", "order me a pizza"]},
}
THANKS = ["thank you", "thanks so much", "thx a lot", "many thanks", "thank u"]


def examples() -> list[Example]:
    rows = [(hand, intent, text) for hand, said in SAID.items() for intent, texts in said.items() for text in texts]
    rows += [(hand, "thanks", f"{text} {hand}") for hand in ("ana", "bob") for text in THANKS]
    return [
        Example(text, intent, "en", hand, Mark(f"intents/en/all-{hand}.yml", at))
        for at, (hand, intent, text) in enumerate(rows)
    ]


def texts(found: list[Example]) -> set[str]:
    return {one.text for one in found}


# --- what both are taught and asked -----------------------------------------------------------------------------------


def test_both_are_taught_all_but_the_hand_and_the_strays() -> None:
    taught = taught_without(examples(), "cy")
    assert {(one.hand, one.intent) for one in taught} == {
        (hand, intent) for hand in ("ana", "bob") for intent in ("polling_place", "thanks")
    }
    assert len(taught) == 20


def test_a_part_is_spread_over_the_hands_and_always_the_same() -> None:
    taught = taught_without(examples(), "cy", 4)
    assert taught == taught_without(examples()[::-1], "cy", 4)
    counts = {(one.intent, one.hand) for one in taught}
    assert (len(taught), len(counts)) == (8, 4)
    assert taught_without(examples(), "cy", 900) == taught_without(examples(), "cy")


def test_both_are_asked_what_the_hand_wrote_and_the_strays_of_its_language() -> None:
    stray = Example("una pizza", OUT_OF_SCOPE, "es", "desk", Mark("intents/es/strays-desk.yml"))
    asked = asked_of([*examples(), stray], "cy")
    assert texts(asked) == {"where do i vote", "where do folks vote", "ty", "bless you"} | set(
        SAID["desk"][OUT_OF_SCOPE]
    )


def test_rasa_gets_the_same_texts_as_ours() -> None:
    odd = [
        Example(text, "yes", "es", "ana", Mark("x"))
        for text in ("sí: claro", "- no #1", "'quoted\" \\n", "two\n lines", "two lines", "{a} [b]", "👍🏽")
    ]
    found, troubles = read_examples(files_of([*odd, *examples()]))
    assert troubles == []
    wanted = {(" ".join(one.text.split()), one.intent, one.language) for one in [*odd, *examples()]}
    assert sorted((one.text, one.intent, one.language) for one in found) == sorted(wanted)


# --- one column -------------------------------------------------------------------------------------------------------


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with FakeRasa() as one:
        yield one


def test_a_column_tells_what_the_other_side_reads(rasa: FakeRasa) -> None:
    rasa.meanings = {
        "ty": {"polling_place": 0.8, "thanks": 0.1},
        "bless you": {"nlu_fallback": 0.5, "thanks": 0.3},
        "order me a pizza": {"nlu_fallback": 0.9, "thanks": 0.1},
    }
    reader = open_alone(rasa.url, TOKEN)
    found = side(reader, asked_of(examples(), "cy"), answer_from=0.6)
    assert {name: found[name] for name in ("examples", "accuracy", "answered", "wrong_answers", "strays")} == {
        "examples": 4, "accuracy": 0.75, "answered": 0.75, "wrong_answers": 0.25, "strays": 2,
    }  # fmt: skip
    assert (found["strays_seen"], found["in_scope_kept"], found["not_read"]) == (0.5, 0.75, 0)
    assert found["macro_f1"] == pytest.approx((2 * 0.667 / 1.667 + 2 * 0.5 / 1.5) / 2, abs=1e-3)
    assert found["calibration_error"] == pytest.approx((2 * 0.07 + 0.8 + 0.7) / 4, abs=1e-3)
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    rasa.faults.extend(["500", "malformed"])
    assert side(reader, asked_of(examples(), "cy"), answer_from=0.6)["not_read"] == 2
    reader.close()


def test_ours_has_the_same_column(rasa: FakeRasa) -> None:
    taught, asked = taught_without(examples(), "cy"), asked_of(examples(), "cy")
    ours = side(BuiltIn(learn(taught, Letters()).model, Letters(), PLACES), asked, 0.6)
    reader = open_alone(rasa.url, TOKEN)
    assert list(ours) == list(side(reader, asked, 0.6))
    assert (ours["examples"], ours["strays"], ours["not_read"]) == (4, 2, 0)
    reader.close()


# --- a Rasa of our own ------------------------------------------------------------------------------------------------


def is_alive(process: object) -> bool:
    assert isinstance(process, int)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def left_of(notes: Path) -> list[str]:
    """Return what is left of the Rasas that were started: processes and folders."""
    done = noted(notes)
    alive = [str(one["pid"]) for one in done if is_alive(one["pid"])]
    return alive + [str(one["folder"]) for one in done if Path(str(one["folder"])).exists()]


def test_a_rasa_is_taught_served_and_gone(tmp_path: Path) -> None:
    notes, told = install(tmp_path), list[str]()
    rasa = tmp_path / ".venv-rasa" / "bin" / "rasa"
    with served(files_of(taught_without(examples(), "cy")), rasa, told.append, epochs=20) as one:
        found = side(one.reader, asked_of(examples(), "cy"), 0.6)
    assert (found["accuracy"], found["strays_seen"]) == (0.75, 1.0)  # what it does not know, it calls thanks
    trained, run = noted(notes)
    assert (trained["texts"], trained["epochs"]) == (20, 20)
    assert len(str(run["token"])) == 32
    assert told[0] == "Rasa learns: 1 of 20 epochs, 00:02 to go"
    assert (len(told), told[-2:]) == (12, ["Rasa learns: 20 of 20 epochs, 00:02 to go", "Rasa starts ..."])
    assert left_of(notes) == []


def test_a_rasa_that_does_not_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    rasa = tmp_path / ".venv-rasa" / "bin" / "rasa"
    rasa.parent.mkdir(parents=True)
    learns = "mkdir -p models && echo model > models/nlu.tar.gz"
    rasa.write_text(f"#!/bin/sh\nif [ $1 = train ]; then {learns}; else echo 'no such port' >&2; exit 3; fi\n")
    rasa.chmod(0o755)
    with (
        pytest.raises(NotTrained, match="Rasa was trained but ended with 3; its last words: no such port"),
        served(files_of(taught_without(examples(), "cy")), rasa, lambda _: None),
    ):
        raise AssertionError("it was served")


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder with settings, and examples of a few hands, to run commands in."""
    folder = tmp_path / "home"
    (folder / "responses").mkdir(parents=True)
    (folder / "tmp").mkdir()
    shutil.copy(ROOT / "config.yaml", folder)
    for hand in SAID:
        (name, raw), *_ = files_of([one for one in examples() if one.hand == hand]).items()
        path = folder / name.replace("part", f"part-{hand}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return folder


AGAINST = ("nlu", "evaluate", "--hand", "cy", "--against", "rasa")


def test_the_command_prints_both_columns(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = install(home)
    monkeypatch.chdir(home)
    said = run_bot(*AGAINST, "--per-intent", "8", "--epochs", "3", folder=home / "var")
    assert said.code == 0
    assert said.out.startswith(
        "Both learned 16 examples of 2 intents (Rasa in 3 epochs) and read 4 of cy and 2 strays.\n"
    )
    (row,) = [line for line in said.out.splitlines() if line.startswith("strays seen")]
    assert row.split()[-1] == "100.0%"
    assert "Rasa learns: 3 of 3 epochs" in said.err
    assert noted(notes)[0]["texts"] == 16
    found = json.loads(run_bot(*AGAINST, "--json", folder=home / "var").out)
    assert (found["hand"], found["taught"], found["epochs"], found["rasa"]["accuracy"]) == ("cy", 20, 100, 0.75)
    assert set(found["ours"]) == set(found["rasa"])
    assert left_of(notes) == []


ENDS = [("train", signal.SIGINT, 130), ("run", signal.SIGTERM, 143)]


@pytest.mark.parametrize("does, by, code", ENDS)
def test_whoever_ends_the_command_ends_its_rasa(home: Path, does: str, by: signal.Signals, code: int) -> None:
    notes = install(home, hangs=does)
    environment = clean_environment(TMPDIR=str(home / "tmp"), BOT_STORE__FOLDER=str(home / "var"))
    process = subprocess.Popen(
        [*BOT, *AGAINST], cwd=home, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    wait_until(lambda: [one for one in noted(notes) if one["does"] == does])
    process.send_signal(by)
    said = process.communicate(timeout=20)[1].decode()
    assert (process.returncode, "Traceback" in said) == (code, False)
    assert left_of(notes) == []
    assert list((home / "tmp").iterdir()) == []


def test_without_rasa_it_says_what_puts_it_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setattr("bot.cli.rasa.VENV", ".venv-of-nobody")
    said = run_bot(*AGAINST, folder=home / "var")
    assert (said.code, said.out) == (1, "")
    assert [line for line in said.err.splitlines() if "'make rasa' puts it there" in line] == said.err.splitlines()


# --- the benchmark ----------------------------------------------------------------------------------------------------


def test_the_benchmark_counts_errors_against_rasa(tmp_path: Path) -> None:
    install(tmp_path)
    rasa = tmp_path / ".venv-rasa" / "bin" / "rasa"
    asked = [one for one in examples() if one.hand == "cy"]
    ratio, told = against_rasa(Draw(taught_without(examples(), "cy"), asked, []), 90.0, rasa, lambda _: None)
    assert ratio == pytest.approx(10 / 25)
    assert told.startswith("draw 1: 90.0 % right, Rasa 75.0 %; Rasa learned for ")


def test_what_nobody_asked_for_has_not_failed() -> None:
    (goal,) = [goal for goal in GOALS if goal.id == "U13"]
    assert [Result(goal, None, "", asked=asked).failed for asked in (True, False)] == [True, False]
    assert [Result(goal, value, "").failed for value in (0.5, 0.7)] == [False, True]
