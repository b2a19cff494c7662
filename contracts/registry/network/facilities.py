"""Messages of facilities (服务设施): homes for the disabled, service and rehabilitation centres in use."""

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
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.network.records import Level, Listing, Page, StepItem, Word, Yuan

FacilityState = Literal["in_use", "closed"]
Area = Annotated[int, Field(ge=0, le=100_000_000)]
Rooms = Annotated[int, Field(ge=0, le=100_000)]


# Events ------------------------------------------------------------------------------------------


class FacilityEvent(Event):
    """What every event of a facility tells."""

    SUBJECT: ClassVar[str] = "facility_id"
    DAY: ClassVar[str] = "acted_on"

    facility_id: Identifier
    kind: Word = Field(description="Kind of facility, as the rules name it: home, service_centre …")
    level: Level = Field(description="Level of its division")


class FacilityOpened(FacilityEvent):
    """A facility came into use."""

    TYPE: ClassVar[str] = "registry.facility_opened.v1"
    DAY: ClassVar[str] = "opened_on"

    opened_on: date = Field(description="First day of use")
    area: Area = Field(description="Floor area, whole square metres")
    investment: MoneyText = Field(description="Yuan put into it until then")
    project_id: Identifier | None = Field(description="The project that built it, where recorded")


class FacilityAltered(FacilityEvent):
    """A facility in use became larger or smaller, or got other rooms."""

    TYPE: ClassVar[str] = "registry.facility_altered.v1"

    acted_on: date = Field(description="Day from which it is so")
    area_change: int = Field(description="Square metres more; negative for less")


class FacilityClosed(FacilityEvent):
    """A facility went out of use."""

    TYPE: ClassVar[str] = "registry.facility_closed.v1"

    acted_on: date = Field(description="First day no longer in use")
    area_change: int = Field(description="Its square metres until then, as a negative number")
    investment: MoneyText = Field(description="Yuan that were put into it")


# Commands ----------------------------------------------------------------------------------------


class FacilityItem(Item):
    """One facility in use."""

    ref: Reference
    facility: Name = Field(description="What it is called")
    kind: Word = Field(description="Kind, as rule facility.kinds lists it")
    region: RegionText = Field(description="Division where it stands")
    opened_on: date = Field(description="First day of use")
    area: Area = Field(description="Floor area, whole square metres")
    rooms: Rooms = Field(default=0, description="How many rooms")
    investment: Yuan = Field(default="0.00", description="Yuan put into it until then")
    project_ref: Reference | None = Field(
        default=None, description="Reference of the accepted project that built it, if recorded"
    )
    equipment: Name | None = Field(default=None, description="What it is equipped with")


class RegisterFacilities(BulkCommand):
    """Register facilities; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_facilities"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = FacilityItem


class FacilityActItem(StepItem):
    """One step of a facility."""

    facility_ref: Reference = Field(description="Reference of the facility")
    action: Literal["alter", "close"] = Field(description="What was done: 改扩建, 停用")
    area: Area | None = Field(default=None, description="Square metres from then on; for alter")
    rooms: Rooms | None = Field(default=None, description="Rooms from then on; for alter")


class RecordFacilityActs(BulkCommand):
    """Record steps of facilities, in the order given."""

    TYPE: ClassVar[str] = "registry.record_facility_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = FacilityActItem


# Queries -----------------------------------------------------------------------------------------


class FacilityView(Message):
    """A facility as the registry shows it."""

    facility_id: Identifier
    ref: Reference
    facility: Name
    kind: Word = Field(description="Kind of facility")
    region: RegionText
    opened_on: date = Field(description="First day of use")
    area: Area = Field(description="Floor area when it opened, whole square metres")
    rooms: Rooms = Field(description="Rooms when it opened")
    area_now: Area = Field(description="Floor area after the last alteration, whole square metres")
    rooms_now: Rooms = Field(description="Rooms after the last alteration")
    investment: MoneyText = Field(description="Yuan put into it until it opened")
    project_id: Identifier | None = Field(description="The project that built it")
    equipment: Name | None = Field(description="What it is equipped with")
    state: FacilityState = Field(description="In use, or closed")
    last_act_on: date = Field(description="Day of its last step")


class FacilityPage(Page):
    """A page of facilities."""

    facilities: list[FacilityView] = Field(description="At most as many as asked for")


class ListFacilities(Listing):
    """Facilities of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_facilities"
    REPLY: ClassVar[type[Reply]] = FacilityPage

    kind: Word | None = Field(default=None, description="Only those of this kind")
    states: list[FacilityState] = Field(default=[], description="Only those in these states; empty: all")
