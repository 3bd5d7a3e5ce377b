"""What a text costs by SMS, held against another library that counts the same."""
# ruff: noqa: RUF001 -- look-alike signs are what is tested

import pytest
import smsutil
from hypothesis import example, given
from hypothesis import strategies as st

from bot.engine.segments import Segments, folded, segments

BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà"
EXTENDED = "^{}\\[~]|€"


@pytest.mark.parametrize(
    "text, cost",
    [
        pytest.param("", Segments(1, "GSM-7"), id="an empty text is one"),
        pytest.param("a" * 160, Segments(1, "GSM-7"), id="160 letters are one"),
        pytest.param("a" * 161, Segments(2, "GSM-7"), id="161 letters are two"),
        pytest.param("a" * 306, Segments(2, "GSM-7"), id="two parts of 153"),
        pytest.param("a" * 307, Segments(3, "GSM-7"), id="one more is three"),
        pytest.param("€" * 80, Segments(1, "GSM-7"), id="an extension sign counts two"),
        pytest.param("€" * 81, Segments(2, "GSM-7"), id="81 of them are two"),
        pytest.param("a" * 152 + "€" + "a" * 152, Segments(3, "GSM-7"), id="an extension sign is not torn apart"),
        pytest.param("Sí", Segments(1, "UCS-2", "í"), id="í forces UCS-2"),
        pytest.param("¿Dónde votó la señora?", Segments(1, "UCS-2", "ó"), id="the culprit is named, ñ and ¿ are none"),
        pytest.param("í" * 70, Segments(1, "UCS-2", "í"), id="70 are one"),
        pytest.param("í" * 71, Segments(2, "UCS-2", "í"), id="71 are two"),
        pytest.param("[í]" * 22, Segments(1, "UCS-2", "í"), id="an extension sign counts one in UCS-2"),
        pytest.param("👍" * 35, Segments(1, "UCS-2", "👍"), id="an emoji counts two"),
        pytest.param("👍" * 36, Segments(2, "UCS-2", "👍"), id="36 of them are two"),
        pytest.param("a" * 66 + "👍" + "a" * 66, Segments(3, "UCS-2", "👍"), id="an emoji is not torn apart"),
        pytest.param("don’t", Segments(1, "UCS-2", "’"), id="one curly quote"),
        pytest.param("停止", Segments(1, "UCS-2", "停"), id="another script"),
    ],
)
def test_a_text_costs_so_many_segments(text, cost):
    assert segments(text) == cost


@pytest.mark.parametrize("char", [*BASIC, *EXTENDED])
def test_every_sign_of_gsm_7_travels_as_such(char):
    assert segments(char).unit == "GSM-7"


@pytest.mark.parametrize("char", [*"áíóúÁÍÓÚç`’“–…œ\t\u00a0\u200b", "\x1b", "\x00"])
def test_a_sign_outside_gsm_7_forces_ucs_2(char):
    assert segments(char) == Segments(1, "UCS-2", char)


@given(st.text(st.sampled_from(BASIC + EXTENDED), max_size=700))
@example("a" * 152 + "€" * 3)
def test_gsm_7_texts_cost_what_smsutil_says(text):
    found = smsutil.split(text)
    assert segments(text) == Segments(max(1, len(found.parts)), "GSM-7")


@given(st.text(st.sampled_from(BASIC + EXTENDED + "íóé’停👍🗳️"), max_size=400))
def test_mixed_texts_cost_what_smsutil_says(text):
    found = smsutil.split(text)
    assert segments(text).count == max(1, len(found.parts))


@pytest.mark.parametrize(
    "text, plain",
    [
        ("“Don’t wait” – go…", '"Don\'t wait" - go...'),
        ("9\u202f–\u202f21\u00a0h", "9 - 21 h"),
        ("• one\tand\u200b two\ufeff", "- one and two"),
        ("¿Dónde votó la señora? Sí, mañana. ¡Ya!", "¿Dónde votó la señora? Sí, mañana. ¡Ya!"),
        ("{a} [b] 5 €", "{a} [b] 5 €"),
        ("👍", "👍"),
    ],
)
def test_c68_typographic_signs_are_folded_and_letters_never(text, plain):
    assert folded(text) == plain


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert folded(folded(text)) == folded(text)
