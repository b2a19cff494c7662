"""Messages of households."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Message,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.identities import Identities

HouseholdFlag = Literal[
    "dibao",  # 低保
    "dibao_edge",  # 低保边缘
    "extreme_poverty",  # 特困
    "hardship",  # 困难
    "multiple_disabled",  # 一户多残
    "old_carer",  # 以老养残
    "poverty_monitored",  # 三类监测对象
    "severe_hardship",  # 困难重度
    "zero_employment",  # 零就业
]


class FlagMark(Message):
    """A flag that a household begins or ceases to have."""

    flag: HouseholdFlag = Field(description="The flag")


class HouseholdRegistered(Event):
    """A household entered the registry."""

    TYPE: ClassVar[str] = "registry.household_registered.v1"
    SUBJECT: ClassVar[str] = "household_id"
    DAY: ClassVar[str] = "registered_on"

    household_id: Identifier
    flags: list[HouseholdFlag] = Field(description="Marks of hardship or of make-up, each at most once")
    begun: list[FlagMark] = Field(default=[], description="The same, to count by")
    registered_on: date = Field(description="Day of registration")


class HouseholdItem(Item):
    """One household."""

    ref: Reference
    region: RegionText
    flags: list[HouseholdFlag] = Field(default=[], description="Marks of hardship or of make-up")
    registered_on: date = Field(description="Day of registration")


class RegisterHouseholds(BulkCommand):
    """Register households; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_households"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = HouseholdItem


class ResolveHouseholds(Query):
    """Find households' identifiers by the office's reference."""

    TYPE: ClassVar[str] = "registry.resolve_households"
    REPLY: ClassVar[type[Reply]] = Identities

    refs: list[Reference] = Field(min_length=1, max_length=1000, description="Their references")
