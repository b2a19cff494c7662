"""Figures that offices published of their subsidies, from single acts of the office to cells of a snapshot.

Where the report has an x for the number, the figure comes of operations of a made-up size.
"""

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from canlian.sample.shape import published
from services.reporting import definitions
from services.reporting.domain.catalogue import dimensions_text
from tests.services.subsidy import factories
from tests.services.subsidy.test_systems_funds import enrolled
from tests.services.subsidy.test_systems_monthly import LIVING, sought
from tests.services.subsidy.whole_office import Figures, WholeOffice, stated

Row = dict[str, str]
Scenario = Callable[[WholeOffice], None]


def rows() -> list[Row]:
    """The published figures of subsidies: those of the sample office, and those that it does not show."""
    sample = published("jinzhai-2024")
    assert sample is not None
    found = [row | {"period": "2024"} for row in _read(sample) if row["indicator"].startswith("subsidy.")]
    return found + _read(Path(__file__).with_name("published.csv"))


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# What happened -----------------------------------------------------------------------------------


def pupils_get_shoes(office: WholeOffice) -> None:
    """68 pairs of nearly 5000 yuan: 67 of 73.53 and one of 73.49."""
    pupils = office.holders(68, "32", year=2005)
    day = {"period": "2015-12-03", "granted_on": "2015-12-03"}
    office.grant("donation", "shoes", pupils[1:], cost="73.53", **day)
    office.grant("donation", "shoes", pupils[:1], cost="73.49", **day)


def the_poor_are_visited(office: WholeOffice) -> None:
    day = "2015-02-10"
    poor = office.holders(600, "42", "dibao")
    office.grant("hardship_visit", "spring_festival", poor, period=day, granted_on=day, cost="500.00")
    office.paid("hardship_visit", period=day)


def homes_are_repaired(number: int, *rules: str) -> Scenario:
    """One home after the other: graded, repaired, accepted, paid."""

    def operate(office: WholeOffice) -> None:
        office.rules_of(*rules)
        homes = office.holders(number, "42", "hardship")
        office.seen("housing", "danger_grade", homes, "D", on=f"{office.year}-03-02")
        office.seen("housing", "works_accepted", homes)
        office.grant("housing", "repair", homes)
        office.paid("housing")

    return operate


def vehicles_are_fuelled(number: int, *rules: str) -> Scenario:
    """Each vehicle gets the year's amount."""

    def operate(office: WholeOffice) -> None:
        if rules:
            office.rules_of(*rules)
        office.grant("fuel", "vehicle", office.holders(number, "43"))
        office.paid("fuel")

    return operate


def the_severe_are_nursed(office: WholeOffice) -> None:
    """600 yuan each, 50 a month, paid once a year."""
    office.rules_of("yearly", NURSED_YEARLY)
    for variant, number in (("grade_1", 1716), ("grade_2", 2000)):
        office.grant("nursing", variant, office.holders(number, f"4{variant[-1]}"))
    office.paid("nursing")


NURSED_YEARLY = """
  nursing.cadence:
    description: Paid once a year
    zh: 发放周期
    unit: text
    values:
      - from: 2015-01-01
        value: "year"
        reference: {document: "南昌县残联2015年工作总结"}
""" + "".join(
    stated(f"nursing.rate.grade_{grade}", "yuan_per_person_year", "600.00", "重度残疾人护理补贴标准")
    for grade in (1, 2)
)


def three_of_four_on_dibao_are_paid(office: WholeOffice) -> None:
    office.rules_of("341524", LIVING)
    poor = office.holders(4, "42", "dibao")
    sought(office, "living", "2018-01", "2018-01-05")
    office.grant("living", "dibao", poor[:3], period="2018-01", granted_on="2018-01-20")
    office.paid("living", period="2018-01", pay_on="2018-01-31")


def four_of_five_are_insured(office: WholeOffice) -> None:
    every = office.holders(5, "43")
    for scheme in ("pension_cover", "medical_cover"):
        office.grant(scheme, "own_premium", every[:4], cost="180.00")


def patients_get_drugs(office: WholeOffice) -> None:
    office.rules_of("341500")
    enrolled(office, "psych_drug", office.holders(3, "62"))
    office.paid("psych_drug", pay_on="2018-06-20")


def five_leaders_are_visited(office: WholeOffice) -> None:
    day = "2024-05-19"
    office.rules_of("341524")
    office.grant(
        "hardship_visit", "disability_day", office.holders(5), period=day, granted_on=day, cost="500.00"
    )
    office.paid("hardship_visit", period=day)


def eighty_nine_are_cared_for(office: WholeOffice) -> None:
    allotments = [factories.allotment(), factories.allotment(ref="县", source="county", amount="74500.00")]
    office.done("subsidy", "record_fund_allotments", allotments)
    for mode, number in (("boarding", 2), ("day", 5), ("home", 82)):
        enrolled(office, "care", office.holders(number, "61", year=1985), mode=mode)
    office.paid("care")


def students_are_aided(office: WholeOffice) -> None:
    for level, number in (("higher", 31), ("secondary_vocational", 44)):
        office.grant("student_aid", level, office.holders(number, "22", year=2004))
    office.paid("student_aid")


SCENARIOS: dict[tuple[str, str], Scenario] = {
    ("2015", "subsidy.donation"): pupils_get_shoes,
    ("2015", "subsidy.hardship_visit"): the_poor_are_visited,
    ("2015", "subsidy.housing_repair"): homes_are_repaired(
        31, "360121", stated("housing.rate.repair", "yuan_per_household", "10000.00", "危房改造救助标准")
    ),
    # No number of vehicles at 260 yuan makes 170 000; the county told neither the number nor its rate.
    ("2015", "subsidy.fuel"): vehicles_are_fuelled(
        680, "360121", stated("fuel.rate.vehicle", "yuan_per_vehicle_year", "250.00", "燃油补贴标准")
    ),
    ("2015", "subsidy.nursing"): the_severe_are_nursed,
    ("2018H1", "subsidy.living"): three_of_four_on_dibao_are_paid,
    ("2018H1", "subsidy.pension"): four_of_five_are_insured,
    ("2018H1", "subsidy.medical_insurance"): four_of_five_are_insured,
    ("2018H1", "subsidy.psych_drug"): patients_get_drugs,
    ("2024", "subsidy.hardship_visit"): five_leaders_are_visited,
    ("2024", "subsidy.care"): eighty_nine_are_cared_for,
    ("2024", "subsidy.student_aid"): students_are_aided,
    ("2024", "subsidy.fuel"): vehicles_are_fuelled(143),
    ("2017", "subsidy.housing_repair"): homes_are_repaired(35, "330109"),
}
MADE_UP = {
    "subsidy.living.coverage_rate": "75.00",
    "subsidy.pension.coverage_rate": "80.00",
    "subsidy.medical_insurance.coverage_rate": "80.00",
    "subsidy.psych_drug.amount": "3000.00",
}
"""What comes of the scenarios for figures whose number is an x."""


def group(row: Row) -> tuple[str, str]:
    return row["period"], row["indicator"].rpartition(".")[0]


def test_every_published_figure_has_a_scenario_and_each_scenario_has_a_figure() -> None:
    assert {group(row) for row in rows()} == SCENARIOS.keys()
    assert {row["indicator"] for row in rows() if not row["value"] and not row["target"]} == MADE_UP.keys()


MANY = {("2015", "subsidy.nursing"): (pytest.mark.slow, pytest.mark.timeout(600))}


@pytest.mark.parametrize(
    "told", [pytest.param(told, marks=MANY.get(told, ()), id=" ".join(told)) for told in SCENARIOS]
)
def test_what_was_published_comes_of_what_the_office_does(office: WholeOffice, told: tuple[str, str]) -> None:
    office.year = int(told[0][:4])
    mine = [row for row in rows() if group(row) == told]
    for row in mine:
        if row["target"]:
            office.set_task(row["indicator"], dict([row["dimensions"].split("=")]), row["target"])
    SCENARIOS[told](office)

    figure = office.figures(told[0])

    for row in mine:
        code, dimensions = row["indicator"], row["dimensions"]
        found = figure(code, dimensions)
        if row["value"]:
            assert Decimal(found) == Decimal(row["value"]), row["quote"]
        elif row["target"]:
            assert (found, figure.completion(code, dimensions)) == (75, "227.3"), (
                "the report tells the task alone"
            )
        else:
            assert "not published" in row["note"]
            assert found == MADE_UP[code]
        check_trace(figure, code, dimensions, found)


def check_trace(figure: Figures, code: str, dimensions: str, found: Any) -> None:
    """The single events behind a figure make it up: so many people, or so much money."""
    indicator = definitions.catalogue().find(code)
    if indicator.ratio is not None:
        cut = next(cut for cut in indicator.cuts if dimensions_text(cut.dimensions) == dimensions)
        for part in indicator.parts(cut):
            assert figure.events(part.indicator, part.dimensions.replace(";", ","))
        return
    events = figure.events(code, dimensions)
    assert len({each["event_id"] for each in events}) == len(events)
    if indicator.measure == "money":
        assert sum(Decimal(each["value"]) for each in events) == Decimal(found)
    else:
        assert len({each["subject"] for each in events}) == found
