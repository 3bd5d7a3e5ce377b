"""Accepting: events into the inbox, and what may not wait. All of it runs inside the unit's one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.engine.words import carrier_word
from bot.message import Act, Chore, Event, Inbound, Media, Outcome, Receipt
from bot.store.acts import apply_act
from bot.store.database import Database
from bot.store.receipts import apply_receipts
from bot.store.seal import address_hash, new_key
from bot.store.stops import apply_word, unblock
from bot.store.tables import address, conversation, effect, inbox, person

STORED, KEPT, REPEATED = Outcome("stored"), Outcome("kept"), Outcome("repeated")
CHANGED, TOO_LATE = Outcome("noted"), Outcome("unknown", "the message has been read already")
_KNOWN = (
    select(
        address.c.channel,
        address.c.address_hash,
        address.c.id,
        address.c.held_by,
        conversation.c.sender,
        conversation.c.id.label("thread"),
    )
    .outerjoin(conversation, conversation.c.address_id == address.c.id)
    .where(
        address.c.channel.in_(bindparam("channels", expanding=True)),
        address.c.address_hash.in_(bindparam("hashes", expanding=True)),
    )
)
_NEW_PEOPLE = insert(person).returning(person.c.id)


@dataclass(frozen=True, slots=True)
class _Who:
    """A voter's address as one of our senders knows it: what a conversation is found by."""

    channel: str
    hashed: bytes
    sender: str


@dataclass(slots=True)
class _Found:
    """What the database knows of those who write."""

    addresses: dict[tuple[str, bytes], int]
    held: frozenset[int]
    """The addresses whose stop a provider holds."""
    threads: dict[_Who, int]


class Intake:
    """Writes events into the inbox of one database: a few statements for all of them, not a few for each."""

    def __init__(self, database: Database, hash_key: bytes) -> None:
        self._hash_key = hash_key
        self._new_addresses = (
            database.insert(address)
            .on_conflict_do_nothing()
            .returning(address.c.id, address.c.channel, address.c.address_hash)
        )
        self._new_threads = (
            database.insert(conversation)
            .on_conflict_do_nothing()
            .returning(conversation.c.id, conversation.c.address_id, conversation.c.sender)
        )
        self._new_chores = database.insert(effect)
        self._new_rows = database.insert(inbox).on_conflict_do_nothing().returning(inbox.c.channel, inbox.c.event_id)

    def accept(self, connection: Connection, events: Sequence[Event], now: datetime) -> list[Outcome]:
        """Store `events` and apply what may not wait; return what became of each, in order.

        Rows are locked in one order in every transaction of the product (addresses, then threads, then keys), so that two
        processes never wait for each other in a circle.
        """
        order = sorted(range(len(events)), key=lambda at: _lock_order(events[at], at))
        outcomes: dict[int, Outcome] = {}
        texts = [(at, event) for at in order if isinstance(event := events[at], Inbound) and not _changes(event)]
        receipts = [(at, event) for at in order if isinstance(event := events[at], Receipt)]
        if texts:
            outcomes |= zip((at for at, _ in texts), self._messages(connection, [one for _, one in texts]), strict=True)
        for at in order:
            if isinstance(event := events[at], Act):
                outcomes[at] = apply_act(connection, event)
            elif isinstance(event, Chore):
                outcomes[at] = self._chore(connection, event, now)
        if receipts:
            found = apply_receipts(connection, [one for _, one in receipts], now)
            outcomes |= zip((at for at, _ in receipts), found, strict=True)
        for at in order:  # last, because they lock rows of the inbox
            if isinstance(event := events[at], Inbound) and _changes(event):
                outcomes[at] = self._edit(connection, event)
        return [outcomes[at] for at in range(len(events))]

    def _chore(self, connection: Connection, chore: Chore, now: datetime) -> Outcome:
        """Keep a chore. One that was done before is done anew, as a second try: what is said at the first is not said twice."""
        row = {
            "kind": chore.kind,
            "ref": chore.ref,
            "payload": json.dumps({"channel": chore.channel, **chore.payload}),
            "state": "dead" if chore.failed else "new",
            "due_at": now,
            "error": chore.failed or None,
        }
        made = self._new_chores.values(row).on_conflict_do_update(
            index_elements=["kind", "ref"],
            set_={"state": "new", "attempts": 1, "due_at": now, "locked_until": None},
            where=(effect.c.state == "done") & (not chore.failed),
        )
        return KEPT if connection.execute(made.returning(effect.c.id)).first() else REPEATED

    def introduce(self, connection: Connection, channel: str, sender: str, value: str, at: datetime) -> int:
        """Return the conversation of `sender` with an address; make it, the address and the person where they are new."""
        who = self._who(channel, sender, value)
        return self._introduced(connection, {who: value}, at).threads[who]

    def _who(self, channel: str, sender: str, value: str) -> _Who:
        return _Who(channel, address_hash(self._hash_key, channel, value), sender)

    def _messages(self, connection: Connection, events: Sequence[Inbound]) -> list[Outcome]:
        """Store voters' messages, each voter's in the order in which they came."""
        whose = [self._who(event.channel, event.sender, event.address) for event in events]
        found = self._introduced(
            connection,
            {who: event.address for who, event in zip(whose, events, strict=True)},
            events[0].received_at,
        )
        rows = [
            {
                "channel": event.channel,
                "event_id": event.event_id,
                "conversation_id": found.threads[who],
                "kind": "message",
                "payload": _payload(event),
                "received_at": event.received_at,
                "state": "new",
            }
            for who, event in zip(whose, events, strict=True)
        ]
        new = {tuple(row) for row in connection.execute(self._new_rows, rows)}
        outcomes = []
        for who, event in zip(whose, events, strict=True):
            key = (event.channel, event.event_id)
            outcomes.append(STORED if key in new else REPEATED)
            if key in new:
                new.discard(key)  # the same event once more in this batch is a repeat
                address_id = found.addresses[who.channel, who.hashed]
                if event.unblocks and address_id in found.held:
                    unblock(connection, address_id, event.provider, event.received_at)
                self._apply_word(connection, address_id, event)
        return outcomes

    def _edit(self, connection: Connection, event: Inbound) -> Outcome:
        """Change the words of a message that nobody has thought about. A carrier word stays: it was applied.

        Words that come while the message is being answered come too late, also where this says otherwise.
        """
        who = self._who(event.channel, event.sender, event.address)
        thread = _found(connection, {who: event.address}).threads.get(who)
        waiting = (
            select(inbox.c.id, inbox.c.payload)
            .where(inbox.c.conversation_id == thread, inbox.c.state == "new", inbox.c.kind == "message")
            .with_for_update(skip_locked=True)
        )
        for row in connection.execute(waiting).all():
            payload = json.loads(row.payload)
            if payload.get("ref") == event.ref and carrier_word(payload["text"]) is None:
                changed = json.dumps({**payload, "text": _storable(event.text)}, ensure_ascii=False)
                connection.execute(update(inbox).where(inbox.c.id == row.id).values(payload=changed))
                return CHANGED
        return TOO_LATE

    def _apply_word(self, connection: Connection, address_id: int, event: Inbound) -> None:
        word = event.answered_by_provider or carrier_word(event.text)
        if word is not None:
            provider = event.provider if event.answered_by_provider is word else None
            apply_word(connection, address_id, word, event.text, provider or None, event.received_at)

    def _introduced(self, connection: Connection, values: Mapping[_Who, str], at: datetime) -> _Found:
        """Return the addresses and conversations of those who write; make what is new.

        Where another process makes the same at this instant, its rows are taken: a person that nobody points to stays
        behind and does no harm.
        """
        found = _found(connection, values)
        strangers = {(who.channel, who.hashed): value for who, value in values.items()}
        strangers = {key: value for key, value in strangers.items() if key not in found.addresses}
        if strangers:
            people = connection.execute(_NEW_PEOPLE, [{"key": new_key()} for _ in strangers]).scalars().all()
            rows = [
                {"channel": channel, "address_hash": hashed, "address": value, "person_id": someone}
                for ((channel, hashed), value), someone in zip(strangers.items(), people, strict=True)
            ]
            made = connection.execute(self._new_addresses, rows).all()
            found.addresses |= {(row.channel, bytes(row.address_hash)): row.id for row in made}
            if len(made) < len(rows):  # another process was faster with some: its rows are taken
                found = _found(connection, values)
        missing = [who for who in values if who not in found.threads]
        if missing:
            rows = [
                {"address_id": found.addresses[who.channel, who.hashed], "sender": who.sender, "created_at": at}
                for who in missing
            ]
            by_address = {(row["address_id"], row["sender"]): who for row, who in zip(rows, missing, strict=True)}
            made = connection.execute(self._new_threads, rows).all()
            found.threads |= {by_address[row.address_id, row.sender]: row.id for row in made}
            if len(made) < len(rows):
                found = _found(connection, values)
        return found


def _found(connection: Connection, values: Mapping[_Who, str]) -> _Found:
    rows = connection.execute(
        _KNOWN,
        {"channels": list({who.channel for who in values}), "hashes": list({who.hashed for who in values})},
    ).all()
    return _Found(
        {(row.channel, bytes(row.address_hash)): row.id for row in rows},
        frozenset(row.id for row in rows if row.held_by is not None),
        {_Who(row.channel, bytes(row.address_hash), row.sender): row.thread for row in rows if row.thread is not None},
    )


def _lock_order(event: Event, at: int) -> tuple[str, str, int]:
    match event:
        case Inbound():
            return (event.channel, event.address, at)
        case Act():
            return (str(event.conversation_id).zfill(20), "", at)
        case Receipt():
            return (str(event.key), event.provider_id or "", at)
        case Chore():
            return (event.kind, event.ref, at)


def _changes(event: Inbound) -> bool:
    """Return whether an event only changes words. New words that are a carrier word are a message of their own: STOP counts."""
    return event.is_edit and carrier_word(event.text) is None


def _storable(text: str) -> str:
    return text.replace("\x00", "")  # PostgreSQL keeps no NUL in a text


def _payload(event: Inbound) -> str:
    kept: dict[str, Any] = {"text": _storable(event.text)}
    if event.ref:
        kept["ref"] = event.ref
    if event.media:
        kept["media"] = [[one.url, one.content_type, *([True] if one.spoken else [])] for one in event.media]
    if event.choice is not None:
        kept["choice"] = event.choice
    if event.answered_by_provider is not None:
        kept["answered"] = event.answered_by_provider.value
    if event.language is not None:
        kept["language"] = event.language
    return json.dumps(kept, ensure_ascii=False)


def media_of(rows: Sequence[Sequence[Any]]) -> tuple[Media, ...]:
    """Return the media that a payload or a message row keeps."""
    return tuple(Media(*row) for row in rows)
