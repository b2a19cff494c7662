"""Messages of the subsidy service: funds, awards, disbursement runs, payments."""

from datetime import date
from typing import Annotated, ClassVar, Literal

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
Scheme = Annotated[DimensionKey, Field(description="Code of a scheme in the subsidy service's dated rules")]
Variant = Annotated[
    DimensionKey, Field(description="Kind of award within the scheme, with a rate of its own")
]


class SourceShare(Message):
    """The part of a payment that one source of funds bears."""

    source: FundSource = Field(
        description="Who bears it: funds of the levels above (上级), or the county's own"
    )
    amount: MoneyText


# Events ------------------------------------------------------------------------------------------


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


class DisbursementApproved(Event):
    """A second person approved a frozen list of payments."""

    TYPE: ClassVar[str] = "subsidy.disbursement_approved.v1"
    SUBJECT: ClassVar[str] = "run_id"
    DAY: ClassVar[str] = "approved_on"

    run_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period paid for")
    lines: int = Field(ge=0, description="Payments on the list")
    amount: MoneyText = Field(description="Sum of the list, in yuan")
    approved_on: date = Field(description="Day of the approval")


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
    period: PeriodText = Field(description="Period paid for")
    amount: MoneyText = Field(description="What the person was paid, in yuan")
    sources: list[SourceShare] = Field(description="The parts of the amount by source of funds")
    paid_on: date = Field(description="Day of the payment")


# Commands ----------------------------------------------------------------------------------------


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


class DisbursementRun(Reply):
    """A run as it stands. ``list_hash`` is what the second person approves."""

    run_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period paid for")
    region: RegionText = Field(description="Persons of this division and those below it")
    state: Literal["planning", "frozen", "approved", "paid"] = Field(
        description="planning, then frozen, then approved, then paid"
    )
    lines: int = Field(description="Payments on the list so far")
    paid_lines: int = Field(description="Payments made so far")
    amount: MoneyText = Field(description="Sum of the list, in yuan")
    sources: list[SourceShare] = Field(description="The parts of the amount by source of funds")
    list_hash: str | None = Field(
        description="SHA-256 of the frozen list, 64 hexadecimal digits; null while planning"
    )
    planned_by: str = Field(description="Subject of the token of who planned it")
    approved_by: str | None = Field(description="Subject of the token of who approved it")


class PlanDisbursement(Command):
    """Draw up the list of payments of a scheme and a period. A job computes and freezes it.

    Planning the same scheme, period and region again returns the open run, or a new one with the awards
    granted since.
    """

    TYPE: ClassVar[str] = "subsidy.plan_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    scheme: Scheme
    period: PeriodText = Field(description="Period to pay for, in the scheme's cadence: a year or a month")
    region: RegionText = Field(description="Pay persons of this division and those below it")
    pay_on: date = Field(description="Day of payment")


class ApproveDisbursement(Command):
    """Approve a frozen list by its hash; the approver is not the one who planned it. A job pays it."""

    TYPE: ClassVar[str] = "subsidy.approve_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier
    list_hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="Hash of the list that was looked at")


class FindDisbursement(Query):
    """One run by identifier, with its progress."""

    TYPE: ClassVar[str] = "subsidy.find_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier


class AccountBalance(Message):
    """Debit and credit of one ledger account."""

    account: str = Field(
        description="Name of a ledger account: funds, allotted, expense or payable, with source and scheme"
    )
    debit: MoneyText = Field(description="Sum of debits, in yuan")
    credit: MoneyText = Field(description="Sum of credits, in yuan")


class Balances(Reply):
    """Sums of the ledger by account; total debit equals total credit."""

    accounts: list[AccountBalance] = Field(description="Every account with entries, by name")


class TrialBalance(Query):
    """The ledger's balances, of the entries in the caller's regions."""

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
