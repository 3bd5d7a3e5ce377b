"""Listening: a line of our own to a provider, held by one of all processes."""

import random
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from bot import metrics
from bot.channel import CanListen, Reason, SendError, Stop
from bot.message import Event, Outcome
from bot.ports import Leases

RENEW_S = 10.0
"""How often a lease is renewed, and how often the others look whether it has lapsed."""
LOST_S = 25.0
"""A lease that could not be renewed for so long is given up before another process takes it."""
END_S = 4.0
"""How long the end of the process waits for a call in hand. What it still brings is not confirmed, and comes again."""
LONGEST_PAUSE_S = 60.0
STEADY_S = 60.0
"""A line that held so long begins anew with short pauses when it breaks."""
log = structlog.get_logger()


class Listener:
    """Lets one channel or desk listen in this process while it holds the lease `name`, in threads of its own."""

    def __init__(
        self,
        name: str,
        line: CanListen,
        accept: Callable[[Sequence[Event]], list[Outcome]],
        leases: Leases,
        holder: str,
        renew_s: float = RENEW_S,
    ) -> None:
        self._name = name
        self._line = line
        self._commit = accept
        self._leases = leases
        self._holder = holder
        self._renew_s = renew_s
        self._lease = f"listen:{name}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease-{name}", daemon=True)

    def start(self) -> None:
        """Begin to ask for the lease, and listen once it is ours."""
        self._thread.start()

    def stop(self) -> None:
        """Say that the end has come; returns at once, so that several end together."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the end, and for the lease to be given back."""
        if self._thread.is_alive():
            self._thread.join(END_S + 1)

    # --- the lease ----------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        while not self._stopping.is_set():
            if self._is_ours():
                self._hold()
            self._stopping.wait(self._renew_s)

    def _hold(self) -> None:
        """Listen as long as the lease can be renewed."""
        lost = threading.Event()
        line = threading.Thread(target=self._listen, args=(lost,), name=f"listen-{self._name}", daemon=True)
        log.info("listening_began", channel=self._name)
        metrics.listens.labels(self._name).set(1)
        line.start()
        renewed = time.monotonic()
        while not self._stopping.wait(self._renew_s):
            is_ours = self._is_ours()
            if is_ours:
                renewed = time.monotonic()
            elif is_ours is not None or time.monotonic() - renewed > LOST_S:
                break
        lost.set()
        line.join(END_S)
        metrics.listens.labels(self._name).set(0)
        log.info("listening_ended", channel=self._name)
        self._give_back()

    def _is_ours(self) -> bool | None:
        """Take or renew the lease; None where the database cannot say."""
        try:
            return self._leases.take(self._lease, self._holder)
        except Exception as error:  # noqa: BLE001 -- the worker's edge: the database may be away; it is asked again
            log.warning("lease_not_asked", channel=self._name, error=type(error).__name__)
            return None

    def _give_back(self) -> None:
        try:
            self._leases.give_back(self._lease, self._holder)
        except Exception as error:  # noqa: BLE001 -- the worker's edge: it lapses by itself
            log.warning("lease_not_given_back", channel=self._name, error=type(error).__name__)

    # --- the line -----------------------------------------------------------------------------------------------------

    def _listen(self, stop: Stop) -> None:
        failures, said = 0, ""
        while not stop.is_set():
            began = time.monotonic()
            try:
                self._line.listen(self._accept, stop)
                continue
            except SendError as error:
                reason, detail = error.reason, error.detail
                wait = error.retry_after.total_seconds() if error.retry_after else 0.0
            except Exception as error:  # noqa: BLE001 -- the worker's edge: nothing was committed, and all of it comes again
                reason, detail, wait = Reason.WAIT, type(error).__name__, 0.0
            if time.monotonic() - began > STEADY_S:
                failures, said = 0, ""
            failures += 1
            metrics.listen_failed.labels(self._name, reason.value).inc()
            if detail != said:  # once for each kind of trouble, however long it lasts
                write = log.error if reason is Reason.ALARM else log.warning
                write("listening_failed", channel=self._name, reason=reason.value, detail=detail)
                said = detail
            stop.wait(max(wait, _pause_s(failures, reason)))

    def _accept(self, events: Sequence[Event]) -> list[Outcome]:
        outcomes = self._commit(events)
        for outcome in outcomes:
            metrics.accepted.labels(self._name, outcome.kind).inc()
        return outcomes


def _pause_s(failures: int, reason: Reason) -> float:
    """Return how long to wait before the next try: longer each time, and a minute where only people can mend it."""
    if reason is Reason.ALARM:
        return LONGEST_PAUSE_S
    longest: float = min(LONGEST_PAUSE_S, 2.0 ** min(failures - 1, 6))
    return longest * random.uniform(0.5, 1)  # noqa: S311 -- it spreads load, no more
