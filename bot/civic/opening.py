"""Open official pages, to see whether they are still there. Run by staff, online; nothing that a voter waits for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3

from bot.civic.states import is_official, state_file
from bot.official import NATION, Key

WAIT_S = 10.0
_MOST_HOPS = 5
_CLOSED_TO_PROGRAMS = (401, 403, 405, 406, 429)
"""The page is there; it wants a browser. Nearly every fifth office of a state answers so."""
_AGENT = {"User-Agent": "Mozilla/5.0 (compatible; voters-desk link check)"}


@dataclass(frozen=True, slots=True)
class Opened:
    """How a page opened: `host` is the one that it led to."""

    url: str
    well: bool
    status: str
    host: str


def pages_of(place: str) -> dict[Key, str]:
    """Return the links of a state, or the nation's, by place and name."""
    pages = state_file().links if place == NATION else state_file().states[place].links
    return {(place, name): page.url for name, page in pages.items()}


def open_all(
    pages: Mapping[Key, str], allowed: Callable[[str], bool] = is_official, wait_s: float = WAIT_S, threads: int = 8
) -> Iterator[tuple[Key, Opened]]:
    """Yield each page with how it opened, in their order; several are opened at a time."""
    with (
        urllib3.PoolManager(num_pools=64, retries=False, timeout=wait_s, headers=_AGENT) as pool,
        ThreadPoolExecutor(threads) as workers,
    ):
        yield from zip(pages, workers.map(lambda url: _opened(pool, url, allowed), pages.values()), strict=True)


def seems_offline(found: Iterable[Opened]) -> bool:
    """Return whether it is rather this machine's line that is broken: not one page of many opened."""
    return not any(one.well for one in found)


def _opened(pool: urllib3.PoolManager, url: str, allowed: Callable[[str], bool]) -> Opened:
    at = url
    for _ in range(_MOST_HOPS):
        if not allowed(at):
            return Opened(url, well=False, status="leads to a host that is no government's", host=_host(at))
        try:
            answer = pool.request("GET", at, redirect=False, preload_content=False)
        except urllib3.exceptions.HTTPError as error:
            return Opened(url, well=False, status=_why(error), host=_host(at))
        answer.close()
        onward = answer.headers.get("Location") if 300 <= answer.status < 400 else None
        if onward is None:
            closed = answer.status in _CLOSED_TO_PROGRAMS
            status = f"{answer.status}, closed to programs" if closed else str(answer.status)
            return Opened(url, answer.status < 400 or closed, status, _host(at))
        at = urljoin(at, onward)
    return Opened(url, well=False, status="redirects without end", host=_host(at))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _why(error: urllib3.exceptions.HTTPError) -> str:
    match error:
        case urllib3.exceptions.NameResolutionError():
            return "no such host"
        case urllib3.exceptions.NewConnectionError():
            return "nobody answers there"
        case urllib3.exceptions.TimeoutError():
            return "no answer in time"
        case urllib3.exceptions.SSLError():
            return "its certificate is not right"
        case _:
            return f"no connection ({type(error).__name__})"
