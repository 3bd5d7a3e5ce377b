"""Is it alive, is it ready, what does it count."""

import hmac

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.web.site import Site


def status_views(site: Site) -> Blueprint:
    """Return /health, /ready and /metrics."""
    views = Blueprint("status", __name__)

    @views.get("/health")
    def health() -> Response:
        return Response("alive\n", content_type="text/plain")

    @views.get("/ready")
    def ready() -> Response:
        wrong = site.wrong()
        said = ["not ready" if wrong else "ready"]
        if _has_token(site):
            said += [*wrong, *site.notes()]
        return Response("\n".join([*said, ""]), 503 if wrong else 200, content_type="text/plain")

    @views.get("/metrics")
    def metrics() -> Response:
        if not _has_token(site):
            return Response("set BOT_METRICS__TOKEN and send it as a bearer token\n", 403, content_type="text/plain")
        return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)

    return views


def _has_token(site: Site) -> bool:
    """Return whether the caller may know more than a stranger."""
    token = site.config.settings.metrics.token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
