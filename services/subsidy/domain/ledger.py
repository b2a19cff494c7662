"""How money is booked. Each entry is a transfer from one account to another, so debit always equals credit.

    allotted:<source>:<scheme>   credit: money made available
    funds:<source>:<scheme>      debit: money made available; credit: money paid out
    expense:<scheme>             debit: payments approved
    payable:<scheme>             credit: payments approved; debit: money paid out; zero when all is paid

The source that bears the rest may be drawn on beyond its allotments; its funds account then shows a credit:
money that it still owes. Nothing booked is ever changed; the database refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Transfer:
    """One entry: the amount is debited to one account and credited to the other."""

    debit: str
    credit: str
    amount: Money

    def __post_init__(self) -> None:
        if self.amount <= Money.ZERO or self.debit == self.credit:
            raise ValueError("a transfer moves an amount above zero between two accounts")


def allotment(scheme: str, source: str, amount: Money) -> list[Transfer]:
    """Money made available by a source."""
    return [Transfer(f"funds:{source}:{scheme}", f"allotted:{source}:{scheme}", amount)]


def approval(scheme: str, amount: Money) -> list[Transfer]:
    """An approved list: the office owes its sum. An empty list books nothing."""
    return [Transfer(f"expense:{scheme}", f"payable:{scheme}", amount)] if amount > Money.ZERO else []


def payment(scheme: str, shares: Mapping[str, Money]) -> list[Transfer]:
    """A payment out of its sources."""
    payable = f"payable:{scheme}"
    return [Transfer(payable, f"funds:{source}:{scheme}", part) for source, part in shares.items()]
