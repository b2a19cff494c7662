"""Whether what reports say was paid is what books, bank and payments say: the last link of the chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from canlian.calling import Caller, Identity
from canlian.snapshot.document import Snapshot


@dataclass(frozen=True, slots=True)
class Line:
    """A step of the money of a scheme and source, in yuan. figure: None where reports have no such figure."""

    scheme: str
    source: str
    step: str
    ledger: str
    bank: str
    payments: str | None
    figure: str | None

    @property
    def differs(self) -> bool:
        """Whether not all of them tell the same."""
        told = {self.ledger, self.bank, self.payments or self.ledger, self.figure or self.ledger}
        return len({Decimal(amount) for amount in told}) > 1


def lines(caller: Caller, who: Identity, period: str, snapshot: Snapshot | None) -> list[Line]:
    """The period's steps, with the snapshot's figures if it is given. Raises CallRefused, CallUnavailable."""
    found = caller.call("subsidy", "reconcile", {"period": period}, who)
    figures = dict(_figures(snapshot)) if snapshot else {}
    back = {
        (step["scheme"], step["source"]): step["ledger"]
        for step in found["steps"]
        if step["step"] == "taken_back"
    }
    return [Line(**step, figure=_figure(figures, back, step)) for step in found["steps"]]


def _figure(
    figures: dict[tuple[str, str], str], back: dict[tuple[str, str], str], step: dict[str, Any]
) -> str | None:
    """What reports say was paid in all. They tell it less what came back, which is added here again."""
    place = (step["scheme"], step["source"])
    if step["step"] != "paid" or place not in figures:
        return None
    return str(Decimal(figures[place]) + Decimal(back.get(place, "0.00")))


def _figures(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str], str]]:
    for row in snapshot["indicators"]:
        service, _, rest = row["code"].partition(".")
        scheme, _, measure = rest.rpartition(".")
        if service == "subsidy" and measure == "amount" and row["dimensions"].keys() == {"source"}:
            yield (scheme, row["dimensions"]["source"]), row["value"]
