"""Long work in short transactions: killed anywhere, a job goes on after its last committed step."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from chassis import metrics, schema
from chassis.access import Caller
from chassis.transaction import Transaction
from kernel.errors import Refusal

if TYPE_CHECKING:
    from chassis.runtime import Runtime

log = structlog.get_logger(__name__)

OPEN = ("planned", "running")


@dataclass
class Job:
    """A job as a step sees it. ``cursor`` and ``done`` are saved with the step's transaction."""

    id: str
    kind: str
    key: str
    payload: dict[str, Any]
    cursor: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int | None = None


JobStep = Callable[[Any, Job, Transaction], bool]
"""One step: returns true when the job is done, false to be called again."""


class JobRunner:
    """Runs the open jobs of one service, the oldest first."""

    def __init__(self, runtime: "Runtime", steps: dict[str, JobStep]) -> None:
        self._runtime = runtime
        self._steps = steps

    def run_all(self) -> int:
        """Run all open jobs to their end and return how many ended."""
        ended = 0
        while self.run_one():
            ended += 1
        return ended

    def run_one(self, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Run the oldest open job to its end, or until ``go_on`` says no; false when none is open.

        A refusal fails the job for good, with its code; any other exception is raised, and the job stays
        open at its last committed step.
        """
        job_id = self._next()
        if job_id is None:
            return False
        while go_on() and not self._step(job_id):
            pass
        return True

    def _next(self) -> str | None:
        job = schema.job
        query = sa.select(job.c.id).where(job.c.state.in_(OPEN), job.c.kind.in_(self._steps))
        with self._runtime.database.read() as connection:
            return connection.execute(
                query.order_by(job.c.created_at, job.c.id).limit(1)
            ).scalar_one_or_none()

    def _step(self, job_id: str) -> bool:
        try:
            return self._run_step(job_id)
        except Refusal as refusal:
            log.warning("job_refused", job=job_id, code=refusal.code)
            with self._runtime.database.write() as connection:
                values = {"state": "failed", "error": str(refusal), "updated_at": self._runtime.now()}
                connection.execute(sa.update(schema.job).where(schema.job.c.id == job_id).values(values))
            return True

    def _run_step(self, job_id: str) -> bool:
        table = schema.job
        with self._runtime.transaction(self._runtime.system()) as tx:
            row = tx.execute(sa.select(table).where(table.c.id == job_id).with_for_update()).one()
            if row.state not in OPEN:
                return True
            tx.caller = Caller.from_claims(json.loads(row.caller))
            tx.traceparent = row.traceparent
            job = Job(
                row.id,
                row.kind,
                row.key,
                json.loads(row.payload),
                json.loads(row.cursor),
                row.done,
                row.total,
            )
            ended = self._steps[row.kind](self._runtime.instance, job, tx)
            values = {
                "cursor": json.dumps(job.cursor),
                "done": job.done,
                "total": job.total,
                "state": "done" if ended else "running",
                "updated_at": tx.now,
            }
            tx.execute(sa.update(table).where(table.c.id == job_id).values(values))
        labels = {"service": self._runtime.service.name, "kind": job.kind}
        metrics.JOB_DONE.labels(**labels).set(job.done)
        metrics.JOB_TOTAL.labels(**labels).set(job.total or job.done)
        return ended
