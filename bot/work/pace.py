"""How fast each sender may go: a moving window per channel and sender, shared by all workers where there is Redis."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from bot.channel import Capabilities
from bot.engine.segments import segments
from bot.message import DeskCall, Outbound

_BURST = 3
"""A desk's calls are counted over so many seconds: Slack takes a short burst, and three voters need not wait for each other."""
_METERS = {"card": "post", "post": "post", "update": "update", "mark": "mark", "whisper": "whisper"}
"""Which calls of a desk count together: Slack counts by method, and posts by channel."""
log = structlog.get_logger()


class Paces:
    """Allows, or says how long to wait. With the shared storage away every worker counts for itself."""

    def __init__(
        self,
        per_second: Mapping[str, int],
        can: Mapping[str, Capabilities],
        now: Callable[[], datetime],
        shared: Storage | None = None,
        per_voter: Mapping[str, int] | None = None,
        desks: Mapping[str, int] | None = None,
    ) -> None:
        self._items = {channel: RateLimitItemPerSecond(rate) for channel, rate in per_second.items() if rate > 0}
        self._voters = {channel: RateLimitItemPerSecond(rate) for channel, rate in (per_voter or {}).items()}
        self._desks = {desk: RateLimitItemPerSecond(_BURST * rate, _BURST) for desk, rate in (desks or {}).items()}
        self._can = can
        self._now = now
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared = MovingWindowRateLimiter(shared) if shared is not None else self._own
        self._pauses: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def wait(self, channel: str, call: Outbound | DeskCall) -> timedelta | None:
        """Return None if `call` may leave now and count it; otherwise how long to wait."""
        match call:
            case DeskCall():
                item = self._desks.get(channel)
                if wait := self._paused(channel, channel):
                    return wait
                return None if item is None or self._hit(item, channel, _METERS[call.kind], 1) else timedelta(seconds=1)
            case Outbound():
                return self._paused(channel, call.sender) or self._wait(channel, call)

    def held(self) -> frozenset[str]:
        """Return the kinds of desk calls that may not leave now; asking counts nothing."""
        return frozenset(
            f"{desk}:{kind}"
            for desk, item in self._desks.items()
            for kind, meter in _METERS.items()
            if self._paused(desk, desk) or not self._tested(item, desk, meter)
        )

    def opens_in(self) -> float | None:
        """Return after how many seconds a kind that is held back now may leave; None where nothing is."""
        waits = [self._opens_in(*one.partition(":")[::2]) for one in self.held()]
        return max(0.0, min(waits)) if waits else None

    def _opens_in(self, desk: str, kind: str) -> float:
        if left := self._paused(desk, desk):
            return left.total_seconds()
        try:
            stats = self._shared.get_window_stats(self._desks[desk], desk, _METERS[kind])
        except Exception:  # noqa: BLE001 -- the next hit says so
            return 1.0
        return stats.reset_time - time.time()  # the limiter's own clock

    def _paused(self, channel: str, sender: str) -> timedelta | None:
        with self._lock:
            until = self._pauses.get((channel, sender))
        left = until - self._now() if until is not None else timedelta()
        return left if left > timedelta() else None

    def _wait(self, channel: str, message: Outbound) -> timedelta | None:
        voter = self._voters.get(channel)  # counted by each worker for itself: addresses do not go to Redis
        if voter is not None and not self._own.hit(voter, channel, message.sender, message.address):
            return timedelta(seconds=1)
        item = self._items.get(channel)
        if item is None:
            return None
        can = self._can.get(channel)
        cost = segments(message.text).count if can is not None and can.segments else 1
        return None if self._hit(item, channel, message.sender, min(cost, item.amount)) else timedelta(seconds=1)

    def pause(self, channel: str, sender: str, wait: timedelta) -> None:
        """Hold everything of `sender` back for `wait`: the provider has asked for it."""
        with self._lock:
            self._pauses[channel, sender] = self._now() + wait

    def _tested(self, item: RateLimitItemPerSecond, *of: str) -> bool:
        try:
            return self._shared.test(item, *of)
        except Exception:  # noqa: BLE001 -- the next hit says so
            return self._own.test(item, *of)

    def _hit(self, item: RateLimitItemPerSecond, channel: str, sender: str, cost: int) -> bool:
        try:
            return self._shared.hit(item, channel, sender, cost=cost)
        except Exception as error:  # noqa: BLE001 -- whatever the storage raises, voters still get their answers
            log.warning("shared_pace_away", error=type(error).__name__)
            return self._own.hit(item, channel, sender, cost=cost)
