"""Structured logs: an event name in the past tense, key-values, identifiers only; never a number, a name or a text."""

import logging
import sys
from typing import Literal

import structlog

_QUIET = ("huey", "telegram", "twilio", "werkzeug", "waitress.queue", "alembic")
"""Libraries whose info lines hold addresses or say nothing to staff."""
_MUTE = ("slack_sdk", "slack_bolt", "urllib3")
"""Libraries whose errors quote what was sent or answered, or an address with a token in it; ours say the kind."""


def set_up(level: str = "info", style: Literal["auto", "text", "json"] = "auto") -> None:
    """Send all logs, ours and the libraries', to standard error in one form."""
    as_text = style == "text" or (style == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_trace, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _MUTE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _without_trace(
    _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep of an exception its kind only: a traceback shows arguments, and arguments hold people's words."""
    found = event.pop("exc_info", None)
    if found:
        kind = found[0] if isinstance(found, tuple) else type(found)
        event["error"] = getattr(kind, "__name__", "Exception")
    return event
