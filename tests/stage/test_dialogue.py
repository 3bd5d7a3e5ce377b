"""The player of conversation tests: what goes as written, what does not, and how it says so."""

import pytest
from support.readers import Reader

from bot.stage.dialogue import Played, play


@pytest.fixture
def played(read, open_stage):
    def played(steps: str, head: str = "") -> Played:
        lines = "\n".join(f"    - {line}" for line in steps.strip().splitlines())
        (dialogue,), troubles = read(f"- test: t{head}\n  steps:\n{lines}")
        assert troubles == []
        return play(dialogue, open_stage(Reader()))

    return played


ASKS_FOR_A_PERSON = "voter: a person\nbot: {reply: speak_to_human}\n"
A_PERSON_WRITES = """
voter: a person
bot: {reply: speak_to_human}
desk: {maria: claim}
desk: {maria: Hello}
wait: 4s
voter_hears: nothing
wait: 1s
voter_hears: 'Hi, this is Maria*Hello'
desk: {maria: '!bot'}
bot: {reply: desk_back}
"""
BUTTONS = """
voter: hi
bot: {buttons: [Find where to vote, Register to vote, Talk to a person]}
voter: {text: x, choice: 'go:polling_place'}
bot: {asks: address}
"""


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param("voter: when\nbot: {reply: voting_hours, says: '*Election day*', language: en}", id="a reply"),
        pytest.param("voter: when\nbot: '*ELECTION   day and the*'", id="in any case, with any spaces"),
        pytest.param("voter: where\nbot: {asks: address, reply: find_polling_place}", id="a question of a form"),
        pytest.param(
            "voter: when\nbot: {acts: [discloses_bot, 'answers:voting_hours'], segments: 2}", id="acts, segments"
        ),
        pytest.param(
            "voter: when\nbot: {acts: discloses_bot}\nbot: {reply: voting_hours}", id="acts alone take no reply"
        ),
        pytest.param("voter: {media: 1}\nbot: {reply: media_unread}\ndesk: {card: {team: general}}", id="a picture"),
        pytest.param(
            ASKS_FOR_A_PERSON + "mode: waiting\ndesk: {card: {state: waiting, priority: normal}}", id="a card"
        ),
        pytest.param(ASKS_FOR_A_PERSON + "desk: {maria: claim}\nvoter: when\nbot: silent\nmode: human", id="silence"),
        pytest.param(A_PERSON_WRITES, id="a person's words after the hold"),
        pytest.param(
            "now: 2026-10-31 20:00\nvoter: a person\nbot: '*Sunday 12:00 PM*'", id="in the campaign's own time"
        ),
        pytest.param("now: 2026-10-30 10:00\nvoter: a person\nbot: '*within 10 minutes*'", id="while the desk is open"),
    ],
)
def test_what_happens_as_written_passes(played, steps):
    assert played(steps).failure == ""


@pytest.mark.parametrize(
    "head, steps",
    [
        pytest.param("channel: web", BUTTONS, id="buttons of a web chat"),
        pytest.param("channel: sms", "voter: hi\nbot: {says: '*Reply 1 for Find*', buttons: []}", id="numbers of SMS"),
        pytest.param("language: es", "voter: when\nbot: {language: es}", id="the page's language"),
        pytest.param("now: 2026-10-31 20:00", "voter: a person\nbot: '*Sunday 12:00 PM*'", id="a moment for the whole"),
    ],
)
def test_a_test_may_name_its_channel_language_and_moment(played, head, steps):
    assert played(steps, f"\n  {head}").failure == ""


def test_a_voter_writes_slowly_enough_not_to_be_taken_for_a_machine(played):
    assert played("\n".join(f"voter: when {word}\nbot: {{reply: voting_hours}}" for word in "abcdefgh")).failure == ""


@pytest.mark.parametrize(
    "steps, line, failure",
    [
        pytest.param(
            "voter: when\nbot: {reply: greet}", 4, "expected reply 'greet', found 'voting_hours' in: ", id="reply"
        ),
        pytest.param("voter: when\nbot: {says: 'Go'}", 4, "expected says 'Go', found \"Hi, this is ", id="words"),
        pytest.param("voter: where\nbot: {asks: zip}", 4, "expected asks 'zip', found 'address' in: ", id="question"),
        pytest.param(
            "voter: when\nbot: {asks: address}", 4, "expected asks 'address', found '' in: ", id="no question"
        ),
        pytest.param("voter: when\nbot: {segments: 1}", 4, "expected segments 1, found 2 in: ", id="segments"),
        pytest.param("voter: when\nbot: {language: es}", 4, "expected language 'es', found 'en' in: ", id="language"),
        pytest.param("voter: when\nbot: {buttons: [Yes]}", 4, "expected buttons ['Yes'], found [] in: ", id="buttons"),
        pytest.param("voter: when\nbot: {acts: silent}", 4, "expected the act 'silent', found ['discloses", id="act"),
        pytest.param(
            "voter: when\nbot: silent", 4, 'expected silence, but the voter hears: "Hi, this ', id="no silence"
        ),
        pytest.param(
            "voter: when\nvoter_hears: nothing", 4, "expected silence, but the voter hears: ", id="not nothing"
        ),
        pytest.param(
            "voter: STOP\nbot: '*'\nbot: 'x'", 5, "expected says 'x', but the voter hears nothing", id="nothing"
        ),
        pytest.param("voter: when\nmode: waiting", 4, "expected mode 'waiting', found 'bot'", id="mode"),
        pytest.param("mode: waiting", 3, "expected mode 'waiting', found None", id="no thread yet"),
        pytest.param(
            ASKS_FOR_A_PERSON + "desk: {card: {team: protect}}",
            5,
            "expected a card with team 'protect', found 'gen",
            id="card",
        ),
        pytest.param("voter: when", 3, 'the voter also hears: "Hi, this is ', id="left over at the end"),
        pytest.param("voter: when\nvoter: hi", 4, "the voter also hears: ", id="left over before the voter writes on"),
        pytest.param("voter: when\nwait: 5m", 4, "the voter also hears: ", id="left over before time passes"),
        pytest.param(
            "voter: when\ndesk: {maria: claim}", 4, "the voter also hears: ", id="left over before people act"
        ),
    ],
)
def test_what_does_not_happen_as_written_is_told_with_its_place(played, steps, line, failure):
    found = played(steps)
    assert (found.failure[: len(failure)], found.at.line) == (failure, line)


def test_a_failure_shows_place_transcript_and_difference(played):
    told = str(played(ASKS_FOR_A_PERSON + "desk: {maria: claim}\ndesk: {joe: hey}\nvoter: when\nbot: {reply: greet}"))
    first, *transcript, last = told.splitlines()
    assert first == "talk.yml:8: t"
    assert [line[4:] for line in transcript if line[4:].startswith(("voter: a", "joe", "  (t"))] == [
        "voter: a person",
        "joe: hey",
        "  (this thread is with Maria)",
    ]
    assert last == "  expected reply 'greet', but the voter hears nothing"
