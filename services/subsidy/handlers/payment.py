"""The second half of a disbursement: a second person approves the frozen list, and a job pays it."""

from dataclasses import replace
from typing import Any

from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Conflict
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
    run = run_repository.get(tx, message.run_id)
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
    """First prove, part by part, that the list is still the approved one; then pay it, part by part.

    Raises Conflict("subsidy.list_changed"), which ends the job before anything is paid, when it isn't.
    """
    run = run_repository.get(tx, job.key)
    if not job.cursor.get("proven"):
        _prove(tx, run, job.cursor)
        return False
    lines = run_repository.lines_after(tx, run.id, job.cursor.get("paid", 0), LINES_PER_STEP)
    if not lines:
        run_repository.move(tx, run.id, "approved", "paid")
        return True
    _pay(tx, run, lines)
    job.cursor["paid"] = lines[-1][0].seq
    job.done += len(lines)
    return False


def _prove(tx: Transaction, run: Run, cursor: dict[str, Any]) -> None:
    empty = frozen_list.begin(run.id, run.scheme, run.period, run.region, run.pay_on)
    digest = cursor.get("digest", empty)
    lines = run_repository.lines_after(tx, run.id, cursor.get("checked", 0), LINES_PER_STEP)
    for line, _ in lines:
        digest = frozen_list.extend(digest, line)
    if lines:
        cursor.update(checked=lines[-1][0].seq, digest=digest)
    elif digest == run.list_hash:
        cursor["proven"] = True
    else:
        raise Conflict(
            "subsidy.list_changed",
            "The list is not the one that was approved; nothing was paid.",
            run_id=run.id,
        )


def _pay(tx: Transaction, run: Run, lines: list[tuple[Line, str]]) -> None:
    paid = {tx.new_id(): (line, region) for line, region in lines}
    run_repository.add_payments(tx, run, {payment_id: line for payment_id, (line, _) in paid.items()})
    run_repository.post(
        tx,
        (
            (payment_id, region, run.pay_on, ledger.payment(run.scheme, line.shares))
            for payment_id, (line, region) in paid.items()
        ),
    )
    for payment_id, (line, region) in paid.items():
        tx.record(_payment_made(payment_id, run, line, region))


def _payment_made(payment_id: str, run: Run, line: Line, region: str) -> messages.PaymentMade:
    return messages.PaymentMade(
        region=region,
        payment_id=payment_id,
        run_id=run.id,
        award_id=line.award_id,
        person_id=line.person_id,
        scheme=run.scheme,
        variant=line.variant,
        period=run.period,
        amount=str(line.amount),
        sources=replies.sources(line.shares),
        paid_on=run.pay_on,
    )
