"""Telegram without a public URL: we ask for the updates, and confirm them only once they are stored."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter  # what RequestData is made of

from bot.channel import Reason, SendError, Stop, Tools
from bot.message import Event
from channels.shared.telegram_http import TelegramHttp, finished
from channels.telegram.calls import errors
from channels.telegram.channel import Telegram
from channels.telegram.settings import TelegramSettings
from channels.telegram.updates import ALLOWED, Found, read

HOLD_S: Final = 2
"""How long Telegram holds a call while there is nothing new. A call in hand cannot be called off, so the end of the process
waits as long: the price is thirty calls a minute where nobody writes, at 255 us of CPU each."""
ANSWER_S: Final = 6.0
"""How long an answer may take beyond that."""
MOST: Final = 100
"""Telegram hands out no more at once."""
PRESSES: Final = 4
"""Answers to presses that leave at the same time."""
PRESS_S: Final = 3.0
"""An answer to a press that takes longer is given up: the waiting sign ends by itself."""


class PollingTelegram(Telegram):
    """The same bot, asked for its updates."""

    def __init__(self, settings: TelegramSettings, tools: Tools) -> None:
        super().__init__(settings)
        self._now: Callable[[], datetime] = tools.now
        self._count = tools.count
        self._line = TelegramHttp(HOLD_S + ANSWER_S)
        self._presses = settings.open_bot(TelegramHttp(PRESS_S))

    def listen(self, accept: Callable[[Sequence[Event]], object], stop: Stop) -> None:
        """Ask for updates until `stop` is set. The next call confirms a batch, so it is made only after the commit.

        What `accept` raises leaves: Telegram hands the same batch out again when this is called anew. A batch that was stored
        and not confirmed comes again too, and is known then by its numbers.
        """
        offset = 0
        with _pool() as pool:
            while not stop.is_set():
                batch = self._batch(offset)
                events = [event for found in batch for event in found.events]
                if events:
                    accept(events)
                offset = max((found.number + 1 for found in batch if found.number is not None), default=offset)
                for found in batch:
                    if found.press:
                        pool.submit(self._answer_press, found.press)

    def _batch(self, offset: int) -> list[Found]:
        """Return what waits from `offset` on, oldest first.

        Not by the SDK's own method: it reads a batch as a whole, so that one odd update would hold all others back for good.
        """
        wanted = {"offset": offset, "limit": MOST, "timeout": HOLD_S, "allowed_updates": ALLOWED}
        with errors():
            answer: Any = finished(self._line.post(self._settings.address("getUpdates"), _values(wanted)))
        if not isinstance(answer, list):
            raise SendError(Reason.UNSURE, "an answer that could not be read")
        at = self._now()
        batch = [read(update, self._settings.bot_id, at) for update in answer]
        if batch and all(found.number is None for found in batch):
            raise SendError(Reason.UNSURE, "updates without a number")
        return batch

    def _answer_press(self, press: str) -> None:
        """End the waiting sign on a button; too late is no harm, and nothing else hangs on it."""
        try:
            with errors():
                finished(self._presses.answer_callback_query(press))
        except SendError:
            self._count("press_not_answered")


@contextmanager
def _pool() -> Iterator[ThreadPoolExecutor]:
    """Yield a few threads; at the end what has not begun is dropped, and nobody waits for the rest."""
    pool = ThreadPoolExecutor(PRESSES, thread_name_prefix="telegram-press")
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _values(known: Mapping[str, object]) -> RequestData:
    """Return the values of one call, written as the SDK writes them."""
    return RequestData([RequestParameter.from_input(name, value) for name, value in known.items()])
