"""Which bot it is, and how its updates come."""

from dataclasses import dataclass

from telegram import Bot

from channels.shared.telegram_http import TelegramHttp

PROVIDER = "telegram"
API = "https://api.telegram.org"


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot, and the secret that Telegram repeats with each update. `base_url` is an origin.

    A bot that polls asks for its updates and needs no secret.
    """

    token: str
    secret: str = ""
    base_url: str = ""
    polling: bool = False

    @property
    def bot_id(self) -> str:
        """The number in front of the token, which is no secret."""
        return self.token.partition(":")[0]

    @property
    def origin(self) -> str:
        return self.base_url.rstrip("/") or API

    def address(self, method: str) -> str:
        """Return where a method of the Bot API is called. The token is in it: it belongs into no log."""
        return f"{self.origin}/bot{self.token}/{method}"

    @property
    def files(self) -> str:
        """Where the files of voters lie."""
        return f"{self.origin}/file/bot{self.token}/"

    def open_bot(self, http: TelegramHttp) -> Bot:
        """Return the SDK's bot over `http`."""
        return Bot(
            self.token,
            base_url=f"{self.origin}/bot",
            base_file_url=f"{self.origin}/file/bot",
            request=http,
            get_updates_request=http,
        )
