"""Links to the staff's files that only we can have made, and that end: `/files/EXPIRY.SIGNATURE/maps/precincts.pdf`."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

LASTS: Final = timedelta(days=7)
_SIGNED_CHARS: Final = 22
"""Of the signature's hexadecimal digits: 88 bits, so that a link stays short in a text message."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads such links. `base` is our own address, empty where only this machine's browser reads us."""

    key: bytes
    base: str = ""

    def to(self, name: str, now: datetime) -> str:
        """Return a link to the file `name`; the same one all day, so that a text said twice is the same text."""
        stamp = f"{int(_end(now).timestamp()):x}"
        return f"{self.base}/files/{stamp}.{self._signature(stamp, name)}/{name}"

    def read(self, token: str, name: str, now: datetime) -> Literal["good", "over", "strange"]:
        """Return whether a link with `token` to `name` is ours and still good."""
        stamp, _, signature = token.partition(".")
        if not signature.isascii() or not hmac.compare_digest(signature, self._signature(stamp, name)):
            return "strange"
        return "good" if now.timestamp() < int(stamp, 16) else "over"

    def _signature(self, stamp: str, name: str) -> str:
        return hmac.new(self.key, f"file:{stamp}:{name}".encode(), sha256).hexdigest()[:_SIGNED_CHARS]


def _end(now: datetime) -> datetime:
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + _DAY + LASTS
