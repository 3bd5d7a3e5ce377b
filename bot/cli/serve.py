"""`bot run`, `bot web`, `bot worker`: the product as processes, and how they end."""

import errno
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import click
import structlog
from sqlalchemy.exc import DatabaseError

from bot.app import App, Role, StartError, open_app
from bot.cli.shared import WrongUse, settings, the_database, unreachable
from bot.config import Config
from bot.logs import set_up

log = structlog.get_logger()
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command("run")
@click.option("--host", help="The address to listen on; 127.0.0.1 unless told, 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 8000 unless told.")
def run_command(host: str | None, port: int | None) -> None:
    """Run everything in one process: web chat, console, webhooks, workers; SQLite, no account needed.

    \b
    Example:
      bot run --port 8080
    """
    config = settings()
    set_up(config.settings.logs.level, config.settings.logs.format)
    lock = take_lock(config) if config.is_embedded else None
    listener = _listener(host or config.settings.web.host, port if port is not None else config.port)
    app = _opened(config, "all")
    _told(app, listener)
    from waitress.server import create_server

    server = create_server(
        app.web(),
        sockets=[listener],
        threads=config.settings.web.threads,
        ident="",
        max_request_body_size=256 * 1024,
        connection_limit=1000,
        channel_timeout=60,
    )
    stop = _stop_flag()
    app.start()
    _load_classifier(app)
    serving = threading.Thread(target=server.run, name="web", daemon=True)
    serving.start()
    stop.wait()
    click.echo("Stopping: finishing what is in hand ...", err=True)
    app.stop()
    server.close()
    if lock is not None:
        lock.close()


@click.command("web")
def web_command() -> None:
    """Run the web half: webhooks, chat page, console. Any number of these, beside any number of `bot worker`.

    \b
    Example:
      DATABASE_URL=postgresql://... REDIS_URL=redis://... PORT=8000 bot web
    """
    config = settings()
    _refuse_embedded(config, "web")
    set_up(config.settings.logs.level, config.settings.logs.format)
    _opened(config, "web").stop()  # what keeps it from starting is said once, and not by gunicorn's workers
    from bot.cli.gunicorn import serve

    serve(
        lambda: _opened(config, "web"),
        host=config.settings.web.host if "PORT" not in os.environ else "0.0.0.0",  # noqa: S104 -- a platform that sets PORT routes to it
        port=config.port,
        threads=config.settings.web.threads,
    )


@click.command("worker")
def worker_command() -> None:
    """Run the working half: understand, answer, send. Any number of these.

    \b
    Example:
      DATABASE_URL=postgresql://... REDIS_URL=redis://... bot worker
    """
    config = settings()
    _refuse_embedded(config, "worker")
    set_up(config.settings.logs.level, config.settings.logs.format)
    app = _opened(config, "worker")
    stop = _stop_flag()
    if config.settings.metrics.port:
        from prometheus_client import start_http_server

        start_http_server(config.settings.metrics.port)
    app.start()
    _load_classifier(app)
    log.info("worker_started", pid=os.getpid())
    stop.wait()
    app.stop()


def _opened(config: Config, role: Role) -> App:
    try:
        app = open_app(config, role, said=lambda text: click.echo(text, err=True))
    except StartError as error:
        raise WrongUse(str(error)) from error
    except DatabaseError as error:
        raise WrongUse(unreachable(error)) from error
    for trouble in app.shelf.troubles:
        if app.shelf.is_older or trouble.severity.value == "warn":
            click.echo(str(trouble), err=True)
    for line in app.shelf.told:
        click.echo(line, err=True)
    if app.shelf.is_older:
        click.echo(f"The files have mistakes: version {app.shelf.version}, the last good one, is in service.", err=True)
    return app


def _load_classifier(app: App) -> None:
    def ready() -> None:
        log.info("classifier_ready")
        app.wakes.wake("think")

    from bot.understanding.loader import Loading

    assert isinstance(app.classifier, Loading)
    app.classifier.start(ready)


def _stop_flag() -> threading.Event:
    """Return the event that TERM and Ctrl-C set; the main thread owns the signals."""
    stop = threading.Event()
    for number in _STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    return stop


def _refuse_embedded(config: Config, name: str) -> None:
    if config.is_embedded:
        raise WrongUse(
            f"'bot {name}' is one of many processes and needs a shared database: set DATABASE_URL=postgresql://... "
            "(and REDIS_URL), or use 'bot run' for everything in one process."
        )


def take_lock(config: Config) -> IO[str]:
    """Take the lock beside the embedded database, or say who has it."""
    the_database(config)  # makes the folder
    path: Path = config.folder / "desk.lock"
    file = path.open("a+")
    take: Callable[[], None]
    try:
        import fcntl

        take = lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # noqa: E731 -- one name, two systems
    except ImportError:  # Windows
        import msvcrt

        msvcrt_any: Any = msvcrt
        take = lambda: msvcrt_any.locking(file.fileno(), msvcrt_any.LK_NBLCK, 1)  # noqa: E731 -- one name, two systems
    try:
        take()
    except OSError as error:
        file.close()
        raise WrongUse(
            f"Another 'bot run' uses the database in {config.folder}. Stop it first, "
            "or give this one a folder of its own: BOT_STORE__FOLDER=var2 bot run --port 8001"
        ) from error
    return file


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise WrongUse(
                f"Port {port} is in use by another program. Stop that one, or choose another port: bot run --port {port + 1}"
            ) from error
        raise WrongUse(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --host or --port.") from error
    return listener


def _told(app: App, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    config = app.config
    click.echo(f"The desk of {config.settings.organisation.name} is open at http://{shown}:{port}/", err=True)
    click.echo("  Volunteers' desk:  bot console link   (prints a one-time link)", err=True)
    channels = ", ".join(sorted(app.channels))
    click.echo(f"  Channels: {channels}. Content version {app.shelf.version}. Stop with Ctrl-C.", err=True)
    if config.is_practice:
        click.echo(
            "  Practice: the organisation is the shipped example; a real provider reaches test_addresses only.",
            err=True,
        )
