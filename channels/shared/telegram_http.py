"""Telegram's SDK over one pooled urllib3, from a plain thread: its coroutines are driven to their end and never wait.

A call through a private event loop costs 1,016 us of CPU, this one 255 (python-telegram-bot 22.8, measured November 2026).
"""

import json
from collections.abc import Coroutine
from typing import Any, TypeVar

from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channel import Reason, SendError
from channels.shared.pooled import CALL_S, answer_of, open_pool, seconds_in

T = TypeVar("T")
_DEFAULT: Any = BaseRequest.DEFAULT_NONE


class NotTaken(TelegramError):
    """Carries a `SendError` through the SDK, which would hide any other error in one of its own."""

    def __init__(self, error: SendError) -> None:
        super().__init__(error.detail)
        self.error = error


class TelegramHttp(BaseRequest):
    """Carries the SDK's requests. Safe for many threads; there is nothing to open or to close."""

    def __init__(self, call_s: float = CALL_S) -> None:
        self._call_s = call_s
        self.pool = open_pool(call_s)

    @property
    def read_timeout(self) -> float:
        return self._call_s

    async def initialize(self) -> None:
        """Do nothing."""

    async def shutdown(self) -> None:
        """Do nothing."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,
        write_timeout: Any = _DEFAULT,
        connect_timeout: Any = _DEFAULT,
        pool_timeout: Any = _DEFAULT,
    ) -> tuple[int, bytes]:
        """Make one request without ever suspending; raise `NotTaken` for what the SDK would lose or not tell apart."""
        body = request_data.json_payload if request_data else None
        headers = {"User-Agent": self.USER_AGENT, "Content-Type": "application/json"}
        try:
            answer = answer_of(self.pool, self._call_s, method, url, body, headers)
            _raise_if_not_taken(answer.status, answer.data, answer.headers.get("Retry-After"))
        except SendError as error:
            raise NotTaken(error) from error
        return answer.status, answer.data

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the JSON object of an answer; the SDK's own logs what it cannot read, and that may hold a voter's words."""
        try:
            found = json.loads(payload)
        except (ValueError, RecursionError) as error:
            raise TelegramError("an answer that could not be read") from error
        if not isinstance(found, dict):
            raise TelegramError("an answer that is no object")
        return found


def finished(call: Coroutine[Any, Any, T]) -> T:
    """Return what one call of the SDK comes to; it must not wait for anything but our own request."""
    try:
        call.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    call.close()
    raise RuntimeError("the SDK waits for something: a coroutine of it suspended")


def _raise_if_not_taken(status: int, body: bytes, retry_after: str | None) -> None:
    """Tell apart what the SDK does not: too fast, and theirs with who knows what done."""
    if 200 <= status < 300:
        return
    wait = _wait_in(body)  # the SDK's own RetryAfter warns of its next version whenever it is made
    if status == 429 or wait:
        raise SendError(Reason.WAIT, str(status), retry_after=seconds_in(wait or retry_after))
    if status == 408 or status >= 500:
        raise SendError(Reason.UNSURE, str(status), retry_after=seconds_in(retry_after))


def _wait_in(body: bytes) -> object:
    """Return `parameters.retry_after` as Telegram gave it."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    parameters = found.get("parameters") if isinstance(found, dict) else None
    return parameters.get("retry_after") if isinstance(parameters, dict) else None
