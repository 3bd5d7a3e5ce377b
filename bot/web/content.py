"""The console's pages about content: what is in service, what came before, and proposals that another person decides."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from bot.content.compare import Change, changes
from bot.content.library import Library, read_library
from bot.desk.console import COOKIE, csrf_token
from bot.desk.words import clock, day
from bot.store import versions
from bot.store.staff import name_of
from bot.store.versions import NotDecided, Proposal
from bot.web.site import Site

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_PROPOSAL = "/content/proposals/<int(max=999999999):number>"


def content_pages(site: Site, views: Blueprint, signed_in: Decorator) -> None:
    """Add the pages to the console's."""

    @views.get("/content")
    @signed_in
    def content(who: str) -> Any:
        database = site.store.database
        return beside(
            site,
            who,
            "console/content.html",
            history=versions.history(database),
            waiting=versions.waiting(database),
            notes=site.notes(),
        )

    @views.get(_PROPOSAL)
    @signed_in
    def proposal(who: str, number: int) -> Any:
        return _proposal_page(site, who, number)

    @views.post(f"{_PROPOSAL}/approve")
    @signed_in
    def approve(who: str, number: int) -> Any:
        return _decide(site, who, number, approve=True)

    @views.post(f"{_PROPOSAL}/refuse")
    @signed_in
    def refuse(who: str, number: int) -> Any:
        return _decide(site, who, number, approve=False)


def refuse_strange_form() -> None:
    """Refuse a form that is not of this session's own pages."""
    if request.form.get("csrf", "") != csrf_token(request.cookies.get(COOKIE, "")):
        abort(403)


def _decide(site: Site, who: str, number: int, *, approve: bool) -> Any:
    refuse_strange_form()
    _known(site, number)
    try:
        why = " ".join(request.form.get("why", "").split())
        placed = versions.decide(site.store, number, who, approve=approve, why=why)
    except NotDecided as error:
        return _proposal_page(site, who, number, flash=str(error), status=409)
    if placed is not None:
        site.ring(versions.TOPIC)
    return redirect(url_for("console.proposal", number=number), 303)


def _proposal_page(site: Site, who: str, number: int, *, flash: str = "", status: int = 200) -> Any:
    found = _known(site, number)
    page = beside(
        site,
        who,
        "console/proposal.html",
        proposal=found,
        changes=_changes(site, found),
        own=found.actor == who,
        flash=flash,
    )
    return Response(page, status)


def _changes(site: Site, found: Proposal) -> tuple[Change, ...]:
    """Return what the proposal changes of the version that it was made on."""
    database = site.store.database
    follows = next((one for one in versions.history(database, 1000) if one.id == found.follows), None)
    before = _library(site, follows.version) if follows else None
    return changes(before, _library(site, found.version), site.config.languages)


def _library(site: Site, version: int) -> Library:
    library, _ = read_library(versions.files_of(site.store.database, version) or {})
    return library


def _known(site: Site, number: int) -> Proposal:
    found = versions.proposal(site.store.database, number)
    if found is None:
        abort(404)
    return found


def beside(site: Site, who: str, template: str, **more: Any) -> str:
    """Return a page of the console that stands beside the threads."""
    zone, now = ZoneInfo(site.config.settings.desk.zone), site.now()
    return render_template(
        template,
        org=site.config.organisation,
        name=name_of(site.store, who),
        csrf=csrf_token(request.cookies.get(COOKIE, "")),
        person=lambda actor: name_of(site.store, actor) or actor,
        when=lambda at: f"{day(at, now, zone)}, {clock(at, zone)}",
        languages={"en": "English", "es": "Spanish"},
        **more,
    )
