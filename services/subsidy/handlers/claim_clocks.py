"""The clocks of claims: what ran out is told once, by a late step or by the daily look."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from chassis.clock import day_begins
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from services.subsidy import claim_repository
from services.subsidy.claim_repository import Filed
from services.subsidy.claim_tables import claim_overdue, claims

JOB = "subsidy.claims"
CLAIMS_PER_STEP = 500


@dataclass
class Overdue:
    """Clocks told to have run out: claim, clock and last day; rows: what is to be written."""

    told: set[tuple[str, str, date]]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, tx: Transaction, filed: Filed, day: date) -> None:
        """Tell of the claim's running clock if its last day is before the day, unless it was told."""
        clock, due_on = filed.progress.clock, filed.progress.due_on
        if clock is None or due_on is None or due_on >= day or (filed.id, clock, due_on) in self.told:
            return
        self.told.add((filed.id, clock, due_on))
        self.rows.append({"claim_id": filed.id, "clock": clock, "due_on": due_on, "recorded_at": tx.now})
        tx.record(
            messages.ClaimOverdue(
                **facts_of(filed), clock=clock, desk=filed.desk, overdue_on=due_on + timedelta(days=1)
            )
        )

    def save(self, tx: Transaction) -> None:
        """Write what was told."""
        tx.insert(claim_overdue, self.rows)


def facts_of(filed: Filed) -> dict[str, Any]:
    """What every event of a claim tells."""
    return {
        "region": filed.region,
        "claim_id": filed.id,
        "person_id": filed.request.person_id,
        "scheme": filed.request.scheme,
        "variant": filed.request.variant,
        "applied_on": filed.request.applied_on,
    }


def look(tx: Transaction, job: Job) -> bool:
    """Tell of the next clocks that ran out before the job's day; true when none is left.

    A claim recorded on the day itself is left for the next: its steps may still be on their way.
    """
    day = date.fromisoformat(job.key)
    told = sa.exists().where(
        claim_overdue.c.claim_id == claims.c.claim_id,
        claim_overdue.c.due_on == claims.c.due_on,
        claim_overdue.c.clock == claims.c.clock,
    )
    query = sa.select(claims.c.ref).where(
        claims.c.due_on < day, claims.c.recorded_at < day_begins(day), ~told
    )
    late = query.order_by(claims.c.due_on, claims.c.claim_id).limit(CLAIMS_PER_STEP)
    # Locked and read again: a step that came between has stopped its clock, or told of it.
    filed = claim_repository.lock_claims(tx, set(tx.execute(late).scalars()))
    if not filed:
        return True
    overdue = Overdue(claim_repository.told_overdue(tx, [each.id for each in filed.values()]))
    for each in filed.values():
        overdue.tell(tx, each, day)
    overdue.save(tx)
    job.done += len(overdue.rows)
    return False
