"""Rows of the bank's answers.

A room of its own because bank_repository.py is what the bank is told, and this what it says.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.subsidy import bank_repository
from services.subsidy.bank_repository import Owed
from services.subsidy.bank_tables import (
    bank_answers,
    bank_batches,
    bank_receipts,
    held_payments,
    instructions,
)
from services.subsidy.domain.differences import period_of
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.receipt import Answer, Receipt
from services.subsidy.domain.run import Run


def known(tx: Transaction, file_hash: str) -> sa.Row[Any] | None:
    """The receipt with these bytes, if it was recorded."""
    return tx.execute(sa.select(bank_receipts).where(bank_receipts.c.file_hash == file_hash)).one_or_none()


def instructed(tx: Transaction, batch_id: str) -> tuple[dict[int, sa.Row[Any]], set[str]]:
    """The instructions of a batch by their places, and those of them that the bank has answered."""
    row = instructions.c
    query = (
        sa.select(instructions, bank_answers.c.instruction_id.label("answered"))
        .outerjoin(bank_answers, bank_answers.c.instruction_id == row.id)
        .where(row.batch_id == batch_id)
    )
    found = {each.seq: each for each in tx.execute(query)}
    return found, {each.id for each in found.values() if each.answered}


def add(tx: Transaction, receipt: Receipt, receipt_id: str) -> None:
    """Insert a receipt with its answers, and count them in the batch."""
    (paid_lines, paid), (returned_lines, back) = receipt.total(paid=True), receipt.total(paid=False)
    tx.execute(
        sa.insert(bank_receipts).values(
            id=receipt_id,
            batch_id=receipt.batch_id,
            file_hash=receipt.hash,
            paid_lines=paid_lines,
            paid_fen=paid.fen,
            returned_lines=returned_lines,
            returned_fen=back.fen,
            recorded_by=tx.caller.subject,
            recorded_at=tx.now,
        )
    )
    rows = [
        {
            "instruction_id": answer.instruction_id,
            "receipt_id": receipt_id,
            "place": answer.place,
            "paid": answer.paid,
            "code": answer.code,
            "settled_on": answer.settled_on,
        }
        for answer in receipt.answers
    ]
    tx.insert(bank_answers, rows)
    count = {"answered": bank_batches.c.answered + len(rows)}
    tx.execute(sa.update(bank_batches).where(bank_batches.c.id == receipt.batch_id).values(count))


def hold(tx: Transaction, run: Run, returned: Iterable[tuple[Answer, sa.Row[Any], Line]]) -> None:
    """Put what the bank returned on the work list: answers, each with its instruction and line."""
    rows = []
    for answer, row, line in returned:
        owed = Owed(line.seq, line.person_id, row.region, period_of(line.period), line.amount, row.account_id)
        held = bank_repository.held_row(tx, run, owed, answer.settled_on)
        rows.append(held | {"reason": answer.reason, "instruction_id": row.id, "account_id": row.account_id})
    tx.insert(held_payments, rows)
