"""The console's pages about content: what serves, and proposals that another person decides on what they see."""

import pytest
from support.sites import METRICS, forms_in

from bot.app import now
from bot.publish.files import judged
from bot.store import versions
from bot.store.staff import volunteer_named
from bot.store.versions import Bundle

ADDED = "responses/zzz.yml"


@pytest.fixture
def one(open_with):
    """Return an app of its own."""
    return open_with()


def changed(one, english, spanish="Estacione atras."):
    """Return the shipped files with an entry `parking` beside them."""
    files = judged(one.app.config, now().date()).bundle
    entry = f"parking: {{keywords: [PARKING], text: {{en: '{english}', es: '{spanish}'}}}}\n"
    return Bundle({**files.responses, ADDED: entry}, files.intents)


def propose(one, text="Park behind the <b>office</b>.", name="Maria", note="the new lot"):
    who = volunteer_named(one.app.store, name, "editor", now())
    return versions.propose(one.app.store, changed(one, text), versions.service_id(one.app.store.database), who, note)


def page_of(number):
    return f"/console/content/proposals/{number}"


def decide(client, number, what, **fields):
    """Press a button of the page as a browser would; return the answer, or None where there is no such button."""
    forms = [form for form in forms_in(client.get(page_of(number)).text) if form["action"].endswith(f"/{what}")]
    return client.post(forms[0]["action"], data=forms[0]["fields"] | fields) if forms else None


def test_strangers_see_nothing_of_it(one):
    number = propose(one)
    client = one.client()
    assert [client.get(path).location for path in ("/console/content", page_of(number))] == ["/console/sign-in"] * 2
    assert [client.post(f"{page_of(number)}/{what}").status_code for what in ("approve", "refuse")] == [401, 401]
    assert versions.proposal(one.app.store.database, number).state == "waiting"


def test_what_serves_and_what_waits_are_on_one_page(one):
    number = propose(one)
    page = one.signed_in("Ben").get("/console/content").text
    assert "<strong>Version 1</strong> is in service since Today" in page
    assert f'<a href="{page_of(number)}">Version 2, proposed by Maria</a>' in page
    assert "the new lot" in page
    assert "<td>first start</td>" in page


def test_the_page_shows_the_difference_by_language_and_no_markup_of_staff(one):
    page = one.signed_in("Ben").get(page_of(propose(one))).text
    assert '<h3>parking <span class="kind">added</span></h3>' in page
    assert '<ins lang="en">Park behind the &lt;b&gt;office&lt;/b&gt;.</ins>' in page
    assert '<ins lang="es">Estacione atras.</ins>' in page
    assert "<b>office" not in page


def test_a_changed_text_shows_what_stood_there_before(one):
    store = one.app.store
    versions.publish(store, changed(one, "Old lot"), versions.service_id(store.database), "publish", "ruth")
    page = one.signed_in("Ben").get(page_of(propose(one, "New lot"))).text
    assert '<del lang="en">Old lot</del>' in page
    assert '<ins lang="en">New lot</ins>' in page
    assert "Estacione" not in page


def test_another_person_approves_and_it_serves(one):
    number = propose(one)
    rung = []
    with one.app.bell.listen(versions.TOPIC) as ear:
        answer = decide(one.signed_in("Ben"), number, "approve")
        rung.append(ear.wait(0))
    assert (answer.status_code, answer.location, rung) == (303, page_of(number), [True])
    placed = versions.in_service(one.app.store.database)
    assert (placed.version, placed.how, placed.actor) == (2, "approval", "ben")
    assert one.app.shelf.look()
    assert "parking" in one.app.shelf.content.book.entries
    page = one.signed_in("Ben").get(page_of(number)).text
    assert "Approved by Ben." in page
    assert [form for form in forms_in(page) if "/proposals/" in form["action"]] == []


def test_who_proposed_gets_no_button_to_approve_and_is_refused_without_it(one):
    number = propose(one)
    maria = one.signed_in("Maria")
    assert decide(maria, number, "approve") is None
    csrf = forms_in(maria.get("/console/").text)[0]["fields"]["csrf"]
    answer = maria.post(f"{page_of(number)}/approve", data={"csrf": csrf})
    assert (answer.status_code, "Somebody else than the one who proposed it" in answer.text) == (409, True)
    assert versions.in_service(one.app.store.database).version == 1
    assert decide(maria, number, "refuse").status_code == 303
    assert "Taken back by Maria" in maria.get(page_of(number)).text


def test_a_refusal_is_told_with_its_reason(one):
    number = propose(one)
    assert decide(one.signed_in("Ben"), number, "refuse", why="  the lot   is closed ").status_code == 303
    found = versions.proposal(one.app.store.database, number)
    assert (found.state, found.decided_by, found.why) == ("refused", "ben", "the lot is closed")
    assert "Refused by Ben: the lot is closed." in one.signed_in("Ruth").get(page_of(number)).text


def test_a_stale_proposal_says_so_and_cannot_be_approved(one):
    number = propose(one)
    ben = one.signed_in("Ben")
    action = next(form for form in forms_in(ben.get(page_of(number)).text) if form["action"].endswith("approve"))
    store = one.app.store
    versions.publish(store, changed(one, "Other"), versions.service_id(store.database), "publish", "ruth")
    answer = ben.post(action["action"], data=action["fields"])
    assert (answer.status_code, "went into service since" in answer.text) == (409, True)
    assert decide(ben, number, "approve") is None
    assert versions.in_service(store.database).actor == "ruth"


def test_a_form_of_another_session_decides_nothing(one):
    number = propose(one)
    other = forms_in(one.signed_in("Eve").get("/console/").text)[0]["fields"]["csrf"]
    ben = one.signed_in("Ben")
    answers = [ben.post(f"{page_of(number)}/approve", data={"csrf": csrf}).status_code for csrf in (other, "", "x")]
    assert answers == [403] * 3
    assert versions.in_service(one.app.store.database).version == 1


@pytest.mark.parametrize("path", ["/99", "/0", "/1000000000", "/x", "/1/other"])
def test_what_is_not_there_is_404(one, path):
    assert one.signed_in("Ben").get(f"/console/content/proposals{path}").status_code == 404


def test_a_version_that_cannot_be_served_shows_on_the_page_and_to_who_has_the_token(one):
    store = one.app.store
    versions.publish(store, Bundle({}, ""), versions.service_id(store.database), "publish", "maria")
    one.app.shelf.look()
    said = "version 2 cannot be served: responses:1:1: error Y101  holds no .yml file with an entry in it; version 1 goes on"
    assert said in one.signed_in("Ben").get("/console/content").text
    shown = [one.client().get("/ready", headers=more).text for more in ({}, {"Authorization": f"Bearer {METRICS}"})]
    assert (said in shown[0], said in shown[1].splitlines()) == (False, True)
