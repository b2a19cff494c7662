"""Questions to the registry; each answers within the caller's regions only."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.sealing import Sealed
from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.certificate_number import CertificateNumber
from kernel.citizen_id import CitizenId
from kernel.errors import Invalid, NotFound
from kernel.masking import BankAccount, Phone
from services.registry.domain.person import masked_name
from services.registry.guardian_tables import GUARDIAN_NAME, GUARDIAN_PHONE, guardians
from services.registry.names import opened_name
from services.registry.tables import (
    BANK_ACCOUNT,
    CERTIFICATE_NUMBER,
    ID_NUMBER,
    PHONE,
    certificates,
    households,
    persons,
    regions,
)


def resolve_persons(tx: Transaction, message: messages.ResolvePersons) -> messages.Identities:
    """Identifiers by citizen number; a number that is malformed, unknown or out of scope is left out.

    Of a person who was registered twice, that of the record that stands for both.
    """
    asked: dict[str, list[str]] = {}
    for text in message.id_numbers:
        try:
            value = CitizenId.parse(text).value
        except Invalid:
            continue
        for index in ID_NUMBER.indexes(tx.vault, value):
            asked.setdefault(index, []).append(text)
    head = persons.alias("head")
    query = (
        sa.select(persons.c.id_number_index, head.c.id)
        .join(head, head.c.id == sa.func.coalesce(persons.c.merged_into, persons.c.id))
        .where(tx.scope(persons.c.region), tx.scope(head.c.region))
        .where(persons.c.id_number_index.in_(sorted(asked)))
    )
    found = {text: row.id for row in tx.execute(query) for text in asked[row.id_number_index]}
    return messages.Identities(found=found)


def resolve_households(tx: Transaction, message: messages.ResolveHouseholds) -> messages.Identities:
    """Identifiers by the office's reference; one that is unknown or out of scope is left out."""
    query = sa.select(households.c.ref, households.c.id).where(
        tx.scope(households.c.region), households.c.ref.in_(sorted(set(message.refs)))
    )
    return messages.Identities(found={row.ref: row.id for row in tx.execute(query)})


def resolve_guardians(tx: Transaction, message: messages.ResolveGuardians) -> messages.Identities:
    """Identifiers of guardianships by the office's reference; one that is unknown, or of a person out of
    scope, is left out.
    """
    query = (
        sa.select(guardians.c.ref, guardians.c.id)
        .join(persons, persons.c.id == guardians.c.person_id)
        .where(tx.scope(persons.c.region), guardians.c.ref.in_(sorted(set(message.refs))))
    )
    return messages.Identities(found={row.ref: row.id for row in tx.execute(query)})


def name_regions(tx: Transaction, message: messages.NameRegions) -> messages.RegionNames:
    """What divisions are called on a day."""
    tx.no_scope("names of divisions are public")
    row = regions.c
    query = sa.select(row.code, row.name).where(row.code.in_(message.codes), row.valid_from <= message.day)
    current = query.where(sa.or_(row.valid_to.is_(None), row.valid_to > message.day)).order_by(row.code)
    return messages.RegionNames(
        regions=[messages.RegionName(code=found.code, name=found.name) for found in tx.execute(current)]
    )


def find_person(tx: Transaction, message: messages.FindPerson) -> messages.PersonView:
    """A person, masked. Raises NotFound("registry.unknown_person"), also for one out of scope."""
    return person_view(tx, person_row(tx, message.person_id))


def person_row(tx: Transaction, person_id: str) -> sa.Row[Any]:
    """The row of a person. Raises NotFound("registry.unknown_person"), also for one out of scope."""
    row = tx.execute(
        sa.select(persons).where(persons.c.id == person_id, tx.scope(persons.c.region))
    ).one_or_none()
    if row is None:
        raise NotFound("registry.unknown_person", "No such person is registered in the caller's regions.")
    return row


def person_view(tx: Transaction, row: sa.Row[Any]) -> messages.PersonView:
    """A person from the row, masked."""
    return messages.PersonView(
        person_id=row.id,
        name=masked_name(opened_name(tx, row)),
        id_number=CitizenId(ID_NUMBER.open(tx.vault, row.id, row.id_number)).masked,
        phone=_masked(tx, PHONE, Phone, row.id, row.phone),
        bank_account=_masked(tx, BANK_ACCOUNT, BankAccount, row.id, row.bank_account),
        sex=row.sex,
        birth_month=f"{row.birth_date:%Y-%m}",
        region=row.region,
        household_id=row.household_id,
        certificate=_certificate(tx, row.id),
        merged_into=row.merged_into,
    )


def list_guardians(tx: Transaction, message: messages.ListGuardians) -> messages.Guardians:
    """A person's guardians, masked. Raises NotFound("registry.unknown_person"), also for one out of scope."""
    home = sa.select(persons.c.id).where(persons.c.id == message.person_id, tx.scope(persons.c.region))
    if tx.execute(home).one_or_none() is None:
        raise NotFound("registry.unknown_person", "No such person is registered in the caller's regions.")
    rows = tx.execute(
        sa.select(guardians)
        .where(guardians.c.person_id == message.person_id)
        .order_by(guardians.c.since, guardians.c.id)
    )
    views = [_guardian(tx, row) for row in rows]
    return messages.Guardians(
        guardians=[
            view
            for view in views
            if (message.scope is None or message.scope in view.scope)
            and (message.day is None or view.since <= message.day <= (view.until or date.max))
        ]
    )


def _guardian(tx: Transaction, row: sa.Row[Any]) -> messages.GuardianView:
    return messages.GuardianView.model_validate(
        {
            "guardianship_id": row.id,
            "ref": row.ref,
            "name": masked_name(GUARDIAN_NAME.open(tx.vault, row.id, row.name)),
            "phone": _masked(tx, GUARDIAN_PHONE, Phone, row.id, row.phone),
            "relation": row.relation,
            "scope": row.scope.split(","),
            "since": row.since,
            "until": row.ended_on or row.until,
        }
    )


def _masked(
    tx: Transaction, sealed: Sealed, value: type[Phone] | type[BankAccount], row_id: str, stored: str | None
) -> str | None:
    return None if stored is None else value(sealed.open(tx.vault, row_id, stored)).masked


def _certificate(tx: Transaction, person_id: str) -> messages.CertificateView | None:
    row: Any = tx.execute(sa.select(certificates).where(certificates.c.person_id == person_id)).one_or_none()
    if row is None:
        return None
    return messages.CertificateView(
        certificate_id=row.id,
        number=CertificateNumber.parse(CERTIFICATE_NUMBER.open(tx.vault, row.id, row.number)).masked,
        category=row.category,
        grade=row.grade,
        status=row.status,
        standard=row.standard,
        rated_on=row.rated_on,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
    )
