from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.ages import AgeBand
from kernel.periods import Period

DAYS = st.dates(date(1910, 1, 1), date(2090, 12, 31))
BIRTHS = st.dates(date(1901, 1, 1), date(2090, 12, 31))


def years_old(birth: date, day: date) -> int:
    """Completed years by the calendar, from the full birth date."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


@given(birth=BIRTHS, day=DAYS, low=st.integers(0, 60), width=st.integers(0, 60))
def test_whoever_is_of_the_age_by_the_full_birth_date_is_of_it_by_the_month(birth, day, low, width):
    if low <= years_old(birth, day) <= low + width and birth <= day:
        assert AgeBand(low, low + width).holds(Period.of(birth, "month"), day)


@given(birth=BIRTHS, day=DAYS, low=st.integers(0, 60), width=st.integers(0, 60))
def test_the_month_errs_within_the_months_of_birthdays_only(birth, day, low, width):
    exact = low <= years_old(birth, day) <= low + width and birth <= day
    if AgeBand(low, low + width).holds(Period.of(birth, "month"), day) != exact:
        assert day.month == birth.month


@given(birth=BIRTHS, day=DAYS, low=st.integers(0, 60), width=st.integers(0, 60))
def test_a_person_is_of_an_age_for_whole_months(birth, day, low, width):
    month, band = Period.of(day, "month"), AgeBand(low, low + width)
    first, last = (band.holds(Period.of(birth, "month"), edge) for edge in (month.start, month.last_day))
    assert first == last


@given(birth=BIRTHS, day=DAYS)
def test_an_open_band_holds_everybody_born_by_the_month(birth, day):
    assert AgeBand().holds(Period.of(birth, "month"), day) == (Period.of(birth, "month").start <= day)


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (date(2018, 4, 30), False),
        (date(2018, 5, 1), True),
        (date(2025, 4, 30), True),
        (date(2025, 5, 31), True),
        (date(2025, 6, 1), False),
    ],
)
def test_the_band_from_0_to_6_years_begins_at_birth_and_ends_with_the_month_of_the_seventh_birthday(
    day, holds
):
    assert AgeBand(0, 6).holds(Period.parse("2018-05"), day) is holds
