"""Rows of differences and debts.

A room of its own because it sums what was paid over runs, where run_repository.py knows one run.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy.bank_tables import payment_changes
from services.subsidy.difference_tables import debt_entries, debts, differences
from services.subsidy.domain.differences import Difference, period_of
from services.subsidy.domain.run import UNDECIDED
from services.subsidy.tables import run_lines, runs


@dataclass(frozen=True, slots=True)
class Range:
    """The lines that a job looks at: those of a scheme, in these periods and this division."""

    scheme: str
    first: str
    last: str
    region: str


@dataclass(frozen=True, slots=True)
class Debt:
    """What is open of a debt. kept: what this run has kept back of it already."""

    id: str
    person_id: str
    scheme: str
    region: str
    open: Money
    instalment: Money | None
    kept: Money


def approved_lines(
    tx: Transaction, within: Range, after: tuple[str, int], limit: int
) -> Sequence[sa.Row[Any]]:
    """The next regular lines of approved runs, by run and place: what is paid, or is going to be.

    given_up: whether two persons decided that it is never paid.
    """
    line = run_lines.c
    place = (line.run_id, line.seq, line.award_id, line.person_id, line.period)
    query = (
        sa.select(*place, _given_up().label("given_up"))
        .where(
            _regular(within),
            line.region.startswith(RegionCode(within.region).prefix),
            sa.tuple_(line.run_id, line.seq) > after,
        )
        .join(runs, runs.c.run_id == line.run_id)
    )
    return tx.execute(query.order_by(line.run_id, line.seq).limit(limit)).all()


def _given_up() -> sa.ColumnElement[bool]:
    """Whether two persons gave the payment of a line up."""
    line, change = run_lines.c, payment_changes.c
    mine = (change.run_id == line.run_id, change.line == line.seq)
    return sa.exists().where(*mine, change.kind == "give_up", change.state == "approved")


def _regular(within: Range) -> sa.ColumnElement[bool]:
    """Whether a line is the one of its period, of an approved run; that of a difference has a number."""
    first, last = (
        Period.of(Period.parse(each).start, "quarter").text for each in (within.first, within.last)
    )
    return sa.and_(
        runs.c.scheme == within.scheme,
        sa.or_(runs.c.period.between(within.first, within.last), runs.c.period.between(first, last)),
        runs.c.state.not_in([*UNDECIDED, "rejected"]),
        run_lines.c.period.between(within.first, within.last),
        run_lines.c.period.not_like("%+%"),
    )


def had(tx: Transaction, within: Range, people: Collection[str]) -> dict[tuple[str, str], int]:
    """Fen that these people had of each period, by person and period: regular lines with what was kept back
    of them, unless given up, and all differences found, whether paid and recovered yet or not, but for debts
    of what was never paid.
    """
    line, entry, difference = run_lines.c, debt_entries.c, differences.c
    kept = sa.func.coalesce(
        sa.select(sa.func.sum(entry.amount_fen))
        .where(entry.run_id == line.run_id, entry.line == line.seq, entry.kind == "offset")
        .scalar_subquery(),
        0,
    )
    lines = (
        sa.select(line.person_id, line.period, (line.amount_fen + kept).label("fen"))
        .join(runs, runs.c.run_id == line.run_id)
        .where(_regular(within), line.person_id.in_(people), ~_given_up())
    )
    signed = sa.case((difference.kind == "back_pay", difference.amount_fen), else_=-difference.amount_fen)
    not_paid = sa.func.coalesce(
        sa.select(sa.func.sum(entry.amount_fen))
        .where(entry.debt_id == difference.difference_id, entry.kind == "not_paid")
        .scalar_subquery(),
        0,
    )
    found = sa.select(difference.person_id, difference.line_period, signed + not_paid).where(
        difference.scheme == within.scheme,
        difference.person_id.in_(people),
        # Without the number: which sign is lower than a digit is for the database's language to say.
        sa.func.substr(difference.line_period, 1, len(within.last)).between(within.first, within.last),
    )
    sums: dict[tuple[str, str], int] = {}
    for person_id, period, fen in (*tx.execute(lines), *tx.execute(found)):
        key = (person_id, period_of(period))
        sums[key] = sums.get(key, 0) + int(fen)
    return sums


def found_before(tx: Transaction, within: Range, people: Collection[str]) -> dict[tuple[str, str], int]:
    """How many differences were found so far, by person and period."""
    query = sa.select(differences.c.person_id, differences.c.line_period).where(
        differences.c.scheme == within.scheme, differences.c.person_id.in_(people)
    )
    counts: dict[tuple[str, str], int] = {}
    for row in tx.execute(query):
        key = (row.person_id, period_of(row.line_period))
        counts[key] = counts.get(key, 0) + 1
    return counts


def add(tx: Transaction, found: Sequence[Difference], day: date, *, by_other: bool = False) -> None:
    """Insert differences, and a debt for each over-payment. by_other: whether somebody else had the money."""
    tx.insert(
        differences,
        [
            {
                "difference_id": each.id,
                "award_id": each.award_id,
                "person_id": each.person_id,
                "scheme": each.scheme,
                "variant": each.variant,
                "line_period": each.line_period,
                "region": each.region,
                "kind": each.kind,
                "amount_fen": each.amount.fen,
                "due_fen": each.due.fen,
                "decision": json.dumps(each.decision, ensure_ascii=False),
                "found_on": day,
                "recorded_at": tx.now,
            }
            for each in found
        ],
    )
    tx.insert(
        debts,
        [
            {
                "debt_id": each.id,
                "person_id": each.person_id,
                "scheme": each.scheme,
                "region": each.region,
                "amount_fen": each.amount.fen,
                "settled_fen": 0,
                "instalment_fen": None,
                "by_other": by_other,
            }
            for each in found
            if each.kind == "over_payment"
        ],
    )


def unpaid(tx: Transaction, scheme: str, region: str, after: str, limit: int) -> list[Difference]:
    """The next back-pay that no run has a line for, in the order in which it was found."""
    query = sa.select(differences).where(_unpaid(scheme, region), differences.c.difference_id > after)
    return [
        Difference(
            id=row.difference_id,
            award_id=row.award_id,
            person_id=row.person_id,
            scheme=row.scheme,
            variant=row.variant,
            line_period=row.line_period,
            region=row.region,
            kind=row.kind,
            amount=Money(row.amount_fen),
            due=Money(row.due_fen),
            decision=json.loads(row.decision),
        )
        for row in tx.execute(query.order_by(differences.c.difference_id).limit(limit))
    ]


def count_unpaid(tx: Transaction, scheme: str, region: str) -> int:
    """How much back-pay no run has a line for."""
    return tx.execute(sa.select(sa.func.count()).where(_unpaid(scheme, region))).scalar_one()


def unpaid_sums(tx: Transaction, scheme: str, region: str) -> list[tuple[str, Money]]:
    """The back-pay that no run has a line for, summed by division."""
    query = sa.select(differences.c.region, sa.func.sum(differences.c.amount_fen).label("fen"))
    query = query.where(_unpaid(scheme, region)).group_by(differences.c.region)
    return [(row.region, Money(int(row.fen))) for row in tx.execute(query.order_by(differences.c.region))]


def _unpaid(scheme: str, region: str) -> sa.ColumnElement[bool]:
    difference, line = differences.c, run_lines.c
    listed = (
        line.person_id == difference.person_id,
        line.scheme == scheme,
        line.period == difference.line_period,
        line.stands,
    )
    return sa.and_(
        difference.scheme == scheme,
        difference.kind == "back_pay",
        difference.region.startswith(RegionCode(region).prefix),
        ~sa.exists().where(*listed),
    )


def open_debts(tx: Transaction, people: Collection[str], run_id: str) -> list[Debt]:
    """What these people still owe, the oldest first, locked until the commit."""
    query = sa.select(debts).where(
        debts.c.person_id.in_(people),
        debts.c.settled_fen < debts.c.amount_fen,
        sa.not_(debts.c.by_other),
    )
    rows = tx.execute(query.order_by(debts.c.debt_id).with_for_update()).all()
    entry = debt_entries.c
    sums = sa.select(entry.debt_id, sa.func.sum(entry.amount_fen).label("fen")).group_by(entry.debt_id)
    mine = sums.where(entry.run_id == run_id, entry.debt_id.in_([row.debt_id for row in rows]))
    kept = {row.debt_id: int(row.fen) for row in tx.execute(mine)} if rows else {}
    return [
        Debt(
            row.debt_id,
            row.person_id,
            row.scheme,
            row.region,
            Money(row.amount_fen - row.settled_fen),
            None if row.instalment_fen is None else Money(row.instalment_fen),
            Money(kept.get(row.debt_id, 0)),
        )
        for row in rows
    ]


def offset(tx: Transaction, run_id: str, day: date, kept: Sequence[tuple[str, int, Money]]) -> None:
    """Settle debts by what lines of a run keep back. kept: debt, place of the line, amount."""
    by = tx.caller.subject
    tx.insert(
        debt_entries,
        [
            {
                "entry_id": tx.new_id(),
                "ref": None,
                "debt_id": debt_id,
                "kind": "offset",
                "amount_fen": amount.fen,
                "run_id": run_id,
                "line": line,
                "happened_on": day,
                "recorded_by": by,
                "recorded_at": tx.now,
            }
            for debt_id, line, amount in kept
        ],
    )
    settle(tx, [(debt_id, amount) for debt_id, _, amount in kept])


def settle(tx: Transaction, amounts: Sequence[tuple[str, Money]]) -> None:
    """Take amounts off debts; the database refuses to take off more than is open."""
    statement = sa.update(debts).where(debts.c.debt_id == sa.bindparam("id"))
    statement = statement.values(settled_fen=debts.c.settled_fen + sa.bindparam("fen"))
    if amounts:
        tx.execute(statement, [{"id": debt_id, "fen": amount.fen} for debt_id, amount in amounts])


def offset_of(tx: Transaction, run_id: str) -> dict[str, Money]:
    """What the lines of a run keep back in all, by the scheme of the debts."""
    query = sa.select(debts.c.scheme, sa.func.sum(debt_entries.c.amount_fen).label("fen"))
    query = query.join(debts, debts.c.debt_id == debt_entries.c.debt_id)
    rows = tx.execute(query.where(debt_entries.c.run_id == run_id).group_by(debts.c.scheme))
    return {row.scheme: Money(int(row.fen)) for row in rows}
