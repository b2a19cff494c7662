"""Whether the books, the bank's files and the payments tell the same, to the fen.

Four steps of the money are compared, for each scheme and source of funds:

    instructed  booked from payable to transit  =  the files for the bank
    returned    booked from transit to payable  =  the receipts
    paid        booked from transit to funds    =  the receipts  =  the payments, which events tell
    taken back  booked from funds to payable    =  what two people recorded that the bank took back
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kernel.money import Money

StepName = Literal["instructed", "returned", "paid", "taken_back"]
Place = tuple[str, str, StepName]
"""Scheme, source, step."""

_STEPS: Mapping[tuple[str, str], StepName] = {
    ("payable", "transit"): "instructed",
    ("transit", "payable"): "returned",
    ("transit", "funds"): "paid",
    ("funds", "payable"): "taken_back",
}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One step of the money of one scheme and source. payments: None where the step makes none."""

    scheme: str
    source: str
    step: StepName
    ledger: Money
    bank: Money
    payments: Money | None

    @property
    def differs(self) -> bool:
        """Whether they do not tell the same."""
        return self.ledger != self.bank or self.payments not in {None, self.ledger}


def booked(entries: Iterable[tuple[str, str, int]]) -> dict[Place, int]:
    """The sums of ledger entries, given by debit, credit and fen, as the steps that they book."""
    sums: dict[Place, int] = {}
    for debit, credit, fen in entries:
        taken, _, _ = debit.partition(":")
        given, _, rest = credit.partition(":")
        if step := _STEPS.get((taken, given)):
            source, _, scheme = rest.partition(":")
            sums[scheme, source, step] = sums.get((scheme, source, step), 0) + fen
    return sums


def compare(
    ledger: Mapping[Place, int], bank: Mapping[Place, int], payments: Mapping[Place, int]
) -> list[Reconciled]:
    """Every step that one of them tells of, by scheme, source and step."""
    return [
        Reconciled(
            *place,
            Money(ledger.get(place, 0)),
            Money(bank.get(place, 0)),
            Money(payments.get(place, 0)) if place[2] == "paid" else None,
        )
        for place in sorted({*ledger, *bank, *payments})
    ]
