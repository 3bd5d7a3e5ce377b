"""Places in a voter's words: every state by name and code, and no trap of two letters."""

import pytest

from bot.civic.facts import states
from bot.civic.places import state_in, state_like, state_of_zip

NAMES = {code: state.name for code, state in states().items()}
AN_ANSWER, IN_PASSING = True, False


@pytest.mark.parametrize("code, name", NAMES.items())
@pytest.mark.parametrize("said", ["{name}", "{lower}", "{upper}!", "i live in {lower}", "{code}", " {code}. "])
def test_every_state_is_known_by_its_name_and_by_its_code_in_capitals(code: str, name: str, said: str) -> None:
    text = said.format(code=code, name=name, lower=name.lower(), upper=name.upper())
    assert state_in(text, AN_ANSWER) == code


@pytest.mark.parametrize("code", sorted(NAMES))
def test_a_code_in_small_letters_is_an_answer_unless_it_is_a_word(code: str) -> None:
    words = "AL AS CO DE HI ID IN LA MA ME MI MS MT OH OK OR PA VA".split()
    assert state_in(code.lower(), AN_ANSWER) == (None if code in words else code)


@pytest.mark.parametrize("text", "hi Hi hi! ok Ok o.k. me in or oh Oh la La de id ma pa al co mt va mi as".split())
def test_a_small_word_never_answers_which_state(text: str) -> None:
    assert state_in(text, AN_ANSWER) is None


ANSWERS = [
    *(("tx", "TX"), ("nj", "NJ"), ("Ny.", "NY"), ("N.J.", "NJ"), ("N. Y.", "NY"), ("d.c.", "DC"), ("OR", "OR")),
    *(("cali", "CA"), ("Calif.", "CA"), ("jersey", "NJ"), ("Fla.", "FL"), ("penn", "PA"), ("Samoa", "AS")),
    *(("vermont!", "VT"), ("it's Georgia", "GA"), ("soy de Texas", "TX")),
]
MISSPELT = [
    *(("Pensylvania", "PA"), ("massachussets", "MA"), ("Tennesee", "TN"), ("conneticut", "CT"), ("missisippi", "MS")),
    *(("new jersy", "NJ"), ("west virgina", "WV"), ("north carolna", "NC"), ("florda", "FL"), ("illinios!", "IL")),
]


@pytest.mark.parametrize("text, state", ANSWERS, ids=[text for text, _ in ANSWERS])
def test_an_answer_may_be_short(text: str, state: str) -> None:
    assert state_in(text, AN_ANSWER) == state


@pytest.mark.parametrize("text, state", MISSPELT, ids=[text for text, _ in MISSPELT])
def test_a_misspelt_state_is_never_taken_silently_but_what_it_is_like_is_known(text: str, state: str) -> None:
    assert (state_in(text, AN_ANSWER), state_in(text, IN_PASSING), state_like(text)) == (None, None, state)


@pytest.mark.parametrize(
    "text, state",
    [
        ("this is Virginia, i have a question", None),
        ("my name is Georgia and i need a ride", None),
        ("hola, soy Virginia, donde voto", None),
        ("im Virginia and i need help", None),
        ("Georgia here, where do i vote", None),
        ("thanks, Carolina", None),
        ("i live on Virginia Ave", None),
        ("400 Michigan Avenue, Ohio", "OH"),
        ("Delaware County", None),
        ("i live in Virginia", "VA"),
        ("i'm in Georgia", "GA"),
        ("when do polls close in Georgia", "GA"),
        ("Virginia", "VA"),
    ],
)
def test_a_first_name_or_a_street_is_no_state(text: str, state: str | None) -> None:
    assert state_in(text, IN_PASSING) == state


@pytest.mark.parametrize(
    "text",
    [
        *("carolina", "dakota", "virginia or maryland", "mexico", "america", "canada", "india", "organ", "main", "iwo"),
        *("kansas city", "no idea", "none", "persona", "gracias", "where do i vote", "asdf", "", "🤷", "a" * 2000),
    ],
    ids=lambda text: text[:20],
)
def test_an_answer_that_names_no_one_state_is_none(text: str) -> None:
    assert state_in(text, AN_ANSWER) is None


ANYWHERE = [
    *(("Hawái", "HI"), ("Hawai\u02bbi", "HI"), ("vivo en oregón", "OR"), ("Nuevo México", "NM"), ("MÍCHIGAN", "MI")),
    *(("Nueva York", "NY"), ("nueva jersey", "NJ"), ("carolina del norte", "NC"), ("dakota del sur", "SD")),
    *(("Tejas", "TX"), ("Pensilvania", "PA"), ("Luisiana", "LA"), ("Misisipí", "MS"), ("virginia occidental", "WV")),
    *(("Puerto Rico", "PR"), ("islas vírgenes", "VI"), ("the virgin islands", "VI"), ("samoa americana", "AS")),
    *(("guam", "GU"), ("distrito de columbia", "DC"), ("northern marianas", "MP"), ("st thomas usvi", "VI")),
    *(("Washington", "WA"), ("washington state", "WA"), ("Washington DC", "DC"), ("washington, d.c.", "DC")),
    *(("wash dc", "DC"), ("i live in D.C. now", "DC"), ("Washington, PA 15301", "PA")),
    *(("New York, NY", "NY"), ("Kansas City, MO", "MO"), ("Indiana, PA", "PA"), ("Nevada, IA", "IA")),
    *(("west virginia", "WV"), ("arkansas", "AR"), ("Oklahoma City", "OK"), ("new\nmexico", "NM")),
    *(("near Austin TX", "TX"), ("in OR", "OR"), ("Portland, OR.", "OR"), ("Gary, IN 46402", "IN"), ("en NY", "NY")),
    *(("texas or ohio", None), ("TX/OK", None), ("in LA", None), ("voter ID?", None), ("VA benefits", None)),
    *(
        ("sure, OK", None),
        ("OH NO", None),
        ("OH my", None),
        ("COME IN", None),
        ("tell me", None),
        ("kansas city", None),
    ),
    *(("ma and pa", None), ("hi or hello", None), ("the Ohioans", None), ("de la casa", None), ("ok in me", None)),
]


@pytest.mark.parametrize("text, state", ANYWHERE, ids=[repr(text) for text, _ in ANYWHERE])
def test_a_state_is_found_in_any_message_where_it_is_clear(text: str, state: str | None) -> None:
    assert state_in(text, IN_PASSING) == state


ZIPS = """\
00501 NY|00601 PR|00802 VI|02134 MA|20001 DC|20500 DC|22201 VA|62701 IL|73301 TX|83414 WY|96701 HI|96799 AS|96910 GU
96950 MP|99501 AK|62701-1234 IL|00000|00200|09001|34001|99999"""


@pytest.mark.parametrize("row", ZIPS.replace("\n", "|").split("|"))
def test_a_zip_code_lies_in_one_state_or_in_none_that_we_know(row: str) -> None:
    code, _, state = row.partition(" ")
    assert state_of_zip(code) == (state or None)


def test_every_zip_code_lies_in_a_state_with_pages_and_every_state_has_some() -> None:
    assert {state_of_zip(f"{number:05}") for number in range(100_000)} == {None, *NAMES}
