"""How bots are to present themselves at their providers, from the staff's reviewed texts."""

import re

from bot.app import content_of, now
from bot.channel import Presence, Profile
from bot.civic.facts import OfficialFacts
from bot.config import Config
from bot.content.library import Library

MAX_ABOUT = 512
MAX_SHORT = 120
"""What Telegram shows."""
_COMMAND = re.compile(r"([a-z0-9_]{1,32}) - (\S.{0,255})")


class NoPresence(Exception):
    """The texts cannot be used; the message says which and why."""


def presence_of(config: Config, library: Library, path: str) -> Presence:
    """Return what the provider whose requests come in at `path` is to know and to show of us."""
    voice, facts, at = content_of(config, library, 0).voice, OfficialFacts(practice=config.is_practice), now()

    def text(name: str, language: str, most: int = 4096) -> str:
        said = voice.phrase(name, language, {}, facts, at).strip()
        if len(said) > most:
            raise NoPresence(
                f"responses/system.yml, {name}, {language}: {len(said)} characters, and {most} are shown: shorten it"
            )
        return said

    return Presence(
        f"{config.public_base_url}{path}" if config.public_base_url else None,
        {
            language: Profile(
                text("bot_profile", language, MAX_ABOUT),
                text("bot_profile_short", language, MAX_SHORT),
                _commands(text("bot_commands", language), language),
            )
            for language in config.languages
        },
    )


def _commands(lines: str, language: str) -> tuple[tuple[str, str], ...]:
    found = []
    for line in lines.splitlines():
        command = _COMMAND.fullmatch(line.strip())
        if command is None:
            raise NoPresence(
                f"responses/system.yml, bot_commands, {language}: '{line}'; a line is written like 'help - What I can do'"
            )
        found.append((command[1], command[2]))
    return tuple(found)
