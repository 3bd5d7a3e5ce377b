"""Bolt, for the payloads that need more than a 200: a form to open within three seconds, a form that stays with its mistakes.

Bolt sees a request only behind our own check and after what it asks for is stored; it calls nobody to find out who we are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import Ack as BoltAck
from slack_bolt import App, BoltContext, BoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.desk.slack.cards import CLAIM_AND_REPLY, REPLY_FORM
from bot.message import Ack
from bot.store.workspace import Home

_FORM, _MISTAKES = "desk_form", "desk_mistakes"
_TYPE = "application/json;charset=utf-8"


class Answers:
    """Lets Bolt build the answer to one interactive payload."""

    def __init__(self, token: str, client: WebClient, home: Callable[[], Home | None]) -> None:
        def authorize(team_id: str | None = None, **_: Any) -> AuthorizeResult:
            ours = home()
            return AuthorizeResult(
                enterprise_id=None,
                team_id=ours.team if ours else team_id,
                bot_id=ours.bot if ours else None,
                bot_user_id=ours.bot_user if ours else None,
                bot_token=token,
            )

        self._app = App(
            client=client,
            authorize=authorize,
            process_before_response=True,
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
        )
        self._app.action(CLAIM_AND_REPLY)(_open_form)
        self._app.view(REPLY_FORM)(_close_form)

    def open_form(self, body: str, form: Mapping[str, Any]) -> None:
        """Open a form for the one who pressed the button of `body`; raise what the SDK raises if Slack does not."""
        failed: list[Exception] = []
        self._dispatch(body, {_FORM: form, "desk_failed": failed})
        if failed:
            raise failed[0]

    def closed_form(self, body: str, mistakes: Mapping[str, str]) -> Ack:
        """Return the answer to a form that was sent: it closes, or stays with its mistakes by block id."""
        answer = self._dispatch(body, {_MISTAKES: mistakes})
        return Ack(answer.status, (answer.body or "").encode(), _TYPE if answer.body else Ack().content_type)

    def _dispatch(self, body: str, context: dict[str, Any]) -> Any:
        headers: dict[str, str | Sequence[str]] = {"content-type": ["application/x-www-form-urlencoded"]}
        return self._app.dispatch(BoltRequest(body=body, headers=headers, context=context))


def _open_form(ack: BoltAck, body: dict[str, Any], client: WebClient, context: BoltContext) -> None:
    ack()
    try:
        client.views_open(trigger_id=body["trigger_id"], view=context[_FORM])
    except Exception as error:  # noqa: BLE001 -- whatever the SDK raises, the caller tells the volunteer
        context["desk_failed"].append(error)


def _close_form(ack: BoltAck, context: BoltContext) -> None:
    mistakes = context[_MISTAKES]
    if mistakes:
        ack(response_action="errors", errors=dict(mistakes))
    else:
        ack()
