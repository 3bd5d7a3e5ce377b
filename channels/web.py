"""Web chat: our own page is the provider. What is sent lies in the log already; the bell tells open pages to read it."""

import json
import re
from typing import Any, ClassVar, Final

from bot.channel import Capabilities, Malformed, Refused, Tools
from bot.message import Ack, Delivery, Inbound, Outbound, Parsed, Receipt, Webhook

# --- names and tables -------------------------------------------------------------------------------------------------

SENDER: Final = "web"
MAX_TEXT: Final = 2000
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_CHOICE: Final = re.compile(r"[a-z0-9_:]{1,64}")


def topic(address: str) -> str:
    """Return the bell's topic for one chat."""
    return f"chat:{address}"


class WebChat:
    """The chat on the campaign's own page."""

    name: ClassVar[str] = "web"
    can: ClassVar[Capabilities] = Capabilities(max_chars=4000, buttons=True, resend_is_harmless=True)
    is_simulated: ClassVar[bool] = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    # --- verify -------------------------------------------------------------------------------------------------------

    def verify(self, hook: Webhook) -> None:
        """Check the session token; whose chat it is decides the product, never the page."""
        scheme, _, token = hook.headers.get("authorization", "").partition(" ")
        address = self._tools.sessions(token) if scheme.lower() == "bearer" and token else None
        if address is None:
            raise Refused("no session, or one that has run out", status=401)
        hook.memo["address"] = address

    # --- parse --------------------------------------------------------------------------------------------------------

    def parse(self, hook: Webhook) -> Parsed:
        """Return the message in a JSON body {"id", "text", "choice"?, "language"?}."""
        try:
            body: Any = json.loads(hook.body)
        except (ValueError, RecursionError) as error:
            raise Malformed("the body is no JSON") from error
        if not isinstance(body, dict):
            raise Malformed("the body is no JSON object")
        client_id, text = body.get("id"), body.get("text", "")
        choice, language = body.get("choice"), body.get("language")
        if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
            raise Malformed("'id' is missing or no id")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_TEXT:
            raise Malformed(f"'text' is empty or longer than {MAX_TEXT} characters")
        if choice is not None and not (isinstance(choice, str) and _CHOICE.fullmatch(choice)):
            raise Malformed("'choice' is no choice")
        address = hook.memo["address"]
        event = Inbound(
            channel=self.name,
            event_id=f"{address}:{client_id}",
            sender=SENDER,
            address=address,
            text=text.encode("utf-8", "replace").decode(),
            received_at=hook.received_at,
            choice=choice,
            language=language if isinstance(language, str) and _LANGUAGE.fullmatch(language) else None,
        )
        return Parsed((event,), Ack(202, b'{"stored":true}', "application/json"))

    # --- send ---------------------------------------------------------------------------------------------------------

    def send(self, message: Outbound) -> Receipt:
        """Take it: the page reads the log, where the message is sent as soon as this receipt is committed."""
        return Receipt(Delivery.SENT)

    def announce(self, message: Outbound) -> None:
        """Wake the pages that wait for this chat."""
        self._tools.ring(topic(message.address))
