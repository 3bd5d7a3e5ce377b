"""One file for each way of reaching a voter; `open_channel` is the register."""

from collections.abc import Mapping
from typing import Any

from bot.channel import Channel, Tools


def open_channel(name: str, settings: Mapping[str, Any], tools: Tools) -> Channel:
    """Return the channel called `name`; its SDK is imported only now."""
    match name:
        case "sms":
            from channels.sms import Sms, SmsSettings  # noqa: PLC0415

            return Sms(SmsSettings(**settings))
        case "telegram":
            from channels.telegram import PollingTelegram, Telegram, TelegramSettings  # noqa: PLC0415

            bot = TelegramSettings(**settings)
            return PollingTelegram(bot, tools) if bot.polling else Telegram(bot)
        case "web":
            from channels.web import WebChat  # noqa: PLC0415

            return WebChat(tools)
        case _:
            raise ValueError(f"no channel is called '{name}'")
