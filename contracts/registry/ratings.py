"""Messages of ratings under older standards (旧标准评定) by benefit drawn, and the export of certificates."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Identifier,
    Item,
    Message,
    MonthText,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.certificates import CategoryText, CertificateStatus, Grade

# Benefits ----------------------------------------------------------------------------------------


class BenefitMarkItem(Item):
    """That a person drew a benefit in a month, as a list of those who pay it says."""

    ref: Reference
    person_id: Identifier
    benefit: DimensionKey = Field(max_length=40, description="Code of the benefit, the office's own choice")
    month: MonthText = Field(description="Month for which it was drawn")


class RecordBenefitMarks(BulkCommand):
    """Record who drew which benefit; the registry asks nobody for it (decision 0016)."""

    TYPE: ClassVar[str] = "registry.record_benefit_marks"
    KEEP_REPLY: ClassVar[bool] = False  # no event tells of a mark; each file is decided anew
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = BenefitMarkItem


# Certificates ------------------------------------------------------------------------------------


class CertificateRow(Message):
    """A certificate in an export: without its number."""

    certificate_id: Identifier
    person_id: Identifier
    region: RegionText
    category: CategoryText = Field(description="Category of disability (GB/T 26341)")
    grade: Grade = Field(description="1 (most severe) to 4")
    status: CertificateStatus = Field(description="An expired one stays valid until renewed or cancelled")
    standard: str = Field(description="Standard it was rated under")
    rated_on: date = Field(description="Day of that rating")
    issued_on: date = Field(description="Day of the last issue, renewal or change")
    expires_on: date = Field(description="Last day of validity")
    left_on: date | None = Field(description="When the hukou moved away, if the certificate has to follow")


class CertificatePage(Reply):
    """Certificates in the order of their identifiers."""

    certificates: list[CertificateRow] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListCertificates(Query):
    """Certificates of the caller's regions, page by page: for export, or what expires, or has to move."""

    TYPE: ClassVar[str] = "registry.list_certificates"
    REPLY: ClassVar[type[Reply]] = CertificatePage

    region: RegionText | None = Field(default=None, description="Only those of this division and below it")
    statuses: list[CertificateStatus] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    expires_before: date | None = Field(default=None, description="Only those that expire before this day")
    left: bool = Field(default=False, description="Only those that have still to follow the hukou")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Certificates in a page")] = 100


# Older standards ---------------------------------------------------------------------------------


class OldRating(Message):
    """A certificate whose grade was rated under a standard that is no longer in force."""

    certificate_id: Identifier
    person_id: Identifier
    region: RegionText
    category: CategoryText = Field(description="Category of disability")
    grade: Grade = Field(description="1 (most severe) to 4")
    standard: str = Field(description="Standard it was rated under")
    rated_on: date = Field(description="Day of that rating")
    benefits: list[DimensionKey] = Field(description="What the holder drew in the month asked for")
    queued: bool = Field(description="Whether a reassessment is under way or waits")


class OldRatings(Reply):
    """Ratings under older standards, in the order of their certificates."""

    ratings: list[OldRating] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListOldRatings(Query):
    """Holders rated under older standards, by the benefit they drew, page by page."""

    TYPE: ClassVar[str] = "registry.list_old_ratings"
    REPLY: ClassVar[type[Reply]] = OldRatings

    day: date = Field(description="Day whose standards count as in force")
    month: MonthText = Field(description="Month whose benefits are shown")
    benefit: DimensionKey | None = Field(default=None, description="Only who drew this in the month")
    grades: list[Grade] = Field(default=[], description="Only these grades; empty: all")
    queued: bool | None = Field(default=None, description="Only those queued for reassessment, or not")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Ratings in a page")] = 100


class OldRatingCount(Message):
    """How many holders of a grade were rated under an older standard and drew a benefit."""

    standard: str = Field(description="The older standard")
    grade: Grade = Field(description="1 (most severe) to 4")
    benefit: DimensionKey | None = Field(description="What was drawn in the month; null: nothing")
    holders: int = Field(description="How many; who drew two benefits is in both rows")


class OldRatingCounts(Reply):
    """Counts of ratings under older standards."""

    counts: list[OldRatingCount] = Field(description="By standard, grade and benefit")


class CountOldRatings(Query):
    """How many grades were rated under older standards, by benefit drawn."""

    TYPE: ClassVar[str] = "registry.count_old_ratings"
    REPLY: ClassVar[type[Reply]] = OldRatingCounts

    day: date = Field(description="Day whose standards count as in force")
    month: MonthText = Field(description="Month whose benefits are counted")
