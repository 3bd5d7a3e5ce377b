"""Whose workspace a desk is in, and who its people are there, as the desk's provider said last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select

from bot.ports import FaultPoint
from bot.store.store import SqlStore
from bot.store.tables import volunteer, workspace

Standing = Literal["full", "guest", "foreign", "gone"]
ROLE = "volunteer"


@dataclass(frozen=True, slots=True)
class Home:
    """The ids by which a desk's provider knows us."""

    team: str
    app: str
    bot: str
    bot_user: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One person. `standing` is None where the provider was never asked or never answered."""

    id: str
    name: str
    standing: Standing | None
    checked_at: datetime | None


def home(store: SqlStore, desk: str) -> Home | None:
    """Return whose workspace `desk` is in; None before its provider has said so once."""
    with store.database.reading() as connection:
        row = connection.execute(select(workspace).where(workspace.c.desk == desk)).first()
    return Home(row.team, row.app, row.bot, row.bot_user, row.checked_at) if row is not None else None


def settle_home(store: SqlStore, desk: str, found: Home) -> None:
    """Keep what the provider has said."""
    values = {
        "team": found.team,
        "app": found.app,
        "bot": found.bot,
        "bot_user": found.bot_user,
        "checked_at": found.checked_at,
    }
    made = store.database.insert(workspace).values(desk=desk, **values)
    with store.database.writing(FaultPoint.STAFF) as connection:
        connection.execute(made.on_conflict_do_update(index_elements=["desk"], set_=values))


def member(store: SqlStore, who: str) -> Member | None:
    """Return what is known of a person who answers at the desk."""
    with store.database.reading() as connection:
        row = connection.execute(
            select(volunteer.c.name, volunteer.c.standing, volunteer.c.checked_at).where(volunteer.c.id == who)
        ).first()
    return Member(who, row.name, row.standing, row.checked_at) if row is not None else None


def settle_member(store: SqlStore, found: Member, now: datetime) -> None:
    """Keep a person's name and standing; a name that is unknown now does not wipe out a known one."""
    made = store.database.insert(volunteer).values(
        id=found.id,
        name=found.name,
        role=ROLE,
        active=True,
        created_at=now,
        standing=found.standing,
        checked_at=found.checked_at,
    )
    changed = {"standing": found.standing, "checked_at": found.checked_at} | (
        {"name": found.name} if found.name else {}
    )
    with store.database.writing(FaultPoint.STAFF) as connection:
        connection.execute(made.on_conflict_do_update(index_elements=["id"], set_=changed))
