"""The model that belongs to the staff's examples: found, or learned anew in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from bot.content.examples import read_examples
from bot.content.files import staff_files
from bot.message import Reading
from bot.ports import Classifier, Query
from bot.understanding.classifier import BuiltIn
from bot.understanding.encoder import encoder_name, open_encoder
from bot.understanding.model import Model, data_hash, data_in, load
from bot.understanding.values import Places

LEARN_S = 900
SHIPPED = Path(__file__).with_name("shipped.npz")
"""The model of the examples that come with the product (`make model`), so that a fresh clone learns nothing first."""
STEP = "step: "
"""How the learning process begins a line that tells what it does now."""
log = structlog.get_logger()


class NotLearned(Exception):
    """There is no model and none could be learned."""


class Loading:
    """A classifier that is still on its way; threads wait in the inbox until it is `ready`.

    While changed examples are learned, the model before them reads. `behind` puts another reader before the built-in
    one, which then stands behind it.
    """

    def __init__(
        self,
        staff: Path,
        folder: Path,
        places: Places,
        said: Callable[[str], None],
        behind: Callable[[BuiltIn], Classifier] = lambda own: own,
        shipped: Path = SHIPPED,
    ) -> None:
        self._shipped = shipped
        self._staff, self._folder, self._places, self._said, self._behind = staff, folder, places, said, behind
        self._reader: Classifier | None = None
        self.ready = threading.Event()
        self.failed = ""

    def start(self, then: Callable[[], None]) -> None:
        """Load in a thread of its own and call `then` when done."""
        threading.Thread(target=self._run, args=(then,), name="load", daemon=True).start()

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        """Return one reading for each query; only after `ready`."""
        assert self._reader is not None
        return self._reader.read_all(queries)

    def _run(self, then: Callable[[], None]) -> None:
        try:
            own = open_classifier(
                self._staff,
                self._folder,
                self._places,
                self._said,
                lambda older: self._serve(older, then),
                self._shipped,
            )
        except Exception as error:  # noqa: BLE001 -- told on /ready and in the log; people still answer
            self.failed = f"{type(error).__name__}: {error}"
            log.error("classifier_not_loaded", error=type(error).__name__)
            return
        self._serve(own, then)

    def _serve(self, own: BuiltIn, then: Callable[[], None]) -> None:
        own.read_all([Query("ready")])
        self._reader = self._behind(own)
        self.ready.set()
        then()


def open_classifier(
    staff: Path,
    folder: Path,
    places: Places,
    said: Callable[[str], None] = lambda text: None,
    meanwhile: Callable[[BuiltIn], None] = lambda older: None,
    shipped: Path = SHIPPED,
) -> BuiltIn:
    """Return the classifier for the examples in `staff`; learn them if neither `folder` nor the product has their model.

    `meanwhile` gets the one before them, where there is one, while they are learned. Broken example files, or learning
    that fails, leave that one in service; without any, raise `NotLearned`.
    """
    encoder = open_encoder()
    if encoder is None:
        log.warning("encoder_missing", effect="understanding by words alone, about ten points less sure")
    path = folder / "model.npz"
    wanted, broken = _wanted(staff, encoder.name if encoder else "none")
    found = _at_hand(path, shipped, wanted)
    if broken:
        if found is None:
            raise NotLearned("the example files have mistakes and there is no older model; run 'bot check'")
        said("The examples have mistakes ('bot check' names them); the last good model stays in service.")
    elif found is None or found.data != wanted:
        said("Learning the examples (a minute or two, only when they have changed) ...")
        if found is not None:
            meanwhile(BuiltIn(found, encoder, places))
        try:
            learn(staff, path, lambda text: said(f"  {text}"))
        except NotLearned as error:
            if found is None:
                raise
            said(f"{error}. The last good model stays in service.")
        found = _load(path) or found
    if found is None:
        raise NotLearned("learning left no model")
    return BuiltIn(found, encoder, places)


def learned_in(staff: Path, folder: Path, shipped: Path = SHIPPED) -> Path | None:
    """Return the file with the model of the examples in `staff`; None where they have yet to be learned."""
    wanted, _ = _wanted(staff, encoder_name())
    return next((path for path in (folder / "model.npz", shipped) if data_in(path) == wanted), None)


def _at_hand(path: Path, shipped: Path, wanted: str) -> Model | None:
    """Return the model of the `wanted` examples from `path` or `shipped`; else the one in `path`, else the shipped one."""
    if data_in(path) != wanted and data_in(shipped) == wanted:
        return _load(shipped)
    return _load(path) or _load(shipped)


def learn(staff: Path, path: Path, said: Callable[[str], None] = lambda text: None) -> str:
    """Learn the examples in a process of its own, so that scipy and its memory end with it; return its JSON line.

    `said` hears each step as it begins.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(  # noqa: S603 -- our own module
        [sys.executable, "-m", "bot.understanding.train", str(staff), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": str(os.cpu_count() or 1)},
    ) as process:
        limit = threading.Timer(LEARN_S, process.kill)
        limit.start()
        last = _heard(process, said)
        limit.cancel()
        printed = process.communicate()[0].strip()
    if process.returncode == -signal.SIGKILL:
        raise NotLearned(f"learning was ended from outside, or took longer than {LEARN_S} s")
    if process.returncode != 0:
        raise NotLearned(f"learning failed: {last or f'it ended with {process.returncode}'}")
    return printed


def _heard(process: subprocess.Popen[str], said: Callable[[str], None]) -> str:
    """Pass on the steps that the process tells until it ends; return the last line, the reason where it failed."""
    last = ""
    for line in process.stderr or ():
        last = line.strip() or last
        if line.startswith(STEP):
            said(line.removeprefix(STEP).strip())
    return last


def _load(path: Path) -> Model | None:
    try:
        return load(path)
    except (OSError, ValueError, KeyError):
        return None


def _wanted(staff: Path, encoder: str) -> tuple[str, bool]:
    examples, troubles = read_examples(staff_files(staff))
    taught = {(example.text, example.intent) for example in examples}
    return data_hash(taught, encoder), bool(troubles)
