"""The clocks of applications: what ran out is told once, by a late step or by the daily look."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from chassis.clock import day_begins
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import registry as messages
from services.registry import application_repository
from services.registry.application_repository import Filed
from services.registry.application_tables import application_overdue, applications

APPLICATIONS_PER_STEP = 500


@dataclass
class Overdue:
    """Clocks told to have run out: application, clock and last day; rows: what is to be written."""

    told: set[tuple[str, str, date]]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, tx: Transaction, filed: Filed, day: date) -> None:
        """Tell of the application's running clock if its last day is before the day, unless it was told."""
        clock, due_on = filed.application.clock, filed.application.due_on
        if clock is None or due_on is None or due_on >= day or (filed.id, clock, due_on) in self.told:
            return
        self.told.add((filed.id, clock, due_on))
        self.rows.append(
            {"application_id": filed.id, "clock": clock, "due_on": due_on, "recorded_at": tx.now}
        )
        tx.record(
            messages.ApplicationOverdue(
                **facts_of(filed), clock=clock, desk=filed.desk, overdue_on=due_on + timedelta(days=1)
            )
        )

    def save(self, tx: Transaction) -> None:
        """Write what was told."""
        tx.insert(application_overdue, self.rows)


def facts_of(filed: Filed) -> dict[str, Any]:
    """What every event of an application tells."""
    return {
        "region": filed.region,
        "application_id": filed.id,
        "person_id": filed.request.person_id,
        "kind": filed.request.wish.kind,
        "channel": filed.request.wish.channel,
        "mode": filed.request.mode,
        "applied_on": filed.request.applied_on,
    }


def look(tx: Transaction, job: Job) -> bool:
    """Tell of the next clocks that ran out before the job's day; true when none is left.

    An application recorded on the day itself is left for the next: its steps may still be on their way.
    """
    day = date.fromisoformat(job.key)
    told = sa.exists().where(
        application_overdue.c.application_id == applications.c.id,
        application_overdue.c.due_on == applications.c.due_on,
        application_overdue.c.clock == application_repository.RUNNING,
    )
    query = sa.select(applications.c.ref).where(
        applications.c.due_on < day, applications.c.recorded_at < day_begins(day), ~told
    )
    late = query.order_by(applications.c.due_on, applications.c.id).limit(APPLICATIONS_PER_STEP)
    # Locked and read again: a step that came between has stopped its clock, or told of it.
    filed = application_repository.lock_applications(tx, set(tx.execute(late).scalars()))
    if not filed:
        return True
    ids = [each.id for each in filed.values()]
    overdue = Overdue(application_repository.told_overdue(tx, ids))
    for each in filed.values():
        overdue.tell(tx, each, day)
    overdue.save(tx)
    job.done += len(overdue.rows)
    return False
