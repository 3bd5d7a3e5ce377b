"""gunicorn as `bot web`: threads, a graceful end, and no configuration file.

TERM is chained, not replaced: the worker first ends our streams and stops taking work in, then gunicorn waits for requests
in hand. (granian took 1.5 times more webhooks a second but never ends on TERM while a stream is open.)
"""

import signal
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError

from bot.app import App
from bot.cli.shared import WrongUse

GRACEFUL_S = 12


class _Served(BaseApplication):  # type: ignore[misc]
    def __init__(self, open_app: Callable[[], App], options: dict[str, Any]) -> None:
        self._open_app = open_app
        self._options = options
        self._app: App | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("post_worker_init", self._begin)
        self.cfg.set("worker_exit", self._end)

    def load(self) -> Any:
        try:
            self._app = self._open_app()
        except WrongUse as error:
            raise AppImportError(str(error)) from error  # gunicorn prints the sentence of this one, else a traceback
        return self._app.web()

    def _begin(self, _worker: Any) -> None:
        assert self._app is not None
        app = self._app
        app.start()
        before = signal.getsignal(signal.SIGTERM)

        def end(number: int, frame: Any) -> None:
            app.stopping.set()
            app.bell.ring_all()
            if callable(before):
                before(number, frame)

        signal.signal(signal.SIGTERM, end)

    def _end(self, _server: Any, _worker: Any) -> None:
        if self._app is not None:
            self._app.stop()


def serve(open_app: Callable[[], App], *, host: str, port: int, threads: int) -> None:
    """Serve until TERM."""
    options = {
        "bind": f"{host}:{port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": threads,
        "graceful_timeout": GRACEFUL_S,
        "timeout": 60,
        "keepalive": 30,
        "accesslog": None,
        "control_socket_disable": True,  # one for all processes of a user, and nobody here speaks to it
        "limit_request_line": 4094,
        "proc_name": "bot-web",
    }
    _Served(open_app, options).run()
