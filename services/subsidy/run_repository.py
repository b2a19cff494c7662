"""Rows of runs, their lines, payments and the ledger.

A room of its own because runs have as many statements as all the rest of the service, in repository.py.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from kernel.errors import NotFound
from kernel.money import Money
from services.subsidy.domain.award import Trace
from services.subsidy.domain.frozen_list import Line
from services.subsidy.domain.run import OPEN, Run
from services.subsidy.tables import payments, run_lines, run_shares, runs


def get(tx: Transaction, run_id: str) -> Run:
    """The run with this identifier. Raises NotFound("subsidy.unknown_run")."""
    return _one(tx, runs.c.run_id == run_id)


def visible(tx: Transaction, run_id: str) -> Run:
    """The same of a run in the caller's regions; any other is as unknown as one that does not exist."""
    return _one(tx, sa.and_(runs.c.run_id == run_id, tx.scope(runs.c.region)))


def those(tx: Transaction, run_ids: Collection[str]) -> dict[str, Run]:
    """Runs by identifier."""
    return _some(tx, runs.c.run_id.in_(run_ids))


def those_visible(tx: Transaction, run_ids: Collection[str]) -> dict[str, Run]:
    """The same of runs in the caller's regions."""
    return _some(tx, sa.and_(runs.c.run_id.in_(run_ids), tx.scope(runs.c.region)))


def _some(tx: Transaction, condition: sa.ColumnElement[bool]) -> dict[str, Run]:
    return {row.run_id: _run(row) for row in tx.execute(sa.select(runs).where(condition))}


def _one(tx: Transaction, condition: sa.ColumnElement[bool]) -> Run:
    row = tx.execute(sa.select(runs).where(condition)).one_or_none()
    if row is None:
        raise NotFound(
            "subsidy.unknown_run",
            "There is no such run, or it lies outside the caller's regions.",
            field="run_id",
        )
    return _run(row)


def latest(tx: Transaction, scheme: str, period: str, region: str) -> Run | None:
    """The open run of a scheme, a period and a division, else the last one instructed; none rejected."""
    query = (
        sa.select(runs)
        .where(runs.c.scheme == scheme, runs.c.period == period, runs.c.region == region)
        .where(runs.c.state != "rejected")
        .order_by(runs.c.state.in_(OPEN).desc(), runs.c.planned_at.desc(), runs.c.run_id.desc())
        .limit(1)
    )
    row = tx.execute(query).one_or_none()
    return _run(row) if row else None


def lock_planned(tx: Transaction, scheme: str) -> None:
    """Lock the runs of a scheme that are being planned until the commit: of several that would list the same
    award or back-pay, the later one finds it taken.
    """
    query = sa.select(runs.c.run_id).where(runs.c.scheme == scheme, runs.c.state == "planning")
    # In the order of their keys, or two transactions could wait for each other.
    tx.execute(query.order_by(runs.c.run_id).with_for_update(key_share=True)).all()


def add(tx: Transaction, run: Run) -> None:
    """Insert a run that is being planned."""
    tx.execute(
        sa.insert(runs).values(
            run_id=run.id,
            scheme=run.scheme,
            period=run.period,
            region=run.region,
            pay_on=run.pay_on,
            state=run.state,
            lines=run.lines,
            paid_lines=run.paid_lines,
            amount_fen=run.amount.fen,
            planned_by=run.planned_by,
            planned_at=tx.now,
        )
    )


def move(tx: Transaction, run_id: str, before: str, after: str, **values: Any) -> bool:
    """Move a run from one state to another; false when it isn't in the first, and nothing is changed."""
    statement = sa.update(runs).where(runs.c.run_id == run_id, runs.c.state == before)
    return tx.execute(statement.values(state=after, **values)).rowcount == 1


def told(decision: Trace) -> str:
    """A rate applied as a line keeps it."""
    return json.dumps(decision, ensure_ascii=False)


def add_lines(tx: Transaction, run: Run, lines: Sequence[tuple[Line, str, str]]) -> None:
    """Append lines, each with its division and the rate applied as told, and add them to the run's sums."""
    tx.insert(
        run_lines,
        [
            {
                "run_id": run.id,
                "seq": line.seq,
                "award_id": line.award_id,
                "person_id": line.person_id,
                "scheme": run.scheme,
                "variant": line.variant,
                "period": line.period,
                "region": region,
                "amount_fen": line.amount.fen,
                "decision": decision,
            }
            for line, region, decision in lines
        ],
    )
    shares = [
        {"run_id": run.id, "seq": line.seq, "source": source, "amount_fen": part.fen}
        for line, _, _ in lines
        for source, part in line.shares.items()
    ]
    tx.insert(run_shares, shares)
    amount = sum(line.amount.fen for line, _, _ in lines)
    tx.execute(
        sa.update(runs)
        .where(runs.c.run_id == run.id)
        .values(lines=runs.c.lines + len(lines), amount_fen=runs.c.amount_fen + amount)
    )


LINE = tuple(
    run_lines.c[name]
    for name in ("seq", "award_id", "person_id", "variant", "period", "amount_fen", "region")
)
"""What lines_of needs; the texts of the decisions are most of a line, and nobody reads a million of them."""


def lines_after(tx: Transaction, run_id: str, seq: int, limit: int) -> list[tuple[Line, str]]:
    """The lines that follow a place in the list, in order, each with its division."""
    following = sa.and_(run_lines.c.run_id == run_id, run_lines.c.seq > seq)
    rows = tx.execute(sa.select(*LINE).where(following).order_by(run_lines.c.seq).limit(limit)).all()
    if not rows:
        return []
    between = run_shares.c.seq.between(rows[0].seq, rows[-1].seq)
    shares = sa.select(run_shares).where(run_shares.c.run_id == run_id, between)
    return lines_of(rows, tx.execute(shares).all())


def lines_of(rows: Iterable[sa.Row[Any]], shares: Iterable[sa.Row[Any]]) -> list[tuple[Line, str]]:
    """Lines of one run with their shares, each with its division."""
    parts: dict[int, dict[str, Money]] = {}
    for share in shares:
        parts.setdefault(share.seq, {})[share.source] = Money(share.amount_fen)
    return [
        (
            Line(
                row.seq,
                row.award_id,
                row.person_id,
                row.variant,
                Money(row.amount_fen),
                parts.get(row.seq, {}),
                row.period,
            ),
            row.region,
        )
        for row in rows
    ]


def borne(tx: Transaction, run_id: str) -> list[tuple[str, str, Money]]:
    """What each source bears of the run in each division: division, source, amount."""
    line, share = run_lines.c, run_shares.c
    query = (
        sa.select(line.region, share.source, sa.func.sum(share.amount_fen).label("fen"))
        .join(run_shares, sa.and_(share.run_id == line.run_id, share.seq == line.seq))
        .where(line.run_id == run_id)
        .group_by(line.region, share.source)
        .order_by(line.region, share.source)
    )
    return [(row.region, row.source, Money(int(row.fen))) for row in tx.execute(query)]


def free_lines(tx: Transaction, run_id: str) -> None:
    """Let the lines of a run stand no more, so that others may take their places."""
    tx.execute(sa.update(run_lines).where(run_lines.c.run_id == run_id).values(stands=False))


def shares_of(tx: Transaction, run_id: str) -> dict[str, Money]:
    """What each source bears of the run so far."""
    query = sa.select(run_shares.c.source, sa.func.sum(run_shares.c.amount_fen).label("fen"))
    rows = tx.execute(query.where(run_shares.c.run_id == run_id).group_by(run_shares.c.source))
    return {row.source: Money(int(row.fen)) for row in rows}


def add_payments(tx: Transaction, run: Run, paid: Mapping[str, tuple[Line, date, str | None]]) -> None:
    """Insert payments, each with its day and what was taken back before, and count them in the run."""
    rows = [
        {
            "payment_id": new_id,
            "run_id": run.id,
            "seq": line.seq,
            "person_id": line.person_id,
            "scheme": run.scheme,
            "period": line.period,
            "amount_fen": line.amount.fen,
            "paid_on": paid_on,
            "recorded_at": tx.now,
            "take_back_id": take_back_id,
        }
        for new_id, (line, paid_on, take_back_id) in paid.items()
    ]
    tx.insert(payments, rows)
    counted = {"paid_lines": runs.c.paid_lines + len(paid)}
    tx.execute(sa.update(runs).where(runs.c.run_id == run.id).values(counted))


def close_if_paid(tx: Transaction, *run_ids: str) -> None:
    """Close each of these instructed runs whose last line is paid or given up."""
    done = sa.and_(runs.c.state == "instructed", runs.c.paid_lines + runs.c.given_up_lines == runs.c.lines)
    tx.execute(sa.update(runs).where(runs.c.run_id.in_(run_ids), done).values(state="paid"))


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=row.run_id,
        scheme=row.scheme,
        period=row.period,
        region=row.region,
        pay_on=row.pay_on,
        state=row.state,
        lines=row.lines,
        paid_lines=row.paid_lines,
        amount=Money(row.amount_fen),
        list_hash=row.list_hash,
        planned_by=row.planned_by,
        approved_by=row.approved_by,
        given_up_lines=row.given_up_lines,
        rejected_by=row.rejected_by,
        rejected_because=row.rejected_because,
    )
