"""The replay's figures: which answers would differ, how many messages, what they cost; and nothing of the voters' words."""

import re
from datetime import timedelta
from functools import partial

import pytest
from support.folders import folder_in
from support.world import Script, World

from bot.app import content_of
from bot.channel import CAPABILITIES
from bot.civic.facts import OfficialFacts
from bot.config import load
from bot.content.files import staff_files
from bot.content.library import read_library
from bot.publish.replay import Replay
from bot.store.log import Log

ANA, BEN = "+15550100101", "+15550100102"
LONG = "A longer greeting that goes on and on, " * 5


@pytest.fixture
def staff(tmp_path):
    return folder_in(tmp_path / "staff")


def built(staff):
    config = load(staff.settings)
    library, _ = read_library(staff_files(config.staff))
    return partial(content_of, config)(library, 1)


@pytest.fixture
def world(tmp_path, staff):
    """Yield a desk where Ana (SMS) has said good morning twice and Ben (SMS, Spanish) once, and Ben asked to join."""
    one = World(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    content = built(staff)
    one.mind = one.mind.__class__(
        store=one.store,
        classifier=Script(morning="welcome", dias="welcome", join="sign_up"),
        content=lambda: content,
        facts=one.mind.facts,
        can=one.mind.can,
        now=one.now,
    )
    for voter, text, language in (
        (ANA, "good morning", "en"),
        (ANA, "good morning!", "en"),
        (BEN, "buenos dias", "es"),
    ):
        one.text(voter, text, language=language)
        one.work()
    one.text(BEN, "i want to join, call +15550100102", language="es")
    one.work()
    yield one
    one.close()


def replayed(world, staff, before, since=timedelta(days=1)):
    replay = Replay(before, built(staff), OfficialFacts(practice=True), world.at, CAPABILITIES)
    for question in Log(world.database, world.store.hash_key).answered(world.at - since):
        replay.ask(question)
    return replay


def test_the_same_version_answers_the_same(world, staff):
    replay = replayed(world, staff, built(staff))
    assert (replay.asked, replay.differ, replay.segments_before) == (4, 0, replay.segments_after)
    assert replay.segments_before == 4


def test_a_changed_text_is_counted_by_entry_and_language_with_its_cost(world, staff):
    before = built(staff)
    staff.greet(LONG)
    replay = replayed(world, staff, before)
    assert list(replay.lines()) == [
        "4 questions replayed: 2 would be answered otherwise.",
        "welcome (en), 2 messages:",
        "  before: Hello",
        f"  after:  {LONG.strip()}",
        "SMS segments: 4 before, 6 after (+2)",
    ]


def test_an_entry_that_is_gone_shows_as_gone(world, staff):
    before = built(staff)
    staff.write("responses/welcome.yml", "# nothing\n")
    found = list(replayed(world, staff, before).lines())
    assert [line for line in found if line.startswith("welcome")] == [
        "welcome (en), 2 messages:",
        "welcome (es), 1 message:",
    ]
    assert [line for line in found if "before:" in line] == ["  before: Hello", "  before: Bienvenida"]


def test_an_answer_that_leads_elsewhere_shows_the_words_that_would_be_said(world, staff):
    before = built(staff)
    staff.write("responses/welcome.yml", "welcome: {go: elsewhere}\nelsewhere: {text: {en: Other, es: Otra}}\n")
    found = list(replayed(world, staff, before).lines())
    assert [line for line in found if "after:" in line] == ["  after:  Other", "  after:  Otra"]


def test_the_span_is_kept_to(world, staff):
    before = built(staff)
    staff.greet("Hey")
    world.later(hours=30)
    assert replayed(world, staff, before).asked == 0
    assert replayed(world, staff, before, timedelta(days=2)).asked == 4


def test_what_a_person_said_is_no_answer_of_the_bot(world):
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET who = 'maria' WHERE direction = 'out'")
    assert Log(world.database, world.store.hash_key).answered(world.at - timedelta(days=1)) == []


def test_no_number_and_no_words_of_a_voter_are_shown(world, staff):
    before = built(staff)
    staff.write("responses/welcome.yml", "# nothing\n")
    shown = "\n".join(replayed(world, staff, before).lines())
    assert not re.search(r"5550100|good morning|buenos|join", shown)
