"""Whether the allotments of a scheme's sources cover a list, where a shortage is to be refused.

Asked before a list is drawn up, so that nobody has to reject one that is frozen. Judged by gross amounts, as
if nothing were kept back for debts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chassis.transaction import Transaction
from kernel.errors import Conflict
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy import difference_repository, due_repository, fund_repository
from services.subsidy.domain.amounts import price
from services.subsidy.domain.funding import Funding
from services.subsidy.domain.schemes import Scheme


def check_covered(tx: Transaction, scheme: Scheme, periods: Sequence[str], region: str) -> None:
    """Nothing for a scheme whose shortages others bear. periods: those of the lines, of one year.

    Raises Conflict("subsidy.funds_short") with the first source that cannot bear its share and what it lacks.
    """
    bearers = scheme.bearers
    if not bearers.refuses:
        return
    owed = [each for period in periods for each in _owed(tx, scheme, period, region)]
    owed += difference_repository.unpaid_sums(tx, scheme.code, region)
    limited = bearers.sources[:-1]
    year = str(Period.parse(periods[0]).start.year)
    funding = Funding(fund_repository.funds(tx, scheme.code, year, limited), bearers)
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


def _owed(tx: Transaction, scheme: Scheme, period: str, region: str) -> Iterator[tuple[str, Money]]:
    """What the awards that are in no run amount to in a period, in groups, each with its division."""
    rules = tx.rules.at(Period.parse(period).start)
    for group in due_repository.unpaid_groups(tx, scheme.code, period, region):
        there = replace(scheme, rules=rules.within(RegionCode(group.region)))
        yield group.region, price(there, group.variant, group.basis)[0] * group.count
