"""Who is admitted to a scheme, by which rules, and with what reason others are refused."""

from dataclasses import replace
from datetime import date

import pytest

from kernel.errors import Refusal
from kernel.rule_values import RuleValue
from services.subsidy.domain.eligibility import Holder, decide
from services.subsidy.domain.schemes import Scheme

DAY = date(2024, 6, 3)


def rule(key: str, value: str | tuple[str, ...], unit: str) -> RuleValue:
    return RuleValue(f"visit.{key}", value, unit, date(2020, 1, 1), date(2020, 1, 1), "慰问办法")


STRICT = Scheme(
    code="visit",
    cadence="year",
    variants=("spring",),
    opened_by=rule("opened_by", "office", "text"),
    funding=("county",),
    certificate=rule("certificate", "true", "switch"),
    categories=rule("categories", ("mental", "intellectual"), "texts"),
    grades=rule("grades", ("1", "2"), "texts"),
)
OPEN = replace(STRICT, certificate=None, categories=None, grades=None)
HOLDER = Holder(certified=True, category="mental", grade=2, expires_on=date(2024, 6, 3))
NOBODY = Holder(certified=False, category=None, grade=None, expires_on=None)


def test_a_holder_is_admitted_up_to_the_last_day_of_the_certificate() -> None:
    trace = decide(STRICT, HOLDER, DAY)

    assert [step["rule"] for step in trace] == [
        "visit.opened_by",
        "visit.certificate",
        "visit.categories",
        "visit.grades",
    ]
    assert trace[3] == {
        "rule": "visit.grades",
        "value": "1, 2",
        "unit": "texts",
        "from": "2020-01-01",
        "document": "慰问办法",
    }


@pytest.mark.parametrize(
    ("holder", "code"),
    [
        (NOBODY, "subsidy.certificate_required"),
        (replace(HOLDER, expires_on=date(2024, 6, 2)), "subsidy.certificate_expired"),
        (replace(HOLDER, category="visual"), "subsidy.category_not_admitted"),
        (replace(HOLDER, grade=3), "subsidy.grade_not_admitted"),
    ],
)
def test_the_refusal_names_the_rule_and_no_health_data(holder: Holder, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        decide(STRICT, holder, DAY)

    assert refusal.value.code == code
    assert "慰问办法" in refusal.value.message
    assert "visual" not in str(refusal.value) + str(refusal.value.facts)


def test_a_scheme_without_requirements_admits_anybody() -> None:
    assert [step["rule"] for step in decide(OPEN, NOBODY, DAY)] == ["visit.opened_by"]
    unneeded = replace(OPEN, certificate=rule("certificate", "false", "switch"))
    assert decide(unneeded, NOBODY, DAY)


def test_what_an_enrolment_opens_is_not_granted_by_the_office() -> None:
    with pytest.raises(Refusal) as refusal:
        decide(replace(OPEN, opened_by=rule("opened_by", "rehab.care", "text")), HOLDER, DAY)

    assert refusal.value.code == "subsidy.opened_by_enrolment"
