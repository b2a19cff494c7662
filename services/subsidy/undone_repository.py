"""Rows of debts that a payment which is given up has changed.

A room of its own because difference_repository.py is what was found, and this what becomes of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.money import Money
from services.subsidy import difference_repository
from services.subsidy.difference_tables import debt_entries, debts, differences
from services.subsidy.domain.differences import period_of


@dataclass(slots=True)
class Standing:
    """A debt as it stands while it is put right. period: the one that was paid too much. left: still owed."""

    id: str
    person_id: str
    region: str
    period: str
    left: Money


@dataclass(frozen=True, slots=True)
class Undone:
    """One entry. line: the place of the line given up. left: what is owed of the debt after it."""

    debt: Standing
    line: int
    kind: Literal["reopened", "not_paid"]
    amount: Money
    left: Money


def standing(tx: Transaction, scheme: str, people: Collection[str]) -> dict[str, Standing]:
    """The debts of these people to a scheme, settled or not, by identifier, locked until the commit."""
    return _standing(tx, debts.c.scheme == scheme, debts.c.person_id.in_(people))


def _standing(tx: Transaction, *conditions: sa.ColumnElement[bool]) -> dict[str, Standing]:
    query = (
        sa.select(debts, differences.c.line_period)
        .join(differences, differences.c.difference_id == debts.c.debt_id)
        .where(*conditions)
        # In the order of their keys, or two transactions could wait for each other.
        .order_by(debts.c.debt_id)
        .with_for_update(of=debts)
    )
    return {
        row.debt_id: Standing(
            row.debt_id,
            row.person_id,
            row.region,
            period_of(row.line_period),
            Money(row.amount_fen - row.settled_fen),
        )
        for row in tx.execute(query)
    }


def kept_by(tx: Transaction, run_id: str) -> list[tuple[Standing, int, Money]]:
    """All that the lines of a run kept back: the debt, locked until the commit, place of the line, amount."""
    entry = debt_entries.c
    query = sa.select(entry.debt_id, entry.line, entry.amount_fen).where(
        entry.run_id == run_id, entry.kind == "offset"
    )
    rows = tx.execute(query.order_by(entry.entry_id)).all()
    debts_by_id = _standing(tx, debts.c.debt_id.in_({row.debt_id for row in rows}))
    return [(debts_by_id[row.debt_id], row.line, Money(row.amount_fen)) for row in rows]


def kept_back(tx: Transaction, run_id: str, places: Collection[int]) -> list[tuple[str, int, Money]]:
    """What these lines of a run kept back: debt, place of the line, amount."""
    entry = debt_entries.c
    query = sa.select(entry.debt_id, entry.line, entry.amount_fen).where(
        entry.run_id == run_id, entry.line.in_(places), entry.kind == "offset"
    )
    rows = tx.execute(query.order_by(entry.entry_id))
    return [(row.debt_id, row.line, Money(row.amount_fen)) for row in rows]


def add(tx: Transaction, run_id: str, undone: Sequence[Undone], days: Mapping[int, date]) -> list[str]:
    """Write entries down, each with the day of its line, and put the debts right; tells their identifiers."""
    ids = [tx.new_id() for _ in undone]
    rows = [
        {
            "entry_id": entry_id,
            "ref": None,
            "debt_id": each.debt.id,
            "kind": each.kind,
            "amount_fen": each.amount.fen,
            "run_id": run_id,
            "line": each.line,
            "happened_on": days[each.line],
            "recorded_by": tx.caller.subject,
            "recorded_at": tx.now,
        }
        for entry_id, each in zip(ids, undone, strict=True)
    ]
    tx.insert(debt_entries, rows)
    signed = [(each.debt.id, -each.amount if each.kind == "reopened" else each.amount) for each in undone]
    difference_repository.settle(tx, signed)
    return ids
