"""A second person approves the frozen list by its hash, which commits the funds."""

from dataclasses import replace

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Conflict
from services.subsidy import difference_repository, ledger_repository, replies, run_repository
from services.subsidy.domain import ledger
from services.subsidy.domain.run import Run


def approve_disbursement(tx: Transaction, message: messages.ApproveDisbursement) -> messages.DisbursementRun:
    """Approve the list with this hash. The same approval again changes nothing.

    Raises NotFound("subsidy.unknown_run") and what Run.check_approval raises.
    The day of the approval is the run's pay day, the only date that the commands carry.
    """
    run = run_repository.visible(tx, message.run_id)
    checker = tx.caller.subject
    if not run.approved_already(checker, message.list_hash):
        run.check_approval(checker, message.list_hash)
        run = _approve(tx, run, checker)
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def _approve(tx: Transaction, run: Run, checker: str) -> Run:
    if not run_repository.move(tx, run.id, "frozen", "approved", approved_by=checker, approved_at=tx.now):
        now = run_repository.get(tx, run.id)
        if now.approved_already(checker, str(run.list_hash)):
            return now  # they clicked twice
        raise Conflict("subsidy.run_not_frozen", "Someone else has just approved the run.", run_id=run.id)
    kept = difference_repository.offset_of(tx, run.id)
    committed = ledger.approval(run.scheme, run_repository.shares_of(tx, run.id), kept)
    ledger_repository.post(tx, run.id, [(run.id, run.region, run.pay_on, committed)])
    tx.record(
        messages.DisbursementApproved(
            region=run.region,
            run_id=run.id,
            scheme=run.scheme,
            period=run.period,
            lines=run.lines,
            amount=str(run.amount),
            approved_on=run.pay_on,
        )
    )
    return replace(run, state="approved", approved_by=checker)
