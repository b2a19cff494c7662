"""Messages of the ledger of hidden risks (隐患发现、整改台账): found, reported, being rectified, closed."""

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
    Query,
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText

RiskPlace = Literal["household", "rehab_institution", "care_institution", "supported_employment"]
RiskState = Literal["found", "reported", "rectifying", "closed"]


# Events ------------------------------------------------------------------------------------------


class RiskEvent(Event):
    """What every event of a hidden risk tells. What exactly was found, it does not."""

    SUBJECT: ClassVar[str] = "risk_id"
    DAY: ClassVar[str] = "acted_on"

    risk_id: Identifier
    kind: DimensionKey = Field(max_length=40, description="Kind of risk, as the rules name it")
    place: RiskPlace = Field(description="Where it was found")
    found_on: date = Field(description="Day on which it was found; rates count risks by it")


class RiskFound(RiskEvent):
    """A hidden risk was found."""

    TYPE: ClassVar[str] = "registry.risk_found.v1"
    DAY: ClassVar[str] = "found_on"

    household_id: Identifier | None = Field(description="The household concerned, where there is one")
    due_on: date = Field(description="Last day by which it is to be closed")


class RiskReported(RiskEvent):
    """It was reported to those in charge."""

    TYPE: ClassVar[str] = "registry.risk_reported.v1"

    acted_on: date = Field(description="Day of the report")


class RiskTakenUp(RiskEvent):
    """Somebody rectifies it; also each later measure."""

    TYPE: ClassVar[str] = "registry.risk_taken_up.v1"

    acted_on: date = Field(description="Day of the measure")


class RiskClosed(RiskEvent):
    """It is rectified (闭环)."""

    TYPE: ClassVar[str] = "registry.risk_closed.v1"

    acted_on: date = Field(description="Day on which it was closed")
    late: bool = Field(description="Whether that was after the last day")


# Commands ----------------------------------------------------------------------------------------


class RiskItem(Item):
    """One hidden risk."""

    ref: Reference
    kind: DimensionKey = Field(max_length=40, description="Kind, as rule risk.kinds lists it")
    place: RiskPlace = Field(description="Where it was found: 家庭, 康复机构, 托养机构, 辅助性就业机构")
    region: RegionText = Field(description="Division where it is")
    household_ref: Reference | None = Field(default=None, description="Reference of the household concerned")
    found_on: date = Field(description="Day on which it was found")
    due_on: date = Field(description="Last day by which it is to be closed")
    content: FreeText | None = Field(default=None, description="What was found; stored sealed")


class RecordRisks(BulkCommand):
    """Record hidden risks; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_risks"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RiskItem


class RiskActItem(Item):
    """One step of a hidden risk."""

    ref: Reference
    risk_ref: Reference = Field(description="Reference of the risk")
    action: Literal["report", "take_up", "close"] = Field(description="What was done: 上报, 整改, 销号")
    acted_on: date = Field(description="Day of the step")
    officer: Reference | None = Field(
        default=None, description="Account of who is in charge of the measure; for take_up, absent otherwise"
    )


class RecordRiskActs(BulkCommand):
    """Record steps of hidden risks, in the order given."""

    TYPE: ClassVar[str] = "registry.record_risk_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = RiskActItem


# Queries -----------------------------------------------------------------------------------------


class RiskView(Message):
    """A hidden risk as the ledger shows it: without what was found."""

    risk_id: Identifier
    ref: Reference
    kind: DimensionKey = Field(description="Kind of risk")
    place: RiskPlace = Field(description="Where it was found")
    region: RegionText
    household_id: Identifier | None = Field(description="The household concerned")
    found_on: date = Field(description="Day on which it was found")
    due_on: date = Field(description="Last day by which it is to be closed")
    state: RiskState = Field(description="Where it stands")
    officer: Reference | None = Field(description="Who is in charge of the last measure")
    last_act_on: date = Field(description="Day of its last step")


class RiskPage(Reply):
    """Risks in the order of their identifiers, which is about that of their recording."""

    risks: list[RiskView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListRisks(Query):
    """The ledger of the caller's regions, page by page: for export, or what is open and late."""

    TYPE: ClassVar[str] = "registry.list_risks"
    REPLY: ClassVar[type[Reply]] = RiskPage

    region: RegionText | None = Field(default=None, description="Only those of this division")
    states: list[RiskState] = Field(default=[], description="Only those in one of these states; empty: all")
    due_before: date | None = Field(
        default=None, description="Only open ones that were to be closed before this day"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Risks in a page")] = 100
