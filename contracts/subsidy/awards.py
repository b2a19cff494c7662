"""Messages of awards: who is granted which subsidy for which period."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Event,
    Identifier,
    Item,
    PeriodText,
    Reference,
    Reply,
)
from contracts.subsidy.schemes import Scheme, Variant


class AwardGranted(Event):
    """A person was granted a subsidy for a period."""

    TYPE: ClassVar[str] = "subsidy.award_granted.v1"
    DAY: ClassVar[str] = "granted_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText
    granted_on: date = Field(description="Day of the grant")


class AwardItem(Item):
    """One award."""

    ref: Reference
    scheme: Scheme
    variant: Variant
    person_id: Identifier
    period: PeriodText
    granted_on: date = Field(description="Day of the grant; decides which rules apply")


class GrantAwards(BulkCommand):
    """Grant subsidies for a period; one award for a person, a scheme and a period."""

    TYPE: ClassVar[str] = "subsidy.grant_awards"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = AwardItem
