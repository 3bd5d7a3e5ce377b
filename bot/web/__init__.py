"""The product on the web: providers' webhooks, the chat page, the console, its health. Views of a few lines."""

import json

import structlog
from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError

from bot.web.chat import chat_views
from bot.web.console import console_views
from bot.web.files import file_views
from bot.web.site import Site
from bot.web.status import status_views
from bot.web.webhooks import COME_AGAIN_S, insistent_view, view

MAX_BODY = 64 * 1024
MAX_UPDATE = 1024 * 1024
"""Telegram's updates are small, but nobody says how small, and a refused one would hold its voter's next ones back."""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}

log = structlog.get_logger()


def create_web(site: Site) -> Flask:
    """Return the WSGI application."""
    app = Flask("bot.web", static_url_path="/static", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    if "sms" in site.channels:
        sms = site.channels["sms"]
        app.add_url_rule("/webhooks/twilio", "twilio", lambda: view(site, sms), methods=["POST"])
        app.add_url_rule("/webhooks/twilio/status", "twilio_status", lambda: view(site, sms), methods=["POST"])
    if "telegram" in site.channels:
        telegram = site.channels["telegram"]
        app.add_url_rule(
            "/webhooks/telegram", "telegram", lambda: insistent_view(site, telegram, MAX_UPDATE), methods=["POST"]
        )
    if "slack" in site.desks:
        slack = site.desks["slack"]
        for what in ("events", "interactive"):
            rule, name = f"/webhooks/slack/{what}", f"slack_{what}"
            app.add_url_rule(rule, name, lambda: view(site, slack, MAX_UPDATE), methods=["POST"])
    app.register_blueprint(chat_views(site))
    app.register_blueprint(console_views(site))
    app.register_blueprint(file_views(site))
    app.register_blueprint(status_views(site))

    @app.errorhandler(SQLAlchemyError)
    def _away(error: SQLAlchemyError) -> Response:
        log.error("page_not_read", endpoint=request.endpoint, error=type(error).__name__)
        come_again = {"Retry-After": str(COME_AGAIN_S)}
        return Response("the database is away; come again\n", 503, come_again, content_type="text/plain")

    @app.after_request
    def _guarded(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if response.mimetype in ("text/html", "application/json"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return app
