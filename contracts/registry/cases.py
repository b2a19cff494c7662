"""Messages of cases: petitions and hotline calls, from their receipt to the petitioner's rating.

What a petitioner wrote and was answered stays in the registry, sealed; events carry codes, days and counts.
"""

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
    Reference,
    RegionText,
    Reply,
)

Channel = Literal[
    "visit",  # 来访
    "letter",  # 来信
    "call",  # 来电
    "hotline_12345",  # 12345热线
    "hotline_12385",  # 12385热线
    "secretary_mailbox",  # 书记信箱
    "web",  # 网上信访
    "public_opinion",  # 舆情
]
Reached = Literal["county", "city", "province", "capital"]
CaseAction = Literal["accept", "decline", "assign", "extend", "answer", "rate"]
CaseReason = Literal[
    "not_in_charge",  # 不属于本单位职责
    "in_litigation",  # 已经或应当通过诉讼等途径解决
    "concluded",  # 已复核终结
    "complex",  # 情况复杂
    "joint_handling",  # 需会同办理
]
CaseOutcome = Literal["settled", "explained", "unsupported"]
Clock = Literal["notice", "answer"]
FreeText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="In the words of people; stored sealed",
    ),
]


# Events ------------------------------------------------------------------------------------------


class CaseEvent(Event):
    """What every event of a case tells. Who petitioned, and in which words, it does not."""

    SUBJECT: ClassVar[str] = "case_id"
    DAY: ClassVar[str] = "acted_on"

    case_id: Identifier
    channel: Channel = Field(description="How the case came in")
    matter: DimensionKey = Field(max_length=40, description="What it is about, as the rules name it")
    received_on: date = Field(description="Day on which the case was received; rates count cases by it")


class CaseReceived(CaseEvent):
    """A petition or a call was received (登记)."""

    TYPE: ClassVar[str] = "registry.case_received.v1"
    DAY: ClassVar[str] = "received_on"

    person_id: Identifier | None = Field(
        description="The registered person whom it is about; null when unknown or anonymous"
    )
    persons: int = Field(ge=1, description="How many came together")
    group: bool = Field(description="Whether they were a group (群体访) by the rule of the day")
    reached: Reached = Field(description="Where the petition was made")
    skipped_level: bool = Field(description="Whether it went over the level in charge (越级访)")
    repeat_of: Identifier | None = Field(description="The earlier case that this one repeats")
    repeat: bool = Field(description="Whether it repeats an earlier case (重复访)")
    notice_due_on: date = Field(description="Last day for telling whether it is accepted")


class CaseAccepted(CaseEvent):
    """The office took the case on (受理); the clock of the answer runs."""

    TYPE: ClassVar[str] = "registry.case_accepted.v1"

    acted_on: date = Field(description="Day of acceptance")
    answer_due_on: date = Field(description="Last day for the answer")


class CaseDeclined(CaseEvent):
    """The case was not taken on (不予受理), and the petitioner was told why."""

    TYPE: ClassVar[str] = "registry.case_declined.v1"

    acted_on: date = Field(description="Day of the notice")
    reason: CaseReason = Field(description="Why it was not taken on")


class CaseAssigned(CaseEvent):
    """A unit got the case to handle (交办, 包案); also each later hand-over."""

    TYPE: ClassVar[str] = "registry.case_assigned.v1"

    acted_on: date = Field(description="Day of the assignment")
    unit_id: Identifier


class CaseExtended(CaseEvent):
    """The time for the answer was extended, with a reason (延期)."""

    TYPE: ClassVar[str] = "registry.case_extended.v1"

    acted_on: date = Field(description="Day of the extension")
    reason: CaseReason = Field(description="Why more time is needed")
    answer_due_on: date = Field(description="Last day for the answer after the extension")


class CaseAnswered(CaseEvent):
    """The petitioner got the answer (答复)."""

    TYPE: ClassVar[str] = "registry.case_answered.v1"

    acted_on: date = Field(description="Day of the answer")
    outcome: CaseOutcome = Field(description="Settled, explained, or not supported")
    late: bool = Field(description="Whether the answer came after its last day")


class CaseRated(CaseEvent):
    """The petitioner said whether the answer satisfies."""

    TYPE: ClassVar[str] = "registry.case_rated.v1"

    acted_on: date = Field(description="Day of the rating")
    satisfied: bool = Field(description="What the petitioner said")


class CaseOverdue(CaseEvent):
    """A last day passed without the notice or the answer; told once for each clock of a case."""

    TYPE: ClassVar[str] = "registry.case_overdue.v1"
    DAY: ClassVar[str] = "overdue_on"

    clock: Clock = Field(description="The clock that ran out: notice of acceptance, or answer")
    unit_id: Identifier | None = Field(description="The unit that had the case; null while none had")
    overdue_on: date = Field(description="The day after the last day")


# Commands ----------------------------------------------------------------------------------------


class CaseItem(Item):
    """One petition or call, by whatever channel it came."""

    ref: Reference
    channel: Channel = Field(description="How it came in")
    matter: DimensionKey = Field(max_length=40, description="What it is about, as rule case.matters lists it")
    region: RegionText = Field(description="Division where it counts")
    received_on: date = Field(description="Day of receipt; decides the rules that apply")
    person_id: Identifier | None = Field(default=None, description="The registered person whom it is about")
    persons: int = Field(default=1, ge=1, le=10_000, description="How many came together")
    reached: Reached = Field(
        default="county", description="Where it was made: the county, the city, the province, the capital"
    )
    skipped_level: bool = Field(default=False, description="Whether it went over the level in charge")
    repeat_of: Reference | None = Field(
        default=None, description="The office's reference of the earlier case that it repeats"
    )
    petitioner: FreeText | None = Field(
        default=None, description="Who petitions, where that is nobody registered; stored sealed"
    )
    content: FreeText | None = Field(default=None, description="What is asked for; stored sealed")


class RecordCases(BulkCommand):
    """Record petitions and calls; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_cases"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CaseItem


class CaseActItem(Item):
    """One step of a case. Each action has fields of its own; others must be absent."""

    ref: Reference
    case_ref: Reference = Field(description="The office's reference of the case")
    action: CaseAction = Field(description="What was done: 受理, 不予受理, 交办, 延期, 答复, 评价")
    acted_on: date = Field(description="Day of the step; steps of a case come in the order of their days")
    reason: CaseReason | None = Field(
        default=None, description="Why; for decline and extend, absent otherwise"
    )
    unit_ref: Reference | None = Field(
        default=None, description="Reference of the unit that gets the case; for assign"
    )
    officer: Reference | None = Field(
        default=None, description="Account of the officer or leader in charge (包案); for assign, if known"
    )
    extended_by: int | None = Field(
        default=None, ge=1, le=1000, description="Days more, in the unit of the clock; for extend"
    )
    outcome: CaseOutcome | None = Field(default=None, description="What came of it; for answer")
    satisfied: bool | None = Field(default=None, description="What the petitioner said; for rate")
    text: FreeText | None = Field(default=None, description="Notice, reasons or answer; stored sealed")


class RecordCaseActs(BulkCommand):
    """Record steps of cases, in the order given."""

    TYPE: ClassVar[str] = "registry.record_case_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = CaseActItem
