"""How far the money of a year is spent.

A room of its own because a daily job asks the same.
"""

from datetime import date

from chassis import clock
from chassis.transaction import Transaction
from contracts import subsidy as messages
from kernel.money import Money
from kernel.periods import Period
from kernel.regions import RegionCode
from services.subsidy import fund_repository, ledger_repository
from services.subsidy.domain import ledger
from services.subsidy.domain.schemes import Scheme
from services.subsidy.domain.spending import Place, Spending, Spent, spending
from services.subsidy.ledger_repository import BookedRun


def spending_progress(tx: Transaction, message: messages.SpendingProgress) -> messages.Progress:
    """How far the money of a year is spent. Raises Invalid("subsidy.wrong_period")."""
    year = Scheme.fund_year(message.year)
    found = spent_by_source(tx, year)
    slow = slow_sources(tx, year, clock.office_day(tx.now), found)
    return messages.Progress(
        sources=[
            messages.SourceProgress(
                scheme=scheme,
                source=source,
                allotted=str(of.allotted),
                committed=str(of.committed),
                paid=str(of.paid),
                left=str(of.allotted - of.committed - of.paid),
                due=None if of.due is None else str(of.due),
                behind=None if of.behind is None else str(of.behind),
                slow=(scheme, source) in slow,
            )
            for (scheme, source), of in found.items()
        ]
    )


def spent_by_source(tx: Transaction, year: Period) -> dict[Place, Spending]:
    """The money of a year in the caller's regions, by scheme and source."""
    allotted = {place: Money(fen) for place, fen in fund_repository.allotted(tx, year.text).items()}
    return spending(allotted, (_spent(tx, run) for run in ledger_repository.booked_for(tx, year.text)))


def slow_sources(tx: Transaction, year: Period, day: date, found: dict[Place, Spending]) -> set[Place]:
    """Those that lag behind the calendar by more than the day's rule leaves."""
    rules = tx.rules.at(day)
    if "spending.lag" not in rules:
        return set()
    lag = rules["spending.lag"].ratio
    return {place for place, of in found.items() if of.slow(year, day, lag)}


def _spent(tx: Transaction, run: BookedRun) -> Spent:
    """A run's money with the sources that were to bear it."""
    rules = tx.rules.at(Period.parse(run.period).start).within(RegionCode(run.region))
    booked = ledger.spent(run.entries)
    return Spent(
        scheme=run.scheme,
        bearers=Scheme.of(rules, run.scheme).bearers,
        committed={source: Money(fen) for (_, source), (fen, _) in booked.items()},
        paid={source: Money(fen) for (_, source), (_, fen) in booked.items()},
    )
