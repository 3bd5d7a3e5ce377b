"""`bot publish` and `bot rollback`: what goes into service, what is refused and told, and that nothing else changes."""

import re
import threading
import time

import pytest
from support.commands import run_bot
from support.folders import folder_in

from bot.app import now, open_store
from bot.cli.shared import the_database
from bot.config import load
from bot.store import versions
from bot.store.staff import volunteer_named


@pytest.fixture
def staff(tmp_path):
    return folder_in(tmp_path / "staff")


@pytest.fixture
def bot(tmp_path, staff):
    """Return what runs a command over files and a database of its own; `at` is another machine with the same database."""

    def run(*arguments, at="var", **more):
        database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'var' / 'desk.sqlite3'}"}
        return run_bot(*arguments, folder=tmp_path / at, **(staff.settings | database | more))

    (tmp_path / "var").mkdir()
    return run


@pytest.fixture
def store(tmp_path, staff):
    """Yield the store that the commands work on."""
    config = load(staff.settings | {"BOT_STORE__FOLDER": str(tmp_path / "var")})
    one = open_store(config, the_database(config))
    yield one
    one.database.close()


def served(store):
    return [one.version for one in versions.history(store.database)]


def test_the_first_publish_serves(bot, store):
    said = bot("publish", "--name", "Maria", "--note", "from  the\tstart")
    assert (said.code, said.out.splitlines()[-1][:21]) == (0, "Published version 1: ")
    placed = versions.in_service(store.database)
    assert (placed.version, placed.how, placed.actor, placed.note) == (1, "publish", "maria", "from the start")


def test_without_a_name_the_login_name_stands_in_the_history(bot, store):
    bot("publish", LOGNAME="ruth")
    assert versions.in_service(store.database).actor == "ruth"


def test_the_same_files_say_so_and_change_nothing(bot, store):
    bot("publish")
    said = bot("publish")
    assert (said.code, said.out) == (0, "Nothing to publish: the files are those of version 1, which is in service.\n")
    assert served(store) == [1]


def test_what_changes_is_named_by_entry_and_language(bot, staff, store):
    bot("publish")
    staff.greet("Hello there")
    staff.write("responses/more.yml", "parking: {keywords: [PARKING], text: {en: Park here, es: Estacione}}\n")
    said = bot("publish")
    assert said.out.splitlines() == [
        "Against version 1, which is in service:",
        "  parking added",
        "  welcome changed: text (en)",
        "Published version 2: parking added, welcome changed",
    ]
    (staff.home / "responses/more.yml").unlink()
    assert "  parking removed\n" in bot("publish").out


def test_other_examples_alone_are_a_version_too(bot, staff, store):
    bot("publish")
    path = staff.home / "intents/en/welcome.yml"
    path.write_text(path.read_text() + "    - good evening\n")
    said = bot("publish")
    assert said.out.splitlines()[1:] == [
        "  examples changed: they are learned when a process starts",
        "Published version 2: no entry changed; the examples changed too: they are learned at the next start",
    ]


def test_a_comment_is_a_version_and_changes_no_entry(bot, staff):
    bot("publish")
    path = staff.home / "responses/welcome.yml"
    path.write_text("# by Ruth\n" + path.read_text())
    assert "  no entry changed: comments, order or names of files only\n" in bot("publish").out


def test_mistakes_are_all_named_and_nothing_changes(bot, staff, store):
    bot("publish")
    staff.spoil()
    staff.write("responses/other.yml", "other: {keywords: [X], text: {en: '{{ org.nme }}', es: B}}\n")
    said = bot("publish")
    places = re.findall(r"^(responses/\w+\.yml:\d+):\d+: error", said.out, re.MULTILINE)
    assert (said.code, sorted(set(places))) == (1, ["responses/other.yml:1", "responses/welcome.yml:2"])
    assert re.fullmatch(r"Not published: \d+ mistakes\. Version 1 stays in service\.\n", said.err)
    assert served(store) == [1]


def test_warnings_are_told_and_do_not_hold_back(bot, staff, store):
    path = staff.home / "intents/en/welcome.yml"
    path.write_text("nlu:\n- intent: welcome\n  examples: |\n    - good morning\n")
    said = bot("publish")
    assert (said.code, served(store)) == (0, [1])
    assert "warn I503" in said.err


def test_a_broken_promise_of_a_conversation_test_holds_back_as_in_the_check(bot, staff, store):
    staff.write(
        "tests/conversations/a.yml",
        "- test: t\n  channel: sms\n  steps:\n    - voter: hi\n    - bot: {reply: vanished}\n",
    )
    assert (bot("publish").code, bot("check").code, served(store)) == (1, 1, [])


def test_a_dry_run_shows_the_same_and_changes_nothing(bot, staff, store, tmp_path):
    bot("publish")
    staff.greet("Hello there")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and "sqlite" not in path.name}
    said = bot("publish", "--dry-run", "--name", "Stranger")
    assert (said.code, said.out.splitlines()[1:]) == (0, ["  welcome changed: text (en)", "Nothing was changed."])
    assert served(store) == [1]
    assert {path: path.read_bytes() for path in before} == before
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM volunteer").scalar() == 0


def test_windows_notepad_makes_no_other_version(bot, staff, store):
    bot("publish")
    for path in [*staff.home.glob("responses/**/*.yml"), *staff.home.glob("intents/*/*.yml")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    said = bot("publish")
    assert (said.code, said.out[:18], served(store)) == (0, "Nothing to publish", [1])
    staff.write("responses/welcome.yml", (staff.home / "responses/welcome.yml").read_bytes().replace(b"Hello", b"Hey"))
    assert bot("publish").out.endswith("Published version 2: welcome changed\n")
    assert not any(b"\r" in raw or b"\xef" in raw for raw in versions.files_of(store.database, 2).values())


# --- two at once ------------------------------------------------------------------------------------------------------


def test_the_second_of_two_staff_is_told_and_may_then_say_that_they_have_seen_it(bot, staff, store):
    bot("publish", "--name", "Maria")
    assert bot("publish", at="ben").code == 0  # Ben has the same files on his own machine
    staff.greet("Hello from Maria")
    assert bot("publish", "--name", "Maria", "--note", "warmer").code == 0
    staff.greet("Hello from Ben")
    said = bot("publish", at="ben")
    assert (said.code, served(store)) == (1, [2, 1])
    assert re.search(
        r"^Not published\. Version 2 \(publish by maria, \w+ \d+ \d\d:\d\d, 'warmer'\) went into service since",
        said.err,
    )
    assert said.err.endswith("Then: bot publish --onto 2\n")
    assert (bot("publish", "--onto", "1", at="ben").code, served(store)) == (1, [2, 1])
    assert (bot("publish", "--onto", "2", at="ben").code, served(store)) == (0, [3, 2, 1])


def test_files_of_unknown_origin_replace_nothing_unseen(bot, staff, store):
    bot("publish")
    staff.greet("Hello from elsewhere")
    said = bot("publish", at="elsewhere")
    assert (said.code, served(store)) == (1, [1])
    assert said.err.endswith(" If the changes above are the ones you mean: bot publish --onto 1\n")


def test_who_went_back_is_seen_by_the_next_publish(bot, staff, store):
    bot("publish")
    staff.greet("Hello two")
    bot("publish")
    bot("rollback", "--name", "Ben")
    staff.greet("Hello three")
    said = bot("publish")
    assert (said.code, "Version 1 (rollback by ben" in said.err, served(store)) == (1, True, [1, 2, 1])


# --- back -------------------------------------------------------------------------------------------------------------


def test_back_and_forth(bot, staff, store):
    bot("publish")
    for text in ("two", "three"):
        staff.greet(text)
        bot("publish")
    said = bot("rollback", "--name", "Ben", "--note", "too soon")
    assert (said.code, said.out) == (0, "Version 2 is back in service, in place of version 3.\n")
    assert versions.in_service(store.database).note == "too soon"
    assert bot("rollback", "1").out == "Version 1 is back in service, in place of version 2.\n"
    assert served(store) == [1, 2, 3, 2, 1]


def test_what_cannot_be_gone_back_to(bot, staff):
    nothing = bot("rollback")
    assert (nothing.code, nothing.err) == (1, "Nothing is in service yet: there is nothing to go back to.\n")
    bot("publish")
    said = [bot("rollback", *more).err for more in ((), ("1",), ("7",))]
    assert said == [
        "Version 1 is the first: there is nothing to go back to.\n",
        "Version 1 is in service already.\n",
        "Version 7 has never served. These have: 1.\n",
    ]


@pytest.mark.parametrize("wrong", [("--since", "soon"), ("--since", "0d"), ("--onto", "0"), ("--note", "x" * 201)])
def test_wrong_use_is_two(bot, wrong):
    assert bot("publish", *wrong).code == 2


# --- approval ---------------------------------------------------------------------------------------------------------

APPROVAL = {"BOT_CONTENT__APPROVAL": "yes", "PUBLIC_BASE_URL": "https://desk.example.org"}


def later(store, act):
    """Do `act` with the first proposal, in a thread of its own, once there is one."""

    def run():
        while not (found := versions.waiting(store.database)):
            time.sleep(0.05)
        act(found[0].id)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def proposing(bot, staff, store):
    """Return what proposes a change while another person does something."""
    bot("publish")
    staff.greet("Hello two")
    ben = volunteer_named(store, "Ben", "editor", now())

    def run(act):
        thread = later(store, lambda number: act(number, ben))
        said = bot("publish", "--name", "Maria", **APPROVAL)
        thread.join()
        return said

    return run


def test_another_person_approves_and_the_command_ends(proposing, store):
    said = proposing(lambda number, who: versions.decide(store, number, who, approve=True))
    assert (said.code, served(store)) == (0, [2, 1])
    assert said.out.splitlines()[-3:] == [
        "Proposed. Somebody else approves it here: https://desk.example.org/console/content/proposals/1",
        "Approved by ben.",
        "Published version 2: welcome changed",
    ]


def test_another_person_refuses_with_a_reason(proposing, store):
    said = proposing(lambda number, who: versions.decide(store, number, who, approve=False, why="wrong hours"))
    assert (said.code, served(store)) == (1, [1])
    assert said.err.endswith("Not published: refused by ben: wrong hours. Version 1 stays in service.\n")


def test_a_proposal_that_became_stale_ends_the_waiting(proposing, store):
    def overtake(_number, _who):
        placed = versions.in_service(store.database)
        versions.publish(store, versions.Bundle({"responses/x.yml": "x"}, ""), placed.id, "publish", "ruth")

    said = proposing(overtake)
    assert (said.code, served(store)) == (1, [3, 1])
    assert "Version 3 (publish by ruth" in said.err


def test_a_proposal_needs_to_know_who_proposes(bot, staff, store):
    said = bot("publish", **APPROVAL)
    assert (said.code, "--name Maria" in said.err, served(store)) == (2, True, [])


# --- the replay -------------------------------------------------------------------------------------------------------


def test_a_replay_shows_what_would_differ_and_its_cost(bot, staff, store):
    bot("publish")
    at = now().isoformat(sep=" ")[:19]
    with store.database.engine.begin() as connection:
        for statement in (
            "INSERT INTO person (id) VALUES (1)",
            "INSERT INTO address (id, channel, address_hash, address, person_id) VALUES (1, 'sms', x'00', '+15550100777', 1)",
            f"INSERT INTO conversation (id, address_id, sender, created_at) VALUES (1, 1, 'desk', '{at}')",
            f"""INSERT INTO inbox (id, channel, event_id, conversation_id, kind, received_at, state)
            VALUES (1, 'sms', 'e', 1, 'message', '{at}', 'done')""",
        ):
            connection.exec_driver_sql(statement)
        row = (
            "INSERT INTO message (conversation_id, direction, who, text, inbox_id, key, entry, intent, confidence, language, "
            "sender, channel, created_at, state, due_at) "
        )
        for key, values in (
            ("a", "'in', 'voter', 'secret words', 1, '{}', NULL, 'welcome', 990"),
            ("b", "'out', 'bot', 'Hello', 1, '{}', 'welcome', NULL, NULL"),
        ):
            named = values.format(key * 32)
            connection.exec_driver_sql(f"{row} VALUES (1, {named}, 'en', 'desk', 'sms', '{at}', 'sent', '{at}')")
    staff.greet("Hello there")
    said = bot("publish", "--replay", "--dry-run")
    assert said.out.splitlines()[2:] == [
        "1 question replayed: 1 would be answered otherwise.",
        "welcome (en), 1 message:",
        "  before: Hello",
        "  after:  Hello there",
        "SMS segments: 1 before, 1 after (+0)",
        "Nothing was changed.",
    ]
    assert "Replaying 1 question" in said.err
    assert not re.search("5550100777|secret", said.out + said.err)
    assert served(store) == [1]
    assert (bot("publish", "--replay", "--since", "2h").code, served(store)) == (0, [2, 1])


# --- the doctor -------------------------------------------------------------------------------------------------------


def test_the_doctor_says_what_serves_and_whether_the_files_are_it(bot, staff):
    def content():
        return next(line for line in bot("doctor").out.splitlines() if line[7:].startswith("content "))

    assert content().startswith("note   content        nothing is in service yet")
    bot("publish", "--name", "Maria")
    assert content() == "ok     content        version 1 is in service (publish by maria): the files here"
    staff.greet("Hello two")
    assert content().endswith("(publish by maria); the files here are others: bot publish --dry-run")


def test_the_doctor_checks_with_the_organisations_kind_and_day(bot, staff):
    """What only the kind forbids: an office asks for no donation."""
    staff.write("responses/gifts.yml", "gifts: {keywords: [GIFT], text: {en: 'Please donate today', es: 'Done hoy'}}\n")
    check = bot("check", BOT_ORGANISATION__KIND="office")
    doctor = bot("doctor", BOT_ORGANISATION__KIND="office")
    errors = len(re.findall(r"^responses/gifts\S+ error ", check.out, re.MULTILINE))
    assert (errors > 0, f"WRONG  staff files    {errors} mistakes, first: responses/gifts.yml" in doctor.out) == (
        True,
        True,
    )
