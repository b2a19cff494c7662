"""How far the money of a year is spent by each source: against its allotment, its share, and the calendar."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kernel.money import Money
from kernel.periods import Period
from services.subsidy.domain.funding import Bearers

Place = tuple[str, str]
"""Scheme and source."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run commits its sources to, and what each has paid. bearers: of its division and period."""

    scheme: str
    bearers: Bearers
    committed: Mapping[str, Money]
    paid: Mapping[str, Money]


@dataclass(slots=True)
class Spending:
    """The money of one source for one scheme. due: what its shares of the runs that have shares come to, None
    where none has; behind: how much less it bears of them, below zero for more.
    """

    allotted: Money = Money.ZERO
    committed: Money = Money.ZERO
    paid: Money = Money.ZERO
    due: Money | None = None
    behind: Money | None = None

    def slow(self, year: Period, day: date, lag: Fraction) -> bool:
        """Whether the part of the allotment that is paid lies behind the part of the year that is over before
        the day (序时进度) by more than the lag, a share. Without an allotment nothing is slow.
        """
        if self.allotted <= Money.ZERO:
            return False
        days = (min(max(day, year.start), year.end) - year.start).days
        passed = Fraction(days, (year.end - year.start).days)
        return Fraction(self.paid.fen, self.allotted.fen) < passed - lag


def spending(allotted: Mapping[Place, Money], runs: Iterable[Spent]) -> dict[Place, Spending]:
    """What is allotted, committed and paid by scheme and source, in alphabetical order."""
    found = {place: Spending(allotted=amount) for place, amount in allotted.items()}
    for run in runs:
        for source in {*run.committed, *run.paid}:
            of = found.setdefault((run.scheme, source), Spending())
            of.committed += run.committed.get(source, Money.ZERO)
            of.paid += run.paid.get(source, Money.ZERO)
        if run.bearers.shares:
            _compare(found, run)
    return dict(sorted(found.items()))


def _compare(found: dict[Place, Spending], run: Spent) -> None:
    """Set what each source of the run was to bear beside what it bears."""
    borne = {
        source: run.committed.get(source, Money.ZERO) + run.paid.get(source, Money.ZERO)
        for source in run.bearers.sources
    }
    parts = run.bearers.parts(Money.sum_of(borne.values()))
    for source, part in zip(run.bearers.sources, parts, strict=True):
        of = found.setdefault((run.scheme, source), Spending())
        of.due = (of.due or Money.ZERO) + part
        of.behind = (of.behind or Money.ZERO) + part - borne[source]
