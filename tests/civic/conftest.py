"""A local server of polling places, and look-ups that go to it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from providers.civic import KEY, FakeCivic

from bot.breaker import Breaker
from bot.civic.lookup import Guarded, PollingPlaces
from bot.civic.polling.democracy_works import DemocracyWorks
from bot.civic.polling.google import GoogleCivic

CALL_S = 0.4
SOURCES = {"google": GoogleCivic, "democracy_works": DemocracyWorks}


@pytest.fixture
def sources() -> dict[str, type]:
    """Return the services by name."""
    return dict(SOURCES)


class Clock:
    """A moment that is set, for the wall and for the breaker."""

    def __init__(self) -> None:
        self.at = datetime(2026, 10, 30, 16, 0, tzinfo=UTC)
        self.s = 100.0

    def now(self) -> datetime:
        return self.at


class Shelf:
    """Keeps answers as the database does."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.rows: dict[bytes, tuple[str, datetime]] = {}

    def get(self, key: bytes) -> str | None:
        text, until = self.rows.get(key, ("", self.now()))
        return text if until > self.now() else None

    def put(self, key: bytes, answer: str, until: datetime) -> None:
        self.rows[key] = (answer, until)


@pytest.fixture
def civic() -> Iterator[FakeCivic]:
    with FakeCivic() as one:
        yield one


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(clock: Clock) -> Shelf:
    return Shelf(clock.now)


@pytest.fixture
def places(civic: FakeCivic, clock: Clock, shelf: Shelf) -> Callable[..., PollingPlaces]:
    """Return what opens a look-up at the local server: by which services, with which key."""

    def opened(*names: str, key: str = KEY, url: str = "", call_s: float = CALL_S, **options) -> PollingPlaces:
        def guarded(name: str) -> Guarded:
            return Guarded(
                lambda hurt: SOURCES[name](key, clock.now, url or civic.url, call_s, hurt),
                Breaker(lambda: clock.s),
                lambda: clock.s,
            )

        return PollingPlaces([guarded(name) for name in names or ("google",)], shelf, b"k" * 32, clock.now, **options)

    return opened
