"""Recording other departments' lists and their rows. Who of them is registered is never told."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import inquiries as messages
from kernel.citizen_id import CitizenId
from kernel.errors import Conflict, Invalid, NotFound
from kernel.rulebook import RuleView
from services.registry.domain.record import check_same
from services.registry.handlers.lookup import mine
from services.registry.handlers.plain_records import Kind, record_plain
from services.registry.match_tables import department_lists, department_rows
from services.registry.repository import Known
from services.registry.tables import ID_NUMBER, persons


@dataclass(frozen=True, slots=True)
class DepartmentList:
    """What a list's reference stands for."""

    kind: str
    region: str
    source: str
    as_of: date
    received_on: date


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of its person."""

    day: date | None
    to_region: str | None


@dataclass
class Desk:
    """What is known when the command begins, kept up with each row.

    lists: by reference. indexes: of each record's citizen number, the one to store first. rows: by list and
    blind index.
    """

    lists: dict[str, sa.Row[Any]]
    indexes: dict[int, list[str]]
    rows: dict[tuple[str, str], Known[Told]]


def record_department_lists(tx: Transaction, message: messages.RecordDepartmentLists) -> BulkReply:
    """Record lists; the office's reference is the key."""
    kind = Kind("department_list", department_lists, DepartmentList, "received_on", _event, _check)
    return record_plain(tx, message, kind)


def _check(told: DepartmentList, rules: RuleView) -> None:
    if told.kind not in rules["match.lists"].texts:
        raise Invalid(
            "registry.unknown_list_kind",
            "The rules know no such kind of list on that day; choose one that match.lists names.",
            field="kind",
        )
    if told.as_of > told.received_on:
        raise Invalid(
            "registry.list_from_the_future",
            "The list tells of a day after it was received; check both days.",
            field="as_of",
        )


def _event(list_id: str, told: DepartmentList) -> messages.DepartmentListRecorded:
    return messages.DepartmentListRecorded(
        region=told.region,
        list_id=list_id,
        kind=told.kind,
        as_of=told.as_of,
        received_on=told.received_on,
    )


def record_department_rows(tx: Transaction, message: messages.RecordDepartmentRows) -> BulkReply:
    """Record rows; list and citizen number are the key."""
    tx.no_scope("each record is checked against the region of its list")
    bulk = Bulk(message)
    desk = _load(tx, bulk)
    rows: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.DepartmentRowItem = entry.item
            found = desk.lists.get(item.list_ref)
            if found is None or not mine(tx, found.region):
                raise NotFound(
                    "registry.unknown_department_list",
                    "The list is not recorded; record it before its rows.",
                    field="list_ref",
                )
            told = Told(item.day, item.to_region)
            keys = [(found.id, index) for index in desk.indexes[entry.index]]
            if same := next((desk.rows[key] for key in keys if key in desk.rows), None):
                check_same("department_row", same.content, told)
                entry.unchanged(same.id)
                continue
            if found.closed_at is not None:
                raise Conflict(
                    "registry.list_closed",
                    "A match has used the list; record what is missing as a new list.",
                    field="list_ref",
                )
            row_id = tx.new_id()
            desk.rows[keys[0]] = Known(row_id, told)
            rows.append({"id": row_id, "list_id": found.id, "id_number_index": keys[0][1], **asdict(told)})
            entry.created(row_id)
    tx.insert(department_rows, rows)
    return bulk.reply()


def _load(tx: Transaction, bulk: Bulk) -> Desk:
    indexes = _indexes(tx, bulk)
    # A run that wants to close a list waits for the rows on their way, and they for it.
    query = sa.select(department_lists).order_by(department_lists.c.id).with_for_update(read=True)
    refs = {item.list_ref for item in bulk.items()}
    lists = {row.ref: row for row in rows_among(tx, query, department_lists.c.ref, refs)}
    known = sa.select(department_rows).where(
        department_rows.c.list_id.in_(sorted(row.id for row in lists.values()))
    )
    column = department_rows.c.id_number_index
    recorded = rows_among(tx, known, column, {index for each in indexes.values() for index in each})
    rows = {
        (row.list_id, row.id_number_index): Known(row.id, Told(row.day, row.to_region)) for row in recorded
    }
    return Desk(lists, indexes, rows)


def _indexes(tx: Transaction, bulk: Bulk) -> dict[int, list[str]]:
    """Of each record's number. A registered person's own index comes first: it may be of an older key."""
    indexes: dict[int, list[str]] = {}
    for entry in bulk:
        with entry.deciding(), reading("id_number"):
            indexes[entry.index] = ID_NUMBER.indexes(tx.vault, CitizenId.parse(entry.item.id_number).value)
    query, column = sa.select(persons.c.id_number_index), persons.c.id_number_index
    older = {index for each in indexes.values() for index in each[1:]}
    registered = {row.id_number_index for row in rows_among(tx, query, column, older)}
    return {
        number: sorted(each, key=lambda index: index not in registered) for number, each in indexes.items()
    }
