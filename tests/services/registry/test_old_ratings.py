"""Grades rated under older standards, by what their holders draw, and their way to a reassessment."""

from typing import Any

import pytest
import sqlalchemy as sa

from chassis.rpc import Refused
from services.registry.tables import benefit_marks
from tests.services.registry.application_records import (
    CREATED,
    application,
    applied,
    taken,
    through,
)
from tests.services.registry.factories import act, citizen, registered, results
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP, TOWNSHIP, VILLAGE

OLD = "第二代残疾人证标准"
ASKED = {"day": "2024-06-01", "month": "2024-05"}


def mark(
    person_id: str, benefit: str = "care_subsidy", month: str = "2024-05", **changes: Any
) -> dict[str, Any]:
    ref = f"{benefit}-{month}-{person_id}"
    return {"ref": ref, "person_id": person_id, "benefit": benefit, "month": month} | changes


def marked(registry: Harness, *marks: dict[str, Any], caller: str | None = None) -> list[Any]:
    return results(registry.bulk("record_benefit_marks", marks, caller))


@pytest.fixture
def holders(registry: Harness) -> list[str]:
    """Three rated under an older standard, with grades 1, 2, 2, and one under that in force."""
    people = registered(registry, 1, 2, 3, 4)
    rated = zip(people, ("41", "42", "42", "42"), (OLD, OLD, OLD, "GB/T 26341-2010"), strict=True)
    acts = [
        act(holder, "new", "2016-01-01", grade, n, standard=standard, assessed_on="2010-05-01")
        for n, (holder, grade, standard) in enumerate(rated, start=1)
    ]
    assert set(results(registry.bulk("record_certificate_acts", acts))) == {CREATED}
    return people


def rated(registry: Harness, caller: str | None = None, **asked: Any) -> dict[str, Any]:
    page = registry.call("list_old_ratings", ASKED | asked, caller)
    return {each["person_id"]: each for each in page["ratings"]}


def test_marks_sent_again_under_the_same_key_are_answered_as_it_is_now(registry: Harness, holders: list[str]):
    command = {"idempotency_key": "marks-of-May", "items": [mark(holders[0])]}
    for outcome in ("created", "unchanged"):
        [told] = registry.call("record_benefit_marks", command)["outcomes"]
        assert told["outcome"] == outcome


@pytest.mark.system("REG-03")
def test_grades_under_older_standards_are_listed_by_benefit_and_queued_for_reassessment(
    registry: Harness, holders: list[str]
):
    one, two, three, _ = holders
    marks = [mark(one), mark(one, "living_subsidy"), mark(two), mark(three, month="2024-04")]
    assert marked(registry, *marks) == [CREATED] * 4
    shown = rated(registry)
    assert {holder: each["benefits"] for holder, each in shown.items()} == {
        one: ["care_subsidy", "living_subsidy"],
        two: ["care_subsidy"],
        three: [],
    }
    assert {(each["standard"], each["rated_on"]) for each in shown.values()} == {(OLD, "2010-05-01")}
    assert rated(registry, benefit="care_subsidy", grades=[2]).keys() == {two}
    counts = registry.call("count_old_ratings", ASKED)["counts"]
    assert [(each["standard"], each["grade"], each["benefit"], each["holders"]) for each in counts] == [
        (OLD, 1, "care_subsidy", 1),
        (OLD, 1, "living_subsidy", 1),
        (OLD, 2, "care_subsidy", 1),
        (OLD, 2, None, 1),
    ]
    queue = [
        application(each, "reassessment", ref, ground="old_standard")
        for each, ref in ((one, "A"), (two, "B"))
    ]
    assert applied(registry, *queue) == [CREATED] * 2
    assert rated(registry, queued=True).keys() == {one, two}
    assert rated(registry, queued=False).keys() == {three}
    waiting = registry.call("list_applications", {"kinds": ["reassessment"], "states": ["applied"]})
    assert [each["ground"] for each in waiting["applications"]] == ["old_standard"] * 2
    assert set(taken(registry, *through("A", grade=3), *through("B", grade=2))) == {CREATED}
    assert rated(registry).keys() == {three}


def test_who_holds_a_certificate_no_more_is_not_listed(registry: Harness, holders: list[str]):
    one, two, three, _ = holders
    acts = [
        act(one, "cancel", "2024-01-01", "41", reason="death"),
        act(two, "move_out", "2024-01-01", sequence=2),
        act(three, "freeze", "2024-01-01", sequence=3, reason="under_review"),
    ]
    assert results(registry.bulk("record_certificate_acts", acts)) == [CREATED] * 3
    assert rated(registry).keys() == {three}


def test_a_standard_is_older_from_the_day_another_is_in_force(registry: Harness, holders: list[str]):
    assert len(rated(registry, day="2011-05-01")) == 3
    with pytest.raises(Refused, match=r"rule\.not_in_force"):
        rated(registry, day="2011-04-30")


def test_a_mark_is_recorded_once_and_what_does_not_fit_is_refused(registry: Harness, holders: list[str]):
    one = holders[0]
    first = mark(one)
    assert marked(
        registry,
        first,
        first,
        first | {"benefit": "living_subsidy"},
        first | {"ref": "again"},
        mark("f" * 32),
        mark(one, month="2024-13"),
        mark(one, month="2024-06"),
    ) == [
        CREATED,
        ("unchanged", None),
        ("registry.benefit_mark_differs", "benefit"),
        ("registry.marked_already", "ref"),
        ("registry.unknown_person", "person_id"),
        ("record.invalid", "month"),
        CREATED,
    ]
    assert marked(registry, first, first | {"ref": "again"}) == [
        ("unchanged", None),
        ("registry.marked_already", "ref"),
    ]
    assert registry.events() == [event for event in registry.events() if "benefit" not in event.TYPE]


def test_marks_are_compared_with_those_of_their_months_alone(registry: Harness, holders: list[str]):
    years = [mark(each, month=f"{year}-05") for each in holders for year in range(2000, 2024)]
    assert set(marked(registry, *years)) == {CREATED}
    asked: list[tuple[str, Any]] = []
    engine = registry.runtime.database.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    assert marked(registry, *map(mark, holders)) == [CREATED] * 4
    reads = [each for each in asked if each[0].startswith("SELECT benefit_marks")]
    with engine.connect() as connection:
        found = [len(connection.exec_driver_sql(*read).all()) for read in reads]
    # By reference, and by person and month: the four that now stand.
    assert found == [4, 4]


def test_marks_and_ratings_are_those_of_the_callers_regions(registry: Harness, holders: list[str]):
    there = registry.clerk(OTHER_TOWNSHIP)
    assert marked(registry, mark(holders[0]), caller=there) == [("registry.unknown_person", "person_id")]
    assert rated(registry, there) == {}
    assert registry.call("count_old_ratings", ASKED, there)["counts"] == []
    assert registry.call("list_certificates", {}, there)["certificates"] == []
    assert len(rated(registry, registry.clerk(TOWNSHIP))) == 3


@pytest.mark.parametrize(
    ("method", "fields", "role"),
    [
        ("record_benefit_marks", {"items": [mark("0" * 32)]}, "auditor"),
        ("list_old_ratings", ASKED, "maker"),
        ("count_old_ratings", ASKED, "checker"),
        ("list_certificates", {}, "maker"),
    ],
)
def test_a_stranger_to_the_task_is_turned_away(registry: Harness, method: str, fields: Any, role: str):
    with pytest.raises(Refused, match=r"access\.role"):
        registry.call(method, fields, registry.caller(role))


def test_a_mark_can_be_neither_changed_nor_deleted(registry: Harness, holders: list[str]):
    marked(registry, mark(holders[0]))
    for statement in (sa.update(benefit_marks).values(month="2024-06"), sa.delete(benefit_marks)):
        with (
            pytest.raises(sa.exc.DBAPIError, match="append-only"),
            registry.runtime.database.write() as connection,
        ):
            connection.execute(statement)


def test_an_export_pages_through_all_certificates_without_their_numbers(
    registry: Harness, holders: list[str]
):
    acts = [
        act(holders[0], "leave", "2024-01-10", "41"),
        act(holders[1], "cancel", "2024-01-10", sequence=2, reason="death"),
    ]
    registry.bulk("record_certificate_acts", acts)
    found: list[str] = []
    after = None
    while True:
        page = registry.call("list_certificates", {"limit": 3, "after": after}, registry.auditor())
        assert not any(citizen(n) in str(page) for n in range(1, 5))
        found += [each["person_id"] for each in page["certificates"]]
        after = page["after"]
        if after is None:
            break
    assert sorted(found) == sorted(holders)

    def only(**asked: Any) -> set[str]:
        return {each["person_id"] for each in registry.call("list_certificates", asked)["certificates"]}

    assert only(left=True) == {holders[0]}
    assert only(statuses=["cancelled"]) == {holders[1]}
    assert only(region=VILLAGE) == set(holders)
    assert only(region="341524104000") == set()
    assert only(expires_before="2026-01-01") == set()
    assert only(expires_before="2026-01-02") == set(holders)
