"""Whether the allotments of a scheme's sources cover a list, where a shortage is to be refused.

Asked before a list is drawn up, for a list once begun cannot be taken back. Judged by gross amounts, as if
nothing were kept back for debts.
"""

from dataclasses import replace

from chassis.transaction import Transaction
from kernel.errors import Conflict
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import difference_repository, repository, run_repository
from services.subsidy.domain.amounts import price
from services.subsidy.domain.funding import Funding
from services.subsidy.domain.schemes import Scheme


def check_covered(tx: Transaction, scheme: Scheme, rules: RuleView, period: Period, region: str) -> None:
    """Nothing for a scheme whose shortages others bear. rules: those of all divisions in the period.

    Raises Conflict("subsidy.funds_short") with the first source that cannot bear its share and what it lacks.
    """
    bearers = scheme.bearers
    if not bearers.refuses:
        return
    owed = [
        (each.region, price(_there(scheme, rules, each.region), each.variant, each.basis)[0] * each.count)
        for each in run_repository.unpaid_groups(tx, scheme.code, period.text, region)
    ]
    owed += difference_repository.unpaid_sums(tx, scheme.code, region)
    limited = bearers.sources[:-1]
    funding = Funding(repository.funds(tx, scheme.code, str(period.start.year), limited), bearers)
    borne = dict.fromkeys(bearers.sources, Money.ZERO)
    for division, amount in owed:
        for source, part in funding.draw(amount, RegionCode(division)).items():
            borne[source] += part
    parts = bearers.parts(Money.sum_of(amount for _, amount in owed))
    for source, part in zip(limited, parts, strict=False):
        if borne[source] < part:
            raise Conflict(
                "subsidy.funds_short",
                f"Source {source} lacks {part - borne[source]} yuan of its share of scheme {scheme.code}; "
                "record its allotment first.",
                scheme=scheme.code,
                source=source,
            )


def _there(scheme: Scheme, rules: RuleView, region: str) -> Scheme:
    return replace(scheme, rules=rules.within(RegionCode(region)))
