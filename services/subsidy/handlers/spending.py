"""Every day it is seen whether the money of the year is spent as the year goes on (支出进度)."""

from datetime import date

from chassis.jobs import Job
from chassis.transaction import Transaction
from kernel.periods import Period
from services.subsidy.spending_queries import slow_sources, spent_by_source

JOB = "subsidy.spending"


def spending_step(tx: Transaction, job: Job) -> bool:
    """Count the sources that lag behind as found, which the metrics tell; the query names them."""
    day = date.fromisoformat(job.key)
    year = Period.of(day, "year")
    found = spent_by_source(tx, year)
    job.done = len(found)
    job.cursor["found"] = len(slow_sources(tx, year, day, found))
    return True
