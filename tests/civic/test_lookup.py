"""The look-up without a service: nothing is found, and nothing that the voter gave is lost."""

import pytest

from bot.civic.lookup import LinkOnlyLookup
from bot.ports import LookedUp


@pytest.mark.parametrize("slots", [{}, {"state": "OH"}, {"address": "12 Oak St, 62701", "state": "IL", "form": "x"}])
def test_without_a_service_every_voter_gets_the_link_of_their_state(slots: dict[str, str]) -> None:
    assert LinkOnlyLookup().look_up(slots) == LookedUp("missing", slots)
