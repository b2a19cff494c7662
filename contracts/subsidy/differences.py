"""Messages of differences between what is due, as known now, and what was paid; and of debts."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
    Command,
    Event,
    Identifier,
    Item,
    Message,
    MoneyText,
    PeriodText,
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.explanations import RuleStep
from contracts.subsidy.schemes import Scheme, Variant

DifferenceKind = Annotated[
    Literal["back_pay", "over_payment"], Field(description="补发: a later run pays it; 追回: a debt")
]


class DifferenceFound(Event):
    """A period should have paid another amount than it did, as known now."""

    TYPE: ClassVar[str] = "subsidy.difference_found.v1"
    DAY: ClassVar[str] = "found_on"

    difference_id: Identifier
    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText
    kind: DifferenceKind
    amount: MoneyText
    found_on: date = Field(description="Day on which it was found")


class DebtSettled(Event):
    """A debt shrank: kept back of a payment, paid back, written off, or never paid after all. Or it is open
    again, for the payment that kept it back was given up.
    """

    TYPE: ClassVar[str] = "subsidy.debt_settled.v1"
    SUBJECT: ClassVar[str] = "debt_id"
    DAY: ClassVar[str] = "settled_on"

    debt_id: Identifier
    person_id: Identifier
    scheme: Scheme
    kind: Literal["offset", "paid_back", "written_off", "reopened", "not_paid"] = Field(
        description="抵扣, 退回, 核销, 恢复欠款, 未实际发放; amount is added to the debt by reopened only"
    )
    amount: MoneyText
    left: MoneyText = Field(description="What is still owed of the debt, in yuan")
    settled_on: date = Field(description="Day of it")


class Recomputation(Reply):
    """A job looks for differences."""

    job_id: Identifier


class RecomputeAwards(Command):
    """Compare what was paid with what is due as known now, and write down what differs. A job does it."""

    TYPE: ClassVar[str] = "subsidy.recompute_awards"
    REPLY: ClassVar[type[Reply]] = Recomputation

    scheme: Scheme
    region: RegionText = Field(description="Persons of this division and those below it")
    first: PeriodText = Field(description="First period, in the scheme's cadence: a month or a year")
    last: PeriodText = Field(description="Last period")


class DifferenceView(Message):
    """A difference. Back-pay is paid in the next run of the scheme."""

    difference_id: Identifier
    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    period: PeriodText
    region: RegionText
    kind: DifferenceKind
    amount: MoneyText
    due: MoneyText = Field(description="The whole amount of the period, as known when it was found, in yuan")
    found_on: date = Field(description="Day on which it was found")
    run_id: Identifier | None = Field(description="The run that pays it; null of a debt, and before")
    reasons: list[RuleStep] = Field(description="The rules that it follows from")


class DifferencePage(Reply):
    """Differences in the order in which they were found."""

    differences: list[DifferenceView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListDifferences(Query):
    """Differences of a scheme in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_differences"
    REPLY: ClassVar[type[Reply]] = DifferencePage

    scheme: Scheme
    person_id: Identifier | None = Field(default=None, description="Only of this person")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Differences in a page")] = 100


class DebtView(Message):
    """What a person owes of one over-payment."""

    debt_id: Identifier = Field(description="Identifier of the difference too")
    person_id: Identifier
    scheme: Scheme
    region: RegionText
    amount: MoneyText
    settled: MoneyText = Field(description="Kept back, paid back and written off, in yuan")
    instalment: MoneyText | None = Field(
        description="The most that a run keeps back, as agreed; null: the cap"
    )
    by_other: bool = Field(description="Whether somebody else had the money, and owes it")


class DebtPage(Reply):
    """Debts in the order in which they arose."""

    debts: list[DebtView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListDebts(Query):
    """Debts of a scheme in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_debts"
    REPLY: ClassVar[type[Reply]] = DebtPage

    scheme: Scheme
    person_id: Identifier | None = Field(default=None, description="Only of this person")
    open_only: bool = Field(default=False, description="Only what is still owed")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Debts in a page")] = 100


class DebtActItem(Item):
    """One step of a debt by a clerk: instalments agreed, money paid back, or a write-off asked for."""

    ref: Reference
    debt_id: Identifier
    act: Literal["agree", "pay_back", "ask_write_off"] = Field(description="约定分期, 退回, 申请核销")
    amount: MoneyText = Field(
        description="The most that a run keeps back; what was paid back; what is to be written off"
    )
    document: str = Field(min_length=1, max_length=120, description="Agreement, voucher or reason")
    happened_on: date = Field(description="Day of it")


class RecordDebtActs(BulkCommand):
    """Record steps of debts in the order given. Money counts as paid back or written off when another person
    approves.
    """

    TYPE: ClassVar[str] = "subsidy.record_debt_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DebtActItem


class DebtActDecisionItem(Item):
    """One decision on one repayment or write-off that somebody told of."""

    ref: Reference
    act_ref: Reference = Field(description="Reference of the step")
    decision: Literal["approved", "rejected"] = Field(description="同意, 不同意")
    decided_on: date = Field(description="Day of the decision")


class DecideDebtActs(BulkCommand):
    """Decide on repayments and write-offs that somebody else told of."""

    TYPE: ClassVar[str] = "subsidy.decide_debt_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DebtActDecisionItem
