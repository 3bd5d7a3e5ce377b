"""Words and pieces of words as features."""

import numpy as np
import pytest

from bot.understanding.lexical import MAX_CHARS, bare, pieces, vocabulary_of, weighted


@pytest.mark.parametrize(
    "one, other",
    [
        ("¿Dónde VOTO?", "donde voto?"),
        ("\uff37here", "where"),
        ("cafe\u0301", "café"),
        ("STRASSE", "straße"),
        ("ﬁnd", "find"),
    ],
)
def test_case_accents_and_opening_marks_do_not_matter(one: str, other: str) -> None:
    assert bare(one) == bare(other)


def test_a_huge_text_is_cut_before_and_after_it_unfolds() -> None:
    assert len(bare("x" * 100_000)) == MAX_CHARS
    assert len(bare("\ufdfa" * 100_000)) == MAX_CHARS  # one sign that unfolds to eighteen


def test_pieces_are_words_pairs_and_parts_of_words_as_often_as_they_occur() -> None:
    found = list(pieces("no no?"))
    assert [piece for piece in found if not piece.startswith("_")] == ["no", "no", "?", "no no", "no ?"]
    parts = ["_ n", "_no", "_o ", "_ no", "_no "]
    assert [piece for piece in found if piece.startswith("_")][:5] == parts


def test_digits_are_one_and_the_same() -> None:
    assert list(pieces("62701")) == list(pieces("10001"))


@pytest.mark.parametrize("text", ["", "   ", "¿¡", "👍", "\u202e"])
def test_a_text_without_words_has_no_pieces(text: str) -> None:
    indices, weights = weighted(text, {"a": 0}, np.ones(1, np.float32))
    assert (indices.size, weights.size) == (0, 0)


def test_weights_have_the_length_one_and_count_what_is_known() -> None:
    vocabulary = {"vote": 0, "early": 1, "never": 2}
    indices, weights = weighted("vote vote early", vocabulary, np.array([1, 2, 9], np.float32))
    found = dict(zip(indices.tolist(), weights.tolist(), strict=True))
    assert sorted(found) == [0, 1]
    assert found[0] / found[1] == pytest.approx((1 + np.log(2)) / 2)
    assert float(np.sqrt((weights**2).sum())) == pytest.approx(1)


def test_a_piece_of_one_text_only_is_dropped_where_there_are_many() -> None:
    few, _ = vocabulary_of(["apple", "pear"])
    many, idf = vocabulary_of([*["apple pie"] * 60, "quince"])
    assert "apple" in few
    assert ("apple" in many, "quince" in many) == (True, False)
    assert len(many) == len(idf)


def test_rare_pieces_tell_more() -> None:
    vocabulary, idf = vocabulary_of([*["vote here"] * 50, *["vote early"] * 5])
    assert idf[vocabulary["early"]] > idf[vocabulary["here"]] > idf[vocabulary["vote"]]
