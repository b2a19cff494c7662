"""Messages of volunteers (志愿者): their registration, and the hours that they served, each with its days."""

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
    Reference,
    RegionText,
    Reply,
)
from contracts.registry.cases import FreeText
from contracts.registry.network.records import Listing, Page, StepItem, Word

VolunteerState = Literal["registered", "active", "left"]


# Events ------------------------------------------------------------------------------------------


class VolunteerEvent(Event):
    """What every event of a volunteer tells. Who it is, it does not."""

    SUBJECT: ClassVar[str] = "volunteer_id"
    DAY: ClassVar[str] = "acted_on"

    volunteer_id: Identifier
    origin: Word = Field(description="Where the volunteer comes from, as the rules name it: office_staff …")


class VolunteerRegistered(VolunteerEvent):
    """A volunteer was registered on the volunteer network."""

    TYPE: ClassVar[str] = "registry.volunteer_registered.v1"
    DAY: ClassVar[str] = "registered_on"

    registered_on: date = Field(description="Day of registration")


class VolunteerActivated(VolunteerEvent):
    """A volunteer began to serve."""

    TYPE: ClassVar[str] = "registry.volunteer_activated.v1"

    acted_on: date = Field(description="First day of service")


class VolunteerLeft(VolunteerEvent):
    """A volunteer left."""

    TYPE: ClassVar[str] = "registry.volunteer_left.v1"

    acted_on: date = Field(description="Day of leaving")


class VolunteerHoursRecorded(VolunteerEvent):
    """Hours served, or hours recorded before that are taken back."""

    TYPE: ClassVar[str] = "registry.volunteer_hours_recorded.v1"
    DAY: ClassVar[str] = "until"

    volunteer_hours_id: Identifier
    activity_id: Identifier | None = Field(description="The activity at which they were served")
    since: date = Field(description="First day of the service; of the same year as the last")
    until: date = Field(description="Last day of the service; the hours count on it")
    hours: int = Field(description="Whole hours; negative where earlier ones are taken back")


# Commands ----------------------------------------------------------------------------------------


class VolunteerItem(Item):
    """One volunteer."""

    ref: Reference
    region: RegionText = Field(description="Division where the volunteer serves")
    origin: Word = Field(description="Where the volunteer comes from, as rule volunteer.origins lists it")
    registered_on: date = Field(description="Day of registration on the volunteer network")
    volunteer: FreeText | None = Field(default=None, description="Name of the volunteer; stored sealed")
    network_number: FreeText | None = Field(
        default=None, description="Number on the volunteer network; stored sealed"
    )


class RegisterVolunteers(BulkCommand):
    """Register volunteers; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_volunteers"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = VolunteerItem


class VolunteerActItem(StepItem):
    """One step of a volunteer."""

    volunteer_ref: Reference = Field(description="Reference of the volunteer")
    action: Literal["activate", "leave"] = Field(description="What was done: 开始服务, 退出")


class RecordVolunteerActs(BulkCommand):
    """Record steps of volunteers, in the order given."""

    TYPE: ClassVar[str] = "registry.record_volunteer_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = VolunteerActItem


class VolunteerHoursItem(Item):
    """Hours that one volunteer served within some days of one year, or earlier hours taken back."""

    ref: Reference
    volunteer_ref: Reference = Field(description="Reference of the volunteer, who is active or has left")
    since: date = Field(description="First day of the service")
    until: date = Field(description="Last day of the service, in the same year")
    hours: Annotated[int, Field(ge=1, le=8784)] = Field(description="Whole hours, 24 a day at most")
    activity_ref: Reference | None = Field(default=None, description="Reference of the activity, if of one")
    corrects_ref: Reference | None = Field(
        default=None, description="Reference of the hours of which these are taken back; absent otherwise"
    )


class RecordVolunteerHours(BulkCommand):
    """Record hours served; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_volunteer_hours"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = VolunteerHoursItem


# Queries -----------------------------------------------------------------------------------------


class VolunteerView(Message):
    """A volunteer as the registry shows it: without name and number."""

    volunteer_id: Identifier
    ref: Reference
    region: RegionText
    origin: Word = Field(description="Where the volunteer comes from")
    registered_on: date = Field(description="Day of registration")
    state: VolunteerState = Field(description="Registered, active, or left")
    last_act_on: date = Field(description="Day of the last step")


class VolunteerPage(Page):
    """A page of volunteers."""

    volunteers: list[VolunteerView] = Field(description="At most as many as asked for")


class ListVolunteers(Listing):
    """Volunteers of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_volunteers"
    REPLY: ClassVar[type[Reply]] = VolunteerPage

    origin: Word | None = Field(default=None, description="Only those who come from there")
    states: list[VolunteerState] = Field(default=[], description="Only those in these states; empty: all")


class VolunteerHoursView(Message):
    """Hours of one volunteer."""

    volunteer_hours_id: Identifier
    ref: Reference
    volunteer_id: Identifier
    region: RegionText
    since: date = Field(description="First day of the service")
    until: date = Field(description="Last day of the service")
    hours: int = Field(description="Whole hours")
    activity_id: Identifier | None = Field(description="The activity at which they were served")
    corrects_id: Identifier | None = Field(description="The hours of which these are taken back")


class VolunteerHoursPage(Page):
    """A page of hours."""

    hours: list[VolunteerHoursView] = Field(description="At most as many as asked for")


class ListVolunteerHours(Listing):
    """Hours served in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_volunteer_hours"
    REPLY: ClassVar[type[Reply]] = VolunteerHoursPage

    volunteer_id: Identifier | None = Field(default=None, description="Only those of this volunteer")
