"""Telegram: one bot, private chats with voters.

The facts about Telegram are those of its Bot API 10.0 and SDK (python-telegram-bot 22.8) as of November 2026.
"""

from channels.telegram.channel import Telegram
from channels.telegram.polling import PollingTelegram
from channels.telegram.settings import TelegramSettings

__all__ = ["PollingTelegram", "Telegram", "TelegramSettings"]
