"""SMS and MMS through Twilio; WhatsApp and RCS addresses of the same account are strings like any other.

The facts about Twilio are those of its documentation and SDK (twilio 9.13.0) as of November 2026.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import UUID

import urllib3
from twilio.base.exceptions import TwilioException
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import HTTPError

from bot.channel import Ambiguous, Capabilities, Malformed, Reason, Refused, SendError
from bot.message import Ack, Delivery, Inbound, Media, Outbound, Parsed, Receipt, Webhook, Word
from channels.shared.pooled import CALL_S, is_loopback, open_pool
from channels.shared.twilio_http import TwilioHttp, code_in

# --- names and tables -------------------------------------------------------------------------------------------------

PROVIDER: Final = "twilio"
STATUSES: Final[Mapping[str, Delivery]] = {
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "undelivered": Delivery.UNDELIVERED,
    "failed": Delivery.FAILED,
    "canceled": Delivery.FAILED,
}
"""The others (accepted, scheduled, queued, sending) say nothing that we do not know."""
REASONS: Final[Mapping[int, Reason]] = {
    20003: Reason.ALARM,  # credentials
    20404: Reason.ALARM,  # account or service gone
    20429: Reason.WAIT,
    20500: Reason.WAIT,
    20503: Reason.WAIT,
    21211: Reason.BLOCKED,  # no valid number
    21214: Reason.BLOCKED,
    21408: Reason.BLOCKED,  # no permission for the region
    21602: Reason.REFUSED,  # empty
    21603: Reason.ALARM,  # no From
    21606: Reason.ALARM,  # From not ours
    21608: Reason.ALARM,  # trial account
    21610: Reason.STOPPED,
    21612: Reason.BLOCKED,  # no route
    21614: Reason.BLOCKED,  # not a mobile number
    21617: Reason.REFUSED,  # over 1,600 characters
    21635: Reason.BLOCKED,  # landline
    21659: Reason.ALARM,
    21660: Reason.ALARM,
    30034: Reason.ALARM,  # unregistered sender
    63016: Reason.REFUSED,  # WhatsApp's window is closed
}
"""An unknown code is refused and kept with the message: staff see it."""
STOP_WORDS: Final = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
"""What Twilio itself takes as a stop, answers and holds (16 March 2026)."""
START_WORDS: Final = frozenset({"START", "UNSTOP"})
MAX_MEDIA: Final = 10
MAX_MEDIA_BYTES: Final = 5_000_000
_MEDIA_HOSTS: Final = ("api.twilio.com", "media.twiliocdn.com", "mms.twiliocdn.com", "mcs.us1.twilio.com")
_ACK: Final = Ack(204)
_LOOKED_AT: Final = 200
_LONGEST_NAME: Final = 80
"""What the database keeps of an id or an address."""


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """One Twilio account with a number or a messaging service. `public_base_url` is what Twilio signs."""

    account_sid: str
    auth_token: str
    public_base_url: str
    sender: str = ""
    service_sid: str = ""
    base_url: str = ""
    holds_stops: bool = True
    """Twilio's own opt-out handling is on for the account, as it is unless switched off."""


class _Form(dict[str, str]):
    """Form fields as the SDK's validator asks for them: all values of a name, blank ones too."""

    def __init__(self, body: bytes) -> None:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=200)
        super().__init__(pairs)
        self._pairs = pairs

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self._pairs if key == name]


class Sms:
    """Text messages through one Twilio account."""

    name: ClassVar[str] = "sms"
    can: ClassVar[Capabilities] = Capabilities(max_chars=1600, media=True, segments=True, asks_provider=True)

    def __init__(self, settings: SmsSettings, call_s: float = CALL_S) -> None:
        self._settings = settings
        self._validator = RequestValidator(settings.auth_token)
        http = TwilioHttp(settings.base_url or None, call_s)
        self._client = Client(settings.account_sid, settings.auth_token, http_client=http)
        self._pool = open_pool(call_s, size=2)

    @property
    def is_simulated(self) -> bool:
        """Whether the API's base URL is on loopback: then nobody's phone rings."""
        return is_loopback(self._settings.base_url)

    # --- verify -------------------------------------------------------------------------------------------------------

    def verify(self, hook: Webhook) -> None:
        """Check the signature over the public URL and every field; the URL is our setting, never the Host header."""
        signature = hook.headers.get("x-twilio-signature", "")
        try:
            form = _Form(hook.body)
        except ValueError as error:
            raise Refused("too many fields") from error
        if not signature.isascii() or not self._validator.validate(hook.url, form, signature):
            raise Refused("the signature is missing or wrong")
        if form.get("AccountSid", self._settings.account_sid) != self._settings.account_sid:
            raise Refused("another account")
        hook.memo["form"] = form

    # --- parse --------------------------------------------------------------------------------------------------------

    def parse(self, hook: Webhook) -> Parsed:
        """Return a voter's message, or what became of one of ours."""
        form: Mapping[str, str] = hook.memo.get("form") or _Form(hook.body)
        if urlsplit(hook.url).path.endswith("/status"):
            return Parsed(tuple(_receipts(form, hook.url)), _ACK)
        return Parsed((self._inbound(form, hook.received_at),), _ACK)

    def _inbound(self, form: Mapping[str, str], received_at: datetime) -> Inbound:
        sid, voter, ours = (form.get(name, "") for name in ("MessageSid", "From", "To"))
        if not all(name and _can_be_kept(name) for name in (sid, voter, ours)):
            raise Malformed("MessageSid, From or To is missing or too long")
        count = form.get("NumMedia", "0")
        media = range(min(int(count), MAX_MEDIA)) if count.isdecimal() and len(count) < 4 else range(0)
        return Inbound(
            channel=self.name,
            event_id=sid,
            sender=ours,
            address=voter,
            text=form.get("Body", ""),
            received_at=received_at,
            media=tuple(
                Media(url, form.get(f"MediaContentType{n}", "")) for n in media if (url := form.get(f"MediaUrl{n}"))
            ),
            choice=form.get("ButtonPayload") or None,
            answered_by_provider=self._answered(form.get("OptOutType", ""), form.get("Body", "")),
            provider=PROVIDER,
        )

    def _answered(self, opt_out_type: str, text: str) -> Word | None:
        """Return the word that Twilio has answered itself: Advanced Opt-Out names it, the default handling does not."""
        if opt_out_type:
            return {"STOP": Word.STOP, "START": Word.START, "HELP": Word.HELP}.get(opt_out_type.upper())
        word = text.strip().upper()
        if self._settings.holds_stops and word in STOP_WORDS:
            return Word.STOP
        return Word.START if self._settings.holds_stops and word in START_WORDS else None

    # --- send ---------------------------------------------------------------------------------------------------------

    def send(self, message: Outbound) -> Receipt:
        """Hand one text to Twilio; its later fate comes back under our key."""
        whose = (
            {"messaging_service_sid": self._settings.service_sid}
            if self._settings.service_sid
            else {"from_": message.sender}
        )
        callback = f"{self._settings.public_base_url}/webhooks/twilio/status?key={message.key}"
        with _errors():
            made = self._client.messages.create(
                to=message.address, body=message.text, status_callback=callback, **whose
            )
            if not made.sid or not _can_be_kept(made.sid):
                raise ValueError("a message without an id")
        return Receipt(Delivery.SENT, provider_id=made.sid)

    def find(self, message: Outbound, claimed_at: datetime, taken: frozenset[str]) -> Receipt | None:
        """Look for `message` among those that Twilio has for this voter; its list does not show our key."""
        with _errors():
            found = self._client.messages.list(
                to=message.address, date_sent_after=claimed_at - timedelta(minutes=1), limit=_LOOKED_AT
            )
            ours = [
                one.sid
                for one in found
                if (one.direction or "").startswith("outbound")
                and one.body == message.text
                and (self._settings.service_sid or one.from_ == message.sender)
                and one.sid not in taken
            ]
        if len(ours) > 1:
            raise Ambiguous
        return Receipt(Delivery.SENT, provider_id=ours[0]) if ours else None

    def missed(self, since: datetime) -> Iterator[Inbound]:
        """Yield the voters' messages that Twilio keeps since then, oldest first."""
        to = {"to": self._settings.sender} if self._settings.sender else {}
        with _errors():
            kept = self._client.messages.list(date_sent_after=since, page_size=1000, **to)
        for one in reversed(kept):  # Twilio lists the newest first
            if one.direction == "inbound" and all(map(_can_be_kept, (one.sid, one.from_, one.to))):
                with _errors():
                    event = self._kept(one)
                yield event

    def _kept(self, one: Any) -> Inbound:
        media: tuple[Media, ...] = ()
        if int(one.num_media or 0):
            base = f"https://api.twilio.com{one.uri.removesuffix('.json')}/Media"
            media = tuple(Media(f"{base}/{part.sid}", part.content_type) for part in one.media.list(limit=MAX_MEDIA))
        return Inbound(
            channel=self.name,
            event_id=one.sid,
            sender=one.to,
            address=one.from_,
            text=one.body or "",
            received_at=(one.date_sent or one.date_created).astimezone(UTC),
            media=media,
            answered_by_provider=self._answered("", one.body or ""),
            provider=PROVIDER,
        )

    def probe(self) -> str:
        """Return how Twilio sees the account."""
        with _errors():
            account = self._client.api.accounts(self._settings.account_sid).fetch()
        return f"the account is {account.status}"

    def fetch(self, media: Media) -> tuple[bytes, str]:
        """Return a picture from Twilio's own hosts; the credentials go nowhere else, not even behind a redirect."""
        try:
            return self._fetched(media)
        except (HTTPError, ValueError) as error:
            raise SendError(Reason.WAIT, f"media: {type(error).__name__}") from error

    def _fetched(self, media: Media) -> tuple[bytes, str]:
        url, signed = media.url, True
        for _ in range(3):
            host = urlsplit(url).hostname or ""
            if host not in (*_MEDIA_HOSTS, urlsplit(self._settings.base_url).hostname):
                raise SendError(Reason.REFUSED, "media outside the provider's hosts")
            headers = (
                urllib3.make_headers(basic_auth=f"{self._settings.account_sid}:{self._settings.auth_token}")
                if signed
                else {}
            )
            answer = self._pool.request("GET", url, headers=headers, redirect=False, preload_content=False)
            with closing(answer):
                if answer.status in (301, 302, 303, 307, 308):
                    url, signed = answer.headers.get("Location", ""), False
                    continue
                content = answer.read(MAX_MEDIA_BYTES + 1)
            if answer.status != 200 or len(content) > MAX_MEDIA_BYTES:
                raise SendError(Reason.REFUSED, f"media: {answer.status}")
            return content, answer.headers.get("Content-Type", "application/octet-stream")
        raise SendError(Reason.REFUSED, "media: too many redirects")


def _receipts(form: Mapping[str, str], url: str) -> Iterator[Receipt]:
    status = STATUSES.get(form.get("MessageStatus", ""))
    if status is None:
        return
    key = parse_qs(urlsplit(url).query).get("key", [""])[0]
    try:
        ours = UUID(key) if key else None
    except ValueError as error:
        raise Malformed("the key in the callback's address is no key of ours") from error
    sid, sender, code = (form.get(name) or None for name in ("MessageSid", "From", "ErrorCode"))
    if not all(name is None or _can_be_kept(name) for name in (sid, sender, code)):
        raise Malformed("MessageSid, From or ErrorCode is too long")
    yield Receipt(status, provider_id=sid, key=ours, sender=sender, error=code)


def _can_be_kept(name: object) -> bool:
    """Return whether an id or an address fits into the database, which holds no control characters on PostgreSQL."""
    return isinstance(name, str) and len(name) <= _LONGEST_NAME and name.isprintable()


@contextmanager
def _errors() -> Iterator[None]:
    """Turn Twilio's errors, and what the SDK stumbles over in an odd answer, into `SendError`."""
    try:
        yield
    except TwilioException as error:
        raise _send_error(error) from error
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise SendError(Reason.UNSURE, "an answer that could not be read") from error


def _send_error(error: TwilioException) -> SendError:
    """Return what Twilio's answer means for the message; its words are not kept."""
    code = getattr(error, "code", None)
    if code is None:  # the SDK's error of a list has the answer in it, and no code
        code = next((code_in(part.text) for part in error.args if isinstance(part, Response)), None)
    if not isinstance(code, int):  # words could hold the voter's number
        return SendError(Reason.REFUSED, "an error without a code")
    reason = REASONS.get(code, Reason.REFUSED)
    return SendError(reason, str(code), held_by=PROVIDER if reason is Reason.STOPPED else None)
