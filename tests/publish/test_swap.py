"""A turn is said by one version, whole; a version that cannot be served leaves the old one; the folder is watched."""

import itertools
import re
import shutil
import threading
import time
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from structlog.testing import capture_logs
from support.folders import folder_in
from support.world import Script, World

from bot.app import content_of
from bot.config import load
from bot.content.library import read_library
from bot.publish.files import judged
from bot.publish.shelf import Follower, built, open_shelf
from bot.publish.start import NothingToServe, begin, take_files
from bot.publish.watch import FolderWatch
from bot.store import versions
from bot.store.versions import Bundle
from bot.work.bell import MemoryBell

PUBLISHES, TURNS = 50, 1000
DAY = date(2026, 10, 30)


@pytest.fixture
def each(database_url):
    """Yield the product's parts over a fresh database; the test runs on SQLite and on PostgreSQL."""
    one = World(database_url)
    yield one
    one.close()


@pytest.fixture
def world(tmp_path, sqlite_template):
    """Yield the same over SQLite."""
    shutil.copy(sqlite_template, tmp_path / "one.sqlite3")
    one = World(f"sqlite:///{tmp_path / 'one.sqlite3'}")
    yield one
    one.close()


@pytest.fixture
def staff(tmp_path):
    return folder_in(tmp_path / "staff")


@pytest.fixture
def config(staff, tmp_path):
    return load(staff.settings | {"BOT_STORE__FOLDER": str(tmp_path / "var")})


def opened(world, config, *, takes_files=True):
    return begin(config, world.store, partial(content_of, config), world.at.date(), takes_files=takes_files)


def publish(world, bundle, how="publish"):
    placed = versions.in_service(world.database)
    return versions.publish(world.store, bundle, placed.id if placed else 0, how, "maria")


def marked(config, number):
    """Return the files with a sign in both texts that one turn says, and in the name of the entry that answers."""
    texts = dict(judged(config, DAY).bundle.responses)
    for name in ("welcome", "disclosure"):
        pattern = rf"(?m)^({name}: .*?text: {{en: '?)"
        texts = {path: re.sub(pattern, rf"\1v{number}v ", text) for path, text in texts.items()}
    texts["responses/welcome.yml"] = texts["responses/welcome.yml"].replace("welcome:", f"hello_v{number}:")
    texts["responses/way.yml"] = f"welcome: {{go: hello_v{number}}}\n"
    return texts


# --- a thousand turns -------------------------------------------------------------------------------------------------


def test_a_thousand_turns_during_fifty_publishes_never_see_a_mixed_version(each, config):
    """Each first turn of a thread says two texts, the disclosure and the answer: both bear the number of one version.

    The engine of one version and the voice of another would not find each other's entry: the batch would fail.
    """
    world = each
    shelf = opened(world, config)
    batch, mixed = set(), []
    world.mind = replace(
        world.mind,
        classifier=Script(morning="welcome"),
        content=lambda: shelf.content,
        watch=lambda thought: batch.update(said.content_version for said in thought.said),
    )
    follower = Follower(shelf, MemoryBell().listen)
    follower.start()
    signs = {shelf.version: "v0v"}
    broken = set()

    def publish_all():
        for number in range(1, PUBLISHES + 1):
            texts = marked(config, number)
            if number % 5 == 0:  # ten of them cannot be served: a hole in the file, or a reply that is missing
                texts["responses/system.yml"] = "apology: {text: {en" if number % 2 else "apology: {text: {en: A}}\n"
            made = publish(world, Bundle(texts, str(number)))
            signs[made.version] = f"v{number}v"
            if number % 5 == 0:
                broken.add(made.version)
            shelf.look()

    publisher = threading.Thread(target=publish_all)
    publisher.start()
    voters = (f"+1555{number:07}" for number in itertools.count(1))
    done = 0
    with capture_logs() as logged:
        while done < TURNS:
            world.accept(*[world.inbound(next(voters), "good morning") for _ in range(25)])
            batch.clear()
            done += world.think()
            mixed += [set(batch)] if len(batch) > 1 else []
    publisher.join()
    follower.stop()

    said = world.rows("SELECT content_version, text || ' ' || entry FROM message WHERE direction = 'out'")
    assert len(said) == TURNS
    wrong = [row for row in said if set(re.findall(r"v\d+v", row[1])) - {signs[row[0]]}]
    whole = [len(re.findall(r"v\d+v", text)) == 2 and text.endswith(signs[version][:-1]) for version, text in said]
    twice = [row for row, is_whole in zip(said, whole, strict=True) if row[0] != 1 and not is_whole]
    assert (wrong, twice, mixed) == ([], [], [])
    assert (broken & {row[0] for row in said}, len(broken)) == (set(), 10)
    assert [one["event"] for one in logged if one["event"] in ("batch_failed", "thread_failed")] == []
    assert len({row[0] for row in said}) > 5  # they did change meanwhile


# --- what cannot be served --------------------------------------------------------------------------------------------

UNFIT = {
    "no YAML": ({"responses/system.yml": "apology: {text: {en"}, "responses/system.yml:1"),
    "a reply that this code needs is missing": ({"responses/system.yml": "apology: {text: {en: A}}\n"}, "is missing"),
    "nothing": ({}, "holds no .yml file"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_version_that_cannot_be_built_leaves_the_old_one_and_is_told(world, config, name):
    texts, why = UNFIT[name]
    shelf = opened(world, config)
    before = shelf.content
    good = judged(config, DAY).bundle.responses
    made = publish(world, Bundle({**good, **texts} if texts else {}, "other"))
    assert (shelf.look(), shelf.content is before, shelf.version) == (False, True, 1)
    assert (why in shelf.failed, f"version {made.version} " in shelf.failed, "version 1 goes on" in shelf.failed) == (
        True,
        True,
        True,
    )
    assert shelf.look() is False
    publish(world, Bundle({**good, "responses/z.yml": "# z\n"}, "third"))
    assert (shelf.look(), shelf.version, shelf.failed) == (True, 3, "")


def test_a_process_that_starts_then_serves_the_one_before(world, config):
    opened(world, config)
    publish(world, Bundle({}, "broken"))
    shelf = opened(world, config, takes_files=False)
    assert (shelf.version, "version 2 cannot be served" in shelf.failed) == (1, True)
    publish(world, Bundle(judged(config, DAY).bundle.responses, "third"))
    assert (shelf.look(), shelf.version, shelf.failed) == (True, 3, "")


def test_with_no_version_that_can_be_served_there_is_no_start(world, config, staff):
    publish(world, Bundle({}, "broken"), "start")
    with pytest.raises(NothingToServe, match=r"version 1 cannot be served.*'bot publish'"):
        opened(world, config, takes_files=False)


def test_going_back_to_what_serves_already_swaps_nothing(world, config):
    shelf = opened(world, config)
    before = shelf.content
    publish(world, Bundle({}, "broken"))
    shelf.look()
    versions.put_back(world.store, 1, versions.service_id(world.database), "ben")
    assert (shelf.look(), shelf.content is before, shelf.failed) == (False, True, "")


# --- the start --------------------------------------------------------------------------------------------------------


def test_the_very_first_start_makes_the_files_version_one(world, config):
    shelf = opened(world, config, takes_files=False)
    placed = versions.in_service(world.database)
    assert (shelf.version, placed.how, placed.actor) == (1, "start", "start")


def test_files_with_mistakes_do_not_start_an_empty_desk(world, config, staff):
    staff.spoil()
    with pytest.raises(NothingToServe, match=r"welcome\.yml:2:\d+: error"):
        opened(world, config)
    assert versions.in_service(world.database) is None


def test_of_two_processes_that_start_at_once_one_publishes_and_both_serve(each, config):
    world = each
    gate, shelves = threading.Barrier(2), []

    def start():
        gate.wait()
        shelves.append(opened(world, config, takes_files=False))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ([one.version for one in shelves], len(versions.history(world.database))) == ([1, 1], 1)


def test_web_and_worker_serve_what_is_in_service_whatever_lies_in_their_folder(world, config, staff):
    opened(world, config)
    staff.spoil()
    shelf = opened(world, config, takes_files=False)
    assert (shelf.version, shelf.is_older, shelf.troubles) == (1, False, ())
    staff.greet("Hello two")
    assert opened(world, config, takes_files=False).version == 1


def test_run_takes_right_files_at_its_start_and_says_so(world, config, staff):
    opened(world, config)
    staff.greet("Hello two")
    shelf = opened(world, config)
    assert (shelf.version, shelf.told) == (2, ["Published version 2: welcome changed"])
    assert opened(world, config).told == []


def test_run_leaves_wrong_files_and_serves_the_last_good_version(world, config, staff):
    opened(world, config)
    staff.spoil()
    shelf = opened(world, config)
    assert (shelf.version, shelf.is_older, {one.mark.file for one in shelf.troubles}) == (
        1,
        True,
        {"responses/welcome.yml"},
    )


def test_what_was_gone_back_from_is_not_published_again_by_a_start(world, config, staff):
    opened(world, config)
    staff.greet("Hello two")
    opened(world, config)
    versions.put_back(world.store, 1, versions.service_id(world.database), "ben")
    shelf = opened(world, config)
    assert (shelf.version, shelf.told[0][:62]) == (1, "The files are those of version 2, from which ben went back: ve")
    staff.greet("Hello three")
    assert opened(world, config).version == 3


def test_where_another_person_approves_a_start_publishes_nothing(world, config, staff, tmp_path):
    opened(world, config)
    staff.greet("Hello two")
    careful = load(staff.settings | {"BOT_STORE__FOLDER": str(tmp_path / "var"), "BOT_CONTENT__APPROVAL": "yes"})
    shelf = opened(world, careful)
    assert (shelf.version, shelf.told) == (
        1,
        ["The files differ from version 1, which is in service: 'bot publish' proposes them."],
    )


# --- what the watch prints --------------------------------------------------------------------------------------------


def test_each_reload_tells_its_result(world, config, staff):
    opened(world, config)
    staff.greet("Hello two")
    assert take_files(config, world.store, DAY) == ["Published version 2: welcome changed"]
    assert take_files(config, world.store, DAY) == [
        "Nothing to publish: the files are those of version 2, which is in service"
    ]
    staff.spoil()
    told = take_files(config, world.store, DAY)
    assert re.match(r"Not published: responses/welcome\.yml:2:\d+: error [A-Z]\d{3}  ", told[0])
    assert told[0].endswith("; version 2 stays in service")
    assert [line for line in told[1:] if not re.match(r"responses/welcome\.yml:2:\d+: error ", line)] == []
    assert versions.in_service(world.database).version == 2


def test_the_watch_waits_until_the_files_stand_still_and_calls_once_for_many(staff):
    called = threading.Semaphore(0)
    watch = FolderWatch(staff.home, called.release)
    watch.start()
    for number in range(4):
        staff.greet(f"Hello {number}")
        staff.write(f"responses/new{number}.yml", "# nothing\n")
        time.sleep(0.05)
    assert called.acquire(timeout=5)
    assert not called.acquire(timeout=1.2)
    (staff.home / "responses/new0.yml").unlink()
    assert called.acquire(timeout=5)
    watch.stop()


def test_the_shipped_files_are_built_from_what_is_stored_as_from_the_folder(world):
    config = load({})
    files = judged(config, DAY)
    made = publish(world, files.bundle, "start")
    stored, _ = read_library(versions.files_of(world.database, made.version))
    content = built(world.database, made.version, partial(content_of, config))
    assert content.book.entries == content_of(config, files.library, 1).book.entries
    assert {name: one.spec for name, one in stored.entries.items()} == {
        name: one.spec for name, one in files.library.entries.items()
    }
    assert open_shelf(world.database, partial(content_of, config)).version == 1
