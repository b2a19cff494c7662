"""Messages of disbursement runs: a list of payments drawn up, approved and paid."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import (
    Command,
    Event,
    Identifier,
    MoneyText,
    Name,
    PeriodText,
    Query,
    RegionText,
    Reply,
)
from contracts.subsidy.funds import SourceShare
from contracts.subsidy.schemes import HomeId, Scheme, Variant


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


class DisbursementRejected(Event):
    """A frozen list was not approved: nothing is paid of it, and what it took is free again."""

    TYPE: ClassVar[str] = "subsidy.disbursement_rejected.v1"
    SUBJECT: ClassVar[str] = "run_id"
    DAY: ClassVar[str] = "rejected_on"

    run_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period that was to be paid for")
    lines: int = Field(ge=0, description="Payments on the list")
    amount: MoneyText = Field(description="Sum of the list, in yuan")
    rejected_on: date = Field(description="Day of the rejection")


class PaymentMade(Event):
    """The bank has paid a person; the parts by source of funds sum to the amount."""

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
    household_id: HomeId = None
    paid_on: date = Field(description="Day of the payment")


class DisbursementRun(Reply):
    """A run as it stands. ``list_hash`` is what the second person approves."""

    run_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period paid for")
    region: RegionText = Field(description="Persons of this division and those below it")
    state: Literal["planning", "frozen", "approved", "instructing", "instructed", "paid", "rejected"] = Field(
        description="In this order; a run with payments held up goes from instructed to instructing again. "
        "paid: the bank has paid every line that was not given up. rejected: the frozen list was not approved"
    )
    lines: int = Field(description="Payments on the list so far")
    paid_lines: int = Field(description="Payments that the bank has made so far")
    amount: MoneyText = Field(description="Sum of the list, in yuan")
    sources: list[SourceShare] = Field(description="The parts of the amount by source of funds")
    list_hash: str | None = Field(
        description="SHA-256 of the frozen list, 64 hexadecimal digits; null while planning"
    )
    planned_by: str = Field(description="Subject of the token of who planned it")
    approved_by: str | None = Field(description="Subject of the token of who approved it")
    given_up_lines: int = Field(default=0, description="Payments that were held up and are never made")
    rejected_by: str | None = Field(default=None, description="Subject of the token of who rejected it")
    rejected_because: str | None = Field(default=None, description="What is wrong with the list")


class PlanDisbursement(Command):
    """Draw up the list of payments of a scheme and a period. A job computes and freezes it.

    Planning the same scheme, period and region again returns the open run, or a new one with the awards
    granted since.
    """

    TYPE: ClassVar[str] = "subsidy.plan_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    scheme: Scheme
    period: PeriodText = Field(
        description="Period to pay for, in the scheme's cadence: a year, a quarter, a month …"
    )
    region: RegionText = Field(description="Pay persons of this division and those below it")
    pay_on: date = Field(description="Day of payment")


class ApproveDisbursement(Command):
    """Approve a frozen list by its hash; the approver is not the one who planned it. It commits the funds."""

    TYPE: ClassVar[str] = "subsidy.approve_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier
    list_hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="Hash of the list that was looked at")


class RejectDisbursement(Command):
    """Reject a frozen list: nothing is paid of it, and its awards, funds and debts are as before the plan.

    Also who planned it may do so, for nobody is paid by it. The run and its lines stay on the record.
    """

    TYPE: ClassVar[str] = "subsidy.reject_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier
    list_hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="Hash of the list that was looked at")
    reason: Name = Field(description="What is wrong with the list, without names of persons")


class FindDisbursement(Query):
    """One run by identifier, with its progress."""

    TYPE: ClassVar[str] = "subsidy.find_disbursement"
    REPLY: ClassVar[type[Reply]] = DisbursementRun

    run_id: Identifier
