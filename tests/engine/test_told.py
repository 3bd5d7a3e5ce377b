"""What a message that opens a form tells already, and what it leaves to ask for."""

from dataclasses import replace

import pytest
from support.playbooks import BOOK, NOW, thread, words

from bot.engine import forms
from bot.engine.answers import answer
from bot.engine.playbook import Done, Entry, Form, Outcome, SlotQuestion, Team
from bot.engine.thread import Asking
from bot.engine.told import tells_the_matter

OPINION = Form(
    "opinion",
    ask=(SlotQuestion("details", "text", said_first=True), SlotQuestion("zip", "zip")),
    done=Done(Outcome("report_noted", Team("general"))),
)
BOOK_OF_OPINIONS = replace(
    BOOK,
    entries={**BOOK.entries, "share_opinion": Entry("share_opinion", form="opinion")},
    forms={**BOOK.forms, "opinion": OPINION},
)


@pytest.mark.parametrize(
    "text, tells",
    [
        ("please vote against the pipeline", True),
        ("you charged me twice", True),
        ("your guy yelled at my mom", True),
        ("i wanna complain about the girl who came thursday", True),
        ("mi opinión es que deben parar las redadas", True),
        ("me cobraron dos veces", True),
        ("i want to share my opinion", False),
        ("I'd like to file a complaint about one of your volunteers", False),
        ("can i file a complaint", False),
        ("I need help with my donation", False),
        ("refund??", False),
        ("quiero poner una queja", False),
        ("Quiero dar mi opinión", False),
        ("necesito ayuda con mi donativo", False),
        ("", False),
        ("1", False),
    ],
)
def test_a_matter_is_more_than_the_wish_to_speak(text, tells):
    assert tells_the_matter(text) is tells


@pytest.mark.parametrize(
    "text, question",
    [
        (
            "please vote against the pipeline",
            Asking("opinion", "zip", {"details": "please vote against the pipeline"}, NOW),
        ),
        ("i have an opinion", Asking("opinion", "details", {}, NOW)),
    ],
)
def test_what_was_said_first_is_not_asked_for(text, question):
    step = answer(thread(), words(text, "share_opinion"), BOOK_OF_OPINIONS, NOW)
    assert step.thread.question == question


def test_an_answer_given_before_stays():
    aside = Asking("opinion", "zip", {"details": "lower the rent"}, NOW)
    step = forms.open_form(thread(aside=(aside,)), OPINION, {"text": "please vote against the pipeline"}, NOW)
    assert step.thread.question.slots == {"details": "lower the rent"}
