"""Who is kept out while a model is calibrated, and what strays teach."""

from dataclasses import replace

import numpy as np
from support.hands import EXAMPLES, Letters, small_examples

from bot.content.examples import OUT_OF_SCOPE, Example
from bot.content.trouble import Mark
from bot.understanding.train import STRAY, calibration, laid_out, rounds_of


def example(intent: str, language: str, hand: str, number: int = 0) -> Example:
    return Example(f"{hand} {intent} {number}", intent, language, hand, Mark("x"))


def test_each_round_keeps_out_one_hand_of_each_language_and_never_all_strays() -> None:
    hands = [("en", "dee"), ("en", "ruth"), ("en", "sal"), ("es", "joel"), ("es", "lupe")]
    examples = [example("thanks", *hand, number) for hand in hands for number in range(3)]
    examples += [example(OUT_OF_SCOPE, "en", "desk", number) for number in range(6)]
    rounds = rounds_of(examples)
    out = [{examples[at].hand for at in np.flatnonzero(one)} for one in rounds]
    assert out == [{"dee", "joel", "desk"}, {"ruth", "lupe", "desk"}, {"sal", "desk"}]
    assert sum(rounds).tolist() == [1] * len(examples)  # type: ignore[attr-defined]


def test_where_one_person_wrote_all_every_fifth_example_stands_for_a_hand() -> None:
    rounds = rounds_of([example("thanks", "en", "staff", number) for number in range(10)])
    assert [np.flatnonzero(one).tolist() for one in rounds] == [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]


def test_strays_want_nothing_and_make_no_intent(tmp_path) -> None:  # type: ignore[no-untyped-def]
    desk = laid_out(small_examples(tmp_path), Letters())
    assert OUT_OF_SCOPE not in desk.intents
    assert (desk.wanted == STRAY).sum() == len(EXAMPLES[OUT_OF_SCOPE])


def test_what_is_kept_out_is_kept_out_with_its_copy_as_thumbs_type_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    desk = laid_out(small_examples(tmp_path), Letters())
    assert desk.copied.tolist() == np.flatnonzero(desk.wanted != STRAY).tolist(), "strays are not typed again"
    kept = np.ones(len(desk.examples), bool)
    kept[0] = False
    other = replace(desk, wanted=np.where(kept, desk.wanted, (desk.wanted + 1) % 3))
    assert all(np.array_equal(one, two) for one, two in zip(desk.fit(kept), other.fit(kept), strict=True))
    both = zip(desk.fit(kept), desk.fit(~kept), strict=True)
    assert not any(np.array_equal(one, two) for one, two in both)


def test_the_threshold_keeps_nineteen_in_twenty() -> None:
    scores = np.zeros((100, 2), np.float32)
    scores[:, 0] = np.linspace(0, 1, 100)
    _, in_scope = calibration(scores, np.zeros(100, np.intp))
    assert (scores[:, 0] >= in_scope).mean() == 0.95
