"""Samples of paid runs: asked for by the office, drawn by a job."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Conflict, NotFound
from services.subsidy import run_repository
from services.subsidy.domain import verification
from services.subsidy.domain.differences import period_of
from services.subsidy.domain.record import check_same
from services.subsidy.domain.run import Run
from services.subsidy.tables import run_lines
from services.subsidy.verification_tables import payment_checks, payment_samples

JOB = "subsidy.sample"
CHECKS_PER_STEP = 2000


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample's reference stands for."""

    run_id: str
    seed: str
    drawn_on: date


def draw_payment_samples(tx: Transaction, message: messages.DrawPaymentSamples) -> BulkReply:
    """Draw samples; the office's reference is the key. A job writes the work list."""
    bulk = Bulk(message)
    asked = list(bulk.items())
    seen = run_repository.those_visible(tx, {item.run_id for item in asked})
    table = payment_samples.c
    query = sa.select(payment_samples).where(
        sa.or_(table.ref.in_({item.ref for item in asked}), table.run_id.in_(seen))
    )
    known = {
        row.ref: (row.sample_id, Sample(row.run_id, row.seed, row.drawn_on)) for row in tx.execute(query)
    }
    new: list[dict[str, Any]] = []
    drawn = {sample.run_id for _, sample in known.values()}
    for entry in bulk:
        with entry.deciding():
            item: messages.PaymentSampleItem = entry.item
            if item.run_id not in seen:
                raise NotFound(
                    "subsidy.unknown_run", "There is no such run in the caller's regions.", field="run_id"
                )
            told = Sample(item.run_id, item.seed, item.drawn_on)
            if same := known.get(item.ref):
                check_same("sample", same[1], told)
                entry.unchanged(same[0])
                continue
            if told.run_id in drawn:
                raise Conflict(
                    "subsidy.sample_drawn",
                    "A sample of this run is drawn already; it is for good.",
                    field="run_id",
                )
            row = _row(tx, item.ref, told, seen[told.run_id])
            known[item.ref] = row["sample_id"], told
            drawn.add(told.run_id)
            new.append(row)
            entry.created(row["sample_id"])
    tx.insert(payment_samples, new)
    tx.start_jobs(JOB, {row["sample_id"]: row["checks"] for row in new}, payload={})
    return bulk.reply()


def _row(tx: Transaction, ref: str, told: Sample, run: Run) -> dict[str, Any]:
    verification.check_drawable(run)
    checks = verification.size(tx.rules.at(told.drawn_on), run.lines)
    row = {"sample_id": tx.new_id(), "ref": ref, **asdict(told), "region": run.region, "lines": run.lines}
    row |= {"checks": checks, "state": "drawing"}
    return row | {"recorded_by": tx.caller.subject, "recorded_at": tx.now}


def sample_step(tx: Transaction, job: Job) -> bool:
    """Write the next payments that are drawn on the work list; the last step completes it."""
    sample = tx.execute(sa.select(payment_samples).where(payment_samples.c.sample_id == job.key)).one()
    run = run_repository.get(tx, sample.run_id)
    # Drawn anew in each step: the same every time, and nothing to keep between them.
    places = verification.draw(run.list_hash or "", sample.seed, sample.lines, sample.checks)
    drawn = places[job.done : job.done + CHECKS_PER_STEP]
    line = run_lines.c
    query = sa.select(line.seq, line.person_id, line.region, line.period, line.amount_fen)
    query = query.where(line.run_id == run.id, line.seq.in_(drawn)).order_by(line.seq)
    rows = [
        {
            "check_id": tx.new_id(),
            "sample_id": sample.sample_id,
            "run_id": run.id,
            "line": row.seq,
            "person_id": row.person_id,
            "region": row.region,
            "scheme": run.scheme,
            "period": period_of(row.period),
            "amount_fen": row.amount_fen,
            "state": "open",
            "last_act_on": sample.drawn_on,
        }
        for row in tx.execute(query)
    ]
    tx.insert(payment_checks, rows)
    job.done += len(drawn)
    if job.done < sample.checks:
        return False
    this = sa.update(payment_samples).where(payment_samples.c.sample_id == sample.sample_id)
    tx.execute(this.values(state="drawn"))
    return True
