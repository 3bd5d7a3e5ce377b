"""Who may act at the desk in Slack: on the roster, and a full member of the home workspace."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from bot.channel import SendError
from bot.desk.slack.api import SlackApi
from bot.store.store import SqlStore
from bot.store.workspace import Home, Member, Standing, home, member, settle_home, settle_member

DESK: Final = "slack"
FRESH: Final = timedelta(hours=1)
"""A standing is asked for again after this."""
_RETRY: Final = timedelta(seconds=30)
_KEPT: Final = timedelta(seconds=10)
_FIRST_NAME: Final = re.compile(r"[^\W\d_][\w'\u2019.-]{0,39}")
WHY: Final[Mapping[Standing, str]] = {
    "guest": "guests of the workspace cannot answer voters",
    "foreign": "only members of our own workspace can answer voters",
    "gone": "this account is deactivated",
}
NOT_ON_THE_ROSTER: Final = "you are not on the list of volunteers; ask your coordinator (desk.volunteers)"
log = structlog.get_logger()


class People:
    """Knows the roster, and asks Slack for the rest; with Slack away what it said last counts."""

    def __init__(self, store: SqlStore, api: SlackApi, roster: frozenset[str], now: Callable[[], datetime]) -> None:
        self._store = store
        self._api = api
        self._roster = roster
        self._now = now
        self._home: tuple[Home | None, datetime] | None = None
        self._away_until: datetime | None = None

    def home(self) -> Home | None:
        """Return whose workspace this is; None until Slack has said so once. Read anew every few seconds."""
        if self._home is None or self._now() - self._home[1] > _KEPT:
            self._home = (home(self._store, DESK), self._now())
        return self._home[0]

    def moment(self) -> datetime:
        """Return what time it is."""
        return self._now()

    def is_known(self, who: str) -> bool:
        """Return whether this person is on the roster."""
        return who in self._roster

    def barred(self, who: str, team: str) -> str:
        """Return why this person may not act, or nothing. Someone of whom Slack has never told is judged by the roster."""
        if who not in self._roster:
            return NOT_ON_THE_ROSTER
        ours = self.home()
        if ours is not None and team and team != ours.team:
            return WHY["foreign"]
        standing = self._member(who).standing
        return WHY.get(standing, "") if standing is not None else ""

    def check(self) -> None:
        """Ask Slack who we are and how everybody on the roster stands; raise `SendError` if it does not say."""
        said = self._api.ourselves()
        bot = str(said.get("bot_id", ""))
        ours = Home(str(said.get("team_id", "")), self._api.app_id(bot), bot, str(said.get("user_id", "")), self._now())
        settle_home(self._store, DESK, ours)
        for who in sorted(self._roster):
            found = member(self._store, who)
            if found is None or found.checked_at is None or self._now() - found.checked_at > FRESH:
                self._asked(who, promptly=False)

    def _member(self, who: str) -> Member:
        found = member(self._store, who) or Member(who, "", None, None)
        is_fresh = found.checked_at is not None and self._now() - found.checked_at <= FRESH
        if is_fresh or (self._away_until is not None and self._now() < self._away_until):
            return found
        try:
            return self._asked(who, promptly=True)
        except SendError as error:
            log.warning("volunteer_not_checked", who=who, detail=error.detail)
            self._away_until = self._now() + _RETRY
            return found

    def _asked(self, who: str, *, promptly: bool) -> Member:
        user = self._api.user(who, promptly=promptly)
        ours = self.home()
        found = Member(who, first_name(user), standing_of(user, ours.team if ours else ""), self._now())
        settle_member(self._store, found, self._now())
        return found


def standing_of(user: Mapping[str, Any], team: str) -> Standing:
    """Return how a person stands in the workspace `team`; bots stand as guests do."""
    if user.get("deleted"):
        return "gone"
    if user.get("is_stranger") or (team and user.get("team_id") not in (team, None)):
        return "foreign"
    if user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_bot"):
        return "guest"
    return "full"


def first_name(user: Mapping[str, Any]) -> str:
    """Return the first name that voters see: letters only, from the profile; nothing where there is none."""
    profile = user.get("profile")
    fields = profile if isinstance(profile, dict) else {}
    for said in (fields.get("first_name"), fields.get("real_name"), user.get("real_name"), fields.get("display_name")):
        first = said.split()[0] if isinstance(said, str) and said.split() else ""
        if _FIRST_NAME.fullmatch(first):
            return first
    return ""
