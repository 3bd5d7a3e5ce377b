"""The append-only records hold no plain address or words, and each row is linked to the one before it."""

from sqlalchemy import select

from bot.message import ActKind
from bot.store.ledger import link_of
from bot.store.seal import address_hash, opened, sealed
from bot.store.tables import consent

ANA = "+15550100101"


def test_the_words_of_a_stop_are_sealed_under_the_persons_own_key(world):
    world.text(ANA, "ALTO por favor")
    ((words, hashed),) = world.rows("SELECT words, address_hash FROM consent")
    key = world.one("SELECT key FROM person")
    assert opened(bytes(key), bytes(words)) == "ALTO por favor"
    assert b"ALTO" not in bytes(words)
    assert bytes(hashed) == address_hash(world.store.hash_key, "sms", ANA)


def test_without_the_key_the_words_are_gone():
    ciphertext = sealed(b"k" * 32, "my words")
    assert (opened(None, ciphertext), opened(b"x" * 32, ciphertext)) == (None, None)


def test_every_row_is_linked_to_the_one_before_it(world):
    for voter in (ANA, "+15550100102", "+15550100103"):
        world.text(voter, "STOP")
    with world.database.reading() as connection:
        rows = connection.execute(select(consent).order_by(consent.c.id)).all()
    before = b""
    for row in rows:
        content = {name: value for name, value in row._mapping.items() if name not in ("id", "chain", "link")}
        assert row.link == link_of(before, content)
        before = row.link
    assert len({row.chain for row in rows}) == 1


def test_an_altered_row_no_longer_fits_its_link(world):
    world.text(ANA, "STOP")
    with world.database.reading() as connection:
        row = connection.execute(select(consent)).one()
    content = {name: value for name, value in row._mapping.items() if name not in ("id", "chain", "link")}
    assert link_of(b"", {**content, "event": "start"}) != row.link


def test_acts_of_volunteers_are_recorded_without_words(world):
    world.text(ANA, "hello")
    world.work()
    world.act(ActKind.CLAIM, "Maria", 1)
    world.act(ActKind.SAY, "Maria", 1, "secret words")
    found = world.rows("SELECT actor, action, object, detail FROM audit ORDER BY id")
    assert ("maria", "thread.claim", "thread:1", "") in found
    assert ("maria", "thread.say", "thread:1", "") in found
