"""Help in single cases, from the grant to its figure: homes, visits, insurance, reliefs, aid."""

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
    """Forty holders in hardship, under the rules of Xiaoshan."""
    subsidy.runtime.rules = RuleBook.load(RULES, "330109")
    for number in range(1, 41):
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


@pytest.mark.system("SUB-08")
def test_35_homes_are_repaired_for_350000_yuan(office: Harness, tmp_path: Path) -> None:
    grant(office, "housing", *range(1, 36), variant="repair")
    assert pay(office, "housing")["state"] == "paid"

    snapshot = told(office, tmp_path)
    assert value(snapshot, "subsidy.housing_repair.amount") == "350000.00"
    assert value(snapshot, "subsidy.housing_repair.households") == 35


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


@pytest.mark.system("SUB-10")
def test_holders_are_insured_together_once_the_office_states_the_premium(
    office: Harness, tmp_path: Path
) -> None:
    insured = factories.award(1, scheme="accident_insurance", variant="holder")
    assert codes(office.bulk("grant_awards", [insured])) == ["rule.not_in_force"]
    rules = tmp_path / "rules"
    (rules / "offices").mkdir(parents=True)
    for path in RULES.glob("*.yaml"):
        (rules / path.name).write_bytes(path.read_bytes())
    (rules / "offices" / "330109.yaml").write_text(PREMIUM, encoding="utf-8")
    office.runtime.rules = RuleBook.load(rules, "330109")
    grant(office, "accident_insurance", *range(1, 41), variant="holder")

    assert pay(office, "accident_insurance")["amount"] == "4000.00"
    snapshot = told(office, tmp_path)
    assert value(snapshot, "subsidy.accident_insurance.persons") == 40


PREMIUM = """
rules:
  accident_insurance.rate.holder:
    description: Premium of each holder
    zh: 每人保费
    unit: yuan_per_person_year
    values:
      - from: 2017-01-01
        value: "100.00"
        reference: {document: "本区统一投保协议"}
"""


@pytest.mark.system("SUB-11")
def test_reliefs_are_recorded_and_aid_is_paid(office: Harness, tmp_path: Path) -> None:
    grant(office, "tax_relief", 1, 2, variant="tax", cost="1200.40")
    grant(office, "tax_relief", 3, variant="fee", cost="80.00")
    for day in ("2024-03-01", "2024-09-02"):
        grant(office, "aid_fund", 1, variant="aid", period=day, granted_on=day, cost="3000.00")
        pay(office, "aid_fund", period=day)

    snapshot = told(office, tmp_path)
    assert value(snapshot, "subsidy.tax_fee_relief.amount") == "2480.80"
    assert value(snapshot, "subsidy.tax_fee_relief.amount", "charge=fee") == "80.00"
    assert value(snapshot, "subsidy.aid_funds.amount") == "6000.00"
