"""What providers say of our messages: a receipt moves a message only upwards, whatever order they come in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.message import Delivery, Outcome, Receipt
from bot.store.tables import Moment, message

NOTED = Outcome("noted")
_UNKNOWN = Outcome("unknown", "no message of ours waits for this receipt")
_COMES_AFTER = {
    # from which states a message may move up to the receipt's
    Delivery.SENT: ("sending", "unsure"),
    Delivery.UNDELIVERED: ("sending", "unsure", "sent"),
    Delivery.FAILED: ("sending", "unsure", "sent"),
    Delivery.DELIVERED: ("sending", "unsure", "sent", "undelivered"),
    Delivery.READ: ("sending", "unsure", "sent", "undelivered", "delivered"),
}
_ARRIVED = (Delivery.DELIVERED, Delivery.READ)
_LOOKED_AT = (
    message.c.id,
    message.c.key,
    message.c.sender,
    message.c.provider_id,
    message.c.state,
    message.c.error,
    message.c.sent_at,
    message.c.delivered_at,
)
_BY_KEY = (
    select(*_LOOKED_AT)
    .where(message.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(message.c.key)
    .with_for_update(key_share=True)
)
_BY_ID = (
    select(*_LOOKED_AT)
    .where(
        message.c.sender.in_(bindparam("senders", expanding=True)),
        message.c.provider_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(message.c.key)
    .with_for_update(key_share=True)
)
_MOVE = (
    update(message)
    .where(message.c.id == bindparam("row_id"))
    .values(
        state=bindparam("to"),
        provider_id=bindparam("pid"),
        error=bindparam("why"),
        sent_at=bindparam("sent", type_=Moment),
        delivered_at=bindparam("arrived", type_=Moment),
        locked_until=None,
    )
)


def apply_receipts(connection: Connection, receipts: Sequence[Receipt], now: datetime) -> list[Outcome]:
    """Move the messages that `receipts` are about; return what became of each, in order.

    Two statements for all of them. Rows are locked in the order of their keys, as where messages are settled.
    """
    rows = _rows(connection, receipts)
    moved: dict[int, dict[str, Any]] = {}
    outcomes = []
    for receipt in receipts:
        row = _row_of(receipt, rows)
        if row is None or row["to"] not in _COMES_AFTER[receipt.status]:
            outcomes.append(_UNKNOWN)
            continue
        row["to"] = receipt.status.value
        row["pid"] = row["pid"] or receipt.provider_id
        row["why"] = receipt.error or row["why"]
        row["sent"] = row["sent"] or now
        row["arrived"] = now if receipt.status in _ARRIVED else row["arrived"]
        moved[row["row_id"]] = row
        outcomes.append(NOTED)
    if moved:
        connection.execute(_MOVE, sorted(moved.values(), key=lambda row: str(row["which"])))
    return outcomes


def _rows(connection: Connection, receipts: Sequence[Receipt]) -> dict[Any, dict[str, Any]]:
    """Return the messages by our key, and by sender and the provider's id where a receipt brings no key."""
    keys = [receipt.key for receipt in receipts if receipt.key is not None]
    others = [receipt for receipt in receipts if receipt.key is None and receipt.provider_id and receipt.sender]
    by_id = {"ids": [one.provider_id for one in others], "senders": list({one.sender for one in others})}
    found = list(connection.execute(_BY_KEY, {"keys": keys})) if keys else []
    found += connection.execute(_BY_ID, by_id) if others else []
    rows: dict[Any, dict[str, Any]] = {}
    for row in found:
        values = rows.get(row.key) or {
            "row_id": row.id,
            "which": row.key,
            "to": row.state,
            "pid": row.provider_id,
            "why": row.error,
            "sent": row.sent_at,
            "arrived": row.delivered_at,
        }
        rows[row.key] = rows[row.sender, row.provider_id] = values
    return rows


def _row_of(receipt: Receipt, rows: dict[Any, dict[str, Any]]) -> dict[str, Any] | None:
    return rows.get(receipt.key) if receipt.key is not None else rows.get((receipt.sender, receipt.provider_id))
