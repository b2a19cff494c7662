"""Who bears a payment: sources by their shares or one after the other, and one source for all the rest.

Without shares the superior federation's allotment is used up first and the county bears the rest: Jinzhai
County paid 208 000 yuan of care in 2024 as 133 500 superior + 74 500 county (its work summary of that year).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from kernel.money import Money
from kernel.regions import RegionCode
from services.subsidy.domain.record import check_same


@dataclass(frozen=True, slots=True)
class Allotment:
    """Money made available for a scheme and a year, by a document. ref: the office's own number of it."""

    id: str
    ref: str
    scheme: str
    source: str
    region: str
    year: str
    amount: Money
    document: str
    allotted_on: date

    def check_same(self, other: "Allotment") -> None:
        """Raises Conflict("subsidy.ref_reused") when the other one with this number tells something else."""
        check_same("allotment", replace(other, id=self.id), self)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Money of an allotment that is not available any more. ref: the office's own number of it."""

    id: str
    ref: str
    allotment_id: str
    amount: Money
    document: str
    withdrawn_on: date

    def check_same(self, other: "Withdrawal") -> None:
        """Raises Conflict("subsidy.ref_reused") when the other one with this number tells something else."""
        check_same("withdrawal", replace(other, id=self.id), self)


@dataclass(frozen=True, slots=True)
class Fund:
    """An allotment for a division, and what is left of it."""

    id: str
    source: str
    region: RegionCode
    left: Money


class Refunding:
    """Gives payments that are not made back to the funds, so that others can be paid from them.

    drawn: the funds, each with what has been drawn of it as what is left. given: what each gets, by its id.
    Of the funds that may have borne a payment the one for the smallest division gets it first: payments
    elsewhere cannot have been drawn on it, so what is left for them in larger ones is enough.
    """

    def __init__(self, drawn: Iterable[Fund]) -> None:
        self._funds = sorted(drawn, key=lambda fund: -len(fund.region.prefix))
        self._left = {fund.id: fund.left for fund in self._funds}
        self.given: dict[str, Money] = {}

    def give(self, source: str, amount: Money, region: RegionCode) -> None:
        """Give a source's part of a payment in a division back. Raises ValueError when less was drawn."""
        for fund in self._funds:
            if fund.source == source and region.within(fund.region):
                part = min(amount, self._left[fund.id])
                self._left[fund.id] -= part
                self.given[fund.id] = self.given.get(fund.id, Money.ZERO) + part
                amount -= part
        if amount > Money.ZERO:
            raise ValueError("more is given back than was drawn")


@dataclass(frozen=True, slots=True)
class Bearers:
    """The sources of a scheme in the order of their use; all but the last are limited by their allotments.

    shares: what each bears, in the same order, adding up to one; empty: each bears all that it can.
    refuses: what a source cannot bear of its share is not paid; else those that follow it bear it.
    """

    sources: tuple[str, ...]
    shares: tuple[Fraction, ...] = ()
    refuses: bool = False

    def parts(self, total: Money) -> list[Money]:
        """The part of each source in all that is paid, as if no allotment ended; they sum to the total.

        Each bears its share of what those before it leave, rounded half up to the fen; the last one bears
        the rest. So no part is further from its exact share than half a fen for each source but the last,
        however many payments there are, and none is less for a larger total.
        """
        if not self.shares:
            return [total, *[Money.ZERO] * (len(self.sources) - 1)]
        parts = []
        left, open_share = total, Fraction(1)
        for share in self.shares[:-1]:
            part = left.times(share / open_share) if share else Money.ZERO
            parts.append(part)
            left -= part
            open_share -= share
        return [*parts, left]


class Funding:
    """Draws payments on funds, one after the other; the same payments in the same order give the same shares.

    funds: those of a source in the order of their use. borne: the sum of the payments before, of which the
    fen left by rounding are carried on. drawn: what has been taken from each fund, by its id; never more than
    was left of it.
    """

    def __init__(self, funds: Iterable[Fund], bearers: Bearers, borne: Money = Money.ZERO) -> None:
        self._bearers = bearers
        self._funds: dict[str, list[Fund]] = {source: [] for source in bearers.sources[:-1]}
        self._left: dict[str, Money] = {}
        for fund in funds:
            if fund.source in self._funds:
                self._funds[fund.source].append(fund)
                self._left[fund.id] = fund.left
        self._borne = borne
        self._parts = bearers.parts(borne)
        self.drawn: dict[str, Money] = {}

    def admits(self, amount: Money, region: RegionCode) -> bool:
        """Whether one payment more in a division may be made: where a shortage is refused, each source has to
        be able to bear its part.
        """
        if not self._bearers.refuses:
            return True
        return all(self._usable(source, region) >= part for source, part in self._due(amount)[:-1])

    def draw(self, amount: Money, region: RegionCode) -> dict[str, Money]:
        """The part of each source in one payment in a division; all are above zero and sum to the amount.

        A fund pays only within the division it was allotted to. Raises ValueError for an amount below a fen.
        """
        if amount <= Money.ZERO:
            raise ValueError("a payment must be above zero")
        shares: dict[str, Money] = {}
        *limited, (rest, due) = self._due(amount)
        short = Money.ZERO
        for source, part in limited:
            taken = self._take(source, part + short, region)
            short += part - taken
            if taken > Money.ZERO:
                shares[source] = taken
        if due + short > Money.ZERO:
            shares[rest] = due + short
        self._borne += amount
        self._parts = self._bearers.parts(self._borne)
        return shares

    def _due(self, amount: Money) -> list[tuple[str, Money]]:
        after = self._bearers.parts(self._borne + amount)
        return [
            (source, part - before)
            for source, part, before in zip(self._bearers.sources, after, self._parts, strict=True)
        ]

    def _usable(self, source: str, region: RegionCode) -> Money:
        return Money.sum_of(self._left[fund.id] for fund in self._funds[source] if region.within(fund.region))

    def _take(self, source: str, wanted: Money, region: RegionCode) -> Money:
        due = wanted
        for fund in self._funds[source]:
            part = min(due, self._left[fund.id])
            if part <= Money.ZERO or not region.within(fund.region):
                continue
            self._left[fund.id] -= part
            self.drawn[fund.id] = self.drawn.get(fund.id, Money.ZERO) + part
            due -= part
        return wanted - due
