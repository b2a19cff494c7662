"""Recording facilities in use, and the projects that build them."""

from typing import Any

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply, Event
from contracts.registry import network as messages
from kernel.rulebook import RuleView
from services.registry.domain import facility, project
from services.registry.domain.facility import Facility
from services.registry.domain.project import Project
from services.registry.facility_tables import facilities, facility_acts, project_acts, projects
from services.registry.handlers.recording import Kind, Link, Named, record
from services.registry.telling import steps


def register_facilities(tx: Transaction, message: messages.RegisterFacilities) -> BulkReply:
    """Register facilities; the office's reference is the key."""
    return record(tx, message, _FACILITY)


def record_facility_acts(tx: Transaction, message: messages.RecordFacilityActs) -> BulkReply:
    """Record steps of facilities; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _FACILITY_STEPS, fields_of(facility.Act))


def record_projects(tx: Transaction, message: messages.RecordProjects) -> BulkReply:
    """Record projects; the office's reference is the key."""
    return record(tx, message, _PROJECT)


def record_project_acts(tx: Transaction, message: messages.RecordProjectActs) -> BulkReply:
    """Record steps of projects; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _PROJECT_STEPS, fields_of(project.Act))


def _opened(row: Row, _named: Named, rules: RuleView) -> Facility:
    day = row["opened_on"]
    return facility.opened(row["kind"], row["region"], day, row["area"], row["rooms"], rules)


def _area_change(file: Any, act: facility.Act, after: Facility) -> Row:
    area = 0 if act.action == "close" else after.area_now
    return {"area_change": area - file["area_now"]}


def _proposed(row: Row, _named: Named, rules: RuleView) -> Project:
    return project.proposed(row["facility_kind"], row["proposed_on"], rules)


def _progress(file: Any, act: project.Act, after: Project) -> Row:
    expected_on = file["expected_on"]
    return {
        # A step changes one of the two amounts at most.
        "amount_fen": after.approved_fen - file["approved_fen"] + after.paid_fen - file["paid_fen"],
        "expected_output_fen": act.expected_output_fen or 0,
        "milestone": after.state,
        "late": expected_on is not None and act.acted_on > expected_on,
    }


_FACILITY = Kind(
    "facility",
    facilities,
    "opened_on",
    _opened,
    messages.FacilityOpened,
    links={"project_ref": Link(projects, "project", states=("accepted",))},
    money=("investment",),
)
_FACILITY_STEPS = Register(
    "registry.facility",
    facilities,
    facility_acts,
    Facility,
    facility.Act,
    facility.decide,
    steps("facility", {"alter": messages.FacilityAltered, "close": messages.FacilityClosed}, _area_change),
)
_PROJECT = Kind("project", projects, "proposed_on", _proposed, messages.ProjectProposed)
_PROJECT_EVENTS: dict[str, type[Event]] = {
    "approve": messages.ProjectApproved,
    "adjust": messages.ProjectAdjusted,
    "tender": messages.ProjectAdvanced,
    "start": messages.ProjectAdvanced,
    "finish_structure": messages.ProjectAdvanced,
    "accept": messages.ProjectAdvanced,
    "pay": messages.ProjectPaid,
    "take_back": messages.ProjectPaid,
    "abandon": messages.ProjectAbandoned,
}
_PROJECT_STEPS = Register(
    "registry.project",
    projects,
    project_acts,
    Project,
    project.Act,
    project.decide,
    steps("project", _PROJECT_EVENTS, _progress),
)
