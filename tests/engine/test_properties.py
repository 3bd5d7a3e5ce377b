"""What holds for every life of a thread, whoever does what in whichever order."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise

from hypothesis import example, given, settings
from support.lives import BEGINNINGS, Life, Moment, lives, purpose_of
from support.playbooks import BOOK

from bot.engine.decision import Look, Offer, Purpose, Say, Silent
from bot.engine.forms import MAX_ASIDE
from bot.engine.heard import Words
from bot.engine.rules import decide
from bot.engine.thread import Asking, from_json, to_json


def every_life(test: Callable[[list[Moment]], None]) -> Callable[[], None]:
    """Try `test` on lives made up by chance, and always on those that chance seldom comes to."""
    for beginning in BEGINNINGS:
        test = example(life=Life().play(beginning))(test)
    return settings(max_examples=80, deadline=None)(given(life=lives)(test))


BESIDE_A_PERSON = {Purpose.CRISIS, Purpose.CONFIRM_STOP, Purpose.CONFIRM_START}


def spoken(moment: Moment) -> Iterator[tuple[Purpose, str]]:
    for decision in moment.leaves:
        yield purpose_of(decision), decision.entry if isinstance(decision, Say) else ""


@every_life
def test_a_voter_is_always_answered_or_it_is_said_why_not(life):
    heard = [moment.step for moment in life if isinstance(moment.heard, Words)]
    assert all(step.speaks or any(isinstance(one, Silent | Look) for one in step.decisions) for step in heard)


@every_life
def test_there_is_always_a_decision_and_the_same_one_for_the_same_input(life):
    assert all(moment.step.decisions for moment in life)
    assert [decide(moment.before, moment.heard, BOOK, moment.now) for moment in life] == [
        moment.step for moment in life
    ]


@every_life
def test_the_state_survives_json(life):
    for thread in (moment.step.thread for moment in life):
        columns = {
            name: getattr(thread, name) for name in ("id", "channel", "owner", "epoch", "waiting_since", "stopped")
        }
        assert from_json(json.loads(json.dumps(to_json(thread))), language="en", **columns) == thread


@every_life
def test_the_engine_leaves_the_store_s_columns_alone(life):
    for before, after in ((moment.before, moment.step.thread) for moment in life):
        assert (after.id, after.channel, after.epoch, after.stopped) == (
            before.id,
            before.channel,
            before.epoch,
            before.stopped,
        )
        assert after.owner in (before.owner, None)


@every_life
def test_c08_after_a_stop_nothing_leaves_that_was_not_asked_for_since(life):
    for moment in life:
        if moment.stopped is None:
            continue
        said = list(spoken(moment))
        allowed = {Purpose.CONFIRM_STOP, Purpose.CRISIS}
        if isinstance(moment.heard, Words) and moment.heard.at > moment.stopped.at:
            allowed.add(Purpose.ANSWER)
        assert {purpose for purpose, _ in said} <= allowed
        assert len(said) <= 1


@every_life
def test_c09_a_stop_is_confirmed_at_most_once_and_only_to_the_words_that_stopped(life):
    told = 0
    for moment in life:
        if moment.stopped is None:
            told = 0
        for purpose, _ in spoken(moment):
            if purpose is Purpose.CONFIRM_STOP:
                assert isinstance(moment.heard, Words)
                told += 1
        assert told <= 1


@every_life
def test_c30_the_bot_is_silent_while_a_person_owns_the_thread(life):
    said = [one for moment in life if moment.before.owner is not None for one in spoken(moment)]
    assert [one for one in said if one[0] not in BESIDE_A_PERSON and one[1] != "help"] == []


@every_life
def test_other_words_are_never_asked_for_twice_in_a_row(life):
    asked = [
        any(isinstance(one, Offer) and one.why == "rephrase" for one in moment.step.decisions)
        if isinstance(moment.heard, Words)
        else None  # a person in between begins anew
        for moment in life
    ]
    assert not any(first and second for first, second in pairwise(asked))


@every_life
def test_forms_are_put_aside_at_most_three_deep_and_none_twice(life):
    for thread in (moment.step.thread for moment in life):
        forms = [form.form for form in (*thread.aside, thread.question) if isinstance(form, Asking)]
        assert len(thread.aside) <= MAX_ASIDE
        assert len(forms) == len(set(forms))


@every_life
def test_c28_whoever_is_spoken_to_has_been_told_that_it_is_automated(life):
    says_so_itself = {Purpose.CONFIRM_STOP, Purpose.NOTICE}
    for moment in life:
        for purpose, _ in spoken(moment):
            assert purpose in says_so_itself or moment.step.thread.disclosed_at is not None
