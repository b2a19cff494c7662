"""Messages of payments that are given up, and of payments that the bank takes back. Both take two people."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.message import (
    BulkCommand,
    BulkReply,
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
from contracts.subsidy.funds import SourceShare
from contracts.subsidy.schemes import HomeId, Scheme, Variant

PaymentChangeKind = Literal["give_up", "take_back"]
PaymentChangeState = Literal["requested", "approved", "rejected"]
_Kind = Annotated[
    PaymentChangeKind,
    Field(
        description="give_up: what is held up is never paid (放弃发放); "
        "take_back: the bank had paid, and the money came back (退汇)"
    ),
]
_Reason = Annotated[
    DimensionKey,
    Field(
        description="give_up: one of the rule payment.reasons.given_up; take_back: a reason of a return, "
        "which decides what is done next"
    ),
]
_Target = Annotated[
    Identifier, Field(description="give_up: the payment held up; take_back: the instruction that was paid")
]


class _Changed(Event):
    """What both events have in common."""

    payment_change_id: Identifier
    run_id: Identifier
    award_id: Identifier
    person_id: Identifier
    scheme: Scheme
    variant: Variant
    period: PeriodText = Field(description="Period that it was for")
    amount: MoneyText = Field(description="The whole payment, in yuan")
    sources: list[SourceShare] = Field(description="The parts of the amount by source of funds")
    household_id: HomeId = None
    reason: _Reason


class PaymentGivenUp(_Changed):
    """A payment that was held up is never made; its money is free for others."""

    TYPE: ClassVar[str] = "subsidy.payment_given_up.v1"
    DAY: ClassVar[str] = "given_up_on"

    given_up_on: date = Field(description="Day on which it is booked")


class PaymentTakenBack(_Changed):
    """Money that the bank had paid came back: the person is owed it again."""

    TYPE: ClassVar[str] = "subsidy.payment_taken_back.v1"
    DAY: ClassVar[str] = "taken_back_on"

    instruction_id: Identifier = Field(description="The instruction that was paid")
    taken_back_on: date = Field(description="Day on which the money came back")


class PaymentChangeItem(Item):
    """A payment that somebody asks to give up, or tells that it came back."""

    ref: Reference
    kind: _Kind
    target_id: _Target
    reason: _Reason
    document: Name = Field(description="What shows it: kind and number of a document, no name")
    booked_on: date = Field(description="Day on which it is booked; take_back: that of the bank's statement")


class RequestPaymentChanges(BulkCommand):
    """Ask for payments to be given up, or tell that they came back; somebody else decides."""

    TYPE: ClassVar[str] = "subsidy.request_payment_changes"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PaymentChangeItem


class PaymentChangeDecisionItem(Item):
    """A decision on what was asked for."""

    ref: Reference
    request_ref: Reference = Field(description="Reference of what was asked for")
    decision: Literal["approved", "rejected"] = Field(description="同意, 不同意")


class DecidePaymentChanges(BulkCommand):
    """Decide on what somebody else asked for. What is approved is booked in the same transaction."""

    TYPE: ClassVar[str] = "subsidy.decide_payment_changes"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PaymentChangeDecisionItem


class PaymentChangeView(Message):
    """What was asked for, and what became of it."""

    payment_change_id: Identifier
    ref: Reference
    kind: _Kind
    target_id: _Target
    run_id: Identifier
    person_id: Identifier
    region: RegionText
    scheme: Scheme
    period: PeriodText
    amount: MoneyText = Field(description="The whole payment, in yuan")
    reason: _Reason
    document: Name = Field(description="What shows it")
    booked_on: date = Field(description="Day on which it is booked")
    state: PaymentChangeState = Field(description="Where it stands")
    requested_by: str = Field(description="Account that asked")
    decided_by: str | None = Field(description="Account that decided; null while nobody has")


class PaymentChangePage(Reply):
    """What was asked for, in the order in which it was."""

    changes: list[PaymentChangeView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListPaymentChanges(Query):
    """What was asked for in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_payment_changes"
    REPLY: ClassVar[type[Reply]] = PaymentChangePage

    states: list[PaymentChangeState] = Field(
        default=["requested"], description="Only those in one of these; empty: all"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Changes in a page")] = 100
