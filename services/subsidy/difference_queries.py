"""What can be asked of differences and debts.

A room of its own because they are of many runs, where queries.py asks about one, or about the books.
"""

import json
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy import replies
from services.subsidy.difference_tables import debts, differences
from services.subsidy.domain.differences import period_of
from services.subsidy.tables import run_lines


def list_differences(tx: Transaction, message: messages.ListDifferences) -> messages.DifferencePage:
    """Differences of a scheme, in the order in which they were found."""
    difference, line = differences.c, run_lines.c
    paid_by = sa.and_(
        line.person_id == difference.person_id,
        line.scheme == difference.scheme,
        line.period == difference.line_period,
        line.stands,
    )
    query = (
        sa.select(differences, line.run_id)
        .outerjoin(run_lines, paid_by)
        .where(difference.scheme == message.scheme, tx.scope(difference.region))
        .order_by(difference.difference_id)
        .limit(message.limit + 1)
    )
    if message.person_id is not None:
        query = query.where(difference.person_id == message.person_id)
    if message.after is not None:
        query = query.where(difference.difference_id > message.after)
    rows = tx.execute(query).all()
    return messages.DifferencePage(
        differences=[_shown(row) for row in rows[: message.limit]],
        after=rows[message.limit - 1].difference_id if len(rows) > message.limit else None,
    )


def _shown(row: sa.Row[Any]) -> messages.DifferenceView:
    return messages.DifferenceView(
        difference_id=row.difference_id,
        award_id=row.award_id,
        person_id=row.person_id,
        scheme=row.scheme,
        period=period_of(row.line_period),
        region=row.region,
        kind=row.kind,
        amount=str(Money(row.amount_fen)),
        due=str(Money(row.due_fen)),
        found_on=row.found_on,
        run_id=row.run_id,
        reasons=replies.rule_steps(json.loads(row.decision)),
    )


def list_debts(tx: Transaction, message: messages.ListDebts) -> messages.DebtPage:
    """Debts of a scheme, in the order in which they arose."""
    debt = debts.c
    query = sa.select(debts).where(debt.scheme == message.scheme, tx.scope(debt.region))
    if message.person_id is not None:
        query = query.where(debt.person_id == message.person_id)
    if message.open_only:
        query = query.where(debt.settled_fen < debt.amount_fen)
    if message.after is not None:
        query = query.where(debt.debt_id > message.after)
    rows = tx.execute(query.order_by(debt.debt_id).limit(message.limit + 1)).all()
    return messages.DebtPage(
        debts=[
            messages.DebtView(
                debt_id=row.debt_id,
                person_id=row.person_id,
                scheme=row.scheme,
                region=row.region,
                amount=str(Money(row.amount_fen)),
                settled=str(Money(row.settled_fen)),
                by_other=row.by_other,
                instalment=None if row.instalment_fen is None else str(Money(row.instalment_fen)),
            )
            for row in rows[: message.limit]
        ],
        after=rows[message.limit - 1].debt_id if len(rows) > message.limit else None,
    )
