"""Every table, the same on SQLite and PostgreSQL. `migrations/` makes them; a test holds both against each other."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.engine import Dialect

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC: `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]
        return value.replace(tzinfo=UTC)  # type: ignore[no-any-return]


Id = BigInteger().with_variant(Integer, "sqlite")
"""A growing number; SQLite numbers only INTEGER keys by itself."""


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _delivery() -> list[Column[Any]]:
    """Return the columns of everything that is sent; `message` and `desk_call` share them and one claim function."""
    return [
        Column("state", String(12), nullable=False),
        Column("due_at", Moment, nullable=False),
        Column("attempts", SmallInteger, nullable=False, server_default="0"),
        Column("locked_until", Moment),
        Column("provider_id", String(80)),
        Column("error", String(200)),
        Column("sent_at", Moment),
        Column("delivered_at", Moment),
    ]


OPEN_CASES = ("waiting", "claimed", "snoozed")
"""States of a handoff that somebody still has to end; a thread has one such handoff at most."""
_OPEN_CASES_SQL = "state IN ('waiting', 'claimed', 'snoozed')"
OPEN = ("queued", "sending", "unsure")
"""States of an outgoing row that still holds its lane."""
_OPEN_SQL = "state IN ('queued', 'sending', 'unsure')"

organisation = Table(
    "organisation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("hash_key", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("language", String(3)),
    Column("names", Text),
    Column("merged_into", Id, ForeignKey("person.id")),
    Column("key", LargeBinary),  # destroyed to erase what is sealed under it
)

address = Table(
    "address",
    metadata,
    _id(),
    Column("channel", String(16), nullable=False),
    Column("address_hash", LargeBinary, nullable=False),
    Column("address", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("stopped_at", Moment),
    Column("held_by", String(16)),
    UniqueConstraint("channel", "address_hash"),
)

conversation = Table(
    "conversation",
    metadata,
    _id(),
    Column("address_id", Id, ForeignKey("address.id"), nullable=False),
    Column("sender", String(80), nullable=False),
    Column("state", Text, nullable=False, server_default="{}"),
    Column("mode", String(12), nullable=False, server_default="bot"),
    Column("owner", String(40)),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("waiting_since", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("sender", "address_id"),
    Index(
        "ix_conversation_waiting",
        "waiting_since",
        sqlite_where=text("waiting_since IS NOT NULL"),
        postgresql_where=text("waiting_since IS NOT NULL"),
    ),
    Index("ix_conversation_address_id", "address_id"),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("channel", String(16), nullable=False),
    Column("event_id", String(120), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("payload", Text),  # null 30 days after `done`; the key stays for good
    Column("received_at", Moment, nullable=False),
    Column("state", String(5), nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", Moment),
    Column("error", String(400)),
    UniqueConstraint("channel", "event_id"),
    Index(
        "ix_inbox_new",
        "conversation_id",
        "id",
        "due_at",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
    Index("ix_inbox_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
)

message = Table(
    "message",
    metadata,
    _id(),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("direction", String(4), nullable=False),  # in, out, note
    Column("who", String(40), nullable=False),  # voter, bot, a volunteer's id
    Column("text", Text, nullable=False),
    Column("media", Text),
    Column("buttons", Text),
    Column("inbox_id", Id, ForeignKey("inbox.id")),
    Column("n", SmallInteger, nullable=False, server_default="0"),
    Column("key", Uuid, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("purpose", String(14)),
    Column("asked_at", Moment),
    Column("leaves_by", Moment),
    Column("content_version", Integer, nullable=False, server_default="0"),
    Column("entry", String(80)),
    Column("asks", String(40)),
    Column("language", String(3)),
    Column("intent", String(40)),
    Column("confidence", Integer),  # per mille
    Column("facts", Text),
    Column("sender", String(80), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("erase_at", Moment),  # what was typed into a form and what repeats it; None once that is done
    *_delivery(),
    UniqueConstraint("key"),
    UniqueConstraint("inbox_id", "direction", "n"),
    UniqueConstraint("sender", "provider_id"),
    Index(
        "ix_message_open",
        "conversation_id",
        "id",
        sqlite_where=text(_OPEN_SQL),
        postgresql_where=text(_OPEN_SQL),
    ),
    Index(
        "ix_message_queued",
        "priority",
        "due_at",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_message_unsure",
        "due_at",
        sqlite_where=text("state IN ('sending', 'unsure')"),
        postgresql_where=text("state IN ('sending', 'unsure')"),
    ),
    Index("ix_message_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
    Index("ix_message_conversation_id_id", "conversation_id", "id"),
    Index(
        "ix_message_erase",
        "erase_at",
        sqlite_where=text("erase_at IS NOT NULL"),
        postgresql_where=text("erase_at IS NOT NULL"),
    ),
)

handoff = Table(
    "handoff",
    metadata,
    _id(),  # the case number that a voter is given
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("team", String(40), nullable=False),
    Column("why", String(80), nullable=False),
    Column("priority", String(8), nullable=False),
    Column("state", String(10), nullable=False),  # waiting, claimed, snoozed, resolved, reopened, escalated, spam
    Column("created_at", Moment, nullable=False),
    Column("first_reply_at", Moment),
    Column("resolved_at", Moment),
    Column("due_at", Moment),
    Column("desk_ref", String(80)),
    UniqueConstraint("desk_ref"),
    Index("ix_handoff_conversation_id", "conversation_id"),
    Index(
        "uq_handoff_open",
        "conversation_id",
        unique=True,
        sqlite_where=text(_OPEN_CASES_SQL),
        postgresql_where=text(_OPEN_CASES_SQL),
    ),
)

desk_call = Table(
    "desk_call",
    metadata,
    _id(),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("handoff_id", Id, ForeignKey("handoff.id")),
    Column("desk", String(16), nullable=False),
    Column("lane", String(80), nullable=False),
    Column("kind", String(10), nullable=False),  # card, post, update, mark, whisper
    Column("payload", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    *_delivery(),
    UniqueConstraint("key"),
    Index(
        "ix_desk_call_open",
        "lane",
        "id",
        sqlite_where=text(_OPEN_SQL),
        postgresql_where=text(_OPEN_SQL),
    ),
    Index(
        "ix_desk_call_due",
        "priority",
        "id",
        sqlite_where=text("state IN ('queued', 'unsure')"),
        postgresql_where=text("state IN ('queued', 'unsure')"),
    ),
    Index("ix_desk_call_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
)

consent = Table(
    "consent",
    metadata,
    _id(),
    Column("address_hash", LargeBinary, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("event", String(16), nullable=False),  # stop, start
    Column("words", LargeBinary),  # sealed under the person's key
    Column("source", String(24), nullable=False),  # words, phrase, answer, block, provider, message, privacy, elsewhere
    Column("actor", String(40), nullable=False),  # voter, provider, a volunteer's id
    Column("at", Moment, nullable=False),
    Column("chain", String(32), nullable=False),
    Column("link", LargeBinary, nullable=False),
    Index("ix_consent_address_hash", "address_hash"),
    Index("ix_consent_chain", "chain", "id"),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("actor", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("object", String(80), nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    Column("chain", String(32), nullable=False),
    Column("link", LargeBinary, nullable=False),
    Index("ix_audit_chain", "chain", "id"),
)

points = Table(
    "points",
    metadata,
    _id(),
    Column("volunteer_id", String(40), ForeignKey("volunteer.id"), nullable=False),
    Column("cause", String(120), nullable=False, unique=True),
    Column("amount", Integer, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint("amount > 0", name="amount_grows"),
)

effect = Table(
    "effect",
    metadata,
    _id(),
    Column("conversation_id", Id, ForeignKey("conversation.id")),
    Column("kind", String(40), nullable=False),
    Column("ref", String(80), nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", String(7), nullable=False),  # new, running, done, dead
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", Moment, nullable=False),
    Column("locked_until", Moment),
    Column("result", Text),
    Column("error", String(400)),
    UniqueConstraint("kind", "ref"),
    Index(
        "ix_effect_open",
        "due_at",
        sqlite_where=text("state IN ('new', 'running')"),
        postgresql_where=text("state IN ('new', 'running')"),
    ),
)

look_up = Table(
    "look_up",
    metadata,
    Column("key", LargeBinary, primary_key=True),  # a keyed hash of the service, the address and the election
    Column("answer", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_look_up_expires_at", "expires_at"),
)

timer = Table(
    "timer",
    metadata,
    _id(),
    Column("conversation_id", Id, ForeignKey("conversation.id"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("ref", String(80), nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    UniqueConstraint("kind", "ref"),
    Index("ix_timer_due_at", "due_at"),
    sqlite_autoincrement=True,  # a fired timer is deleted; its number names an inbox row for good
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("until", Moment, nullable=False),
)

content_version = Table(
    "content_version",
    metadata,
    _id(),
    Column("hash", String(64), nullable=False, unique=True),  # of the responses and the examples together
    Column("intents", String(64), nullable=False),  # of the examples alone: a model is learned from them
    Column("files", Text, nullable=False),
    Column("actor", String(40), nullable=False),
    Column("source", String(40), nullable=False),  # the command that read the files
    Column("at", Moment, nullable=False),
)

content_service = Table(
    "content_service",
    metadata,
    _id(),
    Column("version", Id, ForeignKey("content_version.id"), nullable=False),
    Column(
        "follows", Id, nullable=False, unique=True
    ),  # the row before it, 0 before the first: of two at once one wins
    Column("how", String(8), nullable=False),  # start, publish, approval, rollback
    Column("actor", String(40), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
)

content_proposal = Table(
    "content_proposal",
    metadata,
    _id(),
    Column("version", Id, ForeignKey("content_version.id"), nullable=False),
    Column("follows", Id, nullable=False),  # what was in service; another row there since makes the proposal stale
    Column("actor", String(40), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, approved, refused
    Column("decided_by", String(40)),
    Column("decided_at", Moment),
    Column("why", String(200), nullable=False, server_default=""),
)

fact_check = Table(
    "fact_check",
    metadata,
    _id(),
    Column("state", String(2), nullable=False),
    Column("key", String(40), nullable=False),
    Column("who", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Column("page", Text, nullable=False),
    Column("old", Text),  # JSON: field -> text; null before the first
    Column("value", Text, nullable=False),
    Column("file_hash", String(8), nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Index("ix_fact_check_state_key", "state", "key", "id"),
)

fact_freeze = Table(
    "fact_freeze",
    metadata,
    _id(),
    Column("state", String(2), nullable=False),
    Column("key", String(40), nullable=False),
    Column("frozen", Boolean, nullable=False),  # false: it was lifted
    Column("words", Text, nullable=False),
    Column("until", Moment),
    Column("who", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_fact_freeze_state_key", "state", "key", "id"),
)

election = Table(
    "election",
    metadata,
    _id(),
    Column("state", String(2), nullable=False),
    Column("day", Date, nullable=False),
    Column("name", Text, nullable=False),  # JSON: language -> text
    Column("fields", Text, nullable=False),  # JSON: field -> day, deadline or time
    Column("page", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("who", String(40), nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_election_state_day", "state", "day", "id"),  # the newest row of a state and day is the record
)

link_health = Table(
    "link_health",
    metadata,
    Column("state", String(2), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("url", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("status", String(80), nullable=False),
    Column("host", String(255), nullable=False),
    Column("at", Moment, nullable=False),
)

volunteer = Table(
    "volunteer",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(12), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("standing", String(8)),  # in Slack, as its last look-up said: full, guest, foreign, gone
    Column("checked_at", Moment),
)

workspace = Table(
    "workspace",
    metadata,
    Column("desk", String(16), primary_key=True),
    Column("team", String(40), nullable=False),  # who may knock, as the desk's provider said last
    Column("app", String(40), nullable=False),
    Column("bot", String(40), nullable=False),
    Column("bot_user", String(40), nullable=False),
    Column("checked_at", Moment, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("kind", String(8), nullable=False),  # chat, console, link
    Column("subject", String(80), nullable=False),  # an address, a volunteer's id
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_session_expires_at", "expires_at"),
)

APPEND_ONLY = ("consent", "audit", "points", "content_version", "content_service")
