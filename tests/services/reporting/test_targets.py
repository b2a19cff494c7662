"""Tasks and how far they are met."""

from typing import Any

import pytest

from services.reporting.tables import targets
from tests.services.reporting.factories import issued, paid, served
from tests.services.reporting.steps import figures, take
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import VILLAGE

TOWNSHIP = "341524103000"


def task(value: str, indicator: str = "rehab.psych_drug.persons", **changes: Any) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "dimensions": {},
        "region": COUNTY,
        "period": "2024",
        "value": value,
        "set_on": "2024-01-15",
    } | changes


def outcomes(harness: Harness, *items: dict[str, Any], caller: str | None = None) -> list[str]:
    return [
        each["error"]["code"] if each["error"] else each["outcome"]
        for each in harness.bulk("set_targets", items, caller)
    ]


@pytest.mark.system("REP-02")
def test_tasks_are_split_to_townships_and_shown_with_their_completion(reporting: Harness):
    reporting.feed("rehab", [served(person, "2024-05-01") for person in range(23)])
    assert outcomes(reporting, task("20"), task("30", region=TOWNSHIP)) == ["created", "created"]
    county = figures(take(reporting))["rehab.psych_drug.persons", ""]
    township = figures(take(reporting, TOWNSHIP))["rehab.psych_drug.persons", ""]
    village = figures(take(reporting, VILLAGE))["rehab.psych_drug.persons", ""]
    assert (county["value"], county["target"], county["completion"]) == (23, 20, "115.0")
    assert (township["value"], township["target"], township["completion"]) == (23, 30, "76.7")
    assert (village["value"], village["target"], village["completion"]) == (23, None, None)


def test_a_task_belongs_to_one_cell_one_region_and_one_period(reporting: Harness):
    severe = {"grade": "1-2"}
    reporting.feed("registry", [issued(1), issued(2, category="hearing", grade=3)])
    outcomes(reporting, task("4", "registry.persons.certified", dimensions=severe))
    taken = figures(take(reporting))
    assert taken["registry.persons.certified", "grade=1-2"]["completion"] == "25.0"
    assert taken["registry.persons.certified", ""]["target"] is None
    assert (
        figures(take(reporting, period="2024H2"))["registry.persons.certified", "grade=1-2"]["target"] is None
    )


def test_a_task_of_money_is_exact(reporting: Harness):
    reporting.feed("subsidy", [paid(1, "1000.05", {"county": "1000.05"})])
    assert outcomes(reporting, task("3000.1", "subsidy.care.amount")) == ["created"]
    care = figures(take(reporting))["subsidy.care.amount", ""]
    assert (care["target"], care["completion"]) == ("3000.10", "33.3")


def test_a_later_task_replaces_the_earlier_and_keeps_it(reporting: Harness):
    outcomes(reporting, task("10"))
    first = take(reporting)
    outcomes(reporting, task("12", set_on="2024-08-01"), task("11", set_on="2024-07-01"))
    outcomes(reporting, task("13", set_on="2024-08-01"))
    second = take(reporting)
    assert second["revision"] == first["revision"] + 1
    assert figures(second)["rehab.psych_drug.persons", ""]["target"] == 13
    assert [row.value for row in reporting.rows(targets)] == ["10", "12", "11", "13"]


def test_the_same_tasks_loaded_twice_change_nothing(reporting: Harness):
    items = [task("10"), task("10"), task("5", region=TOWNSHIP)]
    assert outcomes(reporting, *items) == ["created", "unchanged", "created"]
    assert outcomes(reporting, *items) == ["unchanged"] * 3
    assert [event.TYPE for event in reporting.events()] == ["reporting.target_set.v1"] * 2


def test_a_task_of_zero_has_no_completion(reporting: Harness):
    outcomes(reporting, task("0"))
    drugs = figures(take(reporting))["rehab.psych_drug.persons", ""]
    assert (drugs["target"], drugs["completion"]) == (0, None)


def test_wrong_tasks_are_rejected_and_the_good_ones_kept(reporting: Harness):
    found = outcomes(
        reporting,
        task("10", "rehab.psych_drug.person"),
        task("10", dimensions={"mode": "day"}),
        task("10.5"),
        task("10", region="341523000000"),
        task("-1"),
        task("10"),
    )
    assert found == [
        "reporting.unknown_indicator",
        "reporting.unknown_cell",
        "reporting.target_unit",
        "access.region",
        "record.invalid",
        "created",
    ]


def test_a_township_cannot_set_the_countys_task(reporting: Harness):
    clerk = reporting.clerk(region=TOWNSHIP)
    assert outcomes(reporting, task("10"), task("10", region=TOWNSHIP), caller=clerk) == [
        "access.region",
        "created",
    ]
