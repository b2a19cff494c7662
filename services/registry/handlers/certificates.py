"""Recording acts on certificates. Several acts of one person in one command are decided in their order."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk, Entry
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.certificate_number import CertificateNumber
from kernel.errors import Conflict, Invalid, NotFound
from services.registry import repository
from services.registry.domain.certificate import Act, Certificate, Terms, decide
from services.registry.handlers.fields import reading
from services.registry.repository import ActContent, Held, Holder, Known
from services.registry.tables import CERTIFICATE_NUMBER, ID_NUMBER, certificate_acts, certificates

_EVENTS: dict[str, type[messages.CertificateEvent]] = {
    "new": messages.CertificateIssued,
    "renewal": messages.CertificateRenewed,
    "change": messages.CertificateChanged,
    "cross_province": messages.CrossProvinceServed,
    "cancel": messages.CertificateCancelled,
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An act whose number has been read. indexes: of the number, the one to store first."""

    number: CertificateNumber
    indexes: tuple[str, ...]


@dataclass
class Book:
    """What is known when the command begins, kept up with each act that it records.

    held and numbers: by person; numbers holds those touched. owners: person by blind index of the number.
    stored: persons whose certificate has a row already. history: rows of the acts to write.
    """

    holders: dict[str, Holder]
    acts: dict[str, Known[ActContent]]
    held: dict[str, Held]
    owners: dict[str, str]
    stored: frozenset[str]
    terms: dict[date, Terms] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def load(cls, tx: Transaction, bulk: Bulk, drafts: dict[int, Draft]) -> "Book":
        """Read what the records still open are about, and lock their persons."""
        person_ids = {item.person_id for item in bulk.items()}
        holders = repository.lock_holders(tx, person_ids)
        held = repository.certificates_of(tx, person_ids)
        numbers = {index for draft in drafts.values() for index in draft.indexes}
        owners = repository.certificate_owners(tx, numbers)
        acts = repository.acts_by_ref(tx, {item.ref for item in bulk.items()})
        return cls(holders, acts, held, owners, stored=frozenset(held))

    def save(self, tx: Transaction) -> None:
        """Write each certificate once, however many acts it saw, and all acts."""
        touched = [(self.held[person_id], number) for person_id, number in self.numbers.items()]
        made = [
            {"id": held.id, "person_id": held.person_id, **_columns(tx, held, number)}
            for held, number in touched
            if held.person_id not in self.stored
        ]
        altered = [
            {"key": held.id, **_columns(tx, held, number)}
            for held, number in touched
            if held.person_id in self.stored
        ]
        tx.insert(certificates, made)
        if altered:
            tx.execute(sa.update(certificates).where(certificates.c.id == sa.bindparam("key")), altered)
        tx.insert(certificate_acts, self.history)


def _columns(tx: Transaction, held: Held, number: str) -> dict[str, Any]:
    return {
        "number": CERTIFICATE_NUMBER.seal(tx.vault, held.id, number),
        "number_index": held.number_index,
        **repository.certificate_columns(held.certificate),
    }


def record_certificate_acts(tx: Transaction, message: messages.RecordCertificateActs) -> BulkReply:
    """Record acts; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    drafts = _read(tx, bulk)
    book = Book.load(tx, bulk, drafts)
    for entry in bulk:
        with entry.deciding():
            item: messages.CertificateActItem = entry.item
            draft = drafts[entry.index]
            holder = _holder(tx, book, item.person_id)
            if same := book.acts.get(item.ref):
                _check_same(same.content, item, draft)
                entry.unchanged(same.id)
                continue
            _check_number(tx, book, holder, draft, item.acted_on)
            _record(tx, book, entry, holder, draft)
    book.save(tx)
    return bulk.reply()


def _read(tx: Transaction, bulk: Bulk) -> dict[int, Draft]:
    drafts = {}
    for entry in bulk:
        with entry.deciding(), reading("certificate_number"):
            number = CertificateNumber.parse(entry.item.certificate_number)
            drafts[entry.index] = Draft(number, tuple(CERTIFICATE_NUMBER.indexes(tx.vault, number.value)))
    return drafts


def _holder(tx: Transaction, book: Book, person_id: str) -> Holder:
    holder = book.holders.get(person_id)
    if holder is None:
        raise NotFound(
            "registry.unknown_person", "The person is not registered; register them first.", field="person_id"
        )
    with reading("person_id"):
        tx.within(holder.region)
    return holder


def _check_same(known: ActContent, item: messages.CertificateActItem, draft: Draft) -> None:
    for index in draft.indexes:
        if known == _content(item, index):
            return
    raise Conflict(
        "registry.act_differs",
        "An act with this reference is recorded with other content; give a new act a reference of its own.",
        field="ref",
    )


def _content(item: messages.CertificateActItem, number_index: str) -> ActContent:
    return ActContent(
        item.person_id, item.action, item.mode, item.acted_on, number_index, item.standard, item.reason
    )


def _check_number(tx: Transaction, book: Book, holder: Holder, draft: Draft, acted_on: date) -> None:
    if any(book.owners.get(index, holder.id) != holder.id for index in draft.indexes):
        raise Conflict(
            "registry.certificate_number_taken",
            "The certificate number is already that of another person.",
            field="certificate_number",
        )
    if holder.id_number_index not in ID_NUMBER.indexes(tx.vault, draft.number.citizen_id.value):
        raise Conflict(
            "registry.certificate_of_another_person",
            "The first 18 characters of the certificate number are not the citizen number of this person.",
            field="certificate_number",
        )
    if acted_on < holder.birth_date:
        raise Invalid(
            "registry.act_before_birth",
            "The act would lie before the person's day of birth; check its date.",
            field="acted_on",
        )


def _record(tx: Transaction, book: Book, entry: Entry, holder: Holder, draft: Draft) -> None:
    item: messages.CertificateActItem = entry.item
    with reading("acted_on"):
        if item.acted_on not in book.terms:
            book.terms[item.acted_on] = Terms.of(tx.rules.at(item.acted_on))
    held = book.held.get(holder.id)
    number = draft.number
    act = Act(item.action, item.acted_on, number.category, number.grade, item.standard, item.reason)
    before = held.certificate if held else None
    after = decide(before, act, book.terms[item.acted_on])
    if held:
        book.owners.pop(held.number_index, None)
    now_held = Held(held.id if held else tx.new_id(), holder.id, draft.indexes[0], after)
    book.held[holder.id] = now_held
    book.owners[now_held.number_index] = holder.id
    book.numbers[holder.id] = number.value
    act_id = tx.new_id()
    content = _content(item, now_held.number_index)
    book.acts[item.ref] = Known(act_id, content)
    book.history.append(_act_row(tx, act_id, item, now_held, before))
    tx.record(_event(item, holder, now_held, before))
    entry.created(act_id)


def _act_row(
    tx: Transaction, act_id: str, item: messages.CertificateActItem, held: Held, before: Certificate | None
) -> dict[str, Any]:
    return {
        "id": act_id,
        "ref": item.ref,
        "person_id": held.person_id,
        "certificate_id": held.id,
        "action": item.action,
        "mode": item.mode,
        "acted_on": item.acted_on,
        "number_index": held.number_index,
        "standard": item.standard,
        "reason": item.reason,
        "category_before": before.category.value if before else None,
        "grade_before": before.grade if before else None,
        "expires_on_before": before.expires_on if before else None,
        "category_after": held.certificate.category.value,
        "grade_after": held.certificate.grade,
        "expires_on_after": held.certificate.expires_on,
        "recorded_by": tx.caller.subject,
        "recorded_at": tx.now,
    }


def _event(
    item: messages.CertificateActItem, holder: Holder, held: Held, before: Certificate | None
) -> messages.CertificateEvent:
    told: dict[str, Any] = {
        "region": holder.region,
        "person_id": holder.id,
        "certificate_id": held.id,
        "category": held.certificate.category.value,
        "grade": held.certificate.grade,
        "mode": item.mode,
        "acted_on": item.acted_on,
        "expires_on": held.certificate.expires_on,
    }
    if item.action == "change" and before is not None:
        told |= {"previous_category": before.category.value, "previous_grade": before.grade}
    if item.action == "cancel":
        told["reason"] = item.reason
    return _EVENTS[item.action](**told)
