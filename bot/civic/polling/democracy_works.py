"""Democracy Works' Elections API, version 2: voting locations. See developers.democracy.works/api/v2 (2026-11)."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Final

from bot.civic.polling.answers import Address, Answer, Down, Missing
from bot.civic.polling.shape import NotRead, found
from bot.civic.polling.wire import CALL_S, Got, Wire, WireError

ORIGIN: Final = "https://api.democracy.works"
_LOCATIONS, _ELECTIONS = "/v2/voting-locations", "/v2/elections"


class DemocracyWorks:
    """Asks Democracy Works. It says nothing of how one of several elections is asked for, so none can be chosen."""

    name: ClassVar[str] = "democracy_works"
    can_choose: ClassVar[bool] = False

    def __init__(
        self,
        key: str,
        now: Callable[[], datetime],
        base_url: str = "",
        call_s: float = CALL_S,
        hurt: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._headers, self._now = {"x-api-key": key}, now
        self._wire = Wire(base_url or ORIGIN, call_s, hurt)

    def lookup(self, address: Address, election: str | None = None) -> Answer:
        """Return what there is for `address` in the next election; never raises."""
        try:
            got = self._wire.get(_LOCATIONS, _query(address), self._headers)
            return found(self.name, got, self._now(), "votingLocations") if got.status == 200 else _refused(got)
        except WireError as error:
            return Down(error.reason)
        except NotRead:
            return Down("malformed")

    def probe(self) -> str:
        """Ask for elections, which takes the key and no address."""
        try:
            got = self._wire.get(_ELECTIONS, {"pageSize": "1"}, self._headers)
        except WireError as error:
            return error.reason
        if got.status == 200:
            return "" if got.is_json else "malformed"
        refused = _refused(got)
        return refused.reason if isinstance(refused, Down) else f"status_{got.status}"


def _query(address: Address) -> dict[str, str]:
    """Return the address part by part, as the service prefers it; in one line where its town is not known."""
    if not address.town:
        return {"address": address.text}
    parts = {
        "addressStreet": address.line,
        "addressUnitNumber": address.unit,
        "addressCity": address.town,
        "addressState": address.state,
        "addressZip": address.zip,
    }
    return {name: value for name, value in parts.items() if value}


def _refused(got: Got) -> Answer:
    match got.status:
        case 400 | 422:
            return Missing("unread")
        case 401 | 403:
            return Down("refused")  # an absent and a wrong key look the same
        case 404:
            return Missing("nothing")
        case 429:
            return Down("too_many", got.wait_s)
        case status:
            return Down(f"status_{status}")
