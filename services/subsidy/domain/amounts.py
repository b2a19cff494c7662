"""What an award amounts to: formulas with a name, which the rules choose.

A formula computes an exact number of fen; it is rounded once, by the scheme's rounding, and then capped. When
a formula changes, the old function stays under its name beside the new one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import get_args

from kernel.errors import Invalid
from kernel.money import Money, Rounding
from kernel.rule_values import RuleValue
from services.subsidy.domain.award import Trace
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.wording import step


@dataclass(frozen=True, slots=True)
class Basis:
    """What the office states of one case. cost: the proven cost; days: days attended in the period."""

    cost: Money | None = None
    days: int | None = None


NOTHING = Basis()
_ANYTHING = Basis(Money.yuan(1), 1)

Formula = Callable[[Scheme, str, Basis], tuple[Fraction, list[RuleValue]]]
"""From a scheme, a variant and the basis to the exact number of fen and the rules that it came from."""


def by_variant(scheme: Scheme, variant: str, _basis: Basis) -> tuple[Fraction, list[RuleValue]]:
    """The amount that is stated for the variant: a group, a mode of service, a stage of education."""
    rate = scheme.needed("rate", variant)
    return Fraction(rate.money.fen), [rate]


def share_of_dibao(scheme: Scheme, variant: str, _basis: Basis) -> tuple[Fraction, list[RuleValue]]:
    """A share of the dibao line (低保标准) that holds in the division."""
    line = scheme.rules[f"dibao.line.{scheme.needed('dibao_line', variant).text}"]
    share = scheme.needed("rate", variant)
    return line.money.fen * share.ratio, [line, share]


def by_attendance(scheme: Scheme, variant: str, basis: Basis) -> tuple[Fraction, list[RuleValue]]:
    """An amount for each day attended. Raises Invalid("subsidy.days_needed")."""
    rate = scheme.needed("rate", variant)
    if basis.days is None:
        raise Invalid(
            "subsidy.days_needed", f"Scheme {scheme.code} is paid by days attended; state them.", field="days"
        )
    return Fraction(rate.money.fen * basis.days), [rate]


def actual_cost_capped(scheme: Scheme, variant: str, basis: Basis) -> tuple[Fraction, list[RuleValue]]:
    """A share of the proven cost, up to the cap. Raises Invalid("subsidy.cost_needed")."""
    share = scheme.needed("rate", variant)
    scheme.needed("cap", variant)
    if basis.cost is None:
        raise Invalid(
            "subsidy.cost_needed", f"Scheme {scheme.code} bears a proven cost; state it.", field="cost"
        )
    return basis.cost.fen * share.ratio, [share]


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "fixed": by_variant,
        "by_mode": by_variant,
        "by_education": by_variant,
        "share_of_dibao": share_of_dibao,
        "by_attendance": by_attendance,
        "actual_cost_capped": actual_cost_capped,
    }
)

NEEDING_BASIS = (by_attendance, actual_cost_capped)
"""The formulas that take what the office states of a case; an enrolment states nothing."""

_UNITS = {"fen": 1, "jiao": 10, "yuan": 100}
ROUNDINGS = tuple(f"{unit}_{way}" for unit in _UNITS for way in get_args(Rounding))


def price(scheme: Scheme, variant: str, basis: Basis = NOTHING) -> tuple[Money, Trace]:
    """What one period of an award amounts to, and how.

    Raises NotFound("rule.not_in_force") when a rule that the formula needs is missing on that day,
    Invalid("subsidy.amount_not_positive") when nothing would be paid, and what the formula raises.
    """
    formula = FORMULAS[scheme.needed("formula", variant).text]
    exact, rules = formula(scheme, variant, basis)
    amount = _rounded(exact, scheme.stated("rounding", variant))
    cap = scheme.stated("cap", variant)
    if cap is not None and cap.money <= amount:
        amount = cap.money
        rules.append(cap)
    if amount <= Money.ZERO:
        raise Invalid(
            "subsidy.amount_not_positive",
            f"Rule {rules[-1].key} leaves nothing to pay; correct the rule or what was stated.",
            rule=rules[-1].key,
        )
    *before, last = rules
    told = "计" if scheme.recorded_only else "应发"
    return amount, [*(step(rule, "") for rule in before), step(last, f"{told}{amount}元。")]


def check_priced(scheme: Scheme, variant: str) -> None:
    """Raises NotFound("rule.not_in_force") when awards of the variant could not be priced."""
    FORMULAS[scheme.needed("formula", variant).text](scheme, variant, _ANYTHING)


def _rounded(exact: Fraction, rounding: RuleValue | None) -> Money:
    unit, _, way = (rounding.text if rounding else "fen_half_up").partition("_")
    size = _UNITS[unit]
    ways: dict[str, Rounding] = {name: name for name in get_args(Rounding)}
    return Money(1).times(exact / size, ways[way]) * size
