"""Messages of the subsidy service: funds, awards, disbursement runs, payments."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    DimensionKey,
    Event,
    Identifier,
    Item,
    Message,
    MoneyText,
    Name,
    PeriodText,
    Query,
    Reference,
    RegionText,
    Reply,
)

FundSource = Literal["superior", "county"]
Scheme = DimensionKey
Variant = DimensionKey


class SourceShare(Message):
    """The part of a payment that one source of funds bears."""

    source: FundSource
    amount: MoneyText


# Events ------------------------------------------------------------------------------------------


class FundAllotted(Event):
    """A source of funds made money available for a scheme and a year."""

    TYPE: ClassVar[str] = "subsidy.fund_allotted.v1"
    SUBJECT: ClassVar[str] = "allotment_id"
    DAY: ClassVar[str] = "allotted_on"

    allotment_id: Identifier
    scheme: Scheme
    source: FundSource
    year: PeriodText
    amount: MoneyText
    allotted_on: date


class AwardGranted(Event):
    """A person was granted a subsidy for a period."""

    TYPE: ClassVar[str] = "subsidy.award_granted.v1"
    DAY: ClassVar[str] = "granted_on"

    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText
    granted_on: date


class DisbursementApproved(Event):
    """A second person approved a frozen list of payments."""

    TYPE: ClassVar[str] = "subsidy.disbursement_approved.v1"
    SUBJECT: ClassVar[str] = "run_id"
    DAY: ClassVar[str] = "approved_on"

    run_id: Identifier
    scheme: Scheme
    period: PeriodText
    lines: int = Field(ge=0)
    amount: MoneyText
    approved_on: date


class PaymentMade(Event):
    """A person was paid; the parts by source of funds sum to the amount."""

    TYPE: ClassVar[str] = "subsidy.payment_made.v1"
    DAY: ClassVar[str] = "paid_on"

    payment_id: Identifier
    run_id: Identifier
    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText
    amount: MoneyText
    sources: list[SourceShare]
    paid_on: date


# Commands ----------------------------------------------------------------------------------------


class FundAllotmentItem(Item):
    ref: Reference
    scheme: Scheme
    source: FundSource
    region: RegionText
    year: PeriodText
    amount: MoneyText
    document: Name
    allotted_on: date


class RecordFundAllotments(BulkCommand):
    """Record money made available, with its document."""

    TYPE: ClassVar[str] = "subsidy.record_fund_allotments"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = FundAllotmentItem


class AwardItem(Item):
    ref: Reference
    scheme: Scheme
    variant: Variant
    person_id: Identifier
    period: PeriodText
    granted_on: date


class GrantAwards(BulkCommand):
    """Grant subsidies for a period; one award for a person, a scheme and a period."""

    TYPE: ClassVar[str] = "subsidy.grant_awards"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = AwardItem


class DisbursementRun(Reply):
    """A run as it stands. ``list_hash`` is what the second person approves."""

    run_id: Identifier
    scheme: Scheme
    period: PeriodText
    region: RegionText
    state: Literal["planning", "frozen", "approved", "paid"]
    lines: int
    paid_lines: int
    amount: MoneyText
    sources: list[SourceShare]
    list_hash: str | None
    planned_by: str
    approved_by: str | None


class PlanDisbursement(Command):
    """Draw up the list of payments of a scheme and a period. A job computes and freezes it.

    Planning the same scheme, period and region again returns the open run, or a new one with the awards
    granted since."""

    TYPE: ClassVar[str] = "subsidy.plan_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    scheme: Scheme
    period: PeriodText
    region: RegionText
    pay_on: date


class ApproveDisbursement(Command):
    """Approve a frozen list by its hash; the approver is not the one who planned it. A job pays it."""

    TYPE: ClassVar[str] = "subsidy.approve_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier
    list_hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class FindDisbursement(Query):
    TYPE: ClassVar[str] = "subsidy.find_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier


class AccountBalance(Message):
    account: str
    debit: MoneyText
    credit: MoneyText


class Balances(Reply):
    """Sums of the ledger by account; total debit equals total credit."""

    accounts: list[AccountBalance]


class TrialBalance(Query):
    TYPE: ClassVar[str] = "subsidy.trial_balance"
    REPLY: ClassVar[type[Reply]] = Balances


EVENTS: tuple[type[Event], ...] = (FundAllotted, AwardGranted, DisbursementApproved, PaymentMade)
REQUESTS = (
    RecordFundAllotments,
    GrantAwards,
    PlanDisbursement,
    ApproveDisbursement,
    FindDisbursement,
    TrialBalance,
)
