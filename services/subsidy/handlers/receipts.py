"""The bank's answers: a receipt makes the payments it tells of; what came back goes on the work list."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from chassis import clock
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.errors import Invalid
from kernel.money import Money
from services.subsidy import (
    bank_repository,
    ledger_repository,
    payment_change_repository,
    receipt_repository,
    replies,
    repository,
    run_repository,
)
from services.subsidy.domain import ledger, receipt
from services.subsidy.domain.differences import period_of
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.receipt import Answer
from services.subsidy.domain.run import Run
from services.subsidy.handlers import bank_files

Lines = Mapping[int, tuple[Line, str]]
Told = Mapping[int, sa.Row[Any]]


def record_bank_receipt(tx: Transaction, message: messages.RecordBankReceipt) -> messages.BankReceipt:
    """Take a receipt file, all of it or nothing; the same file again changes nothing.

    Raises NotFound("subsidy.unknown_batch"), Conflict("subsidy.batch_unsealed") and what receipt.read and
    receipt.check raise.
    """
    content = _content(message.content)
    # Locked, so that of two files for one batch the later one sees what the earlier one answered.
    batch = bank_repository.batch(tx, _batch_of(tx, content), lock=True)
    batch.check_sealed()
    told = receipt.read(bank_files.layout(batch.layout), content)
    if (before := receipt_repository.known(tx, told.hash)) is not None:
        return replies.receipt(before, batch.run_id, "unchanged")
    instructed, answered = receipt_repository.instructed(tx, batch.id)
    known = {seq: (row.id, Money(row.amount_fen)) for seq, row in instructed.items()}
    receipt.check(told, known, answered, batch.pay_on, clock.office_day(tx.now))
    receipt_id = tx.new_id()
    receipt_repository.add(tx, told, receipt_id)
    run, lines = run_repository.get(tx, batch.run_id), bank_repository.batch_lines(tx, batch.id)
    _return(tx, run, [answer for answer in told.answers if not answer.paid], instructed, lines)
    _pay(tx, run, [answer for answer in told.answers if answer.paid], instructed, lines)
    run_repository.close_if_paid(tx, run.id)
    taken = receipt_repository.known(tx, told.hash)
    assert taken is not None  # noqa: S101 - it was added above
    return replies.receipt(taken, run.id, "created")


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Invalid("subsidy.receipt_malformed", "The content is not base64.", field="content") from None


def _batch_of(tx: Transaction, content: bytes) -> str:
    """The batch that the file answers, by the office's layout of today or by one that it had before."""
    values = [value.text for value in reversed(tx.rules.history("payment.layout"))]
    *earlier, oldest = dict.fromkeys(values)
    for code in earlier:
        try:
            return receipt.batch_of(bank_files.layout(code), content)
        except Invalid:
            continue
    return receipt.batch_of(bank_files.layout(oldest), content)


def _pay(tx: Transaction, run: Run, answers: list[Answer], told: Told, lines: Lines) -> None:
    paid = {tx.new_id(): (answer, *lines[told[answer.seq].line]) for answer in answers}
    again = payment_change_repository.owed_again(tx, run.id)
    run_repository.add_payments(
        tx,
        run,
        {new: (line, answer.settled_on, again.get(line.seq)) for new, (answer, line, _) in paid.items()},
    )
    ledger_repository.post(
        tx,
        run.id,
        (
            (payment_id, region, answer.settled_on, ledger.payment(run.scheme, line.shares))
            for payment_id, (answer, line, region) in paid.items()
        ),
    )
    homes = repository.homes(tx, {line.award_id for _, line, _ in paid.values()})
    for payment_id, (answer, line, region) in paid.items():
        tx.record(
            messages.PaymentMade(
                region=region,
                payment_id=payment_id,
                run_id=run.id,
                award_id=line.award_id,
                person_id=line.person_id,
                scheme=run.scheme,
                variant=line.variant,
                period=period_of(line.period),
                amount=str(line.amount),
                sources=replies.sources(line.shares),
                household_id=homes[line.award_id],
                paid_on=answer.settled_on,
            )
        )


def _return(tx: Transaction, run: Run, answers: list[Answer], told: Told, lines: Lines) -> None:
    receipt_repository.hold(
        tx, run, ((each, row, lines[row.line][0]) for each in answers for row in [told[each.seq]])
    )
    back = [(answer, *lines[told[answer.seq].line]) for answer in answers]
    ledger_repository.post(
        tx,
        run.id,
        (
            (answer.instruction_id, region, answer.settled_on, ledger.returned(run.scheme, line.shares))
            for answer, line, region in back
        ),
    )
    for answer, line, region in back:
        tx.record(
            messages.PaymentReturned(
                region=region,
                instruction_id=answer.instruction_id,
                run_id=run.id,
                person_id=line.person_id,
                scheme=run.scheme,
                period=period_of(line.period),
                amount=str(line.amount),
                reason=answer.reason,
                returned_on=answer.settled_on,
            )
        )
