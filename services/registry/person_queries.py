"""Searching persons; what is not in the caller's regions is as good as unknown.

A room of its own because queries.py answers about one known person or record, and this looks for persons.
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from chassis import stream
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.certificate_number import CertificateNumber
from kernel.citizen_id import CitizenId
from kernel.errors import NotFound
from services.registry.archive_tables import archive_documents
from services.registry.case_tables import cases
from services.registry.dispute_tables import disputes
from services.registry.domain.person import masked_name
from services.registry.legal_aid_tables import legal_aid
from services.registry.names import found_by, opened_name
from services.registry.network_tables import appointments, delegates
from services.registry.paging import below, page_of, view_of
from services.registry.repository import flags_of
from services.registry.tables import (
    CERTIFICATE_NUMBER,
    ID_NUMBER,
    certificates,
    household_flag_records,
    household_flags,
    households,
    persons,
)

_FILES = (cases, disputes, legal_aid, appointments, delegates, archive_documents)
"""Files that are about a person."""


def search_persons(tx: Transaction, message: messages.SearchPersons) -> messages.PersonPage:
    """A page of persons, masked, in the order of their divisions.

    Raises Invalid for a malformed number or division, or a name without letters, with the field at fault.
    """
    columns = (persons.c.region, persons.c.id)
    query = _narrowed(tx, sa.select(*columns).where(tx.scope(persons.c.region)), message)
    if message.after is not None:
        region, _, person_id = message.after.partition("-")
        query = query.where(sa.tuple_(*columns) > sa.tuple_(region, person_id))
    found = query.order_by(*columns).limit(message.limit + 1).subquery()
    rows = tx.execute(_lines(found)).all()
    page = rows[: message.limit]
    after = f"{page[-1].region}-{page[-1].id}" if len(rows) > len(page) else None
    flags = flags_of(tx, {row.household_id for row in page} - {None})
    return messages.PersonPage(persons=[_line(tx, row, flags) for row in page], after=after)


def list_household_flags(tx: Transaction, message: messages.ListHouseholdFlags) -> messages.HouseholdFlagPage:
    """A page of what was said of flags of households of the caller's regions."""
    homes = sa.select(households.c.id).where(tx.scope(households.c.region))
    query = sa.select(household_flag_records).where(household_flag_records.c.household_id.in_(homes))
    if message.household_id is not None:
        query = query.where(household_flag_records.c.household_id == message.household_id)
    if message.flag is not None:
        query = query.where(household_flag_records.c.flag == message.flag)
    page, after = page_of(tx, query, household_flag_records, message.after, message.limit)
    rules = (json.loads(row["rule"])["rule"] if row["rule"] else None for row in page)
    shown = [
        view_of(messages.HouseholdFlagView, "record_id", {**row, "rule": rule})
        for row, rule in zip(page, rules, strict=True)
    ]
    return messages.HouseholdFlagPage(records=shown, after=after)


def list_person_reads(tx: Transaction, message: messages.ListPersonReads) -> messages.PersonReads:
    """Who read sealed fields of a person, or the words of their files; the latest first.

    Raises NotFound("registry.unknown_person"), also for one out of scope.
    """
    home = sa.select(persons.c.id).where(persons.c.id == message.person_id, tx.scope(persons.c.region))
    if tx.execute(home).one_or_none() is None:
        raise NotFound("registry.unknown_person", "No such person is registered in the caller's regions.")
    files = (sa.select(table.c.id).where(table.c.person_id == message.person_id) for table in _FILES)
    subjects = sa.union_all(sa.select(sa.literal(message.person_id)), *files)
    rows, after = tx.access_log(subjects, message.after, message.limit)
    reads = [
        messages.PersonRead(
            at=stream.aware(row.at), actor=row.actor, purpose=row.purpose, fields=row.fields.split(",")
        )
        for row in rows
    ]
    return messages.PersonReads(reads=reads, after=after)


def _lines(found: sa.Subquery) -> sa.Select[Any]:
    """The persons of a page with their certificates: who is passed over on the way costs an index alone."""
    person = persons.c
    held = certificates.c.person_id == person.id
    return (
        sa.select(
            person.id,
            person.name,
            person.name_words,
            person.id_number,
            person.sex,
            person.birth_date,
            person.region,
            person.household_id,
            person.merged_into,
            certificates.c.category,
            certificates.c.grade,
            certificates.c.status,
        )
        .select_from(found.join(persons, person.id == found.c.id).outerjoin(certificates, held))
        .order_by(person.region, person.id)
    )


def _narrowed(tx: Transaction, query: sa.Select[Any], message: messages.SearchPersons) -> sa.Select[Any]:
    """The query with a condition for each thing that is asked."""
    if message.region is not None:
        query = query.where(below(persons.c.region, message.region))
    if message.id_number is not None:
        with reading("id_number"):
            number = CitizenId.parse(message.id_number).value
        query = query.where(persons.c.id_number_index.in_(ID_NUMBER.indexes(tx.vault, number)))
    if message.name is not None:
        query = query.where(persons.c.id.in_(found_by(tx, message.name)))
    for flag in sorted(set(message.flags)):
        flagged = sa.select(household_flags.c.household_id).where(household_flags.c.flag == flag)
        query = query.where(persons.c.household_id.in_(flagged))
    if held := list(_held(tx, message)):
        query = query.join(certificates, certificates.c.person_id == persons.c.id).where(*held)
    return query


def _held(tx: Transaction, message: messages.SearchPersons) -> Iterator[sa.ColumnElement[bool]]:
    """What is asked of the certificate."""
    if message.certificate_number is not None:
        with reading("certificate_number"):
            number = CertificateNumber.parse(message.certificate_number).value
        yield certificates.c.number_index.in_(CERTIFICATE_NUMBER.indexes(tx.vault, number))
    if message.categories:
        yield certificates.c.category.in_(message.categories)
    if message.grades:
        yield certificates.c.grade.in_(message.grades)


def _line(tx: Transaction, row: sa.Row[Any], flags: dict[str, list[str]]) -> messages.PersonLine:
    return messages.PersonLine.model_validate(
        {
            "person_id": row.id,
            "name": masked_name(opened_name(tx, row)),
            "id_number": CitizenId(ID_NUMBER.open(tx.vault, row.id, row.id_number)).masked,
            "sex": row.sex,
            "birth_month": f"{row.birth_date:%Y-%m}",
            "region": row.region,
            "household_id": row.household_id,
            "flags": flags.get(row.household_id, []),
            "category": row.category,
            "grade": row.grade,
            "certificate_status": row.status,
            "merged_into": row.merged_into,
        }
    )
