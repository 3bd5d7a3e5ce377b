"""The bell: tells open streams that there is something new. A ring that is lost costs latency, never a message."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

log = structlog.get_logger()
_CHANNEL = "bell"


class Ear:
    """One listener's place at a topic. Made before the listener looks at the database, so that no ring falls between."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def wait(self, timeout_s: float) -> bool:
        """Return whether the bell has rung since the last time, after `timeout_s` at the latest."""
        rung = self._rung.wait(timeout_s)
        self._rung.clear()
        return rung

    def hear(self) -> None:
        self._rung.set()


class MemoryBell:
    """Rings within one process."""

    def __init__(self) -> None:
        self._ears: dict[str, set[Ear]] = {}
        self._lock = threading.Lock()

    def ring(self, topic: str) -> None:
        """Wake those who listen to `topic`."""
        with self._lock:
            ears = list(self._ears.get(topic, ()))
        for ear in ears:
            ear.hear()

    @contextmanager
    def listen(self, topic: str) -> Iterator[Ear]:
        """Yield an ear at `topic`."""
        ear = Ear()
        with self._lock:
            self._ears.setdefault(topic, set()).add(ear)
        try:
            yield ear
        finally:
            with self._lock:
                ears = self._ears[topic]
                ears.discard(ear)
                if not ears:
                    del self._ears[topic]

    def ring_all(self) -> None:
        """Wake everybody: the product stops, or the line to Redis was broken."""
        with self._lock:
            ears = [ear for ears in self._ears.values() for ear in ears]
        for ear in ears:
            ear.hear()

    def close(self) -> None:
        """Wake everybody for the last time."""
        self.ring_all()


class RedisBell(MemoryBell):
    """Rings in every process on one Redis; with Redis away streams look by themselves at each heartbeat."""

    def __init__(self, url: str, prefix: str, timeout_s: float = 0.2) -> None:
        from redis import Redis  # noqa: PLC0415 -- only where REDIS_URL is set

        super().__init__()
        self._channel = f"{prefix}.{_CHANNEL}"
        self._redis = Redis.from_url(url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self, topic: str) -> None:
        """Wake those who listen to `topic` here and elsewhere."""
        try:
            self._redis.publish(self._channel, topic)
        except Exception as error:  # noqa: BLE001 -- Redis may be away in any way it likes
            log.debug("ring_failed", error=type(error).__name__)
            super().ring(topic)

    @contextmanager
    def listen(self, topic: str) -> Iterator[Ear]:
        """Yield an ear at `topic`; the first one begins to listen to Redis."""
        self._start()
        with super().listen(topic) as ear:
            yield ear

    def close(self) -> None:
        """End the listening thread and wake everybody."""
        self._stopping.set()
        super().close()
        if self._thread is not None:
            self._thread.join(2)
        self._redis.close()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._hear(super().ring)
            except Exception as error:  # noqa: BLE001 -- Redis may be away in any way it likes
                log.debug("bell_lost", error=type(error).__name__)
                self.ring_all()
                time.sleep(0.5)

    def _hear(self, ring: Callable[[str], None]) -> None:
        pubsub: Any = self._redis.pubsub
        with pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(self._channel)
            while not self._stopping.is_set():
                found: Any = heard.get_message(timeout=0.5)
                if found is not None:
                    ring(found["data"].decode())
