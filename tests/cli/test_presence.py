"""What a bot shows of us comes from reviewed texts, and a mistake in them is named."""

import pytest

from bot.cli.presence import NoPresence, presence_of
from bot.config import load
from bot.content.files import staff_files
from bot.content.library import read_library


def presence(**texts):
    config = load({"PUBLIC_BASE_URL": "https://bot.example.org"})
    files = dict(staff_files(config.staff))
    system = files["responses/system.yml"].decode()
    for old, new in texts.values():
        assert old in system
        system = system.replace(old, new)
    library, troubles = read_library({**files, "responses/system.yml": system.encode()})
    assert troubles == []
    return presence_of(config, library, "/webhooks/telegram")


def test_the_shipped_texts_fit():
    found = presence()
    assert found.url == "https://bot.example.org/webhooks/telegram"
    assert list(found.profiles) == ["en", "es"]
    assert found.profiles["en"].commands[0] == ("start", "Say hello")
    assert "Paid for by Rivera for Riverton." in found.profiles["es"].about


MISTAKES = {
    "no command": (("stop - No more messages", "stop: no more"), "bot_commands, en: 'stop: no more'; a line is written like"),
    "capitals": (("help - What", "Help - What"), "bot_commands, en: 'Help - What I can do"),
    "too long": (("People answer too.", "x" * 120), "bot_profile_short, en: 188 characters, and 120 are shown"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(name):
    change, told = MISTAKES[name]
    with pytest.raises(NoPresence) as caught:
        presence(change=change)
    assert told in str(caught.value)
