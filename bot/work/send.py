"""Send: claim what may leave, hand it to its provider from a pool of threads, settle what came of it.

The pool is refilled as calls end and never waits for the slowest; one transaction settles what has ended and claims what
is next.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

import structlog

from bot import metrics
from bot.channel import Ambiguous, CanAnnounce, CanFind, CanFindCall, Channel, Desk, Reason, SendError
from bot.message import Delivery, DeskCall, Outbound
from bot.ports import Claimed, FaultPoint, Pace, Settled, Store

MAX_ATTEMPTS = 8
MAX_AGE = timedelta(hours=24)
ASK_AFTER = timedelta(seconds=10)
"""A provider's list of messages may lag by this much."""
MANY_STOPS = 20
"""More stops an hour of which only the provider tells us are a sign that something is broken."""
GATHER_S = 0.010
"""Calls that end this close together are settled in one transaction, and the next ones claimed in it too."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2, 15 * 60
_LONGEST_REST = timedelta(seconds=10)
"""A desk that was away is tried this often: volunteers wait for its first card."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where rows go: channels by name, desks by name, and how fast each sender may go."""

    channels: Mapping[str, Channel]
    desks: Mapping[str, Desk]
    pace: Pace


class Sender:
    """Sends what is due until nothing is; `poke` tells a running one that there is more."""

    def __init__(
        self,
        store: Store,
        outlets: Outlets,
        now: Callable[[], datetime],
        *,
        threads: int = 8,
        ask_after: timedelta = ASK_AFTER,
        fault: Callable[[str], None] = lambda where: None,
    ) -> None:
        self._store = store
        self._outlets = outlets
        self._now = now
        self._threads = threads
        self._ask_after = ask_after
        self._fault = fault
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._ended: SimpleQueue[Settled | None] = SimpleQueue()
        self._stopping = threading.Event()

    def poke(self) -> None:
        """Say that there is more to claim."""
        self._ended.put(None)

    def stop(self) -> None:
        """Claim nothing more; a running drain ends when the calls in hand have ended and are settled."""
        self._stopping.set()
        self.poke()

    def close(self) -> None:
        """End the pool's threads."""
        self._pool.shutdown(wait=True)

    def drain(self) -> int:
        """Send until nothing is due and nothing is in hand; return how many rows were handed over."""
        in_hand = calls = done = 0
        ended: list[Settled] = []
        while True:
            # One call of a desk at a time: cards come oldest first, and a desk that hangs holds one thread, not all of them.
            claimed = self._settled_and_claimed(ended, self._threads - in_hand, 1 - calls)
            for row in claimed:
                self._begin(row)
            in_hand += len(claimed)
            calls += sum(row.table == "desk_call" for row in claimed)
            done += len(claimed)
            if in_hand == 0:
                return done
            ended = self._wait(in_hand)
            in_hand -= len(ended)
            calls -= sum(one.row.table == "desk_call" for one in ended)

    def _begin(self, row: Claimed) -> None:
        """Hand a row to the pool; a desk's calls are counted here, so that they go in the order in which they were claimed."""
        if isinstance(row.call, DeskCall) and not row.unsure:
            wait = self._outlets.pace.wait(row.channel, row.call)
            if wait is not None:
                self._ended.put(Settled(row, "queued", retry_at=self._now() + wait, counts=False))
                return
        self._pool.submit(self._hand_over, row)

    def _settled_and_claimed(self, ended: list[Settled], free: int, calls: int) -> list[Claimed]:
        claimed: list[Claimed] = []
        if self._stopping.is_set() or free <= 0:
            if ended:
                with self._store.unit(FaultPoint.SETTLE) as unit:
                    unit.settle(ended)
        else:
            with self._store.unit(FaultPoint.CLAIM) as unit:
                unit.settle(ended)
                claimed = unit.claim(free, min(free, calls), self._outlets.pace.held())
        self._announce(ended)
        if any(one.stopped_by is not None for one in ended):
            self._count_stops()
        return claimed

    def _count_stops(self) -> None:
        """Raise the alarm where stops pass us by: a webhook may be lost, or a list that was imported is stale."""
        count = self._store.stopped_by_providers(self._now() - timedelta(hours=1))
        metrics.provider_stops.set(count)
        if count > MANY_STOPS:
            log.error("many_stopped_by_providers", in_the_last_hour=count)

    def _announce(self, ended: list[Settled]) -> None:
        """Tell readers what they can see now that it is committed."""
        for one in ended:
            channel = self._outlets.channels.get(one.row.channel)
            if isinstance(one.row.call, Outbound) and channel is not None and isinstance(channel, CanAnnounce):
                channel.announce(one.row.call)

    def _wait(self, in_hand: int) -> list[Settled]:
        """Wait for a call to end or for a poke, then take what ends in the next milliseconds with it."""
        ended = [one for one in (self._ended.get(),) if one is not None]
        gather_until = time.monotonic() + GATHER_S
        while len(ended) < in_hand and (left := gather_until - time.monotonic()) > 0:
            try:
                one = self._ended.get(timeout=left)
            except Empty:
                break
            if one is not None:
                ended.append(one)
        return ended

    # --- one row ------------------------------------------------------------------------------------------------------

    def _hand_over(self, row: Claimed) -> None:
        try:
            settled = self._sent(row)
        except Exception as error:  # noqa: BLE001 -- a fault of ours after the line was open: whether it left is unknown
            log.error("send_failed", row=row.id, table=row.table, channel=row.channel, error=type(error).__name__)
            settled = self._after(row, SendError(Reason.UNSURE, type(error).__name__))
        metrics.sent.labels(row.channel, settled.state).inc()
        self._ended.put(settled)

    def _sent(self, row: Claimed) -> Settled:
        match row.call:
            case DeskCall() as call:
                desk = self._outlets.desks.get(row.channel)
                if desk is None:
                    return self._later(row, f"the desk '{row.channel}' is not set up", timedelta(minutes=1))
                if row.unsure and isinstance(desk, CanFindCall):
                    return self._looked_for(row, call, desk)
                return self._tried(row, lambda: desk.post(call))
            case Outbound() as message:
                channel = self._outlets.channels.get(row.channel)
                if channel is None:
                    return self._later(row, f"the channel '{row.channel}' is not set up", timedelta(minutes=1))
                if row.unsure:
                    return self._asked(row, message, channel)
                wait = self._outlets.pace.wait(row.channel, message)
                if wait is not None:
                    return Settled(row, "queued", retry_at=self._now() + wait, counts=False)
                return self._tried(row, lambda: channel.send(message))

    def _tried(self, row: Claimed, call: Callable[[], object]) -> Settled:
        began = time.monotonic()
        self._fault("sending")
        try:
            receipt = call()
        except SendError as error:
            return self._after(row, error)
        finally:
            metrics.send_seconds.labels(row.channel).observe(time.monotonic() - began)
        self._fault("sent")
        delivered = getattr(receipt, "status", None) is Delivery.DELIVERED
        return Settled(row, "delivered" if delivered else "sent", provider_id=getattr(receipt, "provider_id", None))

    def _after(self, row: Claimed, error: SendError) -> Settled:
        """Return what an error makes of a row: tried again, doubted, ended, or left to a person."""
        match error.reason:
            case Reason.WAIT:
                if isinstance(row.call, DeskCall):
                    return self._desk_again(row, error)
                if error.retry_after is not None:
                    self._outlets.pace.pause(row.channel, row.call.sender, error.retry_after)
                return self._again(row, error)
            case Reason.ALARM:
                log.error("channel_needs_staff", channel=row.channel, detail=error.detail)
                if self._now() - row.created_at >= MAX_AGE:
                    return Settled(row, "dead", error=error.detail)
                return Settled(row, "queued", error=error.detail, retry_at=self._pause(row), counts=row.attempts < 4)
            case Reason.UNSURE:
                return self._doubted(row, error)
            case Reason.STOPPED:
                return Settled(row, "failed", error=error.detail, stopped_by=error.held_by)
            case Reason.BLOCKED | Reason.REFUSED:
                return Settled(row, "failed", error=error.detail)

    def _again(self, row: Claimed, error: SendError) -> Settled:
        if row.attempts >= MAX_ATTEMPTS or self._now() - row.created_at >= MAX_AGE:
            return Settled(row, "dead", error=error.detail)
        at = self._now() + error.retry_after if error.retry_after is not None else self._pause(row)
        return Settled(row, "queued", error=error.detail, retry_at=at)

    def _desk_again(self, row: Claimed, error: SendError) -> Settled:
        """Let the whole desk rest: what fails for one card fails for all. Given up by age only, whatever the outage lasts."""
        rest = _rest(row, error)
        self._outlets.pace.pause(row.channel, row.channel, rest)
        return self._later(row, error.detail, rest)

    def _looked_for(self, row: Claimed, call: DeskCall, desk: CanFindCall) -> Settled:
        """Ask the desk whether it shows the call already; show it again only if it does not."""
        try:
            receipt = desk.find_call(call, row.created_at)
        except SendError as error:
            return self._doubted(row, error)
        if receipt is None:
            return Settled(row, "queued", retry_at=self._now(), counts=False)
        return Settled(row, "sent", provider_id=receipt.provider_id)

    def _doubted(self, row: Claimed, error: SendError) -> Settled:
        if isinstance(row.call, DeskCall) and isinstance(self._outlets.desks.get(row.channel), CanFindCall):
            rest = _rest(row, error)
            if self._now() - row.created_at >= MAX_AGE:
                return Settled(row, "dead", error=error.detail)
            return Settled(row, "unsure", error=error.detail, retry_at=self._now() + rest, counts=False)
        channel = self._outlets.channels.get(row.channel)
        if isinstance(row.call, Outbound) and channel is not None and isinstance(channel, CanFind):
            if row.attempts >= MAX_ATTEMPTS:
                return Settled(row, "dead", error=error.detail)
            return Settled(row, "unsure", error=error.detail, retry_at=self._now() + self._ask_after)
        return self._again(row, error)  # a repeat beats silence, or shows the same thing once

    def _asked(self, row: Claimed, message: Outbound, channel: Channel) -> Settled:
        """Ask the provider whether it has the message; send it again only if it says no."""
        if not isinstance(channel, CanFind):
            return Settled(row, "queued", retry_at=self._now(), counts=False)
        try:
            receipt = channel.find(message, row.created_at, self._store.taken_ids(row))
        except Ambiguous:
            return Settled(row, "dead", error="the provider holds two messages that could be this one")
        except SendError as error:
            return self._doubted(row, error)
        if receipt is None:
            return Settled(row, "queued", retry_at=self._now(), counts=False)
        return Settled(row, "sent", provider_id=receipt.provider_id)

    def _later(self, row: Claimed, why: str, wait: timedelta) -> Settled:
        if self._now() - row.created_at >= MAX_AGE:
            return Settled(row, "dead", error=why)
        return Settled(row, "queued", error=why, retry_at=self._now() + wait, counts=False)

    def _pause(self, row: Claimed) -> datetime:
        longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**row.attempts)
        return self._now() + timedelta(seconds=longest * random.uniform(0.5, 1))  # noqa: S311 -- spreads retries, no secret


def _rest(row: Claimed, error: SendError) -> timedelta:
    """Return how long a desk is left alone after an error: as long as it asks, or a few seconds."""
    return error.retry_after or min(_LONGEST_REST, timedelta(seconds=2**row.attempts))
