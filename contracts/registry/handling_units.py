"""Messages of the units that handle cases: the petition network of county, townships and villages."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    Name,
    Reference,
    RegionText,
    Reply,
)


class HandlingUnitRegistered(Event):
    """A unit that handles cases became known."""

    TYPE: ClassVar[str] = "registry.handling_unit_registered.v1"
    SUBJECT: ClassVar[str] = "unit_id"
    DAY: ClassVar[str] = "registered_on"

    unit_id: Identifier
    level: Literal["province", "city", "county", "township", "village"] = Field(
        description="Level of its division"
    )
    registered_on: date = Field(description="Day from which it handles cases")


class HandlingUnitItem(Item):
    """One unit: a federation, a township's or village's office, another department."""

    ref: Reference
    unit: Name = Field(description="What the unit is called")
    region: RegionText = Field(description="Division it is in charge of; its level is the unit's level")
    registered_on: date = Field(description="Day from which it handles cases")


class RegisterHandlingUnits(BulkCommand):
    """Register units that handle cases; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_handling_units"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = HandlingUnitItem
