"""Volunteers and staff: who they are. Roles and invitations come with a later issue; the console's link makes an admin."""

import re
from datetime import datetime

from sqlalchemy import insert, select

from bot.ports import FaultPoint
from bot.store.ledger import append_audit
from bot.store.store import SqlStore
from bot.store.tables import volunteer


def volunteer_named(store: SqlStore, name: str, role: str, now: datetime) -> str:
    """Return the id of the volunteer called `name`; the first time they are written down."""
    wanted = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40] or "desk"
    with store.unit(FaultPoint.STAFF) as unit:
        known = unit.connection.execute(select(volunteer.c.id).where(volunteer.c.id == wanted)).scalar()
        if known is None:
            unit.connection.execute(
                insert(volunteer).values(id=wanted, name=name.strip(), role=role, active=True, created_at=now)
            )
            append_audit(unit.connection, "cli", "volunteer.add", f"volunteer:{wanted}", now)
    return wanted


def name_of(store: SqlStore, who: str) -> str | None:
    """Return the first name of an active volunteer, or None."""
    with store.database.reading() as connection:
        found: str | None = connection.execute(
            select(volunteer.c.name).where(volunteer.c.id == who, volunteer.c.active)
        ).scalar()
    return found
