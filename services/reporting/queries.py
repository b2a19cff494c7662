"""Questions: a recorded snapshot, the events behind a figure, the catalogue."""

import re
from datetime import date

from chassis.transaction import Transaction
from contracts.reporting import Catalogue, FindSnapshot, ShowCatalogue, Snapshot, Trace, TraceIndicator
from kernel.errors import Invalid, NotFound
from kernel.periods import Period
from services.reporting import definitions, fact_repository, replies, repository
from services.reporting.domain.catalogue import Indicator, dimensions_of
from services.reporting.domain.snapshot import check_region, cut_off

_CURSOR = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,18})")


def find_snapshot(tx: Transaction, message: FindSnapshot) -> Snapshot:
    """A recorded snapshot; raises NotFound("reporting.unknown_snapshot")."""
    tx.within(message.region)
    period = Period.parse(message.period)
    row = repository.newest_snapshot(
        tx, message.office, message.region, period.text, revision=message.revision
    )
    if row is None:
        raise NotFound(
            "reporting.unknown_snapshot",
            f"No such snapshot of region {message.region} for {period} is recorded; take one first.",
            region=message.region,
            period=period.text,
        )
    return replies.snapshot(row)


def trace_indicator(tx: Transaction, message: TraceIndicator) -> Trace:
    """The facts that a cell is made of, page by page.

    Their values add up to the cell; where persons or households are counted, their different subjects do.
    """
    tx.within(message.region)
    check_region(tx.office, message.region)
    indicator = definitions.catalogue().find(message.code)
    _refuse_ratio(indicator)
    cut = indicator.cut(message.dimensions)
    period = Period.parse(message.period)
    scope = fact_repository.Scope(message.region, period, cut_off(period, message.as_of))
    dims = [
        text for text in fact_repository.dimensions(tx, indicator, scope) if cut.takes(dimensions_of(text))
    ]
    rows = fact_repository.page(tx, indicator, scope, dims, _after(message.after), message.limit + 1)
    more, rows = len(rows) > message.limit, rows[: message.limit]
    return Trace(
        total=fact_repository.count(tx, indicator, scope, dims),
        events=[replies.traced_event(indicator, row) for row in rows],
        next=f"{rows[-1].day}.{rows[-1].id}" if more else None,
    )


def show_catalogue(tx: Transaction, _message: ShowCatalogue) -> Catalogue:
    """The definitions of all indicators, in the order of their codes."""
    tx.no_scope("definitions belong to no region")
    return Catalogue(indicators=[replies.definition(each) for each in definitions.catalogue().indicators])


def _refuse_ratio(indicator: Indicator) -> None:
    if indicator.ratio is not None:
        over, under = indicator.ratio.numerator, indicator.ratio.denominator
        raise Invalid(
            "reporting.ratio_has_no_events",
            f"{indicator.code} is a ratio; trace {over.indicator} and {under.indicator} instead.",
            numerator=over.indicator,
            denominator=under.indicator,
            field="code",
        )


def _after(cursor: str | None) -> tuple[date, int] | None:
    if cursor is None:
        return None
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise Invalid(
            "reporting.cursor", 'Page on with the text in "next" of the page before.', field="after"
        )
    return Period.parse(match[1]).start, int(match[2])
