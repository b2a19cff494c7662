"""Every day the money of every month is compared: books, bank files, receipts, payments."""

from datetime import date

from chassis import clock
from chassis.jobs import Job
from chassis.transaction import Transaction
from kernel.periods import Period
from services.subsidy import reconciliation_repository
from services.subsidy.tables import runs

JOB = "subsidy.reconcile"


def reconcile_step(tx: Transaction, job: Job) -> bool:
    """Compare one more month, from the first in which a bank was to pay to the present one.

    What differs is counted as found, which the metrics tell; the query and `canlian reconcile` name it.
    """
    next_day = job.cursor.get("next")
    begin = date.fromisoformat(next_day) if next_day else reconciliation_repository.first_day(tx)
    if begin is None or begin > clock.office_day(tx.now):
        return True
    month = Period.of(begin, "month")
    everywhere = tx.scope(runs.c.region)
    for step in reconciliation_repository.reconciled(tx, month.start, month.end, everywhere):
        job.done += 1
        if step.differs:
            job.cursor["found"] = job.cursor.get("found", 0) + 1
    job.cursor["next"] = month.end.isoformat()
    return False
