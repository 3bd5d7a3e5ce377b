"""The chat's addresses: sessions, messages in, answers out over stream and polling, and the form without script."""

import json
from uuid import uuid4

import pytest
from support.sites import Chat, forms_in

from bot.web.chat import MOST_STREAMS

ID = "0b2c7c4e-0000-4000-8000-00000000"


def body(**fields):
    return json.dumps({"id": str(uuid4()), "text": "where do i vote"} | fields).encode()


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_token_is_long_and_its_own(web):
    tokens = {web.chat().token for _ in range(5)}
    assert (len(tokens), min(map(len, tokens))) == (5, 43)


TOKENS = {
    # name: the Authorization header of a chat whose token is T
    "none": "",
    "empty": "Bearer ",
    "another scheme": "Basic T",
    "no scheme": "T",
    "a part": "Bearer T-1",
    "twice": "Bearer T T",
    "nobody's": "Bearer " + "x" * 43,
    "very long": "Bearer " + "x" * 5000,
    "signs beyond ASCII": "Bearer \xe9\xff",
}


@pytest.mark.parametrize("name", TOKENS)
def test_who_has_no_session_reads_and_writes_nothing(web, chat, name):
    header = TOKENS[name].replace("T-1", chat.token[:-1]).replace("T", chat.token)
    before, client, headers = web.stored(), web.client(), {"Authorization": header}
    answers = [
        client.post("/chat/messages", data=body(), headers=headers),
        client.get("/chat/messages", headers=headers),
        client.get("/chat/events?wait=0", headers=headers),
        client.get("/chat/events", headers=headers),
    ]
    assert ([one.status_code for one in answers], web.stored()) == ([401] * 4, before)


def test_a_scheme_is_read_in_any_case(web, chat):
    headers = {"Authorization": f"bEARER {chat.token}"}
    assert web.client().post("/chat/messages", data=body(), headers=headers).status_code == 202


def test_nobody_reads_another_chat(web):
    ana, ben = web.chat(), web.chat()
    ana.say("words of Ana", id=f"{ID}0001")
    ben.say("words of Ben", id=f"{ID}0001")
    assert (ana.lines, ben.lines) == ([("voter", "words of Ana")], [("voter", "words of Ben")])


# --- messages in ------------------------------------------------------------------------------------------------------

TAKEN = {
    # name: (body, text as it is stored)
    "plain": (body(text="where do i vote"), "where do i vote"),
    "another alphabet": (body(text="投票 🗳 ¿dónde?"), "投票 🗳 ¿dónde?"),
    "half a character": (body(text="a\ud800b"), "a?b"),
    "exactly as long as may be": (body(text="x" * 2000), "x" * 2000),
    "exactly as large as may be": (body().ljust(8192), "where do i vote"),
    "of a future page": (body(shade="blue"), "where do i vote"),
    "a language that is none": (body(language=["en"]), "where do i vote"),
    "a language too long": (body(language="x" * 100), "where do i vote"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_makes_sense_is_stored_before_it_is_acknowledged(chat, name):
    sent, stored = TAKEN[name]
    answer = chat.post(sent)
    assert (answer.status_code, answer.get_json(), chat.lines) == (202, {"stored": True}, [("voter", stored)])


REFUSED = {
    # name: (body, status)
    "one byte too large": (body().ljust(8193), 413),
    "far too large": (b"x" * 100_000, 413),
    "empty": (b"", 400),
    "no JSON": (b"text=hello", 400),
    "no UTF-8": (b'{"id": "12345678", "text": "\xff\xfe"}', 400),
    "deep": (b"[" * 8000, 400),
    "deep within": (b'{"id": "12345678", "text": ' + b"[" * 3000 + b"]" * 3000 + b"}", 400),
    "a list": (b"[]", 400),
    "a number without end": (b'{"id": "12345678", "text": 1' + b"0" * 5000 + b"}", 400),
    "no id": (b'{"text": "hello"}', 400),
    "a short id": (body(id="1"), 400),
    "a long id": (body(id="x" * 65), 400),
    "an id with other signs": (body(id="12345678\n"), 400),
    "an id that is a number": (body(id=12345678), 400),
    "no text": (body(text=None), 400),
    "an empty text": (body(text=" \n\t "), 400),
    "a text too long": (body(text="x" * 2001), 400),
    "a text that is none": (body(text={"a": 1}), 400),
    "a choice that is none": (body(choice="<script>"), 400),
    "a choice too long": (body(choice="x" * 65), 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused_and_not_stored(web, chat, name):
    sent, status = REFUSED[name]
    before = web.stored()
    answer = chat.post(sent)
    assert (answer.status_code, web.stored()) == (status, before)
    assert "Traceback" not in answer.text


def test_a_repeated_message_is_stored_once_and_acknowledged_each_time(chat):
    answers = [chat.say("where do i vote", id=f"{ID}0002") for _ in range(3)]
    assert ([one.status_code for one in answers], chat.lines) == ([202] * 3, [("voter", "where do i vote")])


def test_the_same_id_keeps_the_words_that_came_first(chat):
    chat.say("where do i vote", id=f"{ID}0003")
    assert chat.say("other words", id=f"{ID}0003").status_code == 202
    assert chat.lines == [("voter", "where do i vote")]


# --- answers out ------------------------------------------------------------------------------------------------------


def frames(answer, count):
    """Return the first `count` frames of a stream, and end it."""
    found = "".join(next(answer.response).decode() for _ in range(count + 1)).split("\n\n")
    answer.close()
    return found[:-1]


def ids(chat, **headers):
    """Return the ids of what the chat has been answered, read from its stream."""
    answer = chat.get("/chat/events", **headers)
    lines = chat.get("/chat/messages").get_json()["messages"]
    after = int(headers.get("Last-Event-ID", 0))
    due = sum(line["who"] == "bot" and line["id"] > after for line in lines)
    return [int(frame.splitlines()[0].removeprefix("id: ")) for frame in frames(answer, due)[1:]]


@pytest.fixture
def answered(web, chat):
    """Return a chat with two answers."""
    for text in ("what time do polls close", "and where"):
        chat.say(text)
        web.work()
    return chat


def test_a_stream_begins_with_what_was_said_and_carries_ids(answered):
    answer = answered.get("/chat/events")
    retry, first, second = frames(answer, 2)
    numbers = [frame.splitlines()[0] for frame in (first, second)]
    shown = [json.loads(frame.splitlines()[1].removeprefix("data: ")) for frame in (first, second)]
    assert (retry, answer.content_type, answer.headers["X-Accel-Buffering"]) == (
        "retry: 2000",
        "text/event-stream",
        "no",
    )
    assert [f"id: {line['id']}" for line in shown] == numbers
    assert {line["who"] for line in shown} == {"bot"}


def test_a_stream_goes_on_behind_the_last_id(answered):
    first, second = ids(answered)
    assert ids(answered, **{"Last-Event-ID": str(first)}) == [second]


AFTER = ["0", "", "nonsense", "-5", "²", "1e9", "9" * 40]


@pytest.mark.parametrize("after", AFTER)
def test_an_id_that_is_none_is_the_beginning(answered, after):
    found = answered.get(f"/chat/events?wait=0&after={after}").get_json()["messages"]
    assert len(found) == 2


def test_the_address_comes_before_the_header(answered):
    first, second = ids(answered)
    found = answered.get(f"/chat/events?wait=0&after={second}", **{"Last-Event-ID": str(first)}).get_json()
    assert found == {"messages": []}


def test_polling_gives_what_is_new_and_else_nothing(web, chat):
    assert chat.get("/chat/events?wait=0").get_json() == {"messages": []}
    chat.say("what time do polls close")
    web.work()
    (line,) = chat.get("/chat/events?wait=25").get_json()["messages"]
    assert sorted(line) == ["buttons", "id", "language", "text", "who"]
    assert chat.get(f"/chat/events?wait=0&after={line['id']}").get_json() == {"messages": []}


def test_the_history_says_where_to_go_on(answered):
    history = answered.get("/chat/messages").get_json()
    assert [line["who"] for line in history["messages"]] == ["voter", "bot", "voter", "bot"]
    assert history["cursor"] == ids(answered)[-1]


def test_a_person_is_named_and_never_by_an_account(web, chat):
    maria = web.signed_in("Maria")
    chat.say("a person please")
    web.work()
    ((thread,),) = web.rows("SELECT max(id) FROM conversation")
    page = maria.get(f"/console/threads/{thread}")
    claim = next(form for form in forms_in(page.text) if form["fields"].get("kind") == "claim")
    maria.post("/console/act", data=claim["fields"])
    web.work()
    lines = chat.get("/chat/messages").get_json()["messages"]
    assert {line["who"] for line in lines} <= {"voter", "bot", "person"}


# --- how many streams -------------------------------------------------------------------------------------------------


@pytest.fixture
def narrow(open_with):
    """Return an app with room for one stream."""
    return open_with(BOT_WEB__THREADS="9")


def test_a_stream_too_many_is_asked_to_poll(narrow):
    first, second = narrow.chat(), narrow.chat()
    stream = first.get("/chat/events")
    next(stream.response)
    refused = second.get("/chat/events")
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)
    assert second.get("/chat/events?wait=25").get_json() == {"messages": []}, "polling goes on, without waiting"
    assert second.say("hello").status_code == 202
    stream.close()
    again = second.get("/chat/events")
    assert again.status_code == 200
    again.close()


def test_one_chat_takes_three_places_and_leaves_the_others(open_with):
    one = open_with()
    greedy, other = one.chat(), one.chat()
    streams = [greedy.get("/chat/events") for _ in range(MOST_STREAMS)]
    assert [stream.status_code for stream in streams] == [200] * MOST_STREAMS
    assert greedy.get("/chat/events").status_code == 503
    streams.append(other.get("/chat/events"))
    assert streams[-1].status_code == 200
    streams.pop(0).close()
    streams.append(greedy.get("/chat/events"))
    assert streams[-1].status_code == 200
    for stream in streams:
        stream.close()


def test_a_place_is_given_back_however_a_stream_ends(narrow):
    chat, maria = narrow.chat(), narrow.signed_in()
    asks = [
        lambda: chat.client.head("/chat/events", headers=chat.headers),
        lambda: chat.get("/chat/events"),
        lambda: chat.get("/chat/events?wait=1"),
        lambda: maria.get("/console/events"),
        lambda: maria.head("/console/events"),
    ]
    found = []
    for ask in asks * 2:
        answer = ask()
        found.append(answer.status_code)
        answer.close()
    assert found == [200] * len(asks) * 2


def test_a_stream_ends_when_the_desk_stops(open_with):
    one = open_with()
    stream = one.chat().get("/chat/events")
    next(stream.response)
    one.app.stopping.set()
    assert list(stream.response) == []
    stream.close()


# --- limits -----------------------------------------------------------------------------------------------------------


def test_new_chats_from_one_network_are_limited(open_with):
    one = open_with(BOT_WEB__CHAT_SESSIONS_PER_MINUTE="2")
    here = [one.client(REMOTE_ADDR=f"192.0.2.{n}").post("/chat/session") for n in range(3)]
    there = one.client(REMOTE_ADDR="198.51.100.1").post("/chat/session")
    assert [answer.status_code for answer in (*here, there)] == [201, 201, 429, 201]
    assert int(here[-1].headers["Retry-After"]) > 0


def test_a_forwarded_address_does_not_lift_the_limit(open_with):
    one = open_with(BOT_WEB__CHAT_SESSIONS_PER_MINUTE="1")
    answers = [one.client().post("/chat/session", headers={"X-Forwarded-For": f"10.{n}.0.1"}) for n in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]


def test_messages_in_one_chat_are_limited(open_with):
    one = open_with(BOT_WEB__CHAT_MESSAGES_PER_MINUTE="2")
    ana, ben = one.chat(), one.chat()
    answers = [ana.say("hello"), ana.say("hello"), ana.say("hello"), ben.say("hello")]
    assert [answer.status_code for answer in answers] == [202, 202, 429, 202]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert len(ana.lines) == 2


def test_a_full_backlog_asks_to_come_again(open_with):
    one = open_with(BOT_LIMITS__BACKLOG="1")
    chat = one.chat()
    chat.say("hello")
    one.app.backlog.count()
    answer = chat.say("once more")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)


# --- the form without script ------------------------------------------------------------------------------------------


def test_a_whole_exchange_by_form(web):
    client = web.client()
    form = forms_in(client.get("/chat?lang=es").text)[-1]
    answer = client.post(form["action"], data=form["fields"] | {"text": "¿dónde voto?\r\nsoy nueva"})
    assert (answer.status_code, answer.location) == (303, "/chat?lang=es#last")
    web.work()
    page = client.get(answer.location).text
    assert "¿dónde voto?\nsoy nueva" in page
    assert page.count('class="message bot"') == 1


COOKIES = [("http://desk.example.org", False), ("https://desk.example.org", True)]


@pytest.mark.parametrize(("public", "secure"), COOKIES)
def test_the_cookie_of_a_chat_by_form(open_with, public, secure):
    client = open_with(PUBLIC_BASE_URL=public).client()
    answer = client.post("/chat/say", data={"text": "hello"})
    name, *flags = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    assert name.startswith("chat=")
    assert set(flags) >= {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=86400"}
    assert ("Secure" in flags) == secure


def test_a_form_sent_twice_is_one_message_and_other_words_are_another(web):
    client = web.client()
    fields = forms_in(client.get("/chat").text)[-1]["fields"]
    for text in ("hello", "hello", "hello again"):
        client.post("/chat/say", data=fields | {"text": text})
    page = client.get("/chat").text
    assert page.count('class="message voter"') == 2


def test_an_empty_form_begins_no_chat(web):
    before = web.stored()
    answer = web.client().post("/chat/say", data={"text": " \r\n "})
    assert (answer.status_code, "Set-Cookie" in answer.headers, web.stored()) == (303, False, before)


FORMS = {
    # name: (fields, status, whether the words stay in the field)
    "too long": ({"text": "wörds " * 400}, 400, True),
    "too large": ({"text": "x" * 30_000}, 413, False),
    "a choice that is none": ({"text": "hello", "choice": "<script>"}, 400, True),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_cannot_be_taken(web, name):
    fields, status, stays = FORMS[name]
    answer = web.client().post("/chat/say", data=fields)
    kept = fields["text"].strip()[:200] in answer.text
    assert (answer.status_code, kept) == (status, stays)


def test_what_is_sent_too_fast_by_form_stays_in_the_field(open_with):
    client = open_with(BOT_WEB__CHAT_SESSIONS_PER_MINUTE="1").client()
    client.post("/chat/say", data={"text": "the first"})
    client.delete_cookie("chat")
    answer = client.post("/chat/say", data={"text": "the <second>"})
    assert (answer.status_code, "the &lt;second&gt;" in answer.text) == (429, True)
    assert int(answer.headers["Retry-After"]) > 0


def test_markup_is_text_on_the_page(web):
    client = web.client()
    client.post("/chat/say", data={"text": '<img src=x onerror=alert(1)> https://example.org/"onclick=x'})
    page = client.get("/chat").text
    assert "<img" not in page
    assert 'onclick=x"' not in page


def test_a_chat_by_form_goes_on_with_script_only_when_asked(web):
    client = web.client()
    client.post("/chat/say", data={"text": "by form"})
    fresh, same = Chat(client), Chat(client)
    same.token = client.post("/chat/session?continue=1").get_json()["token"]
    assert (fresh.lines, same.lines) == ([], [("voter", "by form")])
