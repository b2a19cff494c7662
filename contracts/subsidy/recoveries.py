"""Messages of recoveries (追回): money that a check found not to have reached its person; another owes it.

What a person was paid too much by the rules is found by recompute_awards, and is no recovery.
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
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.subsidy.schemes import Scheme

RecoveryState = Literal[
    "requested",  # 待审定
    "approved",  # 同意
    "rejected",  # 不同意
]


class RecoveryApproved(Event):
    """A finding of a check became a debt of who had the money."""

    TYPE: ClassVar[str] = "subsidy.recovery_approved.v1"
    SUBJECT: ClassVar[str] = "check_id"
    DAY: ClassVar[str] = "approved_on"

    check_id: Identifier
    debt_id: Identifier = Field(description="Identifier of the difference too")
    run_id: Identifier
    person_id: Identifier = Field(description="Whom the payment was for")
    scheme: Scheme
    amount: MoneyText
    approved_on: date = Field(description="Day of the decision")


class RecoveryItem(Item):
    """What is to be recovered after one check."""

    ref: Reference
    check_id: Identifier
    amount: MoneyText = Field(description="Yuan that did not reach the person, at most what was paid")
    document: Name = Field(description="Who owes it and why, on paper")
    proposed_on: date = Field(description="Day of it")


class ProposeRecoveries(BulkCommand):
    """Propose recoveries after checks that are to recover. One counts when another person approves it."""

    TYPE: ClassVar[str] = "subsidy.propose_recoveries"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RecoveryItem


class RecoveryDecisionItem(Item):
    """One decision on one recovery that somebody proposed."""

    ref: Reference
    recovery_ref: Reference = Field(description="Reference of the proposal")
    decision: Literal["approved", "rejected"] = Field(description="同意, 不同意")
    decided_on: date = Field(description="Day of the decision; what is approved is booked on it")


class DecideRecoveries(BulkCommand):
    """Decide on recoveries that somebody else proposed. What is approved is a debt."""

    TYPE: ClassVar[str] = "subsidy.decide_recoveries"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RecoveryDecisionItem


class RecoveryView(Message):
    """A recovery and where it stands."""

    recovery_id: Identifier = Field(description="When approved, identifier of the debt too")
    ref: Reference
    check_id: Identifier
    region: RegionText = Field(description="Where the payment counts")
    amount: MoneyText
    document: str = Field(description="As it was proposed")
    proposed_on: date = Field(description="Day of the proposal")
    state: RecoveryState = Field(description="Where it stands")
    decided_on: date | None = Field(description="Day of the decision")


class RecoveryPage(Reply):
    """Recoveries in the order in which they were proposed."""

    recoveries: list[RecoveryView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListRecoveries(Query):
    """Recoveries in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "subsidy.list_recoveries"
    REPLY: ClassVar[type[Reply]] = RecoveryPage

    states: list[RecoveryState] = Field(default=[], description="Only in one of these states; empty: all")
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Recoveries in a page")] = 100
