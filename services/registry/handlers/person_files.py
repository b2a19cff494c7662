"""Opening files of which a person has one: an entry of the poverty register, a child's schooling."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import Row, rows_among
from chassis.transaction import Transaction
from contracts.message import BulkCommand, BulkReply, Event
from kernel.errors import Conflict
from kernel.rulebook import RuleView
from services.registry.domain.record import check_same
from services.registry.handlers.lookup import check_person
from services.registry.homes import Homes, held
from services.registry.repository import Known
from services.registry.tables import persons

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True)
class PersonFile:
    """One kind of file. noun: as a word of a code.

    content: what a reference stands for, by the names of columns. told: the content of a record. day: the
    field whose day's rules apply. begin: the first state, from content, day of birth and rules. event: from
    the identifier, the region and the content.
    """

    noun: str
    table: sa.Table
    content: type[Any]
    told: Callable[[Any], Any]
    day: str
    begin: Callable[[Any, date, RuleView], "DataclassInstance"]
    event: Callable[[str, str, Any], Event]


def open_files(tx: Transaction, message: BulkCommand, kind: PersonFile) -> BulkReply:
    """Open files; the office's reference is the key, and a person has one."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    people = {item.person_id for item in bulk.items()}
    columns = (persons.c.id, persons.c.region, persons.c.birth_date, persons.c.merged_into)
    found = {row.id: row for row in rows_among(tx, held(sa.select(*columns)), persons.c.id, people)}
    homes = Homes.of(found.values())
    known = _known(tx, kind, {item.ref for item in bulk.items()})
    having = {row.person_id for row in rows_among(tx, sa.select(kind.table), kind.table.c.person_id, people)}
    rows: list[Row] = []
    for entry in bulk:
        with entry.deciding():
            item = entry.item
            check_person(tx, homes, item.person_id)
            told = kind.told(item)
            if same := known.get(item.ref):
                check_same(kind.noun, same.content, told)
                entry.unchanged(same.id)
                continue
            if item.person_id in having:
                raise Conflict(
                    f"registry.{kind.noun}_exists",
                    "The person has one under another reference; record steps of it.",
                    field="person_id",
                )
            with reading(kind.day):
                rules = tx.rules.at(getattr(told, kind.day))
                state = kind.begin(told, found[item.person_id].birth_date, rules)
            file_id, region = tx.new_id(), homes[item.person_id]
            known[item.ref] = Known(file_id, told)
            having.add(item.person_id)
            own = {"id": file_id, "ref": item.ref, "region": region, **asdict(told), **asdict(state)}
            rows.append(own | {"steps": 0, "recorded_by": tx.caller.subject, "recorded_at": tx.now})
            tx.record(kind.event(file_id, region, told))
            entry.created(file_id)
    tx.insert(kind.table, rows)
    return bulk.reply()


def _known(tx: Transaction, kind: PersonFile, refs: set[str]) -> dict[str, Known[Any]]:
    names = [each.name for each in fields(kind.content)]
    return {
        row.ref: Known(row.id, kind.content(**{name: getattr(row, name) for name in names}))
        for row in rows_among(tx, sa.select(kind.table), kind.table.c.ref, refs)
    }
