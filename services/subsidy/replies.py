"""Entities as the contracts show them.

A room of its own because handlers and queries answer with the same replies.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

import sqlalchemy as sa

from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy.domain.award import Benefit, Trace
from services.subsidy.domain.run import Run


def sources(shares: Mapping[str, Money]) -> list[messages.SourceShare]:
    """The shares in the order in which the contract names the sources."""
    return [
        messages.SourceShare(source=source, amount=str(shares[source]))
        for source in get_args(messages.FundSource)
        if source in shares
    ]


def benefits(stated: Mapping[str, str]) -> tuple[Benefit, ...]:
    """The other way: benefits as the contract states them, by name with an amount or none."""
    return tuple(Benefit(code, Money.yuan(amount) if amount else None) for code, amount in stated.items())


def disbursement(run: Run, shares: Mapping[str, Money]) -> messages.DisbursementRun:
    """A run as it stands."""
    return messages.DisbursementRun(
        run_id=run.id,
        scheme=run.scheme,
        period=run.period,
        region=run.region,
        state=run.state,
        lines=run.lines,
        paid_lines=run.paid_lines,
        amount=str(run.amount),
        sources=sources(shares),
        list_hash=run.list_hash,
        planned_by=run.planned_by,
        approved_by=run.approved_by,
        given_up_lines=run.given_up_lines,
        rejected_by=run.rejected_by,
        rejected_because=run.rejected_because,
    )


def receipt(row: sa.Row[Any], run_id: str, outcome: Literal["created", "unchanged"]) -> messages.BankReceipt:
    """What a receipt file came to."""
    return messages.BankReceipt(
        receipt_id=row.id,
        batch_id=row.batch_id,
        run_id=run_id,
        outcome=outcome,
        paid_lines=row.paid_lines,
        paid_amount=str(Money(row.paid_fen)),
        returned_lines=row.returned_lines,
        returned_amount=str(Money(row.returned_fen)),
    )


def rule_steps(trace: Trace) -> list[messages.RuleStep]:
    """A decision's rules as they were applied."""
    return [
        messages.RuleStep(
            rule=each["rule"],
            value=each["value"],
            valid_from=date.fromisoformat(each["from"]),
            document=each["document"],
            text=each.get("zh", ""),  # awards of before the sentences were kept have none
        )
        for each in trace
    ]
