"""Recording trainings of staff and commissioners, who attended them, and their certificates."""

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel import ladder
from kernel.ladder import Standing
from kernel.rulebook import RuleView
from services.registry.domain.staff_training import (
    ATTENDANCE_STEPS,
    STEPS,
    Act,
    Training,
    attended,
    planned,
)
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.network_tables import (
    appointments,
    staff_training_acts,
    staff_trainings,
    training_attendance_acts,
    training_attendances,
)
from services.registry.telling import steps


def record_staff_trainings(tx: Transaction, message: messages.RecordStaffTrainings) -> BulkReply:
    """Record trainings; the office's reference is the key."""
    return record(tx, message, _TRAINING)


def record_staff_training_acts(tx: Transaction, message: messages.RecordStaffTrainingActs) -> BulkReply:
    """Record steps of trainings; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _TRAINING_STEPS, fields_of(Act))


def record_training_attendances(tx: Transaction, message: messages.RecordTrainingAttendances) -> BulkReply:
    """Record who attended; the office's reference is the key."""
    return record(tx, message, _ATTENDANCE)


def record_training_attendance_acts(
    tx: Transaction, message: messages.RecordTrainingAttendanceActs
) -> BulkReply:
    """Record certificates; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _ATTENDANCE_STEPS, fields_of(ladder.Act))


def _planned(row: Row, _named: Named, rules: RuleView) -> Training:
    return planned(row["kind"], row["planned_on"], rules)


def _attended(row: Row, named: Named, _rules: RuleView) -> Standing:
    training, appointment = named["staff_training_ref"], named["appointment_ref"]
    day = row["attended_on"]
    return attended(day, training["last_act_on"], appointment["appointed_on"], appointment["ended_on"])


_TRAINING = Kind("staff_training", staff_trainings, "planned_on", _planned, messages.StaffTrainingPlanned)
_TRAINING_STEPS = Register(
    "registry.staff_training",
    staff_trainings,
    staff_training_acts,
    Training,
    Act,
    STEPS.decide,
    steps("staff_training", {"hold": messages.StaffTrainingHeld, "cancel": messages.StaffTrainingCancelled}),
)
_ATTENDANCE = Kind(
    "training_attendance",
    training_attendances,
    "attended_on",
    _attended,
    messages.TrainingAttended,
    links={
        "staff_training_ref": Link(
            staff_trainings,
            "staff_training",
            states=("held",),
            copies={"kind": "kind", "organised_by": "organised_by"},
        ),
        "appointment_ref": Link(
            appointments,
            "appointment",
            copies={"organisation_kind": "organisation_kind", "post": "post"},
        ),
    },
    place="appointment_ref",
    soles=(Sole(("staff_training_id", "appointment_id"), "registry.attended_already", "appointment_ref"),),
)
_ATTENDANCE_STEPS = Register(
    "registry.training_attendance",
    training_attendances,
    training_attendance_acts,
    Standing,
    ladder.Act,
    ATTENDANCE_STEPS.decide,
    steps("training_attendance", {"certify": messages.TrainingCertified}),
)
