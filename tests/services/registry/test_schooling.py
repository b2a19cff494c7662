"""Schooling: a child suspected out of school is verified and placed, and nobody is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from contracts.registry import inquiries as messages
from services.registry.inquiry_tables import schooling_acts
from services.reporting.service import ReportingService
from tests.services.registry.factories import citizen, person, results
from tests.services.registry.match_records import certified, findings, listed, matched
from tests.services.reporting.steps import take, value
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, TOWNSHIP

CREATED = ("created", None)
UNCHANGED = ("unchanged", None)
BORN = date(2009, 6, 7)


def child(person_id: str, ref: str = "E-1", **changes: Any) -> dict[str, Any]:
    return {"ref": ref, "person_id": person_id, "suspected_on": "2018-06-07"} | changes


_FIELDS: dict[str, dict[str, Any]] = {
    "verify": {"outcome": "out_of_school"},
    "enrol": {"form": "special_school"},
    "teach_at_home": {},
    "exempt": {"reason": "deferred"},
}


def step(action: str, acted_on: str, ref: str = "E-1", **changes: Any) -> dict[str, Any]:
    own = {"ref": f"{ref}-{action}-{acted_on}", "schooling_ref": ref, "action": action}
    return own | {"acted_on": acted_on} | _FIELDS[action] | changes


def taken(registry: Harness, *steps: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_schooling_acts", steps, caller))


def children(registry: Harness, *born: date) -> list[str]:
    people = [person(id_number=citizen(n, day), registered_on="2018-01-01") for n, day in enumerate(born, 1)]
    return [outcome["id"] for outcome in registry.bulk("register_persons", people)]


@pytest.fixture
def reporting(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(ReportingService, f"sqlite:///{tmp_path}/reporting.db")
    yield harness
    harness.close()


@pytest.mark.system("REG-20")
def test_whom_a_match_finds_out_of_school_is_taught_at_home_and_later_at_school(registry: Harness):
    certified(registry, (1, "42", BORN))
    listed(registry, "school_roll", [])
    matched(registry, "school_enrolment")
    [found] = findings(registry)
    record = child(found["person_id"], suspected_on=found["raised_on"])
    assert results(registry.bulk("record_schooling", [record])) == [CREATED]
    steps = [
        step("verify", "2018-06-20"),
        step("teach_at_home", "2018-09-01"),
        step("enrol", "2019-09-01"),
    ]
    assert taken(registry, *steps) == [CREATED] * 3
    told = [event for event in registry.events() if isinstance(event, messages.SchoolingChanged)]
    assert [(event.previous_state, event.state, event.form) for event in told] == [
        ("suspected", "out_of_school", None),
        ("out_of_school", "home_teaching", None),
        ("home_teaching", "enrolled", "special_school"),
    ]
    assert registry.call("list_schooling", {"region": OTHER_TOWNSHIP})["children"] == []
    [shown] = registry.call("list_schooling", {"states": ["enrolled"], "region": TOWNSHIP})["children"]
    assert (shown["person_id"], shown["form"]) == (found["person_id"], "special_school")


def test_what_does_not_fit_is_refused_and_again_changes_nothing(registry: Harness):
    first, second, third, young, old = children(
        registry, BORN, BORN, BORN, date(2012, 6, 8), date(2003, 6, 7)
    )
    records = [
        child(first),
        child(first),
        child(first, suspected_on="2018-06-08"),
        child(first, "E-2"),
        child(young, "E-3"),
        child(old, "E-4"),
        child("f" * 32, "E-5"),
        child(second, "E-6", suspected_on="2015-12-31"),
        child(third, "E-7"),
    ]
    assert results(registry.bulk("record_schooling", records)) == [
        CREATED,
        UNCHANGED,
        ("registry.schooling_differs", "suspected_on"),
        ("registry.schooling_exists", "person_id"),
        ("registry.not_of_school_age", "person_id"),
        ("registry.not_of_school_age", "person_id"),
        ("registry.unknown_person", "person_id"),
        ("rule.not_in_force", "suspected_on"),
        CREATED,
    ]
    assert taken(
        registry,
        step("enrol", "2018-06-20"),
        step("verify", "2018-06-20", outcome=None),
        step("verify", "2018-06-20", "E-7", outcome="at_school"),
        step("enrol", "2018-06-21", "E-7"),
        step("verify", "2018-06-20"),
        step("verify", "2018-06-20"),
        step("exempt", "2018-06-21", reason=None),
        step("exempt", "2018-06-19"),
        step("exempt", "2018-06-21", "E-9"),
    ) == [
        ("registry.schooling_state", "action"),
        ("registry.schooling_act_fields", "outcome"),
        CREATED,
        ("registry.schooling_state", "action"),
        CREATED,
        UNCHANGED,
        ("registry.schooling_act_fields", "reason"),
        ("registry.act_out_of_order", "acted_on"),
        ("registry.unknown_schooling", "schooling_ref"),
    ]


def test_schooling_belongs_to_the_region_of_the_child(registry: Harness):
    [person_id] = children(registry, BORN)
    registry.bulk("record_schooling", [child(person_id)])
    there = registry.clerk(OTHER_TOWNSHIP)
    assert registry.call("list_schooling", {}, there)["children"] == []
    assert taken(registry, step("verify", "2018-06-20"), caller=there) == [
        ("registry.unknown_schooling", "schooling_ref")
    ]
    assert results(registry.bulk("record_schooling", [child(person_id, "N")], there)) == [
        ("registry.unknown_person", "person_id")
    ]


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("record_schooling", {"items": [child("f" * 32)]}),
        ("record_schooling_acts", {"items": [step("verify", "2018-06-20")]}),
        ("list_schooling", {}),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.maker())


def test_steps_can_be_neither_changed_nor_deleted(registry: Harness):
    [person_id] = children(registry, BORN)
    registry.bulk("record_schooling", [child(person_id)])
    taken(registry, step("verify", "2018-06-20"))
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.delete(schooling_acts))


def test_where_the_children_are_is_counted_on_the_day(registry: Harness, reporting: Harness):
    ids = children(registry, *[BORN] * 4)
    registry.bulk("record_schooling", [child(each, f"E-{n}") for n, each in enumerate(ids, 1)])
    taken(
        registry,
        *(step("verify", "2018-06-20", f"E-{n}") for n in (1, 2, 3)),
        step("enrol", "2018-09-01", "E-1"),
        step("teach_at_home", "2018-09-01", "E-2"),
        step("exempt", "2018-09-01", "E-3"),
    )
    reporting.feed("registry", registry.events())
    half, year = take(reporting, period="2018H1"), take(reporting, period="2018")
    code = "registry.schooling.children"
    assert [value(half, code, f"state={state}") for state in ("suspected", "out_of_school")] == [1, 3]
    cells = [value(year, code, f"state={state}") for state in ("enrolled", "home_teaching", "exempt")]
    assert cells == [1, 1, 1]
    assert value(year, "registry.schooling.taught_rate") == "50.00"
