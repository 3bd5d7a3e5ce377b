"""Examples in the Rasa training data format, unchanged, so that anybody's data can be dropped in."""

import pytest

from bot.content.examples import Example, read_examples
from bot.content.trouble import Mark

RASA = """\
version: "3.1"
nlu:
- intent: polling_place
  examples: |
    - where do i vote
    # a remark of the staff

    - i moved to [Ohio](state), which [school]{"entity": "site", "value": "S"} do i go to
    -   is it [here](place)?
- synonym: Ohio
  examples: |
    - OH
    - the buckeye state
- regex: zip
  examples: |
    - \\d{5}
- lookup: state
  examples: |
    - Ohio
- intent: greet
  metadata: {sentiment: neutral}
  examples:
  - text: |
      - hello
    metadata: {a: b}
  - text: hey there
"""


def test_rasas_format_is_read_with_entities_comments_and_the_longer_form() -> None:
    examples, troubles = read_examples({"intents/en/voting-dee.yml": RASA.encode()})
    name = "intents/en/voting-dee.yml"
    assert troubles == []
    assert examples == [
        Example("where do i vote", "polling_place", "en", "dee", Mark(name, 5, 1)),
        Example("i moved to Ohio, which school do i go to", "polling_place", "en", "dee", Mark(name, 8, 1)),
        Example("is it here?", "polling_place", "en", "dee", Mark(name, 9, 1)),
        Example("hello", "greet", "en", "dee", Mark(name, 23, 5)),
        Example("hey there", "greet", "en", "dee", Mark(name, 26, 5)),
    ]


def test_the_hand_is_the_part_of_the_name_behind_the_dash() -> None:
    raw = b"nlu:\n- intent: greet\n  examples: |\n    - hola\n"
    examples, _ = read_examples(
        {"intents/es/talk-lupe-2.yml": raw, "intents/en/talk.yml": raw, "responses/a.yml": b"x"}
    )
    assert [(example.language, example.hand) for example in examples] == [("es", "lupe-2"), ("en", "staff")]


def test_windows_line_ends_keep_their_lines() -> None:
    examples, _ = read_examples({"intents/en/a.yml": b"nlu:\r\n- intent: a\r\n  examples: |\r\n    - b\r\n    - c\r\n"})
    assert [(example.text, example.mark.line) for example in examples] == [("b", 4), ("c", 5)]


WRONG = {
    "no list": ("version: '3.1'\n", "1:1: error K203  'nlu:' with a list below it is missing here"),
    "an unknown key at the top": (
        "nlu:\n- intent: a\n  examples: |\n    - b\nverson: 3\n",
        "5:1: error K201  unknown key 'verson'. Did you mean 'version'?",
    ),
    "an item that is nothing known": (
        "nlu:\n- intnt: a\n",
        "2:3: error K203  each item of 'nlu' begins with intent, synonym, regex or lookup",
    ),
    "an unknown key in an item": (
        "nlu:\n- intent: a\n  exmples: x\n  examples: |\n    - b\n",
        "3:3: error K201  unknown key 'exmples'. Did you mean 'examples'?",
    ),
    "no examples": (
        "nlu:\n- intent: a\n",
        "2:3: error K203  'examples: |' with lines that begin with '- ' is missing here",
    ),
    "only remarks": (
        "nlu:\n- intent: a\n  examples: |\n    # b\n",
        "2:3: error K203  'examples: |' with lines that begin with '- ' is missing here",
    ),
    "a forgotten bar, which makes a list of texts": (
        "nlu:\n- intent: a\n  examples:\n    - b\n",
        "2:3: error K203  'examples: |' with lines that begin with '- ' is missing here",
    ),
    "a line without its dash": (
        "nlu:\n- intent: a\n  examples: |\n    - b\n    c d\n",
        "5:1: error K210  an example begins with '- '; found 'c d'",
    ),
    "a dash without a text": (
        "nlu:\n- intent: a\n  examples: |\n    - b\n    -\n",
        "5:1: error K210  an example begins with '- '; found '-'",
    ),
    "an intent without a name": ("nlu:\n- intent:\n  examples: |\n    - b\n", "2:10: error K209  'intent' has no name"),
    "an intent that is a list": (
        "nlu:\n- intent: [a]\n  examples: |\n    - b\n",
        "2:11: error K209  'intent' has no name",
    ),
    "bad YAML": ("nlu: [a\n", "1:6: error Y103  this [ is never closed, or a comma is missing behind it"),
}


@pytest.mark.parametrize("text, expected", WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_told_with_its_place(text: str, expected: str) -> None:
    _, troubles = read_examples({"intents/en/a.yml": text.encode()})
    assert [str(trouble) for trouble in troubles] == [f"intents/en/a.yml:{expected}"]


def test_a_mistake_in_one_item_leaves_the_others() -> None:
    text = "nlu:\n- intent: a\n- intent: b\n  examples: |\n    x\n    - y\n"
    examples, troubles = read_examples({"intents/en/a.yml": text.encode()})
    assert ([example.text for example in examples], [trouble.code for trouble in troubles]) == (["y"], ["K203", "K210"])


def test_no_example_at_all_is_told() -> None:
    assert [str(trouble) for trouble in read_examples({})[1]] == [
        "intents:1:1: error Y101  holds no example in LANGUAGE/TOPIC.yml"
    ]
