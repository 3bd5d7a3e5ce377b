"""A voter's stop and its end, in the database: every address of the person, everything that waits to leave."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from bot.message import Word
from bot.store.ledger import append_consent
from bot.store.tables import address, consent, conversation, message, person

_BLOCKS = ("block", "provider")
"""Stops that are a block at the provider: told by it at once, or found out when a message could not be handed over."""
_OWN_SOURCES = ("words", "phrase", "answer", "privacy", *_BLOCKS)
"""Stops that came from the voter at this very address; the provider's START may lift them."""


def stop(
    connection: Connection,
    address_id: int,
    *,
    words: str,
    source: str,
    actor: str,
    at: datetime,
    held_by: str | None = None,
) -> bool:
    """Stop every address of the person behind `address_id`; return whether it was not stopped before.

    Bumps the epoch of each of their conversations (which the sending side locks: nothing claimed after this commit can
    leave) and withholds what waits in the queue.
    """
    here = _standing(connection, address_id)
    every = connection.execute(
        select(address.c.id, address.c.channel, address.c.address_hash, address.c.stopped_at)
        .where(address.c.person_id == here.person_id)
        .order_by(address.c.id)
    ).all()
    ids = [row.id for row in every]
    newly = [row for row in every if row.stopped_at is None]
    conversations = (
        connection.execute(
            update(conversation)
            .where(conversation.c.address_id.in_(ids))
            .values(epoch=conversation.c.epoch + 1)
            .returning(conversation.c.id)
        )
        .scalars()
        .all()
    )
    if newly:
        connection.execute(update(address).where(address.c.id.in_([row.id for row in newly])).values(stopped_at=at))
    if held_by is not None and here.held_by is None:
        connection.execute(update(address).where(address.c.id == address_id).values(held_by=held_by))
    _withhold(connection, conversations)
    for row in newly:
        append_consent(
            connection,
            address_hash=row.address_hash,
            channel=row.channel,
            event="stop",
            words=words,
            person_key=here.key,
            source=source if row.id == address_id else "elsewhere",
            actor=actor,
            at=at,
        )
    return bool(newly)


def start(
    connection: Connection, address_id: int, *, words: str, source: str, provider: str | None, at: datetime
) -> bool:
    """Record that the voter wants messages again, and lift the stop where the voter's word may; return whether it is lifted.

    A provider's START lifts what the provider holds and the voter's own stops at this address, never a stop that came by
    another channel, a volunteer or an import; our own words never lift what a provider holds.
    """
    here = _standing(connection, address_id)
    lifts = _may_lift(connection, here, provider)
    append_consent(
        connection,
        address_hash=here.address_hash,
        channel=here.channel,
        event="start" if lifts else "wish",
        words=words,
        person_key=here.key,
        source=source,
        actor="voter",
        at=at,
    )
    if lifts and here.stopped_at is not None:
        connection.execute(update(address).where(address.c.id == address_id).values(stopped_at=None, held_by=None))
        connection.execute(
            update(conversation).where(conversation.c.address_id == address_id).values(epoch=conversation.c.epoch + 1)
        )
    elif provider is not None and here.held_by is not None:
        connection.execute(update(address).where(address.c.id == address_id).values(held_by=None))
    return lifts


def unblock(connection: Connection, address_id: int, provider: str, at: datetime) -> None:
    """Record that the voter has ended a block at `provider`, of which we see only that they write again.

    A stop in words stays, whoever has been blocked since: only the provider's hold on it ends.
    """
    here = _standing(connection, address_id)
    if here.held_by != provider:
        return
    if _last_source(connection, here) in _BLOCKS:
        start(connection, address_id, words="", source="message", provider=provider, at=at)
    else:
        connection.execute(update(address).where(address.c.id == address_id).values(held_by=None))


def stopped_by_providers(connection: Connection, since: datetime) -> int:
    """Return how many voters a provider has told us to be stopped whom we took for active."""
    told = select(func.count()).where(consent.c.event == "stop", consent.c.source == "provider", consent.c.at >= since)
    return connection.execute(told).scalar_one()


def apply_word(
    connection: Connection, address_id: int, word: Word, words: str, provider: str | None, at: datetime
) -> None:
    """Apply an exact carrier word; `provider` is who has acted on it already. HELP changes nothing.

    A provider's stop without a word is a block.
    """
    match word:
        case Word.STOP:
            source = "block" if provider is not None and not words else "words"
            stop(connection, address_id, words=words, source=source, actor="voter", at=at, held_by=provider)
        case Word.START:
            start(connection, address_id, words=words, source="words", provider=provider, at=at)
        case Word.HELP:
            pass


def _standing(connection: Connection, address_id: int) -> Row[Any]:
    columns = (*address.c, person.c.key)
    return connection.execute(
        select(*columns).join(person, address.c.person_id == person.c.id).where(address.c.id == address_id)
    ).one()


def _may_lift(connection: Connection, here: Row[Any], provider: str | None) -> bool:
    if here.stopped_at is None:
        return True
    if provider is None:
        return here.held_by is None
    return _last_source(connection, here) in _OWN_SOURCES


def _last_source(connection: Connection, here: Row[Any]) -> str | None:
    """Return where the last stop of this address came from."""
    return connection.execute(
        select(consent.c.source)
        .where(and_(consent.c.address_hash == here.address_hash, consent.c.event == "stop"))
        .order_by(consent.c.id.desc())
        .limit(1)
    ).scalar()


def _withhold(connection: Connection, conversations: Sequence[int]) -> None:
    if conversations:
        connection.execute(
            update(message)
            .where(message.c.conversation_id.in_(conversations), message.c.state == "queued")
            .values(state="withheld", error="stopped")
        )
