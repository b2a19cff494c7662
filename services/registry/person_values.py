"""What may be corrected of a person: read from its row in plain, and written back.

A room of its own because requests, decisions and the look at an earlier day share it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.transaction import Transaction
from services.registry.case_repository import opened, sealed
from services.registry.correction_tables import AFTER, BEFORE
from services.registry.domain.person_correction import Correction
from services.registry.names import name_columns, opened_name
from services.registry.tables import BANK_ACCOUNT, PHONE, persons

_COLUMNS = {"region": "region", "household": "household_id", "phone": "phone", "bank_account": "bank_account"}
_SEALED = {"phone": PHONE, "bank_account": BANK_ACCOUNT}


@dataclass(slots=True)
class Registered:
    """A person's row as far as it may be corrected, kept up with each correction; sealed as stored."""

    id: str
    name: str = field(repr=False)
    name_words: str | None
    region: str
    household_id: str | None
    phone: str | None
    bank_account: str | None
    registered_on: date
    recorded_at: datetime
    registered_region: str | None
    merged_into: str | None

    def value(self, tx: Transaction, name: str) -> str | None:
        """The plain value of a field; of the household its identifier."""
        if name == "name":
            return opened_name(tx, self)
        stored: str | None = getattr(self, _COLUMNS[name])
        return opened(tx, _SEALED[name], self.id, stored) if name in _SEALED else stored

    def correct(self, tx: Transaction, name: str, value: str | None) -> None:
        """Take over a plain value; one that always is must not be None."""
        if name == "name":
            columns = name_columns(tx, self.id, str(value))
            self.name, self.name_words = columns["name"], columns["name_words"]
        else:
            stored = sealed(tx, _SEALED[name], self.id, value) if name in _SEALED else value
            setattr(self, _COLUMNS[name], stored)

    def columns(self) -> dict[str, Any]:
        """The columns that a correction may change, for an update by the parameter "person"."""
        changed = ("name", "name_words", *_COLUMNS.values())
        return {"person": self.id, **{name: getattr(self, name) for name in changed}}


COLUMNS = [persons.c[name] for name in Registered.__dataclass_fields__]


def lock_registered(tx: Transaction, person_ids: Collection[str]) -> dict[str, Registered]:
    """Persons of any region, locked until the transaction ends, so that corrections of one queue up."""
    # In the order of their keys, or two commands could wait for each other.
    query = sa.select(*COLUMNS).order_by(persons.c.id).with_for_update()
    return {row.id: Registered(*tuple(row)) for row in rows_among(tx, query, persons.c.id, person_ids)}


def correction_of(tx: Transaction, row: Mapping[Any, Any]) -> Correction:
    """A row of corrections with its values in plain."""
    return Correction(
        row["field"],
        opened(tx, BEFORE, row["id"], row["before"]),
        opened(tx, AFTER, row["id"], row["after"]),
        row["effective_on"],
        row["requested_on"],
        row["requested_by"],
        row["state"],
    )
