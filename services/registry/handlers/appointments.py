"""Recording who holds which post in an organisation, and until when."""

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel.rulebook import RuleView
from services.registry.domain.appointment import Act, Appointment, appointed, decide, of_one_holder
from services.registry.handlers.organisations import ORGANISATION
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.network_tables import HOLDER, appointment_acts, appointments, terms
from services.registry.tables import persons
from services.registry.telling import steps


def record_appointments(tx: Transaction, message: messages.RecordAppointments) -> BulkReply:
    """Record appointments; the office's reference is the key."""
    return record(tx, message, _APPOINTMENT)


def record_appointment_acts(tx: Transaction, message: messages.RecordAppointmentActs) -> BulkReply:
    """Record ends of appointments; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _STEPS, fields_of(Act))


def _appointed(row: Row, named: Named, rules: RuleView) -> Appointment:
    founded_on = named["organisation_ref"]["established_on"]
    return appointed(row["post"], row["organisation_kind"], founded_on, row["appointed_on"], rules)


_APPOINTMENT = Kind(
    "appointment",
    appointments,
    "appointed_on",
    _appointed,
    messages.AppointmentMade,
    links={
        "organisation_ref": ORGANISATION,
        "person_id": Link(persons, "person", key="id"),
        "term_ref": Link(terms, "term", states=("elected", "in_office", "ended")),
    },
    place="organisation_ref",
    words={"holder": HOLDER},
    soles=(
        Sole(
            ("organisation_id", "post"),
            "registry.post_taken",
            "post",
            ended=("ended",),
            among=lambda row, rules: of_one_holder(row["post"], rules),
        ),
        Sole(
            ("organisation_id", "post", "person_id"),
            "registry.post_held_already",
            "person_id",
            ended=("ended",),
            among=lambda row, _rules: row["person_id"] is not None,
        ),
    ),
)
_STEPS = Register(
    "registry.appointment",
    appointments,
    appointment_acts,
    Appointment,
    Act,
    decide,
    steps("appointment", {"end": messages.AppointmentEnded}),
)
