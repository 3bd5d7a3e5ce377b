"""The web chat: a page that works without script, a session, messages in, a stream out."""

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from bot import metrics
from bot.message import Ack, Webhook
from bot.store.log import CHAT_PAGE, Line
from bot.web.site import Site
from bot.web.visitor import network_of, visitor_address
from bot.web.webhooks import Received, receive, webhook
from bot.web.words import PAGE, chosen_language

MAX_BODY = 8 * 1024
MAX_FORM = 24 * 1024
"""A form writes most letters beyond ASCII in six or nine bytes."""
HEARTBEAT_S = 15.0
STREAM_S = 300.0
MOST_STREAMS = 3
LONGEST_WAIT_S = 25
COOKIE = "chat"
LOOKS = 4
"""How often a page without script looks for an answer by itself. Then it stands still, because looking empties the field."""
_LINK = re.compile(r"""(https://[^\s<>"]+[^\s<>".,;:!?'»)\]])""")
_COME_AGAIN = {"Retry-After": "3"}


def chat_views(site: Site) -> Blueprint:
    """Return the chat's page and its five addresses."""
    views = Blueprint("chat", __name__)

    @views.before_request
    def _small() -> None:
        request.max_content_length = MAX_FORM if request.endpoint == "chat.without_script" else MAX_BODY

    @views.get("/")
    @views.get("/chat")
    def page() -> Response:
        return _page(site)

    @views.post("/chat/session")
    def session() -> Response:
        # A chat that began by form, before the script was there, goes on with it.
        cookie = request.cookies.get(COOKIE, "") if "continue" in request.args else ""
        token = _new_session(site, site.sessions.subject_of("chat", cookie) if cookie else None)
        if token is None:
            return Response("too many new chats; wait a moment\n", 429, _COME_AGAIN)
        return _json({"token": token}, 201)

    @views.post("/chat/messages")
    def message() -> Response:
        try:
            hook = webhook(site, request)
        except RequestEntityTooLarge:
            return Response("too large\n", 413)
        return _said(site, hook).response()

    @views.get("/chat/messages")
    def history() -> Response:
        address = _bearer(site)
        if address is None:
            return Response("no session\n", 401)
        lines = _history(site, address)
        cursor = max((line["id"] for line in lines if line["who"] != "voter"), default=0)
        return _json({"messages": lines, "cursor": cursor})

    @views.get("/chat/events")
    def events() -> Response:
        address = _bearer(site)
        if address is None:
            return Response("no session\n", 401)
        after = _number(request.args.get("after") or request.headers.get("Last-Event-ID"))
        wait = request.args.get("wait")
        if not site.streams.take(address, MOST_STREAMS):
            if wait is not None:
                return _json({"messages": _news(site, address, after)})
            return Response("too many streams; poll instead\n", 503, _COME_AGAIN)
        if wait is not None:
            try:
                return _json({"messages": _waited(site, address, after, min(_number(wait), LONGEST_WAIT_S))})
            finally:
                site.streams.give_back(address)
        stream = Response(_stream(site, address, after), content_type="text/event-stream")
        stream.call_on_close(lambda: _closed(site, address))
        metrics.streams.inc()
        stream.headers["X-Accel-Buffering"] = "no"
        return stream

    @views.post("/chat/say")
    def without_script() -> Response:
        return _say_by_form(site)

    return views


def _closed(site: Site, address: str) -> None:
    site.streams.give_back(address)
    metrics.streams.dec()


def _new_session(site: Site, address: str | None = None) -> str | None:
    network = network_of(visitor_address(request, site.config.settings.web.trusted_proxies))
    if not site.allows("session", network, site.config.settings.web.chat_sessions_per_minute):
        return None
    return site.sessions.open("chat", address or secrets.token_hex(16))


def _said(site: Site, hook: Webhook) -> Received:
    """Store a message; the limit counts only those who are who they say."""
    door = site.channels["web"]
    token = hook.headers.get("authorization", "")
    if not site.allows("message", token[-16:], site.config.settings.web.chat_messages_per_minute):
        return Received(Ack(429, b"too many messages; wait a moment\n"), retry_after_s=5, why="too many messages")
    return receive(site, door, hook)


def _bearer(site: Site) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return site.sessions.subject_of("chat", token) if scheme.lower() == "bearer" and token else None


# --- without script ---------------------------------------------------------------------------------------------------


def _page(site: Site, status: int = 200, alert: str = "", kept: str = "") -> Response:
    """Show the page; `kept` is what the voter wrote and could not send."""
    language = chosen_language(request, site.config.languages)
    address = site.sessions.subject_of("chat", request.cookies.get(COOKIE, ""))
    lines = _history(site, address) if address else []
    last_said = max((at for at, line in enumerate(lines) if line["who"] == "voter"), default=-1)
    looked = _number(request.args.get("looked"))
    page = render_template(
        "chat.html",
        org=site.config.organisation,
        language=language,
        others=[other for other in site.config.languages if other in PAGE and other != language],
        pages=PAGE,
        words=PAGE[language],
        lines=lines,
        last_said=last_said,
        pieces=_LINK.split,
        looked=looked,
        waits=bool(lines) and last_said == len(lines) - 1 and looked < LOOKS and not alert,
        alert=alert and PAGE[language][alert],
        kept=kept,
        new_id=lambda: str(uuid4()),
    )
    return Response(page, status, content_type="text/html; charset=utf-8")


def _say_by_form(site: Site) -> Response:
    """Take the form of a page without script; its session lives in a cookie."""
    try:
        text = request.form.get("text", "").strip().replace("\r\n", "\n")
    except RequestEntityTooLarge:
        return Response("too large\n", 413)
    choice = request.form.get("choice")
    token: str | None = request.cookies.get(COOKIE, "")
    fresh = not token or site.sessions.subject_of("chat", token) is None
    if fresh and text:
        token = _new_session(site)
        if token is None:
            return _come_again(_page(site, 429, alert="later", kept=text))
    language = chosen_language(request, site.config.languages)
    back = redirect(url_for("chat.page", lang=language, _anchor="last"), 303)
    if text:
        # The form's id and the words: a double click is one message, other words from a page gone back to are another.
        client_id = str(uuid5(NAMESPACE_URL, f"{request.form.get('id') or uuid4()} {choice} {text}"))
        body: dict[str, Any] = {"id": client_id, "text": text, "language": language}
        if choice:
            body["choice"] = choice
        hook = Webhook(
            "POST",
            f"{site.public_base_url}/chat/messages",
            {"authorization": f"Bearer {token}"},
            json.dumps(body).encode(),
            site.now(),
        )
        received = _said(site, hook)
        if received.ack.status in (429, 503):
            return _come_again(_page(site, received.ack.status, alert="later", kept=text))
        if received.ack.status >= 400:
            return _page(site, received.ack.status, alert="notsent", kept=text)
    if fresh and text and token:
        secure = site.public_base_url.startswith("https://")
        back.set_cookie(COOKIE, token, httponly=True, samesite="Strict", secure=secure, path="/", max_age=86400)
    return back  # type: ignore[return-value]


def _come_again(page: Response) -> Response:
    page.headers.update(_COME_AGAIN)
    return page


# --- what is shown ----------------------------------------------------------------------------------------------------


def _history(site: Site, address: str) -> list[dict[str, Any]]:
    """Return both sides of a chat. What waits is read first: a message that is thought about meanwhile is in both."""
    thread = site.log.thread_of("web", address)
    unread = site.log.unread(thread) if thread is not None else []
    lines = [_shown(line) for line in site.log.history(address)]
    known = {line.get("client_id") for line in lines}
    waiting = [(event_id.partition(":")[2], text) for event_id, text in unread]
    return lines + [
        {"id": 0, "who": "voter", "text": text, "buttons": [], "language": "", "client_id": client_id}
        for client_id, text in waiting
        if client_id not in known
    ]


def _news(site: Site, address: str, after: int) -> list[dict[str, Any]]:
    return [_shown(line) for line in site.log.chat(address, after)]


def _waited(site: Site, address: str, after: int, seconds: int) -> list[dict[str, Any]]:
    with site.listen(f"chat:{address}") as ear:
        news = _news(site, address, after)
        if not news and seconds and not site.stopping.is_set():
            ear.wait(seconds)
            news = _news(site, address, after)
    return news


def _stream(site: Site, address: str, after: int) -> Iterator[str]:
    """Yield server-sent events; between them no connection and no transaction is held."""
    ends = site.now().timestamp() + STREAM_S
    yield "retry: 2000\n\n"
    with site.listen(f"chat:{address}") as ear:
        while not site.stopping.is_set() and site.now().timestamp() < ends:
            news = _news(site, address, after)
            for line in news:
                after = line["id"]
                yield f"id: {after}\ndata: {json.dumps(line, ensure_ascii=False)}\n\n"
            if len(news) < CHAT_PAGE and not ear.wait(HEARTBEAT_S):
                yield ": alive\n\n"  # a page that has gone shows at the next write


def _shown(line: Line) -> dict[str, Any]:
    who = line.who if line.who in ("voter", "bot") else "person"
    shown: dict[str, Any] = {
        "id": line.id,
        "who": who,
        "text": line.text,
        "language": line.language,
        "buttons": [{"label": button.label, "choice": button.payload, "url": button.url} for button in line.buttons],
    }
    if who == "person":
        shown["name"] = line.name
    if who == "voter":
        shown["client_id"] = line.event_id.partition(":")[2]
    return shown


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")
