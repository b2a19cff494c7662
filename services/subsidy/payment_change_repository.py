"""Rows of payments that are given up or came back.

A room of its own because they are asked for and decided on, while the bank's own answers are for good.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy import run_repository
from services.subsidy.bank_tables import bank_answers, held_payments, instructions, payment_changes
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.funding import Fund
from services.subsidy.domain.run import Run
from services.subsidy.fund_tables import fund_allotments
from services.subsidy.tables import payments, run_lines, run_shares, runs

Row = dict[str, Any]


def held(tx: Transaction, ids: Collection[str], *, lock: bool = False) -> dict[str, Row]:
    """Payments held up in the caller's regions: run_id, line, region, since, open."""
    row = held_payments.c
    query = sa.select(
        row.id,
        row.run_id,
        row.line,
        row.region,
        row.held_on.label("since"),
        (row.state == "open").label("open"),
    ).where(row.id.in_(ids), tx.scope(row.region))
    if lock:
        query = query.order_by(row.id).with_for_update()
    return {found["id"]: dict(found) for found in tx.execute(query).mappings()}


def instructed(tx: Transaction, ids: Collection[str]) -> dict[str, Row]:
    """Instructions in the caller's regions: the same, open once paid, and account_id."""
    row, answer = instructions.c, bank_answers.c
    query = (
        sa.select(
            *(row.id, row.run_id, row.line, row.region, row.account_id),
            answer.settled_on.label("since"),
            sa.func.coalesce(answer.paid, sa.false()).label("open"),
        )
        .outerjoin(bank_answers, answer.instruction_id == row.id)
        .where(row.id.in_(ids), tx.scope(row.region))
    )
    return {found["id"]: dict(found) for found in tx.execute(query).mappings()}


def changes(
    tx: Transaction, key: sa.ColumnElement[str], values: Collection[str], *, lock: bool = False
) -> dict[str, Row]:
    """Changes by their reference, or by that of their decision."""
    query = sa.select(payment_changes).where(key.in_(values)).order_by(payment_changes.c.id)
    rows = tx.execute(query.with_for_update() if lock else query).mappings()
    return {row[key.name]: dict(row) for row in rows}


def target_of(row: Row | sa.RowMapping) -> str:
    """What a change is about: a payment held up, or an instruction that was paid."""
    return str(row["held_id"] or row["instruction_id"])


def asked(tx: Transaction, targets: Collection[str]) -> set[str]:
    """Those of the targets for which a change was asked, and not rejected."""
    change = payment_changes.c
    query = sa.select(change.held_id, change.instruction_id).where(
        sa.or_(change.held_id.in_(targets), change.instruction_id.in_(targets)), change.state != "rejected"
    )
    return {target_of(row) for row in tx.execute(query).mappings()}


def owed_again(tx: Transaction, run_id: str) -> dict[int, str]:
    """By the line, what the bank took back and has not paid again."""
    change = payment_changes.c
    used = sa.exists().where(payments.c.take_back_id == change.id)
    query = sa.select(change.line, change.id).where(
        change.run_id == run_id, change.kind == "take_back", change.state == "approved", ~used
    )
    return {row.line: row.id for row in tx.execute(query)}


def save(tx: Transaction, decided: Sequence[Row]) -> None:
    """Note decisions."""
    names = ("state", "decision_ref", "decided_by", "decided_at")
    rows = [{"change": row["id"], **{name: row[name] for name in names}} for row in decided]
    if rows:
        tx.execute(sa.update(payment_changes).where(payment_changes.c.id == sa.bindparam("change")), rows)


def lines(tx: Transaction, change_ids: Collection[str]) -> dict[tuple[str, int], tuple[Run, Line]]:
    """The lines that changes are about, by run and place, each with its run."""
    change = payment_changes.c
    mine = change.id.in_(change_ids)
    listed = tx.execute(
        sa.select(run_lines)
        .join(payment_changes, sa.and_(change.run_id == run_lines.c.run_id, change.line == run_lines.c.seq))
        .where(mine)
    ).all()
    shares = tx.execute(
        sa.select(run_shares)
        .join(payment_changes, sa.and_(change.run_id == run_shares.c.run_id, change.line == run_shares.c.seq))
        .where(mine)
    ).all()
    found = {}
    for run in run_repository.those(tx, {row.run_id for row in listed}).values():
        own = run_repository.lines_of(
            [row for row in listed if row.run_id == run.id], [row for row in shares if row.run_id == run.id]
        )
        found.update({(run.id, line.seq): (run, line) for line, _ in own})
    return found


def give_up(tx: Transaction, held_ids: Collection[str]) -> None:
    """Take payments off the work list for good."""
    tx.execute(sa.update(held_payments).where(held_payments.c.id.in_(held_ids)).values(state="given_up"))


def count(tx: Transaction, given_up: Mapping[str, int], taken_back: Mapping[str, int]) -> None:
    """Count in runs what is never paid, and what was paid and came back; a paid run is open again then."""
    back: sa.BindParameter[int] = sa.bindparam("back", type_=sa.Integer)
    reopened = sa.and_(runs.c.state == "paid", back > 0)
    statement = (
        sa.update(runs)
        .where(runs.c.run_id == sa.bindparam("run"))
        .values(
            given_up_lines=runs.c.given_up_lines + sa.bindparam("given_up"),
            paid_lines=runs.c.paid_lines - back,
            state=sa.case((reopened, "instructed"), else_=runs.c.state),
        )
    )
    # In the order of their keys, or two transactions could wait for each other.
    rows = [
        {"run": run_id, "given_up": given_up.get(run_id, 0), "back": taken_back.get(run_id, 0)}
        for run_id in sorted({*given_up, *taken_back})
    ]
    tx.execute(statement, rows)


def lock_drawn(tx: Transaction, scheme: str, year: str, sources: Iterable[str]) -> list[Fund]:
    """The allotments of these sources, each with what has been drawn of it, locked until the commit."""
    fund = fund_allotments.c
    query = sa.select(fund_allotments).where(
        fund.scheme == scheme, fund.year == year, fund.source.in_(list(sources))
    )
    rows = tx.execute(query.order_by(fund.allotted_on, fund.allotment_id).with_for_update())
    return [Fund(row.allotment_id, row.source, RegionCode(row.region), Money(row.drawn_fen)) for row in rows]
