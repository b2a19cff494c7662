"""Recording what holders of posts did."""

from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel.rulebook import RuleView
from services.registry.domain.correction import Earlier, check_correction
from services.registry.domain.duty import Done, check_duty, check_same_duty
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.network_tables import appointments, duties


def record_duties(tx: Transaction, message: messages.RecordDuties) -> BulkReply:
    """Record duties done; the office's reference is the key."""
    return record(tx, message, _DUTY)


def _done(row: Row) -> Done:
    return row["kind"], row["since"], row["until"]


def _recorded(row: Row, named: Named, rules: RuleView) -> None:
    appointment = named["appointment_ref"]
    check_duty(_done(row), appointment["appointed_on"], appointment["ended_on"], rules)
    if earlier := named.get("corrects_ref"):
        owner, taken_back = earlier["appointment_id"], earlier["corrects_id"] is not None
        known = Earlier(owner, earlier["times"], earlier["since"], taken_back)
        check_correction(known, row["appointment_id"], row["times"], row["since"], "times")
        check_same_duty(_done(row), _done(earlier))


def _signed(row: Row) -> Row:
    return {"times": row["times"] if row["corrects_id"] is None else -row["times"]}


_DUTY = Kind(
    "duty",
    duties,
    "until",
    _recorded,
    messages.DutyRecorded,
    links={
        "appointment_ref": Link(
            appointments,
            "appointment",
            states=("in_office", "ended"),
            copies={name: name for name in ("organisation_id", "organisation_kind", "post")},
        ),
        "corrects_ref": Link(duties, "duty"),
    },
    place="appointment_ref",
    soles=(
        Sole(
            ("corrects_id",),
            "registry.corrected_already",
            "corrects_ref",
            among=lambda row, _rules: row["corrects_id"] is not None,
        ),
    ),
    tell=_signed,
)
