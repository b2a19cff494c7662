"""Targets, snapshots and signatures in the database: appended, never changed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.transaction import Transaction
from services.reporting import tables
from services.reporting.domain.catalogue import Cell

_SNAPSHOT = tables.snapshots.c
_SIGNED = sa.select(tables.snapshots, tables.signatures.c.signed_by).join_from(
    tables.snapshots,
    tables.signatures,
    _SNAPSHOT.snapshot_id == tables.signatures.c.snapshot_id,
    isouter=True,
)


# Targets -----------------------------------------------------------------------------------------


def targets(tx: Transaction, region: str, period: str) -> dict[Cell, str]:
    """The task that applies to each cell: of the latest day, of one day the one recorded last."""
    target = tables.targets.c
    query = (
        sa.select(target.indicator, target.dims, target.value)
        .where(target.region == region, target.period == period)
        .order_by(target.set_on, target.id)
    )
    return {Cell(row.indicator, row.dims): row.value for row in tx.execute(query)}


def targets_set(
    tx: Transaction, regions: Iterable[str], periods: Iterable[str]
) -> dict[tuple[str, str, str, str, date], tuple[str, str]]:
    """The last (value, target_id) set for each (region, period, indicator, dims, set_on)."""
    target = tables.targets.c
    query = (
        sa.select(tables.targets)
        .where(target.region.in_(sorted(set(regions))), target.period.in_(sorted(set(periods))))
        .order_by(target.id)
    )
    return {
        (row.region, row.period, row.indicator, row.dims, row.set_on): (row.value, row.target_id)
        for row in tx.execute(query)
    }


def add_targets(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Append tasks; there is at least one."""
    tx.execute(sa.insert(tables.targets), rows)


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
    query = _SIGNED.where(_SNAPSHOT.office == office, _SNAPSHOT.region == region, _SNAPSHOT.period == period)
    if revision is not None:
        query = query.where(_SNAPSHOT.revision == revision)
    if as_of is not None:
        query = query.where(_SNAPSHOT.as_of == as_of)
    return tx.execute(query.order_by(_SNAPSHOT.revision.desc()).limit(1)).one_or_none()


def snapshot_by_id(tx: Transaction, snapshot_id: str) -> sa.Row[Any] | None:
    """The snapshot with this identifier, of any region."""
    return tx.execute(_SIGNED.where(_SNAPSHOT.snapshot_id == snapshot_id)).one_or_none()


def add_snapshot(tx: Transaction, **values: Any) -> sa.Row[Any]:
    """Append a snapshot and read it back. Raises IntegrityError when another took the revision just now."""
    tx.execute(sa.insert(tables.snapshots).values(**values, taken_at=tx.now))
    return tx.execute(_SIGNED.where(_SNAPSHOT.snapshot_id == values["snapshot_id"])).one()


def add_signature(tx: Transaction, snapshot_id: str, taken_by: str, signed_by: str) -> None:
    """Raises IntegrityError when it is signed already, or by the one who took it."""
    row = {"snapshot_id": snapshot_id, "taken_by": taken_by, "signed_by": signed_by, "signed_at": tx.now}
    tx.execute(sa.insert(tables.signatures), row)
