"""Visits, from the grant to the figure."""

from pathlib import Path
from typing import Any

import pytest

from kernel.rulebook import RuleBook
from services.reporting.service import ReportingService
from services.subsidy.domain import schemes
from tests.services.reporting.steps import take, value
from tests.services.subsidy import factories
from tests.services.subsidy.steps import codes, pay
from tests.support.platform import Harness
from tests.support.registry_events import household, identifier, registered

RULES = Path(schemes.__file__).parents[1] / "rules"


@pytest.fixture
def office(subsidy: Harness) -> Harness:
    """Five holders in hardship, under the rules of Xiaoshan."""
    subsidy.runtime.rules = RuleBook.load(RULES, "330109")
    for number in range(1, 6):
        home = {"household_id": identifier(number), "birth_month": "1980-05"}
        told = [household(number, "hardship"), registered(number, **home), factories.certified(number)]
        subsidy.feed("registry", told)
    return subsidy


def told(office: Harness, tmp_path: Path) -> dict[str, Any]:
    """The figures of a year as reporting makes them of what subsidy has told."""
    reporting = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")
    reporting.feed("subsidy", office.events())
    snapshot = take(reporting)
    reporting.close()
    return snapshot


def grant(office: Harness, scheme: str, *numbers: int, **changes: Any) -> None:
    items = [
        factories.award(n, scheme=scheme, ref=f"{scheme}-{changes.get('period', '')}-{n}", **changes)
        for n in numbers
    ]
    assert codes(office.bulk("grant_awards", items)) == ["created"] * len(items)


@pytest.mark.system("SUB-09")
def test_a_person_is_visited_thrice_a_year_with_money_and_goods(office: Harness, tmp_path: Path) -> None:
    visits = {"2024-02-05": "spring_festival", "2024-05-19": "disability_day", "2024-07-22": "summer"}
    for day, variant in visits.items():
        grant(office, "hardship_visit", 1, 2, variant=variant, period=day, granted_on=day, cost="500.00")
        assert pay(office, "hardship_visit", period=day)["amount"] == "1000.00"
    day = "2024-05-19"
    goods = {"variant": "disability_day", "period": day, "granted_on": day, "cost": "120.50"}
    grant(office, "hardship_goods", 1, 2, 3, 4, 5, **goods)

    snapshot = told(office, tmp_path)
    assert value(snapshot, "subsidy.hardship_visit.persons", "event=disability_day") == 5
    assert value(snapshot, "subsidy.hardship_visit.persons") == 5
    assert value(snapshot, "subsidy.hardship_visit.amount", "form=money") == "3000.00"
    assert value(snapshot, "subsidy.hardship_visit.amount", "form=goods") == "602.50"


@pytest.mark.system("SUB-09")
def test_a_visit_is_recorded_once_a_day(office: Harness) -> None:
    visit = {"scheme": "hardship_visit", "variant": "summer", "cost": "500.00"}
    day = {"period": "2024-07-22", "granted_on": "2024-07-22"}
    again = [
        factories.award(1, **visit, **day),
        factories.award(1, **visit, **day, ref="WW-2") | {"cost": "300.00", "variant": "spring_festival"},
        factories.award(1, **visit, ref="WW-3", period="2024"),
    ]

    assert codes(office.bulk("grant_awards", again)) == [
        *("created", "subsidy.already_granted", "subsidy.wrong_period")
    ]
