"""Sums of the same money by the books, the bank's files and the payments.

A room of its own because it reads what all the others write, and writes nothing.
"""

from datetime import date

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.subsidy.bank_tables import bank_answers, bank_batches, instructions, payment_changes
from services.subsidy.domain.reconciliation import Place, Reconciled, booked, compare
from services.subsidy.tables import ledger, payments, run_shares, runs


def reconciled(tx: Transaction, begin: date, end: date, region: sa.ColumnElement[bool]) -> list[Reconciled]:
    """What is told of the days from begin until before end, of runs in these divisions.

    Runs of the time before there were instructions are left out: nothing but the payment tells of them.
    """
    mine = sa.select(runs.c.run_id).where(region)
    return compare(
        _ledger(tx, begin, end, mine),
        _files(tx, begin, end, mine) | _receipts(tx, begin, end, mine) | _taken_back(tx, begin, end, mine),
        _payments(tx, begin, end, mine),
    )


def first_day(tx: Transaction) -> date | None:
    """The first day on which a bank was to pay."""
    return tx.execute(sa.select(sa.func.min(bank_batches.c.pay_on))).scalar()


def _ledger(tx: Transaction, begin: date, end: date, mine: sa.Select[tuple[str]]) -> dict[Place, int]:
    row = ledger.c
    query = sa.select(row.debit_account, row.credit_account, sa.func.sum(row.amount_fen).label("fen"))
    query = query.where(row.posted_on >= begin, row.posted_on < end, row.run_id.in_(mine))
    found = tx.execute(query.group_by(row.debit_account, row.credit_account))
    return booked((each.debit_account, each.credit_account, int(each.fen)) for each in found)


def _files(tx: Transaction, begin: date, end: date, mine: sa.Select[tuple[str]]) -> dict[Place, int]:
    batch = bank_batches.c
    query = _shares().join(bank_batches, batch.id == instructions.c.batch_id)
    query = query.where(batch.pay_on >= begin, batch.pay_on < end, batch.file_hash.is_not(None))
    found = tx.execute(query.where(runs.c.run_id.in_(mine)).group_by(runs.c.scheme, run_shares.c.source))
    return {(row.scheme, row.source, "instructed"): int(row.fen) for row in found}


def _receipts(tx: Transaction, begin: date, end: date, mine: sa.Select[tuple[str]]) -> dict[Place, int]:
    answer = bank_answers.c
    query = _shares(answer.paid).join(bank_answers, answer.instruction_id == instructions.c.id)
    query = query.where(answer.settled_on >= begin, answer.settled_on < end, runs.c.run_id.in_(mine))
    found = tx.execute(query.group_by(runs.c.scheme, run_shares.c.source, answer.paid))
    return {(row.scheme, row.source, "paid" if row.paid else "returned"): int(row.fen) for row in found}


def _taken_back(tx: Transaction, begin: date, end: date, mine: sa.Select[tuple[str]]) -> dict[Place, int]:
    change = payment_changes.c
    query = _shares().join(payment_changes, change.instruction_id == instructions.c.id)
    query = query.where(change.booked_on >= begin, change.booked_on < end, change.state == "approved")
    found = tx.execute(query.where(runs.c.run_id.in_(mine)).group_by(runs.c.scheme, run_shares.c.source))
    return {(row.scheme, row.source, "taken_back"): int(row.fen) for row in found}


def _shares(*more: sa.ColumnElement[bool]) -> sa.Select[tuple[str, str, int]]:
    """What each source bears of instructions, by scheme."""
    share, told = run_shares.c, instructions.c
    query = sa.select(runs.c.scheme, share.source, sa.func.sum(share.amount_fen).label("fen"), *more)
    lines = sa.and_(share.run_id == told.run_id, share.seq == told.line)
    return query.select_from(instructions).join(run_shares, lines).join(runs, runs.c.run_id == told.run_id)


def _payments(tx: Transaction, begin: date, end: date, mine: sa.Select[tuple[str]]) -> dict[Place, int]:
    share, paid = run_shares.c, payments.c
    query = (
        sa.select(paid.scheme, share.source, sa.func.sum(share.amount_fen).label("fen"))
        .join(payments, sa.and_(paid.run_id == share.run_id, paid.seq == share.seq))
        .where(paid.paid_on >= begin, paid.paid_on < end, paid.run_id.in_(mine))
        .where(paid.run_id.in_(sa.select(bank_batches.c.run_id)))
    )
    found = tx.execute(query.group_by(paid.scheme, share.source))
    return {(row.scheme, row.source, "paid"): int(row.fen) for row in found}
