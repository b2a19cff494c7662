"""Who is admitted to a scheme, by which rules, and with what reason others are refused."""

from dataclasses import replace
from datetime import date

import pytest

from kernel.errors import Refusal
from services.subsidy.domain.eligibility import Holder, decide, judge
from tests.unit.subsidy.scheme_rules import DAY, scheme

STRICT = scheme(
    certificate=("true", "switch"),
    categories=(("mental", "intellectual"), "texts"),
    grades=(("1", "2"), "texts"),
    grades__summer=(("2",), "texts"),
    age_min=("16", "years"),
    age_max=("59", "years"),
    flags_any=(("dibao", "hardship"), "texts"),
    flags_none=(("extreme_poverty",), "texts"),
)
OPEN = scheme()
HOLDER = Holder(
    certified=True,
    category="mental",
    grade=2,
    expires_on=date(2024, 6, 3),
    birth_month="1990-06",
    flags=frozenset({"dibao"}),
)
NOBODY = Holder(certified=False, category=None, grade=None, expires_on=None)


def refusal_of(holder: Holder, variant: str | None = None) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        decide(STRICT, holder, DAY, variant)
    return refusal.value


def test_a_holder_is_admitted_up_to_the_last_day_of_the_certificate() -> None:
    trace = decide(STRICT, HOLDER, DAY)

    assert [step["rule"] for step in trace] == [
        "visit.opened_by",
        "visit.certificate",
        "visit.categories",
        "visit.grades",
        "visit.age_min",
        "visit.age_max",
        "visit.flags_any",
        "visit.flags_none",
    ]
    assert trace[3] == {
        "rule": "visit.grades",
        "value": "1, 2",
        "unit": "texts",
        "from": "2020-01-01",
        "document": "慰问办法",
        "zh": "grades：一级、二级。符合。（依据：慰问办法）",
    }


@pytest.mark.parametrize(
    ("holder", "code"),
    [
        (NOBODY, "subsidy.certificate_required"),
        (replace(HOLDER, expires_on=date(2024, 6, 2)), "subsidy.certificate_expired"),
        (replace(HOLDER, category="visual"), "subsidy.category_not_admitted"),
        (replace(HOLDER, grade=3), "subsidy.grade_not_admitted"),
        (replace(HOLDER, birth_month=None), "subsidy.age_unknown"),
        (replace(HOLDER, birth_month="2008-07"), "subsidy.age_not_admitted"),
        (replace(HOLDER, birth_month="1964-05"), "subsidy.age_not_admitted"),
        (replace(HOLDER, flags=frozenset({"old_carer"})), "subsidy.household_not_admitted"),
        (replace(HOLDER, flags=None), "subsidy.household_not_admitted"),
        (replace(HOLDER, flags=frozenset({"dibao", "extreme_poverty"})), "subsidy.household_excluded"),
    ],
)
def test_the_refusal_names_the_rule_and_no_health_data(holder: Holder, code: str) -> None:
    refusal = refusal_of(holder)

    assert refusal.code == code
    assert "慰问办法" in refusal.message
    told = str(refusal) + str(refusal.facts)
    assert not [word for word in ("visual", "mental", "old_carer", "dibao", "2008", "1964") if word in told]


@pytest.mark.parametrize("birth_month", ["2008-06", "1964-06"])
def test_the_month_of_a_birthday_is_decided_for_the_person(birth_month: str) -> None:
    assert decide(STRICT, replace(HOLDER, birth_month=birth_month), DAY)


def test_a_requirement_of_the_variant_goes_before_that_of_the_scheme() -> None:
    severe = replace(HOLDER, grade=1)

    assert decide(STRICT, severe, DAY, "spring")
    assert refusal_of(severe, "summer").facts["rule"] == "visit.grades.summer"


def test_all_that_is_not_complied_with_can_be_told_at_once() -> None:
    broken = [finding.broken for finding in judge(STRICT, NOBODY, DAY) if finding.broken]

    assert broken == [
        "certificate_required",
        "category_not_admitted",
        "grade_not_admitted",
        "age_unknown",
        "age_unknown",
        "household_not_admitted",
    ]


def test_a_scheme_without_requirements_admits_anybody() -> None:
    assert [step["rule"] for step in decide(OPEN, NOBODY, DAY)] == ["visit.opened_by"]
    assert decide(scheme(certificate=("false", "switch")), NOBODY, DAY)


def test_what_an_enrolment_opens_is_not_granted_by_the_office() -> None:
    with pytest.raises(Refusal) as refusal:
        decide(scheme(opened_by=("rehab.care", "text")), HOLDER, DAY)

    assert refusal.value.code == "subsidy.opened_by_enrolment"
