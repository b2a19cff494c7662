"""The clocks of cases: what ran out is told once, by a late step or by the daily job."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from chassis import clock
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import Invalid
from services.registry import case_repository
from services.registry.case_repository import Filed
from services.registry.case_tables import cases, overdue_clocks

JOB = "registry.deadlines"
CASES_PER_STEP = 500


@dataclass
class Overdue:
    """Clocks told to have run out: told holds case and clock, rows what is to be written."""

    told: set[tuple[str, str]]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, tx: Transaction, filed: Filed, day: date) -> None:
        """Tell of the case's running clock if its last day is before the day, unless it was told before."""
        clock, running = filed.case.missed(day), filed.case.running
        if clock is None or running is None or (filed.id, clock) in self.told:
            return
        overdue_on = running[1] + timedelta(days=1)
        self.told.add((filed.id, clock))
        self.rows.append(
            {"case_id": filed.id, "clock": clock, "overdue_on": overdue_on, "recorded_at": tx.now}
        )
        tx.record(
            messages.CaseOverdue(
                region=filed.region,
                case_id=filed.id,
                channel=filed.channel,
                matter=filed.matter,
                received_on=filed.received_on,
                clock=clock,
                unit_id=filed.case.unit_id,
                overdue_on=overdue_on,
            )
        )

    def save(self, tx: Transaction) -> None:
        """Write what was told."""
        tx.insert(overdue_clocks, self.rows)


def check_deadlines(tx: Transaction, message: messages.CheckDeadlines) -> messages.DeadlineCheck:
    """Start the look at the deadlines of a day; the same day again changes nothing.

    Raises Invalid("registry.day_to_come"), for what is told of a clock is not taken back.
    """
    tx.no_scope("the clocks of the whole office; nothing of any case is told to the caller")
    if message.day > clock.office_day(tx.now):
        raise Invalid(
            "registry.day_to_come", "The day has not come; look at its deadlines then.", field="day"
        )
    return messages.DeadlineCheck(
        job_id=tx.start_job(JOB, key=message.day.isoformat(), payload={}), day=message.day
    )


def deadline_step(tx: Transaction, job: Job) -> bool:
    """Tell of the next clocks that ran out before the job's day, in the order of their last days.

    A case that was recorded on the day itself is left for the next day: its steps may still be on their way,
    as in the import of an old register.
    """
    day = date.fromisoformat(job.key)
    query = sa.select(cases.c.due_on, cases.c.id, cases.c.ref).where(
        cases.c.due_on < day, cases.c.recorded_at < clock.day_begins(day)
    )
    if "due_on" in job.cursor:
        due_on, case_id = date.fromisoformat(job.cursor["due_on"]), job.cursor["case_id"]
        later = sa.or_(cases.c.due_on > due_on, sa.and_(cases.c.due_on == due_on, cases.c.id > case_id))
        query = query.where(cases.c.due_on >= due_on, later)
    rows = list(tx.execute(query.order_by(cases.c.due_on, cases.c.id).limit(CASES_PER_STEP)))
    if not rows:
        return True
    # Locked and read again: a step that came between has stopped its clock, or told of it.
    locked = case_repository.lock_cases(tx, [row.ref for row in rows])
    overdue = Overdue(case_repository.told_overdue(tx, [row.id for row in rows]))
    for filed in locked.values():
        overdue.tell(tx, filed, day)
    overdue.save(tx)
    job.cursor.update(due_on=rows[-1].due_on.isoformat(), case_id=rows[-1].id)
    job.done += len(overdue.rows)
    return False
