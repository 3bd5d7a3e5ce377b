"""`bot facts` and `bot elections`: walking through, freezing, what is due, who was told; every mistake has its way out."""

import json
from pathlib import Path

import pytest
from support.commands import Said, run_bot
from support.facts import PAGE
from support.world import World

from bot.app import now


@pytest.fixture
def bot(tmp_path: Path):
    def run(*arguments: str, stdin: str = "") -> Said:
        return run_bot(*arguments, folder=tmp_path, stdin=stdin)

    return run


def lines(*said: str) -> str:
    return "\n".join(said) + "\n"


def checks(folder: Path) -> list[tuple[object, ...]]:
    world = World(f"sqlite:///{folder / 'desk.sqlite3'}")
    found = world.rows("SELECT key, value, page, who, old FROM fact_check ORDER BY id")
    world.close()
    return found


def test_a_walk_through_a_state_shows_value_source_and_page_and_keeps_what_was_said(bot, tmp_path: Path) -> None:
    # still true, with the page that is shown; skipped; a new value after one that makes no sense, on another page; enough
    typed = lines("", "", "s", "nonsense", "early_voting", "not a page", PAGE, "q")
    said = bot("facts", "confirm", "ohio", "--by", "ana", stdin=typed)
    assert said.code == 0, said.err
    for shown in (
        "[1/9] Ohio: must voters register? (registration)",
        "value   yes",
        "from    vote.gov state pages",
        "page    https://olvr.ohiosos.gov/",
        "'nonsense' is none of election_day, early_voting or none",
        "'not a page' is no page",
        "2 of 9 facts of Ohio checked.",
    ):
        assert shown in said.out, shown
    assert checks(tmp_path) == [
        ("registration", '{"required": "yes"}', "https://olvr.ohiosos.gov/", "ana", '{"required": "yes"}'),
        ("same_day", '{"when": "early_voting"}', PAGE, "ana", '{"when": "none"}'),
    ]


def test_a_hint_is_shown_to_who_checks_and_enter_leaves_it_out(bot, tmp_path: Path) -> None:
    said = bot("facts", "confirm", "HI", stdin=lines(*("s",) * 6, "", "q"))
    assert "hint    07:00-19:00 (unconfirmed)" in said.out
    assert "value   none in the state file" in said.out
    assert "0 of 9 facts of Hawaii checked." in said.out


ANSWERS = f"""\
voter_id: ok
registration: skip
poll_hours: {{value: 7 am to 8 pm, page: "{PAGE}", valid_until: 2026-11-03}}
in_line: {{value: yes, page: "{PAGE}"}}
"""


def test_a_file_answers_in_place_of_a_person(bot, tmp_path: Path) -> None:
    (tmp_path / "ohio.yml").write_text(ANSWERS)
    said = bot("facts", "confirm", "OH", "--answers", str(tmp_path / "ohio.yml"), "--by", "ben")
    assert (said.code, "3 of 9 facts" in said.out) == (0, True), said
    assert [(row[0], row[1]) for row in checks(tmp_path)] == [
        ("voter_id", '{"asked": "yes"}'),
        ("poll_hours", '{"open": "07:00", "close": "20:00"}'),
        ("in_line", '{"may_vote": "yes"}'),
    ]


@pytest.mark.parametrize(
    "text, says",
    [
        ("voter_di: ok", "Did you mean 'voter_id'"),
        ("voter_id: ok\nin_line: ok", "in_line: there is no value yet"),
        ("voter_id: {valeu: yes}", "'valeu' is not understood"),
        ("voter_id: {value: yes, page: 'https://example.com/'}", "no host of a government"),
        ("voter_id: {value: yes, valid_until: soon}", "'soon' is no day"),
        ("- a list", "keys are expected"),
        ("voter_id: [", "It is no YAML"),
    ],
)
def test_a_file_with_a_mistake_records_nothing(bot, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "ohio.yml").write_text(text)
    said = bot("facts", "confirm", "OH", "--answers", str(tmp_path / "ohio.yml"))
    assert (said.code, says in said.err) == (2, True), said
    bot("facts", "due")
    assert checks(tmp_path) == []


def test_the_hotlines_are_checked_for_the_whole_nation(bot, tmp_path: Path) -> None:
    said = bot("facts", "confirm", "us", stdin=lines("", "https://866ourvote.org/", "q"))
    assert "1 of 2 facts of the whole nation checked." in said.out
    assert checks(tmp_path)[0][:2] == ("hotline.en", '{"number": "866-687-8683"}')


@pytest.mark.parametrize(
    "arguments, code, says",
    [
        (("confirm", "Pensylvania"), 2, "Did you mean PA (Pennsylvania)?"),
        (("freeze", "OH", "pollhours", "x"), 2, "Did you mean 'poll_hours'?"),
        (("freeze", "OH", "poll_hours", "x", "--until", "tomorrow"), 2, "write it like 2026-11-03"),
        (("freeze", "OH", "poll_hours", "x", "--until", "2020-01-01"), 2, "is over already"),
        (("unfreeze", "OH", "poll_hours"), 1, "is not frozen. Frozen: nothing."),
        (("told", "OH", "felony"), 2, "no fact for OH is called 'felony'"),
        (("told", "OH", "poll_hours", "--since", "monday"), 2, "'monday' is no day"),
        (("confirm", "OH", "--answers", "nothing.yml"), 2, "nothing.yml cannot be read"),
        (("links", "Ohoi"), 2, "no state is called 'Ohoi'"),
    ],
)
def test_a_mistake_is_named_with_the_way_out(bot, arguments: tuple[str, ...], code: int, says: str) -> None:
    said = bot("facts", *arguments)
    assert (said.code, says in said.err) == (code, True), said


def test_a_fact_is_frozen_and_lifted(bot) -> None:
    assert "OH poll_hours is frozen until you unfreeze it" in bot("facts", "freeze", "OH", "poll_hours", "court").out
    assert (
        "frozen until 2099-11-03 20:00"
        in bot("facts", "freeze", "TX", "election", "moved", "--until", "2099-11-03 20:00").out
    )
    assert "Frozen: OH poll_hours, TX election" in bot("facts", "unfreeze", "OH", "voter_id").err
    assert "voters get the link: unchecked" in bot("facts", "unfreeze", "OH", "poll_hours").out


def test_what_is_due_ends_with_one(bot, tmp_path: Path) -> None:
    nothing = bot("facts", "due")
    assert (nothing.code, nothing.out, "No state has a checked fact" in nothing.err) == (0, "Nothing is due.\n", True)
    (tmp_path / "ohio.yml").write_text("voter_id: ok")
    bot("facts", "confirm", "OH", "--answers", str(tmp_path / "ohio.yml"))
    fresh = bot("facts", "due")
    assert (fresh.code, "watch: SAVE America Act" in fresh.err, "Nevada" in fresh.err) == (0, True, False)
    later = bot("facts", "due", "--days", "60")
    assert (later.code, "voter_id  the check ends on" in later.out, "1 to look at" in later.err) == (1, True, True)


def test_the_doctor_counts_what_may_be_said_and_what_needs_a_look(bot, tmp_path: Path) -> None:
    assert "facts          none is checked yet" in bot("doctor").out
    (tmp_path / "ohio.yml").write_text("voter_id: ok")
    bot("facts", "confirm", "OH", "--answers", str(tmp_path / "ohio.yml"))
    assert "ok     facts          1 checked facts are said" in bot("doctor").out
    bot("facts", "freeze", "OH", "voter_id", "court")
    assert "note   facts          0 checked facts are said" in bot("doctor").out


def test_who_was_told_a_fact_is_named(bot, tmp_path: Path) -> None:
    assert bot("facts", "told", "OH", "poll_hours").err == "Nobody was told.\n"
    world = World(f"sqlite:///{tmp_path / 'desk.sqlite3'}")
    world.text("+15550100333", "hello")
    world.work()
    with world.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET facts = 'fact:OH.poll_hours@1a2b3c4d' WHERE direction = 'out'")
    world.close()
    said = bot("facts", "told", "OH", "poll_hours", "--since", "2026-10-01")
    assert ("1a2b3c4d" in said.out, "1 threads, 0 of them have stopped us." in said.out) == (True, True)
    (row,) = [json.loads(line) for line in bot("facts", "told", "OH", "poll_hours", "--json").out.splitlines()]
    assert (row["channel"], row["version"], row["stopped"]) == ("sms", "1a2b3c4d", False)


# --- elections --------------------------------------------------------------------------------------------------------

COMING = now().year + 1
ELECTION = ("--name", "General election", "--name-es", "Elección general", "--page", PAGE)


def test_an_election_is_entered_and_listed(bot) -> None:
    said = bot(
        "elections", "add", "OH", f"{COMING}-11-02", f"early_end={COMING}-10-31", "polls_open=6:30 am", *ELECTION
    )
    assert (said.code, "General election, 2 dates." in said.out) == (0, True), said
    assert "compare registration_deadline_mail: 30 days before election day" in said.err
    again = bot("elections", "add", "OH", f"{COMING}-11-02", *ELECTION)
    assert "0 dates, in place of what was there" in again.out
    bot("elections", "add", "TX", f"{COMING}-05-01", f"mail_request={COMING}-04-20", *ELECTION)
    listed = bot("elections", "list")
    assert [line.split()[0] for line in listed.out.splitlines()] == ["state", "OH", "TX"]
    assert f"mail_request={COMING}-04-20" in bot("elections", "list", "texas").out
    assert "No election is entered" in bot("elections", "list", "HI").err


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("OH", "2020-11-03"), "2020-11-03 is over"),
        (("US", f"{COMING}-11-02"), "for each state by itself"),
        (("OH", "November 3"), "is no day"),
        (("OH", f"{COMING}-11-02", "early_ends=x"), "Did you mean 'early_end'"),
        (("OH", f"{COMING}-11-02", "early_end"), "write FIELD=VALUE"),
        (("OH", f"{COMING}-11-02", f"registration_mail={COMING}-11-03"), "is after the election"),
        (("OH", f"{COMING}-11-02", f"early_start={COMING}-11-01", f"early_end={COMING}-10-01"), "is after early_end"),
        (("OH", f"{COMING}-11-02", "--checked", f"{COMING}-01-01"), "has not come yet"),
    ],
)
def test_an_election_that_cannot_be_is_refused(bot, arguments: tuple[str, ...], says: str) -> None:
    said = bot("elections", "add", *arguments, *ELECTION)
    assert (said.code, says in said.err) == (2, True), said
