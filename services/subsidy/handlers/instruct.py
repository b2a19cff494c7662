"""Telling the bank: a job proves the approved list once more, writes an instruction for each line, and seals
the batches, whose files anybody may then fetch and fetch again.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from chassis import clock
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Conflict
from services.subsidy import (
    bank_repository,
    ledger_repository,
    replies,
    run_repository,
)
from services.subsidy.bank_repository import Owed
from services.subsidy.domain import frozen_list, ledger
from services.subsidy.domain.run import Run
from services.subsidy.handlers import bank_files

JOB = "subsidy.instruct"
LINES_PER_STEP = 2000
KEPT = "kept"
"""Of `payment.day_over`: the bank is told of the run's day though it is over, for it paid on that day."""


def instruct_disbursement(
    tx: Transaction, message: messages.InstructDisbursement
) -> messages.DisbursementRun:
    """Start telling the bank. While that goes on, or when nothing can be told, nothing is changed; a job that
    failed goes on.

    Raises NotFound("subsidy.unknown_run"), Conflict("subsidy.run_not_approved").
    """
    run = run_repository.visible(tx, message.run_id)
    run.check_approved()
    if run.state == "instructing":
        tx.resume_job(JOB, run.id)
    again = run.state == "instructed"
    if run.state == "approved" or (again and bank_repository.ready(tx, run.id, _today(tx), "", 1)):
        if run_repository.move(tx, run.id, run.state, "instructing"):
            pay_on = _pay_day(tx, run, again)
            payload = {"run_id": run.id, "again": again, "pay_on": pay_on.isoformat()}
            # A key of its own each time: only who moved the run comes here.
            key = f"{run.id} {tx.new_id()}"
            tx.start_job(JOB, key=key, payload=payload, total=None if again else run.lines)
        run = run_repository.get(tx, run.id)
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def instruct_step(tx: Transaction, job: Job) -> bool:
    """First prove, part by part, that the list is still the approved one; then instruct it; then seal the
    batches, one by one.

    Raises Conflict("subsidy.list_changed"), which ends the job before the bank is told of anything.
    """
    run = run_repository.get(tx, job.payload["run_id"])
    again = job.payload["again"]
    if not again and not job.cursor.get("proven"):
        _prove(tx, run, job.cursor)
        return False
    if not job.cursor.get("written"):
        after = job.cursor.get("after")
        owed = (
            bank_repository.ready(tx, run.id, _today(tx), after or "", LINES_PER_STEP, lock=True)
            if again
            else bank_repository.owed(tx, run.id, _today(tx), after or 0, LINES_PER_STEP)
        )
        if owed:
            _instruct(tx, run, owed, date.fromisoformat(job.payload["pay_on"]))
            job.cursor["after"] = owed[-1].held_id if again else owed[-1].line
            job.done += len(owed)
        else:
            job.cursor["written"] = True
        return False
    if (batch_id := bank_repository.unsealed(tx, run.id)) is not None:
        _seal(tx, run, batch_id)
        return False
    run_repository.move(tx, run.id, "instructing", "instructed")
    run_repository.close_if_paid(tx, run.id)
    return True


def _pay_day(tx: Transaction, run: Run, again: bool) -> date:
    """The run's day, or today where that is over: no bank pays on such a day."""
    if not again and tx.rules.at(run.pay_on)["payment.day_over"].text == KEPT:
        return run.pay_on
    return max(run.pay_on, _today(tx))


def _today(tx: Transaction) -> date:
    return clock.office_day(tx.now)


def _prove(tx: Transaction, run: Run, cursor: dict[str, Any]) -> None:
    digest = cursor.get("digest", run.empty_hash)
    lines = run_repository.lines_after(tx, run.id, cursor.get("checked", 0), LINES_PER_STEP)
    for line, _ in lines:
        digest = frozen_list.extend(digest, line, run.period)
    if lines:
        cursor.update(checked=lines[-1][0].seq, digest=digest)
    elif digest == run.list_hash:
        cursor["proven"] = True
    else:
        raise Conflict(
            "subsidy.list_changed",
            "The list is not the one that was approved; the bank was told nothing.",
            run_id=run.id,
        )


def _instruct(tx: Transaction, run: Run, owed: Sequence[Owed], pay_on: date) -> None:
    layout = bank_files.layout(tx.rules.at(_today(tx))["payment.layout"].text)
    bank_repository.hold(tx, run, [each for each in owed if each.account_id is None], pay_on)
    payable = [each for each in owed if each.account_id is not None]
    while payable:
        batch = bank_repository.open_batch(tx, run, layout, pay_on)
        taken, payable = payable[: layout.lines - batch.lines], payable[layout.lines - batch.lines :]
        for instruction_id, each in bank_repository.instruct(tx, run, batch, taken).items():
            tx.record(_told(run, instruction_id, each, pay_on))


def _told(
    run: Run, instruction_id: str, owed: Owed, pay_on: date
) -> messages.PaymentInstructed | messages.PaymentReissued:
    fields: dict[str, Any] = {
        "region": owed.region,
        "instruction_id": instruction_id,
        "run_id": run.id,
        "person_id": owed.person_id,
        "scheme": run.scheme,
        "period": owed.period,
        "amount": str(owed.amount),
        "pay_on": pay_on,
    }
    if owed.reissue_of is None:
        return messages.PaymentInstructed(**fields)
    return messages.PaymentReissued(reissue_of=owed.reissue_of, **fields)


def _seal(tx: Transaction, run: Run, batch_id: str) -> None:
    batch = bank_repository.batch(tx, batch_id)
    bank_repository.seal(tx, batch_id, bank_files.render(tx, batch)[1])
    told = ledger.instruction(run.scheme, bank_repository.batch_shares(tx, batch_id))
    ledger_repository.post(tx, run.id, [(batch_id, run.region, batch.pay_on, told)])
