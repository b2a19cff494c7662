"""What a service's database tells the metrics: partitions to come, and when that which is due was last done.

Daily jobs start by themselves; checks and retention are commands that a timer outside runs by the owner's
account, and their results stand in the table ``operator_act``.
"""

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from chassis import daily, metrics, operator_acts, partitions, stream

if TYPE_CHECKING:
    from chassis.runtime import Runtime
    from chassis.service import Service

_GAUGES = (
    metrics.MONTHS_AHEAD,
    metrics.STRAY_BYTES,
    metrics.DAILY_SUCCESS,
    metrics.DAILY_FOUND,
    metrics.REBUILD_CHECKED,
    metrics.REBUILD_DIFFERS,
    metrics.RETENTION_RUN,
)


def tell(runtime: "Runtime") -> None:
    """Look at the database and set the gauges of the service."""
    service = runtime.service
    with runtime.database.read() as connection:
        for kind, (at, found) in daily.last_ends(connection, service.daily_jobs()).items():
            metrics.DAILY_SUCCESS.labels(service=service.name, kind=kind).set(at)
            metrics.DAILY_FOUND.labels(service=service.name, kind=kind).set(found)
        if service.projections:
            _tell_check(connection, service)
        if not runtime.database.is_sqlite:
            _tell_months(connection, runtime)


def forget(service: "type[Service]") -> None:
    """Take the gauges of the service away: another process tells how it is now."""
    for gauge in _GAUGES:
        gauge.remove_by_labels({"service": service.name})


def _tell_check(connection: sa.Connection, service: "type[Service]") -> None:
    last = operator_acts.last(connection, operator_acts.CHECKED, operator_acts.REBUILT)
    found = json.loads(last.details) if last is not None and last.act == operator_acts.CHECKED else {}
    differs = bool(found.get("differences") or found.get("conflicts"))
    metrics.REBUILD_CHECKED.labels(service=service.name).set(_done_at(last))
    metrics.REBUILD_DIFFERS.labels(service=service.name).set(differs)


def _tell_months(connection: sa.Connection, runtime: "Runtime") -> None:
    found = partitions.found(connection)
    ahead = partitions.months_ahead(found, runtime.now().date())
    labels = {"service": runtime.service.name}
    if ahead is not None:
        metrics.MONTHS_AHEAD.labels(**labels).set(ahead)
        metrics.STRAY_BYTES.labels(**labels).set(partitions.strays(found))
    metrics.RETENTION_RUN.labels(**labels).set(
        _done_at(operator_acts.last(connection, operator_acts.RETAINED))
    )


def _done_at(act: sa.Row[tuple[object, ...]] | None) -> float:
    return stream.aware(act.done_at).timestamp() if act is not None else 0.0
