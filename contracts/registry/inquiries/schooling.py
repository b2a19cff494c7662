"""Messages of schooling (适龄残疾儿童入学): from a suspicion to a place, and no refusal among the steps."""

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
    Query,
    Reference,
    RegionText,
    Reply,
)

SchoolingState = Literal["suspected", "at_school", "out_of_school", "enrolled", "home_teaching", "exempt"]
SchoolingAction = Literal["verify", "enrol", "teach_at_home", "exempt"]
SchoolingOutcome = Literal["at_school", "out_of_school"]
SchoolForm = Literal["ordinary_school", "special_school", "special_class"]
ExemptionReason = Literal["deferred", "waived"]


# Events ------------------------------------------------------------------------------------------


class SchoolingEvent(Event):
    """What every event of a child's schooling tells."""

    SUBJECT: ClassVar[str] = "schooling_id"
    DAY: ClassVar[str] = "acted_on"

    schooling_id: Identifier
    person_id: Identifier


class SchoolingSuspected(SchoolingEvent):
    """A child of school age may be out of school (疑似未入学)."""

    TYPE: ClassVar[str] = "registry.schooling_suspected.v1"
    DAY: ClassVar[str] = "suspected_on"

    suspected_on: date = Field(description="Day of the suspicion")


class SchoolingChanged(SchoolingEvent):
    """It was verified, or the child got a place, is taught at home, or is exempt."""

    TYPE: ClassVar[str] = "registry.schooling_changed.v1"

    acted_on: date = Field(description="Day of the change")
    previous_state: SchoolingState = Field(description="Where it stood before")
    state: SchoolingState = Field(description="Where it stands now")
    form: SchoolForm | None = Field(description="Form of school; null unless enrolled")
    reason: ExemptionReason | None = Field(description="Why exempt; null unless exempt")


# Commands ----------------------------------------------------------------------------------------


class SchoolingItem(Item):
    """One child to look after. From a match, the finding says which."""

    ref: Reference
    person_id: Identifier
    suspected_on: date = Field(description="Day of the suspicion; decides the ages of schooling")


class RecordSchooling(BulkCommand):
    """Record children suspected out of school; the office's reference is unique, and so is the child."""

    TYPE: ClassVar[str] = "registry.record_schooling"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SchoolingItem


class SchoolingActItem(Item):
    """One step of a child's schooling."""

    ref: Reference
    schooling_ref: Reference = Field(description="Reference of the child's record")
    action: SchoolingAction = Field(description="What was done: 核实, 入学, 送教上门, 缓免入学")
    acted_on: date = Field(description="Day of the step")
    outcome: SchoolingOutcome | None = Field(default=None, description="What was found; for verify")
    form: SchoolForm | None = Field(default=None, description="Form of school; for enrol")
    reason: ExemptionReason | None = Field(default=None, description="Why exempt; for exempt")


class RecordSchoolingActs(BulkCommand):
    """Record steps, in the order given."""

    TYPE: ClassVar[str] = "registry.record_schooling_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = SchoolingActItem


# Queries -----------------------------------------------------------------------------------------


class SchoolingView(Message):
    """A child's schooling."""

    schooling_id: Identifier
    ref: Reference
    person_id: Identifier
    region: RegionText
    suspected_on: date = Field(description="Day of the suspicion")
    state: SchoolingState = Field(description="Where it stands")
    form: SchoolForm | None = Field(description="Form of school; null unless enrolled")
    reason: ExemptionReason | None = Field(description="Why exempt; null unless exempt")


class SchoolingPage(Reply):
    """Children in the order of their records' identifiers, which is about that of their recording."""

    children: list[SchoolingView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListSchooling(Query):
    """Children of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_schooling"
    REPLY: ClassVar[type[Reply]] = SchoolingPage

    region: RegionText | None = Field(default=None, description="Only those of this division and below")
    person_id: Identifier | None = Field(default=None, description="Only this child")
    states: list[SchoolingState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Children in a page")] = 100
