"""A desk in Slack over a real database, and the requests that Slack sends it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from providers.slack import APP, BEN, BOT, BOT_USER, DESK, GUEST, MARIA, SECRET, TEAM, TOKEN
from providers.slack_side import signed
from sqlalchemy import insert
from support.world import World

from bot.desk.slack.api import SlackApi
from bot.desk.slack.desk import SlackDesk
from bot.desk.slack.people import People
from bot.message import Webhook
from bot.ports import FaultPoint
from bot.store.cases import Cases
from bot.store.log import Log
from bot.store.tables import address, conversation, handoff, person
from bot.store.workspace import Home, Member, settle_home, settle_member

NOW = datetime.fromtimestamp(1731000030, UTC)
CARD = f"{DESK}:1731000000.000100"
THREAD, CASE = 12, 34
DEAF = "http://127.0.0.1:9/api/"
"""Nobody listens on the port of discard: Slack's Web API is away."""
ROSTER = (MARIA, BEN, GUEST)
"""The guest stands on it by mistake."""


@contextmanager
def world_with_a_case(url: str) -> Iterator[World]:
    """Yield a world with one thread whose case waits; its card stands in Slack."""
    one = World(url, policy={"desks": ("console", "slack")})
    one.at = NOW
    with one.database.writing(FaultPoint.STAFF) as connection:
        connection.execute(insert(person).values(id=1))
        voter = {"id": 1, "channel": "sms", "address_hash": b"1", "address": "+15550100301", "person_id": 1}
        connection.execute(insert(address).values(**voter))
        thread = {"id": THREAD, "address_id": 1, "sender": "+15550100001", "created_at": NOW, "mode": "waiting"}
        connection.execute(insert(conversation).values(**thread, waiting_since=NOW))
        case = {"id": CASE, "conversation_id": THREAD, "team": "general", "why": "speak_to_human", "priority": "normal"}
        connection.execute(insert(handoff).values(**case, state="waiting", created_at=NOW, desk_ref=CARD))
    settle_home(one.store, "slack", Home(TEAM, APP, BOT, BOT_USER, NOW))
    settle_member(one.store, Member(MARIA, "Maria", "full", NOW), NOW)
    settle_member(one.store, Member(BEN, "Ben", "full", NOW), NOW)
    settle_member(one.store, Member(GUEST, "Gus", "guest", NOW), NOW)
    yield one
    one.close()


def slack_desk(world: World, base_url: str = DEAF, roster: tuple[str, ...] = ROSTER) -> SlackDesk:
    """Return a desk over `world` whose Slack answers at `base_url`."""
    api = SlackApi(TOKEN, base_url)
    return SlackDesk(
        secret=SECRET,
        channel=DESK,
        api=api,
        people=People(world.store, api, frozenset(roster), world.now),
        cases=Cases(world.store, Log(world.database, world.store.hash_key)),
        zone=ZoneInfo("America/New_York"),
        hold=timedelta(seconds=5),
        console="https://desk.example.org",
    )


def from_slack(body: bytes, *, form: bool = False, stamp: str | None = None, **headers: str) -> Webhook:
    """Return a signed request that arrives now; other headers take the place of the right ones."""
    when = str(int(NOW.timestamp())) if stamp is None else stamp
    sent = {
        "content-type": "application/x-www-form-urlencoded" if form else "application/json",
        "x-slack-request-timestamp": when,
        "x-slack-signature": signed(body, when),
    }
    others = {name.replace("_", "-"): value for name, value in headers.items()}
    return Webhook("POST", "https://desk.example.org/webhooks/slack/events", sent | others, body, NOW)
