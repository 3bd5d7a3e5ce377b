"""The built-in desk: the console's forms come in here, and `post` wakes the pages that show a thread."""

import hmac
import re
from collections.abc import Callable
from hashlib import sha256
from typing import ClassVar, Final
from urllib.parse import parse_qsl

from bot.channel import Malformed, Refused
from bot.desk.words import MAX_TEXT
from bot.message import Ack, Act, ActKind, Delivery, DeskCall, Parsed, Receipt, Webhook

# --- names and tables -------------------------------------------------------------------------------------------------

TOPIC: Final = "console"
COOKIE: Final = "desk"
_EVENT_ID: Final = re.compile(r"[A-Za-z0-9:-]{8,80}")
_WITH_TEXT: Final = frozenset({ActKind.SAY, ActKind.NOTE})


def csrf_token(session: str) -> str:
    """Return the token that every form of a session carries: nobody without the cookie can know it."""
    return sha256(f"csrf:{session}".encode()).hexdigest()


class ConsoleDesk:
    """Volunteers in a browser, without any account elsewhere."""

    name: ClassVar[str] = "console"

    def __init__(self, volunteer_of: Callable[[str], str | None], ring: Callable[[str], None]) -> None:
        self._volunteer_of = volunteer_of
        self._ring = ring

    # --- verify -------------------------------------------------------------------------------------------------------

    def verify(self, hook: Webhook) -> None:
        """Check the session in the cookie, and that the form is one of ours."""
        session = hook.memo.get("session") or ""
        who = self._volunteer_of(session) if session else None
        if who is None:
            raise Refused("not signed in", status=401)
        form = dict(parse_qsl(hook.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
        if not hmac.compare_digest(form.get("csrf", "").encode(), csrf_token(session).encode()):
            raise Refused("the form is not one of ours")
        hook.memo.update(who=who, form=form)

    # --- parse --------------------------------------------------------------------------------------------------------

    def parse(self, hook: Webhook) -> Parsed:
        """Return the act in a form: kind, thread, id, text, undoes."""
        form: dict[str, str] = hook.memo["form"]
        kind, thread, event_id = form.get("kind", ""), form.get("thread", ""), form.get("id", "")
        if kind not in [known.value for known in ActKind]:
            raise Malformed("no such act")
        if not thread.isdecimal() or len(thread) > 18 or not _EVENT_ID.fullmatch(event_id):
            raise Malformed("'thread' or 'id' is missing")
        text = form.get("text", "").strip().replace("\r\n", "\n")
        if ActKind(kind) in _WITH_TEXT and not text:
            raise Malformed("there is nothing to send")
        if len(text) > MAX_TEXT:
            raise Malformed(f"the text is longer than {MAX_TEXT} characters")
        act = Act(
            desk=self.name,
            event_id=event_id,
            kind=ActKind(kind),
            conversation_id=int(thread),
            who=hook.memo["who"],
            received_at=hook.received_at,
            text=text,
            undoes=form.get("undoes") or None,
        )
        return Parsed((act,), Ack(204))

    # --- post ---------------------------------------------------------------------------------------------------------

    def post(self, call: DeskCall) -> Receipt:
        """Wake the pages; they read what is new themselves."""
        self._ring(TOPIC)
        return Receipt(Delivery.SENT, provider_id=None, key=call.key)
