"""A log full of events, for the comparisons that publish and follow."""

import json

import sqlalchemy as sa

from chassis import clock, schema, tracing
from chassis.runtime import Runtime

COUNT = 20_000


def fill(source: Runtime, count: int = COUNT) -> None:
    """Put events into a service's log, committed and not yet numbered."""
    now, traceparent = clock.now(), tracing.new()
    rows = [
        {
            "event_id": clock.new_id(),
            "type": "registry.region_recorded.v1",
            "subject": f"341524{n:06d}",
            "data": json.dumps({"region": f"341524{n:06d}", "name": "x" * 120, "valid_from": "2024-01-01"}),
            "recorded_at": now,
            "traceparent": traceparent,
        }
        for n in range(count)
    ]
    with source.database.write() as connection:
        connection.execute(sa.insert(schema.event_log), rows)
