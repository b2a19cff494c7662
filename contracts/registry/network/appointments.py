"""Messages of posts (职务): who holds one in an organisation, from which day, and how it ended.

The holder's name stays in the registry, sealed.
"""

from datetime import date
from typing import ClassVar, Literal

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
from contracts.registry.network.organisations import OrganisationKind
from contracts.registry.network.records import Level, Listing, Page, StepItem, Word

AppointmentState = Literal["in_office", "ended"]
EndReason = Literal["term_over", "resigned", "removed", "transferred", "died"]


class AppointmentEvent(Event):
    """What every event of an appointment tells. Who holds the post it tells by identifier at most."""

    SUBJECT: ClassVar[str] = "appointment_id"
    DAY: ClassVar[str] = "acted_on"

    appointment_id: Identifier
    organisation_id: Identifier
    organisation_kind: OrganisationKind = Field(description="What the organisation is")
    level: Level = Field(description="Level of its division")
    post: Word = Field(description="The post, as the rules name it: commissioner, chair …")
    full_time: bool = Field(description="Whether it is the holder's full-time work")


class AppointmentMade(AppointmentEvent):
    """Somebody took up a post."""

    TYPE: ClassVar[str] = "registry.appointment_made.v1"
    DAY: ClassVar[str] = "appointed_on"

    person_id: Identifier | None = Field(description="The holder, where that is a registered person")
    term_id: Identifier | None = Field(description="The term by whose election it came about")
    appointed_on: date = Field(description="First day in the post")


class AppointmentEnded(AppointmentEvent):
    """Somebody left a post."""

    TYPE: ClassVar[str] = "registry.appointment_ended.v1"

    acted_on: date = Field(description="First day no longer in the post")
    reason: EndReason = Field(description="Why")


class AppointmentItem(Item):
    """One holder of a post. A change of post is an end and another appointment."""

    ref: Reference
    organisation_ref: Reference = Field(description="Reference of the organisation")
    post: Word = Field(description="The post, as rule organisation.posts.<kind> lists it")
    appointed_on: date = Field(description="First day in the post")
    full_time: bool = Field(default=False, description="Whether it is the holder's full-time work")
    person_id: Identifier | None = Field(default=None, description="The holder, where registered here")
    term_ref: Reference | None = Field(
        default=None, description="Reference of the term by whose election it came about"
    )
    holder: FreeText | None = Field(default=None, description="Name of the holder; stored sealed")


class RecordAppointments(BulkCommand):
    """Record who holds which post; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_appointments"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = AppointmentItem


class AppointmentActItem(StepItem):
    """The end of an appointment."""

    appointment_ref: Reference = Field(description="Reference of the appointment")
    action: Literal["end"] = Field(description="What was done: 离任")
    reason: EndReason = Field(description="Why: 任期届满, 辞职, 免职, 调离, 去世")


class RecordAppointmentActs(BulkCommand):
    """Record ends of appointments."""

    TYPE: ClassVar[str] = "registry.record_appointment_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = AppointmentActItem


class AppointmentView(Message):
    """An appointment as the registry shows it: without the holder's name."""

    appointment_id: Identifier
    ref: Reference
    organisation_id: Identifier
    organisation_kind: OrganisationKind = Field(description="What the organisation is")
    region: RegionText
    post: Word = Field(description="The post")
    full_time: bool = Field(description="Whether it is full-time work")
    person_id: Identifier | None = Field(description="The holder, where registered here")
    term_id: Identifier | None = Field(description="The term by whose election it came about")
    appointed_on: date = Field(description="First day in the post")
    state: AppointmentState = Field(description="In office, or ended")
    ended_on: date | None = Field(description="First day no longer in the post; null while in office")
    reason: EndReason | None = Field(description="Why it ended; null while in office")


class AppointmentPage(Page):
    """A page of appointments."""

    appointments: list[AppointmentView] = Field(description="At most as many as asked for")


class ListAppointments(Listing):
    """Appointments of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_appointments"
    REPLY: ClassVar[type[Reply]] = AppointmentPage

    organisation_id: Identifier | None = Field(default=None, description="Only those of this organisation")
    term_id: Identifier | None = Field(default=None, description="Only those of this term")
    post: Word | None = Field(default=None, description="Only this post")
    states: list[AppointmentState] = Field(default=[], description="Only those in these states; empty: all")
