"""Recording archives of a year, their documents, and their way to the shelf."""

from dataclasses import replace
from typing import Any

from chassis.bulk import Bulk
from chassis.filing import Register, fields_of, record_steps
from chassis.rows import Row
from chassis.transaction import Transaction
from contracts.message import BulkReply
from contracts.registry import network as messages
from kernel.rulebook import RuleView
from services.registry.archive_tables import DOCUMENT_TITLE, archive_acts, archive_documents, archives
from services.registry.domain.archive import STEPS, Act, Archive, check_document, opened
from services.registry.handlers.organisations import ORGANISATION
from services.registry.handlers.recording import Kind, Link, Named, Sole, record
from services.registry.tables import persons
from services.registry.telling import steps


def record_archives(tx: Transaction, message: messages.RecordArchives) -> BulkReply:
    """Record archives; the office's reference is the key, and a year's of a kind is recorded once."""
    return record(tx, message, _ARCHIVE)


def record_archive_acts(tx: Transaction, message: messages.RecordArchiveActs) -> BulkReply:
    """Record steps of archives; the office's reference is the key."""
    return record_steps(tx, Bulk(message), _STEPS, fields_of(Act))


def record_archive_documents(tx: Transaction, message: messages.RecordArchiveDocuments) -> BulkReply:
    """Record documents of archives; the office's reference is the key."""
    return record(tx, message, _DOCUMENT)


def _opened(row: Row, _named: Named, rules: RuleView) -> Archive:
    return opened(row["kind"], row["year"], row["opened_on"], rules)


def _added(row: Row, named: Named, _rules: RuleView) -> None:
    check_document(named["archive_ref"]["opened_on"], row["added_on"])


def _late(file: Any, act: Act, _after: Archive) -> Row:
    return {"late": act.acted_on > file["due_on"]}


_ARCHIVE = Kind(
    "archive",
    archives,
    "opened_on",
    _opened,
    messages.ArchiveOpened,
    links={"organisation_ref": replace(ORGANISATION, copies={})},
    place="organisation_ref",
    soles=(Sole(("organisation_id", "kind", "year"), "registry.archive_exists", "year"),),
)
_STEPS = Register(
    "registry.archive",
    archives,
    archive_acts,
    Archive,
    Act,
    STEPS.decide,
    steps("archive", {"sort": messages.ArchiveSorted, "archive": messages.ArchiveClosed}, _late),
)
_DOCUMENT = Kind(
    "archive_document",
    archive_documents,
    "added_on",
    _added,
    messages.ArchiveDocumentAdded,
    links={
        "archive_ref": Link(archives, "archive", states=("collecting",)),
        "person_id": Link(persons, "person", key="id"),
    },
    place="archive_ref",
    words={"title": DOCUMENT_TITLE},
)
