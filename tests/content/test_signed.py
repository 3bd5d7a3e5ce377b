"""Links to files: ours alone, for one file each, and only for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.content.signed import LASTS, Links

NOW = datetime(2026, 10, 30, 16, tzinfo=UTC)
NAME = "maps/precincts.pdf"
LINKS = Links(b"key", "https://desk.example.org")


def parts(link: str) -> tuple[str, str]:
    token, _, name = link.removeprefix("https://desk.example.org/files/").partition("/")
    return token, name


def test_a_link_is_good_for_a_week_at_least_and_then_over() -> None:
    token, name = parts(LINKS.to(NAME, NOW))
    moments = (NOW, NOW + LASTS, NOW + LASTS + timedelta(hours=8))
    assert (name, [LINKS.read(token, name, at) for at in moments]) == (NAME, ["good", "good", "over"])


def test_a_text_that_is_said_twice_a_day_is_the_same_text() -> None:
    links = {LINKS.to(NAME, NOW + timedelta(hours=hours)) for hours in (0, 7, 8)}
    assert len(links) == 2


def strange() -> dict[str, tuple[str, str]]:
    token, name = parts(LINKS.to(NAME, NOW))
    stamp, _, signature = token.partition(".")
    return {
        "another file": (token, "maps/other.pdf"),
        "a later end": (f"{int(stamp, 16) + 1:x}.{signature}", name),
        "a signature cut short": (token[:-1], name),
        "no signature": (stamp, name),
        "nothing": ("", name),
        "signs beyond ASCII": (f"{stamp}.\xe9", name),
        "another key": (parts(Links(b"other", LINKS.base).to(NAME, NOW))[0], name),
    }


@pytest.mark.parametrize("token, name", strange().values(), ids=strange().keys())
def test_what_we_have_not_signed_is_strange(token: str, name: str) -> None:
    assert LINKS.read(token, name, NOW) == "strange"


def test_a_link_is_short_enough_for_a_text_message() -> None:
    assert len(LINKS.to("map.pdf", NOW)) < 90
