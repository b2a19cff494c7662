"""Rows to records and back. Each function takes one statement, however many records it is asked for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from chassis import replica
from chassis.transaction import Transaction
from kernel.periods import Period
from services.employment import tables
from services.employment.domain.people import Person
from services.employment.domain.training import Completion, Course, Need, Trainee


def persons(tx: Transaction, ids: Collection[str]) -> dict[str, Person]:
    """The persons known here that live in the caller's regions, by identifier."""
    table = tables.persons
    query = sa.select(table).where(
        tx.scope(table.c.region), table.c.person_id.in_(ids), table.c.birth_month.is_not(None)
    )
    return {
        row.person_id: Person(
            row.person_id,
            row.region,
            Period.parse(row.birth_month),
            row.sex,
            row.certificate_expires_on if row.certified else None,
        )
        for row in tx.execute(query)
    }


def heads(tx: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Who stands for each of these persons, and for all others of whom the same one stands."""
    return replica.heads(tx, tables.persons.c.person_id, tables.persons.c.merged_into, ids)


def needs(
    tx: Transaction, refs: Collection[str], people: Mapping[str, str], years: Collection[int]
) -> list[Need]:
    """Those with one of the references, and all of the people in the years, each as of who stands for them.

    people: who stands for each.
    """
    table = tables.training_needs
    columns = [column for column in table.c if column is not table.c.year]
    query = sa.select(*columns).where(
        sa.or_(table.c.ref.in_(refs), sa.and_(table.c.person_id.in_(people), table.c.year.in_(years)))
    )
    return [Need(**_led(row, people)) for row in tx.execute(query).mappings()]


def courses(tx: Transaction, refs: Collection[str]) -> dict[str, Course]:
    """Those known, by reference."""
    query = sa.select(tables.courses).where(tables.courses.c.ref.in_(refs))
    return {row.ref: Course(**row) for row in tx.execute(query).mappings()}


def locked_courses(tx: Transaction, refs: Collection[str]) -> dict[str, Course]:
    """Those known, by reference; whoever else gives away their places waits for this transaction."""
    table = tables.courses
    query = sa.select(table).where(table.c.ref.in_(refs)).order_by(table.c.id).with_for_update()
    return {row.ref: Course(**row) for row in tx.execute(query).mappings()}


def places_taken(tx: Transaction, course_ids: Collection[str]) -> dict[str, int]:
    """The number of trainees of each course that has any."""
    table = tables.trainees
    query = sa.select(table.c.course_id, sa.func.count().label("taken")).group_by(table.c.course_id)
    return {row.course_id: row.taken for row in tx.execute(query.where(table.c.course_id.in_(course_ids)))}


def trainees(
    tx: Transaction, course_ids: Collection[str], people: Mapping[str, str]
) -> dict[tuple[str, str], Trainee]:
    """The people that are in one of the courses, by course and who stands for them."""
    table = tables.trainees
    query = sa.select(table).where(table.c.course_id.in_(course_ids), table.c.person_id.in_(people))
    found = (Trainee(**_led(row, people)) for row in tx.execute(query).mappings())
    return {trainee.key: trainee for trainee in found}


def completions(tx: Transaction, trainee_ids: Collection[str]) -> dict[str, Completion]:
    """Those of the trainees that have completed their course, by trainee."""
    table = tables.completions
    query = sa.select(table).where(table.c.trainee_id.in_(trainee_ids))
    return {row.trainee_id: Completion(**row) for row in tx.execute(query).mappings()}


def add_needs(tx: Transaction, records: Iterable[Need]) -> None:
    """Insert needs."""
    rows = [{**asdict(record), "year": record.registered_on.year} for record in records]
    _add(tx, tables.training_needs, rows)


def add_courses(tx: Transaction, records: Iterable[Course]) -> None:
    """Insert courses."""
    _add(tx, tables.courses, [asdict(record) for record in records])


def add_trainees(tx: Transaction, records: Iterable[Trainee]) -> None:
    """Insert trainees."""
    _add(tx, tables.trainees, [asdict(record) for record in records])


def add_completions(tx: Transaction, records: Iterable[Completion]) -> None:
    """Insert completions."""
    _add(tx, tables.completions, [asdict(record) for record in records])


def _led(row: Mapping[Any, Any], people: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "person_id": people.get(row["person_id"], row["person_id"])}


def _add(tx: Transaction, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(sa.insert(table), rows)
