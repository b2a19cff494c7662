"""Recording marks of benefits that persons drew."""

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import Conflict
from services.registry.domain.record import check_same
from services.registry.handlers.lookup import check_person
from services.registry.homes import homes_of
from services.registry.repository import Known
from services.registry.tables import benefit_marks


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark's reference stands for."""

    person_id: str
    benefit: str
    month: str


def record_benefit_marks(tx: Transaction, message: messages.RecordBenefitMarks) -> BulkReply:
    """Record marks; the office's reference is the key, and one person draws a benefit once in a month."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    people = {item.person_id for item in bulk.items()}
    homes = homes_of(tx, people)
    marks = sa.select(benefit_marks)
    same_refs = rows_among(tx, marks, benefit_marks.c.ref, {item.ref for item in bulk.items()})
    known = {row.ref: Known(row.id, _mark(row)) for row in same_refs}
    # Of a person with marks of many years only those that can collide.
    same_months = marks.where(benefit_marks.c.month.in_({item.month for item in bulk.items()}))
    drawn = {_mark(row) for row in rows_among(tx, same_months, benefit_marks.c.person_id, people)}
    rows: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.BenefitMarkItem = entry.item
            check_person(tx, homes, item.person_id)
            told = _mark(item)
            if same := known.get(item.ref):
                check_same("benefit_mark", same.content, told)
                entry.unchanged(same.id)
                continue
            if told in drawn:
                raise Conflict(
                    "registry.marked_already",
                    "That the person drew this benefit in this month is recorded under another reference.",
                    field="ref",
                )
            mark_id = tx.new_id()
            known[item.ref] = Known(mark_id, told)
            drawn.add(told)
            who = {"recorded_by": tx.caller.subject, "recorded_at": tx.now}
            rows.append({"id": mark_id, "ref": item.ref, **asdict(told), **who})
            entry.created(mark_id)
    tx.insert(benefit_marks, rows)
    return bulk.reply()


def _mark(told: Any) -> Mark:
    return Mark(told.person_id, told.benefit, told.month)
