"""Ready replies at the desk: found, filled in, shown in the reply field, and sent only by its own button."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from support.sites import forms_in


@pytest.fixture
def desk(web, chat):
    """Return a volunteer's browser and the page of a thread that is theirs."""
    chat.say("a person please")
    web.work()
    ((thread,),) = web.rows("SELECT max(id) FROM conversation")
    browser = web.signed_in()
    page = browser.get(f"/console/threads/{thread}").text
    csrf = next(form["fields"]["csrf"] for form in forms_in(page) if "csrf" in form["fields"])
    claim = {"csrf": csrf, "kind": "claim", "thread": thread, "id": str(uuid4())}
    assert browser.post("/console/act", data=claim).status_code == 303
    return lambda **asked: browser.get(f"/console/threads/{thread}?{urlencode(asked)}").text


def composer(page: str) -> str:
    return page.partition('<textarea id="text"')[2].partition(">")[2].partition("</textarea>")[0]


def offered(page: str) -> list[str]:
    return [form["fields"]["reply"] for form in forms_in(page) if "reply" in form["fields"]]


def test_replies_are_found_by_their_words(desk) -> None:
    assert "ask_the_county" in offered(desk())
    assert offered(desk(find="county")) == ["ask_the_county"]
    assert (offered(desk(find="zebra")), "No reply is called so." in desk(find="zebra")) == ([], True)


def test_a_reply_stands_in_the_field_as_it_will_be_sent_and_is_not_sent(web, desk) -> None:
    said = "SELECT count(*) FROM message WHERE who NOT IN ('bot', 'voter')"
    before = web.rows(said)
    page = desk(**{"reply": "ask_the_county", "fill.county": "Hays & <b>"})
    assert composer(page).startswith("Hays &amp; &lt;b&gt; County&#39;s election office")
    assert web.rows(said) == before


def test_a_blank_that_was_not_filled_in_is_named(desk) -> None:
    page = desk(reply="ask_the_county")
    assert (composer(page), "is still to be filled in." in page) == ("", True)


def test_a_reply_that_is_gone_changes_nothing(desk) -> None:
    assert composer(desk(reply="gone")) == ""


def test_who_does_not_hold_the_thread_is_offered_none(web, chat) -> None:
    chat.say("a person please")
    web.work()
    ((thread,),) = web.rows("SELECT max(id) FROM conversation")
    page = web.signed_in("Joe").get(f"/console/threads/{thread}?reply=looking_into_it").text
    assert offered(page) == []
