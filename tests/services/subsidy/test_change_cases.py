"""Worked cases of stops, holds and regrades that an official can read: 情形, 给定, 应得."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kernel.regions import RegionCode
from services.subsidy.domain.award import Award
from services.subsidy.domain.changes import Change, News, changes
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
}
ACTIONS = {"stop": "停发", "hold": "暂停", "release": "恢复", "regrade": "改档"}


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
    scheme = Scheme.of(book(None).at(max(given["日期"], first)).within(region), given["项目"])
    award = Award(
        id="1",
        person_id="2",
        scheme=scheme.code,
        variant=given["档次"],
        period=given["起月"],
        last_period=None,
        region=region.value,
        granted_on=first,
        decision=[],
        held_from=given.get("暂停自"),
    )
    holder = Holder(
        certified="冻结" not in given and "类别" in given,
        category=given.get("类别"),
        grade=given.get("等级"),
        expires_on=given.get("有效至", date(2035, 1, 1)),
        flags=frozenset(given.get("家庭", ())),
    )
    return changes(scheme, award, holder, News(given["日期"], given.get("注销"), given.get("冻结")))


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
