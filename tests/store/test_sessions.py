"""Session tokens: only their hashes are stored, they run out, one-time links work once."""

import threading

import pytest

from bot.store.sessions import SqlSessions


@pytest.fixture
def sessions(world):
    return SqlSessions(world.store)


def test_a_token_is_recognised_and_not_stored(world, sessions):
    token = sessions.open("chat", "visitor-1")
    assert sessions.subject_of("chat", token) == "visitor-1"
    assert token.encode() not in bytes(world.one("SELECT token_hash FROM session"))


@pytest.mark.parametrize("kind", ["console", "link"])
def test_a_token_of_one_kind_opens_no_other_door(sessions, kind):
    assert sessions.subject_of(kind, sessions.open("chat", "visitor-1")) is None


@pytest.mark.parametrize(("kind", "hours"), [("chat", 24), ("console", 12), ("link", 1 / 6)])
def test_a_session_runs_out_when_it_lies_idle(world, sessions, kind, hours):
    token = sessions.open(kind, "somebody")
    world.later(hours=hours, seconds=-1)
    assert sessions.subject_of(kind, token) == "somebody"
    world.later(hours=hours, seconds=2)
    assert sessions.subject_of(kind, token) is None


def test_use_keeps_a_session_alive_but_not_a_link(world, sessions):
    chat, link = sessions.open("chat", "a"), sessions.open("link", "b")
    world.later(minutes=9)
    sessions.subject_of("chat", chat), sessions.subject_of("link", link)
    world.later(hours=23, minutes=55)
    assert (sessions.subject_of("chat", chat), sessions.subject_of("link", link)) == ("a", None)


def test_of_two_who_open_a_one_time_link_one_gets_in(world, sessions):
    token, found, barrier = sessions.open("link", "maria"), [], threading.Barrier(2)

    def redeem():
        barrier.wait()
        found.append(sessions.redeem("link", token))

    threads = [threading.Thread(target=redeem) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found, key=str) == [None, "maria"]


def test_an_ended_session_is_ended(sessions):
    token = sessions.open("console", "maria")
    sessions.end(token)
    assert sessions.subject_of("console", token) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 500, "\x00"])
def test_nonsense_is_nobody(sessions, token):
    assert sessions.subject_of("chat", token) is None


def test_old_sessions_are_forgotten(world, sessions):
    sessions.open("link", "maria")
    world.later(hours=1)
    assert (sessions.forget_old(), sessions.forget_old()) == (1, 0)
