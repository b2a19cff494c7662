"""Rows of the ledger.

A room of its own because runs, the bank and debts all book, and the books are read as one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.subsidy.domain.ledger import Transfer
from services.subsidy.tables import ledger, runs


def post(
    tx: Transaction, run_id: str | None, entries: Iterable[tuple[str, str, date, Sequence[Transfer]]]
) -> None:
    """Book transfers of a run, or of none, given by transaction, division and day."""
    post_of_runs(tx, ((run_id, *entry) for entry in entries))


def post_of_runs(
    tx: Transaction, entries: Iterable[tuple[str | None, str, str, date, Sequence[Transfer]]]
) -> None:
    """The same of several runs, each entry with its own."""
    rows = [
        {
            "transaction_id": transaction_id,
            "debit_account": transfer.debit,
            "credit_account": transfer.credit,
            "amount_fen": transfer.amount.fen,
            "region": region,
            "posted_on": day,
            "recorded_at": tx.now,
            "run_id": run_id,
        }
        for run_id, transaction_id, region, day, transfers in entries
        for transfer in transfers
    ]
    tx.insert(ledger, rows)


def balances(tx: Transaction, run_id: str | None = None) -> Sequence[sa.Row[Any]]:
    """Sums of debit and credit by account, in the caller's regions, or of one run: rows of account, debit,
    credit in fen.
    """
    inside = tx.scope(ledger.c.region) if run_id is None else ledger.c.run_id == run_id
    fen, none = ledger.c.amount_fen, sa.literal(0, sa.BigInteger)
    debits = sa.select(ledger.c.debit_account.label("account"), fen.label("debit"), none.label("credit"))
    credits_ = sa.select(ledger.c.credit_account, none, fen)
    both = sa.union_all(debits.where(inside), credits_.where(inside)).subquery()
    query = sa.select(
        both.c.account, sa.func.sum(both.c.debit).label("debit"), sa.func.sum(both.c.credit).label("credit")
    )
    return tx.execute(query.group_by(both.c.account).order_by(both.c.account)).all()


@dataclass(frozen=True, slots=True)
class BookedRun:
    """What was booked of one run. entries: debit, credit and sum in fen."""

    scheme: str
    period: str
    region: str
    entries: list[tuple[str, str, int]]


def booked_for(tx: Transaction, year: str) -> list[BookedRun]:
    """What was booked of the runs for a year's periods, in the caller's regions."""
    entry = ledger.c
    query = (
        sa.select(
            *(runs.c.run_id, runs.c.scheme, runs.c.period, runs.c.region),
            *(entry.debit_account, entry.credit_account, sa.func.sum(entry.amount_fen).label("fen")),
        )
        .join(runs, runs.c.run_id == entry.run_id)
        .where(runs.c.period.startswith(year), tx.scope(runs.c.region))
        .group_by(runs.c.run_id, entry.debit_account, entry.credit_account)
    )
    found: dict[str, BookedRun] = {}
    for row in tx.execute(query):
        run = found.setdefault(row.run_id, BookedRun(row.scheme, row.period, row.region, []))
        run.entries.append((row.debit_account, row.credit_account, int(row.fen)))
    return [*found.values()]
