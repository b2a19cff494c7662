"""From tallies of facts to the figures of a snapshot: exact numbers, nothing is a binary fraction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from kernel.errors import Invalid
from kernel.money import Money
from services.reporting.domain.catalogue import (
    Catalogue,
    Cell,
    Cut,
    Indicator,
    dimensions_of,
    dimensions_text,
)

PERCENT_DECIMALS = 2
COMPLETION_DECIMALS = 1
_SCALES = {"percent": Fraction(100), "yuan": Fraction(1, 100)}
"""From the quotient of two cells to the unit of a ratio; money is counted in fen."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted, by indicator.

    sums: the sum of values by the facts' dimensions. subjects: how many subjects (persons, households,
    institutions, townships) have facts of exactly these dimensions, so that one subject is never counted
    twice in a cell.
    """

    sums: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    subjects: Mapping[str, Sequence[tuple[frozenset[str], int]]] = field(default_factory=dict)

    def value(self, indicator: Indicator, cut: Cut) -> int:
        """The value of a cell, in fen for money; 0 when no fact ever told of it."""
        if indicator.additive:
            sums = self.sums.get(indicator.code, {})
            return sum(value for dims, value in sums.items() if cut.takes(dimensions_of(dims)))
        groups = self.subjects.get(indicator.code, ())
        return sum(count for group, count in groups if any(cut.takes(dimensions_of(dims)) for dims in group))


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell with its value: a count, fen, percent or average; None where a ratio divides by zero."""

    indicator: Indicator
    cut: Cut
    value: int | Fraction | None

    @property
    def cell(self) -> Cell:
        """Its name."""
        return Cell(self.indicator.code, dimensions_text(self.cut.dimensions))

    @property
    def written(self) -> int | str | None:
        """As in the snapshot: an integer, yuan, or a ratio; the last two with two decimals, half up."""
        if self.value is None:
            return None
        if isinstance(self.value, Fraction):
            return half_up(self.value, PERCENT_DECIMALS)
        return str(Money(self.value)) if self.indicator.measure == "money" else self.value

    def completion(self, target: int | str | None) -> str | None:
        """Value over target in percent, one decimal, half up; None without a value or a target above zero."""
        written = self.written
        if written is None or target is None or Fraction(target) == 0:
            return None
        return half_up(Fraction(written) * 100 / Fraction(target), COMPLETION_DECIMALS)


def figures(catalogue: Catalogue, tally: Tally) -> list[Figure]:
    """Every cell of every indicator, in the order of the catalogue."""
    made = {
        figure.cell: figure
        for indicator in catalogue.indicators
        if indicator.ratio is None
        for figure in (Figure(indicator, cut, tally.value(indicator, cut)) for cut in indicator.cuts)
    }
    for indicator in catalogue.indicators:
        if indicator.ratio is not None:
            for cut in indicator.cuts:
                numerator, denominator = (made[cell].value for cell in indicator.parts(cut))
                figure = Figure(indicator, cut, _quotient(indicator.unit, numerator, denominator))
                made[figure.cell] = figure
    return [
        made[Cell(indicator.code, dimensions_text(cut.dimensions))]
        for indicator in catalogue.indicators
        for cut in indicator.cuts
    ]


def _quotient(
    unit: str, numerator: int | Fraction | None, denominator: int | Fraction | None
) -> Fraction | None:
    if numerator is None or not denominator:
        return None
    return Fraction(numerator) * _SCALES.get(unit, 1) / Fraction(denominator)


def half_up(value: Fraction, decimals: int) -> str:
    """A decimal text with that many decimals; half a unit of the last one goes away from zero."""
    scale = 10**decimals
    units = int(abs(value) * scale + Fraction(1, 2))
    sign = "-" if value < 0 and units else ""
    return f"{sign}{units // scale}.{units % scale:0{decimals}d}"


def target_value(indicator: Indicator, text: str) -> int | str:
    """A task in the unit of its indicator: an integer, or a decimal text with two decimals.

    text: digits with at most four decimals, as the contract has it. Raises Invalid("reporting.target_unit")
    for more decimals than the unit knows.
    """
    value = Fraction(text)
    whole = indicator.measure not in {"money", "ratio"}
    decimals = 0 if whole else PERCENT_DECIMALS
    if (value * 10**decimals).denominator != 1:
        raise Invalid(
            "reporting.target_unit",
            f"The task is finer than the unit {indicator.unit}; write it with at most {decimals} decimals.",
            indicator=indicator.code,
            field="value",
        )
    return half_up(value, decimals) if decimals else int(value)
