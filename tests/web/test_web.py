"""The whole surface: what a stranger can reach, what every answer carries, what an error shows."""

import re

import pytest
from support.sites import METRICS

PUBLIC = {
    ("GET", "/static/<path:filename>"),
    ("GET", "/"),
    ("GET", "/chat"),
    ("POST", "/chat/session"),
    ("POST", "/chat/say"),
    ("GET", "/console/sign-in"),
    ("GET", "/health"),
    ("GET", "/ready"),
}
"""What anybody may ask for. A new address is on this list, or refuses a stranger."""
SIGN_IN = "/console/sign-in"


def addresses(web):
    """Return (method, rule, an address of that rule) of everything that the product answers."""
    found = []
    for rule in web.flask.url_map.iter_rules():
        values = {
            name: 1 if "int" in type(rule._converters[name]).__name__.lower() else "chat.js" for name in rule.arguments
        }
        _, path = rule.build(values)
        found += [(method, rule.rule, path) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


def is_refused(answer):
    return answer.status_code in (401, 403, 404) or (answer.status_code == 303 and answer.location == SIGN_IN)


STRANGERS = {
    "nothing": lambda web: ({}, ""),
    "nonsense": lambda web: ({"Authorization": "Bearer x"}, "x"),
    "a link that is not used yet": lambda web: ({"Authorization": f"Bearer {web.link()}"}, web.link()),
    "signs beyond ASCII": lambda web: ({"Authorization": "Bearer \xe9\xff"}, "\xe9\xff"),
}


@pytest.mark.parametrize("who", STRANGERS)
def test_every_address_is_public_by_name_or_refuses_a_stranger(web, who):
    headers, token = STRANGERS[who](web)
    before, let_in = web.stored(), []
    for method, rule, path in addresses(web):
        if (method, rule) in PUBLIC:
            continue
        client = web.client()
        for name in ("desk", "chat"):
            client.set_cookie(name, token, path="/")
        if not is_refused(client.open(path, method=method, headers=headers, data={"token": "x"})):
            let_in.append((method, rule))
    assert (let_in, web.stored()) == ([], before)


def test_the_list_of_public_addresses_names_no_others(web):
    assert {(method, rule) for method, rule, _ in addresses(web)} >= PUBLIC


def test_a_voters_session_opens_no_door_of_the_desk(web):
    client, chat = web.client(), web.chat()
    client.set_cookie("desk", chat.token, path="/console")
    opened = [
        (method, rule)
        for method, rule, path in addresses(web)
        if rule.startswith("/console/") and rule != SIGN_IN
        if not is_refused(client.open(path, method=method, headers=chat.headers))
    ]
    assert opened == []


# --- what every answer carries ----------------------------------------------------------------------------------------

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ANSWERS = [
    # method, path, status
    ("GET", "/", 200),
    ("GET", "/chat", 200),
    ("GET", "/static/chat.js", 200),
    ("GET", "/console/sign-in", 200),
    ("GET", "/console/", 303),
    ("GET", "/health", 200),
    ("GET", "/ready", 503),
    ("GET", "/metrics", 403),
    ("GET", "/nowhere", 404),
    ("GET", "/static/../config.yaml", 404),
    ("GET", "/static/%2e%2e/%2e%2e/config.yaml", 404),
    ("DELETE", "/chat", 405),
    ("POST", "/webhooks/twilio", 403),
    ("POST", "/webhooks/telegram", 403),
    ("POST", "/chat/messages", 401),
    ("POST", "/console/act", 401),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_is_guarded(web, method, path, status):
    answer = web.client().open(path, method=method, buffered=True)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    found = {name: answer.headers.get(name) for name in HEADERS}
    assert (answer.status_code, policy, found) == (status, POLICY, HEADERS)


@pytest.mark.parametrize("path", ["/", "/chat/messages", "/console/sign-in"])
def test_nothing_about_people_is_kept_by_a_cache(web, chat, path):
    assert chat.get(path).headers["Cache-Control"] == "no-store"


def test_no_page_holds_script_or_style_of_its_own(web):
    maria = web.signed_in()
    for page in (web.client().get("/").text, maria.get("/console/").text):
        assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|style=", page) == []


@pytest.mark.parametrize("host", ["evil.example.org", "localhost:1", "a\\b"])
def test_the_host_header_reaches_no_page(web, host):
    answer = web.client().get("/console/", headers={"Host": host})
    assert answer.status_code in (303, 400)
    assert "evil" not in answer.headers.get("Location", "") + web.client().get("/", headers={"Host": host}).text


# --- methods ----------------------------------------------------------------------------------------------------------

METHODS = [
    # path, what it allows besides HEAD and OPTIONS
    ("/chat", {"GET"}),
    ("/chat/session", {"POST"}),
    ("/chat/messages", {"GET", "POST"}),
    ("/chat/events", {"GET"}),
    ("/chat/say", {"POST"}),
    ("/webhooks/twilio", {"POST"}),
    ("/webhooks/twilio/status", {"POST"}),
    ("/webhooks/telegram", {"POST"}),
    ("/console/act", {"POST"}),
    ("/console/sign-out", {"POST"}),
    ("/metrics", {"GET"}),
]


@pytest.mark.parametrize(("path", "allowed"), METHODS)
def test_methods_that_are_not_allowed_are_refused(web, path, allowed):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"):
        if method not in allowed:
            answer = web.client().open(path, method=method)
            assert (answer.status_code, set(answer.allow) - {"HEAD", "OPTIONS"}) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/chat", "/console/sign-in", "/health", "/ready", "/static/chat.css"])
def test_head_answers_like_get_without_a_body(web, path):
    get, head = (web.client().open(path, method=method, buffered=True) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content_type, head.data) == (get.status_code, get.content_type, b"")


# --- errors -----------------------------------------------------------------------------------------------------------


def breaks():
    raise RuntimeError("secret words of a voter")


def test_an_error_that_nobody_foresaw_shows_nothing(web):
    answer = web.flask_with(wrong=breaks).test_client().get("/ready")
    shown = [word for word in ("Traceback", "secret", "RuntimeError", "File ", ".py") if word in answer.text]
    assert (answer.status_code, shown) == (500, [])


ODD = [
    # an address, a method, a status that is the sender's trouble or nobody's, never ours
    "/chat?looked=²",
    "/chat?looked=" + "9" * 30,
    "/chat?lang=%00",
    "/chat?lang=../../etc",
    "/chat?%ff=%ff",
    "/console/sign-in?token=%ff%00",
    "/console/threads/0",
    "/console/threads/-1",
    "/console/threads/x",
    "/console/threads/" + "9" * 18,
    "/console/threads/" + "9" * 40,
    "/console/media/" + "9" * 40 + "/1/1",
    "/console/media/1/" + "9" * 40 + "/1",
    "/console/?list=%00&flash=%00<script>",
    "/static/%00",
    "/static/" + "a" * 3000,
    "/%ff%fe",
]


@pytest.mark.parametrize("path", ODD)
def test_an_odd_address_never_breaks_the_desk(web, path):
    answer = web.signed_in().get(path, buffered=True)
    assert answer.status_code in (200, 400, 404)
    assert "<script>" not in answer.text.replace("<script src", "")


@pytest.fixture
def away(open_with):
    """Return an app whose database has become unreadable."""
    one = open_with()
    one.flask  # noqa: B018 -- put together while all was well
    one.app.store.database.close()
    for tail in ("-wal", "-shm"):
        (one.app.config.folder / f"desk.sqlite3{tail}").unlink(missing_ok=True)
    (one.app.config.folder / "desk.sqlite3").write_bytes(b"this is no database" * 100)
    return one


WHILE_AWAY = [
    ("GET", "/health", 200),
    ("GET", "/static/chat.js", 200),
    ("GET", "/console/sign-in", 200),
    ("GET", "/metrics", 200),
    ("GET", "/ready", 503),
    ("GET", "/chat", 503),
    ("POST", "/chat/session", 503),
    ("POST", "/chat/messages", 503),
    ("GET", "/chat/messages", 503),
    ("GET", "/chat/events", 503),
    ("POST", "/chat/say", 503),
    ("GET", "/console/", 503),
    ("POST", "/console/act", 503),
    ("POST", "/console/sign-in", 503),
]


def test_while_the_database_is_away_everybody_is_asked_to_come_again(away):
    """A 4xx would be for good: the page drops the message, and a provider never tries again."""
    client = away.client()
    client.set_cookie("desk", "x", path="/console")
    headers = {"Authorization": "Bearer x"}
    found = []
    for method, path, _ in WHILE_AWAY:
        given = {"Authorization": f"Bearer {METRICS}"} if path == "/metrics" else headers
        data = {"token": "x", "text": "x"} if method == "POST" else None
        answer = client.open(path, method=method, headers=given, data=data, buffered=True)
        found.append((method, path, answer.status_code))
        if answer.status_code == 503 and path != "/ready":
            assert int(answer.headers["Retry-After"]) > 0
        assert "sqlite" not in answer.text
    assert found == WHILE_AWAY
