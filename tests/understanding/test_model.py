"""The model: the same from the same examples, kept as arrays, and no file that is damaged passes for one."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from support.hands import EXAMPLES, Letters, small_examples

from bot.understanding.model import Model, data_hash, load
from bot.understanding.train import learn

TEXTS = ["where can i vote", "when do they close", "thanks!", "pizza", "???", "zzz"]


@pytest.fixture(params=[Letters(), None], ids=["with an encoder", "by words alone"])
def encoder(request: pytest.FixtureRequest) -> Letters | None:
    found: Letters | None = request.param
    return found


@pytest.fixture
def small(tmp_path: Path, encoder: Letters | None) -> Model:
    return learn(small_examples(tmp_path), encoder).model


def test_the_same_examples_in_any_order_and_number_give_the_same_model(
    tmp_path: Path, encoder: Letters | None, small: Model
) -> None:
    examples = small_examples(tmp_path)
    again = learn([*reversed(examples), *examples[:3]], encoder).model
    assert (again.data, again.temperature, again.in_scope) == (small.data, small.temperature, small.in_scope)
    assert np.array_equal(again.scores(TEXTS, encoder), small.scores(TEXTS, encoder))


def test_what_is_out_of_scope_is_no_intent_and_what_was_taught_is_read(small: Model, encoder: Letters | None) -> None:
    assert small.intents == ("polling_place", "thanks", "voting_hours")
    taught = [(text, intent) for intent in small.intents for text in EXAMPLES[intent]]
    best = small.scores([text for text, _ in taught], encoder).argmax(axis=1)
    assert [small.intents[at] for at in best] == [intent for _, intent in taught]


def test_confidences_are_shares_in_the_order_of_the_scores(small: Model, encoder: Letters | None) -> None:
    scores = small.scores(TEXTS, encoder)
    shares = small.confidences(scores)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(shares.argmax(axis=1), scores.argmax(axis=1))


def test_a_text_is_read_alone_as_it_is_among_others(small: Model, encoder: Letters | None) -> None:
    together = small.scores(TEXTS, encoder)
    assert all(np.allclose(small.scores([text], encoder)[0], together[at], atol=1e-5) for at, text in enumerate(TEXTS))


def test_a_model_survives_its_file(small: Model, encoder: Letters | None, tmp_path: Path) -> None:
    small.save(tmp_path / "model.npz")
    again = load(tmp_path / "model.npz")
    assert (again.intents, again.vocabulary, again.data) == (small.intents, small.vocabulary, small.data)
    assert np.allclose(again.scores(TEXTS, encoder), small.scores(TEXTS, encoder), atol=2e-3)
    assert [path.name for path in tmp_path.glob("*.npz")] == ["model.npz"]


def test_of_a_language_that_was_not_taught_only_the_meaning_counts(small: Model, encoder: Letters | None) -> None:
    plain = small.scores(TEXTS, encoder)
    assert small.languages == ("en",)
    assert np.array_equal(small.scores(TEXTS, encoder, ["en", None] * 3), plain)
    strange = small.scores(TEXTS, encoder, ["fr", "en"] * 3)
    assert np.array_equal(strange[1::2], plain[1::2])
    assert np.array_equal(strange[::2], plain[::2]) == (encoder is None), "without an encoder words are all there is"
    assert [small.intents[at] for at in strange.argmax(axis=1)[:3]] == ["polling_place", "voting_hours", "thanks"]


def test_one_intent_alone_cannot_be_learned(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two intents at least"):
        learn(small_examples(tmp_path, {"thanks": ["ty", "thx"]}), None)


@pytest.mark.parametrize(
    "examples, encoder",
    [([("hi", "greet")], "a"), ([("hi", "thanks")], "a"), ([("hi", "greet"), ("yo", "greet")], "a"), ([], "a")],
)
def test_another_text_intent_or_encoder_makes_another_hash(examples: list[tuple[str, str]], encoder: str) -> None:
    assert data_hash(examples, encoder) == data_hash(list(reversed(examples)), encoder)
    assert data_hash(examples, encoder) not in {data_hash([("ho", "greet")], encoder), data_hash(examples, "b")}


def arrays(**changed: object) -> bytes:
    about = {"intents": ["a"], "languages": ["en"], "vocabulary": [], "temperature": 1.0, "in_scope": 0.0, "data": "x"}
    known: dict[str, object] = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
    known |= dict.fromkeys(("idf", "lexical", "landmarks", "meaning", "alone"), np.zeros((1, 1), np.float32))
    file = io.BytesIO()
    np.savez(file, **{name: value for name, value in {**known, **changed}.items() if value is not None})  # type: ignore[arg-type]
    return file.getvalue()


DAMAGED: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"not a model",
    "half": lambda: arrays()[:400],
    "bits": lambda: arrays().replace(b"temperature", b"t\x00mperature"),
    "no arrays": lambda: arrays(idf=None),
    "nothing about it": lambda: arrays(about=None),
    "no json": lambda: arrays(about=np.frombuffer(b"{", np.uint8)),
    "older": lambda: arrays(about=np.frombuffer(b'{"intents": []}', np.uint8)),
    "a pickle": lambda: arrays(meaning=np.array([{}], dtype=object)),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_or_older_file_is_no_model(tmp_path: Path, damage: str) -> None:
    (tmp_path / "model.npz").write_bytes(DAMAGED[damage]())
    with pytest.raises((OSError, ValueError, KeyError)):
        load(tmp_path / "model.npz")


def test_a_sound_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "model.npz").write_bytes(arrays())
    assert load(tmp_path / "model.npz").intents == ("a",)
