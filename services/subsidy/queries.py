"""What can be asked of the subsidy service."""

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from kernel.periods import Period
from services.subsidy import (
    ledger_repository,
    reconciliation_repository,
    replies,
    run_repository,
)
from services.subsidy.tables import runs


def find_disbursement(tx: Transaction, message: messages.FindDisbursement) -> messages.DisbursementRun:
    """A run with its progress. Raises NotFound("subsidy.unknown_run")."""
    run = run_repository.visible(tx, message.run_id)
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def trial_balance(tx: Transaction, message: messages.TrialBalance) -> messages.Balances:
    """Debit and credit of every account, of the entries in the caller's regions, or of one run's.

    Raises NotFound("subsidy.unknown_run").
    """
    if message.run_id is not None:
        run_repository.visible(tx, message.run_id)
    return messages.Balances(
        accounts=[
            messages.AccountBalance(
                account=row.account, debit=str(Money(int(row.debit))), credit=str(Money(int(row.credit)))
            )
            for row in ledger_repository.balances(tx, message.run_id)
        ]
    )


def reconcile(tx: Transaction, message: messages.Reconcile) -> messages.Reconciliation:
    """What books, bank and payments tell of a period."""
    period = Period.parse(message.period)
    found = reconciliation_repository.reconciled(tx, period.start, period.end, tx.scope(runs.c.region))
    steps = [
        messages.ReconciledStep(
            scheme=step.scheme,
            source=step.source,
            step=step.step,
            ledger=str(step.ledger),
            bank=str(step.bank),
            payments=None if step.payments is None else str(step.payments),
        )
        for step in found
    ]
    differing = (told for told, step in zip(steps, found, strict=True) if step.differs)
    return messages.Reconciliation(steps=steps, first_difference=next(differing, None))
