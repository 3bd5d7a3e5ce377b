"""The product from outside: a real process, real signatures, a local server that behaves like Twilio."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.twilio import FakeTwilio
from support.processes import Desk


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """Yield a Twilio that knows no product yet."""
    with FakeTwilio() as one:
        yield one


@pytest.fixture
def sms_desk(tmp_path: Path, model: Path, twilio: FakeTwilio) -> Iterator[Desk]:
    """Yield the product with SMS through the local Twilio, not started yet."""
    one = Desk(tmp_path / "var", model)
    twilio.product = one.url
    one.env = {**twilio.environment(), "PUBLIC_BASE_URL": one.url}
    yield one
    one.kill()


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[tuple[Desk, FakeTwilio]]:
    """Yield one running product with its Twilio for all tests of a file that leave it as it is."""
    with FakeTwilio() as twilio:
        one = Desk(tmp_path_factory.mktemp("desk") / "var", model)
        twilio.product = one.url
        one.env = {**twilio.environment(), "PUBLIC_BASE_URL": one.url}
        one.start()
        yield one, twilio
        one.kill()
