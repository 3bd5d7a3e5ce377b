"""May this message leave? Every rule of the gate, and which one is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.playbooks import MINUTE, NOW

from bot.engine.decision import Purpose
from bot.engine.gate import CONFIRM_WITHIN, Leaving, Ruling, Standing, Verdict, may_leave

LEAVE = Ruling(Verdict.LEAVE)
FREE = Standing(
    epoch=3,
    owner=None,
    stopped_at=None,
    held_by=None,
    practice=False,
    reaches_people=True,
    is_test_address=False,
    answer_stopped=True,
)
STOPPED = replace(FREE, stopped_at=NOW - MINUTE)
HELD = replace(STOPPED, held_by="twilio")
UNASKED_BY_SETTING = replace(STOPPED, answer_stopped=False)
BEFORE, AFTER = NOW - 2 * MINUTE, NOW


def withheld(rule: str) -> Ruling:
    return Ruling(Verdict.WITHHOLD, rule)


@pytest.mark.parametrize("purpose", Purpose)
def test_everything_leaves_to_somebody_who_has_not_stopped_us(purpose):
    assert may_leave(Leaving(purpose, 3, AFTER), FREE, NOW) == LEAVE


@pytest.mark.parametrize(
    "purpose, asked_at, standing, ruling",
    [
        pytest.param(Purpose.ANSWER, BEFORE, STOPPED, withheld("stopped"), id="c08 an answer to what was asked before"),
        pytest.param(
            Purpose.ANSWER, STOPPED.stopped_at, STOPPED, withheld("stopped"), id="c08 an answer to the stop itself"
        ),
        pytest.param(Purpose.ANSWER, None, STOPPED, withheld("stopped"), id="c08 what nobody asked for"),
        pytest.param(Purpose.ANSWER, AFTER, STOPPED, LEAVE, id="c13 one answer to a question after the stop"),
        pytest.param(
            Purpose.ANSWER, AFTER, UNASKED_BY_SETTING, withheld("stopped"), id="c13 unless the setting says no"
        ),
        pytest.param(Purpose.PERSON, AFTER, STOPPED, LEAVE, id="c13 a person's answer to a question after the stop"),
        pytest.param(Purpose.PERSON, BEFORE, STOPPED, withheld("stopped"), id="c08 a person's words from before"),
        pytest.param(
            Purpose.PERSON, AFTER, UNASKED_BY_SETTING, withheld("stopped"), id="c13 the setting holds for people"
        ),
        pytest.param(Purpose.NOTICE, AFTER, STOPPED, withheld("stopped"), id="no notice after a stop"),
        pytest.param(Purpose.CONFIRM_START, AFTER, STOPPED, withheld("stopped"), id="no start while the stop stays"),
        pytest.param(Purpose.CONFIRM_STOP, BEFORE, STOPPED, LEAVE, id="c11 the confirmation of the stop"),
        pytest.param(Purpose.CRISIS, BEFORE, STOPPED, LEAVE, id="help in danger to life"),
        pytest.param(
            Purpose.CRISIS, AFTER, HELD, withheld("held_by_twilio"), id="a stop at the provider lets nothing out"
        ),
        pytest.param(
            Purpose.CONFIRM_STOP, AFTER, HELD, withheld("held_by_twilio"), id="c10 no confirmation of its stop"
        ),
        pytest.param(Purpose.ANSWER, AFTER, HELD, withheld("held_by_twilio"), id="no answer past its stop"),
    ],
)
def test_a_stop_lets_little_through(purpose, asked_at, standing, ruling):
    assert may_leave(Leaving(purpose, 3, asked_at), standing, NOW) == ruling


@pytest.mark.parametrize(
    "purpose, ruling",
    [
        (Purpose.ANSWER, Ruling(Verdict.CANCEL, "epoch")),
        (Purpose.NOTICE, Ruling(Verdict.CANCEL, "epoch")),
        (Purpose.PERSON, LEAVE),
        (Purpose.CRISIS, LEAVE),
        (Purpose.CONFIRM_STOP, LEAVE),
        (Purpose.CONFIRM_START, LEAVE),
    ],
)
@pytest.mark.parametrize("epoch", [2, 4])
def test_what_the_bot_decided_before_somebody_took_the_thread_is_stale(purpose, ruling, epoch):
    assert may_leave(Leaving(purpose, epoch, AFTER), FREE, NOW) == ruling


@pytest.mark.parametrize(
    "late, ruling",
    [
        pytest.param(timedelta(0), LEAVE, id="c12 on the last moment"),
        pytest.param(timedelta(microseconds=1), withheld("too_late"), id="c12 a moment too late"),
    ],
)
def test_c12_a_confirmation_that_could_not_leave_in_time_never_leaves(late, ruling):
    row = Leaving(Purpose.CONFIRM_STOP, 3, BEFORE, leaves_by=BEFORE + CONFIRM_WITHIN)
    assert may_leave(row, STOPPED, BEFORE + CONFIRM_WITHIN + late) == ruling


def test_c12_the_law_gives_five_minutes():
    assert timedelta(minutes=5) == CONFIRM_WITHIN


@pytest.mark.parametrize(
    "standing, ruling",
    [
        pytest.param(replace(FREE, practice=True), withheld("practice"), id="practice reaches nobody"),
        pytest.param(replace(FREE, practice=True, is_test_address=True), LEAVE, id="but test addresses"),
        pytest.param(replace(FREE, practice=True, reaches_people=False), LEAVE, id="and channels that reach no people"),
    ],
)
def test_while_the_organisation_is_the_example_nothing_reaches_real_people(standing, ruling):
    assert may_leave(Leaving(Purpose.ANSWER, 3, AFTER), standing, NOW) == ruling


def test_the_weightier_rule_is_named():
    everything = replace(HELD, practice=True)
    row = Leaving(Purpose.ANSWER, 2, BEFORE, leaves_by=BEFORE)
    assert [
        may_leave(row, everything, NOW),
        may_leave(replace(row, leaves_by=None), everything, NOW),
        may_leave(replace(row, leaves_by=None), HELD, NOW),
        may_leave(replace(row, leaves_by=None), STOPPED, NOW),
    ] == [withheld("too_late"), withheld("practice"), withheld("held_by_twilio"), withheld("stopped")]
