"""What the registry offers for the organisation network: a line for each method, beside service.py.

A room of its own because one module for all methods of the registry would be too long to read.
"""

from chassis.jobs import Job
from chassis.service import Service, command, daily, query
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from services.registry import network_queries, staffing_queries
from services.registry.handlers import (
    appointments,
    duties,
    network_numbers,
    organisations,
    pairs,
    staff_trainings,
    terms,
    volunteers,
)


class OrganisationNetwork(Service):
    """Organisations with their posts, money and activities; trainings, helpers."""

    # Organisations --------------------------------------------------------------------------------

    @command(messages.RegisterOrganisations, roles=("clerk",))
    def register_organisations(self, message: messages.RegisterOrganisations, tx: Transaction) -> BulkReply:
        """Register organisations."""
        return organisations.register_organisations(tx, message)

    @command(messages.RecordOrganisationActs, roles=("clerk",))
    def record_organisation_acts(
        self, message: messages.RecordOrganisationActs, tx: Transaction
    ) -> BulkReply:
        """Record steps of organisations."""
        return organisations.record_organisation_acts(tx, message)

    @command(messages.RecordOrganisationFunds, roles=("clerk",))
    def record_organisation_funds(
        self, message: messages.RecordOrganisationFunds, tx: Transaction
    ) -> BulkReply:
        """Record money of organisations."""
        return organisations.record_organisation_funds(tx, message)

    @command(messages.RecordActivities, roles=("clerk",))
    def record_activities(self, message: messages.RecordActivities, tx: Transaction) -> BulkReply:
        """Record activities of organisations."""
        return organisations.record_activities(tx, message)

    @query(messages.ListOrganisations, roles=("auditor", "clerk"))
    def list_organisations(
        self, message: messages.ListOrganisations, tx: Transaction
    ) -> messages.OrganisationPage:
        """Organisations of the caller's regions, page by page."""
        return network_queries.list_organisations(tx, message)

    @query(messages.ListOrganisationFunds, roles=("auditor", "clerk"))
    def list_organisation_funds(
        self, message: messages.ListOrganisationFunds, tx: Transaction
    ) -> messages.OrganisationFundPage:
        """Money of organisations of the caller's regions, page by page."""
        return network_queries.list_organisation_funds(tx, message)

    @query(messages.ListActivities, roles=("auditor", "clerk"))
    def list_activities(self, message: messages.ListActivities, tx: Transaction) -> messages.ActivityPage:
        """Activities of the caller's regions, page by page."""
        return network_queries.list_activities(tx, message)

    # Posts ----------------------------------------------------------------------------------------

    @command(messages.RecordAppointments, roles=("clerk",))
    def record_appointments(self, message: messages.RecordAppointments, tx: Transaction) -> BulkReply:
        """Record who holds which post."""
        return appointments.record_appointments(tx, message)

    @command(messages.RecordAppointmentActs, roles=("clerk",))
    def record_appointment_acts(self, message: messages.RecordAppointmentActs, tx: Transaction) -> BulkReply:
        """Record ends of appointments."""
        return appointments.record_appointment_acts(tx, message)

    @query(messages.ListAppointments, roles=("auditor", "clerk"))
    def list_appointments(
        self, message: messages.ListAppointments, tx: Transaction
    ) -> messages.AppointmentPage:
        """Appointments of the caller's regions, page by page."""
        return network_queries.list_appointments(tx, message)

    # The network as a whole -----------------------------------------------------------------------

    @query(messages.ShowStaffing, roles=("auditor", "clerk"))
    def show_staffing(self, message: messages.ShowStaffing, tx: Transaction) -> messages.StaffingPage:
        """People and money of each organisation on a day, page by page; dissolved ones are left out."""
        return staffing_queries.show_staffing(tx, message)

    @query(messages.ListNetworkGaps, roles=("auditor", "clerk"))
    def list_network_gaps(self, message: messages.ListNetworkGaps, tx: Transaction) -> messages.NetworkGaps:
        """Townships, villages and communities that lack an organisation, a commissioner or a home."""
        return staffing_queries.list_network_gaps(tx, message)

    # Terms of office ------------------------------------------------------------------------------

    @command(messages.RecordTerms, roles=("clerk",))
    def record_terms(self, message: messages.RecordTerms, tx: Transaction) -> BulkReply:
        """Record terms of office."""
        return terms.record_terms(tx, message)

    @command(messages.RecordTermActs, roles=("clerk",))
    def record_term_acts(self, message: messages.RecordTermActs, tx: Transaction) -> BulkReply:
        """Record steps of terms."""
        return terms.record_term_acts(tx, message)

    @command(messages.RecordDelegates, roles=("clerk",))
    def record_delegates(self, message: messages.RecordDelegates, tx: Transaction) -> BulkReply:
        """Record delegates."""
        return terms.record_delegates(tx, message)

    @command(messages.RecordDelegateActs, roles=("clerk",))
    def record_delegate_acts(self, message: messages.RecordDelegateActs, tx: Transaction) -> BulkReply:
        """Record checks of delegates."""
        return terms.record_delegate_acts(tx, message)

    @query(messages.ListTerms, roles=("auditor", "clerk"))
    def list_terms(self, message: messages.ListTerms, tx: Transaction) -> messages.TermPage:
        """Terms of the caller's regions, page by page; also those that should have ended."""
        return network_queries.list_terms(tx, message)

    @query(messages.ListDelegates, roles=("auditor", "clerk"))
    def list_delegates(self, message: messages.ListDelegates, tx: Transaction) -> messages.DelegatePage:
        """Delegates of the caller's regions, page by page."""
        return network_queries.list_delegates(tx, message)

    # Trainings of staff ---------------------------------------------------------------------------

    @command(messages.RecordStaffTrainings, roles=("clerk",))
    def record_staff_trainings(self, message: messages.RecordStaffTrainings, tx: Transaction) -> BulkReply:
        """Record trainings of staff."""
        return staff_trainings.record_staff_trainings(tx, message)

    @command(messages.RecordStaffTrainingActs, roles=("clerk",))
    def record_staff_training_acts(
        self, message: messages.RecordStaffTrainingActs, tx: Transaction
    ) -> BulkReply:
        """Record steps of trainings."""
        return staff_trainings.record_staff_training_acts(tx, message)

    @command(messages.RecordTrainingAttendances, roles=("clerk",))
    def record_training_attendances(
        self, message: messages.RecordTrainingAttendances, tx: Transaction
    ) -> BulkReply:
        """Record who attended."""
        return staff_trainings.record_training_attendances(tx, message)

    @command(messages.RecordTrainingAttendanceActs, roles=("clerk",))
    def record_training_attendance_acts(
        self, message: messages.RecordTrainingAttendanceActs, tx: Transaction
    ) -> BulkReply:
        """Record certificates for attendances."""
        return staff_trainings.record_training_attendance_acts(tx, message)

    @query(messages.ListStaffTrainings, roles=("auditor", "clerk"))
    def list_staff_trainings(
        self, message: messages.ListStaffTrainings, tx: Transaction
    ) -> messages.StaffTrainingPage:
        """Trainings of staff of the caller's regions, page by page."""
        return network_queries.list_staff_trainings(tx, message)

    @query(messages.ListTrainingAttendances, roles=("auditor", "clerk"))
    def list_training_attendances(
        self, message: messages.ListTrainingAttendances, tx: Transaction
    ) -> messages.TrainingAttendancePage:
        """Attendances of the caller's regions, page by page."""
        return network_queries.list_training_attendances(tx, message)

    # Duties ---------------------------------------------------------------------------------------

    @command(messages.RecordDuties, roles=("clerk",))
    def record_duties(self, message: messages.RecordDuties, tx: Transaction) -> BulkReply:
        """Record duties done."""
        return duties.record_duties(tx, message)

    @query(messages.ListDuties, roles=("auditor", "clerk"))
    def list_duties(self, message: messages.ListDuties, tx: Transaction) -> messages.DutyPage:
        """Duties, page by page."""
        return network_queries.list_duties(tx, message)

    # Volunteers -----------------------------------------------------------------------------------

    @command(messages.RegisterVolunteers, roles=("clerk",))
    def register_volunteers(self, message: messages.RegisterVolunteers, tx: Transaction) -> BulkReply:
        """Register volunteers."""
        return volunteers.register_volunteers(tx, message)

    @daily(network_numbers.JOB)
    def network_number_step(self, job: Job, tx: Transaction) -> bool:
        """Index old numbers of the volunteer network."""
        return network_numbers.number_step(tx, job)

    @command(messages.RecordVolunteerActs, roles=("clerk",))
    def record_volunteer_acts(self, message: messages.RecordVolunteerActs, tx: Transaction) -> BulkReply:
        """Record steps of volunteers."""
        return volunteers.record_volunteer_acts(tx, message)

    @command(messages.RecordVolunteerHours, roles=("clerk",))
    def record_volunteer_hours(self, message: messages.RecordVolunteerHours, tx: Transaction) -> BulkReply:
        """Record hours served."""
        return volunteers.record_volunteer_hours(tx, message)

    @query(messages.ListVolunteers, roles=("auditor", "clerk"))
    def list_volunteers(self, message: messages.ListVolunteers, tx: Transaction) -> messages.VolunteerPage:
        """Volunteers of the caller's regions, page by page."""
        return network_queries.list_volunteers(tx, message)

    @query(messages.ListVolunteerHours, roles=("auditor", "clerk"))
    def list_volunteer_hours(
        self, message: messages.ListVolunteerHours, tx: Transaction
    ) -> messages.VolunteerHoursPage:
        """Hours served in the caller's regions, page by page."""
        return network_queries.list_volunteer_hours(tx, message)

    # Paired help ----------------------------------------------------------------------------------

    @command(messages.RecordPairs, roles=("clerk",))
    def record_pairs(self, message: messages.RecordPairs, tx: Transaction) -> BulkReply:
        """Record pairs."""
        return pairs.record_pairs(tx, message)

    @command(messages.RecordPairActs, roles=("clerk",))
    def record_pair_acts(self, message: messages.RecordPairActs, tx: Transaction) -> BulkReply:
        """Record steps of pairs."""
        return pairs.record_pair_acts(tx, message)

    @query(messages.ListPairs, roles=("auditor", "clerk"))
    def list_pairs(self, message: messages.ListPairs, tx: Transaction) -> messages.PairPage:
        """Pairs of the caller's regions, page by page."""
        return network_queries.list_pairs(tx, message)
