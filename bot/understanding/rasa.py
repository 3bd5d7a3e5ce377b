"""A Rasa server as the reader of texts; whenever it has no answer in time, the built-in classifier's stands.

Rasa open source 3.6 and rasa-pro serve the same two addresses: POST /model/parse and GET /status. The token goes into the
query string, so no address of ours is ever logged.
"""

import json
import math
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from http.client import HTTPException
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import structlog
import urllib3

from bot import metrics
from bot.breaker import Breaker
from bot.line import Call, pool, under_way
from bot.message import NOTHING_READ, Reading
from bot.ports import Classifier, Query
from bot.understanding.language import language_of

# --- names and tables -------------------------------------------------------------------------------------------------

CONNECTIONS: Final = 4
"""Rasa reads one text after the other, about 100 a second; more connections only make its queue longer."""
CALL_S: Final = 2.0
"""For a whole batch: what is not read by then the built-in one has read."""
FALLBACK: Final = "nlu_fallback"
"""What Rasa puts first where it is unsure."""
OPEN: Final = "breaker_open"
UNKNOWN: Final = "unknown_intents"
_LONGEST_ANSWER: Final = 1_000_000
_AT_ONCE: Final = 32
_BROKEN: Final = (urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)
"""What a broken line or a broken answer raises; ValueError where the line was cut under the reader's hands."""
log = structlog.get_logger()

Ranking = list[tuple[str, float]]
"""Intents with their confidences, the likeliest first."""


class RasaError(Exception):
    """Rasa gave no answer; `reason` is a word for metrics and logs, without anybody's text or token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# --- the wire ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Probed:
    """What a Rasa server says of itself, and how it reads."""

    version: str
    model: str
    intents: frozenset[str]
    seconds: float


class RasaServer:
    """Calls one Rasa server over a few kept connections. Nothing is tried again here and no redirect is followed."""

    def __init__(self, url: str, token: str, call_s: float = CALL_S) -> None:
        self.call_s = call_s
        self._path, self._token = urlsplit(url).path.rstrip("/"), token
        self._pool = pool(url, CONNECTIONS, block=True)
        self._workers = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="rasa")

    def parse_all(self, texts: Sequence[str]) -> list[Ranking | RasaError]:
        """Return for each text its ranking, or why there is none; all of them within `call_s`."""
        ends = monotonic() + self.call_s
        calls = [self.submit(text, ends) for text in texts]
        wait([future for _, future in calls], timeout=self.call_s)
        return [self._taken(call, future) for call, future in calls]

    def submit(self, text: str, ends: float) -> "tuple[Call, Future[Ranking]]":
        """Have `text` read by the moment `ends`, beside the caller."""
        call = Call()
        return call, self._workers.submit(self._parse, call, text, ends)

    def probe(self) -> Probed:
        """Return what the server says of itself; raise `RasaError`, also where it takes twice the time of a call."""
        call, ends = Call(), monotonic() + 2 * self.call_s
        cutter = threading.Timer(2 * self.call_s, call.cut)
        cutter.start()
        try:
            return self._probed(call, ends)
        finally:
            cutter.cancel()

    def _probed(self, call: Call, ends: float) -> Probed:
        version = _json(self._called(call, "GET", "/version", ends))
        status = _json(self._called(call, "GET", "/status", ends))
        began = monotonic()
        ranking = self._parse(call, "where do i vote", ends)
        return Probed(
            version=str(version.get("version", "")),
            model=str(status.get("model_file", "")),
            intents=frozenset(name for name, _ in ranking),
            seconds=monotonic() - began,
        )

    def close(self) -> None:
        """Let go of threads and connections."""
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._pool.close()

    def _taken(self, call: Call, future: "Future[Ranking]") -> Ranking | RasaError:
        if not future.done():
            future.cancel()
            call.cut()
            return RasaError("time_out")
        return _outcome(future)

    def _parse(self, call: Call, text: str, ends: float) -> Ranking:
        asked = {"text": _plain(text), "message_id": uuid4().hex}
        return _ranking(_json(self._called(call, "POST", "/model/parse", ends, asked)))

    def _called(self, call: Call, method: str, path: str, ends: float, body: dict[str, str] | None = None) -> bytes:
        left = ends - monotonic()
        if left <= 0:
            raise RasaError("time_out")
        try:
            with under_way(call):
                answer = self._pool.urlopen(
                    method,
                    f"{self._path}{path}?{urlencode({'token': self._token})}",
                    body=None if body is None else json.dumps(body).encode(),
                    headers={"Content-Type": "application/json"},
                    redirect=False,
                    timeout=urllib3.Timeout(total=left),
                    preload_content=False,
                )
                raw = call.read(answer, _LONGEST_ANSWER)
        except urllib3.exceptions.NewConnectionError as error:  # urllib3 counts it as a time-out too
            raise RasaError("no_line") from error
        except urllib3.exceptions.TimeoutError as error:
            raise RasaError("time_out") from error
        except _BROKEN as error:
            raise RasaError("time_out" if monotonic() >= ends else "no_line") from error
        if monotonic() >= ends:  # a line that was cut may look like a short answer
            raise RasaError("time_out")
        if answer.status != 200:
            raise RasaError(f"status_{answer.status}")
        if raw is None:
            raise RasaError("answer_too_long")
        return raw


def _outcome(done: "Future[Ranking]") -> Ranking | RasaError:
    if done.cancelled():
        return RasaError("time_out")
    error = done.exception()
    if error is None:
        return done.result()
    return error if isinstance(error, RasaError) else RasaError(type(error).__name__)


def _plain(text: str) -> str:
    """Return `text` as words only: Rasa takes "/opt_out" for a command that names the intent itself."""
    return text.encode("utf-8", "replace").decode("utf-8").lstrip("/ \t\r\n")


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RasaError("no_json") from error
    if not isinstance(found, dict):
        raise RasaError("no_json")
    return found


def _ranking(answer: dict[str, Any]) -> Ranking:
    intent, others = answer.get("intent"), answer.get("intent_ranking")
    if not isinstance(intent, dict) or not isinstance(others, list):
        raise RasaError("no_intent")
    found: dict[str, float] = {}
    for one in (intent, *others):
        name, share = (one.get("name"), one.get("confidence")) if isinstance(one, dict) else (None, None)
        if name is None and one is intent:
            continue  # how Rasa says that it read nothing
        if not isinstance(name, str) or not _is_share(share):
            raise RasaError("no_intent")
        found.setdefault(name, float(share))  # type: ignore[arg-type]
    return sorted(found.items(), key=lambda one: -one[1])


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1


# --- reading ----------------------------------------------------------------------------------------------------------


class WithRasa:
    """Reads with Rasa. `own` has read every text before Rasa is asked, so handing over to it takes no time.

    Language, values, and whether a text is like anything taught, are `own`'s in any case; what has nothing to read in it is
    not sent. While the breaker is open a try goes beside the voters' messages: nobody waits for it.
    """

    def __init__(
        self, server: RasaServer, own: Classifier, known: Iterable[str], breaker: Breaker | None = None
    ) -> None:
        self._server, self._own, self._known = server, own, frozenset(known)
        self._breaker = breaker or Breaker()
        self._trial: Call | None = None

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        """Return one reading for each query, in order; `handed_over` says why it is not Rasa's."""
        readings = self._own.read_all(queries)
        asked = [at for at, reading in enumerate(readings) if reading.intent]
        for at, answer in zip(asked, self._ask([queries[at].text for at in asked]), strict=True):
            readings[at] = self._reading(readings[at], answer)
        return readings

    def _ask(self, texts: Sequence[str]) -> Sequence[Ranking | RasaError]:
        if not self._breaker.is_open:
            answers = self._server.parse_all(texts)
            for answer in answers:
                self._count(answer)
            return answers
        if texts and self._breaker.may_try():
            self._try(texts[0])
        return [RasaError(OPEN)] * len(texts)

    def _try(self, text: str) -> None:
        if self._trial is not None:
            self._trial.cut()  # the last one never came to an end
        self._trial, future = self._server.submit(text, monotonic() + self._server.call_s)
        future.add_done_callback(lambda done: self._count(_outcome(done)))

    def _count(self, answer: Ranking | RasaError) -> None:
        if not isinstance(answer, RasaError):
            if self._breaker.worked():
                metrics.rasa_open.set(0)
                log.info("rasa_came_back")
        elif self._breaker.failed():
            metrics.rasa_open.set(1)
            log.error("rasa_left_alone", reason=answer.reason, effect="the built-in classifier reads")

    def _reading(self, own: Reading, answer: Ranking | RasaError) -> Reading:
        if not isinstance(answer, RasaError):
            ranking = [one for one in answer if one[0] in self._known]
            if ranking:
                metrics.readings.labels("rasa", "").inc()
                return _best_two(own, ranking)
            answer = RasaError(UNKNOWN)
        metrics.readings.labels("builtin", answer.reason).inc()
        return replace(own, handed_over=answer.reason)


class RasaAlone:
    """Reads with Rasa and nothing beside it, to see how good it is; what it cannot read is no reading."""

    def __init__(self, server: RasaServer) -> None:
        self._server = server

    def read_all(self, queries: Sequence[Query]) -> list[Reading]:
        """Return one reading for each query, in order; `in_scope` is Rasa's own word for it."""
        found: list[Reading] = []
        for start in range(0, len(queries), _AT_ONCE):
            batch = queries[start : start + _AT_ONCE]
            answers = self._server.parse_all([query.text for query in batch])
            found += [_alone(query, answer) for query, answer in zip(batch, answers, strict=True)]
        return found

    def is_up(self) -> bool:
        """Return whether the server answers with a model."""
        try:
            self._server.probe()
        except RasaError:
            return False
        return True

    def close(self) -> None:
        """Let go of threads and connections."""
        self._server.close()


def open_alone(url: str, token: str, call_s: float = CALL_S) -> RasaAlone:
    """Return the Rasa server at `url` as a classifier without anything behind it: what evaluations compare with."""
    return RasaAlone(RasaServer(url, token, call_s))


def _alone(query: Query, answer: Ranking | RasaError) -> Reading:
    if isinstance(answer, RasaError):
        return replace(NOTHING_READ, handed_over=answer.reason)
    ranking = [one for one in answer if one[0] != FALLBACK]
    if not ranking:
        return NOTHING_READ
    shown = language_of(query.text)
    own = Reading("", 0.0, in_scope=answer[0][0] != FALLBACK, language=shown.language, language_certain=shown.certain)
    return _best_two(own, ranking)


def _best_two(own: Reading, ranking: Ranking) -> Reading:
    (intent, confidence), (runner_up, second) = (*ranking, ("", 0.0))[:2]
    return replace(
        own, intent=intent, confidence=confidence, runner_up=runner_up, runner_up_confidence=second, handed_over=""
    )
