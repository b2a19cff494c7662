"""Questions about persons registered twice; each answers within the caller's regions only.

A room of its own because queries.py answers about one person, and this about two.
"""

from typing import Any

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from services.registry.application_tables import applications
from services.registry.archive_tables import archive_documents
from services.registry.case_tables import cases
from services.registry.correction_tables import corrections
from services.registry.dispute_tables import disputes
from services.registry.domain.codes import split
from services.registry.domain.person import masked_name
from services.registry.duplicate_tables import duplicates, merges
from services.registry.guardian_tables import guardians
from services.registry.help_tables import pairs
from services.registry.inquiry_tables import poverty_files, schooling
from services.registry.legal_aid_tables import legal_aid
from services.registry.match_tables import match_findings
from services.registry.names import opened_name
from services.registry.network_tables import appointments, delegates
from services.registry.paging import below, page_of, view_of
from services.registry.queries import person_row, person_view
from services.registry.survey_tables import survey_tasks
from services.registry.tables import benefit_marks, certificate_acts, persons

HANGING = (
    applications,
    appointments,
    archive_documents,
    benefit_marks,
    cases,
    certificate_acts,
    corrections,
    delegates,
    disputes,
    guardians,
    legal_aid,
    match_findings,
    pairs,
    poverty_files,
    schooling,
    survey_tasks,
)
"""Tables of what is recorded of a person, in the order of their names."""


def list_duplicates(tx: Transaction, message: messages.ListDuplicates) -> messages.DuplicatePage:
    """A page of pairs of persons who both lie in the caller's regions. Raises Invalid("region.malformed")."""
    first, second = persons.alias("first"), persons.alias("second")
    query = (
        sa.select(duplicates)
        .join(first, first.c.id == duplicates.c.first_id)
        .join(second, second.c.id == duplicates.c.second_id)
        .where(tx.scope(first.c.region), tx.scope(second.c.region))
    )
    if message.region is not None:
        query = query.where(
            sa.or_(below(first.c.region, message.region), below(second.c.region, message.region))
        )
    if message.states:
        query = query.where(duplicates.c.state.in_(message.states))
    page, after = page_of(tx, query, duplicates, message.after, message.limit)
    two = {row[side] for row in page for side in ("first_id", "second_id")}
    people = {row.id: row for row in rows_among(tx, sa.select(persons), persons.c.id, two)}
    return messages.DuplicatePage(duplicates=[_pair(tx, row, people) for row in page], after=after)


def _pair(tx: Transaction, row: sa.RowMapping, people: dict[str, sa.Row[Any]]) -> messages.DuplicateView:
    first, second = people[row["first_id"]], people[row["second_id"]]
    return messages.DuplicateView.model_validate(
        {
            "duplicate_id": row["id"],
            "first_id": first.id,
            "first_name": masked_name(opened_name(tx, first)),
            "first_region": first.region,
            "second_id": second.id,
            "second_name": masked_name(opened_name(tx, second)),
            "second_region": second.region,
            "signs": sorted(split(row["signs"])),
            "found_on": row["found_on"],
            "state": row["state"],
        }
    )


def compare_persons(tx: Transaction, message: messages.ComparePersons) -> messages.Comparison:
    """Two persons side by side, masked, with how much hangs on each.

    Raises NotFound("registry.unknown_person"), also for one out of scope.
    """
    rows = [person_row(tx, person_id) for person_id in (message.person_id, message.other_id)]
    counts = _counts(tx, [row.id for row in rows])
    sides = [
        messages.ComparedPerson(
            person=person_view(tx, row),
            registered_on=row.registered_on,
            records=[messages.RecordCount(kind=kind, count=count) for kind, count in counts.get(row.id, [])],
        )
        for row in rows
    ]
    return messages.Comparison(sides=sides)


def _counts(tx: Transaction, person_ids: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Kind and number of what hangs on each, in one statement."""
    each = [
        sa.select(table.c.person_id, sa.literal(table.name).label("kind"), sa.func.count().label("number"))
        .where(table.c.person_id.in_(person_ids))
        .group_by(table.c.person_id)
        for table in HANGING
    ]
    found: dict[str, list[tuple[str, int]]] = {}
    for row in sorted(tx.execute(sa.union_all(*each)), key=lambda row: row.kind):
        found.setdefault(row.person_id, []).append((row.kind, row.number))
    return found


def list_merges(tx: Transaction, message: messages.ListMerges) -> messages.MergePage:
    """A page of requests about persons who both lie in the caller's regions."""
    merged, kept = persons.alias("merged"), persons.alias("kept")
    query = (
        sa.select(merges)
        .join(merged, merged.c.id == merges.c.person_id)
        .join(kept, kept.c.id == merges.c.kept_id)
        .where(tx.scope(merged.c.region), tx.scope(kept.c.region))
    )
    if message.person_id is not None:
        query = query.where(
            sa.or_(merges.c.person_id == message.person_id, merges.c.kept_id == message.person_id)
        )
    if message.states:
        query = query.where(merges.c.state.in_(message.states))
    page, after = page_of(tx, query, merges, message.after, message.limit)
    return messages.MergePage(merges=[_merge(row) for row in page], after=after)


def _merge(row: sa.RowMapping) -> messages.MergeView:
    action = "merge" if row["undoes_id"] is None else "unmerge"
    told = {**row, "action": action, "undone": row["undone_at"] is not None}
    return view_of(messages.MergeView, "merge_id", told)
