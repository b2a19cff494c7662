"""Who bears a payment: allotted funds first, in their order, and one source for all the rest.

The superior federation's allotment is used up first and the county bears the rest: Jinzhai County paid
208 000 yuan of care in 2024 as 133 500 superior + 74 500 county (its work summary of that year).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

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


class Funding:
    """Draws payments on funds, one after the other; the same payments in the same order give the same shares.

    funds: in the order of their use. rest: the source that bears what the funds don't cover.
    drawn: what has been taken from each fund, by its id; never more than was left of it.
    """

    def __init__(self, funds: Iterable[Fund], rest: str) -> None:
        self._funds = list(funds)
        self._rest = rest
        self._left = {fund.id: fund.left for fund in self._funds}
        self.drawn: dict[str, Money] = {}

    def draw(self, amount: Money, region: RegionCode) -> dict[str, Money]:
        """The part of each source in one payment in a division; all are above zero and sum to the amount.

        A fund pays only within the division it was allotted to. Raises ValueError for an amount below a fen.
        """
        if amount <= Money.ZERO:
            raise ValueError("a payment must be above zero")
        shares: dict[str, Money] = {}
        due = amount
        for fund in self._funds:
            part = min(due, self._left[fund.id])
            if part <= Money.ZERO or not region.within(fund.region):
                continue
            self._left[fund.id] -= part
            self.drawn[fund.id] = self.drawn.get(fund.id, Money.ZERO) + part
            shares[fund.source] = shares.get(fund.source, Money.ZERO) + part
            due -= part
        if due > Money.ZERO:
            shares[self._rest] = shares.get(self._rest, Money.ZERO) + due
        return shares
