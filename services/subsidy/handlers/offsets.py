"""What lines of a run keep back for debts (抵扣): of the same scheme, and of others that the rules name."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from kernel.regions import RegionCode
from kernel.rule_values import RuleValue
from kernel.rulebook import RuleView
from services.subsidy import difference_repository, run_repository
from services.subsidy.difference_repository import Debt
from services.subsidy.domain.differences import across_step, offset_step, reaches, withheld
from services.subsidy.domain.run import Run
from services.subsidy.domain.schemes import Scheme


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
    """The open debts of some people for which the payments of a run's scheme are kept back, while its lines
    are drawn up; those of the scheme itself come first.

    rules: those of the run's period.
    """

    def __init__(self, tx: Transaction, run: Run, people: Collection[str], rules: RuleView) -> None:
        self._tx = tx
        self._run = run
        self._rules = rules
        self._debts: dict[str, list[Debt]] = {}
        debts = difference_repository.open_debts(tx, people, run.id)
        for debt in sorted(debts, key=lambda each: each.scheme != run.scheme):
            if reaches(self._scheme(debt), run.scheme):
                self._debts.setdefault(debt.person_id, []).append(debt)
        self._kept: list[tuple[str, int, Money]] = []

    def _scheme(self, debt: Debt) -> Scheme:
        return Scheme(debt.scheme, self._rules.within(RegionCode(debt.region)))

    def owes(self, person_id: str) -> bool:
        """Whether the person has such a debt."""
        return person_id in self._debts

    def keep_back(self, seq: int, due: Due, cap: RuleValue | None) -> Due:
        """What the line at that place pays, and what its trace says of the rest; the oldest debt first."""
        debts = self._debts.get(due.person_id, [])
        whole = Money.ZERO
        across: dict[str, tuple[Scheme, Money]] = {}
        for index, debt in enumerate(debts):
            left = None if debt.instalment is None else debt.instalment - debt.kept
            room = withheld(due.amount, whole + debt.open, cap) - whole
            kept = max(Money.ZERO, room if left is None else min(room, left))
            if kept > Money.ZERO:
                self._kept.append((debt.id, seq, kept))
                debts[index] = replace(debt, open=debt.open - kept, kept=debt.kept + kept)
                self._told(debts[index], kept)
                whole += kept
                if debt.scheme != self._run.scheme:
                    _, before = across.get(debt.scheme, (None, Money.ZERO))
                    across[debt.scheme] = self._scheme(debt), before + kept
        if cap is None or whole == Money.ZERO:
            return due
        steps = [offset_step(cap, due.amount, whole), *(across_step(*each) for each in across.values())]
        decision = run_repository.told([*json.loads(due.decision), *steps])
        return replace(due, amount=due.amount - whole, decision=decision)

    def _told(self, debt: Debt, kept: Money) -> None:
        self._tx.record(
            messages.DebtSettled(
                region=debt.region,
                debt_id=debt.id,
                person_id=debt.person_id,
                scheme=debt.scheme,
                kind="offset",
                amount=str(kept),
                left=str(debt.open),
                settled_on=self._run.pay_on,
            )
        )

    def save(self) -> None:
        """Write down what was kept back."""
        difference_repository.offset(self._tx, self._run.id, self._run.pay_on, self._kept)
