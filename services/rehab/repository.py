"""Rows to records and back. Each function takes one statement, however many records it is asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from chassis import replica
from chassis.transaction import Transaction
from kernel.disability import Category
from kernel.periods import Period
from services.rehab import tables
from services.rehab.domain.people import Certificate, Person
from services.rehab.domain.records import Enrolment, Retrofit, Service
from services.rehab.domain.retrofit import Household

_ENROLMENT = [column for column in tables.enrolments.c if column is not tables.enrolments.c.year]


def persons(tx: Transaction, ids: Collection[str]) -> dict[str, Person]:
    """The persons known here that live in the caller's regions, by identifier."""
    table = tables.persons
    query = sa.select(table).where(
        tx.scope(table.c.region), table.c.person_id.in_(ids), table.c.birth_month.is_not(None)
    )
    return {
        row.person_id: Person(row.person_id, row.region, Period.parse(row.birth_month), _certificate(row))
        for row in tx.execute(query)
    }


def heads(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Who stands for each of these persons, and for all others of whom the same one stands."""
    return replica.heads(tx, tables.persons.c.person_id, tables.persons.c.merged_into, ids)


def households(tx: Transaction, ids: Collection[str]) -> dict[str, Household]:
    """The households known here in the caller's regions, with their members' certificates, by identifier."""
    table, members = tables.households, tables.persons
    held = defaultdict(list)
    certified = sa.select(members).where(members.c.household_id.in_(ids), members.c.certified)
    for row in tx.execute(certified):
        held[row.household_id].append(_certificate(row))
    query = sa.select(table).where(tx.scope(table.c.region), table.c.household_id.in_(ids))
    return {
        row.household_id: Household(
            row.household_id,
            row.region,
            frozenset(filter(None, row.flags.split(","))),
            tuple(filter(None, held[row.household_id])),
        )
        for row in tx.execute(query)
    }


def enrolments(
    tx: Transaction, refs: Collection[str], people: Mapping[str, str], years: Collection[int]
) -> list[Enrolment]:
    """Those with one of the references, and all of the people in the years, each as of who stands for them.

    people: who stands for each.
    """
    table = tables.enrolments
    query = sa.select(*_ENROLMENT).where(
        sa.or_(table.c.ref.in_(refs), sa.and_(table.c.person_id.in_(people), table.c.year.in_(years)))
    )
    return [_enrolment(row, people) for row in tx.execute(query).mappings()]


def locked_enrolments(tx: Transaction, people: Mapping[str, str], years: Collection[int]) -> list[Enrolment]:
    """All of the people in the years, as of who stands for them; whoever else counts their services waits
    for this transaction.
    """
    table = tables.enrolments
    query = sa.select(*_ENROLMENT).where(table.c.person_id.in_(people), table.c.year.in_(years))
    rows = tx.execute(query.order_by(table.c.id).with_for_update()).mappings()
    return [_enrolment(row, people) for row in rows]


def services(tx: Transaction, refs: Collection[str], enrolment_ids: Collection[str]) -> list[Service]:
    """Those with one of the references, and all of the enrolments."""
    table = tables.services
    query = sa.select(table).where(sa.or_(table.c.ref.in_(refs), table.c.enrolment_id.in_(enrolment_ids)))
    return [Service(**row) for row in tx.execute(query).mappings()]


def retrofits(tx: Transaction, refs: Collection[str], household_ids: Collection[str]) -> list[Retrofit]:
    """Those with one of the references, and all of the households."""
    table = tables.retrofits
    query = sa.select(table).where(sa.or_(table.c.ref.in_(refs), table.c.household_id.in_(household_ids)))
    return [Retrofit(**row) for row in tx.execute(query).mappings()]


def add_enrolments(tx: Transaction, records: Iterable[Enrolment]) -> None:
    """Insert enrolments."""
    _add(tx, tables.enrolments, [{**asdict(record), "year": record.enrolled_on.year} for record in records])


def add_services(tx: Transaction, records: Iterable[Service]) -> None:
    """Insert services."""
    _add(tx, tables.services, [asdict(record) for record in records])


def add_retrofits(tx: Transaction, records: Iterable[Retrofit]) -> None:
    """Insert retrofits."""
    _add(tx, tables.retrofits, [asdict(record) for record in records])


def _add(tx: Transaction, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(sa.insert(table), rows)


def _enrolment(row: Mapping[Any, Any], people: Mapping[str, str]) -> Enrolment:
    return Enrolment(**{**row, "person_id": people.get(row["person_id"], row["person_id"])})


def _certificate(row: sa.Row[Any]) -> Certificate | None:
    if not row.certified:
        return None
    return Certificate(Category(row.category), row.grade, row.certificate_expires_on)
