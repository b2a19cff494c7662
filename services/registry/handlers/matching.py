"""The work of a run: the certified persons of its division, some thousand at a time, beside the lists.

Persons go by in the order of their divisions, so that memory does not grow with them, and the counts of a
township come together.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.jobs import Job
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts.registry import inquiries as messages
from kernel.regions import RegionCode
from services.registry.domain.codes import split
from services.registry.domain.match_finding import OPEN, Finding
from services.registry.domain.matching import Check, Subject
from services.registry.match_tables import (
    department_lists,
    department_rows,
    match_counts,
    match_findings,
    match_runs,
)
from services.registry.repository import flags_of
from services.registry.survey_tables import survey_tasks
from services.registry.tables import certificates, persons

JOB = "registry.match"
PERSONS_PER_STEP = 4000

Listed = dict[str, str]
"""Kind of list to the row in which a person stands on it."""


@dataclass
class Work:
    """One step of a run. lists: kind and last day of each list by its identifier."""

    run: sa.Row[Any]
    checks: tuple[Check, ...]
    lists: dict[str, tuple[str, date]]
    counts: Counter[tuple[str, str, str, str, int]] = field(default_factory=Counter)

    @classmethod
    def load(cls, tx: Transaction, run_id: str) -> "Work":
        """What the run was told to do."""
        run = tx.execute(sa.select(match_runs).where(match_runs.c.id == run_id)).one()
        rules = tx.rules.at(run.matched_on)
        lists = rows_among(tx, sa.select(department_lists), department_lists.c.id, split(run.list_ids))
        return cls(
            run,
            tuple(Check.of(rules, name) for name in sorted(split(run.checks))),
            {each.id: (each.kind, each.as_of) for each in lists},
        )

    def as_of(self, check: Check) -> date:
        """The latest day that one of the check's lists tells of; without lists the day of the match."""
        days = [day for kind, day in self.lists.values() if kind in check.lists]
        return max(days, default=self.run.matched_on)

    def listed(self, person: sa.Row[Any]) -> Listed:
        """On which lists somebody of a page stands, as the last columns of their row tell."""
        on = person[len(person) - len(self.lists) :]
        return {kind: row for (kind, _), row in zip(self.lists.values(), on, strict=True) if row is not None}

    def suspected(
        self, person: sa.Row[Any], listed: Listed, flags: frozenset[str], needs: frozenset[str]
    ) -> Iterator[Check]:
        """The checks by which the person is to be verified. Counts them, and what the person stands on."""
        subject = Subject(person.birth_date, person.category, person.grade, flags, needs)
        township = f"{person.region[:9]}000"
        cell = (township, person.category, person.grade)
        for kind in listed:
            self.counts["listed", kind, *cell] += 1
        for check in self.checks:
            if check.selects(subject, listed, self.run.matched_on):
                self.counts["selected", check.name, *cell] += 1
                if check.suspects(listed):
                    self.counts["suspected", check.name, *cell] += 1
                    yield check


def match_step(tx: Transaction, job: Job) -> bool:
    """Compare the next persons, or tell that the run is completed."""
    work = Work.load(tx, job.key)
    page = _next_page(tx, work, job.cursor)
    if not page:
        _complete(tx, work.run)
        return True
    people = [person for person in page if person.category is not None]
    twice = _registered_twice(tx, people)
    listed, needs = _listed(tx, work, people, twice), _needs(tx, work, people, twice)
    flags = _flags(tx, work, people)
    suspects = [
        (person, check)
        for person in people
        for check in work.suspected(
            person,
            listed[person.id],
            frozenset(flags.get(person.household_id, ())),
            needs.get(person.id, frozenset()),
        )
    ]
    findings = _raise(tx, work, _fresh(tx, work, suspects), listed)
    _count(tx, work)
    done = {"persons": work.run.persons + len(people), "findings": work.run.findings + findings}
    tx.execute(sa.update(match_runs).where(match_runs.c.id == work.run.id).values(done))
    job.cursor.update(region=page[-1].region, person_id=page[-1].id)
    job.done += len(people)
    return False


def _next_page(tx: Transaction, work: Work, cursor: dict[str, Any]) -> Sequence[sa.Row[Any]]:
    """The next persons, each with the valid certificate and the row on each of the lists, if there are."""
    prefix = RegionCode(work.run.region).prefix
    key = sa.tuple_(persons.c.region, persons.c.id)
    after = sa.tuple_(cursor.get("region", prefix.ljust(12, "0")), cursor.get("person_id", ""))
    told = ("id", "region", "birth_date", "household_id", "id_number_index")
    page = (
        sa.select(*(persons.c[name] for name in told))
        .where(key > after, persons.c.region <= prefix.ljust(12, "9"))
        .order_by(persons.c.region, persons.c.id)
        .limit(PERSONS_PER_STEP)
        .subquery()
    )
    valid = sa.and_(certificates.c.person_id == page.c.id, certificates.c.status == "valid")
    # A question for each person and not a join, which the database would answer by reading a whole list.
    rows = (
        sa.select(department_rows.c.id)
        .where(
            department_rows.c.list_id == list_id,
            department_rows.c.id_number_index == page.c.id_number_index,
        )
        .scalar_subquery()
        .label(f"on_{kind}")
        for list_id, (kind, _) in work.lists.items()
    )
    query = sa.select(page, certificates.c.category, certificates.c.grade, *rows)
    query = query.outerjoin_from(page, certificates, valid).order_by(page.c.region, page.c.id)
    return tx.execute(query).all()


def _flags(tx: Transaction, work: Work, people: Sequence[sa.Row[Any]]) -> dict[str, list[str]]:
    """The flags of their households, if a check asks for some."""
    if not any(check.flags for check in work.checks):
        return {}
    return flags_of(tx, {person.household_id for person in people if person.household_id is not None})


def _registered_twice(tx: Transaction, people: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """The other records of these people, which were merged: they may stand on a list by those."""
    query = sa.select(persons.c.id, persons.c.id_number_index, persons.c.merged_into)
    return rows_among(tx, query, persons.c.merged_into, {person.id for person in people})


def _listed(
    tx: Transaction, work: Work, people: Sequence[sa.Row[Any]], twice: Sequence[sa.Row[Any]]
) -> dict[str, Listed]:
    """On which lists they stand, by person."""
    found = {person.id: work.listed(person) for person in people}
    numbers = {other.id_number_index: other.merged_into for other in twice}
    column = department_rows.c.id_number_index
    query = sa.select(department_rows.c.id, department_rows.c.list_id, column).where(
        department_rows.c.list_id.in_(sorted(work.lists))
    )
    for row in rows_among(tx, query, column, numbers):
        found[numbers[row.id_number_index]].setdefault(work.lists[row.list_id][0], row.id)
    return found


def _needs(
    tx: Transaction, work: Work, people: Sequence[sa.Row[Any]], twice: Sequence[sa.Row[Any]]
) -> dict[str, frozenset[str]]:
    """What the run's round of the survey recorded that they need, by person."""
    if work.run.round_id is None:
        return {}
    query = sa.select(survey_tasks.c.person_id, survey_tasks.c.needs).where(
        survey_tasks.c.round_id == work.run.round_id
    )
    heads = {person.id: person.id for person in people} | {other.id: other.merged_into for other in twice}
    found: dict[str, frozenset[str]] = {}
    for row in rows_among(tx, query, survey_tasks.c.person_id, heads):
        head = heads[row.person_id]
        found[head] = found.get(head, frozenset()) | split(row.needs)
    return found


def _fresh(
    tx: Transaction, work: Work, suspects: list[tuple[sa.Row[Any], Check]]
) -> list[tuple[sa.Row[Any], Check]]:
    """Without those who are being verified already, or were verified after the day that the lists tell of."""
    query = sa.select(
        match_findings.c.person_id,
        match_findings.c.check,
        match_findings.c.state,
        match_findings.c.last_act_on,
    )
    ids = {person.id for person, _ in suspects}
    before = rows_among(tx, query, match_findings.c.person_id, ids)
    as_of = {check.name: work.as_of(check) for check in work.checks}
    settled = {
        (row.person_id, row.check)
        for row in before
        if row.state in OPEN or row.last_act_on >= as_of.get(row.check, date.max)
    }
    return [(person, check) for person, check in suspects if (person.id, check.name) not in settled]


def _raise(
    tx: Transaction, work: Work, suspects: list[tuple[sa.Row[Any], Check]], listed: dict[str, Listed]
) -> int:
    """Record the findings; returns how many."""
    run, rows = work.run, []
    for number, (person, check) in enumerate(suspects, run.findings + 1):
        finding_id, on = tx.new_id(), listed[person.id]
        told = {
            "run_id": run.id,
            "person_id": person.id,
            "check": check.name,
            "proposes": check.proposes,
            "region": person.region,
            "category": person.category,
            "grade": person.grade,
            "raised_on": run.matched_on,
            "as_of": work.as_of(check),
        }
        tx.record(messages.MatchFindingRaised(finding_id=finding_id, **told))
        kind = check.row_kind(on)
        rows.append(
            {"id": finding_id, "ref": f"{run.ref}/{number:06d}", "row_id": on[kind] if kind else None}
            | asdict(Finding("raised", run.matched_on, check.proposes))
            | told
            | {"steps": 0, "recorded_at": tx.now}
        )
    tx.insert(match_findings, rows)
    return len(rows)


def _count(tx: Transaction, work: Work) -> None:
    """Keep what this step counted; a township that two steps share has two rows for a cell."""
    names = ("about", "name", "region", "category", "grade")
    rows = [
        {"id": tx.new_id(), "run_id": work.run.id, **dict(zip(names, cell, strict=True)), "persons": persons_}
        for cell, persons_ in work.counts.items()
    ]
    tx.insert(match_counts, rows)


def _complete(tx: Transaction, run: sa.Row[Any]) -> None:
    tx.execute(sa.update(match_runs).where(match_runs.c.id == run.id).values(state="completed"))
    tx.record(
        messages.MatchCompleted(
            region=run.region,
            run_id=run.id,
            matched_on=run.matched_on,
            persons=run.persons,
            findings=run.findings,
        )
    )
