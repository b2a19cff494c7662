"""Questions about the organisation network; each answers within the caller's regions only.

A room of its own because queries.py answers who people are, and this who works for them and where.
"""

from typing import Any, TypeVar

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts.message import Message
from contracts.registry import network as messages
from services.registry.archive_tables import archive_documents, archives
from services.registry.domain import archive, project
from services.registry.facility_tables import facilities, projects
from services.registry.help_tables import pairs, volunteer_hours, volunteers
from services.registry.network_tables import (
    activities,
    appointments,
    delegates,
    duties,
    organisation_funds,
    organisations,
    staff_trainings,
    terms,
    training_attendances,
)
from services.registry.paging import below, page_of
from services.registry.telling import told

View = TypeVar("View", bound=Message)

_OF_THE_PAGE = {"region", "states", "due_before", "after", "limit"}


def list_organisations(tx: Transaction, message: messages.ListOrganisations) -> messages.OrganisationPage:
    """A page of organisations."""
    shown, after = _listed(tx, message, messages.OrganisationView, "organisation", organisations)
    return messages.OrganisationPage(organisations=shown, after=after)


def list_organisation_funds(
    tx: Transaction, message: messages.ListOrganisationFunds
) -> messages.OrganisationFundPage:
    """A page of the money of organisations."""
    view = messages.OrganisationFundView
    shown, after = _listed(tx, message, view, "organisation_fund", organisation_funds)
    return messages.OrganisationFundPage(funds=shown, after=after)


def list_activities(tx: Transaction, message: messages.ListActivities) -> messages.ActivityPage:
    """A page of activities."""
    shown, after = _listed(tx, message, messages.ActivityView, "activity", activities)
    return messages.ActivityPage(activities=shown, after=after)


def list_appointments(tx: Transaction, message: messages.ListAppointments) -> messages.AppointmentPage:
    """A page of appointments."""
    shown, after = _listed(tx, message, messages.AppointmentView, "appointment", appointments)
    return messages.AppointmentPage(appointments=shown, after=after)


def list_terms(tx: Transaction, message: messages.ListTerms) -> messages.TermPage:
    """A page of terms."""
    late = (terms.c.due_on, ("in_office",))
    shown, after = _listed(tx, message, messages.TermView, "term", terms, late)
    return messages.TermPage(terms=shown, after=after)


def list_delegates(tx: Transaction, message: messages.ListDelegates) -> messages.DelegatePage:
    """A page of delegates."""
    shown, after = _listed(tx, message, messages.DelegateView, "delegate", delegates)
    return messages.DelegatePage(delegates=shown, after=after)


def list_staff_trainings(tx: Transaction, message: messages.ListStaffTrainings) -> messages.StaffTrainingPage:
    """A page of trainings."""
    shown, after = _listed(tx, message, messages.StaffTrainingView, "staff_training", staff_trainings)
    return messages.StaffTrainingPage(trainings=shown, after=after)


def list_training_attendances(
    tx: Transaction, message: messages.ListTrainingAttendances
) -> messages.TrainingAttendancePage:
    """A page of attendances."""
    view = messages.TrainingAttendanceView
    shown, after = _listed(tx, message, view, "training_attendance", training_attendances)
    return messages.TrainingAttendancePage(attendances=shown, after=after)


def list_duties(tx: Transaction, message: messages.ListDuties) -> messages.DutyPage:
    """A page of duties."""
    shown, after = _listed(tx, message, messages.DutyView, "duty", duties)
    return messages.DutyPage(duties=shown, after=after)


def list_volunteers(tx: Transaction, message: messages.ListVolunteers) -> messages.VolunteerPage:
    """A page of volunteers."""
    shown, after = _listed(tx, message, messages.VolunteerView, "volunteer", volunteers)
    return messages.VolunteerPage(volunteers=shown, after=after)


def list_volunteer_hours(
    tx: Transaction, message: messages.ListVolunteerHours
) -> messages.VolunteerHoursPage:
    """A page of hours."""
    shown, after = _listed(tx, message, messages.VolunteerHoursView, "volunteer_hours", volunteer_hours)
    return messages.VolunteerHoursPage(hours=shown, after=after)


def list_pairs(tx: Transaction, message: messages.ListPairs) -> messages.PairPage:
    """A page of pairs."""
    shown, after = _listed(tx, message, messages.PairView, "pair", pairs)
    return messages.PairPage(pairs=shown, after=after)


def list_facilities(tx: Transaction, message: messages.ListFacilities) -> messages.FacilityPage:
    """A page of facilities."""
    shown, after = _listed(tx, message, messages.FacilityView, "facility", facilities)
    return messages.FacilityPage(facilities=shown, after=after)


def list_projects(tx: Transaction, message: messages.ListProjects) -> messages.ProjectPage:
    """A page of projects."""
    late = (projects.c.expected_on, project.OPEN)
    shown, after = _listed(tx, message, messages.ProjectView, "project", projects, late)
    return messages.ProjectPage(projects=shown, after=after)


def list_archives(tx: Transaction, message: messages.ListArchives) -> messages.ArchivePage:
    """A page of archives."""
    late = (archives.c.due_on, archive.STEPS.open)
    shown, after = _listed(tx, message, messages.ArchiveView, "archive", archives, late)
    return messages.ArchivePage(archives=shown, after=after)


def list_archive_documents(
    tx: Transaction, message: messages.ListArchiveDocuments
) -> messages.ArchiveDocumentPage:
    """A page of documents of archives."""
    view = messages.ArchiveDocumentView
    shown, after = _listed(tx, message, view, "archive_document", archive_documents)
    return messages.ArchiveDocumentPage(documents=shown, after=after)


def _listed(
    tx: Transaction,
    message: Any,
    view: type[View],
    noun: str,
    table: sa.Table,
    late: tuple[sa.Column[Any], tuple[str, ...]] | None = None,
) -> tuple[list[View], str | None]:
    """The views of a page, and where the next one begins. What is asked for by a column's name must be so.

    late: the column that `due_before` is about, and the states in which that day matters.
    Raises Invalid("region.malformed").
    """
    query = sa.select(table).where(tx.scope(table.c.region))
    if message.region is not None:
        query = query.where(below(table.c.region, message.region))
    if getattr(message, "states", ()):
        query = query.where(table.c.state.in_(message.states))
    if late is not None and message.due_before is not None:
        due_on, states = late
        query = query.where(due_on < message.due_before, table.c.state.in_(states))
    for name in type(message).model_fields.keys() - _OF_THE_PAGE:
        if (value := getattr(message, name)) is not None:
            query = query.where(table.c[name] == value)
    rows, after = page_of(tx, query, table, message.after, message.limit)
    return [told(view, noun, row) for row in rows], after
