"""Who may call what of the organisation network, and whose records they reach: every method is tried."""

from typing import Any

import pytest

from chassis.rpc import Refused
from contracts.message import BulkCommand
from contracts.registry import network as messages
from tests.services.registry.factories import household, person
from tests.services.registry.network_records import (
    CREATED,
    NETWORK,
    UNCHANGED,
    Record,
    activity,
    appointment,
    archive,
    attendance,
    delegate,
    document,
    duty,
    facility,
    fund,
    hours,
    organisation,
    pair,
    project,
    recorded,
    stands,
    step,
    term,
    training,
    volunteer,
)
from tests.support.platform import Harness
from tests.support.registry_events import OTHER_TOWNSHIP

COMMANDS = {
    request.TYPE.partition(".")[2]: request
    for request in messages.REQUESTS
    if issubclass(request, BulkCommand)
}
QUERIES = [
    request.TYPE.partition(".")[2] for request in messages.REQUESTS if not issubclass(request, BulkCommand)
]


def everything(registry: Harness) -> dict[str, list[Record]]:
    """A good record for every command, in an order in which they can be recorded."""
    [home] = registry.bulk("register_households", [household()])
    [one] = registry.bulk("register_persons", [person(household_ref="H-1")])
    return {
        "register_organisations": [*NETWORK],
        "record_organisation_acts": [step("organisation", "O-V", "qualify", "2010-01-01")],
        "record_organisation_funds": [fund()],
        "record_activities": [activity()],
        "record_appointments": [appointment()],
        "record_terms": [term()],
        "record_delegates": [delegate()],
        "record_delegate_acts": [step("delegate", "D-1", "qualify", "2018-03-01")],
        "record_term_acts": [step("term", "T-4", "elect", "2018-05-20")],
        "record_staff_trainings": [training()],
        "record_staff_training_acts": [step("staff_training", "C-1", "hold", "2024-03-15", sessions=1)],
        "record_training_attendances": [attendance()],
        "record_training_attendance_acts": [step("training_attendance", "A-1", "certify", "2024-04-01")],
        "record_duties": [duty()],
        "register_volunteers": [volunteer()],
        "record_volunteer_acts": [step("volunteer", "W-1", "activate", "2014-01-01")],
        "record_volunteer_hours": [hours()],
        "record_pairs": [pair("R-1", home["id"], one["id"])],
        "record_pair_acts": [step("pair", "R-1", "visit", "2015-04-01")],
        "record_projects": [project()],
        "record_project_acts": [step("project", "J-1", "approve", "2024-03-01", amount="5.00")],
        "register_facilities": [facility()],
        "record_facility_acts": [step("facility", "B-1", "alter", "2020-01-01", area=5)],
        "record_archives": [archive()],
        "record_archive_documents": [document()],
        "record_archive_acts": [step("archive", "E-1", "sort", "2024-02-01", documents=1)],
        "record_appointment_acts": [step("appointment", "P-1", "end", "2025-01-01", reason="term_over")],
    }


@pytest.fixture
def filled(registry: Harness) -> tuple[Harness, dict[str, list[Record]]]:
    """The registry with one record of every kind, and these records."""
    records = everything(registry)
    for method, items in records.items():
        stands(registry, method, *items)
    return registry, records


def asked(method: str) -> Record:
    return {"day": "2024-06-30"} if method in {"show_staffing", "list_network_gaps"} else {}


def found(registry: Harness, method: str, caller: str | None = None) -> list[Any]:
    """The records of the first page of a query."""
    [page] = [
        value for value in registry.call(method, asked(method), caller).values() if isinstance(value, list)
    ]
    return page


def test_every_command_is_tried(registry: Harness):
    assert everything(registry).keys() == COMMANDS.keys()


def test_sending_everything_again_changes_nothing(filled: tuple[Harness, dict[str, list[Record]]]):
    registry, records = filled
    before = registry.event_rows()
    for method, items in records.items():
        assert recorded(registry, method, *items) == [UNCHANGED] * len(items), method
    assert registry.event_rows() == before


def test_the_same_reference_with_other_content_is_a_conflict(filled: tuple[Harness, dict[str, list[Record]]]):
    registry, records = filled
    for method, items in records.items():
        item = dict(items[0])
        day = next(name for name in item if name in {"until", "digest"} or name.endswith("_on"))
        other = {"digest": "1" * 64}.get(day, "2019-07-08" if item[day] != "2019-07-08" else "2019-07-09")
        [(code, _)] = recorded(registry, method, item | {day: other})
        assert code.startswith("registry.")
        assert code.endswith("_differs"), method


def test_every_query_shows_what_there_is_to_the_clerk_and_the_auditor(
    filled: tuple[Harness, dict[str, list[Record]]],
):
    registry, _ = filled
    for method in QUERIES:
        shown = found(registry, method)
        assert shown, method
        assert found(registry, method, registry.auditor()) == shown, method


def test_a_clerk_of_another_township_sees_nothing_of_it(filled: tuple[Harness, dict[str, list[Record]]]):
    registry, _ = filled
    there = registry.clerk(OTHER_TOWNSHIP)
    for method in QUERIES:
        if method != "list_network_gaps":  # tells of divisions that have nothing
            assert found(registry, method, there) == [], method


def test_a_clerk_of_another_township_changes_nothing_of_it(filled: tuple[Harness, dict[str, list[Record]]]):
    registry, records = filled
    before = registry.event_rows()
    there = registry.clerk(OTHER_TOWNSHIP)
    for method, items in records.items():
        renamed = [item | {"ref": f"{item['ref']}-x"} for item in items]
        for attempt in (items, renamed):
            for code, _ in recorded(registry, method, *attempt, caller=there):
                assert code == "access.region" or code.startswith("registry.unknown_"), method
    assert registry.event_rows() == before


def test_a_clerk_of_a_township_records_there_but_names_nothing_of_the_county(
    filled: tuple[Harness, dict[str, list[Record]]],
):
    registry, _ = filled
    there = registry.clerk(OTHER_TOWNSHIP)
    own = organisation("O-own", OTHER_TOWNSHIP)
    assert recorded(registry, "register_organisations", own, caller=there) == [CREATED]
    assert recorded(
        registry, "record_appointments", appointment("P-own", "O-own", term_ref="T-4"), caller=there
    ) == [("registry.unknown_term", "term_ref")]
    assert [each["region"] for each in found(registry, "list_organisations", there)] == [OTHER_TOWNSHIP]


def test_other_roles_are_turned_away_from_every_method_and_an_auditor_from_every_command(registry: Harness):
    strangers = {role: [*COMMANDS, *QUERIES] for role in ("maker", "checker", "system")}
    for role, methods in (strangers | {"auditor": [*COMMANDS]}).items():
        for method in methods:
            fields = {"items": [{}]} if method in COMMANDS else asked(method)
            with pytest.raises(Refused, match=r"access\.role"):
                registry.call(method, fields, registry.caller(role))


def test_pages_follow_one_another_and_leave_nothing_out(registry: Harness):
    twice(registry)
    for method in QUERIES:
        seen: list[Any] = []
        after = None
        while seen == [] or after is not None:
            page = registry.call(method, {**asked(method), "limit": 1, "after": after})
            [records] = [value for value in page.values() if isinstance(value, list)]
            seen, after = [*seen, *records], page["after"]
        assert seen == found(registry, method), method
        assert len(seen) > 1, method


def twice(registry: Harness) -> None:
    """At least two records of every kind."""
    records = everything(registry)
    [home] = registry.bulk("register_households", [household("H-2")])
    [one] = registry.bulk("register_persons", [person(2, household_ref="H-2")])
    more = {
        "record_organisation_funds": fund("G-2"),
        "record_activities": activity("H-2"),
        "record_appointments": appointment("P-2"),
        "record_terms": term("T-5", 5),
        "record_delegates": delegate("D-2", "T-5"),
        "record_staff_trainings": training("C-2"),
        "record_training_attendances": attendance("A-2", appointment_ref="P-2"),
        "register_volunteers": volunteer("W-2"),
        "record_volunteer_hours": hours("S-2"),
        "record_duties": duty("D-2"),
        "record_pairs": pair("R-2", home["id"], one["id"]),
        "record_projects": project("J-2"),
        "register_facilities": facility("B-2"),
        "record_archives": archive("E-2", year=2022),
        "record_archive_documents": document("Q-2"),
    }
    for method, items in records.items():
        stands(registry, method, *items, *([more[method]] if method in more else []))
