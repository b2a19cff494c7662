"""Messages of organisations (残联、残疾人协会、专门协会): who they are, their money and their activities."""

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

OrganisationKind = Literal[
    "federation",  # 残疾人联合会
    "village_association",  # 村(社区)残疾人协会
    "blind_association",  # 盲人协会
    "deaf_association",  # 聋人协会
    "physical_association",  # 肢残人协会
    "intellectual_association",  # 智力残疾人及亲友协会
    "mental_association",  # 精神残疾人及亲友协会
]
OrganisationState = Literal["established", "qualified", "dissolved"]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


# Events ------------------------------------------------------------------------------------------


class OrganisationEvent(Event):
    """What every event of an organisation tells."""

    SUBJECT: ClassVar[str] = "organisation_id"
    DAY: ClassVar[str] = "acted_on"

    organisation_id: Identifier
    kind: OrganisationKind = Field(description="What it is")
    level: Level = Field(description="Level of its division")


class OrganisationEstablished(OrganisationEvent):
    """An organisation was set up."""

    TYPE: ClassVar[str] = "registry.organisation_established.v1"
    DAY: ClassVar[str] = "established_on"

    established_on: date = Field(description="Day on which it was set up")


class OrganisationQualified(OrganisationEvent):
    """A check found that the organisation meets the standard (达标)."""

    TYPE: ClassVar[str] = "registry.organisation_qualified.v1"

    acted_on: date = Field(description="Day of the check")


class OrganisationDisqualified(OrganisationEvent):
    """A check found that an organisation no longer meets the standard."""

    TYPE: ClassVar[str] = "registry.organisation_disqualified.v1"

    acted_on: date = Field(description="Day of the check")


class OrganisationDissolved(OrganisationEvent):
    """The organisation ended."""

    TYPE: ClassVar[str] = "registry.organisation_dissolved.v1"

    acted_on: date = Field(description="Day from which it is no more")
    was_qualified: bool = Field(description="Whether it met the standard until then")


class OrganisationFunded(Event):
    """Money was made available to an organisation, or taken back."""

    TYPE: ClassVar[str] = "registry.organisation_funded.v1"
    SUBJECT: ClassVar[str] = "organisation_id"
    DAY: ClassVar[str] = "received_on"

    organisation_id: Identifier
    organisation_fund_id: Identifier
    organisation_kind: OrganisationKind = Field(description="What the organisation is")
    level: Level = Field(description="Level of its division")
    purpose: Word = Field(description="What the money is for, as the rules name it")
    amount: MoneyText = Field(description="Yuan; negative where an earlier amount is taken back")
    received_on: date = Field(description="Day of the money")


class ActivityHeld(Event):
    """An organisation held an activity."""

    TYPE: ClassVar[str] = "registry.activity_held.v1"
    SUBJECT: ClassVar[str] = "activity_id"
    DAY: ClassVar[str] = "held_on"

    activity_id: Identifier
    organisation_id: Identifier
    organisation_kind: OrganisationKind = Field(description="What the organisation is")
    kind: Word = Field(description="Kind of activity, as the rules name it")
    participants: Count = Field(description="How many took part, each as often as they did")
    volunteers: Count = Field(description="How many of them served as volunteers")
    helped: Count = Field(description="How many persons the volunteers helped")
    cost: MoneyText = Field(description="Yuan spent on it")
    held_on: date = Field(description="Its first day")


# Commands ----------------------------------------------------------------------------------------


class OrganisationItem(Item):
    """One organisation. A division has one of each kind at a time."""

    ref: Reference
    organisation: Name = Field(description="What it is called")
    kind: OrganisationKind = Field(
        description="残联, 村(社区)残协, 盲人、聋人、肢残人、智力残疾人及亲友、精神残疾人及亲友协会"
    )
    region: RegionText = Field(description="Its division; a village association's is a village or community")
    established_on: date = Field(description="Day on which it was set up")


class RegisterOrganisations(BulkCommand):
    """Register organisations; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.register_organisations"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = OrganisationItem


class OrganisationActItem(StepItem):
    """One step of an organisation."""

    organisation_ref: Reference = Field(description="Reference of the organisation")
    action: Literal["qualify", "disqualify", "dissolve"] = Field(
        description="What was done: 评估达标, 评估不达标, 撤销"
    )


class RecordOrganisationActs(BulkCommand):
    """Record steps of organisations, in the order given."""

    TYPE: ClassVar[str] = "registry.record_organisation_acts"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = OrganisationActItem


class OrganisationFundItem(Item):
    """Money made available to an organisation, or an earlier amount taken back."""

    ref: Reference
    organisation_ref: Reference = Field(description="Reference of the organisation")
    purpose: Word = Field(description="What it is for, as rule organisation.fund_purposes lists it")
    amount: Yuan = Field(description="Yuan, more than zero")
    received_on: date = Field(description="Day of the money")
    corrects_ref: Reference | None = Field(
        default=None, description="Reference of the amount of which this one is taken back; absent otherwise"
    )


class RecordOrganisationFunds(BulkCommand):
    """Record money of organisations; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_organisation_funds"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = OrganisationFundItem


class ActivityItem(Item):
    """One activity of an organisation."""

    ref: Reference
    organisation_ref: Reference = Field(description="Reference of the organisation")
    kind: Word = Field(description="Kind, as rule organisation.activity_kinds lists it")
    held_on: date = Field(description="Its first day")
    participants: Count = Field(default=0, description="How many took part")
    volunteers: Count = Field(default=0, description="How many served as volunteers")
    helped: Count = Field(default=0, description="How many persons the volunteers helped")
    cost: Yuan = Field(default="0.00", description="Yuan spent on it")


class RecordActivities(BulkCommand):
    """Record activities of organisations; the office's reference is unique within the platform."""

    TYPE: ClassVar[str] = "registry.record_activities"
    REPLY: ClassVar[type[Reply]] = BulkReply
    ITEM: ClassVar[type[Item]] = ActivityItem


# Queries -----------------------------------------------------------------------------------------


class OrganisationView(Message):
    """An organisation as the registry shows it."""

    organisation_id: Identifier
    ref: Reference
    organisation: Name
    kind: OrganisationKind = Field(description="What it is")
    region: RegionText
    established_on: date = Field(description="Day on which it was set up")
    state: OrganisationState = Field(description="Set up, meeting the standard, or dissolved")
    last_act_on: date = Field(description="Day of its last step")


class OrganisationPage(Page):
    """A page of organisations."""

    organisations: list[OrganisationView] = Field(description="At most as many as asked for")


class ListOrganisations(Listing):
    """Organisations of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_organisations"
    REPLY: ClassVar[type[Reply]] = OrganisationPage

    kind: OrganisationKind | None = Field(default=None, description="Only those of this kind")
    states: list[OrganisationState] = Field(default=[], description="Only those in these states; empty: all")


class OrganisationFundView(Message):
    """Money of an organisation."""

    organisation_fund_id: Identifier
    ref: Reference
    organisation_id: Identifier
    region: RegionText
    purpose: Word = Field(description="What it is for")
    amount: MoneyText = Field(description="Yuan")
    received_on: date = Field(description="Day of the money")
    corrects_id: Identifier | None = Field(description="The amount of which this one is taken back")


class OrganisationFundPage(Page):
    """A page of the money of organisations."""

    funds: list[OrganisationFundView] = Field(description="At most as many as asked for")


class ListOrganisationFunds(Listing):
    """Money of organisations of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_organisation_funds"
    REPLY: ClassVar[type[Reply]] = OrganisationFundPage

    organisation_id: Identifier | None = Field(default=None, description="Only that of this organisation")


class ActivityView(Message):
    """An activity as the registry shows it."""

    activity_id: Identifier
    ref: Reference
    organisation_id: Identifier
    region: RegionText
    kind: Word = Field(description="Kind of activity")
    held_on: date = Field(description="Its first day")
    participants: Count = Field(description="How many took part")
    volunteers: Count = Field(description="How many served as volunteers")
    helped: Count = Field(description="How many persons the volunteers helped")
    cost: MoneyText = Field(description="Yuan spent on it")


class ActivityPage(Page):
    """A page of activities."""

    activities: list[ActivityView] = Field(description="At most as many as asked for")


class ListActivities(Listing):
    """Activities of the caller's regions, page by page."""

    TYPE: ClassVar[str] = "registry.list_activities"
    REPLY: ClassVar[type[Reply]] = ActivityPage

    organisation_id: Identifier | None = Field(default=None, description="Only those of this organisation")
