from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.rehab
from kernel.disability import Category
from kernel.errors import Refusal
from kernel.rulebook import RuleBook
from services.rehab.domain.people import Certificate
from services.rehab.domain.retrofit import Household, RetrofitRule

RULES = RuleBook.load(Path(services.rehab.__file__).parent / "rules")
DAY = date(2024, 10, 1)
HARDSHIP = ["hardship", "dibao", "dibao_edge", "extreme_poverty", "poverty_monitored"]
OTHER = ["multiple_disabled", "old_carer", "zero_employment"]


def rule(kind):
    return RetrofitRule.on(RULES.at(DAY), kind)


def household(*flags, grades=(1,), expires_on=date(2030, 1, 1)):
    certificates = tuple(Certificate(Category.PHYSICAL, grade, expires_on) for grade in grades)
    return Household("h", "341524001001", frozenset(flags), certificates)


@pytest.mark.parametrize("flag", HARDSHIP)
def test_each_mark_of_hardship_opens_the_barrier_free_retrofit(flag):
    rule("barrier_free").check(household(flag, *OTHER), DAY)


def test_a_household_that_is_not_in_hardship_gets_no_barrier_free_retrofit():
    with pytest.raises(Refusal) as refusal:
        rule("barrier_free").check(household(*OTHER), DAY)
    assert refusal.value.code == "rehab.household_flags"


@pytest.mark.parametrize(
    ("grades", "code"),
    [((2,), None), ((4, 1), None), ((3,), "rehab.severe_member"), ((), "rehab.severe_member")],
)
def test_the_barrier_free_retrofit_needs_a_severely_disabled_member(grades, code):
    if code is None:
        rule("barrier_free").check(household("dibao", grades=grades), DAY)
        return
    with pytest.raises(Refusal) as refusal:
        rule("barrier_free").check(household("dibao", grades=grades), DAY)
    assert refusal.value.code == code


def test_the_members_certificate_must_be_valid_on_the_day_of_acceptance():
    rule("barrier_free").check(household("dibao", expires_on=DAY), DAY)
    with pytest.raises(Refusal):
        rule("barrier_free").check(household("dibao", expires_on=date(2024, 9, 30)), DAY)


@given(
    flags=st.sets(st.sampled_from(HARDSHIP + OTHER)),
    grades=st.lists(st.integers(1, 4), max_size=4),
)
def test_the_age_friendly_retrofit_asks_for_nothing(flags, grades):
    rule("age_friendly").check(household(*flags, grades=grades), DAY)
