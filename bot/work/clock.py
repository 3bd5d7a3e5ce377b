"""The clock: one plain thread polls the database every second, so that no lost wake-up and no dead worker loses work."""

import threading
from collections.abc import Callable

import structlog

from bot import metrics
from bot.ports import FaultPoint, Store, Work

EVERY_S = 1.0
_TIMERS_AT_ONCE = 100
_ERASED_AT_ONCE = 500
log = structlog.get_logger()


class Ticker:
    """Calls something every second in a thread of its own."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def start(self) -> None:
        """Begin to tick."""
        self._thread.start()

    def stop(self) -> None:
        """End after the tick in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(EVERY_S * 5)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            try:
                self._tick()
            except Exception as error:  # noqa: BLE001 -- the worker's edge: the database may be away; the next tick tries again
                metrics.worker_failed.labels("clock").inc()
                log.warning("tick_failed", error=type(error).__name__)


def look(store: Store, wake: Callable[[Work], None]) -> None:
    """Look once at everything that may be due: fire timers, doubt lapsed leases, wake the steps that have work."""
    due = store.due()
    if "timers" in due:
        with store.unit(FaultPoint.TIMER) as unit:
            unit.fire_timers(_TIMERS_AT_ONCE)
        wake("think")
    if "lapsed" in due:
        with store.unit(FaultPoint.SWEEP) as unit:
            metrics.swept.inc(unit.sweep())
        wake("send")
    if "kept" in due:
        with store.unit(FaultPoint.SWEEP) as unit:
            unit.erase(_ERASED_AT_ONCE)
    if "think" in due:
        wake("think")
    if "send" in due:
        wake("send")
    if "effects" in due:
        wake("effects")
