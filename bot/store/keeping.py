"""Erasing what was typed into a form once its time is over, in the log and in the inbox; look-ups forget it by themselves."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from bot.store.tables import inbox, message

ERASED: Final = "(erased)"
"""Stands where a text was: that something was written, and when, stays."""
_OPEN: Final = ("queued", "sending", "unsure")


def erase(connection: Connection, now: datetime, limit: int) -> int:
    """Erase up to `limit` messages that are kept no longer; return how many. What still waits to leave keeps its words."""
    due = (
        select(message.c.id, message.c.inbox_id)
        .where(message.c.erase_at <= now, message.c.state.not_in(_OPEN))
        .order_by(message.c.erase_at, message.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # two workers never wait for one another here; SQLite has one writer anyway
    )
    rows = connection.execute(due).all()
    if not rows:
        return 0
    sources = [row.inbox_id for row in rows if row.inbox_id is not None]
    connection.execute(
        update(message)
        .where(message.c.id.in_([row.id for row in rows]))
        .values(text=ERASED, media=None, buttons=None, erase_at=None)
    )
    connection.execute(update(inbox).where(inbox.c.id.in_(sources), inbox.c.state == "done").values(payload=None))
    return len(rows)
