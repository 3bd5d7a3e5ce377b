"""What a step does, in the words of `bot chat --json`."""

from datetime import timedelta
from typing import get_args

import pytest
from support.playbooks import NOW, thread

from bot.engine.decision import (
    SPEAKS,
    Ask,
    AskYesNo,
    Board,
    CancelForm,
    Complete,
    Decision,
    Disclose,
    Forget,
    HandOff,
    Keep,
    List,
    Look,
    Note,
    Offer,
    PassOn,
    Purpose,
    Record,
    Relay,
    Remind,
    ReturnToQueue,
    Say,
    Silent,
    Speak,
    StartAgain,
    Step,
    StopThem,
    acts,
)

ROWS = [
    (Disclose(), ["discloses_bot"]),
    (Say("voting_hours", "voting_hours"), ["answers:voting_hours"]),
    (Say("place_link", "polling_place"), ["answers:polling_place"]),
    (Say("place_link"), []),
    (Say("are_you_a_bot", "are_you_a_bot"), ["answers:are_you_a_bot", "discloses_bot"]),
    (Say("who_is_this", "who_is_this"), ["answers:who_is_this", "identifies_sender"]),
    (Say("crisis", "crisis", purpose=Purpose.CRISIS), ["answers:crisis", "shows_crisis_help"]),
    (Say("voting_problem", "voting_problem"), ["answers:voting_problem", "shows_hotline"]),
    (Say("stop_confirmed", purpose=Purpose.CONFIRM_STOP), ["confirms_opt_out"]),
    (Say("start_confirmed"), ["confirms_opt_in"]),
    (Say("thanks", "thanks"), ["acknowledges"]),
    (Say("noted"), ["acknowledges"]),
    (Ask("sign_up", "zip", {}), ["asks_for:zip"]),
    (Ask("sign_up", "zip", {}, how="retry"), ["asks_for:zip"]),
    (Ask("sign_up", "zip", {}, how="back"), ["resumes_form", "asks_for:zip"]),
    (Ask("find_place", "confirmation", {}, "corrected", "address"), ["corrects_slot:address", "asks_for:confirmation"]),
    (Offer(("a", "b"), "close"), ["offers_choice"]),
    (Offer(("a", "b"), "rephrase"), ["asks_to_rephrase"]),
    (AskYesNo("stop"), ["offers_choice"]),
    (List(("a", "b")), []),
    (Complete("sign_up", {}), ["completes_form"]),
    (CancelForm("sign_up"), ["cancels_form"]),
    (HandOff("general", "why"), ["hands_off"]),
    (Record("wrong_number"), ["records_wrong_number"]),
    (Record("stance", "oppose"), ["records_stance:oppose"]),
    (Speak("es"), ["switches_language:es"]),
    (Silent("why"), ["silent"]),
    (PassOn(), []),
    (Relay("hi", "maria", "Maria", True, NOW), []),
    (Note("n", "maria"), []),
    (Board("claimed", "maria"), []),
    (ReturnToQueue(), []),
    (StopThem("phrase"), []),
    (StartAgain("words"), []),
    (Look("look_up", {}), []),
    (Remind("lease", NOW), []),
    (Keep(timedelta(days=30)), []),
    (Forget("lease"), []),
]


@pytest.mark.parametrize(
    "decision, told", ROWS, ids=lambda value: type(value).__name__ if not isinstance(value, list) else ""
)
def test_a_decision_is_told_as_these_acts(decision, told):
    assert acts(Step(thread(), (decision,))) == told


def test_every_decision_has_its_row():
    assert {type(decision) for decision, _ in ROWS} == set(get_args(Decision))


def test_acts_are_told_in_order_and_each_once():
    step = Step(thread(), (Disclose(), Say("are_you_a_bot", "are_you_a_bot"), HandOff("a", "b"), HandOff("a", "b")))
    assert acts(step) == ["discloses_bot", "answers:are_you_a_bot", "hands_off"]


@pytest.mark.parametrize("decision", [row[0] for row in ROWS], ids=lambda decision: type(decision).__name__)
def test_a_step_speaks_if_the_bot_itself_says_something(decision):
    assert Step(thread(), (Silent("x"), decision)).speaks is isinstance(decision, SPEAKS)
