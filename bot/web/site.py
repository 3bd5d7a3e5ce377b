"""What the web views need of the product, put together by `bot.app`."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.channel import Channel, Desk
from bot.config import Config
from bot.content.desk import DeskReply
from bot.message import Event, Outcome
from bot.store.log import Log
from bot.store.sessions import SqlSessions
from bot.store.store import SqlStore
from bot.work.bell import Ear


@dataclass(frozen=True)
class Site:
    """The parts behind the views."""

    config: Config
    store: SqlStore
    log: Log
    sessions: SqlSessions
    channels: dict[str, Channel]
    desks: dict[str, Desk]
    accept: Callable[[Sequence[Event]], list[Outcome]]
    listen: Callable[[str], AbstractContextManager[Ear]]
    now: Callable[[], datetime]
    wrong: Callable[[], list[str]]
    """What keeps the product from being ready; empty where all is well."""
    stopping: threading.Event
    streams: "Streams"
    notes: Callable[[], list[str]] = list
    """What somebody should look at although the product is ready."""
    ring: Callable[[str], None] = lambda topic: None
    replies: Callable[[], Mapping[str, DeskReply]] = dict
    """The volunteers' replies that are in service."""
    limiter: Any = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    @property
    def public_base_url(self) -> str:
        return self.config.public_base_url

    def allows(self, what: str, whose: str, per_minute: int) -> bool:
        """Count one more of `what` for `whose`; return whether that is within the limit."""
        return per_minute <= 0 or bool(self.limiter.hit(RateLimitItemPerMinute(per_minute), what, whose))


class Streams:
    """How many streams are open in this process: a stream holds a thread, and eight are kept free for everything else.

    Each chat and each volunteer has a few at most (tabs of one browser), so that nobody takes the places of all others.
    """

    def __init__(self, threads: int) -> None:
        self._free = max(threads - 8, 1)
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, whose: str, most: int) -> bool:
        """Return whether one more stream may open, `most` for the same one."""
        with self._lock:
            if self._free <= 0 or self._open[whose] >= most:
                return False
            self._free -= 1
            self._open[whose] += 1
            return True

    def give_back(self, whose: str) -> None:
        """A stream has ended."""
        with self._lock:
            self._free += 1
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]
