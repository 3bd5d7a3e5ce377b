"""The console's preview: what voters get by the content in service, for whoever is signed in."""

import re
from html import unescape

import pytest


def bubbles(page):
    """Return the texts on the phones of a page."""
    return [unescape(text) for text in re.findall(r'<p class="bubble"[^>]*>(.*?)</p>', page, re.DOTALL)]


@pytest.fixture
def show(web):
    """Return what opens the page as a volunteer."""
    client = web.signed_in("Maria")
    return lambda query="": client.get(f"/console/preview?{query}")


def test_strangers_are_sent_to_the_sign_in(web):
    answer = web.client().get("/console/preview?entry=voting_hours")
    assert (answer.status_code, answer.location) == (303, "/console/sign-in")


def test_it_begins_with_the_greeting_and_offers_every_entry(web, show):
    page = show().text
    assert "<option selected>greet</option>" in page
    assert "<option>voting_hours</option>" in page
    assert "default-src 'none'" in show().headers["Content-Security-Policy"]
    assert re.findall(r"<script|style=|onclick", page) == []


def test_a_wording_for_each_condition_in_the_language_and_state_that_was_chosen(show):
    answer = show("entry=voting_hours&language=es&state=TX")
    assert answer.status_code == 200
    assert len(re.findall(r"<h2", answer.text)) == 5
    assert all("Texas" in text for text in bubbles(answer.text)[:4])
    assert "Examples, not facts: in_line, poll_hours, election.day." in answer.text
    assert answer.text.count("A voter who asks now gets this.") == 1


def test_phones_that_charge_show_segments_and_cost(show):
    page = show("entry=register_to_vote").text
    assert re.search(r"\d segments?, GSM-7, \d\.\d cents", page)
    assert page.count('class="cost') < page.count('class="bubble')


@pytest.mark.parametrize(
    "query, told",
    [
        ("entry=voting_hour", "Did you mean &#39;voting_hours&#39;?"),
        ("entry=greet&language=xx", "&#39;xx&#39; is not offered to voters."),
        ("entry=greet&state=ZZ", "&#39;ZZ&#39; is no state."),
        ("entry=%3Cscript%3E", "No entry or form is called &#39;&lt;script&gt;&#39;."),
    ],
)
def test_what_is_not_there_is_named(show, query, told):
    answer = show(query)
    assert (answer.status_code, told in answer.text, "<script" in answer.text) == (404, True, False)
