"""Official pages are opened as they would be by a voter, against a server on this machine."""

from http.server import BaseHTTPRequestHandler
from typing import ClassVar

import pytest
from support.local_server import LocalServer

from bot.civic.opening import Opened, open_all, seems_offline


class _Handler(BaseHTTPRequestHandler):
    office: ClassVar["Office"]

    def do_GET(self) -> None:
        path = self.path.strip("/")
        if path == "slow":
            self.office.hung.append(self.connection)
            self.rfile.read(1)  # until the caller hangs up
            return
        if path in self.office.leads:
            self.send_response(302)
            self.send_header("Location", self.office.leads[path])
        else:
            self.send_response(int(path))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


class Office(LocalServer):
    """Answers with the status that its path names; some paths lead elsewhere."""

    handler, owner = _Handler, "office"

    def __init__(self) -> None:
        self.leads = {"moved": "/200", "gone": "/404", "circle": "/circle", "away": "http://localhost:1/"}
        self.hung: list[object] = []


@pytest.fixture(scope="module")
def found() -> dict[str, Opened]:
    paths = ["200", "moved", "gone", "404", "403", "429", "500", "circle", "away", "slow"]
    with Office() as office:
        pages = {("OH", path): f"{office.url}/{path}" for path in paths}
        pages["OH", "nobody"] = "http://127.0.0.1:1/"
        pages["OH", "elsewhere"] = "http://localhost:1/"
        opened = open_all(pages, allowed=lambda url: url.startswith("http://127.0.0.1"), wait_s=2)
        return {key[1]: one for key, one in opened}


@pytest.mark.parametrize(
    "path, well, status",
    [
        ("200", True, "200"),
        ("moved", True, "200"),
        ("gone", False, "404"),
        ("404", False, "404"),
        ("403", True, "403, closed to programs"),
        ("429", True, "429, closed to programs"),
        ("500", False, "500"),
        ("circle", False, "redirects without end"),
        ("away", False, "leads to a host that is no government's"),
        ("elsewhere", False, "leads to a host that is no government's"),
        ("slow", False, "no answer in time"),
        ("nobody", False, "nobody answers there"),
    ],
)
def test_how_a_page_opens(found: dict[str, Opened], path: str, well: bool, status: str) -> None:
    assert (found[path].well, found[path].status) == (well, status)


def test_where_a_page_led_is_kept(found: dict[str, Opened]) -> None:
    assert (found["moved"].host, found["away"].host) == ("127.0.0.1", "localhost")


def test_where_nothing_opens_it_is_our_own_line(found: dict[str, Opened]) -> None:
    assert not seems_offline(found.values())
    assert seems_offline(one for one in found.values() if not one.well)
