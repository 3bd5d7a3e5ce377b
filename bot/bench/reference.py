"""The yardstick `/store`: one signed form checked with Twilio's own validator and stored with one commit, nothing else.

`python -m bot.bench.reference DATABASE_URL PORT TOKEN`: the same server and threads as `bot web`.
"""

import sys
from collections.abc import Sequence
from typing import Any

from flask import Flask, Response, request
from gunicorn.app.base import BaseApplication
from sqlalchemy import Column, Integer, MetaData, String, Table, Text, create_engine, insert

from bot.app import now
from bot.channel import Refused, Tools
from bot.message import Webhook
from channels import open_channel

ACCOUNT = "AC" + "0" * 32
THREADS = 64


class _Served(BaseApplication):  # type: ignore[misc]
    def __init__(self, app: Flask, port: int) -> None:
        self._app, self._port = app, port
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 30,
            "loglevel": "error",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def store_app(url: str, public: str, token: str) -> Flask:
    """Return the WSGI application with its one address."""
    engine = create_engine(url, pool_size=20, max_overflow=50)
    metadata = MetaData()
    stored = Table(
        "bench_store",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("sid", String(40)),
        Column("body", Text),
    )
    metadata.create_all(engine)
    settings = {"account_sid": ACCOUNT, "auth_token": token, "public_base_url": public, "sender": "+1"}
    door = open_channel("sms", settings, Tools())
    app = Flask("reference")

    @app.post("/store")
    def store() -> Response:
        hook = Webhook(
            "POST", f"{public}/store", {k.lower(): v for k, v in request.headers.items()}, request.get_data(), now()
        )
        try:
            door.verify(hook)
        except Refused:
            return Response(status=403)
        form: dict[str, Any] = hook.memo["form"]
        with engine.begin() as connection:
            connection.execute(insert(stored).values(sid=form["MessageSid"], body=form["Body"]))
        return Response(status=204)

    return app


def main(arguments: Sequence[str]) -> None:
    """Serve until TERM."""
    url, port, token = arguments
    _Served(store_app(url, f"http://127.0.0.1:{port}", token), int(port)).run()


if __name__ == "__main__":
    main(sys.argv[1:])
