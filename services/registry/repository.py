"""Rows to values and back: what handlers read before they decide, each kind in one statement."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from chassis.rows import rows_among
from chassis.sealing import Sealed
from chassis.transaction import Transaction
from kernel.disability import Category
from kernel.masking import BankAccount, Phone
from kernel.regions import RegionCode, RegionRow
from services.registry.domain.certificate_clocks import Due
from services.registry.domain.certificate_state import Certificate
from services.registry.domain.person import Household, Person
from services.registry.names import opened_name
from services.registry.tables import (
    BANK_ACCOUNT,
    PHONE,
    certificate_acts,
    certificate_clocks,
    certificates,
    household_flags,
    households,
    persons,
    regions,
)

Content = TypeVar("Content")
Value = TypeVar("Value", Phone, BankAccount)


@dataclass(frozen=True, slots=True)
class Known(Generic[Content]):
    """A record that has its identifier, and what it says."""

    id: str
    content: Content


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as far as a certificate needs to know."""

    id: str
    id_number_index: str
    birth_date: date
    region: str
    household_id: str | None
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate of which the registry knows; number_index tells numbers apart without opening them."""

    id: str
    person_id: str
    number_index: str
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class ActContent:
    """What an act's reference stands for. number_index: blind index of the number the act named."""

    person_id: str
    action: str
    mode: str
    acted_on: date
    number_index: str
    standard: str
    reason: str | None
    assessed_on: date | None
    issued_on: date | None
    region: str | None


def region_histories(tx: Transaction, codes: Collection[str]) -> dict[str, dict[date, RegionRow]]:
    """The rows of each division by their first day; an empty history for an unknown one."""
    found: dict[str, dict[date, RegionRow]] = {code: {} for code in codes}
    for row in rows_among(tx, sa.select(regions), regions.c.code, codes):
        found[row.code][row.valid_from] = RegionRow(
            RegionCode(row.code), row.name, row.valid_from, row.valid_to, region_codes(row.successors)
        )
    return found


def region_codes(text: str) -> tuple[RegionCode, ...]:
    """The codes of a comma separated list."""
    return tuple(RegionCode(code) for code in text.split(",") if code)


def households_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, Known[Household]]:
    """Households of any region by the office's reference."""
    return {
        row.ref: Known(
            row.id, Household(row.region, tuple(filter(None, row.flags.split(","))), row.registered_on)
        )
        for row in rows_among(tx, sa.select(households), households.c.ref, refs)
    }


def flags_of(tx: Transaction, household_ids: Collection[str]) -> dict[str, list[str]]:
    """The flags that households have now, in alphabetical order; households without any are left out."""
    found: dict[str, list[str]] = {}
    query = sa.select(household_flags).order_by(household_flags.c.flag)
    for row in rows_among(tx, query, household_flags.c.household_id, household_ids):
        found.setdefault(row.household_id, []).append(row.flag)
    return found


def persons_by_index(tx: Transaction, indexes: Collection[str]) -> dict[str, Known[Person]]:
    """Persons of any region by the blind index of their citizen number."""
    return {
        row.id_number_index: Known(
            row.id,
            Person(
                name=opened_name(tx, row),
                region=row.region,
                household_id=row.household_id,
                phone=_opened(tx, PHONE, row.id, row.phone, Phone),
                bank_account=_opened(tx, BANK_ACCOUNT, row.id, row.bank_account, BankAccount),
                registered_on=row.registered_on,
                registered_region=row.registered_region,
            ),
        )
        for row in rows_among(tx, sa.select(persons), persons.c.id_number_index, indexes)
    }


def lock_holders(tx: Transaction, person_ids: Collection[str]) -> dict[str, Holder]:
    """Persons of any region, locked until the end of the transaction, so that acts on one person queue up."""
    query = sa.select(*(persons.c[each.name] for each in fields(Holder)))
    # In the order of their keys, or two commands could wait for each other.
    locked = query.order_by(persons.c.id).with_for_update()
    return {row.id: Holder(*tuple(row)) for row in rows_among(tx, locked, persons.c.id, person_ids)}


def certificates_of(tx: Transaction, person_ids: Collection[str]) -> dict[str, Held]:
    """The certificates of these persons, by person."""
    rows = rows_among(tx, sa.select(certificates), certificates.c.person_id, person_ids)
    return {row.person_id: _held(row) for row in rows}


def acts_by_ref(tx: Transaction, refs: Collection[str]) -> dict[str, Known[ActContent]]:
    """Recorded acts of any region by the office's reference."""
    act = certificate_acts.c
    content = [act[each.name] for each in fields(ActContent)]
    return {
        row.ref: Known(row.id, ActContent(*tuple(row)[2:]))
        for row in rows_among(tx, sa.select(act.ref, act.id, *content), act.ref, refs)
    }


def told_clocks(tx: Transaction, certificate_ids: Collection[str]) -> dict[str, set[Due]]:
    """The clocks of these certificates that were told, each with its day, by certificate."""
    told: dict[str, set[Due]] = {certificate_id: set() for certificate_id in certificate_ids}
    query = sa.select(certificate_clocks)
    for row in rows_among(tx, query, certificate_clocks.c.certificate_id, certificate_ids):
        told[row.certificate_id].add((row.clock, row.struck_on))
    return told


def certificate_columns(certificate: Certificate) -> dict[str, Any]:
    """The columns that an act may change."""
    return {
        "category": certificate.category.value,
        "grade": certificate.grade,
        "standard": certificate.standard,
        "issued_on": certificate.issued_on,
        "expires_on": certificate.expires_on,
        "last_act_on": certificate.last_act_on,
        "status": certificate.status,
        "cancelled_on": certificate.cancelled_on,
        "rated_on": certificate.rated_on,
        "frozen_for": certificate.frozen_for,
        "left_on": certificate.left_on,
        "moved_on": certificate.moved_on,
    }


def _held(row: sa.Row[Any]) -> Held:
    certificate = Certificate(
        category=Category(row.category),
        grade=row.grade,
        standard=row.standard,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        last_act_on=row.last_act_on,
        cancelled_on=row.cancelled_on,
        rated_on=row.rated_on or row.issued_on,
        frozen_for=row.frozen_for,
        left_on=row.left_on,
        moved_on=row.moved_on,
    )
    return Held(row.id, row.person_id, row.number_index, certificate)


def _opened(
    tx: Transaction, sealed: Sealed, row_id: str, stored: str | None, make: type[Value]
) -> Value | None:
    return None if stored is None else make(sealed.open(tx.vault, row_id, stored))
