"""The desk's doors: one-time links, the session's cookie, forms that are ours, and what each form does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from support.sites import forms_in

NOBODY = "192.0.2.1"


@pytest.fixture
def thread(web, chat):
    """Return the number of a thread that waits for a person."""
    chat.say("a person please")
    web.work()
    ((found,),) = web.rows("SELECT max(id) FROM conversation")
    return found


def sign_in(web, token, **environ):
    return web.client(**{"REMOTE_ADDR": f"127.0.2.{uuid4().int % 250 + 1}"} | environ).post(
        "/console/sign-in", data={"token": token}
    )


# --- signing in -------------------------------------------------------------------------------------------------------

LINKS = {
    # name: (the link's age, where it is opened, whether it lets in)
    "at once": (timedelta(), "127.0.0.9", True),
    "a second before its end": (timedelta(minutes=9, seconds=58), "127.0.0.9", True),
    "after ten minutes": (timedelta(minutes=10), "127.0.0.9", False),
    "over IPv6": (timedelta(), "::1", True),
    "from elsewhere": (timedelta(), NOBODY, False),
    "from nowhere": (timedelta(), "", False),
}


@pytest.mark.parametrize("name", LINKS)
def test_a_link_lets_in_for_ten_minutes_on_this_machine(web, name):
    age, where, lets_in = LINKS[name]
    answer = sign_in(web, web.link(age=age), REMOTE_ADDR=where)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (303 if lets_in else 403, lets_in)


def test_a_link_works_once_and_opening_it_does_not_use_it_up(web):
    token = web.link()
    for _ in range(3):  # a mail program's preview opens links too
        page = web.client().get(f"/console/sign-in?token={token}")
        assert forms_in(page.text)[0]["fields"] == {"token": token}
    assert [sign_in(web, token).status_code for _ in range(2)] == [303, 403]


def test_a_link_opened_elsewhere_shows_no_button(web):
    page = web.client(REMOTE_ADDR=NOBODY).get(f"/console/sign-in?token={web.link()}")
    assert (page.status_code, forms_in(page.text)) == (200, [])


def test_a_forwarded_address_is_not_this_machine(open_with):
    one = open_with(BOT_WEB__TRUSTED_PROXIES="1")
    token = one.link()
    headers = {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}
    assert one.client().post("/console/sign-in", data={"token": token}, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "\xe9\xff", "x" * 3000, "<script>"])
def test_nonsense_is_no_link(web, token):
    answer = sign_in(web, token)
    assert (answer.status_code, "<script>" in answer.text) == (403, False)


def test_guesses_are_limited(open_with):
    one = open_with()
    answers = [one.client().post("/console/sign-in", data={"token": "x"}).status_code for _ in range(21)]
    assert answers == [403] * 20 + [429]


COOKIES = [("http://desk.example.org", False), ("https://desk.example.org", True)]


@pytest.mark.parametrize(("public", "secure"), COOKIES)
def test_the_sessions_cookie(open_with, public, secure):
    one = open_with(PUBLIC_BASE_URL=public)
    answer = sign_in(one, one.link())
    value, *flags = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    wanted = {"HttpOnly", "SameSite=Strict", "Path=/console"} | ({"Secure"} if secure else set())
    assert (set(flags), len(value)) == (wanted, len("desk=") + 43)


def test_signing_out_ends_the_session_for_good(web):
    maria = web.signed_in()
    token = maria.get_cookie("desk", path="/console").value
    csrf = forms_in(maria.get("/console/").text)[0]["fields"]["csrf"]
    assert maria.post("/console/sign-out", data={"csrf": csrf}).status_code == 303
    maria.set_cookie("desk", token, path="/console")
    assert maria.get("/console/").location == "/console/sign-in"


def test_who_is_no_volunteer_any_more_is_out_at_once(web):
    ana = web.signed_in("Ana")
    assert ana.get("/console/").status_code == 200
    with web.app.store.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE volunteer SET active = 0 WHERE id = 'ana'")
    assert (ana.get("/console/").status_code, ana.post("/console/act").status_code) == (303, 401)


# --- forms that are ours ----------------------------------------------------------------------------------------------


def forms(web, thread):
    """Return the browser of a volunteer, and every form that the desk shows it: waiting, claimed, with a held reply."""
    maria = web.signed_in(f"Maria {thread}")
    found = {}

    def look():
        for one in forms_in(maria.get(f"/console/threads/{thread}").text):
            found[one["action"], one["fields"].get("kind", "")] = one
        return found

    for kind, words in (("claim", {}), ("say", {"text": "Hello, Maria here."})):
        form = look()["/console/act", kind]
        assert maria.post(form["action"], data=form["fields"] | words).status_code == 303
        web.work()
    return maria, list(look().values())


def test_each_form_of_the_desk_is_refused_without_its_sessions_token(web, thread):
    maria, shown = forms(web, thread)
    other = forms_in(web.signed_in("Eve").get("/console/").text)[0]["fields"]["csrf"]
    kinds = {form["fields"].get("kind", "") for form in shown}
    assert kinds >= {"", "claim", "say", "release", "resolve", "undo"}
    before, taken = web.stored(), []
    for form in shown:
        if form["method"] == "get":  # it looks for something, and changes nothing
            assert maria.get(form["action"], query_string=form["fields"]).status_code == 200
            continue
        assert form["method"] == "post"
        for csrf in (None, "", "x", other, "\xe9"):
            fields = form["fields"] | {"text": "x", "id": str(uuid4()), "csrf": csrf}
            answer = maria.post(
                form["action"], data={name: value for name, value in fields.items() if value is not None}
            )
            if answer.status_code != 403:
                taken.append((form["fields"].get("kind"), csrf, answer.status_code))
    assert (taken, web.stored()) == ([], before)


ACTS = {
    # name: (fields of a form in a thread that nobody has, status, what the page says)
    "an act that is none": ({"kind": "explode"}, 303, "no such act"),
    "no thread": ({"kind": "claim", "thread": ""}, 303, "missing"),
    "digits that are no number": ({"kind": "claim", "thread": "²"}, 303, "missing"),
    "a thread that is not there": ({"kind": "claim", "thread": "9" * 18}, 303, ""),
    "a thread beyond the database": ({"kind": "claim", "thread": "9" * 40}, 303, "missing"),
    "no id": ({"kind": "claim", "id": ""}, 303, "missing"),
    "an id with other signs": ({"kind": "claim", "id": "<script>alert"}, 303, "missing"),
    "nothing to say": ({"kind": "say", "text": "  "}, 303, "nothing to send"),
    "too much to say": ({"kind": "note", "text": "x" * 1501}, 400, "longer than 1500"),
    "words of who has not claimed": ({"kind": "say", "text": "kept words"}, 409, "kept words"),
    "a form too large": ({"kind": "say", "text": "x" * 20_000}, 413, ""),
    "many fields": ({f"field{n}": "x" for n in range(30)}, 303, "malformed"),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_odd_form_changes_nothing(web, thread, name):
    fields, status, says = ACTS[name]
    maria = web.signed_in("Odd")
    csrf = forms_in(maria.get("/console/").text)[0]["fields"]["csrf"]
    before = (
        web.rows("SELECT count(*) FROM message"),
        web.rows("SELECT owner, epoch FROM conversation WHERE id = :t", t=thread),
    )
    known = {"csrf": csrf, "thread": str(thread), "id": str(uuid4())}
    answer = maria.post("/console/act", data=known | fields)
    web.work()
    after = (
        web.rows("SELECT count(*) FROM message"),
        web.rows("SELECT owner, epoch FROM conversation WHERE id = :t", t=thread),
    )
    page = maria.get(answer.location).text if answer.status_code == 303 else answer.text
    assert (answer.status_code, after, "Traceback" in page) == (status, before, False)
    assert says.replace("'", "&#39;") in page


def test_a_form_sent_twice_is_one_act(web, thread):
    maria = web.signed_in("Twice")
    (claim,) = [
        form for form in forms_in(maria.get(f"/console/threads/{thread}").text) if form["fields"].get("kind") == "claim"
    ]
    answers = [maria.post(claim["action"], data=claim["fields"]).location for _ in range(2)]
    ((owner, epoch),) = web.rows("SELECT owner, epoch FROM conversation WHERE id = :t", t=thread)
    assert (owner, answers[0]) == ("twice", f"/console/threads/{thread}?list=queue#last")
    assert web.rows("SELECT count(*) FROM inbox WHERE event_id = :id", id=claim["fields"]["id"]) == [(1,)]
    assert epoch == 1


def test_a_voters_markup_is_text_at_the_desk(web, chat):
    chat.say("<script>alert(1)</script><img src=x>")
    maria = web.signed_in()
    ((number,),) = web.rows("SELECT max(id) FROM conversation")
    pages = maria.get(f"/console/threads/{number}").text + maria.get("/console/?list=all&flash=<b>x").text
    assert [tag for tag in ("<script>alert", "<img", "<b>x") if tag in pages] == []


def test_an_address_is_masked_in_lists(web):
    web.text({"MessageSid": "SM-mask", "From": "+15550109876", "To": "+15550100001", "Body": "a person please"})
    web.work()
    page = web.signed_in().get("/console/?list=all").text
    assert ("9876" in page, "5550109876" in page) == (True, False)
