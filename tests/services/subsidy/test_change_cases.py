"""Worked cases of stops, holds, regrades and resumptions that an official can read: 情形, 给定, 应得."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.regions import RegionCode
from kernel.rule_values import RuleValue
from kernel.rulebook import RuleBook
from services.subsidy.domain.award import Award
from services.subsidy.domain.changes import Change, News, Past, changes
from services.subsidy.domain.eligibility import Holder
from services.subsidy.domain.schemes import Scheme
from tests.services.subsidy.test_cases import book

GIVEN = {
    "项目",
    "档次",
    "地区",
    "起月",
    "日期",
    "注销",
    "冻结",
    "暂停自",
    "类别",
    "等级",
    "有效至",
    "家庭",
    "停发",
    "此前",
    "单位规则",
}
ACTIONS = {
    "stop": "停发",
    "hold": "暂停",
    "release": "恢复",
    "regrade": "改档",
    "resume": "续发",
    "ask": "联系",
}
"""续发: paid again by rule; 联系: the office is told to ask the person."""


def cases() -> list[Any]:
    return [
        pytest.param(case["给定"], case["应得"], id=case["情形"])
        for file in sorted((Path(__file__).parent / "cases" / "changes").glob("*.yaml"))
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


def followed(given: dict[str, Any]) -> list[Change]:
    """What follows for the award, without a database."""
    region = RegionCode.parse(given["地区"])
    first = date.fromisoformat(f"{given['起月']}-01")
    rules = with_rules(book(None), given.get("单位规则", {}))
    scheme = Scheme.of(rules.at(max(given["日期"], first)).within(region), given["项目"])
    reason, last = given.get("停发", (None, None))
    award = Award(
        id="1",
        person_id="2",
        scheme=scheme.code,
        variant=given["档次"],
        period=given["起月"],
        last_period=last,
        region=region.value,
        granted_on=first,
        decision=[],
        held_from=given.get("暂停自"),
    )
    past = Past(known(given["此前"]), reason) if "此前" in given else None
    return changes(
        scheme, award, known(given), News(given["日期"], given.get("注销"), given.get("冻结")), past
    )


def known(given: dict[str, Any]) -> Holder:
    return Holder(
        certified="冻结" not in given and "类别" in given,
        category=given.get("类别"),
        grade=given.get("等级"),
        expires_on=given.get("有效至", date(2035, 1, 1)),
        flags=frozenset(given.get("家庭", ())),
    )


def with_rules(rules: RuleBook, own: dict[str, Any]) -> RuleBook:
    """The rules with an office's own, each told as [unit, value, from]."""
    values = {key: rules.history(key) for key in rules.keys()}  # noqa: SIM118 - no dict
    for key, (unit, value, since) in own.items():
        written = value if value is None or unit == "texts" else str(value)
        stated = RuleValue(key, written, unit, since, since, "本单位通知", title="本单位规则")
        values[key] = (*(each for each in values.get(key, ()) if each.valid_from < since), stated)
    return RuleBook(values)


@pytest.mark.parametrize(("given", "expected"), cases())
def test_each_case_comes_out_as_it_should(given: dict[str, Any], expected: list[str]) -> None:
    assert given.keys() <= GIVEN
    told = [
        " ".join(filter(None, (ACTIONS[each.action], each.variant, each.period))) for each in followed(given)
    ]
    assert told == expected


@pytest.mark.parametrize(("given", "expected"), cases())
def test_each_change_names_its_rule_and_document_in_chinese(
    given: dict[str, Any], expected: list[str]
) -> None:
    for each in followed(given):
        assert len(each.decision) >= 1, expected
        assert all(step["rule"] and step["document"] and "依据" in step["zh"] for step in each.decision)
