"""Wake-ups through huey: they carry no work, they only say that the database holds some."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from huey import Huey
from huey.consumer import Consumer
from huey.storage import MemoryStorage, RedisStorage

from bot import metrics
from bot.ports import Work

_READ_TIMEOUT_S = 1.0
_PAUSE_S = 1.0
_STOP_S = 10.0
_MOST_WAITING = 1000
"""Wake-ups beyond this are dropped while no worker runs: one is enough to find all work."""
log = structlog.get_logger()


class BlockingMemoryStorage(MemoryStorage):  # type: ignore[misc]
    """huey's memory storage with a wait in place of its growing sleep: 5 ms from webhook to provider in place of 75."""

    blocking = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._filled = threading.Condition(self._lock)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        with self._filled:
            super().enqueue(data, priority)
            self._filled.notify()

    def dequeue(self) -> bytes | None:
        with self._filled:
            if not self._queue:
                self._filled.wait(_READ_TIMEOUT_S)
            found: bytes | None = super().dequeue()
            return found


class BoundedRedisStorage(RedisStorage):  # type: ignore[misc]
    """huey's Redis storage with short time-outs for those who wake, a longer one for those who wait, and a bound."""

    def __init__(self, name: str = "huey", *, url: str, timeout_s: float = 0.2, **options: Any) -> None:
        from redis import ConnectionPool, Redis  # noqa: PLC0415 -- only where REDIS_URL is set

        pool = ConnectionPool.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
        super().__init__(name, connection_pool=pool, read_timeout=_READ_TIMEOUT_S, clean_name=False, **options)
        patient = ConnectionPool.from_url(url, socket_timeout=_READ_TIMEOUT_S + 1, socket_connect_timeout=timeout_s)
        self._patient = Redis(connection_pool=patient)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        pipe = self.conn.pipeline(transaction=False)
        pipe.lpush(self.queue_key, data)
        pipe.ltrim(self.queue_key, 0, _MOST_WAITING - 1)
        pipe.execute()

    def dequeue(self) -> bytes | None:
        found: Any = self._patient.brpop([self.queue_key], timeout=_READ_TIMEOUT_S)
        return found[1] if found else None

    def close(self) -> None:
        self._patient.connection_pool.disconnect()
        self.pool.disconnect()


class QuietConsumer(Consumer):  # type: ignore[misc]
    """huey's consumer without its hold on the process's signals: the main thread owns them."""

    def _set_signal_handlers(self) -> None:
        pass


class Drain:
    """Runs a piece of work until nothing is left, in one thread at a time; a wake-up while it runs makes it look again.

    Between two rounds it waits `gather_s`, so that what comes meanwhile goes together; the first round never waits.
    """

    def __init__(self, name: Work, work: Callable[[], int], stopping: threading.Event, gather_s: float = 0.0) -> None:
        self._name = name
        self._work = work
        self._stopping = stopping
        self._gather_s = gather_s
        self._again = threading.Event()
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Work until nothing is left, or leave at once if another thread does."""
        self._again.set()
        while self._again.is_set() and self._lock.acquire(blocking=False):
            try:
                self._again.clear()
                while not self._stopping.is_set() and self._work() > 0:
                    self._stopping.wait(self._gather_s)
            except Exception as error:  # noqa: BLE001 -- the worker's edge: the clock wakes us again within a second
                metrics.worker_failed.labels(self._name).inc()
                log.warning("work_failed", work=self._name, error=type(error).__name__)
            finally:
                self._lock.release()


class Wakes:
    """The queue of wake-ups, and in a worker the consumer that answers them."""

    def __init__(self, huey: Huey) -> None:
        self._huey = huey
        self._jobs: Mapping[Work, Callable[[], None]] = {}
        self._consumer: Consumer | None = None
        self._tries_again_at = 0.0
        self._alone: list[threading.Thread] = []
        self._task = huey.task(name="wake")(self._run)

    def wake(self, work: Work) -> None:
        """Say that there is work; its failure is counted, the one-second poll finds the work anyway.

        After a failure no other try is made for as long: a queue that answers nobody must not cost each caller its time-out.
        """
        if time.monotonic() >= self._tries_again_at:
            try:
                self._task(work)
            except Exception as error:  # noqa: BLE001 -- Redis may be away in any way it likes
                self._tries_again_at = time.monotonic() + _PAUSE_S
                metrics.wake_failed.inc()
                log.debug("wake_failed", error=type(error).__name__)
            else:
                return
        self._work_alone(work)

    def start(self, jobs: Mapping[Work, Callable[[], None]]) -> None:
        """Answer wake-ups with `jobs`, one worker thread for each kind."""
        self._jobs = jobs
        self._consumer = QuietConsumer(
            self._huey, workers=len(jobs), periodic=False, check_worker_health=False, shutdown_timeout=_STOP_S
        )
        self._consumer.start()

    def stop(self) -> None:
        """Wait for the work in hand, ten seconds at most."""
        if self._consumer is not None:
            self._consumer.stop(graceful=True)
        ends = time.monotonic() + _STOP_S
        for thread in self._alone:
            thread.join(max(0.0, ends - time.monotonic()))
        self._huey.storage.close()

    def _work_alone(self, work: Work) -> None:
        """With the queue away a worker does what its own poll finds: nobody hears of it otherwise. A web has no jobs."""
        job = self._jobs.get(work)
        if job is not None:
            thread = threading.Thread(target=job, name=f"{work} without a queue", daemon=True)
            self._alone = [*(one for one in self._alone if one.is_alive()), thread]
            thread.start()

    def _run(self, work: Work) -> None:
        job = self._jobs.get(work)
        if job is not None:
            job()


def memory_wakes() -> Wakes:
    """Return the wake-ups of one process."""
    return Wakes(Huey("voters-desk", results=False, immediate=False, storage_class=BlockingMemoryStorage))


def redis_wakes(url: str, prefix: str, timeout_s: float = 0.2) -> Wakes:
    """Return the wake-ups that all processes on one Redis share."""
    huey = Huey(prefix, results=False, immediate=False, storage_class=BoundedRedisStorage, url=url, timeout_s=timeout_s)
    return Wakes(huey)
