"""Messages of verification after payment (发放后抽查): people are asked whether what was paid arrived.

A finding changes no payment: it is a case for somebody to settle.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

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
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.schemes import Scheme

CheckAction = Literal[
    "received",  # 已收到
    "not_received",  # 未收到
    "wrong_amount",  # 金额不符
    "wrong_person",  # 领取人不符
    "settle",  # 已处理
]
CheckState = Literal[
    "open",  # 待核实
    "confirmed",  # 核实无误
    "held",  # 待查明
    "to_recover",  # 待追回
    "settled",  # 已处理
]
CheckMeans = Literal[
    "in_person",  # 入户核实
    "phone",  # 电话核实
]

# Events ------------------------------------------------------------------------------------------


class PaymentChecked(Event):
    """Somebody asked whether a payment arrived, or settled what had been found."""

    TYPE: ClassVar[str] = "subsidy.payment_checked.v1"
    SUBJECT: ClassVar[str] = "check_id"
    DAY: ClassVar[str] = "acted_on"

    check_id: Identifier
    run_id: Identifier
    person_id: Identifier
    scheme: Scheme
    period: PeriodText = Field(description="Period paid for")
    action: CheckAction = Field(description="What was found")
    state: CheckState = Field(description="Where the check stands now")
    acted_on: date = Field(description="Day of the step")


# Commands ----------------------------------------------------------------------------------------


class PaymentSampleItem(Item):
    """A sample of one paid run; there is one sample of a run."""

    ref: Reference
    run_id: Identifier
    seed: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{4,40}$", description="Drawn by lot in public")]
    drawn_on: date = Field(description="Day whose rules give the share and the least number")


class DrawPaymentSamples(BulkCommand):
    """Draw samples; the same seed and run give the same sample. The work goes on after the reply."""

    TYPE: ClassVar[str] = "subsidy.draw_payment_samples"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PaymentSampleItem


class PaymentCheckItem(Item):
    """What came of asking for one payment, or how a finding was settled."""

    ref: Reference
    check_id: Identifier
    action: CheckAction = Field(description="What was found: 已收到, 未收到, 金额不符, 领取人不符; or 已处理")
    acted_on: date = Field(description="Day of the step")
    means: CheckMeans | None = Field(default=None, description="How it was asked for; not for settle")
    received: MoneyText | None = Field(
        default=None, description="Yuan that the person got; for wrong_amount only"
    )
    document: Name | None = Field(default=None, description="What it was settled by; for settle only")


class RecordPaymentChecks(BulkCommand):
    """Record steps of checks, in the order given."""

    TYPE: ClassVar[str] = "subsidy.record_payment_checks"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = PaymentCheckItem


# Queries -----------------------------------------------------------------------------------------


class PaymentSampleView(Message):
    """A sample and how far it has come."""

    sample_id: Identifier
    ref: Reference
    run_id: Identifier
    region: RegionText = Field(description="Division of the run")
    seed: str = Field(description="As it was drawn by lot")
    drawn_on: date = Field(description="Day whose rules gave the share and the least number")
    lines: int = Field(description="Payments that it is drawn from")
    checks: int = Field(description="Payments that are drawn")
    state: Literal["drawing", "drawn"] = Field(description="Whether the work list is complete")


class PaymentSamplePage(Reply):
    """Samples in the order of their identifiers, which is about that of their drawing."""

    samples: list[PaymentSampleView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListPaymentSamples(Query):
    """Samples of runs of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_payment_samples"
    REPLY: ClassVar[type[Reply]] = PaymentSamplePage

    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Samples in a page")] = 100


class PaymentCheckView(Message):
    """A payment to ask for."""

    check_id: Identifier
    sample_id: Identifier
    run_id: Identifier
    person_id: Identifier
    region: RegionText = Field(description="Where the payment counts")
    scheme: Scheme
    period: PeriodText = Field(description="Period paid for")
    amount: MoneyText = Field(description="Yuan that were paid")
    state: CheckState = Field(description="Where it stands")
    finding: CheckAction | None = Field(description="What was found last; null before anybody asked")
    received: MoneyText | None = Field(description="Yuan that the person got, where it was another amount")
    last_act_on: date = Field(description="Day of the last step, at first that of the drawing")


class PaymentCheckPage(Reply):
    """Checks in the order of their identifiers."""

    checks: list[PaymentCheckView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListPaymentChecks(Query):
    """The work list of a township or street: payments to ask for, and what was found and is not settled."""

    TYPE: ClassVar[str] = "subsidy.list_payment_checks"
    REPLY: ClassVar[type[Reply]] = PaymentCheckPage

    sample_id: Identifier | None = Field(default=None, description="Only of this sample")
    region: RegionText | None = Field(default=None, description="Only of this division and those below it")
    states: list[CheckState] = Field(default=[], description="Only in one of these states; empty: all")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Checks in a page")] = 100


class PaymentCheckCount(Message):
    """How many checks of a township or street have come to the same."""

    region: RegionText = Field(description="Township or street (乡镇、街道)")
    state: CheckState = Field(description="Where they stand")
    finding: CheckAction | None = Field(description="What was found last; null before anybody asked")
    checks: int = Field(description="How many")


class PaymentCheckCounts(Reply):
    """By township, state and finding; none for a sample that is unknown or of other regions."""

    counts: list[PaymentCheckCount] = Field(description="Those that are not zero")


class ShowPaymentCheckCounts(Query):
    """Checks of a sample in the caller's regions, counted by township or street."""

    TYPE: ClassVar[str] = "subsidy.show_payment_check_counts"
    REPLY: ClassVar[type[Reply]] = PaymentCheckCounts

    sample_id: Identifier
