"""How the bot stands at Telegram: who is called, what its menu holds, how it presents itself. Only what differs is set."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from telegram import Bot, BotCommand

from bot.channel import Mended, Presence, Profile
from channels.shared.telegram_http import finished
from channels.telegram.calls import errors
from channels.telegram.settings import TelegramSettings
from channels.telegram.updates import ALLOWED

CONNECTIONS: Final = 40
"""Calls that Telegram makes at the same time: fewer than our threads, so that others are answered too."""
_REFUSED: Final = ("401", "403")


def mend(bot: Bot, settings: TelegramSettings, presence: Presence, *, change: bool) -> Iterator[Mended]:
    """Yield one line for each thing, in order; where `change`, set what differs."""
    if settings.polling:
        yield _without_webhook(bot, change=change)
    elif presence.url is not None:
        yield _webhook(bot, settings, presence.url, change=change)
    codes = dict.fromkeys(("", *presence.profiles))
    for code in codes:  # without a code: for everybody whose language is none of ours
        profile = presence.profiles.get(code) or next(iter(presence.profiles.values()))
        yield from _profile(bot, code, profile, change=change)


def _webhook(bot: Bot, settings: TelegramSettings, url: str, *, change: bool) -> Mended:
    """Compare what Telegram shows of the webhook. The secret it does not show: after a refusal it is set again."""
    with errors():
        held = finished(bot.get_webhook_info())
    differs = [
        what
        for what, is_so in (
            ("address", held.url != url),
            ("kinds of updates", set(held.allowed_updates or ()) != set(ALLOWED)),
            ("connections", held.max_connections != CONNECTIONS),
            ("secret, perhaps", any(code in (held.last_error_message or "") for code in _REFUSED)),
        )
        if is_so
    ]
    trouble = f"; last trouble: {held.last_error_message}" if held.last_error_message else ""
    if not differs:
        return Mended("webhook", "right", f"{url}, {held.pending_update_count} updates wait{trouble}")
    if not change:
        return Mended(
            "webhook", "wrong", f"{', '.join(differs)}; it is {held.url or 'not set'}, wanted is {url}{trouble}"
        )
    with errors():
        finished(
            bot.set_webhook(
                url, secret_token=settings.secret, allowed_updates=list(ALLOWED), max_connections=CONNECTIONS
            )
        )
    return Mended("webhook", "changed", f"set to {url} ({', '.join(differs)})")


def _without_webhook(bot: Bot, *, change: bool) -> Mended:
    with errors():
        held = finished(bot.get_webhook_info())
    if not held.url:
        return Mended("webhook", "right", f"none, as polling needs it; {held.pending_update_count} updates wait")
    if not change:
        return Mended("webhook", "wrong", f"{held.url} is called, so nothing can be asked for")
    with errors():
        finished(bot.delete_webhook(drop_pending_updates=False))
    return Mended("webhook", "changed", f"taken away: {held.url} is called no more")


def _profile(bot: Bot, code: str, profile: Profile, *, change: bool) -> Iterator[Mended]:
    of = code or None
    with errors():
        commands = [(one.command, one.description) for one in finished(bot.get_my_commands(language_code=of))]
        said = finished(bot.get_my_description(language_code=of)).description
        said_short = finished(bot.get_my_short_description(language_code=of)).short_description
    menu = [BotCommand(name, words) for name, words in profile.commands]
    yield _set(
        "commands",
        code,
        commands == list(profile.commands),
        change,
        lambda: bot.set_my_commands(menu, language_code=of),
    )
    yield _set(
        "description",
        code,
        said == profile.about,
        change,
        lambda: bot.set_my_description(profile.about, language_code=of),
    )
    yield _set(
        "short text",
        code,
        said_short == profile.short,
        change,
        lambda: bot.set_my_short_description(profile.short, language_code=of),
    )


def _set(what: str, code: str, is_right: bool, change: bool, setting: Callable[[], Any]) -> Mended:
    about = f"{what} {code}".rstrip()
    if is_right:
        return Mended(about, "right", "as in responses/system.yml")
    if not change:
        return Mended(about, "differs", "not as in responses/system.yml")
    with errors():
        finished(setting())
    return Mended(about, "changed", "set as in responses/system.yml")
