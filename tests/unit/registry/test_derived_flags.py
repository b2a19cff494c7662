"""What is registered of a household leads to its flags, by the rules of the day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import services.registry
from kernel.rulebook import RuleBook
from services.registry.domain.derived_flags import Home, Member, derived, holding

DAY = date(2024, 6, 7)
RULES = RuleBook.load(Path(services.registry.__file__).parent / "rules").at(DAY)
SON = Member(date(1984, 1, 1), "male", 1)
"""Forty years old, severely disabled."""
MOTHER = Member(date(1964, 6, 7), "female", None)
"""Sixty on the day."""


def flags(*members: Member, said: str = "") -> set[str]:
    home = Home(members, frozenset(said.split()), DAY)
    return {flag for flag, verdict in derived(home, RULES).items() if verdict.holds}


@pytest.mark.parametrize(
    ("members", "many"),
    [
        ((SON,), False),
        ((SON, MOTHER), False),
        ((SON, replace(MOTHER, grade=4)), True),
        ((SON, SON, SON), True),
    ],
)
def test_two_certified_members_make_a_household_of_several_disabled(members: tuple[Member, ...], many: bool):
    assert ("multiple_disabled" in flags(*members)) is many


@pytest.mark.parametrize(
    ("members", "old"),
    [
        ((SON, MOTHER), True),
        ((SON, replace(MOTHER, birth_date=date(1964, 6, 8))), False),
        ((SON,), False),
        ((replace(SON, grade=3), MOTHER), False),
        ((replace(SON, birth_date=date(1964, 6, 7)), MOTHER), False),
        ((replace(SON, birth_date=date(1964, 6, 8)), MOTHER), True),
        # Neither a child cares nor another severely disabled member; anybody else of age does.
        ((SON, MOTHER, Member(date(2006, 6, 8), "male", None)), True),
        ((SON, MOTHER, Member(date(2006, 6, 7), "male", None)), False),
        ((SON, MOTHER, replace(SON, grade=2)), True),
        ((SON, MOTHER, replace(SON, grade=3)), False),
    ],
)
def test_who_needs_care_and_has_only_old_people_to_give_it(members: tuple[Member, ...], old: bool):
    assert ("old_carer" in flags(*members)) is old


@pytest.mark.parametrize(
    ("grade", "said", "severe"),
    [
        (2, "dibao", True),
        (2, "poverty_monitored", True),
        (3, "dibao", False),
        (None, "dibao", False),
        (2, "old_carer", False),
    ],
)
def test_severe_disability_and_a_flag_of_hardship_make_severe_hardship(
    grade: int | None, said: str, severe: bool
):
    assert ("severe_hardship" in flags(replace(SON, grade=grade), said=said)) is severe


@pytest.mark.parametrize(
    ("answers", "nobody_works"),
    [
        (["unemployed"], True),
        (["unemployed", "unable"], True),
        (["unemployed", "farming"], False),
        (["unable"], False),
        # What nobody has answered is not known.
        (["unemployed", None], False),
    ],
)
def test_nobody_works_only_where_everybody_who_could_said_so(answers: list[str | None], nobody_works: bool):
    members = [replace(SON, employment=answer) for answer in answers]
    assert ("zero_employment" in flags(*members, MOTHER)) is nobody_works
    assert "zero_employment" not in flags(*(replace(member, grade=None) for member in members))


@pytest.mark.parametrize(
    ("born", "sex", "counts"),
    [
        (date(2008, 6, 7), "male", True),
        (date(2008, 6, 8), "male", False),
        (date(1964, 6, 8), "male", True),
        (date(1964, 6, 7), "male", False),
        (date(1969, 6, 8), "female", True),
        (date(1969, 6, 7), "female", False),
    ],
)
def test_work_is_asked_of_people_of_working_age(born: date, sex: str, counts: bool):
    assert ("zero_employment" in flags(Member(born, sex, 2, "unemployed"))) is counts


def test_a_source_knows_better_but_where_certificates_decide():
    follows = {"multiple_disabled", "old_carer"}
    denied = {"multiple_disabled": False, "old_carer": False}
    assert holding({"dibao": True}, follows, RULES) == follows | {"dibao"}
    assert holding(denied, follows, RULES) == {"multiple_disabled"}
    assert holding(dict.fromkeys(follows, True), set(), RULES) == follows


def test_each_verdict_names_the_rule_that_decided():
    rules = {flag: verdict.rule.key for flag, verdict in derived(Home((), frozenset(), DAY), RULES).items()}
    assert rules == {
        "multiple_disabled": "household.derived.multiple_disabled.min_certified",
        "old_carer": "household.derived.old_carer.min_age",
        "severe_hardship": "household.derived.severe_hardship.grades",
        "zero_employment": "household.derived.zero_employment.unemployed",
    }
