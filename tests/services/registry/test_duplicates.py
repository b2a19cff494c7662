"""Records that may be one person: found by signs, shown side by side, dismissed by somebody who looked."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from chassis import clock
from chassis.daily import Daily
from chassis.rpc import Refused
from services.registry.duplicate_queries import HANGING
from services.registry.duplicate_tables import duplicate_dismissals, duplicates
from services.registry.service import RegistryService
from services.registry.tables import metadata
from tests.services.registry.factories import act, citizen, household, person, registered, results
from tests.services.registry.merge_records import CREATED, UNCHANGED, merged, unmerged
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP, OTHER_VILLAGE, TOWNSHIP, VILLAGE


def register(registry: Harness, *people: dict[str, Any]) -> list[str]:
    return [outcome["id"] for outcome in registry.bulk("register_persons", people)]


def looked(registry: Harness, day: str = "2024-03-01", region: str = COUNTY) -> None:
    registry.call("look_for_duplicates", {"region": region, "day": day})
    registry.run_jobs()


def listed(registry: Harness, caller: str | None = None, **fields: Any) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = registry.call("list_duplicates", fields, caller)["duplicates"]
    return shown


def signs(registry: Harness) -> dict[tuple[str, str], list[str]]:
    return {(pair["first_id"], pair["second_id"]): pair["signs"] for pair in listed(registry)}


@pytest.mark.system("REG-01")
def test_each_sign_finds_its_pair_and_nothing_else_is_found(registry: Harness):
    registry.bulk("register_households", [household()])
    other_day = date(1970, 1, 1)
    people = register(
        registry,
        person(1, name="张三", phone=None),
        person(3, name="张三", phone=None, region=OTHER_VILLAGE),
        person(5, name="章叁", phone="13900000001", household_ref="H-1"),
        person(7, name="李四", phone=None, household_ref="H-1"),
        person(1, name="王五", phone="13900000002") | {"id_number": citizen(1, other_day)},
        person(9, name="王五", phone="13900000002"),
        person(11, name="赵六", phone="13900000003"),
        person(2, name="赵六", phone="13900000004") | {"id_number": citizen(2, other_day)},
    )
    looked(registry)
    assert signs(registry) == {
        (people[0], people[1]): ["same_name_and_birth"],
        (people[0], people[2]): ["same_sound_and_birth"],
        (people[1], people[2]): ["same_sound_and_birth"],
        (people[2], people[3]): ["same_household_and_birth"],
        (people[4], people[5]): ["same_name_and_phone"],
    }


def test_looking_again_finds_nothing_new_and_memory_does_not_grow(
    registry: Harness, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.registry.handlers.duplicates.PERSONS_PER_STEP", 2)
    registered(registry, 1, 2, 3)
    looked(registry)
    stored = registry.rows(duplicates)
    assert len(stored) == 3
    looked(registry)
    looked(registry, "2024-03-02")
    assert registry.rows(duplicates) == stored


@pytest.mark.system("REG-01")
@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_every_day_the_office_is_looked_through_and_nothing_is_cut_apart(
    registry: Harness, monkeypatch: pytest.MonkeyPatch, at_once: int
):
    monkeypatch.setattr("services.registry.handlers.daily_duplicates.PERSONS_PER_STEP", at_once)
    registry.bulk("register_households", [household()])
    day, other_day = date(1970, 1, 1), date(1980, 1, 1)
    people = register(
        registry,
        person(1, name="张三", phone=None),
        person(3, name="张三", phone=None, region=OTHER_VILLAGE),
        person(5, name="章叁", phone=None, household_ref="H-1"),
        person(7, name="李四", phone=None, household_ref="H-1"),
        person(name="王五", id_number=citizen(1, day)),
        person(name="王五", id_number=citizen(1, other_day)),
        person(name="王五", id_number=citizen(3, date(1990, 1, 1)), region=OTHER_VILLAGE),
        person(name="Zhao", id_number=citizen(3, day), phone=None),
        person(name="Zhao", id_number=citizen(5, day), phone=None, region=OTHER_VILLAGE),
        person(name="Zhao", id_number=citizen(5, other_day), phone=None),
    )
    Daily(registry.runtime).start()
    registry.run_jobs()
    found = signs(registry)
    assert found == {
        (people[0], people[1]): ["same_name_and_birth"],
        (people[0], people[2]): ["same_sound_and_birth"],
        (people[1], people[2]): ["same_sound_and_birth"],
        (people[2], people[3]): ["same_household_and_birth"],
        (people[4], people[5]): ["same_name_and_phone"],
        (people[7], people[8]): ["same_name_and_birth"],
    }
    # A look by hand at all of the office sees that telephone beyond the village, too.
    looked(registry)
    beyond = {(each, people[6]): ["same_name_and_phone"] for each in people[4:6]}
    assert signs(registry) == found | beyond


def test_the_look_of_the_next_day_writes_nothing_of_what_it_knows(registry: Harness):
    people = registered(registry, 1, 3, 5)
    Daily(registry.runtime).start()
    registry.run_jobs()
    merged(registry, people[1], people[0])
    [first, second, third] = listed(registry)
    dismissal = {"ref": "X-1", "duplicate_id": second["duplicate_id"], "dismissed_on": "2024-03-02"}
    assert results(registry.bulk("dismiss_duplicates", [dismissal])) == [CREATED]
    stored = registry.rows(duplicates)
    tomorrow = clock.now() + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        Daily(registry.runtime).start()
        assert registry.run_jobs() == len(RegistryService.daily_jobs())
    assert registry.rows(duplicates) == stored
    assert [each["state"] for each in listed(registry)] == ["merged", "dismissed", "open"]
    assert {first["found_on"], third["found_on"]} == {clock.office_day(clock.now()).isoformat()}


@pytest.mark.system("REG-01")
def test_a_dismissed_pair_comes_again_only_with_a_sign_that_nobody_has_looked_at(registry: Harness):
    first, second = register(registry, person(1, phone="13900000001"), person(2, phone="13900000002"))
    looked(registry)
    [pair] = listed(registry, states=["open"])
    item = {"ref": "X-1", "duplicate_id": pair["duplicate_id"], "dismissed_on": "2024-03-02"}
    assert results(registry.bulk("dismiss_duplicates", [item])) == [CREATED]
    looked(registry, "2024-03-03")
    assert listed(registry, states=["open"]) == []
    correction = {"ref": "G-1", "person_id": second, "field": "phone", "value": "13900000001"}
    registry.bulk("request_corrections", [correction | {"requested_on": "2024-03-04"}])
    decision = {"ref": "D-1", "correction_ref": "G-1", "decision": "approved", "decided_on": "2024-03-04"}
    registry.bulk("decide_corrections", [decision], registry.checker())
    looked(registry, "2024-03-05")
    [again] = listed(registry, states=["open"])
    assert (again["first_id"], again["second_id"]) == (first, second)
    assert again["signs"] == ["same_name_and_birth", "same_name_and_phone"]
    assert results(registry.bulk("dismiss_duplicates", [item, item | {"ref": "X-2"}])) == [
        UNCHANGED,
        CREATED,
    ]
    assert [row.signs for row in registry.rows(duplicate_dismissals)] == [
        "same_name_and_birth",
        "same_name_and_birth,same_name_and_phone",
    ]


def test_what_cannot_be_dismissed_is_refused_and_the_rest_is_kept(registry: Harness):
    registered(registry, 1, 2)
    looked(registry)
    [pair] = listed(registry)
    item = {"ref": "X-1", "duplicate_id": pair["duplicate_id"], "dismissed_on": "2024-03-02"}
    outcomes = registry.bulk(
        "dismiss_duplicates",
        [
            item | {"ref": "X-0", "duplicate_id": "f" * 32},
            item,
            item | {"dismissed_on": "2024-03-03"},
            item | {"ref": "X-2"},
        ],
    )
    assert results(outcomes) == [
        ("registry.unknown_duplicate", "duplicate_id"),
        CREATED,
        ("registry.dismissal_differs", "dismissed_on"),
        ("registry.duplicate_state", "duplicate_id"),
    ]
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.delete(duplicate_dismissals))


@pytest.mark.system("REG-01")
def test_a_merge_settles_its_pair_and_an_unmerge_says_that_they_are_two(registry: Harness):
    first, second = registered(registry, 1, 2)
    looked(registry)
    merged(registry, second, first)
    assert [pair["state"] for pair in listed(registry)] == ["merged"]
    looked(registry, "2024-06-01")
    assert [pair["state"] for pair in listed(registry)] == ["merged"]
    unmerged(registry)
    looked(registry, "2024-06-02")
    assert [pair["state"] for pair in listed(registry)] == ["dismissed"]


@pytest.mark.system("REG-01")
def test_two_records_stand_side_by_side_with_all_that_hangs_on_them(registry: Harness):
    first, second = registered(registry, 1, 2)
    registry.bulk(
        "record_certificate_acts",
        [act(first, "new", "2014-03-15"), act(first, "cancel", "2024-03-01", reason="withdrawn")],
    )
    guardian = {"ref": "J-1", "person_id": second, "name": "某", "relation": "parent", "scope": ["subsidy"]}
    registry.bulk("register_guardians", [guardian | {"since": "2024-01-01"}])
    sides = registry.call("compare_persons", {"person_id": first, "other_id": second})["sides"]
    assert [side["records"] for side in sides] == [
        [{"kind": "certificate_acts", "count": 2}],
        [{"kind": "guardians", "count": 1}],
    ]
    assert [side["person"]["name"] for side in sides] == ["欧阳＊", "欧阳＊"]
    assert sides[0]["person"]["certificate"]["status"] == "cancelled"
    assert [side["registered_on"] for side in sides] == ["2010-01-01"] * 2


def test_every_table_about_a_person_hangs_on_the_comparison_and_is_found_by_person():
    # Of a certificate the view itself tells, and these are about two persons or are not records of one.
    left_out = {"certificates", "name_words"}
    about = (
        {table.name for table in metadata.tables.values() if "person_id" in table.c} - left_out - {"merges"}
    )
    assert {table.name for table in HANGING} == about
    for table in HANGING:
        unique = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
        firsts = {next(iter(each.columns)).name for each in unique}
        firsts |= {next(iter(each.columns)).name for each in table.indexes}
        assert "person_id" in firsts, table.name


def test_another_region_sees_no_pair_of_which_it_has_one_side(registry: Harness):
    register(registry, person(1), person(3, region=OTHER_VILLAGE))
    looked(registry)
    [pair] = listed(registry, registry.auditor())
    assert [each["duplicate_id"] for each in listed(registry, region=TOWNSHIP)] == [pair["duplicate_id"]]
    assert [each["duplicate_id"] for each in listed(registry, region=OTHER_TOWNSHIP)] == [
        pair["duplicate_id"]
    ]
    there = registry.clerk(OTHER_TOWNSHIP)
    assert listed(registry, there) == []
    item = {"ref": "X-1", "duplicate_id": pair["duplicate_id"], "dismissed_on": "2024-03-02"}
    assert results(registry.bulk("dismiss_duplicates", [item], there)) == [
        ("registry.unknown_duplicate", "duplicate_id")
    ]
    with pytest.raises(Refused, match=r"access\.region"):
        registry.call("look_for_duplicates", {"region": VILLAGE, "day": "2024-03-01"}, there)
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call("look_for_duplicates", {"region": VILLAGE, "day": "2024-03-01"}, registry.checker())
    with pytest.raises(Refused, match=r"registry\.day_to_come"):
        registry.call("look_for_duplicates", {"region": VILLAGE, "day": "2999-01-01"})
