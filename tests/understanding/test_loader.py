"""The model that belongs to the examples: found, or learned anew; never a crash while an older one is there."""

import shutil
import threading
import time
from pathlib import Path

import pytest
from support.hands import EXAMPLES, staff_folder
from support.processes import ROOT

from bot.app import PLACES
from bot.ports import Query
from bot.understanding.loader import Loading, NotLearned, open_classifier

ONE_INTENT = "version: '3.1'\nnlu:\n- intent: thanks\n  examples: |\n    - ty\n"
BROKEN = "version: '3.1'\nnlu:\n- intnet: x\n"


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a staff folder whose model was learned once, in `var`."""
    folder = staff_folder(tmp_path_factory.mktemp("staff"))
    told: list[str] = []
    open_classifier(folder, folder / "var", PLACES, told.append)
    assert told[0].startswith("Learning")
    steps = ["reading words", "reading meaning", "comparing", "calibrating, 1 of 3", "learning from all"]
    assert [line.strip() for line in told[1:] if line.strip() in steps] == steps
    return folder


@pytest.fixture
def staff(learned: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    shutil.copytree(learned, tmp_path / "staff")
    return tmp_path / "staff"


def pressing(loading: Loading) -> list[str]:
    """Start `loading`; return what a greeting is read as each time that it says to be ready, until it has said so twice."""
    read: list[str] = []
    twice = threading.Event()

    def then() -> None:
        read.append(loading.read_all([Query("where do i vote")])[0].intent)
        if len(read) > 1:
            twice.set()

    loading.start(then)
    assert twice.wait(60), loading.failed
    return read


def opened(staff: Path) -> tuple[str, list[str]]:
    """Return what a text is read as, and what was told meanwhile (without the steps of learning)."""
    told: list[str] = []
    reader = open_classifier(staff, staff / "var", PLACES, told.append)
    (reading,) = reader.read_all([Query("where do i vote")])
    return reading.intent, [line for line in told if not line.startswith("  ")]


def test_a_model_of_the_same_examples_is_taken_as_it_is(staff: Path) -> None:
    before = (staff / "var" / "model.npz").read_bytes()
    assert opened(staff) == ("polling_place", [])
    assert (staff / "var" / "model.npz").read_bytes() == before


def test_a_damaged_model_is_learned_anew(staff: Path) -> None:
    model = staff / "var" / "model.npz"
    model.write_bytes(model.read_bytes()[:1000])
    intent, told = opened(staff)
    assert (intent, len(told), opened(staff)) == ("polling_place", 1, ("polling_place", []))


def test_a_model_of_other_examples_is_learned_anew(staff: Path) -> None:
    staff_folder(staff, {**EXAMPLES, "polling_place": ["hello"], "greet": ["where do i vote", "where do we vote"]})
    assert (opened(staff)[0], opened(staff)[1]) == ("greet", [])


def test_examples_with_mistakes_leave_the_last_model_in_service(staff: Path) -> None:
    (staff / "intents" / "en" / "more-ana.yml").write_text(BROKEN)
    intent, (told,) = opened(staff)
    assert (intent, told.split("(")[0]) == ("polling_place", "The examples have mistakes ")


def test_learning_that_fails_leaves_the_last_model_in_service(staff: Path) -> None:
    staff_folder(staff, {"thanks": ["ty", "thx"]})
    intent, (_, told) = opened(staff)
    assert (intent, "two intents at least" in told, "last good model stays" in told) == ("polling_place", True, True)


@pytest.mark.parametrize("text, why", [(BROKEN, "run 'bot check'"), (ONE_INTENT, "two intents")])
def test_without_any_model_it_is_said_why_there_is_none(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "intents" / "en" / "small-ana.yml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(NotLearned, match=why):
        open_classifier(tmp_path, tmp_path / "var", PLACES, shipped=tmp_path / "none.npz")


def test_the_shipped_examples_are_learned_already(tmp_path: Path) -> None:
    told: list[str] = []
    open_classifier(ROOT, tmp_path, PLACES, told.append)
    assert (told, list(tmp_path.iterdir())) == ([], []), "examples have changed: run 'make model' and commit its file"


def test_broken_examples_without_a_model_of_their_own_are_read_by_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "intents" / "en").mkdir(parents=True)
    (tmp_path / "intents" / "en" / "small-ana.yml").write_text(BROKEN)
    assert opened(tmp_path)[0] == "polling_place"


# --- while it loads ---------------------------------------------------------------------------------------------------


def test_the_caller_is_told_once_the_classifier_is_ready_and_not_before(model: Path) -> None:
    asked, done = threading.Event(), threading.Event()
    loading = Loading(ROOT, model.parent, PLACES, lambda text: None)
    assert not loading.ready.is_set()

    def then() -> None:
        assert loading.ready.is_set()
        asked.wait(10)
        done.set()

    loading.start(then)
    assert loading.ready.wait(60)
    assert [one.intent for one in loading.read_all([Query("where do i vote"), Query("gracias")])] == [
        "polling_place",
        "thanks",
    ]
    asked.set()
    assert (done.wait(10), loading.failed) == (True, "")


def test_while_changed_examples_are_learned_the_model_before_them_reads(staff: Path) -> None:
    staff_folder(staff, {**EXAMPLES, "polling_place": ["hello"], "greet": ["where do i vote", "where do we vote"]})
    loading = Loading(staff, staff / "var", PLACES, lambda text: None)
    assert pressing(loading) == ["polling_place", "greet"]


def test_a_classifier_that_cannot_be_loaded_says_so_and_never_gets_ready(tmp_path: Path) -> None:
    (tmp_path / "intents" / "en").mkdir(parents=True)
    (tmp_path / "intents" / "en" / "small-ana.yml").write_text(BROKEN)
    called = threading.Event()
    loading = Loading(tmp_path, tmp_path / "var", PLACES, lambda text: None, shipped=tmp_path / "none.npz")
    loading.start(called.set)
    until = time.monotonic() + 30
    while not loading.failed and time.monotonic() < until:
        time.sleep(0.02)
    assert (loading.failed.split(":")[0], loading.ready.is_set(), called.is_set()) == ("NotLearned", False, False)
