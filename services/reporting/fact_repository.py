"""Facts in the database: appended by the followers, tallied for snapshots, listed for tracing.

A room of its own because facts are counted, while repository.py keeps documents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis import schema
from chassis.transaction import Transaction
from kernel.periods import Period
from kernel.regions import RegionCode
from services.reporting.domain.catalogue import Catalogue, Indicator
from services.reporting.domain.figures import Tally
from services.reporting.tables import facts, merged_persons

_TOWNSHIP = sa.func.substr(facts.c.region, 1, 9)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which facts count: those of a region, up to a day; a flow only from the period's first day on."""

    region: str
    period: Period
    as_of: date

    def within(self, indicators: Iterable[Indicator], *, stock: bool) -> sa.ColumnElement[bool]:
        """The condition on facts of these indicators, all of which are stocks, or none."""
        prefix = RegionCode.parse(self.region).prefix
        # A range instead of LIKE: it stays in the index whatever the database's collation is.
        conditions = [
            facts.c.indicator.in_([indicator.code for indicator in indicators]),
            facts.c.day <= self.as_of,
            facts.c.region >= prefix,
            facts.c.region < str(int(prefix) + 1).zfill(len(prefix)),
        ]
        if not stock:
            conditions.append(facts.c.day >= self.period.start)
        return sa.and_(*conditions)


def add(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Append facts. Raises IntegrityError when an event would count twice."""
    tx.insert(facts, rows)


def hold(tx: Transaction) -> dict[str, int]:
    """The last position applied of each stream, '<service>/<epoch>', held until the transaction ends.

    Followers move their checkpoint in the transaction that adds the facts; while it is held here the facts
    and the positions belong together.
    """
    checkpoint = schema.checkpoint
    query = sa.select(checkpoint.c.source, checkpoint.c.epoch, checkpoint.c.position)
    rows = tx.execute(query.order_by(checkpoint.c.source).with_for_update(read=True))
    return {f"{row.source}/{row.epoch}": row.position for row in rows}


def tally(tx: Transaction, catalogue: Catalogue, scope: Scope) -> Tally:
    """Count everything a snapshot needs, in one query for each way of counting.

    What is counted too often of persons who were registered twice is taken off apart: they are few, and to
    look each fact's person up would cost more than all the rest.
    """
    counted = [indicator for indicator in catalogue.indicators if indicator.ratio is None]
    stocks = [each for each in counted if each.kind == "stock"]
    flows = [each for each in counted if each.kind != "stock" and each.additive]
    townships = [each for each in counted if each.measure == "townships"]
    distinct = [each for each in counted if not each.additive and each.measure != "townships"]
    sums: dict[str, dict[str, int]] = {}
    for indicators, stock in ((stocks, True), (flows, False)):
        for row in _sums(tx, indicators, scope, stock=stock):
            sums.setdefault(row.indicator, {})[row.dims] = int(row.total)
    subjects: dict[str, list[tuple[frozenset[str], int]]] = {}
    for indicators, subject in ((distinct, facts.c.subject), (townships, _TOWNSHIP)):
        for row in _subjects(tx, indicators, scope, subject):
            group = frozenset(row.dims.split(","))
            subjects.setdefault(row.indicator, []).append((group, row.number))
    for row in _stocks_too_many(tx, [each for each in stocks if each.measure == "persons"], scope):
        sums[row.indicator][row.dims] -= int(row.total)
    twice = _registered_twice()
    for row in _subjects(tx, distinct, scope, facts.c.subject, of=twice):
        subjects[row.indicator].append((frozenset(row.dims.split(",")), -row.number))
    for row in _subjects(tx, distinct, scope, twice.c.head, of=twice):
        subjects[row.indicator].append((frozenset(row.dims.split(",")), row.number))
    return Tally(sums, subjects)


def _registered_twice() -> sa.Subquery:
    """The persons of whom there is more than one record: person_id, and head, who stands for all of them."""
    kept = merged_persons.c.kept_id
    led = sa.select(merged_persons.c.person_id, kept.label("head")).where(kept.is_not(None))
    return sa.union_all(led, sa.select(kept, kept).distinct().where(kept.is_not(None))).subquery("twice")


def _stocks_too_many(tx: Transaction, indicators: Sequence[Indicator], scope: Scope) -> Iterable[sa.Row[Any]]:
    """By how much a person on the roll more than once is counted too often."""
    twice = _registered_twice()
    held = sa.func.sum(facts.c.value)
    each = (
        sa.select(facts.c.indicator, facts.c.dims, twice.c.head, held.label("held"))
        .join(twice, twice.c.person_id == facts.c.subject)
        .where(scope.within(indicators, stock=True))
        .group_by(facts.c.indicator, facts.c.dims, twice.c.head, facts.c.subject)
    ).subquery()
    too_many = (sa.func.sum(each.c.held) - sa.func.max(each.c.held)).label("too_many")
    person = sa.select(each.c.indicator, each.c.dims, too_many)
    heads = person.group_by(each.c.indicator, each.c.dims, each.c.head).subquery()
    total = sa.select(heads.c.indicator, heads.c.dims, sa.func.sum(heads.c.too_many).label("total"))
    return tx.execute(total.group_by(heads.c.indicator, heads.c.dims))


def _sums(
    tx: Transaction, indicators: Sequence[Indicator], scope: Scope, *, stock: bool
) -> Iterable[sa.Row[Any]]:
    query = (
        sa.select(facts.c.indicator, facts.c.dims, sa.func.sum(facts.c.value).label("total"))
        .where(scope.within(indicators, stock=stock))
        .group_by(facts.c.indicator, facts.c.dims)
    )
    return tx.execute(query)


def _subjects(
    tx: Transaction,
    indicators: Sequence[Indicator],
    scope: Scope,
    subject: sa.ColumnElement[str],
    of: sa.Subquery | None = None,
) -> Iterable[sa.Row[Any]]:
    """How many subjects have which dimensions; those of a subject come joined by commas, some repeated.

    A subject of whom as much was taken back as was told does not count. of: only facts of these persons.
    """
    each = (
        sa.select(
            facts.c.indicator,
            subject.label("subject"),
            sa.func.aggregate_strings(facts.c.dims, ",").label("dims"),
        )
        .where(scope.within(indicators, stock=False))
        .group_by(facts.c.indicator, subject)
        .having(sa.func.sum(facts.c.value) > 0)
    )
    if of is not None:
        each = each.join(of, of.c.person_id == facts.c.subject)
    if subject is _TOWNSHIP:
        # A fact of the county itself (341524000000) happened in no township.
        each = each.where(sa.func.substr(facts.c.region, 7, 3) != "000")
    by_subject = each.subquery()
    return tx.execute(
        sa.select(by_subject.c.indicator, by_subject.c.dims, sa.func.count().label("number")).group_by(
            by_subject.c.indicator, by_subject.c.dims
        )
    )


def dimensions(tx: Transaction, indicator: Indicator, scope: Scope) -> list[str]:
    """The different dimensions of the indicator's facts."""
    stock = indicator.kind == "stock"
    query = sa.select(facts.c.dims).distinct().where(scope.within([indicator], stock=stock))
    return list(tx.execute(query).scalars())


def count(tx: Transaction, indicator: Indicator, scope: Scope, dims: Sequence[str]) -> int:
    """How many facts are behind a cell."""
    query = sa.select(sa.func.count()).select_from(facts).where(_behind(indicator, scope, dims))
    return int(tx.execute(query).scalar_one())


def page(
    tx: Transaction,
    indicator: Indicator,
    scope: Scope,
    dims: Sequence[str],
    after: tuple[date, int] | None,
    limit: int,
) -> list[sa.Row[Any]]:
    """Facts behind a cell in the order of day and id, after the given one."""
    query = sa.select(facts).where(_behind(indicator, scope, dims))
    if after is not None:
        day, identifier = after
        later = sa.or_(facts.c.day > day, sa.and_(facts.c.day == day, facts.c.id > identifier))
        query = query.where(facts.c.day >= day, later)
    return list(tx.execute(query.order_by(facts.c.day, facts.c.id).limit(limit)))


def _behind(indicator: Indicator, scope: Scope, dims: Sequence[str]) -> sa.ColumnElement[bool]:
    return sa.and_(scope.within([indicator], stock=indicator.kind == "stock"), facts.c.dims.in_(dims))
