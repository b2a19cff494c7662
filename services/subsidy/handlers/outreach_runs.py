"""Runs of outreach: started by the office, worked on by a job, some thousand persons at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.jobs import Job
from chassis.transaction import Transaction
from contracts import subsidy as messages
from contracts.message import BulkReply
from kernel.errors import Invalid
from kernel.regions import RegionCode
from services.subsidy import repository
from services.subsidy.domain.outreach import Grounds
from services.subsidy.domain.record import check_same
from services.subsidy.domain.schemes import OFFICE, Scheme
from services.subsidy.handlers.prospects import Prospect, Served, raise_leads
from services.subsidy.outreach_tables import outreach_runs
from services.subsidy.person_tables import persons

JOB = "subsidy.outreach"
PERSONS_PER_STEP = 2000


@dataclass(frozen=True, slots=True)
class Run:
    """What a run's reference stands for."""

    scheme: str
    period: str
    region: str
    matched_on: date


def start_outreach_runs(tx: Transaction, message: messages.StartOutreachRuns) -> BulkReply:
    """Start runs; the office's reference is the key. A job does the work."""
    tx.no_scope("each run's own region is checked below")
    bulk = Bulk(message)
    query = sa.select(outreach_runs).where(outreach_runs.c.ref.in_({item.ref for item in bulk.items()}))
    known = {
        row.ref: (row.run_id, Run(row.scheme, row.period, row.region, row.matched_on))
        for row in tx.execute(query)
    }
    new: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.OutreachRunItem = entry.item
            tx.within(item.region)
            told = Run(item.scheme, item.period, item.region, item.matched_on)
            if same := known.get(item.ref):
                check_same("run", same[1], told)
                entry.unchanged(same[0])
                continue
            _check(tx, told)
            new.append(_row(tx, item.ref, told))
            known[item.ref] = new[-1]["run_id"], told
            entry.created(new[-1]["run_id"])
    tx.insert(outreach_runs, new)
    tx.start_jobs(JOB, {row["run_id"]: None for row in new}, payload={})
    return bulk.reply()


def _check(tx: Transaction, told: Run) -> None:
    """Refuse a run that nobody can be found by."""
    scheme = Scheme.of(tx.rules.at(told.matched_on).within(RegionCode(told.region)), told.scheme)
    scheme.period(told.period)
    if scheme.opened_by.text != OFFICE:
        raise Invalid(
            "subsidy.opened_by_enrolment",
            f"Scheme {scheme.code} is granted by enrolling in its programme; look for people there.",
            field="scheme",
        )


def _row(tx: Transaction, ref: str, told: Run) -> dict[str, Any]:
    row = {"run_id": tx.new_id(), "ref": ref, **asdict(told), "state": "running", "persons": 0, "leads": 0}
    return row | {"recorded_by": tx.caller.subject, "recorded_at": tx.now}


def outreach_step(tx: Transaction, job: Job) -> bool:
    """Look at the next persons of a run, in the order of their divisions; the last step completes it."""
    run = tx.execute(sa.select(outreach_runs).where(outreach_runs.c.run_id == job.key)).one()
    people = _next_people(tx, run.region, job.cursor)
    this = sa.update(outreach_runs).where(outreach_runs.c.run_id == run.run_id)
    if not people:
        tx.execute(this.values(state="completed"))
        return True
    found = _find(tx, run, {row.person_id for row in people})
    tx.execute(this.values(persons=run.persons + len(people), leads=run.leads + found))
    job.cursor.update(region=people[-1].region, person_id=people[-1].person_id)
    job.done += len(people)
    return False


def _next_people(tx: Transaction, region: str, cursor: Mapping[str, str]) -> Sequence[sa.Row[Any]]:
    person, prefix = persons.c, RegionCode(region).prefix
    first, last = cursor.get("region", prefix.ljust(12, "0")), prefix.ljust(12, "9")
    query = sa.select(person.region, person.person_id).where(person.region.between(first, last))
    query = query.where(person.merged_into.is_(None))
    if cursor:
        query = query.where(sa.or_(person.region > first, person.person_id > cursor["person_id"]))
    return tx.execute(query.order_by(person.region, person.person_id).limit(PERSONS_PER_STEP)).all()


def _find(tx: Transaction, run: sa.Row[Any], ids: Collection[str]) -> int:
    """Raise leads of those who are entitled, have no award or claim and were not asked yet; how many."""
    served = Served(tx, ids)
    people = {
        person_id: known
        for person_id, known in repository.people(tx, ids).items()
        if not served.has(person_id, run.scheme, run.period)
    }
    rules = tx.rules.at(run.matched_on)
    schemes = {
        region: Scheme.of(rules.within(RegionCode(region)), run.scheme) for region, _ in people.values()
    }
    found = []
    for person_id, (region, holder) in people.items():
        grounds = Grounds.of(schemes[region], holder, run.matched_on, rules)
        if grounds is not None:
            about = (person_id, region, run.scheme, run.period, run.matched_on)
            found.append(Prospect(*about, cause="outreach", grounds=grounds, run_id=run.run_id))
    return raise_leads(tx, found)
