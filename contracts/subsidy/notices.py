"""Questions about public notices (公示) of claims, and their answers."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import Identifier, Message, MoneyText, Query, RegionText, Reply
from contracts.subsidy.schemes import Scheme, Variant

NoticeMark = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{12}-[a-z0-9_]+-[0-9a-f]{32}$",
        description="Place in the order of division, scheme and claim",
    ),
]


class NoticeLine(Message):
    """One claim that is put up. The name is the registry's; category, grade and numbers are never told."""

    person_id: Identifier = Field(description="Whose name the registry tells")
    region: RegionText = Field(description="Home at hand-in: village, or what is known of it")
    scheme: Scheme
    title: str = Field(description="What the scheme is called in Chinese")
    variant: Variant | None = Field(description="Null where rule claims.notice.shows_variant keeps it back")
    variant_title: str | None = Field(description="What it is called in Chinese")
    amount: MoneyText | None = Field(description="What is to be paid each time; null where no rule prices it")
    cadence: Literal["month", "year", "day"] | None = Field(description="What the amount is for")
    first_day: date = Field(description="Day on which it was put up")
    last_day: date = Field(description="Last day of the notice")


class UnnamedClaims(Message):
    """Claims of a scheme that are counted and not named, as rule claims.notice.unnamed says."""

    scheme: Scheme
    title: str = Field(description="What the scheme is called in Chinese")
    minors: int = Field(description="Under the age of rule claims.notice.minors, or of unknown age")
    asked: int = Field(description="Of others, who asked not to be named")


class NoticePage(Reply):
    """The claims of a page, and how the public is told of them."""

    lines: list[NoticeLine] = Field(description="In the order of division, scheme and claim")
    unnamed: list[UnnamedClaims] = Field(description="Of this page, by scheme; those of all pages add up")
    objection: str = Field(description="How to object, in Chinese: rule claims.notice.objection")
    grounds: str = Field(description="Why some are not named: the document of rule claims.notice.unnamed")
    after: NoticeMark | None = Field(description="Ask for the next page with this; null after the last")


class ListNotices(Query):
    """Claims of the caller's regions whose notice runs on a day, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_notices"
    REPLY: ClassVar[type[Reply]] = NoticePage

    day: date = Field(description="Day on which the notice stands; earlier days as they were")
    region: RegionText | None = Field(default=None, description="Only homes in this division")
    scheme: Scheme | None = None
    after: NoticeMark | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Claims in a page")] = 100
