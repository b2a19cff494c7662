"""What lines of a run keep back for debts of the same scheme (抵扣)."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from kernel.rule_values import RuleValue
from services.subsidy import difference_repository, run_repository
from services.subsidy.difference_repository import Debt
from services.subsidy.domain.differences import offset_step, withheld
from services.subsidy.domain.run import Run


@dataclass(frozen=True, slots=True)
class Due:
    """What a run is to pay. decision: as a line keeps it. period: of back-pay with the number."""

    award_id: str
    person_id: str
    variant: str
    region: str
    amount: Money
    decision: str
    period: str


class Offsets:
    """The open debts of some people while the lines of a run are drawn up."""

    def __init__(self, tx: Transaction, run: Run, people: Collection[str]) -> None:
        self._tx = tx
        self._run = run
        self._debts: dict[str, list[Debt]] = {}
        for debt in difference_repository.open_debts(tx, run.scheme, people, run.id):
            self._debts.setdefault(debt.person_id, []).append(debt)
        self._kept: list[tuple[str, int, Money]] = []

    def owes(self, person_id: str) -> bool:
        """Whether the person has an open debt."""
        return person_id in self._debts

    def keep_back(self, seq: int, due: Due, cap: RuleValue | None) -> Due:
        """What the line at that place pays, and what its trace says of the rest; the oldest debt first."""
        debts = self._debts.get(due.person_id, [])
        whole = Money.ZERO
        for index, debt in enumerate(debts):
            left = None if debt.instalment is None else debt.instalment - debt.kept
            room = withheld(due.amount, whole + debt.open, cap) - whole
            kept = max(Money.ZERO, room if left is None else min(room, left))
            if kept > Money.ZERO:
                self._kept.append((debt.id, seq, kept))
                debts[index] = replace(debt, open=debt.open - kept, kept=debt.kept + kept)
                self._told(debts[index], kept)
                whole += kept
        if cap is None or whole == Money.ZERO:
            return due
        decision = [*json.loads(due.decision), offset_step(cap, due.amount, whole)]
        return replace(due, amount=due.amount - whole, decision=run_repository.told(decision))

    def _told(self, debt: Debt, kept: Money) -> None:
        self._tx.record(
            messages.DebtSettled(
                region=debt.region,
                debt_id=debt.id,
                person_id=debt.person_id,
                scheme=self._run.scheme,
                kind="offset",
                amount=str(kept),
                left=str(debt.open),
                settled_on=self._run.pay_on,
            )
        )

    def save(self) -> None:
        """Write down what was kept back."""
        difference_repository.offset(self._tx, self._run.id, self._run.pay_on, self._kept)
