"""The documentation is under test: what it names is there, and is called so."""

import re
from pathlib import Path

import click
import pytest
import yaml
from providers.slack_api import SCOPES

from bot.cli import cli

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").glob("**/*.md")
)
SETTINGS = yaml.safe_load((ROOT / "config.yaml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
PLACEHOLDERS = re.compile(r"NNNN_what|NNNN-title|NAME|TOPIC|LANG")
"""Files that `bot bench` and `make soak` fill on the machine of who publishes a version."""

guides = pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())


def fenced(text):
    """Return the lines of a guide's blocks of code."""
    return [
        line
        for block in re.findall(r"^```\w*\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


def spans(text):
    """Return what a guide shows as code within a sentence."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL))


def code(guide):
    text = guide.read_text()
    return [re.split(r" {2,}|#", line.strip())[0] for line in fenced(text)] + spans(text)


# --- commands ---------------------------------------------------------------------------------------------------------


def wrong_command(words):
    """Return what is wrong with the command `bot words`, or nothing."""
    command, path = cli, ["bot"]
    for word in words:
        if word.startswith("--"):
            known = [flag for option in command.params for flag in (*option.opts, *option.secondary_opts)]
            if word.partition("=")[0] not in (*known, "--help", "--version"):
                return f"{' '.join(path)} has no option {word}"
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z]+", word):
            with click.Context(command) as context:
                command = command.get_command(context, word)
            path.append(word)
            if command is None:
                return f"there is no command '{' '.join(path)}'"
    return ""


def commands(guide):
    """Yield the words behind `bot` wherever a guide shows a command."""
    for text in code(guide):
        if found := re.search(r"(?:^|[ /|])bot((?: [^\s|>]+)+)", text):
            yield found[1].split()


@guides
def test_every_command_is_there_with_its_options(guide):
    assert [wrong for words in commands(guide) if (wrong := wrong_command(words))] == []


def test_the_guides_show_commands_at_all():
    assert sum(1 for guide in GUIDES for _ in commands(guide)) > 30


@guides
def test_every_option_named_alone_is_an_option_of_some_command(guide):
    known = {"--help", "--version"} | {
        flag for command in every(cli) for option in command.params for flag in option.opts
    }
    named = {text for text in spans(guide.read_text()) if re.fullmatch(r"--[a-z-]+", text)}
    assert named <= known


def every(command):
    yield command
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for name in command.list_commands(context):
                yield from every(command.get_command(context, name))


@guides
def test_every_target_of_make_is_there(guide):
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    named = {target for text in code(guide) for target in re.findall(r"(?:^|\s)make ([a-z]+)", text)}
    variables = {
        name
        for text in code(guide)
        for name in re.findall(r"^make .*?([A-Z]+)=|\(?([A-Z]+)=\"-k", text)
        for name in name
        if name
    }
    assert (named - targets, {name for name in variables if name not in MAKEFILE}) == (set(), set())


# --- settings ---------------------------------------------------------------------------------------------------------

SECTIONS = {name for name, value in SETTINGS.items() if isinstance(value, dict)}
ENVIRONMENT = set(re.findall(r'"([A-Z][A-Z_]{3,})"', (ROOT / "bot" / "config.py").read_text()))


def is_setting(path):
    value = SETTINGS
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return False
        value = value[name]
    return True


@guides
def test_every_setting_is_there(guide):
    named = [text.partition(":")[0] for text in code(guide)]
    dotted = [text for text in named if re.fullmatch(r"[a-z]+\.[a-z_]+", text) and text.partition(".")[0] in SECTIONS]
    assert [text for text in dotted if not is_setting(text.split("."))] == []


@guides
def test_every_variable_is_read(guide):
    families = r"\b((?:BOT|TWILIO|TELEGRAM|SLACK|RASA|GOOGLE|DEMOCRACY|DATABASE|REDIS|PUBLIC)_[A-Z0-9_]*[A-Z0-9])\b"
    named = {name for text in code(guide) for name in re.findall(families, text)} - {"BOT_SECTION__KEY"}
    unknown = [
        name
        for name in named - ENVIRONMENT
        if not (name.startswith("BOT_") and is_setting(name.removeprefix("BOT_").lower().split("__")))
    ]
    assert unknown == []


def test_every_variable_is_in_the_operators_guide():
    guide = (ROOT / "docs" / "operators.md").read_text()
    assert [name for name in sorted(ENVIRONMENT - {"BOT_DIE_AT"}) if name not in guide] == []


def test_every_setting_has_a_line_about_it():
    """One that is a map says it for all that is in it."""
    bare, covered = [], False
    for line in (ROOT / "config.yaml").read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        depth, is_section = (len(line) - len(line.lstrip())) // 2, line.rstrip().endswith(":")
        if depth == 0 and is_section:
            continue
        if depth < 2:
            covered = " # " in line
        if not covered:
            bare.append(line)
    assert bare == []


# --- links and files --------------------------------------------------------------------------------------------------


def anchors(path):
    """Return the anchors that a guide's headings make."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@guides
def test_every_link_and_picture_leads_somewhere(guide):
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", guide.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (guide.parent / path).resolve() if path else guide
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_every_guide_can_be_reached_from_the_readme():
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        one = ahead.pop()
        if one in seen or one.suffix != ".md" or not one.exists():
            continue
        seen.add(one)
        ahead += [
            (one.parent / link).resolve() for link in re.findall(r"\]\(([^)\s#]+)", one.read_text()) if ":" not in link
        ]
    alone = [
        path for path in GUIDES if path not in seen and path.name != "CHANGELOG.md" and "decisions" not in path.parts
    ]
    assert alone == []


@guides
def test_every_file_is_there(guide):
    """A recipe's `channels/NAME.py` is there if there is one like it."""
    named = [text.partition(":")[0].partition(" ")[0] for text in spans(guide.read_text())]
    paths = [
        text for text in named if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*(?:/|/[\w-]+\.(?:py|yml|yaml|md|toml|lock))", text)
    ]
    shown = {"var/", "responses/TOPIC.yaml"}  # one is made by the product, the other is an example of a wrong name
    missing = [path for path in paths if path not in shown and not any(ROOT.glob(PLACEHOLDERS.sub("*", path)))]
    missing = [path for path in missing if not (ROOT / "bot" / path).exists()]
    assert missing == []


def test_the_recipes_name_files():
    assert len([text for text in spans((ROOT / "CONTRIBUTING.md").read_text()) if "/" in text]) > 15


def test_every_guide_that_the_code_names_is_there():
    named = {
        (name, path.relative_to(ROOT).as_posix())
        for folder in ("bot", "channels")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"docs/[\w/-]+\.md", path.read_text())
    }
    assert [one for one in sorted(named) if not (ROOT / one[0]).exists()] == []


@guides
def test_no_guide_names_a_place_of_one_machine_only(guide):
    assert re.findall(r"(?:/home/|/root/|/Users/|C:\\)\S*", guide.read_text()) == []


# --- what others paste ------------------------------------------------------------------------------------------------

MANIFEST = (ROOT / "docs" / "setup" / "slack-manifest.yml").read_text()


def test_the_manifest_asks_for_no_more_than_the_desk_calls_for_and_says_why():
    manifest = yaml.safe_load(MANIFEST)
    asked = manifest["oauth_config"]["scopes"]["bot"]
    reasons = dict(re.findall(r"^ +- ([a-z]+:[a-z]+) # (\w.{20,})$", MANIFEST, re.MULTILINE))
    called_for = {scope.format(kind) for scope in SCOPES.values() for kind in ("channels", "groups")}
    assert (sorted(reasons), sorted(called_for)) == (sorted(asked), sorted(asked))
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["message.channels", "message.groups"]


def test_the_manifest_leads_to_our_addresses_and_keeps_slacks_limits():
    manifest = yaml.safe_load(MANIFEST)
    settings, shown = manifest["settings"], manifest["display_information"]
    asked = [settings[name]["request_url"] for name in ("event_subscriptions", "interactivity")]
    assert asked == [f"https://YOUR-DOMAIN/webhooks/slack/{name}" for name in ("events", "interactive")]
    flags = ("org_deploy_enabled", "socket_mode_enabled", "token_rotation_enabled")
    assert [settings[name] for name in flags] == [False] * 3
    assert (len(shown["name"]) <= 35, len(shown["description"]) <= 140) == (True, True)
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", manifest["features"]["bot_user"]["display_name"])
