"""The bank's files of this office: layouts, and a batch as its file. Accounts are opened here alone."""

from hashlib import sha256
from pathlib import Path

from chassis.transaction import Transaction
from kernel.errors import NotFound
from kernel.masking import BankAccount
from kernel.money import Money
from services.subsidy import bank_repository
from services.subsidy.bank_tables import HOLDER, NUMBER
from services.subsidy.domain import bank_file, bank_layout
from services.subsidy.domain.bank_file import Batch, Order
from services.subsidy.domain.bank_layout import Layout

# Read at once: a layout that is wrong stops the start, not the first payment.
_LAYOUTS = {
    path.stem: bank_layout.load(path) for path in (Path(__file__).parents[1] / "rules").glob("layouts/*.yaml")
}


def layout(code: str) -> Layout:
    """The layout of that name. Raises NotFound("subsidy.unknown_layout")."""
    if code not in _LAYOUTS:
        raise NotFound(
            "subsidy.unknown_layout", f"Rule payment.layout names {code}, which is not in rules/layouts."
        )
    return _LAYOUTS[code]


def reasons() -> set[str]:
    """Why a bank may return a payment, by the layouts."""
    return {reason for each in _LAYOUTS.values() for reason in each.reasons.values()} | {bank_layout.OTHER}


def render(tx: Transaction, batch: Batch) -> tuple[bytes, str]:
    """The bytes of a batch's file and their hash. What is read in plain is for the caller to audit."""
    orders = (
        Order(
            row.seq,
            row.instruction_id,
            BankAccount(NUMBER.open(tx.vault, row.account_id, row.number)),
            HOLDER.open(tx.vault, row.account_id, row.holder),
            Money(row.amount_fen),
        )
        for row in bank_repository.orders(tx, batch.id)
    )
    content = bank_file.render(layout(batch.layout), batch, orders)
    return content, sha256(content).hexdigest()
