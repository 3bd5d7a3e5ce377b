"""How a later value mends an earlier one."""

import pytest

from bot.engine.fields import SLOT_TYPES, STRONG_TYPES, mended


@pytest.mark.parametrize(
    "old, values, slot_type, new",
    [
        pytest.param(
            "12 Oak St, 62701", {"zip": "62704"}, "us_address", "12 Oak St, 62704", id="a ZIP mends an address"
        ),
        pytest.param(
            "62701 Oak St, 62701",
            {"zip": "62704"},
            "us_address",
            "62701 Oak St, 62704",
            id="the last number is the ZIP",
        ),
        pytest.param(
            "12 Oak St, 62701-1234",
            {"zip": "62704"},
            "us_address",
            "12 Oak St, 62704",
            id="a long ZIP is replaced whole",
        ),
        pytest.param(
            "12 Oak St, Peoria",
            {"zip": "61602"},
            "us_address",
            "12 Oak St, Peoria, 61602",
            id="a ZIP completes an address",
        ),
        pytest.param(
            "12 Oak St",
            {"us_address": "9 Elm St, 62704", "zip": "62704"},
            "us_address",
            "9 Elm St, 62704",
            id="a whole address wins",
        ),
        pytest.param("62701", {"zip": "62704"}, "zip", "62704", id="a ZIP mends a ZIP"),
        pytest.param("Maria", {"zip": "62704"}, "name", None, id="a ZIP mends no name"),
        pytest.param("a@b.org", {"phone": "+15550100"}, "email", None, id="a phone number mends no e-mail"),
        pytest.param("62701", {}, "zip", None, id="nothing mends nothing"),
    ],
)
def test_a_later_value_mends_the_slot_that_it_fits(old, values, slot_type, new):
    assert mended(old, values, slot_type) == new


def test_the_strong_types_are_types():
    assert set(SLOT_TYPES) > STRONG_TYPES
