"""The voter's chat page, as a voter meets it: talking, bad networks, no script, keyboard, screen readers, small screens."""

import gzip
import json
import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from support.processes import ROOT, Desk

STATIC = ROOT / "bot" / "web" / "static"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
MOST_BYTES = 8000
MOST_SHOT_BYTES = 150_000
ANSWER_MS = 20_000
"""An answer whose wake-up was lost comes with the stream's next heartbeat."""
FOCUSED = (
    "(({ tagName, textContent }) => (tagName === 'A' ? textContent : tagName.toLowerCase()))(document.activeElement)"
)
Contexts = Callable[..., BrowserContext]


@pytest.fixture
def contexts(chromium: Browser, running: Desk) -> Iterator[Contexts]:
    """Yield what opens a browser of one's own; all are closed afterwards."""
    opened: list[BrowserContext] = []

    def one(**options: Any) -> BrowserContext:
        context = chromium.new_context(base_url=running.url, **{"viewport": PHONE, "locale": "en-US"} | options)
        opened.append(context)
        return context

    yield one
    for context in opened:
        context.unroute_all(behavior="ignoreErrors")
        context.close()


@pytest.fixture
def page(contexts: Contexts) -> Page:
    """Return the chat, open on a phone."""
    opened = contexts().new_page()
    opened.goto("/chat")
    return opened


# --- what a test does and sees ----------------------------------------------------------------------------------------


def field(page: Page) -> Any:
    return page.locator("textarea")


def say(page: Page, *texts: str) -> None:
    for text in texts:
        field(page).fill(text)
        field(page).press("Enter")


def shown(page: Page, who: str = "bot") -> Any:
    return page.locator(f".message.{who} .bubble")


def answered(page: Page, count: int) -> None:
    """Wait until the bot has said so many things and nothing of the voter's waits."""
    expect(shown(page)).to_have_count(count, timeout=ANSWER_MS)
    expect(page.locator(".state.queued, .state.waiting")).to_have_count(0)


def sent(page: Page) -> None:
    """Wait until all that the voter wrote is stored."""
    expect(page.locator(".message.voter").last.locator(".state")).to_have_text("Sent")


def converse(page: Page, script: "Script") -> None:
    """Say all that `script` has an answer to."""
    for words in script.answers:
        say(page, words)
        until(lambda words=words: bool(script.posted) and script.posted[-1]["text"] == words, page)
        expect(page.locator(".message.bot, .message.person")).to_have_count(len(script.lines))


def kept(page: Page) -> dict[str, Any]:
    """Return what the page keeps over a reload."""
    found: dict[str, Any] = page.evaluate("JSON.parse(sessionStorage.getItem('chat') || '{}')")
    return found


def stored(running: Desk, token: str) -> list[dict[str, Any]]:
    """Return the chat as the server has it."""
    request = urllib.request.Request(f"{running.url}/chat/messages", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["messages"]
    return found


def said(running: Desk, page: Page) -> list[str]:
    """Return the voter's words as the server has them."""
    return [line["text"] for line in stored(running, kept(page)["token"]) if line["who"] == "voter"]


def until(is_so: Callable[[], bool], page: Page, wait_s: float = 20) -> None:
    """Wait until `is_so`, with the page's own events going on."""
    ends = time.monotonic() + wait_s
    while not is_so():
        assert time.monotonic() < ends, "it did not come about"
        page.wait_for_timeout(50)


class Script:
    """A server whose answers are told beforehand, for what the real one says only by chance. It has no streams to give."""

    def __init__(self, context: BrowserContext, answers: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self.answers = answers or {}
        self.posted: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.statuses: list[int] = []
        """What the next messages are answered with, before all is well."""
        self.is_away = False
        self._waiting: list[tuple[int, Route]] = []
        context.route("**/chat/session*", self._session)
        context.route("**/chat/messages", self._message)
        context.route("**/chat/events?*", self._events)

    def _session(self, route: Route) -> None:
        if self.is_away:
            route.abort()
        else:
            route.fulfill(status=201, json={"token": "t" * 43})

    def _message(self, route: Route) -> None:
        status = self.statuses.pop(0) if self.statuses else 202
        if self.is_away:
            route.abort()
            return
        if status == 202:
            body = route.request.post_data_json
            for line in self.answers.get(body["text"], []):
                self.say(**line)
            self.posted.append(body)
        route.fulfill(status=status, json={})

    def _events(self, route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        after, wait = int(query["after"][0]), query.get("wait", ["none"])[0]
        if wait == "none":
            route.fulfill(status=503)
        elif wait == "0" or any(line["id"] > after for line in self.lines):
            self._tell(route, after)
        else:
            self._waiting.append((after, route))

    def _tell(self, route: Route, after: int) -> None:
        route.fulfill(json={"messages": [line for line in self.lines if line["id"] > after]})

    def say(self, text: str | None, who: str = "bot", **more: Any) -> None:
        line = {"id": len(self.lines) + 1, "who": who, "text": text, "language": "en", "buttons": []}
        self.lines.append(line | more)
        waiting, self._waiting = self._waiting, []
        for after, route in waiting:
            self._tell(route, after)


# --- talking ----------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_and_followed_up(page: Page) -> None:
    say(page, "where do i vote")
    expect(shown(page).last).to_contain_text(re.compile("state", re.IGNORECASE), timeout=ANSWER_MS)
    say(page, "ohio")
    link = shown(page).last.locator("a")
    expect(link).to_have_attribute("href", re.compile(r"^https://[^ ]+[^.,]$"), timeout=ANSWER_MS)
    expect(link).to_have_attribute("rel", "noopener")
    expect(link).to_have_attribute("target", "_blank")
    expect(shown(page).last).to_contain_text("Ohio")
    assert "\n" in shown(page).last.inner_text(), "line breaks are kept"


def test_the_spanish_page_is_answered_in_spanish(page: Page, running: Desk) -> None:
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_label("Su mensaje").fill("hola")
    page.get_by_role("button", name="Enviar").click()
    answered(page, 1)
    expect(page.locator(".message.bot")).to_have_attribute("lang", "es")
    expect(shown(page)).to_contain_text("asistente automatizado")
    assert stored(running, kept(page)["token"])[0]["language"] == "es"


def test_changing_the_language_keeps_the_chat(page: Page, running: Desk) -> None:
    say(page, "hello")
    sent(page)
    field(page).fill("un borrador")
    page.get_by_role("link", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(shown(page, "voter")).to_have_text(["hello"])
    expect(field(page)).to_have_value("un borrador")
    field(page).press("Enter")
    until(lambda: said(running, page) == ["hello", "un borrador"], page)


def test_two_tabs_are_two_chats(contexts: Contexts, running: Desk) -> None:
    context = contexts()
    one, other = context.new_page(), context.new_page()
    for tab, words in ((one, "hello"), (other, "thank you")):
        tab.goto("/")
        say(tab, words)
    answered(one, 1)
    answered(other, 1)
    assert kept(one)["token"] != kept(other)["token"]
    assert (said(running, one), said(running, other)) == (["hello"], ["thank you"])


def test_markup_is_shown_as_text(page: Page, running: Desk) -> None:
    words = '<script>alert("1")</script> & <b>bold</b> &amp; https://example.org/?a=1&b=2'
    say(page, words)
    sent(page)
    assert shown(page, "voter").inner_text() == words
    assert page.locator(".message script, .message b").count() == 0
    assert said(running, page) == [words]
    page.reload()
    assert shown(page, "voter").inner_text() == words


def test_what_a_future_server_adds_is_passed_over(contexts: Contexts) -> None:
    context = contexts()
    Script(
        context,
        {
            "hello": [
                {"text": None, "kind": "typing"},
                {"text": "Good day.", "mood": 3, "buttons": [{"label": "A", "choice": "go:a", "url": "", "icon": "x"}]},
            ]
        },
    )
    page = context.new_page()
    page.goto("/chat")
    say(page, "hello")
    answered(page, 1)
    expect(shown(page)).to_have_text("Good day.")
    expect(page.get_by_role("button", name="A", exact=True)).to_be_visible()


# --- lasting ----------------------------------------------------------------------------------------------------------


def test_a_reload_shows_the_same_chat_once(page: Page) -> None:
    say(page, "where do i vote")
    answered(page, 1)
    say(page, "ohio")
    answered(page, 2)
    before = page.locator(".message").all_inner_texts()
    page.reload()
    expect(page.locator(".message")).to_have_count(len(before))
    assert page.locator(".message").all_inner_texts() == before


def test_a_reload_in_the_middle_of_an_answer_goes_on_behind_the_last_id(page: Page, running: Desk) -> None:
    say(page, "hello")
    answered(page, 1)
    page.route("**/chat/events?*", lambda route: route.abort())
    page.context.set_offline(True)
    page.context.set_offline(False)
    say(page, "where do i vote")
    expect(page.locator(".state.sent")).to_have_count(2)
    token, cursor = kept(page)["token"], kept(page)["cursor"]
    until(lambda: len([line for line in stored(running, token) if line["who"] == "bot"]) == 2, page)
    assert shown(page).count() == 1
    page.unroute("**/chat/events?*")
    with page.expect_request("**/chat/events?*") as asked:
        page.reload()
    assert parse_qs(urlsplit(asked.value.url).query)["after"] == [str(cursor)]
    answered(page, 2)
    assert cursor > 0
    assert kept(page)["cursor"] > cursor


def test_a_chat_that_ran_out_begins_anew_and_says_so(page: Page, running: Desk) -> None:
    say(page, "hello")
    answered(page, 1)  # an answer that comes later would write the old token down again
    page.evaluate(
        "{ const kept = JSON.parse(sessionStorage.chat); kept.token = 'gone'; sessionStorage.chat = JSON.stringify(kept) }"
    )
    page.reload()
    expect(page.locator(".note")).to_have_text("The earlier chat has ended. A new one begins here.")
    say(page, "thank you")
    sent(page)
    assert said(running, page) == ["thank you"]
    expect(page.locator(".note")).to_have_count(1)


def test_a_message_that_meets_the_end_of_its_session_is_sent_in_a_new_one(contexts: Contexts) -> None:
    context = contexts()
    script = Script(context)
    page = context.new_page()
    page.goto("/chat")
    say(page, "one")
    expect(page.locator(".state.sent")).to_have_count(1)
    script.statuses = [401]
    say(page, "two", "three")
    until(lambda: len(script.posted) == 3, page)
    assert [message["text"] for message in script.posted] == ["one", "two", "three"]
    assert page.locator(".past > *, .fresh > *").all_inner_texts()[1:2] == [
        "The earlier chat has ended. A new one begins here."
    ]


# --- bad networks -----------------------------------------------------------------------------------------------------


def test_messages_written_offline_arrive_in_order_and_once(page: Page, running: Desk) -> None:
    say(page, "hello")
    sent(page)
    page.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("No connection")
    words = ["first", "second", "third"]
    say(page, *words)
    expect(page.locator(".state.waiting")).to_have_text(["Waiting"] * 3)
    assert said(running, page) == ["hello"]
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_have_text("Connected again")
    expect(page.locator(".message.voter").last.locator(".state")).to_have_text("Sent", timeout=ANSWER_MS)
    assert said(running, page) == ["hello", *words]
    expect(shown(page, "voter")).to_have_text(["hello", *words])


def test_messages_written_offline_survive_a_reload(page: Page, running: Desk) -> None:
    say(page, "hello")
    sent(page)
    page.route("**/chat/messages", lambda route: route.abort())
    say(page, "first", "second")
    expect(page.locator(".state.waiting")).to_have_count(2)
    page.unroute("**/chat/messages")
    page.reload()
    until(lambda: len(said(running, page)) == 3, page)
    assert said(running, page) == ["hello", "first", "second"]
    expect(shown(page, "voter")).to_have_text(["hello", "first", "second"])


@pytest.mark.parametrize("path, status, times", [("messages", 503, 3), ("session", 429, 1)])
def test_a_busy_server_gets_each_message_once_and_in_order(
    page: Page, running: Desk, path: str, status: int, times: int
) -> None:
    refused = []

    def refuse(route: Route) -> None:
        if len(refused) < times:
            refused.append(time.monotonic())
            route.fulfill(status=status, headers={"Retry-After": "1"})
        else:
            route.continue_()

    page.route(f"**/chat/{path}", refuse)
    say(page, "one", "two", "three")
    expect(page.get_by_role("status")).to_contain_text("Many people are writing")
    until(lambda: bool(kept(page).get("token")) and len(said(running, page)) == 3, page)
    assert said(running, page) == ["one", "two", "three"]
    assert len(refused) == times
    assert all(later - earlier >= 1 for earlier, later in pairwise(refused))
    expect(page.get_by_role("status")).to_be_empty()


def test_a_lost_answer_to_a_message_does_not_double_it(page: Page, running: Desk) -> None:
    lost = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/chat/messages", lose)
    say(page, "one", "two")
    until(lambda: len(shown(page, "voter").all()) == 2 and page.locator(".state.sent").count() == 2, page)
    assert lost == [202]
    assert said(running, page) == ["one", "two"]


def test_there_is_never_more_than_one_sender(page: Page, running: Desk) -> None:
    # A sketch of this page had two senders when the network came back: one overtook the other.
    page.add_init_script("""
        const real = window.fetch;
        window.inFlight = window.most = window.posts = 0;
        window.fetch = async (url, options) => {
            if (!String(url).endsWith("/chat/messages")) return real(url, options);
            window.most = Math.max(window.most, ++window.inFlight);
            try {
                await new Promise((done) => setTimeout(done, window.posts++ % 2 ? 10 : 150));
                return await real(url, options);
            } finally {
                window.inFlight--;
            }
        };
    """)
    page.reload()
    words = [f"number {number}" for number in range(6)]
    for word in words:
        say(page, word)
        page.evaluate("for (const name of ['online', 'online']) window.dispatchEvent(new Event(name))")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(lambda: bool(kept(page).get("token")) and len(said(running, page)) == 6, page)
    assert said(running, page) == words
    assert page.evaluate("[most, posts]") == [1, 6]


def test_a_message_that_is_refused_for_good_can_be_sent_again(contexts: Contexts) -> None:
    context = contexts()
    script = Script(context)
    script.statuses = [400]
    page = context.new_page()
    page.goto("/chat")
    say(page, "one", "two")
    until(lambda: len(script.posted) == 1, page)
    expect(page.get_by_role("status")).to_have_text("A message was not sent.")
    expect(page.locator(".state.failed")).to_contain_text("Not sent")
    page.get_by_role("button", name="Try again").click()
    until(lambda: len(script.posted) == 2, page)
    assert [message["text"] for message in script.posted] == ["two", "one"]
    expect(field(page)).to_be_focused()
    expect(page.locator(".state.failed")).to_have_count(0)


@pytest.mark.parametrize("label, arrives", [("Send it", ["hours ago", "now"]), ("Discard", ["now"])])
def test_an_old_message_asks_before_it_is_sent(contexts: Contexts, label: str, arrives: list[str]) -> None:
    context = contexts()
    script = Script(context)
    page = context.new_page()
    page.clock.install()
    page.goto("/chat")
    script.is_away = True
    say(page, "hours ago")
    expect(page.locator(".state.waiting")).to_have_count(1)
    page.clock.fast_forward("01:00:05")
    expect(page.locator(".state.old")).to_contain_text("more than an hour ago")
    script.is_away = False
    say(page, "now")
    expect(page.get_by_role("button", name=label)).to_be_visible()
    assert script.posted == []
    page.get_by_role("button", name=label).click()
    until(lambda: len(script.posted) == len(arrives), page)
    assert [message["text"] for message in script.posted] == arrives
    expect(shown(page, "voter")).to_have_text(arrives)


def test_an_answer_comes_over_the_stream(page: Page) -> None:
    page.route("**/chat/events?*wait=*", lambda route: route.abort())
    say(page, "hello")
    answered(page, 1)


def test_an_answer_that_the_stream_holds_back_is_looked_for(contexts: Contexts) -> None:
    context = contexts()
    script = Script(context, {"hello": [{"text": "Good day."}]})
    page = context.new_page()
    held = []
    page.route(
        "**/chat/events?*", lambda route: route.fallback() if "wait=0" in route.request.url else held.append(route)
    )
    page.clock.install()
    page.goto("/chat")
    say(page, "hello")
    until(lambda: len(held) == 1, page)
    sent(page)
    assert shown(page).count() == 0
    page.clock.fast_forward("00:02")
    answered(page, 1)
    assert len(script.posted) == 1


def test_an_answer_that_comes_twice_is_shown_once(contexts: Contexts) -> None:
    context = contexts()
    script = Script(context, {"one": [{"text": "First."}], "two": [{"text": "Second."}]})
    page = context.new_page()
    page.route("**/chat/events?*wait=*", lambda route: route.fulfill(json={"messages": script.lines}))
    page.goto("/chat")
    say(page, "one")
    answered(page, 1)
    with page.expect_response("**/chat/events?after=1&*"):
        say(page, "two")
    answered(page, 2)
    expect(shown(page)).to_have_text(["First.", "Second."])


def test_without_a_stream_the_page_polls_and_later_tries_again(page: Page) -> None:
    page.clock.install()
    page.reload()
    asked: list[str] = []

    def full(route: Route) -> None:
        waits = "wait=" in route.request.url
        asked.append("poll" if waits else "stream")
        if waits:
            route.continue_()
        else:
            route.fulfill(status=503, headers={"Retry-After": "3"})

    page.route("**/chat/events?*", full)
    say(page, "where do i vote")
    answered(page, 1)
    say(page, "ohio")
    answered(page, 2)
    assert asked[:2] == ["stream", "poll"]
    assert asked.count("stream") == 1
    page.clock.fast_forward("01:00")
    page.unroute("**/chat/events?*")
    with page.expect_request(
        lambda request: "/chat/events" in request.url and "wait=" not in request.url, timeout=40_000
    ):
        page.clock.fast_forward("00:50")


def test_a_server_with_every_stream_taken_is_not_asked_without_pause(contexts: Contexts) -> None:
    context = contexts()
    Script(context)
    asked: list[float] = []

    def full(route: Route) -> None:
        asked.append(time.monotonic())
        if "wait=" in route.request.url:
            route.fulfill(json={"messages": []})
        else:
            route.fulfill(status=503)

    context.route("**/chat/events?*", full)
    page = context.new_page()
    page.goto("/chat")
    say(page, "hello")
    until(lambda: len(asked) >= 4, page)
    assert asked[3] - asked[1] >= 2.5, "one poll in three seconds, and one look after the message"


# --- hands and senses -------------------------------------------------------------------------------------------------


def test_a_chat_by_keyboard_alone(page: Page, running: Desk) -> None:
    reached = []
    while "textarea" not in reached:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        assert len(reached) < 9, reached
    assert reached == ["Español", "Privacy", "div", "textarea"]
    page.keyboard.type("one line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and another")
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    expect(field(page)).to_have_value("")
    answered(page, 1)
    page.keyboard.type("thanks")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    until(lambda: said(running, page) == ["one line\nand another", "thanks"], page)


def test_buttons_by_keyboard(page: Page, running: Desk) -> None:
    say(page, "hi")
    answered(page, 1)
    choices = page.locator("button.choice")
    expect(choices).to_have_count(3)
    label = choices.nth(1).inner_text()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(choices.nth(1)).to_be_focused()
    with page.expect_request(lambda request: request.method == "POST") as posted:
        page.keyboard.press("Enter")
    expect(field(page)).to_be_focused()
    expect(choices).to_have_count(0)
    answered(page, 2)
    body = posted.value.post_data_json
    assert (body["text"], body["choice"]) == (label, "go:register_to_vote")
    assert said(running, page) == ["hi", label]
    expect(shown(page).last).to_contain_text("register to vote")


def test_a_button_that_opens_a_page_is_a_link(contexts: Contexts) -> None:
    context = contexts()
    Script(
        context,
        {
            "hello": [
                {
                    "text": "See here.",
                    "buttons": [{"label": "Events", "choice": "", "url": "https://example.org/events"}],
                }
            ]
        },
    )
    page = context.new_page()
    page.goto("/chat")
    say(page, "hello")
    link = page.get_by_role("link", name="Events")
    expect(link).to_have_attribute("href", "https://example.org/events", timeout=ANSWER_MS)
    expect(link).to_have_attribute("rel", "noopener")
    say(page, "thanks")
    expect(link).to_be_visible()


def test_only_what_is_new_is_in_the_live_region(contexts: Contexts) -> None:
    context = contexts()
    Script(context, {"hello": [{"text": "Good day."}]})
    page = context.new_page()
    page.goto("/chat")
    log = page.get_by_role("log")
    expect(log).to_have_attribute("aria-live", "polite")
    say(page, "hello")
    answered(page, 1)
    expect(log.locator(".message")).to_have_count(2)
    assert log.locator(".name").all_text_contents() == ["You", "Assistant"]
    assert [row.get_attribute("lang") for row in log.locator(".message").all()] == ["en", "en"]
    page.reload()
    expect(page.locator(".message")).to_have_count(2)
    expect(log.locator(".message")).to_have_count(0)


def test_the_dots_end_with_the_answer_or_after_a_while(contexts: Contexts) -> None:
    context = contexts()
    script = Script(context)
    page = context.new_page()
    page.clock.install()
    page.goto("/chat")
    dots = page.locator(".typing")
    say(page, "hello")
    expect(dots).to_be_visible()
    script.say("Good day.")
    expect(dots).to_be_hidden()
    answered(page, 1)
    say(page, "and?")
    expect(dots).to_be_visible()
    page.clock.fast_forward("00:16")
    expect(dots).to_be_hidden()
    script.say("Hi, this is Maria.", who="person", name="Maria")
    expect(page.locator(".message.person .name")).to_have_text("Maria")
    say(page, "thanks")
    expect(page.locator(".message.voter").last.locator(".state")).to_have_text("Sent")
    expect(dots).to_be_hidden()


def test_who_reads_further_up_is_not_pulled_down(contexts: Contexts) -> None:
    context = contexts(viewport={"width": 390, "height": 600})
    script = Script(context, {"hello": [{"text": "line\n" * 40}]})
    page = context.new_page()
    page.goto("/chat")
    say(page, "hello")
    answered(page, 1)
    page.locator(".scroller").evaluate("box => { box.scrollTop = 0; }")
    script.say("and more")
    answered(page, 2)
    assert page.locator(".scroller").evaluate("box => box.scrollTop") == 0
    page.get_by_role("button", name="New messages").click()
    expect(shown(page).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="New messages")).to_be_hidden()


@pytest.mark.parametrize("size", [(320, 568), (320, 256)], ids=["small phone", "1280 at 400 %"])
def test_a_narrow_screen_scrolls_one_way_only(contexts: Contexts, size: tuple[int, int]) -> None:
    context = contexts(viewport={"width": size[0], "height": size[1]})
    long = f"https://example.org/{'a-very-long-path/' * 8} {'W' * 90}"
    Script(context, {long: [{"text": long, "buttons": [{"label": "M" * 60, "choice": "go:a", "url": ""}]}]})
    page = context.new_page()
    page.goto("/chat")
    say(page, long)
    answered(page, 1)
    for box in ("document.scrollingElement", "document.querySelector('.scroller')"):
        assert page.evaluate(f"{box}.scrollWidth - {box}.clientWidth") == 0
    field(page).scroll_into_view_if_needed()
    expect(field(page)).to_be_in_viewport()
    for target in page.locator("button:visible, nav a").all():
        assert target.bounding_box()["height"] >= 44


def test_the_field_grows_to_five_lines(page: Page) -> None:
    heights = []
    for lines in (1, 2, 5, 9):
        field(page).fill("\n".join("x" * lines))
        heights.append(field(page).bounding_box()["height"])
    assert heights[0] < heights[1] < heights[2] == heights[3]
    assert page.locator(".left").inner_text() == ""
    field(page).fill("x" * 1990)
    expect(page.locator(".left")).to_have_text("10 characters left")


def violations(page: Page) -> dict[str, list[str]]:
    """Return what axe finds on three screens; the phone in both colours."""
    found = {}
    zoomed = {"width": 320, "height": 256}
    for size, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESKTOP, "light"), (zoomed, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        seen = Axe().run(page).response["violations"]
        found[f"{size['width']} {scheme}"] = [f"{one['id']}: {one['nodes'][0]['html']}" for one in seen]
    return {where: seen for where, seen in found.items() if seen}


def test_axe_finds_nothing_on_the_first_look(contexts: Contexts) -> None:
    page = contexts(bypass_csp=True).new_page()
    page.goto("/chat?lang=es")
    assert violations(page) == {}


def test_axe_finds_nothing_in_a_conversation(contexts: Contexts) -> None:
    context = contexts(bypass_csp=True)
    script = Script(context, CONVERSATION | WITH_CHOICES)
    page = context.new_page()
    page.goto("/chat")
    converse(page, script)
    assert violations(page) == {}
    script.statuses = [400, *[503] * 50]
    say(page, "refused", "waits")
    expect(page.locator(".state.waiting")).to_have_count(1)
    expect(page.locator(".state.failed")).to_have_count(1)
    expect(page.locator(".status.busy")).to_have_count(1)
    assert violations(page) == {}


# --- without script ---------------------------------------------------------------------------------------------------


@pytest.fixture
def plain(contexts: Contexts) -> Page:
    """Return the chat in a browser without script."""
    opened = contexts(java_script_enabled=False).new_page()
    opened.goto("/chat")
    return opened


def send_plainly(page: Page, text: str, bots: int) -> None:
    """Send by form; the page looks for the answer by itself."""
    field(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(shown(page)).to_have_count(bots, timeout=ANSWER_MS)


def test_a_whole_exchange_without_script(plain: Page) -> None:
    send_plainly(plain, "where do i vote", 1)
    expect(shown(plain).last).to_contain_text("state")
    send_plainly(plain, "ohio", 2)
    link = shown(plain).last.locator("a")
    expect(link).to_have_attribute("href", re.compile("^https://"))
    expect(link).to_have_attribute("rel", "noopener")
    send_plainly(plain, "<script>alert(1)</script> & more", 3)
    assert shown(plain, "voter").all_inner_texts() == ["where do i vote", "ohio", "<script>alert(1)</script> & more"]
    plain.get_by_role("link", name="Show new messages").click()
    expect(shown(plain)).to_have_count(3)
    assert plain.locator("meta[http-equiv=refresh]").count() == 0, "all is answered: nothing is looked for"


def test_buttons_without_script(plain: Page) -> None:
    send_plainly(plain, "hi", 1)
    expect(plain.locator("button.choice")).to_have_count(3)
    plain.get_by_role("button", name="Register to vote").click()
    expect(shown(plain)).to_have_count(2, timeout=ANSWER_MS)
    expect(shown(plain, "voter")).to_have_text(["hi", "Register to vote"])
    expect(shown(plain).last).to_contain_text("register to vote")
    expect(plain.get_by_role("button", name="Talk to a person")).to_have_count(0)


def test_a_form_sent_twice_is_one_message(plain: Page, running: Desk) -> None:
    form = {"id": plain.locator("form.form input[name=id]").get_attribute("value"), "text": "hello"}
    for text in ("hello", "hello", "other words from the same page"):
        plain.request.post("/chat/say?lang=en", form=form | {"text": text})
    plain.goto("/chat")
    assert shown(plain, "voter").all_inner_texts() == ["hello", "other words from the same page"]


def test_what_cannot_be_taken_now_stays_in_the_field(plain: Page) -> None:
    send_plainly(plain, "hello", 1)
    for number in range(19):
        plain.request.post("/chat/say", form={"text": f"number {number}"}, max_redirects=0)
    field(plain).fill("one too many <&>")
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(plain.get_by_role("alert")).to_contain_text("Your message is kept below")
    expect(field(plain)).to_have_value("one too many <&>")


def test_a_long_message_in_many_lines_fits_the_form(plain: Page) -> None:
    words = "áé\n" * 666
    field(plain).fill(words)
    plain.get_by_role("button", name="Send", exact=True).click()
    expect(shown(plain, "voter")).to_have_count(1)
    assert shown(plain, "voter").inner_text() == words.strip()


def test_a_chat_begun_by_form_goes_on_with_script(contexts: Contexts, running: Desk) -> None:
    context = contexts()
    page = context.new_page()
    page.route("**/chat.js", lambda route: route.abort())
    page.goto("/chat")
    field(page).fill("where do i vote")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(shown(page, "voter")).to_have_count(1)
    page.unroute("**/chat.js")
    page.reload()
    say(page, "ohio")
    expect(shown(page).last).to_contain_text("Ohio", timeout=ANSWER_MS)
    answered(page, 2)
    assert said(running, page) == ["where do i vote", "ohio"]
    expect(shown(page, "voter")).to_have_text(["where do i vote", "ohio"])
    expect(page.get_by_role("link", name="Show new messages")).to_have_count(0)


# --- weight, privacy, looks -------------------------------------------------------------------------------------------


def test_script_and_style_are_light() -> None:
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("chat.js", "chat.css")}
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_nobody_else_is_asked_for_anything(contexts: Contexts, running: Desk) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    context = contexts()
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text))
    page.goto("/")
    say(page, "where do i vote")
    answered(page, 1)
    elsewhere = [url for url in asked if not url.startswith((running.url, "data:"))]
    assert (elsewhere, wrong) == ([], [])
    assert f"{running.url}/static/chat.js" in asked


CONVERSATION: dict[str, list[dict[str, Any]]] = {
    "Hi! Where do I vote?": [
        {
            "text": "Hi, this is Rivera for Riverton's automated assistant. Reply PERSON to reach a person.\n"
            "Which state are you registered in? Or send your street address and ZIP code."
        }
    ],
    "Ohio": [
        {
            "text": "For Ohio: find your polling place on the official page:\n"
            "https://www.ohiosos.gov/elections/voters/toolkit/polling-location/\n"
            "Places can change, so look again right before you go.",
            "buttons": [{"label": "Talk to a person", "choice": "go:speak_to_human", "url": ""}],
        }
    ],
    "Can somebody give me a ride?": [
        {"text": "Of course. A person will answer you here (usually within 10 minutes)."},
        {
            "who": "person",
            "name": "Maria",
            "text": "Hi, this is Maria with the Rivera campaign. Happy to help: what is your ZIP code?",
        },
    ],
}
WITH_CHOICES: dict[str, list[dict[str, Any]]] = {
    "Thank you": [
        {
            "text": "You are welcome.",
            "buttons": [
                {"label": "Register to vote", "choice": "go:register_to_vote", "url": ""},
                {"label": "Events", "choice": "", "url": "https://example.org/events"},
            ],
        }
    ],
}
CONVERSATION_ES: dict[str, list[dict[str, Any]]] = {
    "¿Dónde voto?": [
        {
            "language": "es",
            "text": "Soy el asistente automatizado de Rivera for Riverton. Para hablar con alguien: PERSONA.\n"
            "¿En qué estado tiene su registro para votar? También puede mandar su domicilio con ZIP.",
        }
    ],
    "Ohio": [
        {
            "language": "es",
            "text": "En Ohio: busque su lugar para votar en el sitio oficial (en inglés):\n"
            "https://www.ohiosos.gov/elections/voters/toolkit/polling-location/\n"
            "Los lugares pueden cambiar: vuelva a ver el sitio antes de salir.",
            "buttons": [
                {"label": "Registro para votar", "choice": "go:register_to_vote", "url": ""},
                {"label": "Hablar con alguien", "choice": "go:speak_to_human", "url": ""},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    "name, size, scheme, language, talk",
    [
        ("phone-light", PHONE, "light", "en", CONVERSATION),
        ("phone-dark", PHONE, "dark", "en", CONVERSATION),
        ("desktop", DESKTOP, "light", "en", CONVERSATION),
        ("phone-es", PHONE, "light", "es", CONVERSATION_ES),
    ],
)
def test_pictures_for_the_docs(
    contexts: Contexts,
    tmp_path: Path,
    name: str,
    size: dict[str, int],
    scheme: str,
    language: str,
    talk: dict[str, Any],
) -> None:
    """Take the pictures; SCREENSHOTS=1 puts them into docs/."""
    context = contexts(viewport=size, color_scheme=scheme)
    script = Script(context, talk)
    page = context.new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/chat?lang={language}")
    converse(page, script)
    expect(page.locator(".message.voter").last.locator(".state")).to_have_text(
        "Enviado" if language == "es" else "Sent"
    )
    folder = ROOT / "docs" / "screenshots" if os.environ.get("SCREENSHOTS") else tmp_path
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"chat-{name}.png", caret="hide")
    assert 5_000 < (folder / f"chat-{name}.png").stat().st_size < MOST_SHOT_BYTES
