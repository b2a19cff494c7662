"""Messages of funds: who bears a subsidy, and the money made available for it."""

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
    MoneyText,
    Name,
    PeriodText,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.schemes import Scheme

FundSource = Literal["central", "province", "city", "superior", "county", "special"]


class SourceShare(Message):
    """The part of a payment that one source of funds bears."""

    source: FundSource = Field(
        description="Who bears it: 中央, 省级, 市级, all levels above as one (上级), the county's own, or a "
        "special fund as that of the employment levy (专项)"
    )
    amount: MoneyText


class FundAllotted(Event):
    """A source of funds made money available for a scheme and a year."""

    TYPE: ClassVar[str] = "subsidy.fund_allotted.v1"
    SUBJECT: ClassVar[str] = "allotment_id"
    DAY: ClassVar[str] = "allotted_on"

    allotment_id: Identifier
    scheme: Scheme
    source: FundSource = Field(description="Who allotted it")
    year: PeriodText = Field(description="Calendar year in which it may be spent")
    amount: MoneyText
    allotted_on: date = Field(description="Day of the allotment's document")


class FundAllotmentItem(Item):
    """One allotment of funds."""

    ref: Reference
    scheme: Scheme
    source: FundSource = Field(description="Who allots it")
    region: RegionText = Field(description="The office's division")
    year: PeriodText = Field(description="Calendar year in which it may be spent")
    amount: MoneyText
    document: Name = Field(description="Number or title of the allotting document")
    allotted_on: date = Field(description="Day of the document")


class RecordFundAllotments(BulkCommand):
    """Record money made available, with its document."""

    TYPE: ClassVar[str] = "subsidy.record_fund_allotments"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = FundAllotmentItem


class FundWithdrawn(Event):
    """Money that had been made available is not available any more: taken back, or entered wrongly."""

    TYPE: ClassVar[str] = "subsidy.fund_withdrawn.v1"
    SUBJECT: ClassVar[str] = "allotment_id"
    DAY: ClassVar[str] = "withdrawn_on"

    withdrawal_id: Identifier
    allotment_id: Identifier
    scheme: Scheme
    source: FundSource = Field(description="Who had allotted it")
    year: PeriodText = Field(description="Calendar year in which it might have been spent")
    amount: MoneyText
    withdrawn_on: date = Field(description="Day of the document")


class FundWithdrawalItem(Item):
    """Money of one allotment that is not available any more."""

    ref: Reference
    allotment_ref: Reference = Field(description="The office's number of the allotment")
    amount: MoneyText = Field(description="At most what no payment has drawn")
    document: Name = Field(description="Number or title of the document, or why the entry was wrong")
    withdrawn_on: date = Field(description="Day of the document")


class WithdrawFundAllotments(BulkCommand):
    """Record that money made available was taken back (收回), or had been entered wrongly."""

    TYPE: ClassVar[str] = "subsidy.withdraw_fund_allotments"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = FundWithdrawalItem
