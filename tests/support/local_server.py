"""An HTTP server on this machine for as long as a test needs it: what every stand-in for a provider stands on."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self


class QuietServer(ThreadingHTTPServer):
    """Says nothing about callers who hang up: a product that ends would print into another test's output."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class LocalServer:
    """Serves with `handler`, which finds the stand-in under the name `owner`."""

    handler: ClassVar[type[BaseHTTPRequestHandler]]
    owner: ClassVar[str]
    port: int = 0
    """Any that is free."""
    _server: Any = None

    def __enter__(self) -> Self:
        handler = type("Handler", (self.handler,), {self.owner: self})
        self._server = QuietServer(("127.0.0.1", self.port), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"
