"""An HTTP server on this machine for as long as a test needs it: what every stand-in for a provider stands on."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self


class LocalServer:
    """Serves with `handler`, which finds the stand-in under the name `owner`."""

    handler: ClassVar[type[BaseHTTPRequestHandler]]
    owner: ClassVar[str]
    _server: Any = None

    def __enter__(self) -> Self:
        handler = type("Handler", (self.handler,), {self.owner: self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"
