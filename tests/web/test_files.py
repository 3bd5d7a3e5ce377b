"""The staff's files on signed links: the right one, for a while, and nothing else of the folder or around it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.sites import Web

from bot.app import now
from bot.content.signed import LASTS, Links

PDF = b"%PDF-1.4 map"


@pytest.fixture
def files(web: Web, tmp_path):
    """Return the site of a folder with a map in it, and what signs its links."""
    shelf = tmp_path / "responses" / "files"
    (shelf / "maps").mkdir(parents=True)
    (shelf / "maps" / "precincts.pdf").write_bytes(PDF)
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    (shelf / "way-out.pdf").symlink_to(tmp_path / "secret.pdf")
    config = replace(web.app.config, staff=tmp_path)
    return web.flask_with(config=config).test_client(), Links(web.app.store.hash_key)


def test_a_link_shows_its_file_to_whoever_has_it(files) -> None:
    client, links = files
    answer = client.get(links.to("maps/precincts.pdf", now()))
    told = [answer.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")]
    assert (answer.status_code, answer.data) == (200, PDF)
    assert told == ["application/pdf", 'inline; filename="precincts.pdf"', "nosniff"]


def test_a_link_that_has_ended_says_so_in_both_languages(files) -> None:
    client, links = files
    answer = client.get(links.to("maps/precincts.pdf", now() - LASTS - timedelta(days=2)))
    assert (answer.status_code, "ask us for a new one" in answer.text, "ya no sirve" in answer.text) == (
        410,
        True,
        True,
    )


@pytest.mark.parametrize("name", ["gone.pdf", "maps", "way-out.pdf", "../../secret.pdf"])
def test_what_is_no_file_of_the_folder_is_not_shown_even_where_it_is_signed(files, name: str) -> None:
    client, links = files
    assert client.get(links.to(name, now())).status_code == 404


@pytest.mark.parametrize("token", ["x", "0.0", "ffffffff.0000000000000000000000", "%C3%A9.%C3%A9"])
def test_a_link_that_nobody_signed_shows_nothing(files, token: str) -> None:
    assert files[0].get(f"/files/{token}/maps/precincts.pdf").status_code == 404
