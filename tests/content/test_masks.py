"""What is personal gives way to what is nobody's, and what is not stays."""

import pytest

from bot.content.masks import Masks, words_in

WORDS = words_in(
    [
        "where do i vote this is wrong i am not registered they wont let me vote who is it need help please hello",
        "my name is on soy ciudadano de aqui puedo votar no estoy hola quiero una persona",
    ]
)
KEPT = words_in(["Ohio New York STOP Ana Rivera English November i"])


@pytest.fixture
def masks():
    return Masks(WORDS, KEPT)


ROWS = [
    ("where do i vote", "where do i vote"),
    ("I am not registered", "I am not registered"),
    ("This is wrong", "This is wrong"),
    ("soy ciudadano", "soy ciudadano"),
    ("I live in Ohio. Who is Ana Rivera?", "I live in Ohio. Who is Ana Rivera?"),
    ("WHERE DO I VOTE IN OHIO", "WHERE DO I VOTE IN OHIO"),
    ("STOP", "STOP"),
    ("in November 2026", "in November 2026"),
    ("my name is bob", "my name is Maria"),
    ("My name is John Q Smith-Jones", "My name is Maria Q Maria"),
    ("this is Juan Perez, where do i vote", "this is Maria Lopez, where do i vote"),
    ("me llamo guadalupe", "me llamo Maria"),
    ("soy Chayo de aqui", "soy Maria de aqui"),
    ("hello, Tyrone's ballot", "hello, Maria's ballot"),
    ("call me at (419) 867-5309", "call me at 555-010-0142"),
    ("4198675309 or +1 419.867.5309", "555-010-0142 or 555-010-0142"),
    ("bob.smith+x@gmail.com", "ana@example.org"),
    ("@bobby_77 on x", "@voter on x"),
    ("see https://t.example/me?id=7", "see https://example.org"),
    ("i live at 1600 Pennsylvania Ave NW", "i live at 12 Oak St"),
    ("742 evergreen terrace apt 5, 44107-1234", "12 Oak St, 62701"),
    ("calle Benito Juarez 45", "12 Oak St"),
    ("PO Box 12", "12 Oak St"),
    ("44107", "62701"),
    ("ssn 123-45-6789", "ssn 000-00-0000"),
    ("born 3/14/1985", "born 01/01/1980"),
    ("CASE 4821", "CASE 1"),
    ("account 99887766554", "account 000000"),
    ("polls close at 7:30 on 11/3", "polls close at 7:30 on 11/3"),
]


@pytest.mark.parametrize("said, shown", ROWS, ids=[said[:30] for said, _ in ROWS])
def test_a_text_is_masked(masks, said, shown):
    assert masks.masked(said) == shown


def test_what_a_form_asked_for_is_a_name_whatever_it_looks_like_and_stays_one(masks):
    assert masks.masked("hope vote", asked="name") == "Maria Lopez"
    assert masks.masked("did hope vote get it") == "did Maria Lopez get it"


def test_what_was_masked_is_counted(masks):
    masks.masked("I am Zelda Fitz, 44107, zelda@mail.example")
    assert {kind: count for kind, count in masks.found.items() if count} == {
        "names": 2,
        "e-mail addresses": 1,
        "ZIP codes": 1,
    }
