"""Reading sealed fields in plain, on the record."""

import sqlalchemy as sa

from chassis.transaction import Transaction
from contracts import registry as messages
from kernel.errors import NotFound
from services.registry.tables import BANK_ACCOUNT, ID_NUMBER, PHONE, persons

_SEALED = {"id_number": ID_NUMBER, "phone": PHONE, "bank_account": BANK_ACCOUNT}


def reveal_person(tx: Transaction, message: messages.RevealPerson) -> messages.RevealedPerson:
    """The plain values asked for. Who read what of whom, and why, is audited in the same transaction.

    Raises NotFound("registry.unknown_person"), also for a person outside the caller's regions.
    """
    query = sa.select(persons).where(persons.c.id == message.person_id, tx.scope(persons.c.region))
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("registry.unknown_person", "No such person is registered in the caller's regions.")
    fields: list[str] = sorted(set(message.fields))
    tx.audit_read(subject_id=message.person_id, fields=fields, purpose=message.purpose)
    values = {
        name: None if row[name] is None else _SEALED[name].open(tx.vault, message.person_id, row[name])
        for name in fields
    }
    return messages.RevealedPerson(person_id=message.person_id, values=values)
