"""The gate before a look-up: an address is taken apart and made uniform, or refused."""

import re
from collections.abc import Mapping
from typing import Final

from bot.civic.places import state_in, state_of_zip
from bot.civic.polling.answers import Address

_PO_BOX: Final = re.compile(r"\bp\.? ?o\.? ?box\b|\bapartado\b|\bpost office box\b", re.IGNORECASE)


def gated(text: str, state: str) -> Address | None:
    """Return the address in `text` for a voter registered in `state`; None where it is a PO box, a fragment, or elsewhere.

    What is None here could not be found anyway, so it is never sent.
    """
    if _PO_BOX.search(text):
        return None
    parts = _parts(text)
    line, zip_code = parts.get("address_line_1") or "", (parts.get("postal_code") or "")[:5]
    town, said = parts.get("city") or "", parts.get("state") or ""
    if not line or not any(char.isdigit() for char in line) or not (zip_code or town):
        return None
    if said and state_in(said, expected=True) not in (None, state):
        return None
    if zip_code and state_of_zip(zip_code) not in (None, state):
        return None
    return Address(line, parts.get("address_line_2") or "", town, state, zip_code)


def _parts(text: str) -> Mapping[str, str | None]:
    from scourgify import normalize_address_record  # noqa: PLC0415 -- only where an address is looked up
    from scourgify.exceptions import AddressNormalizationError  # noqa: PLC0415

    try:
        parts: Mapping[str, str | None] = normalize_address_record(text)
    except AddressNormalizationError:
        return {}  # its error quotes the address
    return parts
