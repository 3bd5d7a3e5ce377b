"""Apps for the tests of the web half: one that all share, and others with settings of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.sites import Chat, Web, open_web


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Web]:
    """Yield an app that the tests of one file share; each opens chats and sessions of its own."""
    one = open_web(tmp_path_factory.mktemp("web"), sqlite_template)
    yield one
    one.app.stop()


@pytest.fixture
def open_with(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[..., Web]]:
    """Yield what opens an app with some settings; it is closed afterwards."""
    opened: list[Web] = []

    def make(**environment: str) -> Web:
        opened.append(open_web(tmp_path / str(len(opened)), sqlite_template, **environment))
        return opened[-1]

    yield make
    for one in opened:
        one.app.stop()


@pytest.fixture
def chat(web: Web) -> Chat:
    """Return a new chat."""
    return web.chat()
