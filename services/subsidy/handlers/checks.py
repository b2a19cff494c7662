"""What came of asking for the payments of a sample."""

from collections.abc import Mapping

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.filing import Guard, Register, fields_of, record_steps
from chassis.rows import Row, rows_by
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from services.subsidy.domain.verification import Act, Check, check_verifier, follow_up
from services.subsidy.tables import runs
from services.subsidy.verification_tables import payment_check_acts, payment_checks


def record_payment_checks(tx: Transaction, message: messages.RecordPaymentChecks) -> BulkReply:
    """Record steps of checks; the office's reference is the key. Several of one are decided in order."""
    return record_steps(tx, Bulk(message), _REGISTER, fields_of(Act))


def _by_another(tx: Transaction, files: Mapping[str, Row]) -> Guard[Act]:
    """Whoever had a hand in the run does not verify it."""
    handled = rows_by(tx, sa.select(runs), runs.c.run_id, {file["run_id"] for file in files.values()})

    def guard(file: Row, _act: Act) -> None:
        run = handled[file["run_id"]]
        check_verifier((run["planned_by"], run["approved_by"]), tx.caller.subject)

    return guard


def _event(file: Row, act: Act, after: Check) -> messages.PaymentChecked:
    return messages.PaymentChecked(
        region=file["region"],
        check_id=file["check_id"],
        run_id=file["run_id"],
        person_id=file["person_id"],
        scheme=file["scheme"],
        period=file["period"],
        action=act.action,
        state=after.state,
        acted_on=after.last_act_on,
    )


_REGISTER = Register(
    "subsidy.check",
    payment_checks,
    payment_check_acts,
    Check,
    Act,
    follow_up,
    _event,
    _by_another,
    by_id=True,
    reused="subsidy.ref_reused",
)
