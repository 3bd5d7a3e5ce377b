"""The desk in Slack: clicks, forms and words in the thread come in; cards, the voter's words and marks go out."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar, Final, assert_never
from uuid import UUID

import structlog
from slack_sdk.signature import SignatureVerifier

from bot.channel import NotYet, Refused, SendError
from bot.desk.slack import cards
from bot.desk.slack.answers import Answers
from bot.desk.slack.api import SlackApi
from bot.desk.slack.people import People
from bot.desk.slack.requests import Challenge, Filled, Happened, Other, Pressed, number, read
from bot.desk.slack.text import cleaned, written
from bot.desk.words import MAX_TEXT, why_not
from bot.message import Ack, Act, ActKind, Delivery, DeskCall, Outcome, Parsed, Receipt, Webhook
from bot.store.cases import Case, Cases

# --- names and tables -------------------------------------------------------------------------------------------------

OK: Final = Ack(200)
_LOOKS, _LOOK_EVERY_S = 10, 0.1
"""A second in all: Slack waits three for our answer."""
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
_CLICKS: Final[Mapping[str, ActKind]] = {
    cards.CLAIM: ActKind.CLAIM,
    cards.RELEASE: ActKind.RELEASE,
    cards.RESOLVE: ActKind.RESOLVE,
    cards.UNDO: ActKind.UNDO,
}
_SPOKEN: Final = frozenset({None, "thread_broadcast", "file_share"})
"""Kinds of message events that are somebody's words; all others are about messages, not from people."""
_NO_FILES: Final = "not sent: files cannot go to voters yet. Write the words alone"
_TOO_LONG: Final = f"not sent: the text is longer than {MAX_TEXT} characters"
_NO_FORM: Final = "Slack did not open the form. Claim the thread and write in it"
_MARKS: Final[Mapping[str, str]] = {"sent": "outbox_tray"}
"""Anything else is a warning."""
log = structlog.get_logger()


class SlackDesk:
    """Volunteers in one channel of one workspace."""

    name: ClassVar[str] = "slack"

    def __init__(
        self,
        *,
        secret: str,
        channel: str,
        api: SlackApi,
        people: People,
        cases: Cases,
        zone: tzinfo,
        hold: timedelta,
        console: str,
    ) -> None:
        self._secret = secret
        self._channel = channel
        self._api = api
        self._people = people
        self._cases = cases
        self._zone = zone
        self._hold_s = int(hold.total_seconds())
        self._console = console
        self._answers: Answers | None = None
        self._lock = threading.Lock()

    # --- verify -------------------------------------------------------------------------------------------------------

    def verify(self, hook: Webhook) -> None:
        """Check Slack's signature over the raw body, and that it is not older than five minutes."""
        at = hook.headers.get("x-slack-request-timestamp", "")
        signature = hook.headers.get("x-slack-signature", "")
        if not (at.isascii() and at.isdecimal() and len(at) <= 12 and signature.isascii()):
            raise Refused("no signature of Slack's", status=401)
        try:
            body = hook.body.decode()
        except UnicodeDecodeError:
            raise Refused("Slack signs text only", status=401) from None
        # The verifier reads the clock where it is given one: ours is the moment at which the request came.
        verifier = SignatureVerifier(self._secret, _At(hook.received_at))  # type: ignore[arg-type]
        if not verifier.is_valid(body, at, signature):
            raise Refused("the signature is wrong or too old", status=401)
        hook.memo["body"] = body

    # --- parse --------------------------------------------------------------------------------------------------------

    def parse(self, hook: Webhook) -> Parsed:
        """Return the acts in a request. Whatever is authentic and none of our business is answered 200 and forgotten."""
        request = read(hook.memo["body"], hook.headers.get("content-type", ""))
        if isinstance(request, Challenge):
            return Parsed((), Ack(200, request.challenge.encode()))
        self._refuse_others(request)
        match request:
            case Happened(kind="message"):
                return self._said(request, hook.received_at)
            case Happened(kind="app_uninstalled" | "tokens_revoked"):
                log.error("slack_app_removed", said=request.kind)
                return Parsed((), OK)
            case Happened() | Other():
                return Parsed((), OK)
            case Pressed():
                return self._pressed(request, hook.received_at)
            case Filled():
                return self._filled(request, hook.received_at)
            case _:
                assert_never(request)

    def _refuse_others(self, request: Happened | Pressed | Filled | Other) -> None:
        """Refuse what is signed but not for us. Before Slack has told who we are, the signature alone says so."""
        home = self._people.home()
        if home is not None and (request.app, request.team) != (home.app or request.app, home.team):
            raise Refused("another app's or workspace's request")

    def _said(self, request: Happened, at: datetime) -> Parsed:
        """Return the act in somebody's words: the claimer's go to the voter, a colleague's are a note, noise is nothing."""
        event = request.event
        who, ts, thread_ts = (_id(event, key) for key in ("user", "ts", "thread_ts"))
        subtype = event.get("subtype")
        if subtype == "message_deleted":
            return self._deleted(request, at)
        mine = (
            _id(event, "channel") == self._channel
            and not request.shared
            and subtype in _SPOKEN
            and not event.get("bot_id")
            and not event.get("app_id")
        )
        if not (mine and who and ts and thread_ts) or ts == thread_ts or not self._people.is_known(who):
            return Parsed((), OK)
        found = self._at(f"{self._channel}:{thread_ts}")
        whose = _id(event, "user_team") or _id(event, "source_team") or _id(event, "team")
        if found is None or self._people.barred(who, whose):
            return Parsed((), OK)
        words = written(event)
        has_files = bool(event.get("files"))
        if not words.text and not has_files:
            return Parsed((), OK)
        is_private = (words.is_private and not has_files) or subtype == "thread_broadcast"
        act = Act(
            desk=self.name,
            event_id=f"{self._channel}:{ts}",
            kind=ActKind.NOTE if is_private else ActKind.SAY,
            conversation_id=found[0],
            who=who,
            received_at=at,
            text=words.text[:MAX_TEXT],
            case=found[1],
            or_note=not is_private,
            barred=_NO_FILES if has_files else _TOO_LONG if len(words.text) > MAX_TEXT else "",
            tell=f"{self._channel}:{thread_ts}",
        )
        return Parsed((act,), OK)

    def _deleted(self, request: Happened, at: datetime) -> Parsed:
        """Words that are deleted while they are held are taken back."""
        event = request.event
        before = event.get("previous_message")
        old: Mapping[str, Any] = before if isinstance(before, dict) else {}
        who, ts, thread_ts = _id(old, "user"), _id(event, "deleted_ts"), _id(old, "thread_ts")
        if _id(event, "channel") != self._channel or not (who and ts and thread_ts) or not self._people.is_known(who):
            return Parsed((), OK)
        found = self._at(f"{self._channel}:{thread_ts}")
        if found is None:
            return Parsed((), OK)
        words = f"{self._channel}:{ts}"
        act = Act(self.name, f"deleted:{words}", ActKind.UNDO, found[0], who, at, undoes=words)
        return Parsed((replace(act, case=found[1], tell=f"{self._channel}:{thread_ts}"),), OK)

    def _pressed(self, request: Pressed, at: datetime) -> Parsed:
        thread, case = number(request.value, "thread"), number(request.value, "case")
        if thread is None or case is None:
            return Parsed((), OK)
        kind = _CLICKS.get(request.name)
        is_ours = request.place.startswith(f"{self._channel}:")
        if not is_ours or (kind is None and request.name != cards.CLAIM_AND_REPLY):
            return Parsed((), OK)
        barred = self._people.barred(request.who, request.whose)
        if kind is None:
            kind = ActKind.CLAIM
            if not barred:
                barred = self._opened(request, case)
                if not barred:
                    return Parsed((), OK)
        undoes = request.value.get("undoes")
        act = Act(
            desk=self.name,
            event_id=request.id,
            kind=kind,
            conversation_id=thread,
            who=request.who,
            received_at=at,
            undoes=undoes if isinstance(undoes, str) else None,
            case=case,
            barred=barred,
            tell=request.place,
        )
        return Parsed((act,), OK)

    def _opened(self, request: Pressed, case: int) -> str:
        """Open the form for a reply while Slack waits; return why not, if it does not come."""
        found = self._cases.case(case)
        if found is None:
            return "this case is not known"
        try:
            self._bolt().open_form(request.body, cards.form(found))
        except Exception as error:  # noqa: BLE001 -- whatever the SDK raises: the volunteer is told, nothing has happened
            log.warning("form_not_opened", error=type(error).__name__)
            return _NO_FORM
        return ""

    def _filled(self, request: Filled, at: datetime) -> Parsed:
        """Return claim and reply in one: both or none, and the form stays open with the reason for none."""
        thread, case = number(request.value, "thread"), number(request.value, "case")
        if request.form != cards.REPLY_FORM or thread is None or case is None or not request.id:
            return Parsed((), OK)
        text = cleaned(request.words.get(cards.WORDS_BLOCK, ""))
        mistake = self._people.barred(request.who, request.whose)
        mistake = mistake or ("" if text else "there is nothing to send") or (_TOO_LONG if len(text) > MAX_TEXT else "")
        if mistake:
            return Parsed((), self._closed(request, mistake))
        claim = Act(self.name, f"{request.id}:claim", ActKind.CLAIM, thread, request.who, at, case=case)
        say = Act(self.name, f"{request.id}:say", ActKind.SAY, thread, request.who, at, text, case=case)
        found = self._cases.case(case)
        if found is not None and found.place is not None:
            say = replace(say, tell=found.place)

        def answer(outcomes: Sequence[Outcome]) -> Ack:
            said = outcomes[-1]
            return self._closed(request, "" if said.kind in ("applied", "repeated") else said.why)

        return Parsed((claim, say), OK, answer)

    def _closed(self, request: Filled, mistake: str) -> Ack:
        told = f"{mistake[0].upper()}{mistake[1:]}." if mistake else ""
        return self._bolt().closed_form(request.body, {cards.WORDS_BLOCK: told} if told else {})

    def _at(self, place: str) -> tuple[int, int] | None:
        """Return the thread and case of a card; raise `NotYet` while a card may stand there of which we do not know."""
        for _ in range(_LOOKS):
            found = self._cases.at(place)
            if found is not None:
                return found
            if not self._cases.is_placing(self.name):
                return self._cases.at(place)  # its place may have been written down between the two looks
            time.sleep(_LOOK_EVERY_S)  # a card's own post is written down within milliseconds, as a rule
        raise NotYet

    def _bolt(self) -> Answers:
        with self._lock:
            if self._answers is None:
                self._answers = Answers(self._api.token, self._api.prompt, self._people.home)
            return self._answers

    # --- post ---------------------------------------------------------------------------------------------------------

    def post(self, call: DeskCall) -> Receipt:
        """Show a call as things stand now. The receipt names the place only where it has put a card there."""
        done = Receipt(Delivery.SENT, key=call.key)
        if call.kind == "whisper":
            self._whisper(call)
            return done
        case = self._cases.case(call.handoff_id) if call.handoff_id is not None else None
        if case is None:
            return done
        if case.place is None:
            return done if call.kind == "mark" else self._new_card(call, case)
        channel, _, ts = case.place.partition(":")
        match call.kind:
            case "post":
                self._post(call, case, channel, ts)
            case "mark":
                self._mark(call, channel, ts)
            case _:
                try:
                    self._api.change(channel, ts, **self._card(case), metadata=_metadata(call))
                except SendError as error:
                    if error.detail not in ("message_not_found", "cant_update_message"):
                        raise
                    return self._new_card(call, case)  # somebody has deleted it
        return done

    def find_call(self, call: DeskCall, since: datetime) -> Receipt | None:
        """Look whether Slack shows a message of ours that carries the call's key; what may be repeated is not looked for."""
        done = Receipt(Delivery.SENT, key=call.key)
        case = self._cases.case(call.handoff_id) if call.handoff_id is not None else None
        if case is None or call.kind not in ("card", "post", "update"):
            return None
        _, _, thread_ts = (case.place or "").partition(":")
        if thread_ts and call.kind == "update":
            return None
        oldest = (since - _CLOCKS_DIFFER).timestamp()
        for message in self._api.messages(self._channel, thread_ts or None, oldest):
            if _key(message) == str(call.key):
                ts = str(message.get("ts", ""))
                return done if thread_ts else replace(done, provider_id=f"{self._channel}:{ts}")
        return None

    def check(self) -> None:
        """Learn from Slack who we are, and how everybody on the roster stands."""
        self._people.check()

    def _new_card(self, call: DeskCall, case: Case) -> Receipt:
        ts = self._api.post(self._channel, **self._card(case), metadata=_metadata(call))
        return Receipt(Delivery.SENT, provider_id=f"{self._channel}:{ts}", key=call.key)

    def _card(self, case: Case) -> dict[str, Any]:
        return cards.card(case, self._zone, self._console)

    def _post(self, call: DeskCall, case: Case, channel: str, ts: str) -> None:
        words = self._cases.written(_numbers(call.payload.get("inbox")))
        voters = [one for one in words if one.kind == "message"]
        owner = case.head.owner if self._people.is_known(case.head.owner) else ""
        shown = [cards.voters_words(voters, owner)] if voters else []
        shown += [cards.colleagues_words(one) for one in words if one.kind in ("say", "note", "undo")]
        for what in shown:
            self._api.post(channel, thread_ts=ts, metadata=_metadata(call), **what)

    def _mark(self, call: DeskCall, channel: str, ts: str) -> None:
        """Mark a volunteer's words with what became of them; a failure is said in the thread too."""
        state = str(call.payload.get("state", ""))
        words = self._cases.words_of(UUID(str(call.payload["message"])))
        if words is not None and words.source == self.name and words.event_id.startswith(f"{channel}:"):
            self._api.mark(channel, words.event_id.partition(":")[2], _MARKS.get(state, "warning"))
        if state != "sent":
            self._api.post(channel, thread_ts=ts, **cards.failed(why_not(state, str(call.payload.get("error", "")))))

    def _whisper(self, call: DeskCall) -> None:
        until = datetime.fromisoformat(str(call.payload["until"]))
        if self._people.moment() > until:
            return
        channel, _, thread_ts = str(call.payload["to"]).partition(":")
        undoes = call.payload.get("undoes")
        what = cards.whisper(
            str(call.payload["text"]),
            call.conversation_id,
            call.handoff_id,
            undoes if isinstance(undoes, str) else None,
            self._hold_s,
        )
        place = {"thread_ts": thread_ts} if thread_ts else {}
        self._api.whisper(channel, str(call.payload["who"]), **place, **what)


class _At:
    """A clock that stands: the verifier's own would be another one than ours."""

    def __init__(self, at: datetime) -> None:
        self._at = at.timestamp()

    def now(self) -> float:
        return self._at


def _metadata(call: DeskCall) -> dict[str, Any]:
    """Return what Slack keeps with a message: any app there may read it, so it names rows and nobody."""
    return {"event_type": "voters_desk", "event_payload": {"case": call.handoff_id, "key": str(call.key)}}


def _key(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return str(payload.get("key", "")) if isinstance(payload, dict) else ""


def _id(event: Mapping[str, Any], key: str) -> str:
    found = event.get(key)
    is_id = isinstance(found, str) and 0 < len(found) <= 40 and found.isascii() and ":" not in found
    return str(found) if is_id else ""


def _numbers(found: object) -> list[int]:
    return [one for one in found if isinstance(one, int)] if isinstance(found, list) else []
