"""How money is booked. Each entry is a transfer from one account to another, so debit always equals credit.

    allotted:<source>:<scheme>   credit: money made available; debit: not available any more
    funds:<source>:<scheme>      debit: money made available, or that came back; credit: money paid, or not
                                 available any more
    expense:<scheme>             debit: payments approved; credit: given up
    payable:<source>:<scheme>    credit: committed by an approval, returned, or taken back after it was paid;
                                 debit: instructed to the bank, or given up
    transit:<source>:<scheme>    credit: instructed to the bank; debit: paid or returned by it
    debt:<scheme>                debit: paid too much, or kept back of a payment that was given up;
                                 credit: kept back, paid back, written off, or never paid
    returned:<scheme>            debit: money that persons paid back
    written_off:<scheme>         debit: debts given up
    kept_for:<other>:<scheme>    credit: kept back of the scheme's payments for debts of the other one
    kept_by:<other>:<scheme>     debit: the same money in the books of the scheme of the debts

What a source has still to pay is its payable and its transit; both are zero when all is paid. The source that
bears the rest may be drawn on beyond its allotments; its funds account then shows a credit: money that it
still owes. Nothing booked is ever changed; the database refuses it.

Before receipts made payments, a payable had no source (payable:<scheme>) and was paid straight from funds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kernel.money import Money


@dataclass(frozen=True, slots=True)
class Transfer:
    """One entry: the amount is debited to one account and credited to the other."""

    debit: str
    credit: str
    amount: Money

    def __post_init__(self) -> None:
        if self.amount <= Money.ZERO or self.debit == self.credit:
            raise ValueError("a transfer moves an amount above zero between two accounts")


def allotment(scheme: str, source: str, amount: Money) -> list[Transfer]:
    """Money made available by a source."""
    return [Transfer(f"funds:{source}:{scheme}", f"allotted:{source}:{scheme}", amount)]


def withdrawal(scheme: str, source: str, amount: Money) -> list[Transfer]:
    """Money that a source makes available no more."""
    return [Transfer(f"allotted:{source}:{scheme}", f"funds:{source}:{scheme}", amount)]


def approval(
    scheme: str, shares: Mapping[str, Money], kept: Mapping[str, Money] | None = None
) -> list[Transfer]:
    """An approved list: its sources are committed to their shares. An empty list books nothing.

    kept: what its lines keep back for debts, by the scheme of these; no source bears it. What is kept back
    for another scheme stays with the sources of this one; so the books of either are even by themselves.
    """
    booked = [
        Transfer(f"expense:{scheme}", f"payable:{source}:{scheme}", part) for source, part in shares.items()
    ]
    for other, part in (kept or {}).items():
        if other == scheme:
            booked.append(_settled(f"expense:{scheme}", scheme, part))
        else:
            booked.append(Transfer(f"expense:{scheme}", f"kept_for:{other}:{scheme}", part))
            booked.append(_settled(f"kept_by:{scheme}:{other}", other, part))
    return booked


def over_payment(scheme: str, amount: Money) -> list[Transfer]:
    """Money that was paid too much, or kept back of nothing: no expense, but owed by a person."""
    return [Transfer(f"debt:{scheme}", f"expense:{scheme}", amount)]


def paid_back(scheme: str, amount: Money) -> list[Transfer]:
    """A debt that a person paid back."""
    return [_settled(f"returned:{scheme}", scheme, amount)]


def written_off(scheme: str, amount: Money) -> list[Transfer]:
    """A debt that the office gave up."""
    return [_settled(f"written_off:{scheme}", scheme, amount)]


def not_paid(scheme: str, amount: Money) -> list[Transfer]:
    """A debt of money that was never paid after all."""
    return [_settled(f"expense:{scheme}", scheme, amount)]


def _settled(debit: str, scheme: str, amount: Money) -> Transfer:
    return Transfer(debit, f"debt:{scheme}", amount)


def instruction(scheme: str, shares: Mapping[str, Money]) -> list[Transfer]:
    """What the bank was told to pay."""
    return [
        Transfer(f"payable:{source}:{scheme}", f"transit:{source}:{scheme}", part)
        for source, part in shares.items()
    ]


def returned(scheme: str, shares: Mapping[str, Money]) -> list[Transfer]:
    """A payment that the bank could not make: it is owed again."""
    return [
        Transfer(f"transit:{source}:{scheme}", f"payable:{source}:{scheme}", part)
        for source, part in shares.items()
    ]


def payment(scheme: str, shares: Mapping[str, Money]) -> list[Transfer]:
    """A payment that the bank has made out of its sources."""
    return [
        Transfer(f"transit:{source}:{scheme}", f"funds:{source}:{scheme}", part)
        for source, part in shares.items()
    ]


def taken_back(scheme: str, shares: Mapping[str, Money]) -> list[Transfer]:
    """A payment that was made and came back: the sources have it again, and owe it."""
    return [
        Transfer(f"funds:{source}:{scheme}", f"payable:{source}:{scheme}", part)
        for source, part in shares.items()
    ]


def given_up(scheme: str, shares: Mapping[str, Money]) -> list[Transfer]:
    """A payment that is never made: its sources are committed to it no more."""
    return [
        Transfer(f"payable:{source}:{scheme}", f"expense:{scheme}", part) for source, part in shares.items()
    ]


def spent(entries: Iterable[tuple[str, str, int]]) -> dict[tuple[str, str], tuple[int, int]]:
    """Fen committed and not yet paid, and fen paid, by scheme and source. entries: debit, credit, fen."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for debit, credit, fen in entries:
        taken, given = debit.split(":"), credit.split(":")
        told = taken if given[0] == "expense" else given
        if len(told) < 3:  # noqa: PLR2004 - a payable of the time before it had a source
            continue
        _, source, scheme = told
        committed, paid = sums.get((scheme, source), (0, 0))
        match taken[0], given[0]:
            case "expense", "payable":
                sums[scheme, source] = committed + fen, paid
            case "payable", "expense":
                sums[scheme, source] = committed - fen, paid
            case _, "funds":
                sums[scheme, source] = committed - fen, paid + fen
            case "funds", "payable":
                sums[scheme, source] = committed + fen, paid - fen
    return sums
