"""A local server that answers like Google's voterInfoQuery and like Democracy Works' voting locations; faults included.

The town of Riverton, its streets and its elections are made up.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.local_server import LocalServer

KEY = "sesame-of-the-polls"
ADDRESS = "12 Oak St, Riverton, OH 43001"
DAY = "2026-11-03"
Body = dict[str, Any]


def place(name: str, line: str, **more: Any) -> Body:
    address = {"locationName": name, "line1": line, "city": "Riverton", "state": "OH", "zip": "43001"}
    return {
        "address": address,
        "pollingHours": "6:30 am - 7:30 pm",
        "sources": [{"name": "VIP", "official": True}],
        **more,
    }


SCHOOL = place("Elm School", "40 Elm St")
HALL = place("Town Hall", "1 Main St")
BOX = place("Library Box", "7 Main St", pollingHours="")
CITY = {"id": "7002", "name": "Riverton City Election", "electionDay": "2026-11-17", "ocdDivisionId": ""}


def found_by_google(day: str) -> Body:
    office = {"name": "Ohio", "votingLocationFinderUrl": "https://example.org/finder"}
    return {
        "kind": "civicinfo#voterInfoResponse",
        "election": {
            "id": "7001",
            "name": "Ohio General Election",
            "electionDay": day,
            "ocdDivisionId": "ocd-division/country:us/state:oh",
        },
        "normalizedInput": {"line1": "12 Oak St", "city": "Riverton", "state": "OH", "zip": "43001"},
        "pollingLocations": [SCHOOL],
        "state": [{"name": "Ohio", "electionAdministrationBody": office, "local_jurisdiction": {"name": "Elm County"}}],
    }


def found_by_democracy_works(day: str) -> Body:
    return {
        "election": {"id": "e1", "name": "Ohio General Election", "electionDay": day},
        "normalizedInput": {"line1": "12 OAK ST", "city": "RIVERTON", "state": "OH", "zip": "43001"},
        "state": {"name": "Ohio", "electionAdministrationBody": {"votingLocationFinderUrl": "https://example.org/x"}},
        "votingLocations": [{**SCHOOL, "uuid": "u1", "pollingHours": "Tue, Nov 3: 6:30 am - 7:30 pm"}],
    }


def _changed(change: Callable[[Body, str], None]) -> Callable[[Body, str], Body]:
    def changed(body: Body, places: str) -> Body:
        body = deepcopy(body)
        change(body, places)
        return body

    return changed


def _set(**values: Any) -> Callable[[Body, str], Body]:
    return _changed(
        lambda body, places: body.update({places if key == "places" else key: value for key, value in values.items()})
    )


def _in(key: str, **values: Any) -> Callable[[Body, str], Body]:
    return _changed(lambda body, places: body[key].update(values))


def _notice(body: Body, places: str) -> None:
    state = body["state"][0] if isinstance(body["state"], list) else body["state"]
    state["electionAdministrationBody"]["electionNoticeText"] = "Some places have moved after the flood."


def _elsewhere(body: Body, places: str) -> None:
    body["state"] = [{"name": "Hawaii"}] if isinstance(body["state"], list) else {"name": "Hawaii"}


ANSWERS: Mapping[str, Callable[[Body, str], Body]] = {
    "found": lambda body, places: body,
    "two places": _set(places=[SCHOOL, HALL]),
    "a note": _set(places=[{**SCHOOL, "notes": "Use the back door."}]),
    "an election notice": _changed(_notice),
    "several elections": _set(otherElections=[CITY]),
    "another one that is over": _set(otherElections=[{**CITY, "electionDay": "2026-05-05"}]),
    "the developers' election beside it": _set(otherElections=[{**CITY, "id": "2000"}]),
    "mail only": _set(places=[], mailOnly=True),
    "mail only with boxes": _set(places=[], mailOnly=True, dropOffLocations=[BOX]),
    "early sites only": _set(places=[], earlyVoteSites=[HALL]),
    "early sites that have closed": _set(places=[], earlyVoteSites=[{**HALL, "endDate": "2026-10-29"}]),
    "empty lists": _set(places=[], earlyVoteSites=[], dropOffLocations=[]),
    "no lists": _set(places=None),
    "the election is over": _in("election", electionDay="2026-10-29"),
    "the election is today": _in("election", electionDay="2026-10-30"),
    "another state in the address": _in("normalizedInput", state="IN"),
    "another state's office": _changed(_elsewhere),
    "no state at all": _changed(
        lambda body, places: (
            [body.pop(key) for key in ("normalizedInput", "state")] and body["election"].pop("ocdDivisionId", None)
        )
    ),
    "a place in another state": _set(places=[{**SCHOOL, "address": {**SCHOOL["address"], "state": "IN"}}]),
    "a place without a street": _set(places=[{**SCHOOL, "address": {**SCHOOL["address"], "line1": ""}}]),
    "a place without a town": _set(places=[{**SCHOOL, "address": {**SCHOOL["address"], "city": " "}}]),
    "a place nobody vouches for": _set(places=[{**SCHOOL, "sources": [{"name": "x", "official": False}]}]),
    "a name that leads elsewhere": _set(places=[place("Call 555-010-0199 or www.example.org", "40 Elm St")]),
    "signs that are no text": _set(places=[place("Elm\u0000\nSchool", "40  Elm\tSt", pollingHours="x" * 400)]),
    "a list that is none": _set(places={"address": {}}),
    "an election that is none": _set(election=["7001"], otherElections=None),
    "an other election that is none": _set(otherElections=["7002"]),
    "places that are none": _set(places=["Elm School", None, {"address": "40 Elm St"}]),
    "a day that is none": _in("election", electionDay="soon"),
}
"""What a service answers with 200, by what is special about it. The day is October 30, 2026."""


def _google_error(status: int, reason: str, message: str) -> Body:
    return {
        "error": {
            "code": status,
            "message": message,
            "errors": [{"domain": "global", "reason": reason, "message": message}],
        }
    }


GOOGLE_ERRORS: Mapping[str, tuple[int, Body]] = {
    "400 election unknown": (400, _google_error(400, "invalidValue", "Election unknown")),
    "400 election over": (400, _google_error(400, "invalidQuery", "Election is over")),
    "400 address": (400, _google_error(400, "parseError", "Failed to parse address")),
    "400 key": (400, _google_error(400, "badRequest", "API key not valid. Please pass a valid API key.")),
    "400 bare": (400, {}),
    "403": (403, _google_error(403, "dailyLimitExceeded", "Quota exceeded")),
    "404": (404, _google_error(404, "notFound", "No information for this address")),
    "422": (422, {}),
    "429": (429, _google_error(429, "rateLimitExceeded", "Too many")),
    "500": (500, _google_error(500, "backendError", "x")),
    "503": (503, {}),
}
DEMOCRACY_WORKS_ERRORS: Mapping[str, tuple[int, Body]] = {
    "400": (400, {"message": "address is required"}),
    "403": (403, {"message": "Forbidden"}),
    "404": (404, {}),
    "422": (422, {"message": "no house number"}),
    "429": (429, {}),
    "500": (500, {}),
    "503": (503, {}),
}
SLOW_S = 20


@dataclass
class FakeCivic(LocalServer):
    """One server for both services. `always` answers every call; `script` is taken first, one for each call."""

    always: str = "found"
    day: str = DAY
    """The day of the election."""
    script: deque[str] = field(default_factory=deque)
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """(path, query, key) of every call."""
    headers: dict[str, str] = field(default_factory=dict)
    """Sent with every answer."""
    closing: threading.Event = field(default_factory=threading.Event)

    def __exit__(self, *what: object) -> None:
        self.closing.set()
        super().__exit__(*what)

    def environment(self) -> dict[str, str]:
        return {"GOOGLE_CIVIC_KEY": KEY, "GOOGLE_CIVIC_BASE_URL": self.url}


class _Handler(BaseHTTPRequestHandler):
    civic: FakeCivic
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(OSError):  # whoever has waited long enough cuts the line
            super().handle()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        key = query.pop("key", self.headers.get("x-api-key", ""))
        self.civic.asked.append((parts.path, query, key))
        case = self.civic.script.popleft() if self.civic.script else self.civic.always
        if key != KEY:
            case = "403" if parts.path.startswith("/v2/") else "400 key"
        match parts.path:
            case "/civicinfo/v2/voterinfo":
                self._case(
                    case,
                    GOOGLE_ERRORS,
                    found_by_google(self.civic.day),
                    "pollingLocations",
                    query.get("electionId", "0"),
                )
            case "/v2/voting-locations":
                self._case(
                    case, DEMOCRACY_WORKS_ERRORS, found_by_democracy_works(self.civic.day), "votingLocations", ""
                )
            case "/civicinfo/v2/elections" | "/v2/elections":
                errors = GOOGLE_ERRORS if "civicinfo" in parts.path else DEMOCRACY_WORKS_ERRORS
                self._answer(*errors.get(case, (200, {"elections": []})))
            case _:
                self._answer(404, {})

    def _case(self, case: str, errors: Mapping[str, tuple[int, Body]], body: Body, places: str, election: str) -> None:
        if case in errors:
            self._answer(*errors[case])
            return
        if case in ANSWERS:
            value = ANSWERS[case](body, places)
            if election == CITY["id"]:  # the one that was chosen, and the others beside it
                value["election"], value["otherElections"] = CITY, [value["election"]]
                value[places] = [HALL]
            self._answer(200, value)
            return
        self._fault(case, body)

    def _fault(self, case: str, body: Body) -> None:
        match case:
            case "malformed":
                self._send(200, json.dumps(body).encode()[:-9])
            case "no object":
                self._answer(200, [])  # type: ignore[arg-type]
            case "deep":
                self._send(200, b"[" * 100_000)
            case "huge":
                self._answer(200, {**body, "x": "y" * 2_000_000})
            case "slow":
                self.civic.closing.wait(SLOW_S)
            case "cut":
                self.connection.close()
            case "redirect":
                self._send(302, b"", {"Location": "https://example.org/"})
            case "drip":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 1000)
            case "drip body":
                self._drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000)
            case "429 with Retry-After":
                self._send(429, b"{}", {"Retry-After": "30"})
            case _:
                raise AssertionError(case)

    def _drip(self, raw: bytes) -> None:
        """Send each byte in good time for whoever waits for bytes alone."""
        self.close_connection = True
        self.wfile.write(raw[:45])
        for at in range(45, len(raw)):
            if self.civic.closing.wait(0.05):
                return
            self.wfile.write(raw[at : at + 1])

    def _answer(self, status: int, value: Body) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, raw: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **self.civic.headers, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *arguments: Any) -> None:
        pass


FakeCivic.handler, FakeCivic.owner = _Handler, "civic"
