"""The product's web half in process: a real app over SQLite, asked through Flask's test client, working when it is told."""

import itertools
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from providers.telegram import SECRET as BOT_SECRET
from providers.telegram import TOKEN as BOT_TOKEN
from providers.twilio import ACCOUNT, NUMBER, TOKEN
from sqlalchemy import text as sql
from support.world import Script
from twilio.request_validator import RequestValidator

from bot.app import App, now, open_app
from bot.config import load
from bot.store.sessions import SqlSessions
from bot.store.staff import volunteer_named
from bot.store.store import SqlStore
from bot.web import create_web
from bot.web.site import Site, Streams
from bot.work.think import think

PUBLIC = "http://desk.example.org"
_VISITORS = itertools.count()
METRICS = "a token for the tests"
SETTINGS = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_FROM": NUMBER,
    "TWILIO_API_BASE_URL": "http://127.0.0.1:9",
    "TELEGRAM_BOT_TOKEN": BOT_TOKEN,
    "TELEGRAM_WEBHOOK_SECRET": BOT_SECRET,
    "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9",
    "PUBLIC_BASE_URL": PUBLIC,
    "BOT_WEB__CHAT_SESSIONS_PER_MINUTE": "0",
    "BOT_WEB__CHAT_MESSAGES_PER_MINUTE": "0",
    "BOT_METRICS__TOKEN": METRICS,
}


@dataclass
class Web:
    """An app that is open and not started."""

    app: App

    @cached_property
    def flask(self) -> Flask:
        return self.app.web()

    def flask_with(self, **parts: Any) -> Flask:
        """Return the web half with some of its parts replaced by a test's."""
        app = self.app
        known: dict[str, Any] = {
            "config": app.config,
            "store": app.store,
            "log": app.log,
            "sessions": app.sessions,
            "channels": app.channels,
            "desks": app.desks,
            "accept": app.acceptor.accept,
            "listen": app.bell.listen,
            "now": now,
            "wrong": list,
            "stopping": app.stopping,
            "streams": Streams(64),
        }
        return create_web(Site(**known | parts))

    def client(self, **environ: Any) -> FlaskClient:
        """Return a browser with a cookie jar of its own."""
        client = self.flask.test_client()
        client.environ_base.update(environ)
        return client

    def rows(self, question: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.app.store.database.reading() as connection:
            return [tuple(row) for row in connection.execute(sql(question), values)]

    def stored(self) -> list[tuple[Any, ...]]:
        """Return what a stranger must not change: how much is stored, and under which sessions."""
        return self.rows(
            "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM message), (SELECT count(*) FROM session), "
            "(SELECT count(*) FROM conversation), (SELECT max(epoch) FROM conversation)"
        )

    def work(self) -> None:
        """Think and send until nothing is due; whatever voters say asks for the hours of the polls."""
        mind = replace(self.app.mind(), classifier=Script(person="speak_to_human"))
        while think(mind) + self.app.sender.drain():
            pass

    # --- sessions -----------------------------------------------------------------------------------------------------

    def link(self, name: str = "Maria", *, age: timedelta = timedelta()) -> str:
        """Return the token of a one-time link that was made `age` ago."""
        who = volunteer_named(self.app.store, name, "volunteer", now())
        then = SqlStore(self.app.store.database, self.app.store.policy, lambda: now() - age)
        return SqlSessions(then).open("link", who)

    def signed_in(self, name: str = "Maria", **environ: Any) -> FlaskClient:
        """Return the browser of a volunteer who is signed in."""
        address = f"127.0.1.{next(_VISITORS) % 250 + 1}"  # sign-ins are limited by address
        client = self.client(**{"REMOTE_ADDR": address} | environ)
        assert client.post("/console/sign-in", data={"token": self.link(name)}).status_code == 303
        return client

    def chat(self) -> "Chat":
        return Chat(self.client())

    # --- webhooks -----------------------------------------------------------------------------------------------------

    def text(self, form: dict[str, str], path: str = "/webhooks/twilio") -> Any:
        """Deliver a webhook that Twilio has signed."""
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{path}", form)
        return self.client().post(path, data=form, headers={"X-Twilio-Signature": signature})


class Chat:
    """One chat of the page with script."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = client.post("/chat/session").get_json()["token"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def say(self, text: str, **more: Any) -> Any:
        return self.client.post("/chat/messages", json={"id": str(uuid4()), "text": text, **more}, headers=self.headers)

    def post(self, body: bytes) -> Any:
        return self.client.post("/chat/messages", data=body, headers=self.headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self.headers | headers)

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(line["who"], line["text"]) for line in self.get("/chat/messages").get_json()["messages"]]


def open_web(folder: Path, template: Path, **environment: str) -> Web:
    """Return the product over a copy of the database `template` in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template, folder / "desk.sqlite3")
    return Web(open_app(load(SETTINGS | {"BOT_STORE__FOLDER": str(folder)} | environment)))


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append({"method": given.get("method", "get"), "action": given.get("action", ""), "fields": {}})
        elif tag in ("input", "button", "textarea") and "name" in given and self.found:
            self.found[-1]["fields"].setdefault(given["name"], given.get("value", ""))


def forms_in(page: str) -> list[dict[str, Any]]:
    """Return the forms of a page: method, action, and their fields as a browser would send them."""
    parser = _Forms()
    parser.feed(page)
    return parser.found
