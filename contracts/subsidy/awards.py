"""Messages of awards: who is granted which subsidy for which period."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    DimensionKey,
    Event,
    Identifier,
    Item,
    MoneyText,
    MonthText,
    PeriodText,
    Reference,
    Reply,
)
from contracts.subsidy.schemes import HomeId, Scheme, Variant

OutsideBenefits = Annotated[
    dict[DimensionKey, Annotated[str, Field(pattern=r"^([0-9]{1,15}\.[0-9]{2})?$")]],
    Field(
        max_length=20,
        description="Benefits as the scheme's rules of overlap name them, each with its amount of the same "
        "period in yuan; empty where nobody asks for it",
    ),
]
StopReason = Annotated[
    DimensionKey, Field(max_length=40, description="Why, as the scheme's rules of stopping name it")
]


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
    ahead: bool = Field(
        default=False, description="Whether the period begins after the day of the grant, as next year's does"
    )


class BenefitRecorded(Event):
    """A person was given something that is not paid out: goods, or a relief; told beside its award."""

    TYPE: ClassVar[str] = "subsidy.benefit_recorded.v1"
    DAY: ClassVar[str] = "granted_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText
    worth: MoneyText = Field(description="What it is worth, in yuan")
    household_id: HomeId = None
    granted_on: date = Field(description="Day of the grant")


class AwardItem(Item):
    """One award. That of a scheme paid monthly goes on until it is stopped."""

    ref: Reference
    scheme: Scheme
    variant: Variant
    person_id: Identifier
    period: PeriodText = Field(
        description="Year it is for, the day of the occasion, or the first month that is paid"
    )
    granted_on: date = Field(description="Day of the grant; decides which rules apply")
    applied_on: date | None = Field(
        default=None,
        description="Day of hand-in, from whose month a monthly scheme may pay; else granted_on",
    )
    cost: MoneyText | None = Field(default=None, description="Proven cost, for a scheme that bears a cost")
    days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        default=None, description="Days attended in the period, for a scheme paid by attendance"
    )
    benefits: OutsideBenefits = Field(
        default={}, description="What others give the person, as far as the scheme has rules for it"
    )


class AwardStopped(Event):
    """An award that went on from month to month has ended."""

    TYPE: ClassVar[str] = "subsidy.award_stopped.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "stopped_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    reason: StopReason
    last_period: MonthText = Field(description="Last month that is paid; before the first when none is")
    stopped_on: date = Field(description="Day on which the reason arose")


class AwardHeld(Event):
    """An award that goes on from month to month waits, for the certificate is frozen."""

    TYPE: ClassVar[str] = "subsidy.award_held.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "held_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    reason: DimensionKey = Field(description="Why the certificate was frozen")
    first_period: MonthText = Field(description="First month that is not paid for the time being")
    held_on: date = Field(description="Day of the freeze")


class AwardReleased(Event):
    """An award that waited goes on; the months since it was held are due."""

    TYPE: ClassVar[str] = "subsidy.award_released.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "released_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    reason: DimensionKey = Field(description="Why it goes on")
    first_period: MonthText = Field(description="First month that was held")
    released_on: date = Field(description="Day on which the freeze ended")


class AwardRegraded(Event):
    """From a month on a person is paid by another variant, for the facts are others."""

    TYPE: ClassVar[str] = "subsidy.award_regraded.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "regraded_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant = Field(description="That of the months from now on")
    previous_variant: Variant = Field(description="That of the months before")
    successor_id: Identifier = Field(
        description="The award that goes on: a new one, or the same where the change is as old as itself"
    )
    reason: DimensionKey = Field(description="Why")
    first_period: MonthText = Field(description="First month that is paid by the new variant")
    regraded_on: date = Field(description="Day from which the facts are others")


class AwardResumed(Event):
    """An award that had ended goes on, for the person is entitled again."""

    TYPE: ClassVar[str] = "subsidy.award_resumed.v1"
    SUBJECT: ClassVar[str] = "award_id"
    DAY: ClassVar[str] = "resumed_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant = Field(description="That of the months from now on")
    successor_id: Identifier = Field(
        description="The award that goes on: a new one, or the same where none of its months was due"
    )
    reason: StopReason
    first_period: MonthText = Field(description="First month that is paid again")
    resumed_on: date = Field(description="Day from which the person is entitled again")


class StopItem(Item):
    """The end of one award."""

    ref: Reference
    award_id: Identifier
    reason: StopReason
    happened_on: date = Field(description="Day on which the reason arose; a rule gives the last month")


class StopAwards(BulkCommand):
    """Stop awards that go on from month to month; may be sent again with an earlier day."""

    TYPE: ClassVar[str] = "subsidy.stop_awards"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = StopItem


class GrantAwards(BulkCommand):
    """Grant subsidies; one award for a person, a scheme and a period."""

    TYPE: ClassVar[str] = "subsidy.grant_awards"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = AwardItem
