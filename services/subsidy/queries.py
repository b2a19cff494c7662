"""What can be asked of the subsidy service."""

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from services.subsidy import replies, run_repository


def find_disbursement(tx: Transaction, message: messages.FindDisbursement) -> messages.DisbursementRun:
    """A run with its progress. Raises NotFound("subsidy.unknown_run"), Forbidden("access.region")."""
    run = run_repository.get(tx, message.run_id)
    tx.within(run.region)
    return replies.disbursement(run, run_repository.shares_of(tx, run.id))


def trial_balance(tx: Transaction, _message: messages.TrialBalance) -> messages.Balances:
    """Debit and credit of every account, of the entries in the caller's regions."""
    return messages.Balances(
        accounts=[
            messages.AccountBalance(
                account=row.account, debit=str(Money(int(row.debit))), credit=str(Money(int(row.credit)))
            )
            for row in run_repository.balances(tx)
        ]
    )
