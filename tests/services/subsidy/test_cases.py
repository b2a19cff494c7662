"""Worked cases that an official can read, in cases/*.yaml: 情形 (what it is about), 给定, 应得."""

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.errors import Refusal
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleBook
from services.subsidy.domain import schemes
from services.subsidy.domain.amounts import Basis, price
from services.subsidy.domain.award import Benefit
from services.subsidy.domain.eligibility import Holder, decide
from services.subsidy.domain.overlaps import decide_overlaps
from services.subsidy.domain.schemes import Scheme

RULES = Path(schemes.__file__).parents[1] / "rules"
GIVEN = {
    "项目",
    "档次",
    "机构",
    "地区",
    "审定",
    "周期",
    "知悉",
    "类别",
    "等级",
    "有效至",
    "出生",
    "家庭",
    "另享",
    "费用",
    "天数",
}


def cases() -> list[Any]:
    """Each case of each file; one for each division where a case is told for several."""
    found = []
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            due = case.get("各地应得") or {case["给定"]["地区"]: case["应得"]}
            for region, amount in due.items():
                given = case["给定"] | {"地区": region}
                found.append(pytest.param(given, amount, id=f"{file.stem}: {case['情形']} {region}"))
    return found


@cache
def book(office: str | None) -> RuleBook:
    return RuleBook.load(RULES, office)


def due(given: dict[str, Any]) -> str:
    """The amount of a period, or the code of the refusal: what the service does, without its database."""
    region = RegionCode.parse(given["地区"])
    rules = book(given.get("机构"))
    day, period = given["审定"], Period.parse(str(given["周期"]))
    holder = Holder(
        certified="类别" in given,
        category=given.get("类别"),
        grade=given.get("等级"),
        expires_on=given.get("有效至"),
        birth_month=given.get("出生"),
        flags=frozenset(given["家庭"]) if "家庭" in given else None,
    )
    stated = [
        Benefit(code, Money.yuan(amount) if amount else None)
        for code, amount in given.get("另享", {}).items()
    ]
    try:
        scheme = Scheme.of(rules.at(day).within(region), given["项目"])
        variant = scheme.variant(given["档次"])
        decide(scheme, holder, day, variant)
        scheme.period(period.text)
        then = replace(scheme, rules=rules.at(period.start, given.get("知悉")).within(region))
        cost = Money.yuan(given["费用"]) if "费用" in given else None
        amount, _ = price(then, variant, Basis(cost, given.get("天数")))
        decide_overlaps(scheme, stated, (), amount)
    except Refusal as refusal:
        return refusal.code
    return str(amount)


@pytest.mark.parametrize(("given", "amount"), cases())
def test_each_case_comes_out_as_it_should(given: dict[str, Any], amount: str) -> None:
    assert given.keys() <= GIVEN
    assert isinstance(given["审定"], date)
    assert due(given) == amount


def test_every_scheme_of_the_rule_files_has_a_case() -> None:
    known = {key.removesuffix(".variants") for key in book(None).keys() if key.endswith(".variants")}  # noqa: SIM118
    told = {case.values[0]["项目"] for case in cases()}
    assert known - told == {"care", "medical_relief", "hardship_goods", "aid_fund"}
