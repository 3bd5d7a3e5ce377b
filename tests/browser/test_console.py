"""The volunteers' console in a real browser: nothing lost, nothing doubled, nothing sent by mistake."""

import itertools
import json
import os
import re
import sqlite3
import struct
import threading
import time
import urllib.request
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from providers.twilio import FakeTwilio
from support.processes import ROOT, Desk

from bot.app import now, open_database, open_store
from bot.config import load
from bot.store import versions
from bot.store.sessions import SqlSessions
from bot.store.staff import volunteer_named

ASKS = "can I talk to a real person please"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
REPLY = "Reply to the voter"
HOLD_MS = 15_000
"""Longer than the hold of five seconds, the sending and the way back to the page."""
expect.set_options(timeout=10_000)


# --- who takes part ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def twilio():
    with FakeTwilio() as one:
        yield one


@pytest.fixture(scope="module")
def running(tmp_path_factory, model, twilio):
    """Yield the product with web chat and, through a local Twilio, text messages."""
    one = Desk(tmp_path_factory.mktemp("desk") / "var", model)
    twilio.product = one.url
    one.env = {**twilio.environment(), "PUBLIC_BASE_URL": one.url}
    yield one.start()
    one.kill()


@pytest.fixture(scope="module")
def link(running):
    """Return Maria's one-time link."""
    told = running.run("console", "link", "--name", "Maria")
    assert told.returncode == 0, told.stderr
    return told.stdout.strip().splitlines()[-1]


def session_cookie(running, name):
    """Return the cookie of a session for the volunteer called `name`, opened without the three seconds of a command."""
    config = load(running.environment())
    store = open_store(config, open_database(config))
    token = SqlSessions(store).open("console", volunteer_named(store, name, "admin", now()))
    store.database.close()
    return {"name": "desk", "value": token, "domain": "127.0.0.1", "path": "/console"}


def proposed(running):
    """Return the number of a proposal by Ben with a new text and a changed one."""
    store = open_store(config := load(running.environment()), open_database(config))
    placed = versions.in_service(store.database)
    texts = {name: raw.decode() for name, raw in versions.files_of(store.database, placed.version).items()}
    texts["responses/new.yml"] = "parking: {keywords: [LOT], text: {en: 'Behind the office.', es: 'Atras.'}}\n"
    number = versions.propose(store, versions.Bundle(texts, placed.intents), placed.id, "ben", "the new lot")
    store.database.close()
    return number


def sign_in(page, link):
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name=re.compile("Queue"))).to_be_visible()


@pytest.fixture(scope="module")
def cookies(running, link, chromium):
    """Return the signed-in state of Maria and of Ben."""
    maria, ben = chromium.new_context(), chromium.new_context()
    maria.request.get(link)  # a link scanner opens links too, and that does not use them up
    sign_in(maria.new_page(), link)
    ben.add_cookies([session_cookie(running, "Ben")])
    found = {"Maria": maria.storage_state(), "Ben": ben.storage_state()}
    maria.close()
    ben.close()
    return found


@pytest.fixture
def open_desk(running, chromium, cookies):
    """Return a function that opens the console as a volunteer in a browser of their own."""
    contexts = []

    def opened(name="Maria", path="", **options):
        context = chromium.new_context(
            base_url=running.url, storage_state=cookies[name], **{"viewport": DESKTOP, **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"/console/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


class Voter:
    """Somebody who writes through the chat's HTTP interface."""

    def __init__(self, running):
        self.running = running
        self.token = self.call("/chat/session", {})["token"]

    def call(self, path, body=None):
        request = urllib.request.Request(
            self.running.url + path, data=None if body is None else json.dumps(body).encode()
        )
        if path != "/chat/session":
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def say(self, text):
        """Write, and wait until it is thought about; return the thread."""
        client_id = str(uuid4())
        self.call("/chat/messages", {"id": client_id, "text": text, "language": "en"})
        question = "SELECT conversation_id FROM inbox WHERE event_id LIKE ? AND state = 'done'"
        return wait_until(lambda: rows(self.running, question, f"%{client_id}"))[0][0]

    def heard(self, who="person"):
        """Return the texts that have reached the voter."""
        return [one["text"] for one in self.call("/chat/messages")["messages"] if one["who"] == who]


def rows(running, question, *values):
    with sqlite3.connect(running.folder / "desk.sqlite3", timeout=5) as connection:
        return connection.execute(question, values).fetchall()


def wait_until(is_so, wait_s=HOLD_MS / 1000):
    ends = time.monotonic() + wait_s
    while not (found := is_so()):
        assert time.monotonic() < ends, "it did not become so in time"
        time.sleep(0.05)
    return found


@pytest.fixture
def voter(running):
    """Return a voter who waits for a person; `voter.thread` is the thread."""
    one = Voter(running)
    one.thread = one.say(ASKS)
    return one


def claim(page):
    page.get_by_role("button", name="Claim").click()
    expect(page.get_by_label(REPLY)).to_be_visible()


def reply(page, text, button="Send"):
    page.get_by_label(REPLY).fill(text)
    page.get_by_role("button", name=button).click()


def said(page, text):
    return page.get_by_role("article").filter(has_text=text)


# --- signing in -------------------------------------------------------------------------------------------------------


def test_a_link_signs_in_once(running, chromium, link, cookies):
    (cookie,) = cookies["Maria"]["cookies"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/console")
    page = chromium.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("has been used or has run out")
    page.goto(running.url + "/console/")
    expect(page).to_have_url(re.compile("/console/sign-in$"))
    page.context.close()


def test_sign_out_ends_the_session_and_the_drafts(running, open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    cookie = session_cookie(running, "Ada")
    page.context.add_cookies([cookie])
    page.reload()
    expect(page.get_by_text("Ada", exact=True)).to_be_visible()
    claim(page)
    page.get_by_label(REPLY).fill("half a draft")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/console/sign-in$"))
    assert page.evaluate("sessionStorage.length") == 0
    page.context.add_cookies([cookie])
    page.goto("/console/")
    expect(page).to_have_url(re.compile("/console/sign-in$"))


def test_nothing_is_shown_or_done_without_a_session(running, chromium, voter):
    context = chromium.new_context(base_url=running.url)
    for path in ("/console/", f"/console/threads/{voter.thread}", "/console/media/1/1/0"):
        answer = context.request.get(path, max_redirects=0)
        assert (answer.status, answer.headers["location"]) == (303, "/console/sign-in")
    form = {"csrf": "", "kind": "claim", "thread": str(voter.thread), "id": str(uuid4())}
    assert context.request.get("/console/events").status == 401
    assert context.request.post("/console/act", form=form).status == 401
    assert rows(running, "SELECT owner FROM conversation WHERE id = ?", voter.thread) == [(None,)]
    context.close()


def test_a_form_without_the_right_token_does_nothing(running, open_desk, voter):
    page = open_desk()
    for csrf in ("", "0" * 64, "\u00e9"):
        form = {"csrf": csrf, "kind": "claim", "thread": str(voter.thread), "id": str(uuid4())}
        assert page.request.post("/console/act", form=form).status == 403
        assert page.request.post("/console/sign-out", form={"csrf": csrf}).status == 403
    assert rows(running, "SELECT owner FROM conversation WHERE id = ?", voter.thread) == [(None,)]


# --- a conversation ---------------------------------------------------------------------------------------------------


def test_a_voter_asks_for_a_person_and_gets_one(running, chromium, open_desk):
    desk = open_desk()
    strange = []
    desk.on("console", lambda line: strange.append(line.text) if line.type == "error" else None)
    desk.on("pageerror", lambda error: strange.append(str(error)))
    before = desk.locator("#list li").count()
    desk.evaluate("window.sameDocument = true")
    expect(desk.get_by_role("note")).to_contain_text("Practice.")
    # The voter's page without its script is enough here; with it, it has tests of its own.
    chat = chromium.new_context(java_script_enabled=False).new_page()
    chat.goto(running.url + "/chat?lang=en")
    chat.get_by_label("Your message").fill(ASKS)
    chat.get_by_role("button", name="Send", exact=True).click()

    # A page without script looks again by itself until it is answered; a reload in that moment would break off.
    expect(chat.get_by_text("A person will answer")).to_be_visible(timeout=HOLD_MS)

    expect(desk.locator("#list li")).to_have_count(before + 1)
    expect(desk).to_have_title(f"({before + 1}) Desk")
    row = desk.locator("#list li").last
    for words in ("Web chat", "English", "Speak to human", "General", "Waiting", "•••• "):
        expect(row).to_contain_text(words)
    assert desk.evaluate("window.sameDocument")

    row.get_by_role("link").click()
    expect(said(desk, ASKS)).to_contain_text("Voter")
    expect(said(desk, "A person will answer")).to_contain_text("Assistant")
    assert desk.get_by_label(REPLY).count() == 0
    claim(desk)
    expect(desk.locator("#thread-body")).to_contain_text("Yours")
    expect(desk.get_by_label(REPLY)).to_be_focused()
    reply(desk, "Of course. What is it?\nTake your time.")
    expect(desk.get_by_text(re.compile(r"Sending in \d s"))).to_be_visible()
    expect(desk.get_by_label(REPLY)).to_have_value("")
    chat.reload()
    expect(chat.get_by_text("this is Maria")).to_have_count(0)
    expect(said(desk, "Take your time.").get_by_text("Sent", exact=True)).to_be_visible(timeout=HOLD_MS)
    chat.reload()
    expect(chat.get_by_text("Hi, this is Maria with the Rivera campaign. Of course.")).to_be_visible()
    assert strange == []
    chat.context.close()


def test_what_is_undone_or_noted_never_reaches_the_voter(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    reply(page, "Taken back in time")
    page.get_by_role("button", name="Undo").click()
    expect(said(page, "Taken back in time")).to_contain_text("Not sent: taken back")
    expect(page.get_by_label(REPLY)).to_have_value("Taken back in time")
    reply(page, "For the team only", "Keep as note")
    expect(said(page, "For the team only")).to_contain_text("Private note, Maria")
    expect(page.get_by_label(REPLY)).to_have_value("")
    reply(page, "This one leaves")
    expect(said(page, "This one leaves").get_by_text("Sent", exact=True)).to_be_visible(timeout=HOLD_MS)
    (heard,) = voter.heard()
    assert heard.endswith("This one leaves")
    everything = json.dumps(voter.call("/chat/messages"))
    assert "Taken back" not in everything
    assert "team only" not in everything


def test_what_nobody_has_thought_about_yet_is_shown_too(running, open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    payload = json.dumps({"text": "Not thought about yet"})
    columns = "channel, event_id, conversation_id, kind, payload, received_at, state, due_at"
    values = (
        "web",
        str(uuid4()),
        voter.thread,
        "message",
        payload,
        "2026-11-03 12:00:00",
        "new",
        "2099-01-01 00:00:00",
    )
    rows(running, f"INSERT INTO inbox ({columns}) VALUES ({', '.join('?' * 8)})", *values)
    page.reload()
    expect(said(page, "Not thought about yet")).to_contain_text("Voter")


def test_resolve_brings_the_assistant_back(running, open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    voter.say("where do i vote")
    expect(said(page, "where do i vote")).to_be_visible()
    assert len(voter.heard("bot")) == 1  # while a person has the thread the assistant is silent
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#thread-body")).to_contain_text("Assistant answers")
    expect(page.get_by_role("button", name="Resolve")).to_have_count(0)
    voter.say("where do i vote")
    wait_until(lambda: len(voter.heard("bot")) > 1)


# --- two volunteers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_of_two_who_claim_one_gets_it_and_the_other_hears_who(open_desk, voter, script):
    path = f"threads/{voter.thread}"
    maria = open_desk("Maria", path)
    ben = open_desk("Ben", java_script_enabled=script)
    ben.route("**/console/events", lambda route: route.abort())  # Ben's page does not know yet
    ben.goto(f"/console/{path}")
    claim(maria)
    ben.get_by_role("button", name="Claim").click()
    expect(ben.get_by_role("alert")).to_contain_text("Maria has claimed this thread")
    expect(ben.get_by_role("button", name="Claim")).to_have_count(0)
    expect(ben.locator("#thread-body")).to_contain_text("With Maria")
    assert ben.get_by_label(REPLY).count() == 0
    if script:
        ben.reload()
        expect(ben.get_by_text("has claimed")).to_have_count(0)


def test_release_puts_the_thread_back_for_everybody(open_desk, voter):
    maria, ben = (open_desk(name, f"threads/{voter.thread}") for name in ("Maria", "Ben"))
    claim(maria)
    expect(ben.get_by_text("Maria has this thread.")).to_be_visible()
    row = ben.locator(f"#list li[data-key='{voter.thread}']")
    expect(row).to_have_count(0)
    maria.get_by_role("button", name="Release").click()
    expect(row).to_contain_text("Waiting")
    claim(ben)
    expect(maria.locator("#thread-body")).to_contain_text("With Ben")


# --- what is typed ----------------------------------------------------------------------------------------------------


def test_typed_text_survives_news_a_reload_and_a_walk(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    field = page.get_by_label(REPLY)
    field.press_sequentially("Half a sent")
    page.evaluate("window.sameDocument = true")
    voter.say("are you still there")
    expect(said(page, "are you still there")).to_be_visible()
    expect(field).to_be_focused()
    field.press_sequentially("ence")
    expect(field).to_have_value("Half a sentence")
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(field).to_have_value("Half a sentence")
    page.goto("/console/?list=mine")
    expect(page.locator(f"#list li[data-key='{voter.thread}']")).to_have_class(re.compile("has-draft"))
    page.goto(f"/console/threads/{voter.thread}")
    expect(field).to_have_value("Half a sentence")


def test_a_ready_reply_goes_below_what_is_typed_and_is_sent_as_it_stands(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    page.get_by_label(REPLY).fill("Hello Ana,")
    page.get_by_text("Ready replies").click()
    one = page.locator("form.reply", has_text="Ask the county")
    one.get_by_label("Which county?").fill("Hays")
    one.get_by_role("button", name="Put into the reply").click()
    field = page.get_by_label(REPLY)
    expect(field).to_have_value(re.compile("^Hello Ana,\\nHays County's election office"))
    page.reload()
    expect(field).to_have_value(re.compile("^Hello Ana,\\nHays County's election office can tell[^\\n]*$"))
    page.get_by_role("button", name="Send").click()
    expect(said(page, "Hays County's election office")).to_be_visible()


def test_text_stays_and_cannot_leave_when_the_thread_is_lost(open_desk, voter):
    path = f"threads/{voter.thread}"
    page, other = open_desk("Maria", path), open_desk("Maria", path)
    claim(page)
    page.get_by_label(REPLY).fill("Still thinking")
    other.get_by_role("button", name="Release").click()
    expect(page.get_by_text("This thread is not yours now.")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    expect(page.get_by_label(REPLY)).to_have_value("Still thinking")
    claim(page)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    expect(page.get_by_label(REPLY)).to_have_value("Still thinking")


def test_on_a_bad_line_nothing_is_lost_and_nothing_doubled(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    field, send = page.get_by_label(REPLY), page.get_by_role("button", name="Send")

    page.route("**/console/act", lambda route: route.abort())  # the request is lost
    reply(page, "First words")
    expect(page.get_by_role("alert")).to_contain_text("Not sent. Try again")
    expect(field).to_have_value("First words")
    page.reload()  # the text and the form's id survive this too
    expect(page.get_by_role("alert")).to_contain_text("Not sent. Try again")
    page.unroute("**/console/act")
    send.click()
    expect(said(page, "First words")).to_contain_text("Sending in")
    expect(field).to_have_value("")

    def lose_answer(route):
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/console/act", lose_answer)  # the answer is lost, and so is everything that could tell the page
    page.route("**/console/threads/**", lambda route: route.abort())
    reply(page, "Second words")
    expect(page.get_by_role("alert")).to_contain_text("Not sent. Try again")
    expect(field).to_have_value("Second words")
    page.unroute("**/console/act")
    send.click()
    expect(field).to_have_value("")

    page.route("**/console/act", lose_answer)  # the answer is lost, but the page finds out
    page.unroute("**/console/threads/**")
    reply(page, "Words for the team", "Keep as note")
    expect(said(page, "Words for the team")).to_have_count(1)
    expect(field).to_have_value("")
    expect(page.get_by_role("alert")).to_be_empty()

    expect(said(page, "Second words").get_by_text("Sent", exact=True)).to_be_visible(timeout=HOLD_MS)
    first, second = voter.heard()
    assert first.endswith("First words")
    assert second == "Second words"


def test_a_double_click_is_one_act(running, open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    page.get_by_role("button", name="Claim").dblclick()
    page.get_by_label(REPLY).fill("Once is enough")
    page.get_by_role("button", name="Send").dblclick()
    expect(said(page, "Once is enough")).to_be_visible()
    expect(page.get_by_label(REPLY)).to_have_value("")
    acts = rows(
        running, "SELECT kind FROM inbox WHERE channel = 'console' AND conversation_id = ? ORDER BY id", voter.thread
    )
    assert acts == [("claim",), ("say",)]
    assert page.get_by_role("alert").inner_text() == ""


def test_another_text_in_a_form_already_used_is_kept_and_not_swallowed(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}", java_script_enabled=False)
    claim(page)
    used = page.locator("#composer [name=id]").get_attribute("value")
    csrf = page.locator("#composer [name=csrf]").get_attribute("value")
    form = {"csrf": csrf, "kind": "say", "thread": str(voter.thread), "id": used, "text": "The first words"}
    first, again = (page.request.post("/console/act", form=form) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    other = page.request.post("/console/act", form={**form, "text": "Quite other words"})
    assert other.status == 409
    assert "Quite other words</textarea>" in other.text()
    assert f'name="id" value="{used}"' not in other.text()
    page.reload()
    expect(said(page, "The first words")).to_have_count(1)
    expect(said(page, "Quite other words")).to_have_count(0)


def test_a_text_that_is_too_long_is_refused_and_kept(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    reply(page, "x" * 1501)
    expect(page.get_by_role("alert")).to_contain_text("Not sent: the text is longer than 1500 characters")
    expect(page.get_by_text("1501 of 1500 characters")).to_be_visible()
    expect(page.get_by_label(REPLY)).to_have_value("x" * 1501)
    reply(page, "Short & <b>plain</b>")
    expect(said(page, "Short & <b>plain</b>")).to_be_visible()


def test_signed_out_in_between_keeps_the_text(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    claim(page)
    page.context.clear_cookies()
    reply(page, "Words of value")
    expect(page.get_by_role("alert")).to_contain_text("you are signed out")
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    expect(page.get_by_label(REPLY)).to_have_value("Words of value")


# --- without script, without a stream ---------------------------------------------------------------------------------


def test_the_whole_way_without_script(open_desk, voter):
    page = open_desk("Ben", "?list=all", java_script_enabled=False)
    page.locator(f"#list li[data-key='{voter.thread}'] a").click()
    claim(page)
    reply(page, "For the team", "Keep as note")
    expect(said(page, "For the team")).to_contain_text("Private note, Ben")
    reply(page, "Plain and simple")
    expect(said(page, "Plain and simple")).to_contain_text("Sending in")
    page.get_by_role("button", name="Undo").click()
    expect(said(page, "Plain and simple")).to_contain_text("Not sent: taken back")
    stale = page.context.new_page()
    stale.goto(page.url)
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("button", name="Claim")).to_be_visible()
    reply(stale, "Too late for this")
    expect(stale.get_by_role("alert")).to_contain_text("Not sent: claim the thread first")
    expect(stale.get_by_label(REPLY)).to_have_value("Too late for this")
    expect(stale.get_by_role("button", name="Send")).to_be_disabled()
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator("#thread-body")).to_contain_text("Assistant answers")


def test_without_a_stream_the_page_asks_every_ten_seconds(open_desk, voter):
    page = open_desk()
    page.clock.install()
    page.route("**/console/events", lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}))
    page.goto(f"/console/threads/{voter.thread}")
    voter.say("is anybody there")
    page.clock.run_for(9_000)
    assert said(page, "is anybody there").count() == 0
    page.clock.run_for(2_000)
    expect(said(page, "is anybody there")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Checking every 10 s")
    page.unroute("**/console/events")
    page.clock.run_for(10_000)
    expect(page.get_by_role("status")).to_have_text("Live")


def test_a_lost_line_is_told_and_found_again(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    expect(page.get_by_role("status")).to_have_text("Live")
    page.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("No connection")
    voter.say("hello again")
    page.context.set_offline(False)
    expect(said(page, "hello again")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Live")


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keys_claim_reply_and_resolve(running, open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}")
    field = page.get_by_label(REPLY)
    for modifier in ("Control", "Alt", "Meta", "Shift"):
        page.keyboard.press(f"{modifier}+c")
    expect(page.get_by_role("button", name="Claim")).to_be_visible()
    page.keyboard.press("c")
    expect(field).to_be_visible()
    page.keyboard.press("r")
    expect(field).to_be_focused()
    page.keyboard.type("jkcre")
    expect(field).to_have_value("jkcre")
    page.get_by_role("log").focus()
    page.keyboard.press("e")
    expect(page.get_by_role("alert")).to_contain_text("There is text in the reply field")
    field.fill("")
    page.get_by_role("log").focus()
    page.keyboard.press("e")
    expect(page.locator("#thread-body")).to_contain_text("Assistant answers")
    acts = rows(
        running, "SELECT kind FROM inbox WHERE channel = 'console' AND conversation_id = ? ORDER BY id", voter.thread
    )
    assert acts == [("claim",), ("resolve",)]


def test_keys_walk_through_the_list_and_can_be_turned_off(running, open_desk, voter):
    Voter(running).say(ASKS)
    page = open_desk(path="?list=all")
    threads = [row.get_attribute("data-key") for row in page.locator("#list li").all()]
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        expect(page.locator("#keys")).to_be_visible()  # each step is a page of its own, and its script shows them
        page.keyboard.press(key)
        expect(page).to_have_url(re.compile(rf"/threads/{threads[at]}\?list=all"))
        expect(page.locator("#list [aria-current=true]")).to_be_visible()
    page.get_by_role("button", name="Turn off").click()
    page.get_by_role("log").focus()
    page.keyboard.press("c")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Turn keys on")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/threads/{threads[0]}\?"))
    expect(page.get_by_role("button", name="Claim")).to_be_visible()


# --- text messages ----------------------------------------------------------------------------------------------------

numbers = itertools.count(300)


def text_from(twilio, running, text, **extra):
    """Let a new voter text; return the number and the thread."""
    number = f"+15550100{next(numbers)}"
    sid = twilio.new_sid()
    assert twilio.text(number, text, sid=sid, **extra).status == 204
    question = "SELECT conversation_id FROM inbox WHERE event_id = ? AND state = 'done'"
    return number, wait_until(lambda: rows(running, question, sid))[0][0]


def text_again(twilio, running, thread, text):
    """Let the voter of `thread` text once more, and wait until it is thought about."""
    [(number,)] = rows(
        running, "SELECT address FROM address a JOIN conversation c ON c.address_id = a.id WHERE c.id = ?", thread
    )
    sid = twilio.new_sid()
    twilio.text(number, text, sid=sid)
    wait_until(lambda: rows(running, "SELECT 1 FROM inbox WHERE event_id = ? AND state = 'done'", sid))


def test_what_became_of_a_text_is_told_in_words(running, twilio, open_desk):
    number, thread = text_from(twilio, running, ASKS)
    page = open_desk(path=f"threads/{thread}")
    expect(page.locator("#thread-body")).to_contain_text(f"•••• {number[-4:]}")
    expect(page.locator("#thread-body")).to_contain_text("Text message")
    assert number not in page.content()
    claim(page)
    reply(page, "One that arrives")
    expect(said(page, "One that arrives")).to_be_visible()
    reply(page, "One that fails")
    expect(said(page, "One that fails")).to_be_visible()
    twilio.wait_for(3, number)
    arrives, fails = [one for one in twilio.sent if one.to == number][1:]
    twilio.status(arrives, "delivered")
    twilio.status(fails, "failed", "30003")
    page.reload()
    expect(said(page, "One that arrives").get_by_text("Delivered", exact=True)).to_be_visible()
    expect(said(page, "One that fails")).to_contain_text("Failed: 30003")
    twilio.text(number, "STOP", OptOutType="STOP")
    wait_until(lambda: rows(running, "SELECT 1 FROM address WHERE address = ? AND stopped_at > ''", number))
    reply(page, "One that may not leave")
    expect(page.locator("#thread-body").get_by_text("Stopped", exact=True)).to_be_visible()
    expect(said(page, "One that may not leave")).to_contain_text("Withheld: the voter has stopped messages")
    assert len(twilio.texts_to(number)) == 3


def png(width, height, colour):
    """Return a picture of one colour."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


@pytest.fixture
def album():
    """Yield the address of a server whose every path is a picture, as the provider keeps them."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(png(40, 30, (11, 93, 107)))

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_pictures_are_shown_and_other_files_named(running, twilio, open_desk, album):
    media = {"NumMedia": "2", "MediaUrl0": f"{album}/0", "MediaContentType0": "image/png"}
    media |= {"MediaUrl1": f"{album}/1", "MediaContentType1": "audio/ogg"}
    _, thread = text_from(twilio, running, "look at this", **media)
    page = open_desk(path=f"threads/{thread}")
    picture = page.get_by_alt_text("Picture from the voter")
    expect(picture).to_have_js_property("naturalWidth", 40)
    expect(said(page, "look at this")).to_contain_text("A file from the voter (audio/ogg)")
    assert picture.count() == 1


# --- how it looks -----------------------------------------------------------------------------------------------------


def violations(page):
    """Return what axe finds on the page as it is now, in both colour schemes."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        broken = Axe().run(page).response["violations"]
        found += [(scheme, one["id"], [node["html"][:120] for node in one["nodes"]]) for one in broken]
    return found


def test_axe_finds_nothing(running, open_desk, voter):
    Voter(running).say("they are threatening people in the line at my polling place")
    # axe is put into the page as an inline script, which the policy of ours refuses
    page = open_desk(bypass_csp=True)
    expect(page.locator("#list li").first).to_contain_text("Urgent")
    assert violations(page) == []
    page.goto(f"/console/threads/{voter.thread}")
    claim(page)
    reply(page, "For the team", "Keep as note")
    expect(said(page, "For the team")).to_be_visible()
    reply(page, "Taken back")
    page.get_by_role("button", name="Undo").click()
    expect(said(page, "Taken back")).to_contain_text("Not sent")
    reply(page, "Held for five seconds")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert violations(page) == []
    page.goto("/console/?list=mine")
    assert violations(page) == []
    number = proposed(running)
    for viewport in (PHONE, DESKTOP):
        page.set_viewport_size(viewport)
        for path in ("content", f"content/proposals/{number}", "preview?entry=voting_hours&state=OH"):
            page.goto(f"/console/{path}")
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/console/sign-in?token=x")
    assert violations(page) == []


def test_a_phone_shows_one_thing_at_a_time(open_desk, voter):
    page = open_desk(viewport=PHONE, has_touch=True)
    expect(page.locator("#thread")).to_be_hidden()
    page.locator(f"#list li[data-key='{voter.thread}'] a").click()
    expect(page.locator("#list")).to_be_hidden()
    claim(page)
    reply(page, "From the bus")
    expect(said(page, "From the bus")).to_be_in_viewport()
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for button in page.get_by_role("button").all():
            box = button.bounding_box()
            assert box["height"] >= 44
            assert box["width"] >= 44
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_at_400_percent_zoom_everything_can_be_reached(open_desk, voter):
    page = open_desk(path=f"threads/{voter.thread}", viewport={"width": 320, "height": 200})
    claim(page)
    field = page.get_by_label(REPLY)
    field.fill("Zoomed in")
    expect(field).to_be_in_viewport()
    page.get_by_role("button", name="Send").click()
    expect(said(page, "Zoomed in")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_thread_stays_at_its_end_unless_one_reads_above(open_desk, voter):
    for n in range(2):
        voter.say(f"story {n}" + "\nand so on" * 12)
    page = open_desk(path=f"threads/{voter.thread}")
    log = page.get_by_role("log")
    from_end = "log => Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)"
    assert log.evaluate("log => log.scrollHeight > log.clientHeight")
    assert log.evaluate(from_end) <= 1
    claim(page)
    voter.say("and on it goes")
    expect(said(page, "and on it goes")).to_be_in_viewport()
    log.evaluate("log => { log.scrollTop = 0; }")
    voter.say("unseen for now")
    expect(said(page, "unseen for now")).to_be_attached()
    assert log.evaluate("log => log.scrollTop") == 0


@pytest.mark.skipif(os.environ.get("SCREENSHOTS") != "1", reason="SCREENSHOTS=1 writes docs/screenshots anew")
def test_screenshots_for_the_documentation(running, twilio, open_desk):
    """Run it alone (-k screenshots): what other tests leave behind would be in the pictures."""
    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    _, first = text_from(twilio, running, "Where do I vote? I moved in September")
    text_again(twilio, running, first, "Ohio, but I am not sure they have my new address")
    text_again(twilio, running, first, "can I talk to a person please")
    text_from(twilio, running, "quiero hablar con una persona")
    Voter(running).say("they are threatening people in the line at my polling place")
    Voter(running).say(ASKS)
    page = open_desk(path="?list=queue")
    expect(page.locator("#list li")).to_have_count(4)
    expect(page.get_by_role("status")).to_have_text("Live")
    page.screenshot(path=folder / "console-queue.png", animations="disabled")
    page.goto(f"/console/threads/{first}")
    claim(page)
    reply(page, "The county lists her under the old street. Ask for the new ZIP code.", "Keep as note")
    expect(said(page, "The county lists")).to_be_visible()
    reply(page, "Thank you for waiting! What is your new street and ZIP code? Then I look it up for you.")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.screenshot(path=folder / "console-thread.png", animations="disabled")
    phone = open_desk(path=f"threads/{first}", viewport=PHONE)
    expect(phone.get_by_role("status")).to_have_text("Live")
    phone.screenshot(path=folder / "console-phone.png", animations="disabled")
    desk = open_desk(path="preview?entry=voting_hours&state=OH", viewport={"width": 1280, "height": 1000})
    desk.screenshot(path=folder / "console-preview.png", animations="disabled")
    for name in ("queue", "thread", "phone", "preview"):
        assert (folder / f"console-{name}.png").stat().st_size < 200_000
