"""Targets, snapshots and signatures in the database: appended, never changed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.reporting.domain.catalogue import Cell
from services.reporting.tables import signature, snapshot, target

_SIGNED = sa.select(snapshot, signature.c.signed_by).join_from(
    snapshot, signature, snapshot.c.snapshot_id == signature.c.snapshot_id, isouter=True
)


# Targets -----------------------------------------------------------------------------------------


def targets(tx: Transaction, region: str, period: str) -> dict[Cell, str]:
    """The task that applies to each cell: of the latest day, of one day the one recorded last."""
    query = (
        sa.select(target.c.indicator, target.c.dims, target.c.value)
        .where(target.c.region == region, target.c.period == period)
        .order_by(target.c.set_on, target.c.id)
    )
    return {Cell(row.indicator, row.dims): row.value for row in tx.execute(query)}


def targets_set(
    tx: Transaction, regions: Iterable[str], periods: Iterable[str]
) -> dict[tuple[str, str, str, str, date], tuple[str, str]]:
    """The last (value, target_id) set for each (region, period, indicator, dims, set_on)."""
    query = (
        sa.select(target)
        .where(target.c.region.in_(sorted(set(regions))), target.c.period.in_(sorted(set(periods))))
        .order_by(target.c.id)
    )
    return {
        (row.region, row.period, row.indicator, row.dims, row.set_on): (row.value, row.target_id)
        for row in tx.execute(query)
    }


def add_targets(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    tx.execute(sa.insert(target), rows)


# Snapshots ---------------------------------------------------------------------------------------


def newest_snapshot(
    tx: Transaction,
    office: str,
    region: str,
    period: str,
    *,
    revision: int | None = None,
    as_of: date | None = None,
) -> sa.Row[Any] | None:
    """The snapshot of the highest revision, among those of one revision or one cut-off if given."""
    query = _SIGNED.where(
        snapshot.c.office == office, snapshot.c.region == region, snapshot.c.period == period
    )
    if revision is not None:
        query = query.where(snapshot.c.revision == revision)
    if as_of is not None:
        query = query.where(snapshot.c.as_of == as_of)
    return tx.execute(query.order_by(snapshot.c.revision.desc()).limit(1)).one_or_none()


def snapshot_by_id(tx: Transaction, snapshot_id: str) -> sa.Row[Any] | None:
    return tx.execute(_SIGNED.where(snapshot.c.snapshot_id == snapshot_id)).one_or_none()


def add_snapshot(tx: Transaction, **values: Any) -> sa.Row[Any]:
    """Append a snapshot and read it back. Raises IntegrityError when another took the revision just now."""
    tx.execute(sa.insert(snapshot).values(**values, taken_at=tx.now))
    return tx.execute(_SIGNED.where(snapshot.c.snapshot_id == values["snapshot_id"])).one()


def add_signature(tx: Transaction, snapshot_id: str, taken_by: str, signed_by: str) -> None:
    """Raises IntegrityError when it is signed already, or by the one who took it."""
    row = {"snapshot_id": snapshot_id, "taken_by": taken_by, "signed_by": signed_by, "signed_at": tx.now}
    tx.execute(sa.insert(signature), row)
