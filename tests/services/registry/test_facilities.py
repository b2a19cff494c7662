"""Facilities, the projects that build them, and archives of a year."""

from typing import Any

import pytest
import sqlalchemy as sa

from contracts.registry import network as messages
from services.registry.facility_tables import project_acts, projects
from tests.services.registry.factories import registered
from tests.services.registry.network_records import (
    CREATED,
    NAME,
    NETWORK,
    UNCHANGED,
    archive,
    document,
    facility,
    project,
    recorded,
    stands,
    step,
)
from tests.support.platform import COUNTY, Harness
from tests.support.registry_events import OTHER_TOWNSHIP


def of_project(action: str, acted_on: str, amount: str | None = None, **more: Any) -> dict[str, Any]:
    return step("project", "J-1", action, acted_on, amount=amount, **more)


BUILT = [
    of_project("approve", "2024-03-01", "11880000.00", expected_output="8000000.00"),
    of_project("tender", "2024-08-01"),
    of_project("start", "2024-10-11"),
    of_project("finish_structure", "2025-06-01"),
    of_project("accept", "2026-01-15"),
]


@pytest.mark.system("REG-18")
def test_a_project_is_approved_tendered_started_and_accepted_and_becomes_a_facility(registry: Harness):
    stands(registry, "record_projects", project(serves="金寨、叶集"))
    centre = facility(kind="regional_rehab_centre", region=COUNTY, project_ref="J-1", opened_on="2026-03-01")
    stands(registry, "record_project_acts", *BUILT[:4])
    assert recorded(registry, "register_facilities", centre) == [("registry.project_state", "project_ref")]
    stands(registry, "record_project_acts", BUILT[4])
    stands(registry, "register_facilities", centre)
    milestones = [
        (event.milestone, event.late)
        for event in registry.events()
        if isinstance(event, messages.ProjectAdvanced)
    ]
    assert milestones == [
        ("tendered", False),
        ("started", False),
        ("structure_done", False),
        ("accepted", True),
    ]
    [shown] = registry.call("list_projects", {})["projects"]
    assert (shown["state"], shown["approved"], shown["paid"]) == ("accepted", "11880000.00", "0.00")
    [opened] = registry.call("list_facilities", {"kind": "regional_rehab_centre"})["facilities"]
    assert opened["project_id"] == shown["project_id"]


@pytest.mark.system("REG-18")
def test_never_more_is_paid_for_a_project_than_is_approved(registry: Harness):
    stands(registry, "record_projects", project())
    assert recorded(
        registry,
        "record_project_acts",
        of_project("pay", "2024-02-01", "1.00"),
        of_project("approve", "2024-03-01", "100.00"),
        of_project("pay", "2024-03-02", "60.00"),
        of_project("pay", "2024-03-03", "40.01"),
        of_project("adjust", "2024-03-04", "59.99"),
        of_project("adjust", "2024-03-05", "150.00"),
        of_project("pay", "2024-03-06", "90.00"),
        of_project("take_back", "2024-03-07", "150.01"),
        of_project("take_back", "2024-03-08", "30.00"),
        of_project("adjust", "2024-03-09", "120.00"),
        of_project("pay", "2024-03-10", "0.00"),
        of_project("tender", "2024-03-11", "5.00"),
    ) == [
        ("registry.project_state", "action"),
        CREATED,
        CREATED,
        ("registry.paid_more_than_approved", "amount"),
        ("registry.paid_more_than_approved", "amount"),
        CREATED,
        CREATED,
        ("registry.taken_back_more_than_paid", "amount"),
        CREATED,
        CREATED,
        ("registry.amount_not_positive", "amount"),
        ("registry.project_act_fields", "amount"),
    ]
    [shown] = registry.call("list_projects", {})["projects"]
    assert (shown["approved"], shown["paid"]) == ("120.00", "120.00")
    told: list[Any] = [each for each in registry.events() if isinstance(each, messages.ProjectEvent)]
    assert [each.amount for each in told if isinstance(each, messages.ProjectAdjusted)] == ["50.00", "-30.00"]
    assert [each.amount for each in told if isinstance(each, messages.ProjectPaid)] == [
        "60.00",
        "90.00",
        "-30.00",
    ]


def test_no_milestone_of_a_project_can_be_left_out(registry: Harness):
    stands(registry, "record_projects", project())
    for missing, act in enumerate(BUILT[1:], start=1):
        assert recorded(registry, "record_project_acts", act) == [("registry.project_state", "action")]
        stands(registry, "record_project_acts", BUILT[missing - 1])
    given_up = of_project("abandon", "2025-07-01")
    assert recorded(registry, "record_project_acts", given_up, BUILT[4], BUILT[0]) == [
        CREATED,
        ("registry.project_state", "action"),
        UNCHANGED,
    ]
    # What was paid before may still come back, and history stays.
    assert recorded(registry, "record_project_acts", of_project("pay", "2025-07-02", "5.00")) == [CREATED]
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        registry.runtime.database.write() as connection,
    ):
        connection.execute(sa.delete(project_acts))


def test_the_database_itself_lets_no_project_be_overpaid(registry: Harness):
    stands(registry, "record_projects", project())
    stands(registry, "record_project_acts", BUILT[0])
    with pytest.raises(sa.exc.IntegrityError), registry.runtime.database.write() as connection:
        connection.execute(sa.update(projects).values(paid_fen=projects.c.approved_fen + 1))


def test_projects_past_their_day_are_listed_until_they_are_accepted(registry: Harness):
    stands(registry, "record_projects", project(), project("J-2", expected_on=None))
    late = {"due_before": "2026-01-01"}
    assert [each["ref"] for each in registry.call("list_projects", late)["projects"]] == ["J-1"]
    assert registry.call("list_projects", {"due_before": "2025-12-31"})["projects"] == []
    stands(registry, "record_project_acts", *BUILT)
    assert registry.call("list_projects", late)["projects"] == []


@pytest.mark.system("REG-18")
def test_a_facility_is_enlarged_and_closed_and_its_first_record_stays_as_it_was(registry: Harness):
    first = facility(investment="120000.00", equipment="康复器材")
    stands(registry, "register_facilities", first)
    stands(
        registry,
        "record_facility_acts",
        step("facility", "B-1", "alter", "2020-01-01", area=450, rooms=9),
        step("facility", "B-1", "alter", "2021-01-01", area=400),
    )
    assert recorded(registry, "register_facilities", first) == [UNCHANGED]
    [shown] = registry.call("list_facilities", {"states": ["in_use"]})["facilities"]
    assert [shown[name] for name in ("area", "rooms", "area_now", "rooms_now")] == [300, 6, 400, 9]
    stands(registry, "record_facility_acts", step("facility", "B-1", "close", "2024-01-01"))
    changes = [
        event.area_change
        for event in registry.events()
        if isinstance(event, messages.FacilityAltered | messages.FacilityClosed)
    ]
    assert changes == [150, -50, -400]
    assert recorded(
        registry, "record_facility_acts", step("facility", "B-1", "alter", "2024-02-01", area=1)
    ) == [("registry.facility_state", "action")]


def test_what_does_not_fit_a_facility_is_refused(registry: Harness):
    assert recorded(
        registry,
        "register_facilities",
        facility(region=COUNTY),
        facility(kind="palace"),
        facility(project_ref="J-9"),
        facility(area=-1),
        facility(investment="1.5"),
    ) == [
        ("registry.facility_level", "region"),
        ("registry.unknown_word", "kind"),
        ("registry.unknown_project", "project_ref"),
        ("record.invalid", "area"),
        ("record.invalid", "investment"),
    ]
    stands(registry, "register_facilities", facility())
    assert recorded(registry, "record_facility_acts", step("facility", "B-1", "alter", "2024-01-01")) == [
        ("registry.facility_act_fields", "area")
    ]


@pytest.fixture
def community(registry: Harness) -> Harness:
    """The registry with the organisations of county, township and village."""
    stands(registry, "register_organisations", *NETWORK)
    return registry


@pytest.mark.system("REG-19")
def test_the_papers_of_a_year_are_collected_sorted_and_archived(community: Harness):
    [person] = registered(community)
    stands(community, "record_archives", archive(), archive("E-2", kind="rehabilitation"))
    stands(community, "record_archive_documents", document(person_id=person, title=f"{NAME}康复记录"))
    shelved = step("archive", "E-1", "archive", "2024-07-01", shelf="2023-CL-01")
    assert recorded(community, "record_archive_acts", shelved) == [("registry.archive_state", "action")]
    stands(
        community, "record_archive_acts", step("archive", "E-1", "sort", "2024-02-01", documents=12), shelved
    )
    assert recorded(community, "record_archive_documents", document("Q-2")) == [
        ("registry.archive_state", "archive_ref")
    ]
    closed = community.events()[-1]
    assert isinstance(closed, messages.ArchiveClosed)
    assert (closed.year, closed.kind, closed.late) == (2023, "work", True)
    shown = community.call("list_archives", {"year": 2023})["archives"]
    assert [(each["state"], each["documents"], each["shelf"]) for each in shown] == [
        ("archived", 12, "2023-CL-01"),
        ("collecting", None, None),
    ]
    [paper] = community.call("list_archive_documents", {"person_id": person})["documents"]
    assert NAME not in str(community.event_rows()) + str(paper)
    asked = {"kind": "archive_document", "file_id": paper["archive_document_id"], "purpose": "查档"}
    asked["purpose"] = "本人申请查档"
    assert community.call("reveal_file", asked)["values"] == {"title": f"{NAME}康复记录"}


def test_archives_that_should_be_closed_are_listed(community: Harness):
    stands(community, "record_archives", archive(), archive("E-2", year=2024, opened_on="2024-12-01"))
    late = community.call("list_archives", {"due_before": "2024-07-01"})["archives"]
    assert [(each["ref"], each["due_on"]) for each in late] == [("E-1", "2024-06-30")]
    assert community.call("list_archives", {"due_before": "2024-06-30"})["archives"] == []


def test_what_does_not_fit_an_archive_is_refused(community: Harness):
    stands(community, "record_archives", archive())
    assert recorded(
        community,
        "record_archives",
        archive("E-2"),
        archive("E-3", kind="secret"),
        archive("E-4", year=2024),
        archive(opened_on="2023-12-02"),
    ) == [
        ("registry.archive_exists", "year"),
        ("registry.unknown_word", "kind"),
        ("registry.archive_before_year", "year"),
        ("registry.archive_differs", "opened_on"),
    ]
    assert recorded(
        community,
        "record_archive_documents",
        document(added_on="2023-11-30"),
        document(digest="abc"),
        document(archive_ref="E-9"),
    ) == [
        ("registry.before_archive", "added_on"),
        ("record.invalid", "digest"),
        ("registry.unknown_archive", "archive_ref"),
    ]
    assert recorded(
        community,
        "record_archive_acts",
        step("archive", "E-1", "sort", "2024-01-01"),
        step("archive", "E-1", "sort", "2024-01-01", documents=3, shelf="X"),
    ) == [
        ("registry.archive_act_fields", "documents"),
        ("registry.archive_act_fields", "shelf"),
    ]


def test_a_project_of_another_office_is_as_good_as_unknown(registry: Harness):
    stands(registry, "record_projects", project())
    there = registry.clerk(OTHER_TOWNSHIP)
    assert recorded(registry, "record_project_acts", BUILT[0], caller=there) == [
        ("registry.unknown_project", "project_ref")
    ]
    home = facility(region=OTHER_TOWNSHIP, project_ref="J-1")
    assert recorded(registry, "register_facilities", home, caller=there) == [
        ("registry.unknown_project", "project_ref")
    ]
