"""Carrier words: what a whole message says before anything else is asked."""
# ruff: noqa: RUF001 -- look-alike signs are what is tested

import pytest

from bot.engine.words import ELSEWHERE, HELP, START, STOP, carrier_word, plain, spoken_elsewhere, whole
from bot.message import Word

CFR = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")
"""The words of 47 CFR 64.1200(a)(10)."""


@pytest.mark.parametrize("shape", [str.lower, str.upper, str.title, lambda word: word[0] + word[1:].upper()])
@pytest.mark.parametrize("word", CFR)
def test_c01_each_stop_word_of_the_law_stops_in_any_case(word, shape):
    assert carrier_word(shape(word)) is Word.STOP


@pytest.mark.parametrize(
    "text",
    [
        "STOP.",
        "Stop!!!",
        "  stop \n",
        "STOP STOP",
        "stop stop stop",
        "OPT-OUT",
        "opt_out",
        "optout",
        "stopall",
        '"STOP"',
        "*stop*",
        "ＳＴＯＰ",
        "🛑 STOP 🛑",
        "stop\u00a0",
        "¡ALTO!",
    ],
)
def test_c02_signs_spaces_repeats_and_wide_letters_do_not_hide_a_stop(text):
    assert carrier_word(text) is Word.STOP


@pytest.mark.parametrize(
    "text",
    [
        *(
            "退订",
            "取消訂閱",
            "수신거부",
            "Itigil na!",
            "kanpe",
            "sispann",
            "إلغاء الاشتراك",
            "Sair",
            "arrêtez",
            "Arretez.",
        ),
        *(
            "ALTO",
            "Parar",
            "no más mensajes",
            "No mas mensajes.",
            "停止",
            "Dừng lại",
            "dừng lại",
            "중지",
            "ihinto",
            "توقف",
        ),
    ],
)
def test_c04_a_stop_in_another_language_stops(text):
    assert carrier_word(text) is Word.STOP


@pytest.mark.parametrize("text", ["stop it", "end", "END.", "no more texts", "please stop", "Stop texting me"])
def test_c06_an_ambiguous_word_stops_when_it_is_the_whole_message(text):
    assert carrier_word(text) is Word.STOP


@pytest.mark.parametrize(
    "text",
    [
        "Stop by the office tomorrow?",
        "STOP the ballot measure, count me in",
        "Cancel my absentee ballot request",
        "When does early voting end?",
        "the end is near",
        "help me find my polling place",
        "start time?",
        "para votar",
        "stop go",
        "stop " * 17,
        "unstoppable",
        "st op",
        "",
        "   ",
        "👍",
        "?",
    ],
)
def test_c05_a_word_inside_a_message_says_nothing_to_the_carrier(text):
    assert carrier_word(text) is None


@pytest.mark.parametrize(
    "text, word",
    [
        ("START", Word.START),
        ("unstop!", Word.START),
        ("Join", Word.START),
        ("empezar", Word.START),
        ("HELP", Word.HELP),
        ("info?", Word.HELP),
        ("Ayuda", Word.HELP),
        ("yes", None),
        ("YES YES", None),
    ],
)
def test_c14_start_and_help_are_words_and_yes_is_none(text, word):
    assert carrier_word(text) is word


def test_no_word_means_two_things():
    assert set() == STOP & START | STOP & HELP | START & HELP


@pytest.mark.parametrize("word", sorted(STOP | START | HELP))
def test_every_word_in_the_lists_is_found_as_it_is_written_and_shouted(word):
    assert carrier_word(word) is carrier_word(word.upper()) is not None


@pytest.mark.parametrize(
    "text, same",
    [
        ("  Where's   my\tPOLLING place?! ", "where s my polling place"),
        ("ÁRBOL ﬁn", "árbol fin"),
        ("a_b-c", "a b c"),
        ("STRASSE Straße", "strasse strasse"),
        ("?!…", ""),
    ],
)
def test_plain_leaves_letters_and_numbers_in_one_case(text, same):
    assert plain(text) == same


@pytest.mark.parametrize("text, same", [("*", "*"), (" * ", "*"), ("Hours!", "hours"), ("", "")])
def test_a_whole_message_without_letters_stays_itself_so_that_a_star_can_be_a_keyword(text, same):
    assert whole(text) == same


@pytest.mark.parametrize(
    "text, language",
    [
        *(
            ("Tiếng Việt", "vi"),
            ("trợ giúp!", "vi"),
            ("帮助", "zh"),
            ("廣東話", "zh"),
            ("도와주세요", "ko"),
            ("TULONG", "tl"),
        ),
        *(
            ("Kreyòl", "ht"),
            ("yon moun", "ht"),
            ("مساعدة", "ar"),
            ("ajuda", "pt"),
            ("Français?", "fr"),
            ("По-русски", "ru"),
        ),
        *(
            ("हिंदी", "hi"),
            ("help", None),
            ("ayuda", None),
            ("persona", None),
            ("Ed", None),
            ("", None),
            ("aide " * 30, None),
        ),
    ],
)
def test_help_a_person_and_a_language_in_words_of_a_language_are_known(text, language):
    assert spoken_elsewhere(text) == language


NAMES_AND_WORDS = (
    "Huy|Dung|Tao|Ed|Minh|Thanh|Jean|fin|ya|no|si|merci|ola|personal|person|persona|humano|agente|gente|me"
)


@pytest.mark.parametrize("text", NAMES_AND_WORDS.split("|"))
def test_c05_names_and_ordinary_words_are_no_words_of_another_language(text):
    assert (carrier_word(text), spoken_elsewhere(text)) == (None, None)


def test_no_word_of_help_elsewhere_says_anything_to_the_carrier():
    words = [word for said in ELSEWHERE.values() for word in said]
    assert (len(words), STOP & set(words), START & set(words)) == (len(set(words)), set(), set())
