"""Thinking about what waits together: nothing that came in is lost beside something else."""

import pytest

from bot.message import Media

ANA = "5550100101"
PICTURE, VOICE = Media("telegram:p", "image/jpeg"), Media("telegram:v", "audio/ogg")
NOTE = Media("telegram:n", "video/mp4", spoken=True)


def said(world, *messages):
    """Let messages come in at once, then be thought about; return the entries that answered, in order."""
    world.accept(*[world.inbound(ANA, text, channel="telegram", media=media) for text, media in messages])
    world.work()
    return [entry for _, entry in world.outgoing()]


TOGETHER = {
    "a picture after words": ([("hello", ()), ("", (PICTURE,))], ["voting_hours", "media_unread"]),
    "a picture before words": ([("", (PICTURE,)), ("hello", ())], ["media_unread", "voting_hours"]),
    "an album": ([("", (PICTURE,)), ("", (PICTURE,)), ("", (PICTURE,))], ["media_unread"]),
    "an album with one caption": ([("hello", (PICTURE,)), ("", (PICTURE,))], ["voting_hours", "media_unread"]),
    "a picture with words after words": ([("hi", ()), ("hello", (PICTURE,))], ["voting_hours"]),
    "a voice message after words": ([("hello", ()), ("", (VOICE,))], ["voting_hours", "voice_unheard"]),
    "a video note": ([("", (NOTE,))], ["voice_unheard"]),
    "a voice message and a picture": ([("", (VOICE,)), ("", (PICTURE,))], ["media_unread"]),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_what_comes_together_is_answered_each_for_itself(world, name):
    messages, entries = TOGETHER[name]
    assert said(world, *messages) == entries


def test_a_picture_that_came_with_words_reaches_a_person(world):
    said(world, ("hello", ()), ("", (PICTURE,)))
    assert world.rows("SELECT why, state FROM handoff") == [("a picture or file", "waiting")]
    assert world.one("SELECT count(*) FROM message WHERE media IS NOT NULL") == 1


def test_the_sentence_about_voice_says_how_to_reach_a_person(world):
    said(world, ("", (VOICE,)))
    (text,) = world.texts_to(ANA)
    assert "We cannot listen to voice messages yet." in text
    assert "PERSON" in text
    assert world.rows("SELECT count(*) FROM handoff") == [(0,)]


def test_it_is_said_in_spanish_too(world):
    world.accept(world.inbound(ANA, "", channel="telegram", media=(VOICE,), language="es"))
    world.work()
    assert "no podemos escuchar mensajes de voz" in world.texts_to(ANA)[0]
