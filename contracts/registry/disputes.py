"""Messages of dispute screening (矛盾纠纷排查): rounds, the disputes they find, and what becomes of these."""

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

DisputeState = Literal["found", "mediating", "settled", "escalated"]


# Events ------------------------------------------------------------------------------------------


class ScreeningHeld(Event):
    """A round of screening was held in a division."""

    TYPE: ClassVar[str] = "registry.screening_held.v1"
    SUBJECT: ClassVar[str] = "round_id"
    DAY: ClassVar[str] = "held_on"

    round_id: Identifier
    households: int = Field(ge=0, description="How many households were visited")
    held_on: date = Field(description="First day of the round")


class DisputeEvent(Event):
    """What every event of a dispute tells. Who quarrels, and over what exactly, it does not."""

    SUBJECT: ClassVar[str] = "dispute_id"
    DAY: ClassVar[str] = "acted_on"

    dispute_id: Identifier
    kind: DimensionKey = Field(max_length=40, description="Kind of dispute, as the rules name it")
    found_on: date = Field(description="Day on which it was found; rates count disputes by it")


class DisputeFound(DisputeEvent):
    """A round found a dispute."""

    TYPE: ClassVar[str] = "registry.dispute_found.v1"
    DAY: ClassVar[str] = "found_on"

    round_id: Identifier
    person_id: Identifier | None = Field(description="The registered person concerned, where there is one")


class DisputeMediated(DisputeEvent):
    """Somebody mediated, without or before a settlement."""

    TYPE: ClassVar[str] = "registry.dispute_mediated.v1"

    acted_on: date = Field(description="Day of the mediation")


class DisputeSettled(DisputeEvent):
    """The dispute was settled (化解)."""

    TYPE: ClassVar[str] = "registry.dispute_settled.v1"

    acted_on: date = Field(description="Day of the settlement")


class DisputeEscalated(DisputeEvent):
    """The dispute became a petition."""

    TYPE: ClassVar[str] = "registry.dispute_escalated.v1"

    acted_on: date = Field(description="Day on which it did")
    case_id: Identifier = Field(description="The petition")


# Commands ----------------------------------------------------------------------------------------


class ScreeningRoundItem(Item):
    """One round of screening."""

    ref: Reference
    region: RegionText = Field(description="Division that was screened")
    held_on: date = Field(description="First day of the round")
    households: int = Field(default=0, ge=0, le=10_000_000, description="How many households were visited")


class RecordScreeningRounds(BulkCommand):
    """Record rounds of screening; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_screening_rounds"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ScreeningRoundItem


class DisputeItem(Item):
    """One dispute that a round found."""

    ref: Reference
    round_ref: Reference = Field(description="Reference of the round that found it")
    kind: DimensionKey = Field(max_length=40, description="Kind, as rule dispute.kinds lists it")
    region: RegionText = Field(description="Division where it counts")
    found_on: date = Field(description="Day on which it was found")
    person_id: Identifier | None = Field(default=None, description="The registered person concerned")
    parties: FreeText | None = Field(default=None, description="Who quarrels; stored sealed")
    content: FreeText | None = Field(default=None, description="What it is about; stored sealed")


class RecordDisputes(BulkCommand):
    """Record disputes found; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_disputes"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DisputeItem


class DisputeActItem(Item):
    """One step of a dispute."""

    ref: Reference
    dispute_ref: Reference = Field(description="Reference of the dispute")
    action: Literal["mediate", "settle", "escalate"] = Field(
        description="What was done: 调解, 化解, 转为信访"
    )
    acted_on: date = Field(description="Day of the step")
    case_ref: Reference | None = Field(
        default=None, description="Reference of the petition that it became; for escalate, absent otherwise"
    )


class RecordDisputeActs(BulkCommand):
    """Record steps of disputes, in the order given."""

    TYPE: ClassVar[str] = "registry.record_dispute_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DisputeActItem


# Queries -----------------------------------------------------------------------------------------


class DisputeView(Message):
    """A dispute as the registry shows it: without the words of people."""

    dispute_id: Identifier
    ref: Reference
    round_id: Identifier
    kind: DimensionKey = Field(description="Kind of dispute")
    region: RegionText
    person_id: Identifier | None = Field(description="The registered person concerned")
    found_on: date = Field(description="Day on which it was found")
    state: DisputeState = Field(description="Where it stands")
    last_act_on: date = Field(description="Day of its last step")


class DisputePage(Reply):
    """Disputes in the order of their identifiers, which is about that of their recording."""

    disputes: list[DisputeView] = Field(description="At most as many as asked for")
    after: Identifier | None = Field(description="Ask for the next page with this; null after the last")


class ListDisputes(Query):
    """Disputes of the caller's regions, page by page: for export, or what is still open."""

    TYPE: ClassVar[str] = "registry.list_disputes"
    REPLY: ClassVar[type[Reply]] = DisputePage

    person_id: Identifier | None = Field(default=None, description="Only those of this person")
    states: list[DisputeState] = Field(
        default=[], description="Only those in one of these states; empty: all"
    )
    after: Identifier | None = Field(default=None, description="As the last page told it")
    limit: Annotated[int, Field(ge=1, le=1000, description="Disputes in a page")] = 100
