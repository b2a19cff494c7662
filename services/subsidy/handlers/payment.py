"""The second half of a disbursement: a second person approves the frozen list, and a job pays it."""

from kernel.errors import Conflict, NotFound

from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from services.subsidy import replies, run_repository
from services.subsidy.domain import frozen_list, ledger
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.run import Run

LINES_PER_STEP = 500


def approve_disbursement(tx: Transaction, message: messages.ApproveDisbursement) -> messages.DisbursementRun:
    """Approve the list with this hash and start paying it. The same approval again changes nothing.

    Raises NotFound("subsidy.unknown_run"), Forbidden("access.region") and what Run.check_approval raises.
    The day of the approval is the run's pay day, the only date that the commands carry.
    """
    run = run_repository.find(tx, message.run_id, lock=True)
    if run is None:
        raise NotFound("subsidy.unknown_run", "There is no run with this identifier.", run_id=message.run_id)
    tx.within(run.region)
    checker = tx.caller.subject
    if not run.approved_already(checker, message.list_hash):
        run.check_approval(checker, message.list_hash)
        run = _approve(tx, run, checker)
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def _approve(tx: Transaction, run: Run, checker: str) -> Run:
    if not run_repository.move(tx, run.id, "frozen", "approved", approved_by=checker, approved_at=tx.now):
        raise Conflict("subsidy.run_not_frozen", "Someone else has just approved the run.", run_id=run.id)
    run_repository.post(tx, [(run.id, run.region, run.pay_on, ledger.approval(run.scheme, run.amount))])
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
    tx.start_job("subsidy.pay", key=run.id, payload={}, total=run.lines)
    return replace(run, state="approved", approved_by=checker)


def pay_step(tx: Transaction, job: Job) -> bool:
    """First prove that the list is still the approved one, a part in each step, then pay it, a part in each step.

    Raises Conflict("subsidy.list_changed"), which ends the job before anything is paid, when it isn't.
    """
    run = run_repository.find(tx, job.key)
    assert run is not None
    cursor = job.cursor or {"checked": 0, "digest": _empty_list(run), "proven": False, "paid": 0}
    job.cursor = cursor
    if not cursor["proven"]:
        for line, _ in (lines := run_repository.lines_after(tx, run.id, cursor["checked"], LINES_PER_STEP)):
            cursor.update(checked=line.seq, digest=frozen_list.extend(cursor["digest"], line))
        if not lines:
            _prove(run, cursor["digest"])
            cursor["proven"] = True
        return False
    lines = run_repository.lines_after(tx, run.id, cursor["paid"], LINES_PER_STEP)
    if not lines:
        run_repository.move(tx, run.id, "approved", "paid")
        return True
    _pay(tx, run, lines)
    cursor["paid"] = lines[-1][0].seq
    job.done += len(lines)
    return False
