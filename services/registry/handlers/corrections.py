"""Asking for corrections of what is registered of persons. Nothing changes until another person approves."""

import dataclasses
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk
from chassis.fields import reading
from chassis.rows import rows_among
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.errors import NotFound
from kernel.masking import BankAccount, Phone
from kernel.regions import RegionRow
from services.registry import repository
from services.registry.actors import Actors, acting_of
from services.registry.case_repository import opened, sealed
from services.registry.correction_tables import AFTER, BEFORE, corrections
from services.registry.domain.acting import Acting, Matter
from services.registry.domain.person import Household
from services.registry.domain.person_correction import Correction, check_request
from services.registry.domain.record import check_same
from services.registry.domain.region import check_home
from services.registry.handlers.lookup import check_person, mine
from services.registry.homes import Homes
from services.registry.person_values import Registered, lock_registered
from services.registry.repository import Known


@dataclass(frozen=True, slots=True)
class Asked:
    """What a correction's reference stands for."""

    person_id: str
    field: str
    value: str | None = dataclasses.field(repr=False)
    effective_on: date
    requested_on: date
    acting: Acting


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known when the command begins; known is kept up with each request."""

    people: dict[str, Registered]
    known: dict[str, Known[Asked]]
    households: dict[str, Known[Household]]
    histories: dict[str, dict[date, RegionRow]]
    actors: Actors


def request_corrections(tx: Transaction, message: messages.RequestCorrections) -> BulkReply:
    """Ask for corrections; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    desk = _desk(tx, list(bulk.items()))
    homes = Homes.of(desk.people.values())
    rows: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            item: messages.CorrectionItem = entry.item
            check_person(tx, homes, item.person_id)
            person = desk.people[item.person_id]
            effective_on = item.effective_on or person.registered_on
            after = _right_value(tx, desk, item)
            acting = acting_of(item)
            asked = Asked(person.id, item.field, after, effective_on, item.requested_on, acting)
            if same := desk.known.get(item.ref):
                check_same("correction", same.content.acting, acting)
                check_same("correction", same.content, asked)
                entry.unchanged(same.id)
                continue
            matter: Matter = "account" if item.field == "bank_account" else "correction"
            rules = tx.rules.at(item.requested_on)
            desk.actors.check(person.id, acting, matter, item.requested_on, rules)
            before = person.value(tx, item.field)
            who = tx.caller.subject
            correction = Correction(item.field, before, after, effective_on, item.requested_on, who)
            check_request(correction, person.registered_on)
            correction_id = tx.new_id()
            desk.known[item.ref] = Known(correction_id, asked)
            rows.append(_row(tx, correction_id, item.ref, person, correction) | asdict(acting))
            entry.created(correction_id)
    tx.insert(corrections, rows)
    return bulk.reply()


def _desk(tx: Transaction, items: list[messages.CorrectionItem]) -> Desk:
    told: dict[str, set[str]] = {"household": set(), "region": set()}
    for item in items:
        if item.value is not None and item.field in told:
            told[item.field].add(item.value)
    return Desk(
        lock_registered(tx, {item.person_id for item in items}),
        _known(tx, {item.ref for item in items}),
        repository.households_by_ref(tx, told["household"]),
        repository.region_histories(tx, told["region"]),
        Actors.load(tx, items),
    )


def _known(tx: Transaction, refs: set[str]) -> dict[str, Known[Asked]]:
    return {
        row.ref: Known(
            row.id,
            Asked(
                row.person_id,
                row.field,
                opened(tx, AFTER, row.id, row.after),
                row.effective_on,
                row.requested_on,
                acting_of(row),
            ),
        )
        for row in rows_among(tx, sa.select(corrections), corrections.c.ref, refs)
    }


def _right_value(tx: Transaction, desk: Desk, item: messages.CorrectionItem) -> str | None:
    """The value as it is to be stored; of a household its identifier."""
    if item.value is None:
        return None
    with reading("value"):
        if item.field == "phone":
            return Phone.parse(item.value).value
        if item.field == "bank_account":
            return BankAccount.parse(item.value).value
        if item.field == "household":
            household = desk.households.get(item.value)
            if household is None or not mine(tx, household.content.region):
                raise NotFound(
                    "registry.unknown_household", "The household is not registered; register it first."
                )
            return household.id
        if item.field == "region":
            _check_division(tx, desk, item.value, item.requested_on)
        return item.value


def _check_division(tx: Transaction, desk: Desk, code: str, day: date) -> None:
    tx.within(code)
    try:
        check_home(desk.histories[code].values(), code, day)
    except NotFound as error:
        error.facts["field"] = "value"  # here the division is the value
        raise


def _row(
    tx: Transaction, correction_id: str, ref: str, person: Registered, correction: Correction
) -> dict[str, Any]:
    return {
        "id": correction_id,
        "ref": ref,
        "person_id": person.id,
        "region": person.region,
        "field": correction.field,
        "before": sealed(tx, BEFORE, correction_id, correction.before),
        "after": sealed(tx, AFTER, correction_id, correction.after),
        "effective_on": correction.effective_on,
        "requested_on": correction.requested_on,
        "requested_by": correction.requested_by,
        "recorded_at": tx.now,
        "state": correction.state,
    }
