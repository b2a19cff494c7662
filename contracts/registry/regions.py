"""Messages of the table of divisions."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import BulkCommand, BulkReply, Event, Item, Message, Name, Query, RegionText, Reply


class RegionRecorded(Event):
    """A division code became known, or a new row of its history (name, validity, successors)."""

    TYPE: ClassVar[str] = "registry.region_recorded.v1"
    SUBJECT: ClassVar[str] = "region"
    DAY: ClassVar[str] = "valid_from"

    name: Name = Field(description="Official name of the division, as in the table of division codes")
    valid_from: date = Field(description="First day on which code and name hold")
    valid_to: date | None = Field(
        default=None, description="First day on which they no longer hold; null while they do"
    )
    successors: list[RegionText] = Field(
        default=[], description="Codes that took the place of this one at valid_to"
    )


class RegionItem(Item):
    """One row of the table of division codes (GB/T 2260, GB/T 10114)."""

    code: RegionText
    name: Name = Field(description="Official name of the division")
    valid_from: date = Field(description="First day on which code and name hold")
    valid_to: date | None = Field(
        default=None, description="First day on which they no longer hold; absent while they do"
    )
    successors: list[RegionText] = Field(
        default=[], description="Codes that took the place of this one; needs valid_to"
    )


class RecordRegions(BulkCommand):
    """Record division codes with their validity."""

    TYPE: ClassVar[str] = "registry.record_regions"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RegionItem


class RegionName(Message):
    """A division and what it is called."""

    code: RegionText
    name: Name = Field(description="Official name, without those of the divisions above")


class RegionNames(Reply):
    """Names of divisions; a code that is in no table on that day is left out."""

    regions: list[RegionName] = Field(description="In the order of their codes")


class NameRegions(Query):
    """What divisions are called; names of divisions are public."""

    TYPE: ClassVar[str] = "registry.name_regions"
    REPLY: ClassVar[type[Reply]] = RegionNames

    codes: Annotated[list[RegionText], Field(min_length=1, max_length=1000, description="Which divisions")]
    day: date = Field(description="Day on which the names hold")
