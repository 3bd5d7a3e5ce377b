"""Every command has a page of help with an example that it understands, and says in one sentence what is wrong use."""

import re
import shlex
from pathlib import Path

import click
import pytest
from support.commands import run_bot

from bot.cli import cli


def walked(command, path=()):
    """Yield (path, command) of everything below `command`."""
    yield path, command
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                yield from walked(command.get_command(context, name), (*path, name))


COMMANDS = {" ".join(path): command for path, command in walked(cli) if path}
LEAVES = {name: command for name, command in COMMANDS.items() if not isinstance(command, click.Group)}
PROMISED = [
    "run", "web", "worker", "chat", "doctor", "check", "test", "nlu train", "nlu evaluate", "nlu predict", "threads list",
    "threads show", "threads export", "dead list", "dead show", "dead replay", "dead drop", "console link",
    "db upgrade", "db check", "db backup", "db restore", "bench", "facts confirm", "facts due", "facts freeze",
    "facts unfreeze", "facts links", "facts told", "elections add", "elections list", "preview",
]  # fmt: skip


def test_the_commands_that_others_rely_on_are_there():
    assert [name for name in PROMISED if name not in LEAVES] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_it_does(empty, name):
    for flag in ("--help", "-h"):
        said = run_bot(*name.split(), flag, folder=empty)
        assert (said.code, said.err, said.out.startswith(f"Usage: bot {name}")) == (0, "", True)
    assert re.search(r"^  [A-Z].*", said.out, re.MULTILINE)


def examples(name):
    """Return the examples on a command's page of help, each as the words behind `bot`."""
    page = COMMANDS[name].help or ""
    lines = re.split(r"\n *Examples?:\n", page)[1].splitlines() if re.search(r"\n *Examples?:\n", page) else []
    found = []
    for line in lines:
        text = line.split(" > ")[0].rpartition("| ")[2] if "| bot" in line else line.split(" > ")[0]
        words = shlex.split(text)
        if "bot" in words:
            found.append(words[words.index("bot") + 1 :])
    return found


@pytest.mark.parametrize("name", LEAVES)
def test_the_examples_on_a_page_of_help_are_right_use(name):
    found = examples(name)
    assert found, "the page has no example"
    for words in found:
        path = name.split()
        assert words[: len(path)] == path
        arguments = [word.replace("/backups/desk.sqlite3", __file__) for word in words[len(path) :]]
        asks_first = any(option.name == "yes" for option in LEAVES[name].params)
        LEAVES[name].make_context(name, [*arguments, *(["--yes"] if asks_first else [])]).close()


def test_the_list_of_commands_names_each():
    with click.Context(cli) as context:
        names = cli.list_commands(context)
    page = run_bot("--help", folder=Path("nowhere")).out
    assert [name for name in names if not re.search(rf"^  {name} ", page, re.MULTILINE)] == []


WRONG = {
    # what is typed: what the one sentence says
    "nonsense": "No such command 'nonsense'",
    "chta": "Did you mean 'chat'?",
    "--nonsense": "No such option",
    "threads": "",
    "db": "",
    "threads nonsense": "No such command 'nonsense'",
    "threads show": "Missing argument 'THREAD'",
    "threads show x": "'x' is not a valid integer",
    "threads show 0": "not in the range",
    "threads show 99999999999999999999": "not in the range",
    "threads list --most 0": "not in the range",
    "threads export --since yesterday": "--since is 'yesterday'; a day like 2026-10-01 is expected",
    "threads export --format csv": "'csv' is not",
    "dead show": "Missing argument",
    "dead replay": "Missing argument",
    "dead drop --yes": "Missing argument",
    "db restore": "Missing argument",
    "db restore nowhere.sqlite3": "does not exist",
    "db backup nowhere/x.sqlite3": "There is no folder nowhere",
    "check --format xml": "'xml' is not one of 'text', 'json', 'github'",
    "check extra": "Got unexpected extra argument",
    "console link --port 70000": "not in the range",
    "console link --name ''": "a first name of at most 40 characters",
    "console link --name 'a\tb\x07'": "a first name of at most 40 characters",
    "run --port 70000": "not in the range",
    "run --port x": "not a valid",
    "chat --channel fax": "'fax' is not one of",
    "test '(('": "'((' is no pattern",
    "bench G99": "No goal is called 'G99'",
    "bench --rasa G1": "--rasa belongs to 'bot bench understanding'",
    "nlu evaluate --hand ruht": "No hand is called 'ruht'",
    "nlu evaluate --against bert": "'bert' is not",
    "nlu evaluate --against rasa": "say which with --hand NAME",
    "nlu evaluate --hand ruth --epochs 9": "belong to --against rasa",
    "nlu evaluate --hand ruth --against rasa --per-intent 0": "not in the range",
    "nlu evaluate --hand ruth --against rasa --picture x": "--picture draws our own readings",
    "nlu evaluate --hand ruht --against rasa": "No hand is called 'ruht'",
}


@pytest.mark.parametrize("typed", WRONG)
def test_wrong_use_is_two_and_one_sentence_and_changes_nothing(tmp_path, typed):
    said = run_bot(*shlex.split(typed), folder=tmp_path / "var")
    sentences = [line for line in said.err.splitlines() if not line.startswith(("Usage: ", "Try 'bot"))]
    assert (said.code, said.out) == (2, "")
    assert WRONG[typed] in said.err
    assert not WRONG[typed] or len([line for line in sentences if line]) == 1
    assert not (tmp_path / "var").exists()


SETTINGS = {
    # name: (environment, what the one sentence says)
    "half a Twilio": ({"TWILIO_AUTH_TOKEN": "x"}, "missing: TWILIO_ACCOUNT_SID, TWILIO_FROM (or TWILIO_MESSAGING"),
    "Twilio without our address": (
        {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "TWILIO_FROM": "+1"},
        "missing: PUBLIC_BASE_URL (the address that Twilio was given",
    ),
    "half a Telegram": ({"TELEGRAM_BOT_TOKEN": "1:hunter2"}, "given, but missing: TELEGRAM_WEBHOOK_SECRET"),
    "an address that is none": (
        {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "TWILIO_FROM": "+1", "PUBLIC_BASE_URL": "desk"},
        "PUBLIC_BASE_URL is 'desk'; an address like https://bot.example.org is expected",
    ),
    "an unknown setting": ({"BOT_WEB__PROT": "1"}, "BOT_WEB__PROT: error K201  no setting is called 'web.prot'."),
    "a number that is none": ({"BOT_WEB__PORT": "eight"}, "BOT_WEB__PORT: error"),
    "a port that is none": ({"PORT": "eight"}, "PORT is 'eight'; a port is a number up to 65535"),
    "a port too high": ({"PORT": "70000"}, "PORT is '70000'; a port is a number up to 65535"),
    "another kind of database": ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL begins with 'mysql'"),
    "a database that is no address": ({"DATABASE_URL": "hunter2"}, "DATABASE_URL is no address"),
    "a Redis that is none": ({"REDIS_URL": "http://x"}, "REDIS_URL is no address of a Redis server"),
    "settings that are not there": ({"BOT_CONFIG": "nowhere.yaml"}, "BOT_CONFIG names nowhere.yaml"),
    "a list that is none": ({"BOT_LANGUAGES": '["en"'}, "BOT_LANGUAGES"),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_wrong_settings_are_two_and_name_the_setting(tmp_path, name):
    environment, says = SETTINGS[name]
    said = run_bot("threads", "list", folder=tmp_path / "var", **environment)
    assert (said.code, said.out) == (2, "")
    assert says in said.err
    assert "hunter2" not in said.err
    assert not (tmp_path / "var").exists()
