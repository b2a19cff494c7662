"""Recording volunteers and the hours that they serve."""

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel.ladder import Act, Standing
from kernel.rulebook import RuleView
from services.registry.domain.correction import Earlier, check_correction
from services.registry.domain.volunteer import (
    STEPS,
    check_hours,
    check_same_days,
    compared_number,
    registered,
)
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.help_tables import (
    NETWORK_NUMBER,
    VOLUNTEER,
    volunteer_acts,
    volunteer_hours,
    volunteers,
)
from services.registry.network_tables import activities
from services.registry.telling import steps


def register_volunteers(tx: Transaction, message: messages.RegisterVolunteers) -> BulkReply:
    """Register volunteers; the office's reference is the key."""
    return record(tx, message, _VOLUNTEER)


def record_volunteer_acts(tx: Transaction, message: messages.RecordVolunteerActs) -> BulkReply:
    """Record steps of volunteers; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _STEPS, fields_of(Act))


def record_volunteer_hours(tx: Transaction, message: messages.RecordVolunteerHours) -> BulkReply:
    """Record hours served; the office's reference is the key."""
    return record(tx, message, _HOURS)


def _registered(row: Row, _named: Named, rules: RuleView) -> Standing:
    return registered(row["origin"], row["registered_on"], rules)


def _served(row: Row, named: Named, _rules: RuleView) -> None:
    volunteer = named["volunteer_ref"]
    left_on = volunteer["last_act_on"] if volunteer["state"] == "left" else None
    check_hours(row["since"], row["until"], row["hours"], volunteer["registered_on"], left_on)
    if earlier := named.get("corrects_ref"):
        owner, taken_back = earlier["volunteer_id"], earlier["corrects_id"] is not None
        known = Earlier(owner, earlier["hours"], earlier["since"], taken_back)
        check_correction(known, row["volunteer_id"], row["hours"], row["since"], "hours")
        check_same_days((row["since"], row["until"]), (earlier["since"], earlier["until"]))


def _signed_hours(row: Row) -> Row:
    return {"hours": row["hours"] if row["corrects_id"] is None else -row["hours"]}


_VOLUNTEER = Kind(
    "volunteer",
    volunteers,
    "registered_on",
    _registered,
    messages.VolunteerRegistered,
    words={"volunteer": VOLUNTEER, "network_number": NETWORK_NUMBER},
    indexed={"network_number": compared_number},
    soles=(
        Sole(
            ("network_number_index",),
            "registry.network_number_taken",
            "network_number",
            ended=("left",),
            among=lambda row, _rules: row["network_number_index"] is not None,
        ),
    ),
)
_STEPS = Register(
    "registry.volunteer",
    volunteers,
    volunteer_acts,
    Standing,
    Act,
    STEPS.decide,
    steps("volunteer", {"activate": messages.VolunteerActivated, "leave": messages.VolunteerLeft}),
)
_HOURS = Kind(
    "volunteer_hours",
    volunteer_hours,
    "until",
    _served,
    messages.VolunteerHoursRecorded,
    links={
        "volunteer_ref": Link(
            volunteers, "volunteer", states=("active", "left"), copies={"origin": "origin"}
        ),
        "activity_ref": Link(activities, "activity"),
        "corrects_ref": Link(volunteer_hours, "volunteer_hours"),
    },
    place="volunteer_ref",
    soles=(
        Sole(
            ("corrects_id",),
            "registry.corrected_already",
            "corrects_ref",
            among=lambda row, _rules: row["corrects_id"] is not None,
        ),
    ),
    tell=_signed_hours,
)
