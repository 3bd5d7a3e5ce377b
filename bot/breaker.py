"""A circuit breaker: who has failed several times in a row is left alone for a while, then tried with one call."""

import threading
import time
from collections.abc import Callable
from typing import Final

IN_A_ROW: Final = 5
REST_S: Final = 10.0


class Breaker:
    """Counts what worked and what failed; any thread may tell it."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most: int = IN_A_ROW, rest_s: float = REST_S
    ) -> None:
        self._clock, self._most, self._rest_s = clock, most, rest_s
        self._failed = 0
        self._try_at: float | None = None
        self._lock = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether nothing but single tries may go through."""
        return self._try_at is not None

    def may_try(self) -> bool:
        """Return whether an open breaker has rested enough for one try; then it rests anew from now on."""
        with self._lock:
            if self._try_at is None or self._clock() < self._try_at:
                return False
            self._try_at = self._clock() + self._rest_s
            return True

    def worked(self) -> bool:
        """Count a call that worked; return whether that closed the breaker."""
        with self._lock:
            was_open = self._try_at is not None
            self._failed, self._try_at = 0, None
            return was_open

    def failed(self) -> bool:
        """Count a call that failed; return whether that opened the breaker."""
        with self._lock:
            self._failed += 1
            if self._failed < self._most:
                return False
            was_open = self._try_at is not None
            self._try_at = self._clock() + self._rest_s
            return not was_open
