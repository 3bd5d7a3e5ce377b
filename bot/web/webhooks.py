"""Where requests of providers come in: verify, parse, store, acknowledge. The same few lines for every door."""

import time
from dataclasses import dataclass

import structlog
from flask import Request, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from bot import metrics
from bot.channel import Door, Malformed, NotYet, Refused
from bot.message import Ack, Outcome, Webhook
from bot.web.site import Site
from bot.work.accept import Busy

COME_AGAIN_S = 5
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Received:
    """What a request came to: the answer for whoever sent it, and what became of its events."""

    ack: Ack
    outcomes: tuple[Outcome, ...] = ()
    retry_after_s: int = 0
    why: str = ""

    def response(self) -> Response:
        """Return the answer as Flask sends it."""
        answer = Response(self.ack.body, self.ack.status, content_type=self.ack.content_type)
        if self.retry_after_s:
            answer.headers["Retry-After"] = str(self.retry_after_s)
        return answer


def webhook(site: Site, of: Request, *, body: bytes | None = None, **memo: object) -> Webhook:
    """Return Flask's request free of Flask; raise `RequestEntityTooLarge` if the body is larger than allowed.

    A `body` that is given stands for the request's own, which is then not read. The URL is built from our setting, never from
    the Host header, because the provider signs what it was given.
    """
    query = of.query_string.decode("latin-1")
    return Webhook(
        method=of.method,
        url=f"{site.public_base_url}{of.path}" + (f"?{query}" if query else ""),
        headers={name.lower(): value for name, value in of.headers.items()},
        body=of.get_data(cache=False) if body is None else body,
        received_at=site.now(),
        memo=dict(memo),
    )


def receive(site: Site, door: Door, hook: Webhook) -> Received:
    """Take one request through its door; nothing is acknowledged before it is committed."""
    began = time.perf_counter()
    try:
        door.verify(hook)
        parsed = door.parse(hook)
    except Refused as error:
        metrics.refused.labels(door.name).inc()
        return Received(Ack(error.status, b"refused\n"), why=error.why)
    except NotYet:
        return Received(Ack(503, b"come again\n"), retry_after_s=COME_AGAIN_S, why="not yet")
    except Malformed as error:
        metrics.malformed.labels(door.name).inc()
        return Received(Ack(400, f"{error}\n".encode()), why=str(error))
    except SQLAlchemyError as error:  # who knocks could not be looked up: our trouble, not the sender's
        return _not_stored(door, error)
    except Exception as error:  # noqa: BLE001 -- the web's edge: what nobody foresaw is the sender's nonsense, not our fall
        metrics.malformed.labels(door.name).inc()
        log.error("request_not_read", door=door.name, error=type(error).__name__)
        return Received(Ack(400, b"malformed\n"), why="malformed")
    try:
        outcomes = site.accept(parsed.events)
    except Busy:
        return Received(Ack(503, b"come again\n"), retry_after_s=COME_AGAIN_S, why="too much waits already")
    except Exception as error:  # noqa: BLE001 -- not stored: say so, and the provider comes again
        return _not_stored(door, error)
    for outcome in outcomes:
        metrics.accepted.labels(door.name, outcome.kind).inc()
    metrics.accept_seconds.labels(door.name).observe(time.perf_counter() - began)
    ack = parsed.ack if parsed.answer is None else parsed.answer(outcomes)
    return Received(ack, tuple(outcomes))


def _not_stored(door: Door, error: Exception) -> Received:
    log.error("not_stored", door=door.name, error=type(error).__name__)
    return Received(Ack(503, b"come again\n"), retry_after_s=2 * COME_AGAIN_S, why="the database is away")


def view(site: Site, door: Door, largest: int | None = None) -> Response:
    """Answer one provider's request; `largest` bytes where that is more than others may send."""
    if largest is not None:
        request.max_content_length = largest
    try:
        hook = webhook(site, request)
    except RequestEntityTooLarge:
        return Response("too large\n", 413)
    return receive(site, door, hook).response()


def insistent_view(site: Site, door: Door, largest: int) -> Response:
    """Answer a request of a provider that hands a voter's next one out only once this one has got its 2xx.

    Up to `largest` bytes are read. What is larger still is let go unread, if its head shows that the provider sent it: the
    price is that message, instead of all that the voter writes for a day.
    """
    request.max_content_length = largest
    try:
        hook = webhook(site, request)
    except RequestEntityTooLarge:
        return _let_go(door, webhook(site, request, body=b""))
    return receive(site, door, hook).response()


def _let_go(door: Door, head: Webhook) -> Response:
    try:
        door.verify(head)
    except Refused as error:
        metrics.refused.labels(door.name).inc()
        return Response("refused\n", error.status)
    metrics.malformed.labels(door.name).inc()
    log.error("request_too_large", door=door.name, bytes=request.content_length)
    return Response(status=200)
