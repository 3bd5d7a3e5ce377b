"""The load generator, a process of its own: sends prepared requests, as fast as they are answered or at a given rate.

`python -m bot.bench.load REQUESTS OUT HOST PORT CONNECTIONS RATE`: REQUESTS is a pickle-free file of length-prefixed
requests, OUT gets one JSON list of [started, ended, status] in the order of the requests (seconds of the machine's clock).
"""

import asyncio
import json
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.bench.wire import Line

_AGAIN_S = 0.05
_MOST_TRIES = 200


def write_requests(path: Path, requests: Sequence[bytes]) -> None:
    """Write `requests` for another process."""
    with path.open("wb") as file:
        for request in requests:
            file.write(struct.pack("<I", len(request)) + request)


def read_requests(path: Path) -> Iterator[bytes]:
    """Yield what `write_requests` wrote."""
    raw = path.read_bytes()
    at = 0
    while at < len(raw):
        (length,) = struct.unpack_from("<I", raw, at)
        yield raw[at + 4 : at + 4 + length]
        at += 4 + length


async def fire(
    requests: Sequence[bytes], host: str, port: int, connections: int, rate: float
) -> list[tuple[float, float, int]]:
    """Send every request once it is due; one that is told to come again does. Return how each went."""
    results: list[tuple[float, float, int]] = [(0.0, 0.0, 0)] * len(requests)
    left = iter(range(len(requests)))
    began = time.monotonic()

    async def worker() -> None:
        line = Line(host, port)
        for at in left:
            if rate:
                await asyncio.sleep(max(0.0, began + at / rate - time.monotonic()))
            results[at] = await _one(line, requests[at])
        line.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    return results


async def _one(line: Line, request: bytes) -> tuple[float, float, int]:
    started = time.monotonic()
    status = 0
    for _ in range(_MOST_TRIES):
        status = await line.ask(request)
        if status != 503:
            break
        await asyncio.sleep(_AGAIN_S)
    return started, time.monotonic(), status


def main(arguments: Sequence[str]) -> None:
    """Fire and write down."""
    requests, out, host, port, connections, rate = arguments
    results = asyncio.run(fire(list(read_requests(Path(requests))), host, int(port), int(connections), float(rate)))
    Path(out).write_text(json.dumps(results))


if __name__ == "__main__":
    main(sys.argv[1:])
