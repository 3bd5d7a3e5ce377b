"""The console: queue, thread, claim, reply, release, resolve, live. Its forms go through the same door as any desk."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from bot.channel import CanFetch, SendError
from bot.content.desk import NotFilled
from bot.desk.console import COOKIE, TOPIC, csrf_token
from bot.desk.words import CHANNELS, LANGUAGES, MAX_TEXT, ago, clock, day, masked, state_in_words
from bot.store.log import Line
from bot.store.staff import name_of
from bot.web.content import content_pages, refuse_strange_form
from bot.web.preview import preview_page
from bot.web.site import Site
from bot.web.visitor import is_loopback, visitor_address
from bot.web.webhooks import receive, webhook

MAX_BODY = 16 * 1024
HEARTBEAT_S = 15.0
STREAM_S = 300.0
LISTS = ("queue", "mine", "all")
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
MOST_STREAMS = 10
SHOWN_WITHIN_S = 1.0
"""How long the answer to a form waits for what it stored to be written into the thread."""
_THREAD: Final = "<int(max=999999999999999999):thread>"  # a database takes no much greater number


def console_views(site: Site) -> Blueprint:
    """Return the console's pages. Every one but the sign-in needs a session."""
    views = Blueprint("console", __name__, url_prefix="/console")
    signed_in = _signed_in(site)

    @views.before_request
    def _small() -> None:
        request.max_content_length = MAX_BODY

    @views.get("/sign-in")
    def sign_in() -> Any:
        return _ask_to_sign_in(site, request.args.get("token", ""))

    @views.post("/sign-in")
    def signed() -> Any:
        return _sign_in(site, request.form.get("token", ""))

    @views.post("/sign-out")
    @signed_in
    def sign_out(who: str) -> Any:
        del who
        refuse_strange_form()
        site.sessions.end(request.cookies.get(COOKIE, ""))
        answer = redirect(url_for("console.sign_in"), 303)
        answer.delete_cookie(COOKIE, path="/console")
        return answer

    @views.get("/")
    @signed_in
    def inbox(who: str) -> Any:
        return _page(site, who, None)

    @views.get(f"/threads/{_THREAD}")
    @signed_in
    def thread(who: str, thread: int) -> Any:
        return _page(site, who, thread)

    @views.post("/act")
    @signed_in
    def act(who: str) -> Any:
        return _act(site, who)

    @views.get("/events")
    @signed_in
    def events(who: str) -> Any:
        if not site.streams.take(who, MOST_STREAMS):
            return Response("too many streams\n", 503, {"Retry-After": "5"})
        stream = Response(_stream(site), content_type="text/event-stream")
        stream.call_on_close(lambda: site.streams.give_back(who))
        stream.headers["X-Accel-Buffering"] = "no"
        return stream

    @views.get(f"/media/{_THREAD}/<int:message>/<int:number>")
    @signed_in
    def media(who: str, thread: int, message: int, number: int) -> Any:
        del who
        return _media(site, thread, message, number)

    content_pages(site, views, signed_in)
    preview_page(site, views, signed_in)
    return views


# --- signing in -------------------------------------------------------------------------------------------------------


def _signed_in(site: Site) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the decorator that hands a view the volunteer's id, or sends the visitor to the sign-in."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def checked(**arguments: Any) -> Any:
            who = site.sessions.subject_of("console", request.cookies.get(COOKIE, ""))
            if who is None or name_of(site.store, who) is None:
                if request.method == "GET" and request.endpoint != "console.events":
                    return redirect(url_for("console.sign_in"), 303)
                abort(401)
            return view(who=who, **arguments)

        return checked

    return decorate


def _is_here(site: Site) -> bool:
    """Return whether the visitor sits at this machine: one-time links are for the one who can read the terminal."""
    return is_loopback(visitor_address(request, site.config.settings.web.trusted_proxies))


def _ask_to_sign_in(site: Site, token: str) -> Any:
    # The link is used up by a button, not by opening it: previews and link scanners open links too.
    if token and not _is_here(site):
        token = ""
    return render_template("console/sign_in.html", token=token, org=site.config.organisation)


def _sign_in(site: Site, token: str) -> Any:
    network = visitor_address(request, site.config.settings.web.trusted_proxies)
    if not site.allows("sign-in", network, 20):
        abort(429)
    who = site.sessions.redeem("link", token) if token and _is_here(site) else None
    if who is None:
        page = render_template("console/sign_in.html", token="", refused=True, org=site.config.organisation)
        return Response(page, 403)
    answer = redirect(url_for("console.inbox"), 303)
    secure = site.public_base_url.startswith("https://")
    session = site.sessions.open("console", who)
    answer.set_cookie(COOKIE, session, httponly=True, samesite="Strict", secure=secure, path="/console")
    return answer


# --- pages ------------------------------------------------------------------------------------------------------------


def _page(
    site: Site,
    who: str,
    thread: int | None,
    flash: str = "",
    status: int = 200,
    *,
    listed: str = "",
    draft: Mapping[str, str] | None = None,
) -> Any:
    """Show the lists and a thread. `draft` is the form whose text was not taken: it stays in the field, with its id."""
    which = listed or request.args.get("list", "queue")
    which = which if which in LISTS else "queue"
    head = site.log.head(thread) if thread is not None else None
    if thread is not None and head is None:
        abort(404)
    heads = site.log.heads(which, who)
    zone, now = ZoneInfo(site.config.settings.desk.zone), site.now()
    ready, chosen, refused = _ready(site, head.language) if head is not None and draft is None else ([], "", "")
    draft = draft or ({"text": chosen, "ready": "1"} if chosen else {})
    page = render_template(
        "console/inbox.html",
        org=site.config.organisation,
        practice=site.config.is_practice,
        who=who,
        name=name_of(site.store, who),
        lists=LISTS,
        which=which,
        heads=heads,
        waiting=site.log.waiting(),
        head=head,
        lines=site.log.lines(thread, most=200) if thread is not None else [],
        unread=[text for _, text in site.log.unread(thread)] if thread is not None else [],
        csrf=csrf_token(request.cookies.get(COOKIE, "")),
        new_id=lambda: str(uuid4()),
        now=now,
        masked=masked,
        ago=ago,
        day=lambda at: day(at, now, zone),
        clock=lambda at: clock(at, zone),
        state=state_in_words,
        is_held=lambda line: _is_held(line, now),
        left=lambda line: max(0.0, (line.due_at - now).total_seconds()),
        hold_s=int(site.config.hold.total_seconds()),
        channels=CHANNELS,
        languages=LANGUAGES,
        pictures=PICTURES,
        max_text=MAX_TEXT,
        flash=flash or refused or request.args.get("flash", "")[:200],
        ready=ready,
        refused=refused,
        has_ready=bool(site.replies()),
        find=request.args.get("find", "")[:80],
        late=request.args.get("late") == "1",
        draft=draft,
    )
    return Response(page, status)


def _ready(site: Site, language: str) -> tuple[list[dict[str, Any]], str, str]:
    """Return the replies that are looked for, and the text and the refusal of the one that was chosen."""
    args, replies = request.args, site.replies()
    shown = [
        {
            "reply": one,
            "text": one.preview(language),
            "given": {b.name: args.get(f"fill.{b.name}", "") for b in one.blanks},
        }
        for one in replies.values()
        if one.is_like(args.get("find", ""))
    ]
    chosen = replies.get(args.get("reply", ""))
    if chosen is None:
        return shown, "", ""
    try:
        return (
            shown,
            chosen.text(language, {blank.name: args.get(f"fill.{blank.name}", "") for blank in chosen.blanks}),
            "",
        )
    except NotFilled as error:
        return shown, "", str(error)


def _is_held(line: Line, now: datetime) -> bool:
    return line.state == "queued" and line.direction == "out" and line.who != "bot" and line.due_at > now


# --- acting -----------------------------------------------------------------------------------------------------------


def _act(site: Site, who: str) -> Any:
    hook = webhook(site, request, session=request.cookies.get(COOKIE, ""))
    received = receive(site, site.desks["console"], hook)
    form: dict[str, str] = hook.memo.get("form", {})
    if received.ack.status in (401, 403):
        abort(received.ack.status)
    why = received.why or next((outcome.why for outcome in received.outcomes if outcome.kind != "applied"), "")
    thread = form.get("thread", "")
    known = thread.isdecimal() and len(thread) <= 18 and site.log.head(int(thread)) is not None
    where = url_for("console.thread", thread=int(thread)) if known else url_for("console.inbox")
    listed = form.get("list", "queue")
    target = f"{where}?list={listed if listed in LISTS else 'queue'}"
    if why and known and form.get("text", "").strip():
        # A redirect would lose what the volunteer has written. What was refused goes under a new id the next time; what
        # did not come through keeps its own, so that it cannot be sent twice.
        if received.ack.status >= 400:
            return _page(site, who, int(thread), why, received.ack.status, listed=listed, draft=form)
        return _page(site, who, int(thread), why, 409, listed=listed, draft={"text": form["text"]})
    if why:
        return redirect(f"{target}&flash={quote(why)}", 303)
    if known and form.get("kind") in ("say", "note") and not _is_shown(site, int(thread), form.get("id", "")):
        return redirect(f"{target}&late=1#last", 303)
    return redirect(f"{target}#last", 303)


def _is_shown(site: Site, thread: int, event_id: str) -> bool:
    """Wait a moment for the words just stored to stand in the thread: what a volunteer does not see is sent again."""
    tries = 20
    for _ in range(tries):
        found = any(line.event_id == event_id for line in site.log.lines(thread, most=20))
        if found or site.stopping.wait(SHOWN_WITHIN_S / tries):
            return found
    return False


def _stream(site: Site) -> Iterator[str]:
    """Yield a line whenever something at the desk has changed; the page then reads what it shows anew."""
    ends = site.now().timestamp() + STREAM_S
    yield "retry: 2000\n\n"
    with site.listen(TOPIC) as ear:
        yield "data: now\n\n"
        while not site.stopping.is_set() and site.now().timestamp() < ends:
            yield "data: now\n\n" if ear.wait(HEARTBEAT_S) else ": alive\n\n"


def _media(site: Site, thread: int, message: int, number: int) -> Any:
    """Show a voter's picture, fetched from the provider with our credentials, and only if it is a picture."""
    line = next((line for line in site.log.lines(thread) if line.id == message), None)
    channel = site.channels.get(line.channel) if line is not None else None
    if line is None or number >= len(line.media) or channel is None or not isinstance(channel, CanFetch):
        abort(404)
    try:
        content, content_type = channel.fetch(line.media[number])
    except SendError as error:
        return Response(f"the picture cannot be had now ({error.detail})\n", 502, content_type="text/plain")
    if content_type.partition(";")[0] not in PICTURES:
        return Response("this file is no picture and is not shown\n", 415, content_type="text/plain")
    answer = Response(content, content_type=content_type)
    answer.headers["Content-Disposition"] = "inline"
    return answer
