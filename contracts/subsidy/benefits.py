"""Messages of benefits that others give, beside which the higher one is drawn (择高享受)."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Identifier,
    Item,
    MoneyText,
    Reference,
    Reply,
)


class OutsideBenefitItem(Item):
    """What a benefit of somebody amounts to from a day on."""

    ref: Reference
    person_id: Identifier
    benefit: DimensionKey = Field(
        max_length=40,
        description="As a scheme's rules of overlap name it, of those of which the higher is drawn",
    )
    amount: MoneyText = Field(description="Yuan of a period of that scheme; 0.00 when it has ended")
    since: date = Field(description="Day from which it amounts to that")


class RecordOutsideBenefits(BulkCommand):
    """Record what others give. Who keeps what is lower than a scheme is a lead, to be asked to switch."""

    TYPE: ClassVar[str] = "subsidy.record_outside_benefits"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = OutsideBenefitItem
