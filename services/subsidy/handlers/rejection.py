"""A frozen list is rejected: what it took is free again, and planning draws up another one."""

from chassis import clock
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Conflict
from services.subsidy import replies, run_repository
from services.subsidy.domain.run import Run
from services.subsidy.handlers import funds, undone_debts


def reject_disbursement(tx: Transaction, message: messages.RejectDisbursement) -> messages.DisbursementRun:
    """Reject the list with this hash. The same rejection again changes nothing.

    Raises NotFound("subsidy.unknown_run") and what Run.check_rejection raises.
    """
    run = run_repository.visible(tx, message.run_id)
    if not run.rejected_already(tx.caller.subject, message.list_hash):
        run.check_rejection(message.list_hash)
        _reject(tx, run, message.reason)
        run = run_repository.get(tx, run.id)
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def _reject(tx: Transaction, run: Run, reason: str) -> None:
    """Nothing of the run is booked yet, so nothing is booked back."""
    told = {"rejected_by": tx.caller.subject, "rejected_at": tx.now, "rejected_because": reason}
    if not run_repository.move(tx, run.id, "frozen", "rejected", **told):
        raise Conflict("subsidy.run_not_frozen", "Someone else has just decided on the run.", run_id=run.id)
    funds.refund(tx, run, run_repository.borne(tx, run.id))
    undone_debts.reopen(tx, run)
    run_repository.free_lines(tx, run.id)
    tx.record(
        messages.DisbursementRejected(
            region=run.region,
            run_id=run.id,
            scheme=run.scheme,
            period=run.period,
            lines=run.lines,
            amount=str(run.amount),
            rejected_on=clock.office_day(tx.now),
        )
    )
