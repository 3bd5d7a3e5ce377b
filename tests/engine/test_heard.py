"""What a voter's message says by itself."""

import pytest
from support.playbooks import words

from bot.message import Word


@pytest.mark.parametrize(
    "heard, carrier",
    [
        pytest.param(words("stop!"), Word.STOP, id="the word as written"),
        pytest.param(words("hello"), None, id="no word"),
        pytest.param(
            words("hello", answered_by_provider=Word.STOP), Word.STOP, id="what the provider has acted on counts"
        ),
        pytest.param(words("help", answered_by_provider=Word.STOP), Word.STOP, id="and counts more than the text"),
    ],
)
def test_a_message_says_this_to_the_carrier(heard, carrier):
    assert heard.carrier is carrier


@pytest.mark.parametrize(
    "heard, slot_type, value",
    [
        pytest.param(words("yep", values={"yes_no": "yes"}), "yes_no", "yes", id="a word"),
        pytest.param(words("Sí", choice="yes"), "yes_no", "yes", id="a pressed YES"),
        pytest.param(words("yep", choice="no", values={"yes_no": "yes"}), "yes_no", "no", id="a pressed NO"),
        pytest.param(words("Calls", choice="calls"), "yes_no", None, id="another button is no yes or no"),
        pytest.param(words("1", choice="yes", values={"number": "1"}), "number", "1", id="another type"),
        pytest.param(words("hm"), "zip", None, id="nothing"),
    ],
)
def test_a_message_holds_this_value(heard, slot_type, value):
    assert heard.value(slot_type) == value
