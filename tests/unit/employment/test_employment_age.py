from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.employment
from kernel.errors import NotFound, Refusal
from kernel.periods import Period
from kernel.rulebook import RuleBook
from services.employment.domain.people import EmploymentAge, Person

RULES = RuleBook.load(Path(services.employment.__file__).parent / "rules")
DAY = date(2024, 5, 15)
AGE = EmploymentAge.on(RULES.at(DAY))


def person(born, sex="male"):
    return Person("p", "341524001001", Period.parse(born), sex, date(2030, 1, 1))


@pytest.mark.parametrize(
    ("sex", "born", "holds"),
    [
        ("male", "2008-06", False),
        ("male", "2008-05", True),
        ("male", "1964-05", True),
        ("male", "1964-04", False),
        ("female", "2008-06", False),
        ("female", "2008-05", True),
        ("female", "1969-05", True),
        ("female", "1969-04", False),
    ],
)
def test_employment_age_is_16_to_59_for_men_and_to_54_for_women(sex, born, holds):
    who = person(born, sex)
    if holds:
        AGE.check(who, DAY, "registered_on")
        return
    with pytest.raises(Refusal) as refusal:
        AGE.check(who, DAY, "registered_on")
    assert refusal.value.code == "employment.age"
    assert born not in refusal.value.message


def test_employment_age_is_unknown_before_its_rule():
    with pytest.raises(NotFound):
        EmploymentAge.on(RULES.at(date(1994, 12, 31)))


@given(day=st.dates(date(1995, 1, 1), date(2060, 12, 31)), born=st.dates(date(1930, 1, 1), date(2020, 1, 1)))
def test_a_woman_of_employment_age_would_be_of_it_as_a_man(day, born):
    month = Period.of(born, "month")
    assert AGE.bands["male"].holds(month, day) or not AGE.bands["female"].holds(month, day)
