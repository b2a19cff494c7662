"""Registering persons."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.citizen_id import CitizenId
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.masking import BankAccount, Phone
from services.registry import repository
from services.registry.domain.person import Household, Person, check_born
from services.registry.domain.record import check_same
from services.registry.domain.region import check_home
from services.registry.handlers.derived_flags import derive_flags
from services.registry.names import name_columns, word_rows
from services.registry.repository import Known
from services.registry.tables import BANK_ACCOUNT, ID_NUMBER, PHONE, name_words, persons


@dataclass(frozen=True, slots=True)
class Draft:
    """A record whose sealed values have been read. indexes: of the citizen number, the one to store first."""

    citizen: CitizenId
    birth_date: date
    indexes: tuple[str, ...]
    phone: Phone | None
    bank_account: BankAccount | None


def register_persons(tx: Transaction, message: messages.RegisterPersons) -> BulkReply:
    """Register persons; the citizen number is the key."""
    tx.no_scope("each record is checked against its own region")
    bulk = Bulk(message)
    drafts = _read(tx, bulk)
    known = repository.persons_by_index(tx, {index for draft in drafts.values() for index in draft.indexes})
    histories = repository.region_histories(tx, {item.region for item in bulk.items()})
    refs = {item.household_ref for item in bulk.items() if item.household_ref is not None}
    households = repository.households_by_ref(tx, refs)
    rows: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for entry in bulk:
        with entry.deciding():
            draft = drafts[entry.index]
            told = _told(tx, entry.item, draft, households)
            same = next((known[index] for index in draft.indexes if index in known), None)
            if same is not None:
                _check_same(tx, same.content, told)
                entry.unchanged(same.id)
                continue
            check_home(histories[told.region].values(), told.region, told.registered_on)
            check_born(draft.birth_date, told.registered_on)
            person_id = tx.new_id()
            known[draft.indexes[0]] = Known(person_id, told)
            rows.append(_row(tx, person_id, draft, told))
            words += word_rows(tx, person_id, told.name)
            _register(tx, entry, person_id, draft, told)
    tx.insert(persons, rows)
    tx.insert(name_words, words)
    derive_flags(tx, {row["household_id"] for row in rows})
    return bulk.reply()


def _read(tx: Transaction, bulk: Bulk) -> dict[int, Draft]:
    drafts = {}
    for entry in bulk:
        with entry.deciding():
            item: messages.PersonItem = entry.item
            with reading("id_number"):
                citizen = CitizenId.parse(item.id_number)
            with reading("phone"):
                phone = Phone.parse(item.phone) if item.phone else None
            with reading("bank_account"):
                account = BankAccount.parse(item.bank_account) if item.bank_account else None
            indexes = tuple(ID_NUMBER.indexes(tx.vault, citizen.value))
            drafts[entry.index] = Draft(citizen, citizen.birth_date, indexes, phone, account)
    return drafts


def _told(
    tx: Transaction, item: messages.PersonItem, draft: Draft, households: dict[str, Known[Household]]
) -> Person:
    with reading("region"):
        tx.within(item.region)
    household_id = None
    if item.household_ref is not None:
        household = households.get(item.household_ref)
        # A household of another office is as good as unknown: saying more would tell that it exists.
        if household is None or not tx.caller.covers(household.content.region):
            raise NotFound(
                "registry.unknown_household",
                "The household is not registered; register it before its members.",
                field="household_ref",
            )
        household_id = household.id
    return Person(item.name, item.region, household_id, draft.phone, draft.bank_account, item.registered_on)


def _check_same(tx: Transaction, known: Person, told: Person) -> None:
    try:
        tx.within(known.region)
    except Forbidden:
        # Not access.region: its message would tell where the person lives.
        raise Conflict(
            "registry.person_registered_elsewhere",
            "The person is registered by another office; settle with it where the person belongs.",
            field="id_number",
        ) from None
    # The record that a person was registered by stays the same record after a move.
    region = known.region if told.region == known.registered_region else told.region
    check_same("person", known, replace(told, region=region, registered_region=known.registered_region))


def _register(tx: Transaction, entry: Entry, person_id: str, draft: Draft, person: Person) -> None:
    tx.record(
        messages.PersonRegistered(
            region=person.region,
            person_id=person_id,
            household_id=person.household_id,
            sex=draft.citizen.sex,
            birth_month=f"{draft.birth_date:%Y-%m}",
            registered_on=person.registered_on,
        )
    )
    entry.created(person_id)


def _row(tx: Transaction, person_id: str, draft: Draft, person: Person) -> dict[str, Any]:
    phone, account = person.phone, person.bank_account
    return {
        "id": person_id,
        "id_number": ID_NUMBER.seal(tx.vault, person_id, draft.citizen.value),
        "id_number_index": draft.indexes[0],
        **name_columns(tx, person_id, person.name),
        "sex": draft.citizen.sex,
        "birth_date": draft.birth_date,
        "region": person.region,
        "household_id": person.household_id,
        "phone": PHONE.seal(tx.vault, person_id, phone.value) if phone else None,
        "bank_account": BANK_ACCOUNT.seal(tx.vault, person_id, account.value) if account else None,
        "registered_on": person.registered_on,
        "recorded_at": tx.now,
    }
