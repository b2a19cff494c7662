"""Differences between what a period should have paid, as known now, and what was paid.

Back-pay (补发) goes into a later run; an over-payment (追回) becomes a debt. Nothing paid is ever changed.
"""

from dataclasses import dataclass
from typing import Literal

from kernel.money import Money
from kernel.rule_values import RuleValue
from services.subsidy.domain.award import Trace
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step

Kind = Literal["back_pay", "over_payment"]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be paid later or recovered of one period of a person and a scheme. amount: above zero.

    line_period: the period with the number of the difference ("2026-03+1"), under which a run pays it. So the
    line of a difference is as unique as the regular line of the period.
    """

    id: str
    award_id: str
    person_id: str
    scheme: str
    variant: str
    line_period: str
    region: str
    kind: Kind
    amount: Money
    due: Money
    decision: Trace

    @property
    def period(self) -> str:
        """The period that it is about."""
        return period_of(self.line_period)


def line_period(period: str, number: int) -> str:
    """The period of a line that pays the difference of that number, from 1."""
    return f"{period}+{number}"


def period_of(line: str) -> str:
    """The period that a line is about, whether it is the regular one or that of a difference."""
    return line.partition("+")[0]


def kind_of(due: Money, had: Money) -> Kind | None:
    """Which kind of difference there is; None where what was paid is what is due."""
    if due == had:
        return None
    return "back_pay" if had < due else "over_payment"


def explained(reasons: Trace, due: Money, had: Money) -> Trace:
    """The rules that the amount due follows from, the last one with the sentence on the difference."""
    if not reasons:
        return []
    told = f"补发{due - had}元" if had < due else f"追回{had - due}元"
    *before, last = reasons
    return [*before, last | {"zh": f"{last['zh']}应发{due}元，已发{had}元，{told}。"}]


def withheld(amount: Money, debt: Money, cap: RuleValue | None) -> Money:
    """What is kept back of a payment for a debt: at most the share of the cap.

    Something is always paid, for a line of nothing is none; without a rule nothing is kept back.
    """
    if cap is None:
        return Money.ZERO
    return max(Money.ZERO, min(debt, amount.times(cap.ratio, "down"), amount - Money(1)))


def offset_step(cap: RuleValue, gross: Money, kept: Money) -> dict[str, str]:
    """What the trace of a line says of the part kept back."""
    return step(cap, f"应发{gross}元，抵扣多发款{kept}元，实发{gross - kept}元。")


def reaches(scheme: Scheme, paying: str) -> bool:
    """Whether a debt of the scheme is kept back of payments of the one that pays, by the rule offset_from."""
    rule = scheme.stated("offset_from")
    return paying == scheme.code if rule is None else paying in rule.texts


def across_step(scheme: Scheme, kept: Money) -> dict[str, str]:
    """What the trace of a line says of the part kept back for another scheme."""
    return step(scheme.needed("offset_from"), f"其中{kept}元抵扣该补贴多发款。")
