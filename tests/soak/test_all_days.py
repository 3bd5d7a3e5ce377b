"""Every day of 2026 to 2030, every state, every voting intent, both languages: a live fact or a link, never what is past."""

from datetime import date, timedelta

import pytest
from support.sweep import entries, everything, wrong_answers

from bot.civic.facts import OfficialFacts

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
YEARS = range(FIRST.year, LAST.year + 1)


@pytest.mark.soak
@pytest.mark.parametrize("year", YEARS)
def test_on_no_day_is_anything_false_said(year: int) -> None:
    facts = OfficialFacts(practice=False, records=everything())
    days = [date(year, 1, 1) + timedelta(number) for number in range(366)]
    telling, others = entries()
    # What tells facts is asked about on every day; what tells none on the first of each month.
    assert next(wrong_answers(facts, telling, [day for day in days if day.year == year]), None) is None
    assert next(wrong_answers(facts, others, [day for day in days if day.year == year and day.day == 1]), None) is None
