"""The product from outside: a real process, real signatures, a local server that behaves like Twilio."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from providers.slack import BEN, GUEST, MARIA, FakeSlack
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


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    """Yield a Slack that tells the app of its own messages and repeats events, as the real one does."""
    with FakeSlack(echoes=True, retries=True) as one:
        yield one


@pytest.fixture
def slack_desk(sms_desk: Desk, slack: FakeSlack) -> Desk:
    """Return the product with SMS and Slack, not started yet. Maria and Ben are on the roster, and a guest by mistake."""
    sms_desk.env = {
        **sms_desk.env,
        **slack.environment(),
        "BOT_DESK__VOLUNTEERS": json.dumps([MARIA, BEN, GUEST]),
        "BOT_DESK__HOLD": "1s",
        "BOT_SMS__ASK_AFTER": "1s",
        "BOT_SLACK__MESSAGES_PER_SECOND": "20",  # the pace has tests of its own
    }
    slack.product = sms_desk.url
    return sms_desk


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
