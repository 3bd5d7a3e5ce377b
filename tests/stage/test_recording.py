"""A conversation test out of a thread: it holds nothing personal, and it goes as it went."""

from datetime import timedelta

import pytest
from support.readers import Reader

from bot.content.masks import Masks, words_in
from bot.message import ActKind
from bot.stage.dialogue import play
from bot.stage.recording import recorded

PRIVATE = ("Zelda", "Quimby", "742", "44107", "zelda@mail.example", "Evergreen")


@pytest.fixture
def masks():
    return Masks(words_in(["when a person hi please and thanks hello here"]), words_in(["ohio"]))


def test_what_was_recorded_is_masked_and_plays_as_it_went(open_stage, masks, read):
    stage = open_stage(Reader())
    stage.voter("zelda", "when")
    stage.wait("zelda", timedelta(minutes=5))
    stage.voter("zelda", "a person, my name is Zelda Quimby, 742 Evergreen Ter, 44107, zelda@mail.example")
    stage.at += timedelta(seconds=10)
    stage.volunteer("zelda", "rupert", ActKind.CLAIM)
    stage.volunteer("zelda", "rupert", ActKind.SAY, "Hello Zelda: what is it?")
    stage.after_hold("zelda")
    stage.voter("zelda", "thanks, Zelda here")
    lines = stage.log.lines(stage.log.thread_of("sms", "zelda"))

    made = recorded('a person: "now"', "sms", lines, masks, stage.zone)
    assert [word for word in (*PRIVATE, "Rupert") if word.casefold() in made.text.casefold()] == []
    assert made.masked == {"names": 4, "addresses": 1, "ZIP codes": 1, "e-mail addresses": 1}
    (dialogue,), troubles = read(made.text)
    assert (troubles, dialogue.name, dialogue.channel) == ([], 'a person: "now"', "sms")
    played = play(dialogue, open_stage(Reader()))
    assert not played.failure, f"\n{played}\n{made.text}"


def test_the_words_that_a_form_asked_for_are_its_slot(open_stage, masks):
    stage = open_stage(Reader())
    stage.voter("zelda", "when")
    lines = stage.log.lines(stage.log.thread_of("sms", "zelda"))
    assert recorded("one", "sms", lines, masks, stage.zone).text.splitlines()[2:] == [
        "- test: one",
        "  channel: sms",
        f"  now: {stage.at.astimezone(stage.zone):%Y-%m-%d %H:%M}",
        "  steps:",
        "    - voter: when",
        "    - bot: {reply: voting_hours, language: en}",
    ]
