"""Questions about the awards of a scheme, year by year, and what each rests on."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Identifier, Message, PeriodText, Query, Reference, RegionText, Reply
from contracts.subsidy.explanations import RuleStep
from contracts.subsidy.schemes import Scheme, Variant

AwardOrigin = Literal["claim", "enrolment", "news", "office"]


class AwardBasis(Message):
    """An award and what it rests on."""

    award_id: Identifier
    ref: Reference | None = Field(description="The office's number; null where it gave none")
    person_id: Identifier
    variant: Variant
    period: PeriodText
    region: RegionText = Field(description="Division that it counts in")
    granted_on: date = Field(description="Day of the grant")
    basis: AwardOrigin = Field(
        description="A claim, an enrolment, news after which an earlier award became this one, or none of "
        "these: the office granted it at once"
    )
    claim_id: Identifier | None = Field(description="The claim; null where it came of none")
    proven: bool = Field(description="Whether the claim names the number of what proves it")
    reasons: list[RuleStep] = Field(description="The rules that admitted it")


class AwardPage(Reply):
    """Awards of one period in the order of their identifiers."""

    awards: list[AwardBasis] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListAwards(Query):
    """The awards of a scheme that begin with a period, in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_awards"
    REPLY: ClassVar[type[Reply]] = AwardPage

    scheme: Scheme
    period: PeriodText = Field(description="The year, or the first month of a scheme paid monthly")
    unproven: bool = Field(default=False, description="Only those that no claim proves by a number")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Awards in a page")] = 100


class AwardYear(Message):
    """The awards of a scheme that begin with one period."""

    period: PeriodText
    awards: int = Field(description="How many there are")
    claimed: int = Field(description="Those that came of a claim")
    proven: int = Field(description="Those whose claim names the number of what proves it")


class AwardYears(Reply):
    """By period, the earliest first."""

    periods: list[AwardYear] = Field(description="Periods with awards")


class CountAwards(Query):
    """How many awards of a scheme there are by period, and what they rest on: to go back over all of them."""

    TYPE: ClassVar[str] = "subsidy.count_awards"
    REPLY: ClassVar[type[Reply]] = AwardYears

    scheme: Scheme
    since: PeriodText = Field(description="First period, as 2009")
