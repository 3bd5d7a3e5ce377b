"""How conversation tests are written: every mistake is told with its line and the way out, and nothing is played."""

import pytest

from bot.stage.dialogue import AtOnce, CardSpec, ReplySpec, Said, VoterSpec, files_in

STEPS = "- test: x\n  steps:\n    - "
A_STEP = "3:7: error K203  a step is one of voter, bot, desk, voter_hears, wait, now or mode"


@pytest.mark.parametrize(
    "text, troubles",
    [
        pytest.param(
            "test: x", ["1:1: error K209  a list of tests is expected: '- test: what it shows'"], id="no list"
        ),
        pytest.param("- words", ["1:3: error K202  '0' needs keys below it"], id="no keys"),
        pytest.param("- test: x", ["1:3: error K203  'steps' is missing here"], id="a missing key"),
        pytest.param(
            "- {test: x, steps: [], stepz: 1}", ["1:24: error K201  unknown key 'stepz'."], id="an unknown key"
        ),
        pytest.param(
            "- {test: x, steps: [], channel: sns}", ["1:33: error K204  no channel is called 'sns'."], id="channel"
        ),
        pytest.param(
            "- {test: x, steps: [], now: soon}", ["1:29: error K205  'now' is 'soon'; a moment is"], id="moment"
        ),
        pytest.param(f"{STEPS}{{voter: hi, bot: silent}}", [A_STEP], id="two steps in one"),
        pytest.param(f"{STEPS}voter", [A_STEP], id="a step without a value"),
        pytest.param(
            f"{STEPS}vota: hi\n    - bott: silent",
            ["3:7: error K201  unknown step 'vota'.", "4:7: error K201  unknown step 'bott'. Did you mean 'bot'?"],
            id="unknown steps, all at once",
        ),
        pytest.param(
            f"{STEPS}bot: {{sais: hi}}", ["3:13: error K201  unknown key 'sais'. Did you mean 'says'?"], id="reply"
        ),
        pytest.param(f"{STEPS}bot: {{segments: few}}", ["3:23: error K205  'segments' is 'few'; a whole"], id="number"),
        pytest.param(
            f"{STEPS}voter: {{txt: hi}}", ["3:15: error K201  unknown key 'txt'. Did you mean 'text'?"], id="voter"
        ),
        pytest.param(f"{STEPS}voter: []", ["3:14: error K202  'voter' needs keys below it"], id="no words at once"),
        pytest.param(f"{STEPS}voter: [a, {{b: c}}]", ["3:14: error K202  'voter' needs keys below it"], id="no words"),
        pytest.param(
            f"{STEPS}desk: {{card: {{tem: x}}}}", ["3:21: error K201  unknown key 'tem'. Did you mean 't"], id="card"
        ),
        pytest.param(
            f"{STEPS}desk: claim", ["3:13: error K209  a desk step is like {maria: claim}"], id="an act of nobody"
        ),
        pytest.param(
            f"{STEPS}desk: {{a: claim, b: claim}}", ["3:13: error K209  a desk step is like"], id="acts of two"
        ),
        pytest.param(f"{STEPS}wait: a while", ["3:13: error K205  a span of time is written like 30m"], id="span"),
        pytest.param(
            f"{STEPS}now: noon", ["3:12: error K205  a moment is written like 2026-11-03 20:00"], id="no moment"
        ),
        pytest.param(f"{STEPS}mode: [bot]", ["3:7: error K201  unknown step 'mode'"], id="mode"),
        pytest.param("- test: [\n", ["2:1: error Y103  "], id="no YAML"),
    ],
)
def test_a_mistake_is_told_with_line_and_way_out_and_nothing_is_played(read, text, troubles):
    dialogues, found = read(text)
    assert dialogues == []
    assert [str(one)[9 : 9 + len(told)] for one, told in zip(found, troubles, strict=True)] == troubles


@pytest.mark.parametrize(
    "step, meant",
    [
        ("voter: hi", VoterSpec(text="hi")),
        ("voter: 1", VoterSpec(text="1")),
        ("voter:", VoterSpec()),
        ("voter: {media: 2}", VoterSpec(media=2)),
        ("voter: [hi, '1']", AtOnce(("hi", "1"))),
        ("bot: silent", None),
        ("bot: Hello*", ReplySpec(says="Hello*")),
        ("bot: {segments: 1, buttons: []}", ReplySpec(segments=1, buttons=[])),
        ("voter_hears: nothing", None),
        ("voter_hears: Hi", ReplySpec(says="Hi")),
        ("desk: {card: {team: general}}", CardSpec(team="general")),
        ("desk: {maria: claim}", Said("maria", "claim")),
        ("mode: waiting", "waiting"),
    ],
)
def test_a_step_is_read_as_it_is_meant(read, step, meant):
    (dialogue,), _ = read(STEPS + step)
    assert [one for one, _ in dialogue.steps] == [meant]


def test_one_bad_test_does_not_hide_the_others(read):
    dialogues, troubles = read("- test: bad\n  steps: [{vota: hi}]\n- test: good\n  steps: [{voter: hi}]")
    assert ([dialogue.name for dialogue in dialogues], len(troubles)) == (["good"], 1)


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_holds_no_test(read, text):
    assert read(text) == ([], [])


def test_the_files_are_found_in_order(tmp_path):
    folder = tmp_path / "tests" / "conversations"
    folder.mkdir(parents=True)
    for name in ("b.yml", "a.yml", "notes.txt"):
        (folder / name).write_text("")
    assert [name for _, name in files_in(tmp_path)] == ["tests/conversations/a.yml", "tests/conversations/b.yml"]
