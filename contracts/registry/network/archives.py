"""Messages of archives (档案): the files of a year in a community, collected, sorted, archived."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Message,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText
from contracts.registry.network.records import Listing, Page, StepItem, Word

ArchiveState = Literal["collecting", "sorted", "archived"]
Year = Annotated[int, Field(ge=1949, le=2200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the document")]
Documents = Annotated[int, Field(ge=1, le=10_000_000)]


# Events ------------------------------------------------------------------------------------------


class ArchiveEvent(Event):
    """What every event of an archive tells."""

    SUBJECT: ClassVar[str] = "archive_id"
    DAY: ClassVar[str] = "acted_on"

    archive_id: Identifier
    organisation_id: Identifier
    kind: Word = Field(description="Kind of archive, as the rules name it: work, rehabilitation …")
    year: Year = Field(description="The year that it is about")


class ArchiveOpened(ArchiveEvent):
    """The papers of a year began to be collected."""

    TYPE: ClassVar[str] = "registry.archive_opened.v1"
    DAY: ClassVar[str] = "opened_on"

    opened_on: date = Field(description="First day of collecting")
    due_on: date = Field(description="Last day for archiving")


class ArchiveDocumentAdded(Event):
    """A document was added to an archive."""

    TYPE: ClassVar[str] = "registry.archive_document_added.v1"
    SUBJECT: ClassVar[str] = "archive_id"
    DAY: ClassVar[str] = "added_on"

    archive_id: Identifier
    archive_document_id: Identifier
    added_on: date = Field(description="Day on which it was")


class ArchiveSorted(ArchiveEvent):
    """The papers were sorted (整理)."""

    TYPE: ClassVar[str] = "registry.archive_sorted.v1"

    acted_on: date = Field(description="Day on which they were")
    documents: Documents = Field(description="How many papers there are")


class ArchiveClosed(ArchiveEvent):
    """The papers were archived (归档); the archive is closed."""

    TYPE: ClassVar[str] = "registry.archive_closed.v1"

    acted_on: date = Field(description="Day on which they were")
    late: bool = Field(description="Whether the last day for archiving was over")


# Commands ----------------------------------------------------------------------------------------


class ArchiveItem(Item):
    """One archive of one organisation and one year, of each kind once."""

    ref: Reference
    organisation_ref: Reference = Field(description="Reference of the organisation that keeps it")
    kind: Word = Field(description="Kind, as rule archive.kinds lists it")
    year: Year = Field(description="The year that it is about")
    opened_on: date = Field(description="First day of collecting")


class RecordArchives(BulkCommand):
    """Record archives; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_archives"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ArchiveItem


class ArchiveActItem(StepItem):
    """One step of an archive."""

    archive_ref: Reference = Field(description="Reference of the archive")
    action: Literal["sort", "archive"] = Field(description="What was done: 整理, 归档")
    documents: Documents | None = Field(default=None, description="How many papers there are; for sort")
    shelf: Reference | None = Field(default=None, description="Where they are kept (档号); for archive")


class RecordArchiveActs(BulkCommand):
    """Record steps of archives, in the order given."""

    TYPE: ClassVar[str] = "registry.record_archive_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ArchiveActItem


class ArchiveDocumentItem(Item):
    """One document of an archive that is still being collected. The document itself stays with the office."""

    ref: Reference
    archive_ref: Reference = Field(description="Reference of the archive")
    added_on: date = Field(description="Day on which it was added")
    digest: Digest
    person_id: Identifier | None = Field(default=None, description="The registered person whom it is about")
    title: FreeText | None = Field(default=None, description="Title of the document; stored sealed")


class RecordArchiveDocuments(BulkCommand):
    """Record documents of archives; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_archive_documents"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ArchiveDocumentItem


# Queries -----------------------------------------------------------------------------------------


class ArchiveView(Message):
    """An archive as the registry shows it."""

    archive_id: Identifier
    ref: Reference
    organisation_id: Identifier
    region: RegionText
    kind: Word = Field(description="Kind of archive")
    year: Year = Field(description="The year that it is about")
    opened_on: date = Field(description="First day of collecting")
    due_on: date = Field(description="Last day for archiving")
    state: ArchiveState = Field(description="Where it stands")
    last_act_on: date = Field(description="Day of its last step")
    documents: Documents | None = Field(description="How many papers; null until sorted")
    shelf: Reference | None = Field(description="Where they are kept; null until archived")


class ArchivePage(Page):
    """A page of archives."""

    archives: list[ArchiveView] = Field(description="At most as many as asked for")


class ListArchives(Listing):
    """Archives of the caller's regions, page by page; also those that should be closed."""

    TYPE: ClassVar[str] = "registry.list_archives"
    REPLY: ClassVar[type[Reply]] = ArchivePage

    organisation_id: Identifier | None = Field(default=None, description="Only those of this organisation")
    year: Year | None = Field(default=None, description="Only those about this year")
    states: list[ArchiveState] = Field(default=[], description="Only those in these states; empty: all")
    due_before: date | None = Field(
        default=None, description="Only open ones whose last day for archiving is before this day"
    )


class ArchiveDocumentView(Message):
    """A document as the registry shows it: without its title."""

    archive_document_id: Identifier
    ref: Reference
    archive_id: Identifier
    region: RegionText
    added_on: date = Field(description="Day on which it was added")
    digest: Digest
    person_id: Identifier | None = Field(description="The registered person whom it is about")


class ArchiveDocumentPage(Page):
    """A page of documents."""

    documents: list[ArchiveDocumentView] = Field(description="At most as many as asked for")


class ListArchiveDocuments(Listing):
    """Documents of archives of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_archive_documents"
    REPLY: ClassVar[type[Reply]] = ArchiveDocumentPage

    archive_id: Identifier | None = Field(default=None, description="Only those of this archive")
    person_id: Identifier | None = Field(default=None, description="Only those about this person")
