"""Messages of reviews (定期复核): whether awards that go on from month to month still stand."""

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
    MonthText,
    Name,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.awards import StopReason
from contracts.subsidy.schemes import Scheme, Variant

ReviewOutcome = Literal[
    "stands",  # 继续享受
    "to_stop",  # 停发
]
ReviewMeans = Literal[
    "self_report",  # 自行申报
    "spot_check",  # 抽查核实
]

# Events ------------------------------------------------------------------------------------------


class AwardReviewed(Event):
    """An award was looked at again. That it stops, or goes on after it was held, is told beside."""

    TYPE: ClassVar[str] = "subsidy.award_reviewed.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "reviewed_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    outcome: ReviewOutcome = Field(description="What was found")
    means: ReviewMeans = Field(description="How it was looked at")
    reviewed_on: date = Field(description="Day of the review")


class ReviewOverdue(Event):
    """The last day of a review is over; told once."""

    TYPE: ClassVar[str] = "subsidy.review_overdue.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "overdue_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    overdue_on: date = Field(description="The day after the last one")


# Commands ----------------------------------------------------------------------------------------


class ReviewItem(Item):
    """The outcome of one review; before it is due it counts too."""

    ref: Reference
    award_id: Identifier
    outcome: ReviewOutcome = Field(description="继续享受, 停发")
    means: ReviewMeans = Field(description="自行申报, 抽查核实")
    reviewed_on: date = Field(description="Day of the review; the next one is counted from it")
    document: Name = Field(description="Form or record of the review")
    reason: StopReason | None = Field(default=None, description="Why it stops; for to_stop")
    happened_on: date | None = Field(
        default=None, description="Day on which the reason arose; a rule gives the last month; for to_stop"
    )


class RecordReviews(BulkCommand):
    """Record outcomes of reviews. An award that is to stop is stopped as StopAwards does."""

    TYPE: ClassVar[str] = "subsidy.record_reviews"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ReviewItem


# Queries -----------------------------------------------------------------------------------------


class DueReview(Message):
    """One award that is to be looked at."""

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    region: RegionText = Field(description="Division that the award counts in")
    due_on: date = Field(description="Last day of the review")
    held_from: MonthText | None = Field(description="First month that waits for it; null while it is paid")


class DueReviewPage(Reply):
    """Reviews in the order in which they are due."""

    reviews: list[DueReview] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ReviewShown(Message):
    """What came of one review."""

    outcome: ReviewOutcome = Field(description="What was found")
    means: ReviewMeans = Field(description="How it was looked at")
    reviewed_on: date = Field(description="Day of the review")
    document: str = Field(description="Form or record of the review")
    reason: StopReason | None = Field(description="Why it stops")


class ListDueReviews(Query):
    """The work list: awards in the caller's regions whose review is due or soon will be."""

    TYPE: ClassVar[str] = "subsidy.list_due_reviews"
    REPLY: ClassVar[type[Reply]] = DueReviewPage

    region: RegionText | None = Field(default=None, description="Only of this division and those below it")
    scheme: Scheme | None = None
    due_before: date | None = Field(default=None, description="Only those whose last day is before this one")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Reviews in a page")] = 100


class ReviewLight(Message):
    """Reviews of one scheme in one township. Yellow: soon due; red: the last day is over."""

    region: RegionText = Field(description="Township or street (乡镇、街道)")
    scheme: Scheme
    yellow: int = Field(description="Those due within the days of rule review.soon_days")
    red: int = Field(description="Those overdue")
    held: int = Field(description="Awards that wait for their review")


class ReviewLights(Reply):
    """By township and scheme."""

    lights: list[ReviewLight] = Field(description="Those with a review on the work list")


class ShowReviewLights(Query):
    """The work list of the caller's regions, counted by township or street."""

    TYPE: ClassVar[str] = "subsidy.show_review_lights"
    REPLY: ClassVar[type[Reply]] = ReviewLights

    day: date = Field(description="Day on which to look")
