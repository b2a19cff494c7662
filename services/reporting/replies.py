"""Rows as the contracts show them.

A room of its own because handlers and queries answer with the same replies.
"""

import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa

from contracts.reporting import IndicatorDefinition, Snapshot, TracedEvent
from kernel.money import Money
from services.reporting.domain.catalogue import Indicator, dimensions_of


def snapshot(row: sa.Row[Any], signed_by: str | None = None) -> Snapshot:
    """The stored document with what the hash leaves out. signed_by: when it was signed just now."""
    return Snapshot.model_validate(
        {
            **json.loads(row.document),
            "snapshot_id": row.snapshot_id,
            "revision": row.revision,
            "hash": row.hash,
            "taken_by": row.taken_by,
            "signed_by": signed_by or row.signed_by,
        }
    )


def traced_event(indicator: Indicator, row: sa.Row[Any]) -> TracedEvent:
    """A fact with the event it came from."""
    aware = row.recorded_at if row.recorded_at.tzinfo else row.recorded_at.replace(tzinfo=UTC)
    return TracedEvent(
        event_id=row.event_id,
        source=row.source,
        position=row.position,
        type=row.type,
        subject=row.subject,
        region=row.region,
        day=row.day,
        dimensions=dimensions_of(row.dims),
        value=str(Money(row.value)) if indicator.measure == "money" else str(row.value),
        trace_id=row.trace_id,
        recorded_at=aware,
    )


def definition(indicator: Indicator) -> IndicatorDefinition:
    """What the catalogue tells of an indicator."""
    return IndicatorDefinition(
        code=indicator.code,
        aliases=list(indicator.aliases),
        zh=indicator.zh,
        en=indicator.en,
        unit=indicator.unit,
        kind=indicator.kind,
        definition=indicator.version,
        events=sorted({feed.event for feed in indicator.feeds}),
        dimensions=sorted({key for feed in indicator.feeds for key in feed.dimensions}),
    )
