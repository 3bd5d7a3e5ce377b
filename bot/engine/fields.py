"""The types of value that a form can ask for, and how a later value mends an earlier one."""

import re
from collections.abc import Mapping
from typing import Final

SLOT_TYPES: Final = (
    "us_address",
    "zip",
    "state",
    "phone",
    "email",
    "date",
    "yes_no",
    "choice",
    "number",
    "name",
    "text",
)

STRONG_TYPES: Final = frozenset({"us_address", "zip", "phone", "email"})
"""A text of one of these shapes is hardly anything else, even days after it was asked for."""

_ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")


def mended(old: str, values: Mapping[str, str], slot_type: str) -> str | None:
    """Return the slot's `old` value corrected by `values`, or None if they do not fit a slot of `slot_type`.

    A bare ZIP code mends the one inside an address: "no, 62704" after "12 Oak St, 62701".
    """
    if slot_type in values:
        return values[slot_type]
    if slot_type == "us_address" and "zip" in values:
        if not _ZIP.search(old):
            return f"{old}, {values['zip']}"
        *_, last = _ZIP.finditer(old)
        return old[: last.start()] + values["zip"] + old[last.end() :]
    return None
