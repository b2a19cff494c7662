"""Guardians: for whom, for what, from when until when."""

from typing import Any

import pytest

from chassis.rpc import Refused
from services.registry.guardian_tables import guardians
from tests.services.registry.factories import registered, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP

CREATED = ("created", None)
NAME, PHONE = "欧阳监护", "13912345678"


def guardian(person_id: str, ref: str = "J-1", **changes: Any) -> dict[str, Any]:
    record = {"ref": ref, "person_id": person_id, "name": NAME, "phone": PHONE, "relation": "parent"}
    return record | {"scope": ["subsidy", "certificate"], "since": "2024-01-01"} | changes


def end(ref: str = "J-1", ended_on: str = "2024-06-30", **changes: Any) -> dict[str, Any]:
    return {"ref": f"E-{ref}", "guardian_ref": ref, "ended_on": ended_on} | changes


def names(registry: Harness, person_id: str, **asked: Any) -> list[str]:
    found = registry.call("list_guardians", {"person_id": person_id, **asked})["guardians"]
    return [view["ref"] for view in found]


@pytest.mark.system("REG-01")
def test_a_person_has_guardians_for_a_scope_and_a_time(registry: Harness):
    [person] = registered(registry)
    items = [
        guardian(person),
        guardian(
            person, "J-2", relation="committee", scope=["rehab"], since="2024-07-01", until="2024-12-31"
        ),
    ]
    assert results(registry.bulk("register_guardians", items)) == [CREATED] * 2
    assert results(registry.bulk("end_guardianships", [end()])) == [CREATED]
    assert names(registry, person) == ["J-1", "J-2"]
    assert names(registry, person, day="2024-06-30") == ["J-1"]
    assert names(registry, person, day="2024-07-01") == ["J-2"]
    assert names(registry, person, day="2025-01-01") == []
    assert names(registry, person, scope="rehab") == ["J-2"]
    assert names(registry, person, scope="rehab", day="2024-06-30") == []
    [first, _] = registry.call("list_guardians", {"person_id": person}, registry.auditor())["guardians"]
    assert (first["name"], first["phone"], first["until"]) == ("欧阳＊", "139****5678", "2024-06-30")
    assert [event.TYPE.split(".")[1] for event in registry.events()[-3:]] == [
        "guardian_registered",
        "guardian_registered",
        "guardianship_ended",
    ]


def test_loading_twice_changes_nothing_and_what_does_not_fit_is_refused(registry: Harness):
    [person] = registered(registry)
    items = [
        guardian(person),
        guardian(person),
        guardian(person, name="别人"),
        guardian("f" * 32, "A"),
        guardian(person, "B", until="2023-12-31"),
        guardian(person, "C", phone="12"),
        guardian(person, "D", scope=[]),
        guardian(person, "E", until="2024-03-31"),
    ]
    assert results(registry.bulk("register_guardians", items)) == [
        CREATED,
        ("unchanged", None),
        ("registry.guardian_differs", "name"),
        ("registry.unknown_person", "person_id"),
        ("registry.guardianship_span", "until"),
        ("phone.malformed", "phone"),
        ("record.invalid", "scope"),
        CREATED,
    ]
    ends = [
        end("unknown"),
        end(ended_on="2023-12-31"),
        end(),
        end(),
        end(ended_on="2024-07-01"),
        end(ended_on="2024-08-01") | {"ref": "again"},
        end("E", "2024-04-01"),
    ]
    assert results(registry.bulk("end_guardianships", ends)) == [
        ("registry.unknown_guardian", "guardian_ref"),
        ("registry.guardianship_span", "ended_on"),
        CREATED,
        ("unchanged", None),
        ("registry.guardianship_end_differs", "ended_on"),
        ("registry.guardianship_ended", "guardian_ref"),
        ("registry.guardianship_ended", "guardian_ref"),
    ]


def test_another_region_neither_names_ends_nor_sees_guardians_and_none_can_be_read(registry: Harness):
    [person] = registered(registry)
    there = registry.clerk(OTHER_TOWNSHIP)
    assert results(registry.bulk("register_guardians", [guardian(person)], there)) == [
        ("registry.unknown_person", "person_id")
    ]
    registry.bulk("register_guardians", [guardian(person)])
    assert results(registry.bulk("end_guardianships", [end()], there)) == [
        ("registry.unknown_guardian", "guardian_ref")
    ]
    with pytest.raises(Refused, match=r"registry\.unknown_person"):
        registry.call("list_guardians", {"person_id": person}, there)
    stored = [*registry.rows(guardians), *registry.event_rows()]
    kept = str([tuple(row) for row in stored])
    assert NAME not in kept
    assert PHONE not in kept


def test_guardians_are_resolved_within_the_callers_region(registry: Harness):
    [person] = registered(registry)
    registry.bulk("register_guardians", [guardian(person), guardian(person, "J-2")])
    found = registry.call("list_guardians", {"person_id": person})["guardians"]
    asked = {"refs": ["J-1", "J-2", "J-3"]}
    known = {view["ref"]: view["guardianship_id"] for view in found}
    assert registry.call("resolve_guardians", asked)["found"] == known
    assert registry.call("resolve_guardians", asked, registry.clerk(OTHER_TOWNSHIP))["found"] == {}
