"""The table of divisions, and households with their flags."""

from datetime import date
from typing import Any

import pytest

from contracts.registry import HouseholdRegistered, RegionRecorded
from services.registry.tables import households, regions
from tests.services.registry.factories import household, person, results
from tests.services.registry.factories import regions as county
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_VILLAGE, TOWNSHIP, VILLAGE

NEW_VILLAGE = "341524103207"
MERGED = {"code": VILLAGE, "name": "甲村", "valid_from": "1949-10-01", "valid_to": "2020-01-01"}


def test_a_division_is_recorded_once(registry: Harness):
    events = registry.events()
    assert [type(event) for event in events] == [RegionRecorded] * len(county())
    assert results(registry.bulk("record_regions", county())) == [("unchanged", None)] * len(county())
    assert registry.events() == events


def test_a_merged_village_ends_and_names_its_successor(registry: Harness):
    merged = MERGED | {"successors": [NEW_VILLAGE]}
    begun = {"code": NEW_VILLAGE, "name": "新村", "valid_from": "2020-01-01"}
    assert results(registry.bulk("record_regions", [merged, begun])) == [("created", None)] * 2
    assert results(registry.bulk("record_regions", [merged, begun])) == [("unchanged", None)] * 2
    [row] = [row for row in registry.rows(regions) if row.code == VILLAGE]
    assert (row.valid_to, row.successors) == (date(2020, 1, 1), NEW_VILLAGE)
    event: Any = registry.events()[-2]
    assert event.successors == [NEW_VILLAGE]


def test_after_the_merger_people_are_registered_in_the_successor(registry: Harness):
    merged = MERGED | {"successors": [NEW_VILLAGE]}
    begun = {"code": NEW_VILLAGE, "name": "新村", "valid_from": "2020-01-01"}
    registry.bulk("record_regions", [merged, begun])
    items = [
        person(1, registered_on="2019-12-31"),
        person(2, registered_on="2020-01-01"),
        person(3, registered_on="2020-01-01", region=NEW_VILLAGE),
        person(4, registered_on="2019-12-31", region=NEW_VILLAGE),
    ]
    assert results(registry.bulk("register_persons", items)) == [
        ("created", None),
        ("registry.unknown_region", "region"),
        ("created", None),
        ("registry.unknown_region", "region"),
    ]


def test_a_village_recorded_and_ended_in_one_command_is_one_row(registry: Harness):
    opened = {"code": NEW_VILLAGE, "name": "新村", "valid_from": "2000-01-01"}
    ended = opened | {"valid_to": "2010-01-01"}
    assert results(registry.bulk("record_regions", [opened, ended])) == [("created", None)] * 2
    [row] = [row for row in registry.rows(regions) if row.code == NEW_VILLAGE]
    assert row.valid_to == date(2010, 1, 1)


def test_bad_divisions_are_refused_and_the_good_ones_kept(registry: Harness):
    good = {"code": NEW_VILLAGE, "name": "新村", "valid_from": "2000-01-01"}
    items: list[dict[str, Any]] = [
        {"code": VILLAGE, "name": "别名", "valid_from": "1949-10-01"},
        {"code": VILLAGE, "name": "甲村", "valid_from": "2000-01-01"},
        {"code": NEW_VILLAGE, "name": "新村", "valid_from": "2000-01-01", "valid_to": "2000-01-01"},
        {"code": NEW_VILLAGE, "name": "新村", "valid_from": "2000-01-01", "successors": ["000000000000"]},
        {"code": "320500000000", "name": "苏州市", "valid_from": "1983-01-01"},
        good,
    ]
    assert results(registry.bulk("record_regions", items)) == [
        ("registry.region_differs", None),
        ("region.overlapping_rows", None),
        ("region.empty_span", "valid_to"),
        ("region.malformed", "successors"),
        ("access.region", "code"),
        ("created", None),
    ]


@pytest.mark.system("REG-04")
def test_households_in_special_difficulty_carry_their_flags_to_the_other_services(registry: Harness):
    kinds = ["hardship", "multiple_disabled", "old_carer", "poverty_monitored", "zero_employment"]
    items = [household(f"H-{kind}", flags=[kind]) for kind in kinds]
    items += [household("H-all", flags=[*reversed(kinds), "hardship"])]
    outcomes = registry.bulk("register_households", items)
    told = [event for event in registry.events() if isinstance(event, HouseholdRegistered)]
    assert [event.flags for event in told] == [*([kind] for kind in kinds), kinds]
    assert [event.household_id for event in told] == [outcome["id"] for outcome in outcomes]
    assert {row.ref: row.flags.split(",") for row in registry.rows(households)}["H-all"] == kinds


def test_bad_households_are_refused_and_the_good_ones_kept(registry: Harness):
    registry.bulk("register_households", [household("H-0")])
    items = [
        household("H-1"),
        household("H-2", region="341524103999"),
        household("H-3", region=OTHER_VILLAGE),
        household("H-4", flags=["rich"]),
        household("H-1"),
        household("H-1", flags=["dibao"]),
        household("H-0", registered_on="2011-01-01"),
        household("H-0", flags=[]),
    ]
    assert results(registry.bulk("register_households", items, registry.clerk(TOWNSHIP))) == [
        ("created", None),
        ("registry.unknown_region", "region"),
        ("access.region", "region"),
        ("record.invalid", "flags.[0]"),
        ("unchanged", None),
        ("registry.household_differs", "flags"),
        ("registry.household_differs", "registered_on"),
        ("unchanged", None),
    ]


def test_loading_households_twice_changes_nothing_and_tells_nobody(registry: Harness):
    items = [household("H-1", flags=["dibao", "old_carer"]), household("H-2")]
    registry.bulk("register_households", items)
    rows, events = registry.rows(households), registry.events()
    items[0]["flags"].reverse()
    assert results(registry.bulk("register_households", items)) == [("unchanged", None)] * 2
    assert (registry.rows(households), registry.events()) == (rows, events)


def test_households_are_resolved_within_the_callers_region(registry: Harness):
    items = [household("H-1"), household("H-2", region=OTHER_VILLAGE)]
    first, second = (outcome["id"] for outcome in registry.bulk("register_households", items))
    asked = {"refs": ["H-1", "H-2", "H-3"]}
    assert registry.call("resolve_households", asked)["found"] == {"H-1": first, "H-2": second}
    township = registry.clerk(TOWNSHIP)
    assert registry.call("resolve_households", asked, township)["found"] == {"H-1": first}
