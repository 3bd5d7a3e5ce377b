"""Google's Civic Information API, `voterInfoQuery`; its errors: developers.google.com/civic-information/docs/v2/errors."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from bot.civic.polling.answers import Address, Answer, Down, Missing
from bot.civic.polling.shape import NotRead, found
from bot.civic.polling.wire import CALL_S, Got, Wire, WireError

ORIGIN: Final = "https://civicinfo.googleapis.com"
_VOTER_INFO, _ELECTIONS = "/civicinfo/v2/voterinfo", "/civicinfo/v2/elections"
_NEXT: Final = "0"
_BAD_KEY: Final = frozenset({"keyInvalid", "keyExpired", "API_KEY_INVALID"})
_NO_DATA: Final = frozenset({"invalidValue", "invalidQuery"})
"""The election is unknown, which Google also says where it has no data for the address yet; the election is over."""


class GoogleCivic:
    """Asks Google. The key stands in the address of the call, so no such address is ever logged or raised."""

    name: ClassVar[str] = "google"
    can_choose: ClassVar[bool] = True

    def __init__(
        self,
        key: str,
        now: Callable[[], datetime],
        base_url: str = "",
        call_s: float = CALL_S,
        hurt: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._key, self._now = key, now
        self._wire = Wire(base_url or ORIGIN, call_s, hurt)

    def lookup(self, address: Address, election: str | None = None) -> Answer:
        """Return what there is for `address`; never raises."""
        asked = {"address": address.text, "electionId": election or _NEXT, "officialOnly": "true", "key": self._key}
        try:
            got = self._wire.get(_VOTER_INFO, asked)
            return found(self.name, got, self._now(), "pollingLocations") if got.status == 200 else _refused(got)
        except WireError as error:
            return Down(error.reason)
        except NotRead:
            return Down("malformed")

    def probe(self) -> str:
        """Ask for the list of elections, which takes the key and no address."""
        try:
            got = self._wire.get(_ELECTIONS, {"key": self._key})
        except WireError as error:
            return error.reason
        if got.status == 200:
            return "" if got.is_json else "malformed"
        refused = _refused(got)
        return refused.reason if isinstance(refused, Down) else f"status_{got.status}"


def _refused(got: Got) -> Answer:
    reasons = _reasons(got.value)
    match got.status:
        case 400 if reasons & _BAD_KEY or "api key" in _message(got.value):
            return Down("refused")
        case 400 if reasons & _NO_DATA or "election unknown" in _message(got.value):
            return Missing("not_posted")
        case 400:
            return Missing("unread")
        case 401 | 403:
            return Down("refused")
        case 404:
            return Missing("nothing")
        case 429:
            return Down("too_many", got.wait_s)
        case status:
            return Down(f"status_{status}")


def _reasons(value: Mapping[str, Any]) -> set[str]:
    error = value.get("error")
    rows = [*_rows(error, "errors"), *_rows(error, "details")] if isinstance(error, dict) else []
    return {str(row["reason"]) for row in rows if "reason" in row}


def _rows(error: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    raw = error.get(key)
    return [row for row in raw if isinstance(row, dict)] if isinstance(raw, list) else []


def _message(value: Mapping[str, Any]) -> str:
    error = value.get("error")
    return str(error.get("message", "")).casefold() if isinstance(error, dict) else ""
