"""The benchmark of understanding: fixed draws, fixed noise, and a clear word where the data are not there."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.bench.understanding import GOALS, INTENTS, NoData, banking, clinc, drawn, sms
from bot.cli import cli
from bot.cli.shared import WrongUse

TAUGHT = [(f"text {number} of {intent}", f"intent {intent:02}") for intent in range(60) for number in range(30)]


def test_a_draw_is_the_same_for_its_seed_and_another_for_another() -> None:
    first, again, other = (drawn(TAUGHT, TAUGHT, ["stray"], seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len({one.intent for one in first.taught}) == INTENTS
    assert {one.intent for one in first.asked} <= {one.intent for one in first.taught}


def test_noise_is_what_thumbs_do() -> None:
    text = "What is the deadline for people who moved, please?"
    noisy = sms(text, random.Random(3))
    assert noisy == sms(text, random.Random(3))
    assert noisy.split()[0] == "wat"
    assert noisy.endswith("pls")
    assert not set(noisy) & set("?,W")


@pytest.mark.parametrize("read", [clinc, banking])
def test_without_the_data_it_is_said_which_are_missing(tmp_path: Path, read: object) -> None:
    with pytest.raises(NoData, match="is not there"):
        read(tmp_path)  # type: ignore[operator]


@pytest.mark.parametrize("arguments, said", [([], "--data FOLDER"), (["--data", "nowhere"], "clinc150/data_full.json")])
def test_the_command_says_what_it_wants(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, ["bench", "understanding", *arguments], env={"BENCH_DATA": ""})
    assert isinstance(done.exception, WrongUse)
    assert said in str(done.exception)


def test_every_goal_has_a_name_of_its_own() -> None:
    assert len({goal.id for goal in GOALS}) == len(GOALS)
