"""Effects: what takes longer than a turn may, done outside every transaction; and standing jobs."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot import metrics
from bot.channel import CanCheck, CanRecover, Channel, Desk
from bot.message import Event, Inbound, Outcome
from bot.ports import EffectRow, FaultPoint, Lookup, Store

CHECK_DESK = "check_desk"
_OVERLAP = timedelta(minutes=10)
"""Looked at twice: the provider's list and its clock may lag."""
_CLAIMED = 8
_ACCEPTED_AT_ONCE = 50
Handler = Callable[[EffectRow], Mapping[str, Any]]
log = structlog.get_logger()


def run_effects(store: Store, handlers: Mapping[str, Handler]) -> int:
    """Carry out what is due; return how many effects were."""
    with store.unit(FaultPoint.EFFECT_CLAIM) as unit:
        rows = unit.claim_effects(_CLAIMED)
    if len(rows) == 1:
        _settle(store, rows[0], *_run(rows[0], handlers))
    elif rows:
        with ThreadPoolExecutor(
            len(rows), thread_name_prefix="effect"
        ) as pool:  # one slow service keeps nobody else waiting
            under_way = {pool.submit(_run, row, handlers): row for row in rows}
            for done in as_completed(under_way):
                _settle(store, under_way[done], *done.result())
    return len(rows)


def _settle(store: Store, row: EffectRow, result: Mapping[str, Any] | None, error: str) -> None:
    with store.unit(FaultPoint.EFFECT_SETTLE) as unit:
        unit.settle_effect(row, result, error)
    metrics.effects.labels(row.kind, "failed" if result is None else "done").inc()


def _run(row: EffectRow, handlers: Mapping[str, Handler]) -> tuple[Mapping[str, Any] | None, str]:
    try:
        return handlers[row.kind](row), ""
    except Exception as error:  # noqa: BLE001 -- the worker's edge: counted, kept, tried again
        log.warning("effect_failed", kind=row.kind, effect=row.id, error=type(error).__name__)
        return None, type(error).__name__


def looking_up(lookup: Lookup) -> Handler:
    """Return the handler that looks a polling place up."""

    def handle(row: EffectRow) -> Mapping[str, Any]:
        found = lookup.look_up(row.payload["slots"])
        return {"outcome": found.outcome, "slots": {**row.payload["slots"], **found.slots}}

    return handle


def forgetting(forget: Callable[[], int]) -> Handler:
    """Return the handler that drops kept answers that have lapsed, every five minutes."""

    def handle(_: EffectRow) -> Mapping[str, Any]:
        forget()
        return {"again": {}}

    return handle


def recovering(
    channels: Mapping[str, Channel],
    accept: Callable[[list[Event]], list[Outcome]],
    now: Callable[[], datetime],
) -> Handler:
    """Return the handler that fetches what a channel's webhook has missed; it remembers until when it has looked."""

    def handle(row: EffectRow) -> Mapping[str, Any]:
        began = now()
        channel = channels.get(row.payload["channel"])
        stored = 0
        if channel is not None and isinstance(channel, CanRecover):
            since = datetime.fromisoformat(row.payload["since"]) - _OVERLAP
            for batch in _batches(channel.missed(since)):
                stored += sum(outcome.kind == "stored" for outcome in accept(batch))
        if stored:
            log.warning("missed_messages_recovered", channel=row.payload["channel"], count=stored)
        return {"again": {"channel": row.payload["channel"], "since": began.isoformat()}}

    return handle


def checking(desks: Mapping[str, Desk]) -> Handler:
    """Return the handler that lets a desk ask its provider who we are and who is there."""

    def handle(row: EffectRow) -> Mapping[str, Any]:
        desk = desks.get(row.payload["desk"])
        if desk is not None and isinstance(desk, CanCheck):
            desk.check()
        return {"again": row.payload}

    return handle


def _batches(messages: Iterator[Inbound]) -> Iterator[list[Event]]:
    batch: list[Event] = []
    for message in messages:
        batch.append(message)
        if len(batch) == _ACCEPTED_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
