"""Flags of households come and go as sources say; what was said stays."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from contracts import registry as messages
from services.registry.tables import household_flag_records, household_flags
from tests.services.registry.factories import household, person, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP

CREATED = ("created", None)


def saying(ref: str, flag: str, holds: bool, told_on: str, **changes: Any) -> dict[str, Any]:
    told = {"ref": ref, "household_ref": "H-1", "flag": flag, "holds": holds, "source": "civil_affairs"}
    return told | {"told_on": told_on} | changes


@pytest.fixture
def home(registry: Harness) -> str:
    """A household with a person, registered with one flag."""
    [outcome] = registry.bulk("register_households", [household(flags=["multiple_disabled"])])
    registry.bulk("register_persons", [person(household_ref="H-1")])
    return str(outcome["id"])


def said(registry: Harness, *items: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_household_flags", items, caller))


def told(registry: Harness) -> list[tuple[list[str], date]]:
    changes = [event for event in registry.events() if isinstance(event, messages.HouseholdFlagsChanged)]
    return [(list(event.flags), event.changed_on) for event in changes]


def found(registry: Harness, flag: str) -> list[list[str]]:
    return [line["flags"] for line in registry.call("search_persons", {"flags": [flag]})["persons"]]


def test_words_sent_again_under_the_same_key_are_answered_as_it_is_now(registry: Harness, home: str):
    items = [saying("F-1", "dibao", True, "2024-01-01")]
    for outcome in ("created", "unchanged"):
        command = {"idempotency_key": "words-of-May", "items": items}
        [answered] = registry.call("record_household_flags", command)["outcomes"]
        assert answered["outcome"] == outcome


@pytest.mark.system("REG-04")
def test_a_flag_is_set_confirmed_and_lifted_and_only_changes_are_told(registry: Harness, home: str):
    items = [
        saying("F-1", "dibao", True, "2024-01-01"),
        saying("F-2", "dibao", True, "2024-07-01"),
        saying("F-3", "multiple_disabled", False, "2024-08-01", source="home_visit"),
    ]
    assert said(registry, *items) == [CREATED] * 3
    assert told(registry) == [
        (["dibao", "multiple_disabled"], date(2024, 1, 1)),
        (["dibao"], date(2024, 8, 1)),
    ]
    assert (found(registry, "dibao"), found(registry, "multiple_disabled")) == ([["dibao"]], [])
    assert said(registry, saying("F-4", "dibao", False, "2024-09-01")) == [CREATED]
    assert registry.rows(household_flags) == []
    page = registry.call("list_household_flags", {"household_id": home, "flag": "dibao"})
    assert {view["ref"]: view["holds"] for view in page["records"]} == {
        "F-1": True,
        "F-2": True,
        "F-4": False,
    }


def test_loading_twice_changes_nothing_and_tells_nobody(registry: Harness, home: str):
    items = [
        saying("F-1", "dibao", True, "2024-01-01"),
        saying("F-2", "multiple_disabled", False, "2024-01-01"),
    ]
    said(registry, *items)
    stored = [registry.rows(household_flag_records), registry.rows(household_flags), registry.events()]
    assert said(registry, *items) == [("unchanged", None)] * 2
    same = registry.bulk("register_households", [household(flags=["multiple_disabled"])])
    assert results(same) == [("unchanged", None)]
    assert [
        registry.rows(household_flag_records),
        registry.rows(household_flags),
        registry.events(),
    ] == stored


def test_what_does_not_fit_is_refused_and_the_rest_is_kept(registry: Harness, home: str):
    items = [
        saying("A", "dibao", True, "2024-01-01", household_ref="H-9"),
        saying("B", "dibao", True, "2024-01-01", source="gossip"),
        saying("C", "dibao", True, "2009-12-31"),
        saying("D", "rich", True, "2024-01-01"),
        saying("E", "dibao", True, "2024-01-01"),
        saying("F", "dibao", False, "2023-12-31"),
        saying("E", "dibao", False, "2024-01-01"),
        saying("G", "hardship", True, "2023-12-31"),
    ]
    assert said(registry, *items) == [
        ("registry.unknown_household", "household_ref"),
        ("registry.unknown_flag_source", "source"),
        ("registry.act_out_of_order", "told_on"),
        ("record.invalid", "flag"),
        CREATED,
        ("registry.act_out_of_order", "told_on"),
        ("registry.flag_record_differs", "holds"),
        CREATED,
    ]


def test_another_region_can_neither_flag_nor_look_and_nothing_said_is_altered(registry: Harness, home: str):
    there = registry.clerk(OTHER_TOWNSHIP)
    item = saying("F-1", "dibao", True, "2024-01-01")
    assert said(registry, item, caller=there) == [("registry.unknown_household", "household_ref")]
    assert said(registry, item) == [CREATED]
    assert registry.call("list_household_flags", {"household_id": home}, there)["records"] == []
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.update(household_flag_records).values(holds=False))
