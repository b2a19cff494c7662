"""Rows of money made available: allotments, what is taken back of them, and what payments draw."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.domain.funding import Allotment, Fund, Withdrawal
from services.subsidy.fund_tables import fund_allotments, fund_withdrawals


def allotments(tx: Transaction, refs: Collection[str]) -> dict[str, Allotment]:
    """The allotments with these numbers, by number."""
    query = sa.select(fund_allotments).where(fund_allotments.c.ref.in_(refs))
    return {row.ref: _allotment(row) for row in tx.execute(query)}


def lock_allotments(tx: Transaction, refs: Collection[str]) -> dict[str, tuple[Allotment, Money]]:
    """Those of them in the caller's regions, each with what is left of it, locked until the commit."""
    fund = fund_allotments.c
    query = sa.select(fund_allotments).where(fund.ref.in_(refs), tx.scope(fund.region))
    rows = tx.execute(query.order_by(fund.allotted_on, fund.allotment_id).with_for_update())
    return {row.ref: (_allotment(row), _left(row)) for row in rows}


def _allotment(row: sa.Row[Any]) -> Allotment:
    return Allotment(
        id=row.allotment_id,
        ref=row.ref,
        scheme=row.scheme,
        source=row.source,
        region=row.region,
        year=row.year,
        amount=Money(row.amount_fen),
        document=row.document,
        allotted_on=row.allotted_on,
    )


def _left(row: sa.Row[Any]) -> Money:
    return Money(row.amount_fen - row.drawn_fen - row.withdrawn_fen)


def add_allotments(tx: Transaction, new: Sequence[Allotment]) -> None:
    """Insert allotments, untouched so far."""
    rows = [
        {
            "allotment_id": allotment.id,
            "ref": allotment.ref,
            "scheme": allotment.scheme,
            "source": allotment.source,
            "region": allotment.region,
            "year": allotment.year,
            "amount_fen": allotment.amount.fen,
            "drawn_fen": 0,
            "document": allotment.document,
            "allotted_on": allotment.allotted_on,
            "recorded_at": tx.now,
        }
        for allotment in new
    ]
    if rows:
        tx.execute(sa.insert(fund_allotments), rows)


def withdrawals(tx: Transaction, refs: Collection[str]) -> dict[str, Withdrawal]:
    """The withdrawals with these numbers, by number."""
    query = sa.select(fund_withdrawals).where(fund_withdrawals.c.ref.in_(refs))
    return {
        row.ref: Withdrawal(
            id=row.withdrawal_id,
            ref=row.ref,
            allotment_id=row.allotment_id,
            amount=Money(row.amount_fen),
            document=row.document,
            withdrawn_on=row.withdrawn_on,
        )
        for row in tx.execute(query)
    }


def add_withdrawals(tx: Transaction, new: Sequence[Withdrawal]) -> None:
    """Insert withdrawals; the database refuses to take more than no payment has drawn."""
    rows = [
        {
            "withdrawal_id": withdrawal.id,
            "ref": withdrawal.ref,
            "allotment_id": withdrawal.allotment_id,
            "amount_fen": withdrawal.amount.fen,
            "document": withdrawal.document,
            "withdrawn_on": withdrawal.withdrawn_on,
            "recorded_by": tx.caller.subject,
            "recorded_at": tx.now,
        }
        for withdrawal in new
    ]
    tx.insert(fund_withdrawals, rows)
    fund = fund_allotments.c
    less = sa.update(fund_allotments).where(fund.allotment_id == sa.bindparam("id"))
    less = less.values(withdrawn_fen=fund.withdrawn_fen + sa.bindparam("fen"))
    if new:
        tx.execute(less, [{"id": each.allotment_id, "fen": each.amount.fen} for each in new])


def allotted(tx: Transaction, year: str) -> dict[tuple[str, str], int]:
    """Fen made available for a year and not taken back, by scheme and source, in the caller's regions."""
    fund = fund_allotments.c
    stands = sa.func.sum(fund.amount_fen - fund.withdrawn_fen)
    query = sa.select(fund.scheme, fund.source, stands.label("fen"))
    query = query.where(fund.year == year, tx.scope(fund.region)).group_by(fund.scheme, fund.source)
    return {(row.scheme, row.source): int(row.fen) for row in tx.execute(query)}


def lock_funds(tx: Transaction, scheme: str, year: str, sources: Sequence[str]) -> list[Fund]:
    """The same as funds, locked until the commit."""
    return funds(tx, scheme, year, sources, lock=True)


def funds(
    tx: Transaction, scheme: str, year: str, sources: Sequence[str], *, lock: bool = False
) -> list[Fund]:
    """The allotments of these sources in the order of their use, with what is left of each."""
    table = fund_allotments
    query = (
        sa.select(table)
        .where(table.c.scheme == scheme, table.c.year == year, table.c.source.in_(sources))
        .order_by(table.c.allotted_on, table.c.allotment_id)
    )
    if lock:
        query = query.with_for_update()
    rows = sorted(tx.execute(query), key=lambda row: sources.index(row.source))
    return [Fund(row.allotment_id, row.source, RegionCode(row.region), _left(row)) for row in rows]


def draw_funds(tx: Transaction, drawn: Mapping[str, Money]) -> None:
    """Take amounts from allotments, or give them back; the database refuses to take more than there is."""
    table = fund_allotments
    statement = (
        sa.update(table)
        .where(table.c.allotment_id == sa.bindparam("id"))
        .values(drawn_fen=table.c.drawn_fen + sa.bindparam("fen"))
    )
    if drawn:
        tx.execute(statement, [{"id": id_, "fen": amount.fen} for id_, amount in drawn.items()])
