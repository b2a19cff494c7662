"""Whom a notice names, by the rules of its day."""

from datetime import date

import pytest

from kernel.rule_values import RuleValue
from kernel.rulebook import RuleBook, RuleView
from services.subsidy.domain.notice import unnamed

DAY = date(2026, 3, 12)
GROWN, CHILD = "1980-01", "2015-01"


def rules(*reasons: str, age: str = "18") -> RuleView:
    told = (("unnamed", reasons, "texts"), ("minors", age, "years"))
    values = [
        RuleValue(f"claims.notice.{key}", value, unit, date(2020, 1, 1), date(2020, 1, 1), "公示办法")
        for key, value, unit in told
    ]
    return RuleBook({value.key: (value,) for value in values}).at(DAY)


@pytest.mark.parametrize(
    ("birth_month", "asked", "reasons", "why"),
    [
        (GROWN, False, ("minors", "asked"), None),
        (GROWN, True, ("minors", "asked"), "asked"),
        (GROWN, True, ("minors",), None),
        (CHILD, False, ("minors",), "minors"),
        (CHILD, True, ("minors", "asked"), "minors"),
        (CHILD, False, ("asked",), None),
        (None, False, ("minors",), "minors"),
        ("2008-02", False, ("minors",), None),
        ("2008-03", False, ("minors",), "minors"),
    ],
)
def test_the_rules_say_who_is_not_named(
    birth_month: str | None, asked: bool, reasons: tuple[str, ...], why: str | None
) -> None:
    assert unnamed(birth_month, DAY, rules(*reasons), asked=asked) == why


def test_an_office_may_name_those_of_fourteen() -> None:
    """The age of 个人信息保护法 Art. 31."""
    assert unnamed("2012-02", DAY, rules("minors", age="14"), asked=False) is None
    assert unnamed("2012-03", DAY, rules("minors", age="14"), asked=False) == "minors"
