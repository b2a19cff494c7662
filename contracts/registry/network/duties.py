"""Messages of duties (履职): what commissioners (专职委员) and other holders of posts did."""

from datetime import date
from typing import Annotated, ClassVar

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
from contracts.registry.network.organisations import OrganisationKind
from contracts.registry.network.records import Level, Listing, Page, Word


class DutyRecorded(Event):
    """Duties of one kind were done, or some recorded before are taken back. Who did them it does not tell."""

    TYPE: ClassVar[str] = "registry.duty_recorded.v1"
    SUBJECT: ClassVar[str] = "appointment_id"
    DAY: ClassVar[str] = "until"

    appointment_id: Identifier
    duty_id: Identifier
    organisation_id: Identifier
    organisation_kind: OrganisationKind = Field(description="What the organisation is")
    level: Level = Field(description="Level of its division")
    post: Word = Field(description="The post, as the rules name it: commissioner, chair …")
    kind: Word = Field(description="What was done, as the rules name it: visit, survey, case …")
    since: date = Field(description="First day; of the same month as the last")
    until: date = Field(description="Last day; the duties count on it")
    times: int = Field(description="How often; negative where earlier ones are taken back")


class DutyItem(Item):
    """Duties of one kind that a holder of a post did on days of one month, or earlier ones taken back."""

    ref: Reference
    appointment_ref: Reference = Field(description="Reference of the appointment")
    kind: Word = Field(description="What was done, as rule duty.kinds lists it")
    since: date = Field(description="First day")
    until: date = Field(description="Last day, in the same month")
    times: Annotated[int, Field(ge=1, le=1000)] = Field(description="How often: visits made, cases handled …")
    corrects_ref: Reference | None = Field(
        default=None, description="Reference of the duties of which these are taken back; absent otherwise"
    )


class RecordDuties(BulkCommand):
    """Record duties done; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_duties"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = DutyItem


class DutyView(Message):
    """Duties of one kind of one holder of a post."""

    duty_id: Identifier
    ref: Reference
    appointment_id: Identifier
    organisation_id: Identifier
    region: RegionText
    post: Word = Field(description="The post")
    kind: Word = Field(description="What was done")
    since: date = Field(description="First day")
    until: date = Field(description="Last day")
    times: int = Field(description="How often")
    corrects_id: Identifier | None = Field(description="The duties of which these are taken back")


class DutyPage(Page):
    """A page of duties."""

    duties: list[DutyView] = Field(description="At most as many as asked for")


class ListDuties(Listing):
    """Duties done in the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_duties"
    REPLY: ClassVar[type[Reply]] = DutyPage

    organisation_id: Identifier | None = Field(default=None, description="Only those of this organisation")
    appointment_id: Identifier | None = Field(default=None, description="Only those of this appointment")
    kind: Word | None = Field(default=None, description="Only this kind")
