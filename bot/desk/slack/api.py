"""Slack's Web API through its SDK: one call, one try, and what its failures mean: did the request leave or not."""

import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from http.client import HTTPException
from typing import Any, Final
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.channel import Reason, SendError

# --- names and tables -------------------------------------------------------------------------------------------------

CALL_S: Final = 10
PROMPT_S: Final = 2
"""For calls inside one of Slack's requests: it waits three seconds for our answer."""
BASE_URL: Final = "https://slack.com/api/"
_PAGES: Final = 10
_ALARMS: Final = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired no_permission missing_scope org_login_required "
    "ekm_access_denied team_access_not_granted channel_not_found not_in_channel is_archived access_denied "
    "restricted_action not_allowed_token_type".split()
)
"""Ours to mend: the token, a scope, or the bot is not in the channel."""
_SCOPES: Final = frozenset({"chat:write", "users:read", "reactions:write"})
"""Needed whatever the channel is; reading it takes channels: or groups: scopes, by its kind."""
_THEIRS: Final = frozenset("internal_error fatal_error service_unavailable request_timeout".split())
_NEVER_LEFT: Final = (ConnectionRefusedError, socket.gaierror)


class SlackApi:
    """Calls Slack. Nothing is tried again here: the rows of the database are, and the SDK's own repeat posts twice."""

    def __init__(self, token: str, base_url: str = "") -> None:
        self.token = token
        self._patient = WebClient(token, base_url or BASE_URL, timeout=CALL_S, retry_handlers=[])
        self.prompt = WebClient(token, base_url or BASE_URL, timeout=PROMPT_S, retry_handlers=[])

    # --- asking -------------------------------------------------------------------------------------------------------

    def ourselves(self) -> dict[str, Any]:
        """Return team_id, user_id and bot_id of the bot whose token this is."""
        return _called(self._patient.auth_test)

    def app_id(self, bot: str) -> str:
        """Return the id of the app that a bot belongs to."""
        return str(_called(lambda: self._patient.bots_info(bot=bot)).get("bot", {}).get("app_id", ""))

    def user(self, who: str, *, promptly: bool = False) -> dict[str, Any]:
        """Return a person as Slack knows them."""
        client = self.prompt if promptly else self._patient
        found = _called(lambda: client.users_info(user=who)).get("user")
        return found if isinstance(found, dict) else {}

    def channel(self, channel: str) -> dict[str, Any]:
        """Return a channel as Slack knows it."""
        found = _called(lambda: self._patient.conversations_info(channel=channel)).get("channel")
        return found if isinstance(found, dict) else {}

    def messages(self, channel: str, thread_ts: str | None, oldest: float) -> Iterator[dict[str, Any]]:
        """Yield what stands in a channel, or in a thread of it, since `oldest` (seconds since 1970), with metadata."""
        cursor = ""
        for _ in range(_PAGES):
            asked: dict[str, Any] = {
                "channel": channel,
                "oldest": f"{oldest:.6f}",
                "limit": 200,
                "include_all_metadata": True,
                "cursor": cursor,
            }
            if thread_ts is None:
                page = _called(lambda asked=asked: self._patient.conversations_history(**asked))  # type: ignore[misc]
            else:
                page = _called(lambda asked=asked: self._patient.conversations_replies(ts=thread_ts, **asked))  # type: ignore[misc]
            yield from (one for one in page.get("messages", []) if isinstance(one, dict))
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    def probe(self, channel: str) -> str:
        """Return one line about the bot; raise `SendError` if Slack does not know it, or it cannot work in the channel."""
        answer = _answered(self._patient.auth_test)
        said, missing = answer.data, sorted(_SCOPES - _scopes(answer.headers))
        if missing:
            raise SendError(
                Reason.ALARM, f"the app lacks {', '.join(missing)}: add the scope and install the app again"
            )
        room = self.channel(channel)
        if not room.get("is_member"):
            raise SendError(Reason.ALARM, f"the bot is not in {channel}: type /invite @{said.get('user', 'it')} there")
        if room.get("is_ext_shared"):
            raise SendError(Reason.ALARM, f"{channel} is shared with another workspace: choose one of your own")
        return f"{said.get('user', 'the bot')} in {said.get('team', 'the workspace')}, channel #{room.get('name', channel)}"

    # --- showing ------------------------------------------------------------------------------------------------------

    def post(self, channel: str, **what: Any) -> str:
        """Post a message; return its `ts`. No link in it is looked at by Slack."""
        answer = _called(
            lambda: self._patient.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, link_names=False, **what
            )
        )
        return str(answer.get("ts", ""))

    def change(self, channel: str, ts: str, **what: Any) -> None:
        """Put something else in the place of a message of ours."""
        _called(lambda: self._patient.chat_update(channel=channel, ts=ts, **what))

    def whisper(self, channel: str, who: str, **what: Any) -> None:
        """Show something to one person only."""
        _called(lambda: self._patient.chat_postEphemeral(channel=channel, user=who, **what))

    def mark(self, channel: str, ts: str, emoji: str) -> None:
        """Put an emoji on a message; one that is there already stays."""
        try:
            _called(lambda: self._patient.reactions_add(channel=channel, timestamp=ts, name=emoji))
        except SendError as error:
            if error.detail != "already_reacted":
                raise


def _called(call: Callable[[], Any]) -> dict[str, Any]:
    """Return what Slack says to one call."""
    said = _answered(call).data
    return said if isinstance(said, dict) else {}


def _scopes(headers: Mapping[str, str]) -> set[str]:
    """Return what the token may do, as Slack says it beside each answer; where it does not, nothing is missing."""
    said = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    return {one.strip() for one in said.split(",")} if said else set(_SCOPES)


def _answered(call: Callable[[], Any]) -> Any:
    """Return the SDK's answer to one call; raise `SendError` whose detail is Slack's own code."""
    try:
        return call()
    except SlackApiError as error:
        raise _refusal(error.response) from error
    except URLError as error:
        cause = error.reason if isinstance(error.reason, BaseException) else error
        never_left = isinstance(cause, _NEVER_LEFT) or type(cause).__name__ == "SSLCertVerificationError"
        raise SendError(Reason.WAIT if never_left else Reason.UNSURE, type(cause).__name__) from error
    except (OSError, HTTPException, SlackClientError, ValueError) as error:
        raise SendError(Reason.UNSURE, type(error).__name__) from error


def _refusal(response: Any) -> SendError:
    status = response.status_code
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))[:80]
    if status == 429 or code in ("ratelimited", "rate_limited"):
        after = str(response.headers.get("Retry-After") or response.headers.get("retry-after") or "")
        wait = timedelta(seconds=int(after)) if after.isascii() and after.isdecimal() and len(after) < 5 else None
        return SendError(Reason.WAIT, "ratelimited", wait or timedelta(seconds=1))
    if code in _ALARMS:
        return SendError(Reason.ALARM, code)
    if status >= 500 or code in _THEIRS or " " in code or not code:
        return SendError(Reason.UNSURE, f"HTTP {status}")  # a body that is no answer of theirs: it may have been taken
    return SendError(Reason.REFUSED, code)
