"""Recording acts on certificates. Several acts of one person in one command are decided in their order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.transaction import Transaction
from contracts import registry as messages
from contracts.message import BulkReply
from kernel.certificate_number import CertificateNumber
from kernel.errors import Conflict, Invalid, NotFound
from kernel.regions import RegionRow
from services.registry import repository
from services.registry.domain.certificate_state import Act
from services.registry.domain.region import check_home
from services.registry.handlers.certificate_book import Book, Told
from services.registry.handlers.lookup import check_unmerged, mine
from services.registry.repository import ActContent, Holder
from services.registry.tables import CERTIFICATE_NUMBER, ID_NUMBER


@dataclass(frozen=True, slots=True)
class Draft:
    """An act whose number has been read. indexes: of the number, the one to store first."""

    number: CertificateNumber
    indexes: tuple[str, ...]


def record_certificate_acts(tx: Transaction, message: messages.RecordCertificateActs) -> BulkReply:
    """Record acts; the office's reference is the key."""
    tx.no_scope("each record is checked against the region of its person")
    bulk = Bulk(message)
    drafts = _read(tx, bulk)
    book = Book.load(tx, {item.person_id for item in bulk.items()}, {item.ref for item in bulk.items()})
    homes = repository.region_histories(tx, {item.region for item in bulk.items() if item.region})
    for entry in bulk:
        with entry.deciding():
            _decide(tx, book, homes, entry, drafts[entry.index])
    book.save(tx)
    return bulk.reply()


def _read(tx: Transaction, bulk: Bulk) -> dict[int, Draft]:
    drafts = {}
    for entry in bulk:
        with entry.deciding(), reading("certificate_number"):
            number = CertificateNumber.parse(entry.item.certificate_number)
            drafts[entry.index] = Draft(number, tuple(CERTIFICATE_NUMBER.indexes(tx.vault, number.value)))
    return drafts


def _decide(
    tx: Transaction, book: Book, homes: dict[str, dict[date, RegionRow]], entry: Entry, draft: Draft
) -> None:
    item: messages.CertificateActItem = entry.item
    holder = _holder(tx, book, item.person_id)
    told = _told(item, draft)
    if same := book.acts.get(item.ref):
        _check_same(same.content, told, item.person_id, draft.indexes)
        entry.unchanged(same.id)
        return
    _check_number(tx, book, holder, draft, item)
    if item.region is not None:
        with reading("region"):
            tx.within(item.region)
        check_home(homes[item.region].values(), item.region, item.acted_on)
    with reading("acted_on"):
        book.rules(tx, item.acted_on)
    entry.created(book.record(tx, holder, told))


def _holder(tx: Transaction, book: Book, person_id: str) -> Holder:
    holder = book.holders.get(person_id)
    # Not access.region: its message would tell where the person lives.
    if holder is None or not mine(tx, holder.region):
        raise NotFound(
            "registry.unknown_person", "The person is not registered; register them first.", field="person_id"
        )
    check_unmerged(merged=holder.merged_into is not None)
    return holder


def _told(item: messages.CertificateActItem, draft: Draft) -> Told:
    act = Act(
        item.action,
        item.acted_on,
        draft.number.category,
        draft.number.grade,
        item.standard,
        item.reason,
        item.assessed_on,
        item.issued_on,
        item.region,
    )
    return Told(item.ref, item.mode, act, draft.indexes[0], draft.number.value)


def _check_same(known: ActContent, told: Told, person_id: str, indexes: Collection[str]) -> None:
    # The number may be stored under an older key of the index.
    if known.number_index in indexes:
        told = Told(told.ref, told.mode, told.act, known.number_index, told.number)
    if known != told.content(person_id):
        raise Conflict(
            "registry.act_differs",
            "An act with this reference is recorded with other content; give a new act its own.",
            field="ref",
        )


def _check_number(
    tx: Transaction, book: Book, holder: Holder, draft: Draft, item: messages.CertificateActItem
) -> None:
    if holder.id_number_index not in ID_NUMBER.indexes(tx.vault, draft.number.citizen_id.value):
        raise Conflict(
            "registry.certificate_of_another_person",
            "The first 18 characters of the certificate number are not the citizen number of this person.",
            field="certificate_number",
        )
    if item.acted_on < holder.birth_date:
        raise Invalid(
            "registry.act_before_birth",
            "The act would lie before the person's day of birth; check its date.",
            field="acted_on",
        )
    held = book.held.get(holder.id)
    if item.action == "reissue" and held and not _follows(tx, held.number_index, draft.number):
        raise Conflict(
            "registry.not_the_next_number",
            "A certificate made again after a loss bears the number lost with the next B count.",
            field="certificate_number",
        )


def _follows(tx: Transaction, held_index: str, number: CertificateNumber) -> bool:
    """Whether the number is that of the certificate held with the next count."""
    if number.reissue == 0:
        return False
    before = CertificateNumber.compose(number.citizen_id, number.category, number.grade, number.reissue - 1)
    return held_index in CERTIFICATE_NUMBER.indexes(tx.vault, before.value)
