"""What must hold before figures are recorded: a report whose groups do not add up is not published.

From a report of the field (金寨县残联2024年工作总结): 持证残疾人27066人 =
一、二级17397人 + 三、四级9669人 = the sum of seven categories;
托养 13.35万元 of the superior + 7.45万元 of the county = 20.8万元.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kernel.errors import Conflict
from services.reporting.domain.catalogue import Indicator, dimensions_text
from services.reporting.domain.figures import Figure


def check(figures: Sequence[Figure]) -> None:
    """Raises Conflict("reporting.check_failed") for the first rule broken.

    Facts: check ("negative", "sum" or "part"), indicator, dimensions, expected, found (counts, or fen).
    """
    by_indicator: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.indicator.ratio is not None:
            continue  # made of cells that are checked themselves, and no part of a whole
        by_indicator.setdefault(figure.indicator.code, []).append(figure)
    for group in by_indicator.values():
        values = {dimensions_text(figure.cut.dimensions): figure.value for figure in group}
        counts = {dims: value for dims, value in values.items() if isinstance(value, int)}
        for problem in _problems(group[0].indicator, counts):
            raise problem


def _problems(indicator: Indicator, values: Mapping[str, int]) -> Iterator[Conflict]:
    flows_back = indicator.kind == "money"  # in a period more may come back than is given
    if not flows_back:
        yield from (
            _failed("negative", indicator, dims, 0, value) for dims, value in values.items() if value < 0
        )
    if indicator.whole is None:
        return
    whole = values[dimensions_text(indicator.whole.dimensions)]
    for key in indicator.sums:
        total = sum(values[dims] for dims in _cells_by(indicator, key))
        if total != whole:
            yield _failed("sum", indicator, key, whole, total)
    if not flows_back:
        yield from (
            _failed("part", indicator, dims, whole, value) for dims, value in values.items() if value > whole
        )


def _cells_by(indicator: Indicator, key: str) -> Iterable[str]:
    return (dimensions_text(cut.dimensions) for cut in indicator.cuts if set(cut.dimensions) == {key})


_SENTENCES = {
    "negative": "fell below zero: more was taken away than ever came in",
    "sum": "by this dimension does not add up to its whole",
    "part": "has a part larger than its whole",
}


def _failed(check: str, indicator: Indicator, dimensions: str, expected: int, found: int) -> Conflict:
    return Conflict(
        "reporting.check_failed",
        f"Indicator {indicator.code} {_SENTENCES[check]}; trace it, correct the record at its service "
        "and take the snapshot again.",
        check=check,
        indicator=indicator.code,
        dimensions=dimensions,
        expected=expected,
        found=found,
    )
