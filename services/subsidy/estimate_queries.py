"""What a rate would cost on the awards that stand, before it is issued.

A room of its own because it computes with rules that are in no file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from kernel.rulebook import RuleView
from services.subsidy import fund_repository, replies, repository
from services.subsidy.domain.amounts import price
from services.subsidy.domain.funding import Funding
from services.subsidy.domain.schemes import Scheme
from services.subsidy.repository import DueAwards


@dataclass(slots=True)
class _Purse:
    """The funds of one way of reckoning, drawn period after period. left: those of each year."""

    tx: Transaction
    left: dict[str, Funding]

    def draw(self, scheme: Scheme, rules: RuleView, year: str, due: Iterable[DueAwards]) -> dict[str, Money]:
        """What each source bears of these awards."""
        if year not in self.left:
            bearers = scheme.bearers
            funds = fund_repository.funds(self.tx, scheme.code, year, bearers.sources[:-1])
            self.left[year] = Funding(funds, bearers)
        borne: dict[str, Money] = {}
        for group in due:
            region = RegionCode(group.region)
            amount, _ = price(replace(scheme, rules=rules.within(region)), group.variant, group.basis)
            for source, part in self.left[year].draw(amount * group.count, region).items():
                borne[source] = borne.get(source, Money.ZERO) + part
        return borne


def estimate_rate(tx: Transaction, message: messages.EstimateRate) -> messages.RateEstimate:
    """The awards of a variant in a division, priced by the rules in force and by another rate.

    Raises Forbidden("access.region"), NotFound("rule.not_in_force") where no rate is in force that the other
    one would replace, and what the rules raise for an unknown scheme or variant and a wrong period.
    """
    tx.within(message.region)
    period = Period.parse(message.first)
    before, after = _Purse(tx, {}), _Purse(tx, {})
    told = []
    for _ in range(message.periods):
        told.append(_period(tx, message, period, before, after))
        period = period.next()
    return messages.RateEstimate(periods=told)


def _period(
    tx: Transaction, message: messages.EstimateRate, period: Period, before: _Purse, after: _Purse
) -> messages.PeriodEstimate:
    rules = tx.rules.at(period.start)
    scheme = Scheme.of(rules.within(RegionCode(message.region)), message.scheme)
    scheme.period(period.text)
    due = repository.due_awards(tx, scheme.code, scheme.variant(message.variant), period.text, message.region)
    year = str(period.start.year)
    now = before.draw(scheme, rules, year, due)
    then = after.draw(scheme, _replaced(scheme, rules, message, period.start), year, due)
    return messages.PeriodEstimate(
        period=period.text,
        awards=sum(group.count for group in due),
        amount=str(Money.sum_of(now.values())),
        sources=replies.sources(now),
        new_amount=str(Money.sum_of(then.values())),
        new_sources=replies.sources(then),
    )


def _replaced(scheme: Scheme, rules: RuleView, message: messages.EstimateRate, day: date) -> RuleView:
    """The rules with the other rate in the division asked for; those of lower divisions keep their own."""
    rate = scheme.needed("rate", message.variant)
    key = f"{scheme.code}.rate.{message.variant}.{RegionCode(message.region).prefix}"
    return rules.replacing(replace(rate, key=key, value=message.rate, valid_from=day, known_from=day))
