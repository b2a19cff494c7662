"""Work of every day: a job that ``chassis.service.daily`` marks is started once for each day of the office.

A day begins at midnight in China. The day is the job's key, unique in the database: no number of processes
starts it twice. After days without a running process there is one job, for the present day; and none is
started while an older one of the service is still open.
"""

import json
from collections.abc import Iterable

import sqlalchemy as sa

from chassis import clock, schema, stream, tracing
from chassis.runtime import Runtime


class Daily:
    """Starts the daily jobs of one service when nothing else is left to do."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._kinds = runtime.service.daily_jobs()
        self._started = ""

    def start(self) -> bool:
        """Start those of the present day; False if this object did so before."""
        day = clock.office_day(self._runtime.now()).isoformat()
        if not self._kinds or day == self._started:
            return False
        with self._runtime.transaction(self._runtime.system()) as tx:
            tx.traceparent = tracing.new()
            for kind in self._kinds:
                tx.start_job(kind, key=day, payload={})
        self._started = day
        return True


def last_ends(connection: sa.Connection, kinds: Iterable[str]) -> dict[str, tuple[float, int]]:
    """When the job of the latest day ended well, by kind, in seconds since 1970, and how much it found to be
    wrong: the number that its cursor holds as "found". Both 0 if none ever did.
    """
    table = schema.job
    done = sa.select(table.c.updated_at, table.c.cursor).where(table.c.state == "done")
    found = {}
    for kind in kinds:
        latest = done.where(table.c.kind == kind).order_by(table.c.key.desc()).limit(1)
        row = connection.execute(latest).one_or_none()
        found[kind] = (
            (stream.aware(row.updated_at).timestamp(), int(json.loads(row.cursor).get("found", 0)))
            if row
            else (0.0, 0)
        )
    return found
